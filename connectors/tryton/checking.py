"""What can be seen of a Tryton before the first message: its modules, its company, and the rights of the user."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from connectors.tryton.outbound.desk import Desk
from connectors.tryton.outbound.opportunities import CONTACT, OPPORTUNITY
from connectors.tryton.outbound.rest import Json, Rest
from connectors_core import ConnectorsError
from connectors_core.model import Finding

GUIDE = (
    "Tryton 8.2 with the modules party and sale_opportunity is needed; an administrator activates them.",
    "As administrator make a group, Messaging gateway, with access to the model Chat Channel: read, write and create.",
    "Make a user of its own for the gateway, named as agents shall see the customers' side, such as WhatsApp.",
    "Put it into the groups Sale Opportunity and Messaging gateway, and give it the company as allowed and current.",
    "In that user's form, Applications, add one of the kind REST API; its key is shown there. It has to be validated.",
    "Nobody else may use this user: what it writes is taken for the customers' words.",
    "The database is the one of the login. The company's id is the ID that View Logs shows on its form.",
)
"""trytond 8.2: res/user.py, ir/chat.xml, protocols/rest.py."""

_VERB = "check"
_MODULES = ("party", "sale_opportunity")
_RIGHTS = {
    "party.party": ("read", "write", "create"),
    "party.contact_mechanism": ("read", "create"),
    "sale.opportunity": ("read", "write", "create"),
    "ir.chat.channel": ("read", "write", "create"),
    "ir.chat.message": ("read", "create"),
    "ir.attachment": ("read", "create"),
}
_MEND = {
    "ir.chat.channel": "give one of its groups access to Chat Channel: read, write and create",
    "ir.chat.message": "give one of its groups access to Chat Channel: read, write and create",
    "sale.opportunity": "put it into the group Sale Opportunity",
}


def findings(desk: Desk, targets: Sequence[str] = ()) -> Iterator[Finding]:
    """Yield what is found; without a user nothing else can be asked. `targets`: the fields that rules write."""
    rest = desk.rest
    try:
        number, name = desk.user
    except ConnectorsError as error:
        yield Finding(level="error", text=error.text, path="key")
        return
    yield Finding(level="ok", text=f'the key is of the user "{name}" ({number})')
    fields = partial(_fields, targets=targets)
    for ask, path in ((_modules, "database"), (_company, "company"), (_user, "key"), (_rights, "key"), (fields, "")):
        try:
            yield from ask(rest)
        except ConnectorsError as error:
            yield Finding(level="error", text=error.text, path=path)


def _modules(rest: Rest) -> Iterator[Finding]:
    rows = rest.find("ir.module", [["name", "in", list(_MODULES)]], ["name", "state"], verb=_VERB)
    active = {row.get("name") for row in rows if row.get("state") == "activated"}
    if missing := [name for name in _MODULES if name not in active]:
        mend = f"run trytond-admin -d {rest.settings.database} -u {' '.join(missing)} --activate-dependencies"
        yield Finding(level="error", text=f"modules are not active: {', '.join(missing)}; {mend}", path="database")
    else:
        yield Finding(level="ok", text=f"the modules {' and '.join(_MODULES)} are active, and so is the chat")


def _company(rest: Rest) -> Iterator[Finding]:
    rows = rest.find("company.company", [], ["party.name", "currency.code"], verb=_VERB, order=[["id", "ASC"]], most=50)
    own = next((row for row in rows if row.get("id") == rest.settings.company), None)
    if own is None:
        there = ", ".join(f"{row['id']} is {_name(row, 'party', 'name')}" for row in rows) or "none that it may see"
        yield Finding(level="error", text=f"there is no company {rest.settings.company}: {there}", path="company")
        return
    currency = _name(own, "currency", "code")
    yield Finding(level="ok", text=f"opportunities belong to {_name(own, 'party', 'name')}, in {currency}")


def _user(rest: Rest) -> Iterator[Finding]:
    told = rest.act("res.user", "get_preferences", {"context_only": True}, verb=_VERB, harmless=True)
    if told.get("administrator"):
        text = "the user is an administrator: give the gateway one of its own, with no more rights than it needs"
        yield Finding(level="warning", text=text, path="key")
    if rest.settings.company not in (told.get("companies") or []):
        text = f"the user does not belong to company {rest.settings.company}; add it to the companies of the user"
        yield Finding(level="error", text=text, path="company")


def _rights(rest: Rest) -> Iterator[Finding]:
    told = rest.act("ir.model.access", "get_access", {"models": list(_RIGHTS)}, verb=_VERB, harmless=True)
    fine = True
    for model, wanted in _RIGHTS.items():
        have = told.get(model) or {}
        if missing := [right for right in wanted if not have.get(right)]:
            fine = False
            mend = _MEND.get(model, "give it to one of its groups")
            text = f"the user may not {', '.join(missing)} records of {model}; {mend}"
            yield Finding(level="error", text=text, path="key")
    if fine:
        yield Finding(level="ok", text="the user may find and make parties and opportunities, and write into chats")


def _fields(rest: Rest, targets: Sequence[str]) -> Iterator[Finding]:
    """Say which of the mapped fields there are not; modules and their versions bring fields and take them away."""
    for prefix, model in ((CONTACT, "party.party"), (OPPORTUNITY, "sale.opportunity")):
        names = {target.removeprefix(prefix): target for target in targets if target.startswith(prefix)}
        if not names:
            continue
        domain = [["model", "=", model], ["name", "in", sorted(names)]]
        there = {row.get("name") for row in rest.find("ir.model.field", domain, ["name"], verb=_VERB)}
        for name, target in names.items():
            if name not in there:
                text = f'{model} has no field {name}; correct the rule that writes "{target}", or activate its module'
                yield Finding(level="error", text=text)


def _name(row: Json, field: str, name: str) -> str:
    nested = row.get(field)
    return str(nested.get(name) or "?") if isinstance(nested, dict) else "?"
