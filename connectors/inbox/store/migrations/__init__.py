"""The migrations of the inbox's tables."""
