"""A bot that needs no code, only settings."""
