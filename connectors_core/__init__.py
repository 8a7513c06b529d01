"""The public face: everything that the author of a connector imports."""

from connectors_core.door import Asgi, Door, Responders
from connectors_core.endpoint import App, Endpoint
from connectors_core.errors import (
    ConnectorsError,
    Malformed,
    NeedsAttention,
    NoCounterpart,
    NotAllowedNow,
    NotInControl,
    NotSupported,
    Problem,
    RateLimited,
    Refused,
    Rejected,
    Retry,
    SettingsError,
    Uncertain,
    Unreachable,
    Untrusted,
)
from connectors_core.hookspecs import hookimpl
from connectors_core.http import Call, Http, Reply, explain_status
from connectors_core.login import Login
from connectors_core.manifest import Abilities, AppManifest, Level, Limit, Manifest, Measure, Pace, Policy, Window
from connectors_core.proofs import knowing, signed
from connectors_core.redact import Redactor, Secret
from connectors_core.service import Figures

__version__ = "0.1.0"

__all__ = [
    "Abilities",
    "App",
    "AppManifest",
    "Asgi",
    "Call",
    "ConnectorsError",
    "Door",
    "Endpoint",
    "Figures",
    "Http",
    "Level",
    "Limit",
    "Login",
    "Malformed",
    "Manifest",
    "Measure",
    "NeedsAttention",
    "NoCounterpart",
    "NotAllowedNow",
    "NotInControl",
    "NotSupported",
    "Pace",
    "Policy",
    "Problem",
    "RateLimited",
    "Redactor",
    "Refused",
    "Rejected",
    "Reply",
    "Responders",
    "Retry",
    "Secret",
    "SettingsError",
    "Uncertain",
    "Unreachable",
    "Untrusted",
    "Window",
    "explain_status",
    "hookimpl",
    "knowing",
    "signed",
]
