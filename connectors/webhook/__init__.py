"""Any CRM that takes signed HTTP calls (Standard Webhooks)."""
