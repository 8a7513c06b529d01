"""Messenger: what pages have that Instagram has not."""
