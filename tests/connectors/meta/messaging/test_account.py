"""What both products do for an account at the Graph API, against a provider on this machine."""

from datetime import UTC, datetime, timedelta

import pytest

from connectors.meta.graph import Graph
from connectors.meta.messaging import control, files, menus, people
from connectors.meta.messaging.menus import Menus
from connectors.meta.messaging.outbound import Dialect
from connectors.meta.messaging.subscriptions import INSTAGRAM_FIELDS, PAGE_FIELDS, Subscription
from connectors_core import Http, Measure, NoCounterpart, NotAllowedNow, NotSupported, Redactor, Rejected, Retry, Secret
from connectors_core.model import (
    Contact,
    ContactRef,
    Content,
    ConversationRef,
    Handover,
    HandoverAction,
    Identity,
    Media,
    MediaKind,
    Scheme,
)

PLACE = {"endpoint": "shop", "account": "12"}
TOKEN = Secret("EAAG-page-token")
DIALECT = Dialect(
    longest_text=10, measure=Measure.BYTES, files={}, album=1, asks=frozenset(), buttons=frozenset(),
    scheme=Scheme.IGSID, inbox="77",
)  # fmt: skip
PROFILE = "/v26.0/me/messenger_profile"


@pytest.fixture
def http():
    """Make the client of an endpoint."""
    return Http("shop", timeout=(2.0, 5.0), redact=Redactor([TOKEN]))


@pytest.fixture
def graph(provider):
    """Return the Graph API at the provider."""
    return Graph(url=provider.url, version="v26.0", token=TOKEN)


def test_a_profile_keeps_what_is_known(http, graph, provider):
    """What is told replaces; a user name becomes an identity once; what has no place goes to `extra`."""
    provider.answer(200, {"name": "Sheena", "username": "sheena.n", "follower_count": 7, "id": "17"})
    known = Contact(ref=ContactRef(**PLACE, id="17"), picture="https://example.com/old.png", language="en")
    fields = ("name", "username", "profile_pic", "follower_count")
    found = people.profile(http, graph, known, fields)
    # A name can be given up and taken by somebody else: it proves nothing.
    handle = Identity(scheme=Scheme.USERNAME, value="sheena.n")
    assert (found.name, found.username, found.picture) == ("Sheena", "sheena.n", "https://example.com/old.png")
    assert (found.identities, found.extra) == ((handle,), {"follower_count": 7})
    assert people.profile(http, graph, found, fields).identities == (handle,)
    assert provider.asked[0].path == "/v26.0/17?fields=name%2Cusername%2Cprofile_pic%2Cfollower_count"


def test_a_person_without_an_id_has_no_profile(http, graph, provider):
    """Nothing is asked."""
    with pytest.raises(NoCounterpart):
        people.profile(http, graph, Contact(name="Sheena"), ("name",))
    assert provider.asked == []


def test_an_upload_names_the_type_and_the_file(http, graph, provider):
    """The id that comes back is what is sent; an answer without one is tried again."""
    provider.answer(200, {"attachment_id": "185"})
    found = files.upload(http, graph, "12", "file", Content.of(b"%PDF", "application/pdf", "a.pdf"))
    (asked,) = provider.asked
    form = asked.form()
    assert (found, asked.path) == ("185", "/v26.0/12/message_attachments")
    assert form["message"].get_payload() == '{"attachment":{"type":"file","payload":{"is_reusable":true}}}'
    assert (form["filedata"].get_filename(), form["filedata"].get_payload()) == ("a.pdf", "%PDF")
    provider.answer(200, {})
    with pytest.raises(Retry, match="without an id"):
        files.upload(http, graph, "12", "file", Content.of(b"%PDF", "application/pdf", "a.pdf"))


def test_a_file_of_elsewhere_passes_the_guard(http, graph, provider):
    """Where the Graph API itself is it is fetched without the token; an address inside a network is refused."""
    provider.answer(200, b"png")
    found = files.fetch(http, graph, Media(kind=MediaKind.IMAGE, id="f1", url=f"{provider.url}/1", mime="image/png"))
    assert (b"".join(found.chunks), found.mime) == (b"png", "image/png")
    assert "authorization" not in provider.asked[0].headers
    other = provider.url.replace("127.0.0.1", "localhost")
    with pytest.raises(NotAllowedNow):
        files.fetch(http, graph, Media(kind=MediaKind.IMAGE, url=f"{other}/1"))


