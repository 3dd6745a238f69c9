"""Tickets in any number, for measuring: a few lives are played, then told again of others."""
