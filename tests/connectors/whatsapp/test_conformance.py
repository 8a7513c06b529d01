"""The WhatsApp connector keeps every promise of a connector."""

from typing import ClassVar

from connectors.whatsapp.connector import WhatsApp
from connectors_core.testing import Conformance, hmac_signed


class TestWhatsApp(Conformance):
    """One number of an app, with the settings that its samples are made with."""

    connector = WhatsApp
    settings: ClassVar = {
        "phone_number_id": "106540352242922",
        "business_account_id": "102290129340398",
        "access_token": {"env": "WHATSAPP_TOKEN"},
        "graph_url": "{platform}",
        "marketing_messages": True,
        "marketing_sharing": True,
    }
    app_settings: ClassVar = {
        "app_secret": {"env": "META_APP_SECRET"},
        "verify_token": {"env": "META_VERIFY_TOKEN"},
    }
    signing = hmac_signed("x-hub-signature-256", "app_secret", prefix="sha256=")
