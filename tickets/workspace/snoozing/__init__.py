"""The tags of tickets as agents choose them, and the page on which supervisors manage them."""
