"""Receivers of notices: ntfy over our own HTTP, and all that Apprise knows as an extra."""

from pipeline_health.notify.addressed import AppriseNotifier
from pipeline_health.notify.ntfy import NtfyNotifier

__all__ = ["AppriseNotifier", "NtfyNotifier"]
