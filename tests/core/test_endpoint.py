"""The door to a connector: what it refuses at start, and what its callers may rely on."""

import logging
from datetime import UTC, datetime

import attrs
import pytest
from marshmallow import Schema

from connectors_core import (
    Abilities,
    App,
    AppManifest,
    Endpoint,
    Limit,
    Malformed,
    Manifest,
    NotSupported,
    Policy,
    RateLimited,
    Rejected,
    SettingsError,
    Uncertain,
    Untrusted,
    Window,
    hookimpl,
)
from connectors_core.model import (
    Challenge,
    Change,
    Contact,
    Content,
    Done,
    Finding,
    Item,
    Link,
    LinkStatus,
    Media,
    MediaKind,
    Message,
    Origin,
    Page,
    Request,
    Text,
    Trusted,
)

REQUEST = Request(method="POST", path="/in/shop", body=b"{}")
ITEM = Item(type="parrot", account="1", raw={})
MESSAGE = Message(
    endpoint="shop", account="1", id="m1", at=datetime.now(UTC), parts=(Text(body="hi"),), origin=Origin.AGENT
)
GREETING = Change(path="greeting", title="the greeting", after="Hello")
FINE = Finding(level="ok", text="fine")
LINK = Link(endpoint="shop", account="1", id="l1", at=datetime.now(UTC), status=LinkStatus.WANTED)


def connector(frozen=True, app="", abilities=None, **methods):
    """Return an instance of a connector class that has these methods as hooks."""
    made = Manifest(
        name="parrot",
        title="Parrot",
        kind="crm",
        settings=Schema,
        app=app,
        abilities=abilities or Abilities(poll_every=1.0 if "poll" in methods else None),
    )
    kind = type("Parrot", (), {"manifest": made, **{name: _hook(method) for name, method in methods.items()}})
    return attrs.frozen(eq=not frozen)(kind)()


def _hook(value):
    return hookimpl(value) if callable(value) else value


def trust(self, request):
    """Trust everybody."""
    return Trusted()


def sending(method):
    """Return an endpoint whose `send` is this method."""
    return Endpoint.build("shop", connector(send=method, abilities=Abilities(parts={Text: Limit()})))


# trust


@pytest.mark.parametrize("answer", [None, True, "yes", Trusted])
def test_whatever_is_not_a_clear_yes_is_untrusted(answer):
    """A forgotten return must not open the door."""
    endpoint = Endpoint.build("shop", connector(authenticate=lambda self, request: answer))
    with pytest.raises(Untrusted):
        endpoint.authenticate(REQUEST)


@pytest.mark.parametrize("error", [KeyError("x-signature: 5e4f"), Malformed("signature 5e4f"), Untrusted()])
def test_an_error_in_authenticate_is_untrusted_and_says_nothing_of_the_signature(error, caplog):
    """Neither the answer nor the log helps a forger."""

    def authenticate(self, request):
        raise error

    endpoint = Endpoint.build("shop", connector(authenticate=authenticate))
    with caplog.at_level(logging.DEBUG), pytest.raises(Untrusted) as caught:
        endpoint.authenticate(REQUEST)
    assert "5e4f" not in str(caught.value) + caplog.text


def test_who_has_no_authenticate_trusts_nobody():
    """An endpoint behind an app has no address of its own."""
    with pytest.raises(Untrusted):
        Endpoint.build("shop", connector()).authenticate(REQUEST)


@pytest.mark.parametrize("answer", [Trusted(), Challenge("1158201444")])
def test_a_clear_yes_and_a_challenge_pass(answer):
    """These are the two positive answers."""
    endpoint = Endpoint.build("shop", connector(authenticate=lambda self, request: answer))
    assert endpoint.authenticate(REQUEST) == answer


# the way in


def test_receive_gives_events():
    """An empty list is a good answer too."""
    for events in ([], [MESSAGE], (MESSAGE,)):
        endpoint = Endpoint.build("shop", connector(authenticate=trust, receive=_returning(events)))
        assert endpoint.receive(ITEM) == list(events)


def _returning(value):
    def receive(self, item):
        return value

    return receive


@pytest.mark.parametrize("answer", [None, {}, [1], 3, (event for event in [MESSAGE])])
def test_what_is_no_list_of_events_is_malformed(answer):
    """The Item is parked; it is not lost, and the batch goes on."""
    endpoint = Endpoint.build("shop", connector(authenticate=trust, receive=_returning(answer)))
    with pytest.raises(Malformed, match="receive of shop gave something else than a list of Events"):
        endpoint.receive(ITEM)


