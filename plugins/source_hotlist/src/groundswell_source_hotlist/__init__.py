"""Ranked boards served as JSON over HTTP as a Groundswell source."""
