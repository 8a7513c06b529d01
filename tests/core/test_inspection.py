"""Looking at captured webhooks with `connectors inspect`."""

import json
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from connectors_core import SettingsError
from connectors_core.cli.inspect import command
from connectors_core.inspection import Inspector, Parked, describe
from connectors_core.model import (
    Card,
    Contact,
    Handover,
    HandoverAction,
    Identity,
    Link,
    LinkStatus,
    Message,
    MessageRef,
    OptIn,
    Origin,
    Receipt,
    ReceiptKind,
    Revision,
    RevisionAction,
    Unsupported,
)

AT = datetime(2026, 11, 22, tzinfo=UTC)
PLACE = {"endpoint": "e", "account": "a"}

PLUGINS = """
from datetime import UTC, datetime
import attrs
from marshmallow import Schema
from connectors_core import AppManifest, Malformed, Manifest, hookimpl
from connectors_core.model import ContactRef, Item, Message, Origin, Text, parse_json

@attrs.frozen(eq=False)
class Lines:
    manifest = AppManifest(name="lines", title="Lines", settings=Schema)
    settings: object
    http: object

    @hookimpl
    def authenticate(self, request):
        raise AssertionError("inspecting trusts the file")

    @hookimpl
    def split(self, request):
        rows = parse_json(request.body)
        return [Item(type=row.get("type", "chat"), account="a", raw=row) for row in rows]

@attrs.frozen(eq=False)
class Chat:
    manifest = Manifest(name="chat", title="Chat", kind="channel", settings=Schema, app="lines")
    settings: object
    http: object

    @hookimpl
    def authenticate(self, request):
        raise AssertionError("inspecting trusts the file")

    @hookimpl
    def receive(self, item):
        row = item.json()
        if "text" not in row:
            raise Malformed("there is no text")
        contact = ContactRef(endpoint=item.endpoint, account=item.account, id="p", aliases=("q",))
        return [Message(endpoint=item.endpoint, account=item.account, id=row["id"], contact=contact,
                        at=datetime(2026, 11, 22, tzinfo=UTC), origin=Origin.CONTACT, parts=[Text(body=row["text"])])]

@attrs.frozen(eq=False)
class Lone(Chat):
    manifest = Manifest(name="lone", title="Lone", kind="channel", settings=Schema)

@attrs.frozen(eq=False)
class Mute:
    manifest = Manifest(name="mute", title="Mute", kind="crm", settings=Schema)
    settings: object
    http: object
"""


@pytest.fixture(autouse=True)
def plugins(tmp_path, monkeypatch):
    """Install a distribution with a connector of an app, one without, and one that receives nothing."""
    folder = tmp_path / "site"
    info = folder / "inspected-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: inspected\nVersion: 1.0\n")
    module = "inspected_plugins"
    names = f"chat = {module}:Chat\nlone = {module}:Lone\nmute = {module}:Mute"
    (info / "entry_points.txt").write_text(f"[connectors]\n{names}\n[connectors.apps]\nlines = {module}:Lines\n")
    (folder / f"{module}.py").write_text(PLUGINS)
    monkeypatch.syspath_prepend(folder)


@pytest.fixture
def run(tmp_path):
    """Run the command on files of the given names and contents."""

    def run(type_name, *arguments, stdin=None, **files):
        for name, content in files.items():
            (tmp_path / name).write_text(json.dumps(content))
        paths = [str(tmp_path / name) for name in files]
        return CliRunner().invoke(command, [type_name, *arguments, *paths], input=stdin, catch_exceptions=False)

    return run


def lines(result):
    """Parse what was printed."""
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_each_event_is_a_line(run, tmp_path):
    """An app's webhook is split as the program splits it, and each piece read by the connector."""
    result = run("chat", one=[{"id": "1", "text": "a"}, {"id": "2", "text": "b"}], two=[{"id": "3", "text": "c"}])
    assert result.exit_code == 0
    assert [(line["file"], line["id"]) for line in lines(result)] == [
        (str(tmp_path / "one"), "1"),
        (str(tmp_path / "one"), "2"),
        (str(tmp_path / "two"), "3"),
    ]
    assert lines(result)[0] == {
        "file": str(tmp_path / "one"),
        "event": "message",
        "id": "1",
        "account": "a",
        "contact": {"id": "p", "aliases": ["q"]},
        "at": "2026-11-22T00:00:00+00:00",
        "standby": False,
        "origin": "contact",
        "reply_to": None,
        "parts": [{"part": "text", "body": "a", "preview": False}],
    }


