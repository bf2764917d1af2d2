"""Decides who hears of an alert, and when; serves the stream of alerts."""
