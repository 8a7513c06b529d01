"""The rules of a mapping, compiled: from a document to the fields of a noun."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import attrs

from connectors_core.mapping.paths import Path, compile_path
from connectors_core.mapping.transforms import Transform

log = logging.getLogger(__name__)


@attrs.frozen(kw_only=True)
class Rule:
    """One rule: writes to the target `to` what stands at `source`, or `value` where there is no source.

    `using` turns the value into another one, `default` replaces a value that is missing, and `when` are the paths
    of the document and the values that they must have for the rule to count.
    """

    to: str
    source: Path | None = None
    value: Any = None
    using: Transform | None = None
    default: Any = None
    when: Mapping[str, Any] = attrs.field(factory=dict)


@attrs.frozen
class Rules:
    """The rules for what arrives at one endpoint over one route, in their order."""

    rules: tuple[Rule, ...] = ()
    _told: set[int] = attrs.field(factory=set, init=False, repr=False, eq=False)

    @property
    def targets(self) -> tuple[str, ...]:
        """Every field that a rule writes, once."""
        return tuple(dict.fromkeys(rule.to for rule in self.rules))

    def fields(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """Return the targets and their values.

        A target without a value and without a default is left out. Of two rules for one target, the later one that
        has a value wins. A transform that fails gives the default: no message waits for it.
        """
        found: dict[str, Any] = {}
        for number, rule in enumerate(self.rules):
            if not matches(rule.when, document):
                continue
            value = rule.source.read(document) if rule.source else rule.value
            if value is not None and rule.using is not None:
                value = self._transformed(number, rule.using, value)
            value = rule.default if value is None else value
            if value is not None:
                found[rule.to] = value
        return found

    def _transformed(self, number: int, using: Transform, value: Any) -> Any:
        try:
            return using(value)
        except Exception as error:  # noqa: BLE001 - somebody else's function; the message goes on without it
            # Once for each rule, and without the value: it may be a number or a name of a person.
            if number not in self._told:
                self._told.add(number)
                name = getattr(using, "__name__", "the transform")
                text = 'mapping to "%s": %s failed (%s); the default is used, and this is said once'
                log.warning(text, self.rules[number].to, name, type(error).__name__)
            return None


def matches(when: Mapping[str, Any], document: Mapping[str, Any]) -> bool:
    """Whether every path of `when` has its value in the document; always, when there is none."""
    return all(_equal(compile_path(path).read(document), value) for path, value in when.items())


def _equal(found: Any, wanted: Any) -> bool:
    """Compare as a reader of the settings would: `true` is not 1."""
    return isinstance(found, bool) is isinstance(wanted, bool) and bool(found == wanted)
