"""The Messenger connector keeps every promise of a connector."""

from typing import ClassVar

from connectors.messenger.connector import Messenger
from connectors_core.testing import Conformance, hmac_signed


class TestMessenger(Conformance):
    """One Page of an app, with the settings that its samples are made with."""

    connector = Messenger
    settings: ClassVar = {
        "page_id": "106000000000012",
        "access_token": {"env": "PAGE_TOKEN"},
        "app_id": "670843887433847",
        "graph_url": "{platform}",
        "human_agent": True,
        "personas": True,
        "privacy_url": "https://shop.example.com/privacy",
    }
    app_settings: ClassVar = {
        "app_secret": {"env": "META_APP_SECRET"},
        "verify_token": {"env": "META_VERIFY_TOKEN"},
    }
    signing = hmac_signed("x-hub-signature-256", "app_secret", prefix="sha256=")
