"""The tables of the inbox: what the migrations make, what the list finds, and how much it reads for that."""

import gateways
import inboxes
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from inboxes import message
from sqlalchemy import event, insert, text

from connectors.inbox.store import InboxDatabase, desk, listing, passwords, people, schema, thread, users, words
from connectors.inbox.store.opening import VERSION_TABLE

pytestmark = pytest.mark.own_tables


def names(page):
    """Return who stands in the list."""
    return [row.contact_name for row in page.rows]


def listed(inbox, **wanted):
    """Return a page of the list."""
    with inbox.database.read() as db:
        return listing.page(db, listing.Filter(user=wanted.pop("user", 1), **wanted))


def fill(inbox, count):
    """Write many conversations as fast as the database takes them."""
    with inbox.database.write() as db:
        contact = people.make_contact(db, "Sheena Nelson")
        people.index(db, contact)
        base = {"contact_id": contact, "channel": "shop", "account": "100", "linked": True, "unread": 0, "version": 1}
        rest = {"last_kind": "text", "last_line": "hello", "last_direction": "in", "state": "open"}
        rows = [
            {**base, **rest, "external_id": f"p{number}", "last_at": float(number), "touched_at": float(number)}
            for number in range(count)
        ]
        db.execute(insert(schema.conversations), rows)


def test_migrations_make_exactly_the_tables_of_the_program(inbox):
    """On both engines, in a database that holds the gateway's own tables too."""
    with inbox.database.read() as db:
        options = {
            "version_table": VERSION_TABLE,
            "include_name": lambda name, kind, _parents: kind != "table" or name.startswith("inbox_"),
        }
        found = compare_metadata(MigrationContext.configure(db, opts=options), schema.metadata)
    assert [one for one in found if "inbox_version" not in str(one)] == []


def test_two_programs_may_begin_at_once(store_url):
    """One makes the tables, the other waits for it."""
    databases = [InboxDatabase(store_url) for _ in range(4)]

    def begin(database):
        with database.read() as db:
            return users.everybody(db)

    assert gateways.together(*(lambda one=one: begin(one) for one in databases)) == [[]] * 4
    for one in databases:
        one.close()


def test_two_first_messages_at_once_make_one_person(inbox, crm):
    """Whatever two workers do at the same moment."""
    done = gateways.together(*(lambda n=n: crm.deliver(message(f"m{n}"), f"k{n}") for n in range(6)))
    assert len({one.refs[:2] for one in done}) == 1
    with inbox.database.read() as db:
        assert len(thread.page(db, int(done[0].refs[1].id)).rows) == 6


def test_the_list_shows_what_a_filter_names(inbox, crm):
    """Mine, nobody's, all; by state, by label, by words of the person."""
    ids = []
    for number, name in enumerate(("Sheena Nelson", "Pablo Morales", "Zoë Ångström")):
        ids.append(
            int(crm.deliver(message(f"m{number}", person=f"1650555{number}000", name=name), f"k{number}").refs[1].id)
        )
    ann = inboxes.add_user(inbox)
    with inbox.database.write() as db:
        desk.assign(db, ids[0], ann)
        desk.set_state(db, ids[1], "resolved")
        words.save_label(db, "VIP", 1)
        (label,) = words.all_labels(db)
        desk.set_label(db, ids[2], label.id, on=True)
    assert names(listed(inbox)) == ["Zoë Ångström", "Sheena Nelson"]
    assert names(listed(inbox, view="mine", user=ann)) == ["Sheena Nelson"]
    assert names(listed(inbox, view="unassigned")) == ["Zoë Ångström"]
    assert names(listed(inbox, state="resolved")) == ["Pablo Morales"]
    assert names(listed(inbox, label=label.id)) == ["Zoë Ångström"]
    for search in ("angs", "ZOE", "16505552", "+1 650 555 2000", "2000"):
        assert names(listed(inbox, words=search, state="any")) == ["Zoë Ångström"], search
    assert names(listed(inbox, words="pab mor", state="any")) == ["Pablo Morales"]
    assert names(listed(inbox, words="pab nelson", state="any")) == []
    assert names(listed(inbox, words="%", state="any")) == []


def test_the_pages_of_the_list_hold_everything_once(inbox):
    """Also where several conversations have the same time."""
    fill(inbox, 95)
    with inbox.database.write() as db:
        db.execute(text("UPDATE inbox_conversations SET last_at = 5 WHERE last_at BETWEEN 20 AND 70"))
    seen, cursor = [], ""
    for _ in range(5):
        with inbox.database.read() as db:
            page = listing.page(db, listing.Filter(user=1), cursor)
        seen += [row.id for row in page.rows]
        cursor = page.cursor
        if not cursor:
            break
    assert len(seen) == len(set(seen)) == 95
    assert cursor == ""


