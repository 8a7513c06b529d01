"""What Messenger and Instagram have in common: reading their webhooks, and writing to their people."""
