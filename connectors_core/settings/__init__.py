"""Settings: from TOML files to values, with every problem at once."""

from connectors_core.settings.loading import load
from connectors_core.settings.model import Settings

__all__ = ["Settings", "load"]
