"""The bell: what is new, on the site's own pages."""
