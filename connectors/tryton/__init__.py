"""Tryton 8.2: customers as parties, conversations as opportunities with their chat."""
