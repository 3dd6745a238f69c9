"""Generates any number of tickets for measuring: copies of a few stories that were played."""
