"""A server on loopback that plays Meta, so that a gateway can be tried without an account or a network."""