def test_a_defect_in_receive_is_malformed_and_named_by_its_line():
    """Its words may be somebody's number."""

    def receive(self, item):
        raise KeyError("+4915112345678")

    endpoint = Endpoint.build("shop", connector(authenticate=trust, receive=receive))
    with pytest.raises(Malformed, match=r"shop broke off at receive \(KeyError in test_endpoint\.py:\d+\)") as caught:
        endpoint.receive(ITEM)
    assert "4915" not in str(caught.value)


def test_who_has_no_receive_reads_nothing():
    """The Item is parked and says why."""
    with pytest.raises(Malformed, match="shop has no receive"):
        Endpoint.build("shop", connector()).receive(ITEM)


# the ways out


def test_a_noun_goes_to_its_way_out_with_its_key():
    """The caller need not know the names of the verbs."""
    seen = []

    def send(self, message, key):
        seen.append((message, key))
        return Done(refs=[message.ref])

    assert sending(send).deliver(MESSAGE, "k1").refs == (MESSAGE.ref,)
    assert seen == [(MESSAGE, "k1")]


def test_a_hook_may_take_fewer_arguments():
    """A provider without idempotency has no use for the key."""
    assert sending(lambda self, message: Done()).deliver(MESSAGE, "k1") == Done()


def test_a_missing_way_out_is_not_supported_before_any_request():
    """It names endpoint, verb and connector."""
    with pytest.raises(NotSupported, match="shop has no link_account; its connector does not do this"):
        sending(lambda self, message: Done()).deliver(LINK, "k1")


def test_an_error_that_says_what_happened_passes_as_it_is():
    """The worker acts on its class and its fields."""

    def send(self, message):
        raise RateLimited("slow down", after=7, scope="pair")

    with pytest.raises(RateLimited) as caught:
        sending(send).deliver(MESSAGE, "k1")
    assert (caught.value.after, caught.value.scope) == (7, "pair")


@pytest.mark.parametrize("error", [KeyError("+4915112345678"), Malformed("not JSON"), Untrusted(), SettingsError([])])
def test_any_other_error_of_a_way_out_is_uncertain(error):
    """The request may have been made before the connector broke off."""

    def send(self, message):
        raise error

    with pytest.raises(Uncertain, match="shop broke off at send") as caught:
        sending(send).deliver(MESSAGE, "k1")
    assert "4915" not in str(caught.value)


@pytest.mark.parametrize("answer", [None, "wamid.1", [Done()]])
def test_a_way_out_that_returns_no_done_is_uncertain(answer):
    """Something may have gone out, and nobody knows its name."""
    with pytest.raises(Uncertain, match=r"send returned .* instead of Done"):
        sending(lambda self, message: answer).deliver(MESSAGE, "k1")


# care


@pytest.mark.parametrize(
    ("verb", "argument", "good"),
    [
        ("fetch", Media(kind=MediaKind.IMAGE, id="1"), Content.of(b"x", "image/png")),
        ("profile", Contact(), Contact(name="Sheena Nelson")),
    ],
)
def test_care_gives_what_it_promises_or_an_error(verb, argument, good):
    """Callers need not look at the class of an answer."""
    name = {"fetch": "media", "profile": "contact"}[verb]
    spaces = {}
    exec(f"def hook(self, {name}): return answer()", spaces)  # noqa: S102 - a hook is known by its argument names

    def build(answer):
        spaces["answer"] = answer
        return Endpoint.build("shop", connector(**{verb: spaces["hook"]}))

    assert getattr(build(lambda: good), verb)(argument) == good
    with pytest.raises(Malformed, match=f"{verb} returned NoneType"):
        getattr(build(lambda: None), verb)(argument)
    with pytest.raises(Malformed, match=f"broke off at {verb} .ZeroDivisionError"):
        getattr(build(lambda: 1 / 0), verb)(argument)
    with pytest.raises(NotSupported):
        getattr(Endpoint.build("shop", connector()), verb)(argument)


def test_poll_gives_a_page():
    """The body is journaled as if it had been pushed."""
    page = Page(body=b"[]", cursor="2")
    endpoint = Endpoint.build("shop", connector(receive=_returning([]), poll=lambda self, cursor: page))
    assert endpoint.poll("") == page


