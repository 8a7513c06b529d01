"""From journal rows to stored events and their deliveries."""