def test_a_connector_without_an_app_gets_the_whole_body(run):
    """The bytes are one Item, with the name of the endpoint as its account."""
    (line,) = lines(run("lone", whole={"id": "1", "text": "a"}))
    assert (line["id"], line["account"]) == ("1", "lone")


def test_standard_input_is_a_file(run):
    """A dash reads what is piped in."""
    (line,) = lines(run("chat", "-", stdin='[{"id": "1", "text": "a"}]'))
    assert (line["file"], line["id"]) == ("-", "1")


def test_what_is_parked_is_told_beside(run, tmp_path):
    """The rest of the batch is read; the reason goes to stderr."""
    result = run("chat", one=[{"id": "1"}, {"id": "2", "text": "b"}])
    assert [line["id"] for line in lines(result)] == ["2"]
    assert result.stderr == f"{tmp_path / 'one'}: parked: there is no text\n"


def test_what_is_parked_is_a_line_when_asked(run, tmp_path):
    """With --items the order of the pieces can be seen."""
    result = run("chat", "--items", one=[{"id": "1"}, {"type": "other"}, {"id": "2", "text": "b"}])
    assert [line.get("reason") for line in lines(result)] == [
        "there is no text",
        "it is for a connector of the type other",
        None,
    ]


def test_a_file_that_is_not_there_does_not_stop_the_others(run, tmp_path):
    """The others are read, and the exit status tells."""
    result = run("chat", str(tmp_path / "absent"), one=[{"id": "1", "text": "a"}])
    assert result.exit_code == 1
    assert [line["id"] for line in lines(result)] == ["1"]
    assert result.stderr == f"{tmp_path / 'absent'}: cannot be read: No such file or directory\n"


@pytest.mark.parametrize(("name", "text"), [("chatt", 'Did you mean "chat"?'), ("mute", "receives nothing")])
def test_a_type_that_reads_nothing_is_refused(run, name, text):
    """A misspelt type, and a connector without a way in."""
    with pytest.raises(SettingsError, match=text.replace("?", r"\?")):
        Inspector(name)
    result = run(name, one=[])
    assert result.exit_code == 2
    assert text in " ".join(result.stderr.split())


def test_a_body_that_cannot_be_split_is_parked():
    """What is no JSON at all is parked as a whole."""
    (found,) = Inspector("chat").read(b"\xff")
    assert found == Parked(reason="the body is not JSON")


def test_every_noun_is_described():
    """A receipt names its messages and its watermark in milliseconds, a link its status, a handover its action."""
    common = {"id": "x", "account": "a", "at": "2026-11-22T00:00:00+00:00", "standby": False}
    receipt = Receipt(
        **PLACE, id="x", at=AT, kind=ReceiptKind.READ, messages=(MessageRef(**PLACE, id="m"),), watermark=AT
    )
    assert describe(receipt) == {
        "event": "receipt",
        **common,
        "kind": "read",
        "message_ids": ["m"],
        "watermark": 1795305600000,
        "key": "",
        "error_code": None,
        "pricing_category": None,
    }
    previous = Identity(scheme="wa_id", value="1")
    link = Link(**PLACE, id="x", at=AT, status=LinkStatus.CHANGED, previous=previous)
    assert describe(link) == {"event": "link", **common, "status": "changed", "previous": "wa_id::1"}
    handover = Handover(**PLACE, id="x", at=AT, action=HandoverAction.TAKE, new_owner="us")
    assert describe(handover) == {
        "event": "handover",
        **common,
        "action": "take",
        "previous_owner": "",
        "new_owner": "us",
    }


def test_parts_are_flat():
    """A reference is an id, an enumeration its value, a time ISO text, and what is inside is described, too."""
    parts = [
        Revision(message=MessageRef(**PLACE, id="m"), action=RevisionAction.EDIT),
        OptIn(topic="news", expires=AT),
        Card(contacts=(Contact(name="Sheena Nelson", identities=(Identity(scheme="phone", value="+1"),)),)),
        Unsupported(kind="hologram", raw={"a": 1}),
    ]
    described = describe(Message(**PLACE, id="x", at=AT, origin=Origin.CONTACT, parts=parts))["parts"]
    assert json.loads(json.dumps(described)) == described
    assert described[0] == {"part": "revision", "message_id": "m", "action": "edit", "number": None}
    assert described[1]["expires"] == "2026-11-22T00:00:00+00:00"
    assert described[2]["contacts"][0]["identities"][0]["value"] == "+1"
    assert described[3] == {"part": "unsupported", "kind": "hologram", "error_code": None}
