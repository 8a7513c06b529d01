"""Account linking: from a button in a chat to the customer at the CRM, proven and typed back where it was asked."""
