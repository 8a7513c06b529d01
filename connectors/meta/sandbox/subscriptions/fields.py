"""What can be subscribed to: the fields of each object.

Sources: WA/webhooks/overview (2025-12) and WA conversation routing (2026-09-23); Meta's SDK for pages (2026-06-24);
IG/webhook (2026-06).
"""

from __future__ import annotations

WHATSAPP = (
    "account_alerts",
    "account_review_update",
    "account_update",
    "business_capability_update",
    "calls",
    "flows",
    "group_lifecycle_update",
    "group_participants_update",
    "group_settings_update",
    "group_status_update",
    "history",
    "message_template_components_update",
    "message_template_quality_update",
    "message_template_status_update",
    "messages",
    "messaging_handovers",
    "payment_configuration_update",
    "phone_number_name_update",
    "phone_number_quality_update",
    "phone_number_username_update",
    "security",
    "smb_app_state_sync",
    "smb_message_echoes",
    "standby",
    "template_category_update",
    "user_preferences",
)

PAGE = (
    "call_permission_reply",
    "call_settings_update",
    "calls",
    "feed",
    "inbox_labels",
    "marketing_message_clicks",
    "marketing_message_deliveries",
    "marketing_message_delivery_failed",
    "marketing_message_echoes",
    "marketing_message_reads",
    "message_context",
    "message_deliveries",
    "message_echoes",
    "message_edits",
    "message_reactions",
    "message_reads",
    "message_template_status_update",
    "messages",
    "messaging_account_linking",
    "messaging_appointments",
    "messaging_customer_information",
    "messaging_direct_sends",
    "messaging_fblogin_account_linking",
    "messaging_feedback",
    "messaging_game_plays",
    "messaging_handovers",
    "messaging_in_thread_lead_form_submit",
    "messaging_integrity",
    "messaging_optins",
    "messaging_policy_enforcement",
    "messaging_postbacks",
    "messaging_referrals",
    "response_feedback",
    "send_cart",
    "standby",
)

INSTAGRAM = (
    "comments",
    "live_comments",
    "mentions",
    "message_edit",
    "message_reactions",
    "messages",
    "messaging_handover",
    "messaging_postbacks",
    "messaging_referral",
    "messaging_seen",
    "standby",
)
"""Two of them in the singular, where a page has the plural."""

OBJECTS = {"whatsapp_business_account": WHATSAPP, "page": PAGE, "instagram": INSTAGRAM}
