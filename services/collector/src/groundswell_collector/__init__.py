"""Finds documents: reads sources politely and publishes what is new."""
