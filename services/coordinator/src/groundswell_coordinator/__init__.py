"""Knows what is being done: departments and incidents."""
