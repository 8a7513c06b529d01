"""Messenger: the inbox of a Facebook Page."""
