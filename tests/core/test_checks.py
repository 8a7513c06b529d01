"""What is refused at start: each mistake in one sentence, all of them at once."""

import attrs
import pytest
from marshmallow import Schema

from connectors_core import Abilities, Endpoint, Limit, Manifest, SettingsError, hookimpl
from connectors_core.model import Done, Text, Trusted


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
    kind = type("Parrot", (), {"manifest": made, **{name: hookimpl(method) for name, method in methods.items()}})
    return attrs.frozen(eq=not frozen)(kind)()


def fault(**methods):
    """Return what `Endpoint.build` says about a connector that has these methods."""
    with pytest.raises(SettingsError) as caught:
        Endpoint.build("shop", connector(**methods))
    assert all(problem.path == "endpoints.shop" for problem in caught.value.problems)
    return str(caught.value)


def test_an_unknown_hook_is_refused_with_the_nearest_name():
    """A misspelt hook would never be called."""
    assert "Parrot.recieve: there is no hook of this name; did you mean receive?" in fault(
        recieve=lambda self, item: []
    )


def test_an_unknown_argument_is_refused_with_the_known_ones():
    """It could never be given."""
    text = fault(profile=lambda self, person: None)
    assert text == "endpoints.shop: Parrot.profile: profile has no argument person; it has contact"


def test_a_keyword_only_argument_is_refused():
    """Pluggy accepts it and fails at the first call."""
    assert "contact must be plain and positional" in fault(profile=lambda self, *, contact: None)


def test_an_argument_with_a_default_is_refused():
    """One version of pluggy passes it, another does not."""
    assert "contact must be plain and positional, without a default" in fault(profile=lambda self, contact=None: None)


@pytest.mark.parametrize(
    "option",
    [{"specname": "profile"}, {"tryfirst": True}, {"trylast": True}, {"wrapper": True}, {"optionalhook": True}],
)
def test_an_option_of_hookimpl_is_refused(option):
    """There is one connector behind an endpoint: nothing to be first of, and nothing to wrap."""

    @attrs.frozen(eq=False)
    class Parrot:
        manifest = connector().manifest

        @hookimpl(**option)
        def profile(self, contact):
            return (yield)

    with pytest.raises(
        SettingsError, match=f"Parrot.profile: @hookimpl takes no options here, but it has {next(iter(option))}"
    ):
        Endpoint.build("shop", Parrot())


def test_a_class_whose_instances_may_be_equal_is_refused():
    """Two equal instances cannot both be registered."""
    with pytest.raises(SettingsError, match=r"Parrot must be an @attrs.frozen\(eq=False\) class"):
        Endpoint.build("shop", connector(frozen=False))


def test_a_class_without_a_manifest_is_refused():
    """Core reads it before every call."""

    @attrs.frozen(eq=False)
    class Parrot:
        pass

    with pytest.raises(SettingsError, match="Parrot needs a class attribute manifest"):
        Endpoint.build("shop", Parrot())


def test_receive_without_authenticate_is_refused():
    """Whoever could write to it could write anything."""
    assert "receive without authenticate" in fault(receive=lambda self, item: [])


def test_receive_is_enough_where_an_app_or_a_poll_brings_the_items():
    """The app has authenticated the request, or we asked for the page ourselves."""
    Endpoint.build("shop", connector(app="meta", receive=lambda self, item: []))
    Endpoint.build("shop", connector(receive=lambda self, item: [], poll=lambda self, cursor: None))


def test_an_instance_may_switch_polling_off():
    """One endpoint of a type is pushed to and another is polled: its settings decide, the manifest says what can be."""

    @attrs.frozen(eq=False)
    class Parrot(type(connector(receive=lambda self, item: [], poll=lambda self, cursor: None))):
        abilities = Abilities(poll_every=None)

    assert Endpoint.build("shop", Parrot()).abilities.poll_every is None


def test_polling_and_its_hook_are_declared_together():
    """How often an endpoint is to be looked at is not guessed."""
    assert "the manifest does not declare poll_every" in fault(
        abilities=Abilities(), receive=lambda self, item: [], poll=lambda self, cursor: None
    )
    assert "there is no hook poll" in fault(abilities=Abilities(poll_every=5.0))


def test_poll_without_receive_is_refused():
    """Nobody could read its pages."""
    assert "poll without receive" in fault(poll=lambda self, cursor: None)


def test_split_without_receive_is_refused():
    """Nobody would read what it cuts; and where there is an app, that cuts."""
    assert "hook split" in fault(split=lambda self, request: [])
    assert "hook split" in fault(app="meta", receive=lambda self, item: [], split=lambda self, request: [])


def test_authenticate_that_does_not_take_the_request_is_refused():
    """It could not have looked at it."""
    assert "authenticate must take the request" in fault(authenticate=lambda self: Trusted())


@pytest.mark.parametrize(
    ("ability", "hook"),
    [
        ({"parts": {Text: Limit()}}, "send"),
        ({"receipts": ["read"]}, "acknowledge"),
        ({"makes_contacts": True}, "link_account"),
        ({"thread_control": ["take"]}, "hand_over"),
    ],
)
def test_abilities_and_hooks_must_tell_one_story(ability, hook):
    """A declared ability without its hook, and a hook without its ability."""
    assert f"but there is no hook {hook}" in fault(abilities=Abilities(**ability))
    assert f"there is a hook {hook}, but the manifest does not declare" in fault(**{hook: lambda self, key: Done()})


def test_every_problem_is_told_at_once():
    """Nobody has to start the program once for each mistake."""
    text = fault(recieve=lambda self, item: [], profile=lambda self, person: None)
    assert len(text.splitlines()) == 2


def test_a_property_is_not_run_while_the_class_is_looked_at():
    """A property may need a network."""

    @attrs.frozen(eq=False)
    class Parrot:
        manifest = connector().manifest

        @property
        def session(self):
            raise AssertionError

    kind = attrs.frozen(eq=False)(type("Macaw", (Parrot,), {"profil": hookimpl(lambda self, contact: contact)}))
    with pytest.raises(SettingsError, match="did you mean"):
        Endpoint.build("shop", kind())
