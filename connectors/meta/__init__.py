"""What all products of Meta share on the wire: signature, batches, error codes. Not a connector."""
