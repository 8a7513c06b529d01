"""The class that a connector's own test derives from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar

from connectors_core.testing.contract import Contract
from connectors_core.testing.failing import Failing
from connectors_core.testing.proving import Proving
from connectors_core.testing.reading import Reading
from connectors_core.testing.sending import Sending
from connectors_core.testing.signing import Signing
from connectors_core.testing.stories import Stories
from connectors_core.testing.trust import Trust

NOTHING: Mapping[str, Any] = MappingProxyType({})


class Conformance(Contract, Trust, Reading, Sending, Failing, Proving, Stories):
    """Every promise of a connector. Derive a class whose name begins with Test, and say what it is about.

    `connector`: the class. `settings`: its table in the settings file, as one would write it. There `{platform}` stands
    for the address of the other side, `{folder}` for an empty folder, and a secret is a reference to a variable, for
    which the kit makes up a value. `app_settings`: the same of its app, where it has one. `signing`: how its webhooks
    are signed. `environ`: values of variables that must have a form. `samples`: the folder of samples, that beside the
    test module if it is not said.
    """

    connector: ClassVar[type]
    settings: ClassVar[Mapping[str, Any]] = NOTHING
    app_settings: ClassVar[Mapping[str, Any]] = NOTHING
    environ: ClassVar[Mapping[str, str]] = MappingProxyType({})
    signing: ClassVar[Signing | None] = None
    samples: ClassVar[Path | None] = None
