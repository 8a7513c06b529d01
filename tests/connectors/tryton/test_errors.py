"""Refusals in Tryton's words: what is said again of them, and what is not."""

import json

import pytest

from connectors.tryton.outbound.errors import explainer
from connectors_core import Malformed, NeedsAttention, Rejected, Reply


def explained(status, body, *asked):
    """Return the meaning of an answer."""
    return explainer(asked)(Reply(status=status, headers={"content-type": "text/html"}, body=body))


def refused(message):
    """Return the meaning of a refusal in these words."""
    return explained(400, json.dumps({"status": 400, "message": message, "description": ""}).encode())


def test_what_tryton_quotes_of_a_customer_is_left_out():
    """Fields and models are said, values and records are not."""
    record = 'in record "1 [shop:16505551234]" of "Sale Opportunity"'
    found = refused(f'The value "+16505551234" for field "Employee" {record} is not valid.')
    assert isinstance(found, Rejected)
    assert "16505551234" not in found.text
    assert 'for field "Employee" in record "…" of "Sale Opportunity" is not valid' in found.text


def test_a_field_that_is_read_only_in_this_state_pauses_nothing():
    """That of one record is no right of the user."""
    read_only = refused('You are not allowed to modify the field "Comment" in record "1" of "Sale Opportunity".')
    assert isinstance(read_only, Rejected)
    assert isinstance(refused('You are not allowed to access "Party".'), NeedsAttention)


@pytest.mark.parametrize("body", [b"", b"[]", b"<html>"])
def test_a_refusal_that_is_not_in_trytons_form_is_left_to_core(body):
    """A proxy may refuse as well."""
    with pytest.raises(Malformed):
        explained(400, body)


def test_a_missing_name_is_believed_only_where_it_was_asked_for():
    """Any other KeyError is a fault of Tryton, of which nobody knows what it did."""
    page = b"<title>500 Internal Server Error</title>\n<p>&#39;colour&#39;</p>"
    assert isinstance(explained(500, page, "colour"), NeedsAttention)
    assert explained(500, page, "size") is None
