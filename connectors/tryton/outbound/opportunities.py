"""Opportunities: one for each conversation as long as it is open, with the fields that mapping rules fill."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress

from connectors.tryton.outbound import people
from connectors.tryton.outbound.rest import Json, Rest
from connectors_core import NoCounterpart, Rejected
from connectors_core.model import ConversationRef, Link

MODEL = "sale.opportunity"
CONTACT, OPPORTUNITY = "contact.", "opportunity."
"""What the targets of mapping rules begin with."""

_VERB = "find or make an opportunity"


def chosen(fields: Mapping[str, object], prefix: str) -> Json:
    """Return the mapped fields of one record, without those that brought no value."""
    found = {name.removeprefix(prefix): value for name, value in fields.items() if name.startswith(prefix)}
    return {name: value for name, value in found.items() if value not in (None, "")}


def reference_of(link: Link) -> str:
    """Return what an opportunity is known by again: the channel, and what it calls the conversation."""
    if link.source is not None:
        return f"{link.source.endpoint}:{link.source.id}"
    identities = link.profile.identities if link.profile else ()
    return f"{link.endpoint}:{identities[0].value}" if identities else f"{link.endpoint}:{link.id}"


def opportunity_of(rest: Rest, link: Link, party: int, me: int) -> int:
    """Return the open opportunity of a conversation, or make one."""
    reference = reference_of(link)
    own = rest.settings
    domain = [
        ["reference", "=", reference],
        ["company", "=", own.company],
        ["create_uid", "=", me],
        ["state", "in", list(own.open_states)],
    ]
    row = rest.first(MODEL, domain, ["state"], verb=_VERB)
    if row:
        return int(row["id"])
    name = link.profile.name if link.profile else ""
    values = {
        "party": party,
        "company": own.company,
        "description": f"{name} ({link.endpoint})" if name else link.endpoint,
        **_assigned(rest, chosen(link.fields, OPPORTUNITY)),
        "reference": reference,
    }
    return rest.create(MODEL, values, verb=_VERB)


def number_of(conversation: ConversationRef | None, endpoint: str) -> int:
    """Return the id of the opportunity of a conversation; raise NoCounterpart when it has none yet."""
    if conversation is None or not conversation.id.isdecimal():
        raise NoCounterpart(f"{endpoint} has no opportunity for this conversation yet")
    return int(conversation.id)


def enter(rest: Rest, opportunity: int, fields: Mapping[str, object], *, over_is_fine: bool) -> None:
    """Fill what is empty of the mapped fields; raise NoCounterpart when the opportunity is over or gone.

    What stands in a field already is the agents', and is left as it is; a value that Tryton refuses keeps no message.
    """
    mine, theirs = chosen(fields, OPPORTUNITY), chosen(fields, CONTACT)
    asked = ["state", *mine, "party.id", *(f"party.{name}" for name in theirs)]
    row = rest.first(MODEL, [["id", "=", opportunity]], asked, verb="read the opportunity")
    endpoint = rest.http.endpoint
    if not row:
        raise NoCounterpart(f"{endpoint} has no opportunity {opportunity} any more, or its user may not see it")
    if row.get("state") not in rest.settings.open_states and not over_is_fine:
        raise NoCounterpart(f"the opportunity {opportunity} of {endpoint} is {row.get('state')}")
    party = row.get("party")
    with suppress(Rejected):
        if empty := _assigned(rest, _empty(mine, row)):
            rest.write(MODEL, opportunity, empty, verb="fill the opportunity")
    with suppress(Rejected):
        if isinstance(party, dict) and (empty := _empty(theirs, party)):
            rest.write("party.party", int(party["id"]), people.values(empty), verb="fill the party")


def assign(rest: Rest, opportunity: int, employee: object) -> str:
    """Give an opportunity to an employee, by id or name; return what went wrong, "" when nothing did."""
    number = _employee(rest, employee)
    if not number:
        return f"there is no employee {employee} in the company"
    rest.write(MODEL, opportunity, {"employee": number}, verb="assign the opportunity")
    return ""


def _empty(wanted: Json, row: Json) -> Json:
    return {name: value for name, value in wanted.items() if row.get(name) in (None, "", False)}


def _assigned(rest: Rest, values: Json) -> Json:
    """Return values with the id of the employee, whom a rule may name; one who is unknown is left out."""
    if "employee" not in values:
        return values
    number = _employee(rest, values["employee"])
    return {name: value for name, value in {**values, "employee": number}.items() if name != "employee" or number}


def _employee(rest: Rest, wanted: object) -> int:
    clauses: Iterable[object] = [["party.name", "=", str(wanted)]]
    if isinstance(wanted, int) or str(wanted).isdecimal():
        clauses = [["id", "=", int(str(wanted))]]
    domain = [*clauses, ["company", "=", rest.settings.company]]
    return int(rest.first("company.employee", domain, [], verb="find the employee").get("id", 0))