def test_a_cursor_that_is_none_begins_at_the_beginning(inbox):
    """Whatever somebody writes into the address."""
    fill(inbox, 3)
    with inbox.database.read() as db:
        for strange in ("x", "1", "1:x", ":", "nan"):
            assert len(listing.page(db, listing.Filter(user=1), strange).rows) == 3


@pytest.mark.parametrize("wanted", [{}, {"view": "unassigned"}, {"view": "mine"}, {"state": "any"}, {"label": 1}])
def test_the_list_reads_an_index_and_nothing_else(tmp_path, wanted):
    """So 100,000 conversations cost what 100 do: SQLite says which way it takes."""
    inbox = inboxes.connector(f"sqlite:///{tmp_path / 'inbox.db'}")
    fill(inbox, 2000)
    asked = []
    event.listen(inbox.database.engine, "before_cursor_execute", lambda *its: asked.append((its[2], its[3])))
    listed(inbox, **wanted)
    with inbox.database.read() as db:
        listing.unread(db, 1)
        listing.changed(db)
    with inbox.database.engine.connect() as db:
        for statement, parameters in asked[:]:
            if not statement.startswith("SELECT"):
                continue
            plan = [row[3] for row in db.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
            slow = [
                step for step in plan if step.startswith("SCAN") and "INDEX" not in step and "json_each" not in step
            ]
            assert [step for step in slow if "inbox_conversations" in step] == []
            if "inbox_conversations.last_at DESC" in statement and "json_each" not in statement:
                assert [step for step in plan if "TEMP B-TREE" in step] == []
    inbox.database.close()


def test_unread_conversations_are_counted_for_each_view(inbox, crm):
    """Mine, nobody's, all."""
    ann = inboxes.add_user(inbox)
    ids = [int(crm.deliver(message(f"m{n}", person=f"1650555{n}000"), f"k{n}").refs[1].id) for n in range(3)]
    with inbox.database.write() as db:
        desk.assign(db, ids[0], ann)
        desk.seen(db, ids[1])
    with inbox.database.read() as db:
        assert listing.unread(db, ann) == {"mine": 1, "unassigned": 1, "all": 2}


def test_what_was_put_away_comes_back_by_itself(inbox, crm):
    """When its time has come, or when the person writes."""
    ids = [int(crm.deliver(message(f"m{n}", person=f"1650555{n}000"), f"k{n}").refs[1].id) for n in range(2)]
    with inbox.database.write() as db:
        desk.set_state(db, ids[0], "snoozed", 1.0)
        desk.set_state(db, ids[1], "snoozed", 9e9)
        assert desk.wake_snoozed(db) == 1
        assert [desk.conversation(db, one).state for one in ids] == ["open", "snoozed"]
    crm.deliver(message("m9", person="16505551000"), "k9")
    with inbox.database.read() as db:
        assert desk.conversation(db, ids[1]).state == "open"


def test_the_thread_has_pages_from_the_newest_back(inbox, crm):
    """With what they answer, wherever that stands."""
    refs = crm.deliver(message("m0"), "k0").refs
    for number in range(1, 60):
        crm.deliver(message(f"m{number}", reply_to=refs[2] if number == 59 else None), f"k{number}")
    with inbox.database.read() as db:
        newest = thread.page(db, int(refs[1].id))
        older = thread.page(db, int(refs[1].id), newest.before)
    assert (len(newest.rows), len(older.rows), older.before) == (50, 10, None)
    assert [row.name for row in newest.quoted.values()] == [refs[2].id]


def test_a_password_is_kept_as_something_else():
    """With a salt of its own, and what was not set matches nothing."""
    kept = passwords.hashed("a long enough password")
    assert "password" not in kept
    assert passwords.matches("a long enough password", kept)
    assert not passwords.matches("another password", kept)
    assert not passwords.matches("", "")
    assert passwords.hashed("a long enough password") != kept


def test_a_session_ends(inbox):
    """By its time, by logging out, and with the user or the password."""
    ann = inboxes.add_user(inbox)
    with inbox.database.write() as db:
        over, out, left, changed = (users.begin_session(db, ann, seconds) for seconds in (-1, 60, 60, 60))
        users.end_session(db, out)
        assert [users.of_session(db, one) is not None for one in (over, out, left)] == [False, False, True]
        users.change(db, ann, active=False)
        assert users.of_session(db, left) is None
        users.change(db, ann, active=True)
        assert users.of_session(db, changed) is None
        stored = db.execute(text("SELECT count(*) FROM inbox_sessions WHERE token = :token"), {"token": left}).scalar()
    assert stored == 0
