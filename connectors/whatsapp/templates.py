"""The templates of the business account (WA/templates/template-management, 2025-12)."""

from __future__ import annotations

from connectors.meta.graph import graph
from connectors.meta.library import Library
from connectors.whatsapp.settings import WhatsAppSettings
from connectors_core import Http, NotSupported

NO_ACCOUNT = "put business_account_id, the id of the WhatsApp Business Account"


def library(http: Http, settings: WhatsAppSettings) -> Library:
    """Return the templates of the account and of the settings; raise NotSupported where no account is named."""
    if not settings.business_account_id:
        raise NotSupported(f"{http.endpoint} cannot list its templates: {NO_ACCOUNT}")
    node = settings.business_account_id
    return Library(http=http, graph=graph(settings), node=node, declared=settings.templates)
