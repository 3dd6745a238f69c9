"""Bulk actions: what was selected, what is done to it, and how far it is."""
