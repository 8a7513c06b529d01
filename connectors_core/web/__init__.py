"""The web half: the door for webhooks, and the HTTP API."""
