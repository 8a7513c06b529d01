"""Templates before they are sent: compared with what the account had when it was last asked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from connectors_core.endpoint import Endpoint
from connectors_core.model import Template, TemplateInfo


def problems(endpoint: Endpoint, template: Template, known: Sequence[TemplateInfo]) -> list[str]:
    """Say in a sentence each why a template would be refused.

    `known` are its languages as the account has them. One that is not among them may have been made since: nothing is
    said of it, and the platform decides.
    """
    info = next((one for one in known if one.language == template.language), None)
    if info is None:
        return []
    if not info.usable:
        return [f"it cannot be sent now: {info.reason}"]
    return endpoint.check_template(template, info)


def names(known: Iterable[TemplateInfo]) -> list[str]:
    """Return the templates that may be sent now, as people name them."""
    return [f"{one.name} ({one.language})" for one in known if one.usable]
