"""The REST API: keys, the rules of every request, and the endpoints of its first version."""
