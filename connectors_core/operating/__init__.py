"""What a human may do to what is stored: send again, settle, read again."""
