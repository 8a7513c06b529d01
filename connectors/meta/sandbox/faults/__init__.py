"""The fault menu: what may go wrong with webhooks, receipts and calls, how often, and what has."""

from connectors.meta.sandbox.faults.deciding import Faults
from connectors.meta.sandbox.faults.menu import CALLS, MENU, RATE_CODES, Fault
from connectors.meta.sandbox.store.faults import Injected, Rule

__all__ = ["CALLS", "MENU", "RATE_CODES", "Fault", "Faults", "Injected", "Rule"]
