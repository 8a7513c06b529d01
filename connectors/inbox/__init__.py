"""The embedded CRM: contacts and conversations in tables of its own, and pages for agents."""
