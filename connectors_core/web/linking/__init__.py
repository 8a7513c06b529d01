"""The pages where people who chat prove which customer they are."""

from connectors_core.web.linking.app import routes

__all__ = ["routes"]
