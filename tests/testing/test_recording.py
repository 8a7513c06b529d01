"""Recording: what really arrived becomes samples that say nothing of anybody."""

import json
import logging
from contextlib import contextmanager

import pytest
from click.testing import CliRunner

from connectors_core.cli.main import main
from connectors_core.model import codec
from connectors_core.store import Store, journal
from connectors_core.store.migrate import migrate
from connectors_core.testing.samples import Samples

SETTINGS = """
[gateway]
store = "sqlite:///{folder}/store.db"

[apps.meta]
type = "meta"
app_secret = {{ env = "APP_SECRET" }}
verify_token = {{ env = "VERIFY" }}

[endpoints.shop]
type = "whatsapp"
app = "meta"
phone_number_id = "106540352242922"
access_token = {{ env = "TOKEN" }}

[endpoints.crm]
type = "webhook"
url = "https://crm.example.com/hook"
secret = {{ env = "HOOK" }}

[[routes]]
between = ["shop", "crm"]
"""

ENVIRON = {"APP_SECRET": "the-app-secret", "VERIFY": "the-word", "TOKEN": "the-token", "HOOK": "whsec_" + "QUFB" * 8}

PRIVATE = ("Kerry", "Fisher", "16315551181", "bonjour", "wamid.HBgLMTYzMTU1NTExODEVAgA", "kerry.jpg", "106540352242922")
"""What must be in no sample."""


def value(**more):
    """Return what WhatsApp sends of one message of Kerry Fisher."""
    first = {"from": "16315551181", "id": "wamid.HBgLMTYzMTU1NTExODEVAgA", "timestamp": "1772000000", **more}
    return {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "15550783881", "phone_number_id": "106540352242922"},
        "contacts": [{"profile": {"name": "Kerry Fisher"}, "wa_id": "16315551181"}],
        "messages": [first],
    }


def body(*values):
    """Return a webhook."""
    changes = [{"field": "messages", "value": one} for one in values]
    return json.dumps({"object": "whatsapp_business_account", "entry": [{"id": "102290129340398", "changes": changes}]})


@pytest.fixture
def recorded(tmp_path, monkeypatch):
    """Return a function that journals bodies and records them; it gives the samples and the words of the program."""
    for name, secret in ENVIRON.items():
        monkeypatch.setenv(name, secret)
    path = tmp_path / "connectors.toml"
    path.write_text(SETTINGS.format(folder=tmp_path), encoding="utf-8")

    def record(*bodies, options=()):
        store = Store(f"sqlite:///{tmp_path}/store.db")
        migrate(store)
        with store.write() as db:
            journal.append(db, [journal.Arrival(source="meta", body=one.encode()) for one in bodies], "test")
        store.close()
        words = ["-c", str(path), "kit", "record", "shop", "--into", str(tmp_path / "samples"), *options]
        with quiet():
            result = CliRunner().invoke(main, words)
        assert result.exit_code == 0, result.output
        return Samples.load(tmp_path / "samples"), result.output

    return record


