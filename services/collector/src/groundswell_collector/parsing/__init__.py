"""Parsing of what the web sent, in children that may be killed. Kept empty: each child imports it."""
