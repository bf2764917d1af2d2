"""Gathers documents about one happening into stories, online, and keeps the books."""
