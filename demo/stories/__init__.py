"""The conversations, one module an organization."""