@contextmanager
def quiet():
    """Leave the handlers of the log as they were."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def texts(samples):
    """Return everything that stands in the files."""
    return "".join(path.read_text(encoding="utf-8") for path in samples.folder.rglob("*.json"))


def test_nothing_private_is_left(recorded):
    """Names, numbers, ids, texts, file names and the account itself are others."""
    picture = {"id": "2754859441498128", "mime_type": "image/jpeg", "sha256": "a1b2c3", "caption": "bonjour"}
    samples, _ = recorded(
        body(value(type="text", text={"body": "bonjour Kerry"})),
        body(value(type="image", image=picture, novelty={"who": "Kerry", "town": "Berlin"})),
        body(
            value(type="document", document={"id": "275485944149", "filename": "kerry.jpg", "mime_type": "image/png"})
        ),
    )
    assert len(samples.all) == 3
    found = texts(samples)
    assert [word for word in (*PRIVATE, "Berlin", "275485944149") if word in found] == []


def test_a_sample_is_read_as_its_events(recorded):
    """What was recorded has the form of the kit, and its events are those of the scrubbed body."""
    samples, _ = recorded(body(value(type="text", text={"body": "bonjour"})))
    assert samples.problems == ()
    (sample,) = samples.all
    (event,) = sample.events
    assert codec.to_dict(event)["parts"] == [{"part": "text", "body": "text 1"}]
    assert event.profile.name == "Sheena Nelson"
    assert event.contact.id in sample.body.decode()
    assert str(sample) == "samples/receive/message_text.json"


def test_the_same_person_stays_the_same(recorded):
    """Who wrote twice has one number in both samples; another person has another."""
    other = json.loads(body(value(type="text", text={"body": "x"})).replace("16315551181", "16315551999"))
    samples, _ = recorded(
        body(value(type="text", text={"body": "bonjour"})),
        body(value(type="location", location={"latitude": 1.5, "longitude": 2.5})),
        body(
            value(type="reaction", reaction={"message_id": "wamid.X", "emoji": "👍"}),
            other["entry"][0]["changes"][0]["value"],
        ),
    )
    people = [[event.contact.id for event in sample.events] for sample in samples.all]
    assert len({one for row in people for one in row}) == 2
    assert [len(row) for row in people] == [1, 2, 1]


def test_words_that_the_reading_needs_are_kept(recorded):
    """A status stays a status: what the platform says is no secret, and without it the sample shows nothing."""
    status = {"id": "wamid.Y", "status": "delivered", "timestamp": "1772000000", "recipient_id": "16315551181"}
    change = {**value(), "statuses": [status]}
    del change["messages"], change["contacts"]
    samples, _ = recorded(body(change))
    (event,) = samples.all[0].events
    assert str(event.kind) == "delivered"


def test_one_sample_for_each_kind_and_none_overwritten(recorded):
    """The tenth text shows nothing more than the first; a file that somebody edited stays."""
    first = body(value(type="text", text={"body": "one"}))
    samples, _ = recorded(first, body(value(type="text", text={"body": "two"})))
    (sample,) = samples.all
    path = samples.folder / "receive" / f"{sample.name}.json"
    path.write_text("{}", encoding="utf-8")
    _, said = recorded()
    assert path.read_text(encoding="utf-8") == "{}"
    assert "is there already" in said


def test_the_new_account_is_told(recorded):
    """The settings of the test have to name it."""
    samples, said = recorded(body(value(type="text", text={"body": "one"})))
    account = samples.all[0].events[0].account
    assert f"their account is {account}" in said
    assert account != "106540352242922"


def test_strangers_and_nonsense_are_left_out(recorded):
    """What cannot be read is no sample, and neither is what arrived for another account."""
    samples, said = recorded(
        "{", body(value(type="text", text={"body": "one"})).replace("106540352242922", "999000999")
    )
    assert samples.all == ()
    assert "0 samples were written" in said


def test_what_names_the_account_by_an_alias_is_recorded(recorded):
    """An echo of what was deleted in the phone app has its two ends exchanged."""
    echo = {"from": "16315551181", "to": "15550783881", "id": "wamid.X1", "timestamp": "1772000001", "type": "revoke"}
    deleted = {**value(), "message_echoes": [{**echo, "revoke": {"original_message_id": "wamid.X0"}}]}
    del deleted["messages"]
    samples, said = recorded(body(deleted).replace('"field": "messages"', '"field": "smb_message_echoes"'))
    assert [sample.name for sample in samples.all] == ["echo_revision_delete"]
    assert "1 sample was written" in said


def test_an_endpoint_that_receives_nothing_is_told_so(recorded, tmp_path):
    """There is nothing to record."""
    recorded()
    with quiet():
        result = CliRunner().invoke(main, ["-c", str(tmp_path / "connectors.toml"), "kit", "record", "crm"])
    assert result.exit_code == 3
    assert "receives nothing" in result.output
