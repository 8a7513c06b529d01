"""Mapping: a table of rules that writes the fields of a noun on its way out."""

from connectors_core.mapping.document import build
from connectors_core.mapping.rules import Rule, Rules, matches

__all__ = ["Rule", "Rules", "build", "matches"]
