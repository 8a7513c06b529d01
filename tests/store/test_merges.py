"""Trees of contacts are read in a few statements, and older stores get theirs with everything they hold."""

from sqlalchemy import event, text

from connectors_core.store import merges, people
from connectors_core.store.migrate import migrate


def family(store, edges):
    """Write contacts 1 to 9 with edges, child to parent."""
    with store.write() as db:
        people.add_contacts(
            db, [{"id": one, "name": f"n{one}", "username": "", "language": ""} for one in range(1, 10)]
        )
        merges.join(db, edges)


def test_a_person_is_everybody_in_the_tree(store):
    """Itself first, then the root, then the others by age."""
    family(store, {2: 1, 3: 2, 5: 2, 8: 7})
    with store.read() as db:
        found = merges.groups_of(db, [3, 7, 9])
    assert found == {3: [3, 1, 2, 5], 7: [7, 8], 9: [9]}


def test_a_deep_tree_is_read_to_its_end(store):
    """A statement for each step, however many ask."""
    family(store, {one: one - 1 for one in range(2, 10)})
    statements = []
    event.listen(store.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    with store.read() as db:
        found = merges.groups_of(db, [9, 5, 1])
    assert sorted(found[5]) == list(range(1, 10))
    assert len([one for one in statements if "merged_into" in one]) <= 5


def test_nobody_is_looked_at_twice(store):
    """Two who are alone cost one statement."""
    family(store, {})
    statements = []
    event.listen(store.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    with store.read() as db:
        assert merges.groups_of(db, [1, 2]) == {1: [1], 2: [2]}
    assert len([one for one in statements if "merged_into" in one]) == 1


def test_cutting_an_edge_restores_what_was(store):
    """In whatever order merges are taken back."""
    family(store, {2: 1, 3: 1, 1: 4})
    with store.write() as db:
        merges.join(db, {1: None})
        assert (sorted(merges.groups_of(db, [1])[1]), merges.groups_of(db, [4])[4]) == ([1, 2, 3], [4])
        merges.join(db, {2: None})
        assert (sorted(merges.groups_of(db, [1])[1]), merges.groups_of(db, [2])[2]) == ([1, 3], [2])


def test_what_is_known_of_a_person_is_what_is_known_of_all(store):
    """The contact's own word counts first, and a proof more than a claim."""
    family(store, {2: 1})
    address = {"scheme": "phone", "scope": "", "value": "+447700900123"}
    with store.write() as db:
        people.learn(db, 2, {"username": "ann"})
        people.add_identities(db, [{**address, "contact_id": 2, "verified": False}])
        people.add_identities(db, [{**address, "contact_id": 1, "verified": True}])
    with store.read() as db:
        found = merges.person(db, 2)
        assert merges.person(db, 99) is None
    assert (found.name, found.username, found.members) == ("n2", "ann", [2, 1])
    assert [(one.value, one.verified) for one in found.identities] == [("+447700900123", True)]


def test_a_proof_stays_and_a_claim_is_anybodys(store):
    """Several contacts may claim an address; only who has proof of it is found by it."""
    family(store, {})
    address = {"scheme": "phone", "scope": "", "value": "+447700900123"}
    for contact, verified in ((1, False), (2, True), (2, False), (3, False)):
        with store.write() as db:
            people.add_identities(db, [{**address, "contact_id": contact, "verified": verified}])
    with store.read() as db:
        key = ("phone", "", "+447700900123")
        assert people.find_identities(db, [key]) == {key: [2]}
        assert [people.addresses_of(db, [one])[one] for one in (1, 2, 3)] == [{key: False}, {key: True}, {key: False}]


def names(store, rows):
    """Write what contacts are called."""
    with store.write() as db:
        people.add_links(db, [((people.CONTACT, endpoint, "1", name), contact) for contact, endpoint, name in rows])


def test_a_person_is_called_by_the_name_of_any_contact(store):
    """The root's first; who is alone has no other name."""
    family(store, {2: 1, 3: 1})
    names(store, [(3, "crm", "c3"), (1, "crm", "c1"), (9, "crm", "c9")])
    with store.read() as db:
        found = merges.names_at(db, [(2, "crm"), (2, "else"), (8, "crm")])
    assert found == {(2, "crm"): ("1", "c1")}


def test_an_older_store_keeps_its_people(older_store):
    """Its addresses may be claimed by others from now on, and those that are numbers or mail propose."""
    store = older_store("0004")
    rows = [("5511987654321", "wa_id", 1, True), ("Ann@Example.com", "email", 2, False), ("17", "psid", 3, True)]
    with store.write() as db:
        for value, scheme, contact, verified in rows:
            insert = (
                "INSERT INTO identities (value, scheme, scope, contact_id, verified, seen_at) VALUES (:v,:s,'',:c,:p,1)"
            )
            db.execute(text(insert), {"v": value, "s": scheme, "c": contact, "p": verified})
    migrate(store)
    with store.write() as db:
        people.add_identities(db, [{"scheme": "psid", "scope": "", "value": "17", "contact_id": 2, "verified": False}])
        assert people.find_identities(db, [("psid", "", "17")]) == {("psid", "", "17"): [3]}
        assert merges.holders(db, ["phone:551187654321", "email:ann@example.com"]) == {
            "phone:551187654321": [1],
            "email:ann@example.com": [2],
        }
