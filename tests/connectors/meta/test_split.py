"""Cutting webhooks of Meta into pieces."""

import pytest

from connectors.meta.split import split

NUMBER = {"display_phone_number": "15550783881", "phone_number_id": "106540352242922"}


def whatsapp(*changes, **entry):
    """Return a webhook of one business account."""
    return {"object": "whatsapp_business_account", "entry": [{"id": "waba", "changes": list(changes), **entry}]}


def change(value, field="messages"):
    """Return one change of a field."""
    return {"field": field, "value": value}


def test_each_message_and_status_is_an_item_of_its_own():
    """One unreadable message must not take its neighbours with it."""
    value = {"metadata": NUMBER, "messages": [{"id": "a"}, {"id": "b"}], "statuses": [{"id": "c"}]}
    items = list(split(whatsapp(change(value), time=17)))
    head = {"field": "messages", "waba": "waba", "time": 17}
    assert [item.raw for item in items] == [
        {**head, "value": {"metadata": NUMBER, "messages": [{"id": "a"}]}},
        {**head, "value": {"metadata": NUMBER, "messages": [{"id": "b"}]}},
        {**head, "value": {"metadata": NUMBER, "statuses": [{"id": "c"}]}},
    ]
    assert {(item.type, item.account) for item in items} == {("whatsapp", "106540352242922")}


def test_each_message_keeps_its_own_contacts():
    """In a batch of several people nobody gets the name of another."""
    people = [{"wa_id": "1"}, {"wa_id": "2", "user_id": "US.2"}]
    value = {"contacts": people, "messages": [{"from": "1"}, {"from_user_id": "US.2"}, {"from": "3"}]}
    kept = [item.raw["value"]["contacts"] for item in split(whatsapp(change(value)))]
    assert kept == [[people[0]], [people[1]], []]


def test_standby_copies_are_pieces_too():
    """What stands under `standby` is cut like what stands beside it."""
    value = {"metadata": NUMBER, "standby": {"messages": [{"id": "a"}], "statuses": [{"id": "b"}]}}
    items = list(split(whatsapp(change(value, "standby"))))
    assert [(item.raw["field"], item.raw["value"]) for item in items] == [
        ("standby", {"metadata": NUMBER, "messages": [{"id": "a"}]}),
        ("standby", {"metadata": NUMBER, "statuses": [{"id": "b"}]}),
    ]


def test_the_errors_of_a_call_stay_with_it():
    """An error beside a call says how that call ended."""
    value = {"calls": [{"id": "c"}], "errors": [{"code": 1}]}
    assert [item.raw["value"] for item in split(whatsapp(change(value, "calls")))] == [value]


def test_the_account_is_the_number_else_the_business_account():
    """Handovers name the number in `recipient`; news about the business account name none."""
    values = ({"metadata": NUMBER}, {"recipient": NUMBER}, {"event": "x"}, {"metadata": {"phone_number_id": 7}})
    accounts = [item.account for value in values for item in split(whatsapp(change(value, "x")))]
    assert accounts == ["106540352242922", "106540352242922", "waba", "7"]


@pytest.mark.parametrize(("name", "kind"), [("page", "messenger"), ("instagram", "instagram"), ("user", "user")])
def test_pages_and_instagram_are_cut_by_their_lists(name, kind):
    """Every element of every list is a piece, in an entry of its own; an unknown object keeps its name."""
    entry = {"id": "9", "time": 5, "messaging": [{"n": 1}, {"n": 2}], "changes": [{"n": 3}]}
    items = list(split({"object": name, "entry": [entry]}))
    assert [item.raw for item in items] == [
        {"id": "9", "time": 5, "messaging": [{"n": 1}]},
        {"id": "9", "time": 5, "messaging": [{"n": 2}]},
        {"id": "9", "time": 5, "changes": [{"n": 3}]},
    ]
    assert {(item.type, item.account) for item in items} == {(kind, "9")}


