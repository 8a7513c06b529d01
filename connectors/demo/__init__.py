"""Everything at once, to be tried: a gateway, an inbox for agents, and a sandbox with customers' phones."""
