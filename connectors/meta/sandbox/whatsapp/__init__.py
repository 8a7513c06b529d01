"""What of the sandbox is WhatsApp's: its messages, media, templates, numbers, window and webhooks."""
