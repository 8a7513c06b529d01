"""Instagram: the messages and comments of a professional account."""
