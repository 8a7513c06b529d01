"""The Instagram connector keeps every promise of a connector."""

from typing import ClassVar

from connectors.instagram.connector import Instagram
from connectors_core.testing import Conformance, hmac_signed


class TestInstagram(Conformance):
    """One account that is linked to a Page, with the settings that its samples are made with."""

    connector = Instagram
    settings: ClassVar = {
        "account_id": "17841400000000012",
        "page_id": "106000000000012",
        "access_token": {"env": "PAGE_TOKEN"},
        "app_id": "670843887433847",
        "graph_url": "{platform}",
        "human_agent": True,
    }
    app_settings: ClassVar = {
        "app_secret": {"env": "META_APP_SECRET"},
        "verify_token": {"env": "META_VERIFY_TOKEN"},
    }
    signing = hmac_signed("x-hub-signature-256", "app_secret", prefix="sha256=")
