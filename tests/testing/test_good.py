"""The connector that keeps every promise."""

from courier import Courier

from connectors_core.testing import Conformance, hmac_signed


class TestCourier(Conformance):
    """Nothing to say: it is good."""

    connector = Courier
    settings = {"url": "{platform}", "token": {"env": "COURIER_TOKEN"}, "stamp": {"env": "COURIER_STAMP"}}
    signing = hmac_signed("x-stamp", "stamp")
