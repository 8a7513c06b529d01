"""A module for each migration."""
