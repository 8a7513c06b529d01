"""Instagram: what accounts have that pages have not."""
