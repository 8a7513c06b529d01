"""The connectors that come with the framework, one folder each."""
