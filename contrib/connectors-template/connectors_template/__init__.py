"""Template as a channel of crm-connectors."""
