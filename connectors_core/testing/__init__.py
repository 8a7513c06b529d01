"""The conformance kit: how the author of a connector, and we, know that it is right."""

from connectors_core.testing.conformance import Conformance
from connectors_core.testing.signing import Signing, hmac_signed, shared_secret

__all__ = ["Conformance", "Signing", "hmac_signed", "shared_secret"]
