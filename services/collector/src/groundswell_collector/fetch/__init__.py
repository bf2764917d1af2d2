"""Reads from the web politely and safely: what a source plugin's host fetches with."""
