"""Telegram bots for crm-connectors (Bot API 10.3)."""
