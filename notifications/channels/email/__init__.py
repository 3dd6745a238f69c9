"""E-mail: one letter, one recipient, by Django's configured backend."""
