"""The first version of the API. Nothing of it is imported before the first request."""