def test_findings_of_check_are_handed_through():
    """It may be a generator; the fields that rules write are there for a check that wants them."""

    def check(self, targets):
        yield Finding(level="ok", text=f"the token is valid, and so is {', '.join(targets)}")

    endpoint = Endpoint.build("shop", connector(check=check))
    assert [finding.text for finding in endpoint.check(("contact.lang",))] == [
        "the token is valid, and so is contact.lang"
    ]


def _planner(found, done=FINE):
    return connector(plan=lambda self, callback: found, apply=lambda self, change, callback: done)


def test_a_plan_has_changes_and_findings_and_each_change_is_applied_alone():
    """What cannot be compared is a finding; what differs is a change."""
    endpoint = Endpoint.build("shop", _planner((GREETING, FINE)))
    assert endpoint.plan("https://x") == [GREETING, FINE]
    assert endpoint.apply(GREETING, "https://x") == FINE


@pytest.mark.parametrize("found", [None, ["greeting"], [GREETING, GREETING]])
def test_a_plan_of_anything_else_is_malformed(found):
    """Two changes of one name could not be told apart."""
    with pytest.raises(Malformed, match="shop: plan"):
        Endpoint.build("shop", _planner(found)).plan("")


def test_what_apply_says_is_a_finding():
    """Nothing is done in silence."""
    with pytest.raises(Malformed, match="apply returned NoneType instead of Finding"):
        Endpoint.build("shop", _planner([], None)).apply(GREETING, "")


@pytest.mark.parametrize("lonely", ["plan", "apply"])
def test_plan_and_apply_come_together(lonely):
    """A difference that nobody can mend, or a cure without a finding, is a mistake of the connector."""
    with pytest.raises(SettingsError, match="plan and apply belong together"):
        Endpoint.build("shop", connector(**{lonely: lambda self: None}))


def test_the_policy_of_an_instance_goes_before_that_of_its_manifest():
    """Settings decide, for example, whether a human may answer late."""
    strict = Policy(windows=(Window(name="short", hours=1.0, opens=("message",)),))
    assert Endpoint.build("shop", connector()).policy == Policy()
    assert Endpoint.build("shop", connector(policy=strict)).policy == strict


# apps


def app(**methods):
    """Return an instance of an app class that has these methods as hooks."""
    made = AppManifest(name="meta", title="Meta", settings=Schema)
    kind = type("Meta", (), {"manifest": made, **{name: hookimpl(method) for name, method in methods.items()}})
    return attrs.frozen(eq=False)(kind)()


def test_an_app_needs_authenticate_and_split_and_has_no_send():
    """It signs webhooks; endpoints do the rest."""
    with pytest.raises(SettingsError) as caught:
        App.build("meta", app(send=lambda self: Done()))
    assert str(caught.value).splitlines() == [
        "apps.meta: an app needs authenticate",
        "apps.meta: an app needs split",
        "apps.meta: an app has no send",
    ]


def test_an_app_authenticates_and_splits():
    """Every entry of every batch becomes an Item."""
    built = App.build("meta", app(authenticate=trust, split=lambda self, request: [ITEM, ITEM]))
    assert built.authenticate(REQUEST) == Trusted()
    assert built.split(REQUEST) == [ITEM, ITEM]


@pytest.mark.parametrize("answer", [None, [MESSAGE], (item for item in [ITEM])])
def test_a_split_that_gives_something_else_is_malformed(answer):
    """A generator too: read once by a check, it would lose the whole batch."""
    built = App.build("meta", app(authenticate=trust, split=lambda self, request: answer))
    with pytest.raises(Malformed, match="split of meta gave something else than a list of Items"):
        built.split(REQUEST)


def test_a_refusal_says_by_whom():
    """A function that knows no endpoint may refuse: class and code stay, the text names who could not do what."""

    def send(self, message, key):
        raise Rejected("100: no", code=100)

    endpoint = Endpoint.build("shop", connector(abilities=Abilities(parts={Text: Limit()}), send=send))
    with pytest.raises(Rejected, match=r"^shop could not send: 100: no$") as caught:
        endpoint.deliver(MESSAGE, "k")
    assert caught.value.code == 100


def test_a_refusal_that_says_so_already_is_left():
    """Calls name their endpoint themselves."""

    def send(self, message, key):
        raise NotSupported("shop could not send: no")

    endpoint = Endpoint.build("shop", connector(abilities=Abilities(parts={Text: Limit()}), send=send))
    with pytest.raises(NotSupported, match=r"^shop could not send: no$"):
        endpoint.deliver(MESSAGE, "k")
