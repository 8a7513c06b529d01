"""The platforms' rules, applied before a call: what may be sent now, until when, and what may be done instead."""