def test_a_file_that_is_gone_is_refused(http, graph, provider):
    """Its address has expired, and there is no other."""
    provider.answer(404, b"")
    with pytest.raises(Rejected):
        files.fetch(http, graph, Media(kind=MediaKind.IMAGE, url=f"{provider.url}/1"))


def handover(action, **more):
    """Return a handover of somebody's thread."""
    at = datetime(2026, 11, 22, tzinfo=UTC)
    return Handover(**PLACE, id="h", at=at, action=action, conversation=ConversationRef(**PLACE, id="17"), **more)


@pytest.mark.parametrize("duration", [None, timedelta(0), timedelta(days=8)])
def test_an_extension_has_a_length(graph, duration):
    """Up to seven days."""
    with pytest.raises(NotSupported, match="up to 7 days"):
        control.control(graph, "12", handover(HandoverAction.EXTEND, duration=duration), DIALECT, "12")


def test_metadata_has_a_limit(graph):
    """A reason of 1,000 characters is enough."""
    with pytest.raises(NotSupported, match="the metadata has 1001"):
        control.control(graph, "12", handover(HandoverAction.TAKE, metadata="x" * 1001), DIALECT, "12")


def test_who_has_a_thread_can_be_asked(http, graph, provider):
    """The app is named by its id; a thread that is idle has no owner."""
    provider.answer(200, {"data": [{"thread_owner": {"app_id": 4711, "expiration": 1790000000}}]})
    assert control.owner(http, graph, "12", "17") == "4711"
    provider.answer(200, {"data": []})
    assert control.owner(http, graph, "12", "17") == ""
    assert provider.asked[0].path == "/v26.0/12/thread_owner?recipient=17"


def subscription(http, graph, app_id=""):
    """Return the subscription to an account with two fields."""
    return Subscription(
        http=http, graph=graph, node="12", path="page_id", fields=("messages", "standby"), app_id=app_id
    )


def test_without_its_number_the_only_app_is_ours(http, graph, provider):
    """Of two nobody knows which: that is said, and nothing is changed that may be somebody else's."""
    row = {"id": "1", "subscribed_fields": ["messages", "standby"]}
    provider.answer(200, {"data": [row]})
    assert list(subscription(http, graph).plan()) == []
    assert len(list(subscription(http, graph, app_id="2").plan())) == 1
    provider.answer(200, {"data": [row, {**row, "id": "2"}]})
    (found,) = subscription(http, graph).plan()
    assert (found.level, found.text.endswith("put app_id")) == ("warning", True)
    assert list(subscription(http, graph, app_id="2").plan()) == []


def test_the_objects_have_their_own_names():
    """Instagram's fields are in the singular where a Page's are not."""
    assert {"messaging_referral", "messaging_handover"} <= set(INSTAGRAM_FIELDS)
    assert {"messaging_referrals", "messaging_handovers"} <= set(PAGE_FIELDS)
    assert len(set(PAGE_FIELDS)) == len(PAGE_FIELDS)


def test_a_platform_is_named_in_the_address_and_in_the_body(http, graph, provider):
    """A Page keeps the menus of its Instagram account beside its own."""
    provider.answer(200, {"data": []})
    rows = [{"question": "Where are you?", "payload": "WHERE", "locale": "default"}]
    found = Menus(http=http, graph=graph, wanted={"ice_breakers": menus.ice_breakers(rows)}, platform="instagram")
    (change,) = found.plan()
    assert provider.asked[0].path == f"{PROFILE}?fields=ice_breakers&platform=instagram"
    found.apply(change)
    asked = provider.asked[1]
    assert (asked.method, asked.path) == ("POST", f"{PROFILE}?platform=instagram")
    assert asked.json() == {"platform": "instagram", "ice_breakers": menus.ice_breakers(rows)}


def test_languages_stand_together():
    """Rows of one language need not stand side by side in the settings."""
    rows = [
        {"question": q, "payload": q, "locale": locale}
        for q, locale in (("a", "en_US"), ("b", "de_DE"), ("c", "en_US"))
    ]
    shape = menus.ice_breakers(rows)
    assert [(one["locale"], [q["question"] for q in one["call_to_actions"]]) for one in shape] == [
        ("en_US", ["a", "c"]),
        ("de_DE", ["b"]),
    ]


def test_nothing_is_asked_where_nothing_is_declared(http, graph, provider):
    """What the settings leave open is left alone."""
    assert list(Menus(http=http, graph=graph, wanted={"greeting": None}).plan()) == []
    assert provider.asked == []
