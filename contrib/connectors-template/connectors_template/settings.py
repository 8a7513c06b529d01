"""The settings of Template."""

from connectors_core.settings.fields import SecretField, SecretsField, UrlField
from marshmallow import Schema

SETTINGS = Schema.from_dict(
    {
        "url": UrlField(required=True, metadata={"description": "The address of the API."}),
        "token": SecretField(required=True, metadata={"description": "The token of the API."}),
        "secret": SecretsField(
            required=True, metadata={"description": "What signs webhooks, or a list of two while it is being changed."}
        ),
    }
)