@pytest.mark.parametrize(
    "body",
    [
        {"object": "whatsapp_business_account"},
        {"object": "whatsapp_business_account", "entry": {"id": "waba", "changes": {"field": "x", "value": {}}}},
        {"object": "whatsapp_business_account", "entry": ["strange"]},
        {"object": "whatsapp_business_account", "entry": [{"id": "waba"}]},
        whatsapp("strange"),
        whatsapp({"field": "messages"}),
        whatsapp(change(["strange"])),
        whatsapp(change({"messages": {"id": "a"}})),
        whatsapp(change({"messages": ["strange"], "contacts": [{}, {}]})),
        {"object": ["odd"], "entry": [{"id": {}}]},
        {"object": "page", "entry": [{"id": "9", "messaging": "strange"}]},
        {},
    ],
)
def test_what_has_no_known_form_is_an_item_and_not_lost(body):
    """Mistyped and missing levels give one Item, for somebody to look at."""
    assert len(list(split(body))) == 1


@pytest.mark.parametrize("entry", [[], None, [{"id": "9", "messaging": []}]])
def test_empty_lists_have_no_pieces(entry):
    """A webhook without anything in it has nothing to keep."""
    assert list(split({"object": "page", "entry": entry})) == []


def test_an_echo_that_is_addressed_to_the_business_names_it_by_its_number():
    """The id of the number is another name of the account, by which its endpoint is found."""
    metadata = {"display_phone_number": "15550783881", "phone_number_id": "106540352242922"}
    echoes = [{"from": "16505551234", "to": "15550783881", "id": "a"}, {"from": "15550783881", "to": "16505551234"}]
    changes = [{"field": "smb_message_echoes", "value": {"metadata": metadata, "message_echoes": echoes}}]
    found = list(split({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": changes}]}))
    assert [(item.account, item.aliases) for item in found] == [
        ("15550783881", ("106540352242922",)),
        ("106540352242922", ()),
    ]


def test_what_stands_in_an_entry_itself_is_a_change():
    """So come the comments of accounts that are connected by Instagram Login."""
    entry = {"id": "9", "time": 5, "field": "comments", "value": {"id": "1"}}
    (item,) = split({"object": "instagram", "entry": [entry]})
    assert item.raw == {"id": "9", "time": 5, "changes": [{"field": "comments", "value": {"id": "1"}}]}


def test_an_answer_about_calls_is_a_piece_of_its_own():
    """It stands in the entry as one object."""
    (item,) = split({"object": "page", "entry": [{"id": "9", "call_permission_reply": {"response": "accept"}}]})
    assert item.raw == {"id": "9", "call_permission_reply": [{"response": "accept"}]}


@pytest.mark.parametrize(
    ("entry", "account", "aliases"),
    [
        ({"messaging": [{"sender": {"id": "1"}, "recipient": {"id": "9"}}]}, "9", ()),
        ({"messaging": [{"sender": {"id": "9"}, "recipient": {"id": "1"}, "message": {"is_echo": True}}]}, "9", ()),
        ({"messaging": [{"sender": {"id": "1"}, "recipient": {"id": "8"}}]}, "8", ("9",)),
        ({"standby": [{"sender": {"id": "8"}, "recipient": {"id": "1"}, "message": {"is_echo": True}}]}, "8", ("9",)),
        ({"changes": [{"field": "messages", "value": {"sender": {"id": "1"}, "recipient": {"id": 8}}}]}, "8", ("9",)),
        ({"messaging": [{"recipient": [], "sender": {"id": []}}]}, "9", ()),
        ({"messaging": ["x"]}, "9", ()),
    ],
)
def test_the_account_of_a_page_is_the_end_that_the_piece_names(entry, account, aliases):
    """The dashboard's test stands in an entry with the id 0; where the entry is one of the ends, it is the account."""
    (item,) = split({"object": "page", "entry": [{"id": "9", **entry}]})
    assert (item.account, item.aliases) == (account, aliases)


def test_an_entry_that_names_a_product_is_of_that_product():
    """Relays put webhooks together; what the body says is for the entries that say nothing."""
    entries = [
        {"id": "1", "messaging": [{"message": {"mid": "m1"}}]},
        {"object": "instagram", "id": "2", "messaging": [{"message": {"mid": "m2"}}]},
        {"object": "whatsapp_business_account", "id": "3", "changes": [{"field": "x", "value": {}}]},
        {"object": "tomorrow", "id": "4", "messaging": [{}]},
    ]
    found = list(split({"object": "page", "entry": entries}))
    assert [(item.type, item.account) for item in found] == [
        ("messenger", "1"),
        ("instagram", "2"),
        ("whatsapp", "3"),
        ("messenger", "4"),
    ]
