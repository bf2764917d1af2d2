"""The groundswell command: starts the suite on one machine and speaks to every service."""
