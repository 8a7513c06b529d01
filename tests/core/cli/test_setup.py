"""`connectors setup`."""

from __future__ import annotations

import tomllib

import leaks
import peers
import pytest
from click.testing import CliRunner
from gateways import INSTALLED

from connectors_core.cli.main import main
from connectors_core.errors import NeedsAttention
from connectors_core.model import Finding
from connectors_core.settings import load

SHORT = "key-4711"  # so short that the leak that one of these tests makes on purpose is no finding
STAMP, KEY = leaks.register("the-stamp-that-was-typed"), leaks.register("the-key-that-was-typed")
URL = "https://hooks.example.com"

ANSWERS = {"public_url": URL, "stamp": STAMP, "number": "100", "word": "", "key": "", "open": ""}
"""What is asked for a first studio, in this order: the gateway, the app, the endpoint."""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Give an empty folder, and the playground to those who look for connectors."""
    monkeypatch.syspath_prepend(str(INSTALLED))
    peers.forget()
    return tmp_path


@pytest.fixture
def setup(folder):
    """Return a function that runs the command with answers on its standard input."""

    def run(*words, place="connectors.toml", **answers):
        told = "".join(f"{one}\n" for one in {**ANSWERS, **answers}.values() if one is not None)
        result = CliRunner().invoke(main, ["-c", str(folder / place), "setup", *words], input=told)
        assert not isinstance(result.exception, Exception) or isinstance(result.exception, SystemExit), result.exception
        leaks.collect(result.output, "connectors setup")
        return result

    return run


def skip(*keys):
    """Leave out answers to what is not asked."""
    return dict.fromkeys(keys)


NO_APP = skip("public_url", "stamp")


def text(folder, name="connectors.toml"):
    """Return the text of the settings."""
    return (folder / name).read_text(encoding="utf-8")


def left(folder):
    """Return every file that is there."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_answers_become_settings_that_load(setup, folder):
    """The gateway, the app and the endpoint, with every secret in a file of its own."""
    result = setup("studio", "--no-register")
    assert result.exit_code == 0, result.output
    secrets = folder / "secrets"
    assert tomllib.loads(text(folder)) == {
        "gateway": {"public_url": URL, "secret": {"file": str(secrets / "gateway_secret")}},
        "apps": {"exchange": {"type": "exchange", "stamp": {"file": str(secrets / "exchange_stamp")}}},
        "endpoints": {
            "studio": {
                "type": "studio",
                "app": "exchange",
                "number": "100",
                "word": {"file": str(secrets / "studio_word")},
            }
        },
    }
    settings = load(folder / "connectors.toml")
    assert settings.apps["exchange"].settings["stamp"].reveal() == STAMP


def test_the_secrets_can_be_read_by_their_owner_alone(setup, folder):
    """As can the folder; what nobody chose is random."""
    setup("studio", "--no-register")
    modes = {path.name: path.stat().st_mode & 0o777 for path in (folder / "secrets").iterdir()}
    assert modes == {"gateway_secret": 0o600, "exchange_stamp": 0o600, "studio_word": 0o600}
    assert (folder / "secrets").stat().st_mode & 0o777 == 0o700
    values = {path.read_text(encoding="utf-8") for path in (folder / "secrets").iterdir()}
    assert (len(values), min(map(len, values)) >= 16) == (3, True)


def test_the_guides_come_before_the_questions(setup):
    """The app's first, each step with its number."""
    told = setup("studio", "--no-register").stderr
    steps = ["1. Open the exchange.", "2. Copy its stamp.", "1. Ask the studio for its number.", "stamp: ", "number: "]
    assert sorted(steps, key=told.index) == steps


def test_a_bad_answer_is_asked_for_again_with_the_reason(setup, folder):
    """And an empty one, where there has to be one."""
    bad = {
        "public_url": f"nowhere\n{URL}",
        "stamp": f"short\n{STAMP}",
        "number": "\nhundred\n100",
        "open": "maybe\nyes",
    }
    result = setup("studio", "--no-register", **bad)
    assert result.exit_code == 0, result.output
    reasons = (
        "a whole address",
        "too short: 8 characters at least",
        "it has to be given",
        "has digits",
        "true or false",
    )
    assert [one for one in reasons if one not in result.stderr] == []
    assert tomllib.loads(text(folder))["endpoints"]["studio"]["open"] is True
    assert left(folder)[1:] == ["secrets/exchange_stamp", "secrets/gateway_secret", "secrets/studio_word"]


def test_nothing_is_asked_that_was_given(setup, folder, monkeypatch):
    """Values on the command line, secrets by the names of their variables; also what is not asked otherwise."""
    monkeypatch.setenv("STAMP", STAMP)
    given = {"gateway.public_url": URL, "number": "7", "open": "no", "chairs": "4"}
    words = [word for key, value in given.items() for word in ("--set", f"{key}={value}")]
    words += ["--env", "app.stamp=STAMP", "--env", "word=STAMP", "--env", "key=STAMP", "--env", "gateway.secret=STAMP"]
    result = CliRunner().invoke(
        main, ["-c", str(folder / "connectors.toml"), "setup", "studio", "--register", *words], input=""
    )
    assert result.exit_code == 0, result.output
    found = tomllib.loads(text(folder))
    assert found["gateway"]["secret"] == found["apps"]["exchange"]["stamp"] == {"env": "STAMP"}
    assert {key: found["endpoints"]["studio"][key] for key in ("number", "open", "chairs")} == {
        "number": "7",
        "open": False,
        "chairs": 4,
    }
    assert left(folder) == ["connectors.toml"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--set", "app.stamp=abc"], "use --env app.stamp=NAME"),
        (["--set", "nmber=1"], 'Did you mean "number"?'),
        (["--set", "number=x"], "number: has digits"),
        (["--env", "key=NO_SUCH_VARIABLE"], "the environment has no variable NO_SUCH_VARIABLE"),
        (["--env", "number=X"], "number is no secret"),
        (["--set", "number"], "must look like number=1"),
        (["--name", "a b"], "a name has letters"),
        (["--name", "exchange"], 'there is a "exchange" already'),
    ],
)
def test_a_bad_option_ends_with_2(setup, folder, words, told):
    """With what is wrong, before anything is written."""
    result = setup("studio", "--no-register", *words)
    assert (result.exit_code, told in result.stderr) == (2, True), result.output
    assert left(folder) == []


def test_the_end_of_the_input_says_what_is_missing(folder):
    """And which option gives it."""
    call = ["-c", str(folder / "connectors.toml"), "setup", "studio"]
    result = CliRunner().invoke(main, call, input=f"{URL}\n")
    assert result.exit_code == 2
    assert "--env app.stamp=NAME gives it" in result.stderr
    assert left(folder) == []


def test_a_type_that_is_not_installed_ends_with_the_nearest(setup):
    """Be it a connector or an app."""
    result = setup("studoi")
    assert (result.exit_code, 'Did you mean "studio"?' in result.stderr) == (2, True)


def test_what_stands_in_the_settings_stays_as_it_is(setup, folder):
    """Comments, order and spaces; a second account uses the app that is there."""
    setup("studio", "--no-register")
    before = text(folder).replace("[gateway]", "# ours\n\n[gateway]  # all of it") + "\n# the end, without a line break"
    (folder / "connectors.toml").write_text(before, encoding="utf-8")
    result = setup("studio", "--no-register", "--name", "second", number="101", **NO_APP)
    assert result.exit_code == 0, result.output
    assert text(folder).startswith(before + "\n\n[endpoints.second]\n")
    assert tomllib.loads(text(folder))["endpoints"]["second"]["app"] == "exchange"
    assert "stamp" not in result.stderr


def test_keys_that_the_gateway_lacks_are_put_into_its_table(setup, folder):
    """Wherever that stands; what it has is not asked for."""
    before = "[gateway] # here\nport = 8081 # no\n\n# the rest\n[apps]\n"
    (folder / "connectors.toml").write_text(before, encoding="utf-8")
    assert setup("studio", "--no-register").exit_code == 0
    found = tomllib.loads(text(folder))
    assert (found["gateway"]["port"], found["gateway"]["public_url"]) == (8081, URL)
    assert text(folder).startswith(f'[gateway] # here\npublic_url = "{URL}"\nsecret = ')
    assert "\nport = 8081 # no\n\n# the rest\n[apps]\n" in text(folder)


def test_a_name_that_is_taken_is_refused(setup, folder):
    """Nothing is changed, and the other ways are named."""
    setup("studio", "--no-register")
    before = text(folder)
    result = setup("studio")
    assert (result.exit_code, "choose another name with --name" in result.stderr) == (2, True)
    assert text(folder) == before


def test_settings_with_problems_are_told_of_first(setup, folder):
    """Before anybody answers questions."""
    (folder / "connectors.toml").write_text("[gatewy]\n", encoding="utf-8")
    result = setup("studio")
    assert (result.exit_code, "stamp" in result.stderr) == (3, False)
    assert 'Did you mean "gateway"?' in result.stderr


def test_what_cannot_stand_together_is_refused_before_it_is_written(setup, folder):
    """The same account a second time."""
    setup("studio", "--no-register")
    before, files = text(folder), left(folder)
    result = setup("studio", "--name", "second", **NO_APP)
    assert (result.exit_code, "is the same account as that of studio" in result.stderr) == (3, True)
    assert (text(folder), left(folder)) == (before, files)


@pytest.mark.parametrize("before", ["endpoints = {}\n", "gateway = { port = 1 }\n", "gateway.port = 1"])
def test_inline_tables_are_not_guessed_at(setup, folder, before):
    """TOML has no way to add to them; nothing is written."""
    (folder / "connectors.toml").write_text(before, encoding="utf-8")
    result = setup("studio")
    assert (result.exit_code, "square brackets" in result.stderr) == (3, True)
    assert left(folder) == ["connectors.toml"]


def test_a_folder_of_settings_gets_its_tables_in_one_file(setup, folder):
    """The keys of the gateway go where its table is."""
    (folder / "conf").mkdir()
    (folder / "conf" / "base.toml").write_text("[gateway]\nport = 8081\n", encoding="utf-8")
    assert setup("studio", "--no-register", place="conf").exit_code == 0
    assert f'public_url = "{URL}"' in text(folder, "conf/base.toml")
    assert text(folder, "conf/connectors.toml").startswith("[apps.exchange]\n")
    assert load(folder / "conf").endpoints["studio"].account == "100"


def test_a_folder_that_is_not_there_is_told_of(setup):
    """Rather than made: it may be a typing error."""
    result = setup("studio", place="nowhere/connectors.toml")
    assert (result.exit_code, "is no folder" in result.stderr) == (3, True)


def test_a_folder_that_cannot_be_written_to_leaves_nothing(setup, folder):
    """Not even the secrets."""
    (folder / "secrets").write_text("in the way", encoding="utf-8")
    result = setup("studio")
    assert (result.exit_code, "nothing was changed" in result.stderr) == (3, True)
    assert left(folder) == ["secrets"]


def test_webhooks_are_registered_when_somebody_agrees(setup):
    """App and endpoint hear the address of the app; then both are checked."""
    result = setup("studio", agree="yes")
    assert result.exit_code == 0, result.output
    assert [peers.of(name).told("apply") for name in ("exchange", "studio")] == [[f"{URL}/hooks/exchange"]] * 2
    assert result.stdout.splitlines()[-6:] == [
        "ok      exchange: apply of exchange is fine",
        "ok      studio: apply of studio is fine",
        "ok      exchange: check of exchange is fine",
        "ok      exchange: the platform has what the settings declare",
        "ok      studio: check of studio is fine",
        "ok      studio: the platform has what the settings declare",
    ]


@pytest.mark.parametrize("answer", ["no", None])
def test_webhooks_are_not_registered_otherwise(setup, answer):
    """The way to do it later is told."""
    result = setup("studio", agree=answer)
    assert peers.of("exchange").told("apply") == []
    assert "Later: connectors setup studio --again" in result.stderr


def test_without_an_address_it_is_said_that_no_webhook_is_registered(setup):
    """What is missing is named."""
    result = setup("studio", "--register", public_url="")
    assert "put gateway.public_url into the settings" in result.stderr


@pytest.mark.parametrize("agree", ["yes", "no"])
def test_what_is_polled_is_prepared_without_an_address(setup, agree):
    """It hears that there is none, so that it can end a webhook that would keep everything from it."""
    result = setup("notary", **{**skip(*ANSWERS), "public_url": "", "token": KEY, "traits": "", "agree": agree})
    assert result.exit_code == 0, result.output
    assert peers.of("notary").told("apply") == ([""] if agree == "yes" else [])
    assert "gateway.public_url" not in result.stderr


def test_a_check_that_fails_loses_nothing(setup, folder):
    """The settings are there, and what to do is said."""
    peers.of("studio").always("check", NeedsAttention(f"studio: the key {SHORT} is not known"))
    result = setup("studio", "--register", key=SHORT)
    assert result.exit_code == 1
    assert "error   studio: studio: the key *** is not known" in result.stdout
    assert "then: connectors check --live" in result.stderr
    assert load(folder / "connectors.toml").endpoints["studio"].settings["key"].reveal() == SHORT


def test_a_platform_that_is_not_asked_cannot_fail(setup):
    """With --no-live."""
    peers.of("studio").always("check", NeedsAttention("no"))
    assert setup("studio", "--no-live").exit_code == 0
    assert peers.of("studio").calls == []


def test_again_registers_and_checks_what_is_there(setup, folder):
    """It asks for nothing and writes nothing: a subscription that was lost comes back."""
    setup("studio", "--no-live")
    before = text(folder)
    peers.of("studio").always("check", [Finding(level="warning", text="it is dusty", path="number")])
    result = setup("studio", "--again", "--register", **skip(*ANSWERS))
    assert result.exit_code == 0, result.output
    assert peers.of("exchange").told("apply") == [f"{URL}/hooks/exchange"]
    assert "warning studio.number: it is dusty" in result.stdout
    assert text(folder) == before


def test_again_needs_something_that_is_there(setup):
    """Of that type and name."""
    setup("studio", "--no-live")
    result = setup("studio", "--again", "--name", "other")
    assert (result.exit_code, "nothing of the type studio called other" in result.stderr) == (2, True)


def test_an_app_alone_can_be_set_up(setup, folder):
    """And an endpoint that needs none."""
    assert setup("exchange", "--no-register", **skip("number", "word", "key", "open")).exit_code == 0
    assert list(tomllib.loads(text(folder))["apps"]) == ["exchange"]
    result = setup("desk", token=KEY, traits="idempotent, opens", **skip(*ANSWERS))
    assert result.exit_code == 0, result.output
    assert tomllib.loads(text(folder))["endpoints"]["desk"]["traits"] == ["idempotent", "opens"]


def test_the_app_can_be_chosen(setup, folder):
    """It has to be of the right type, and one of several must be named."""
    none = skip("number", "word", "key", "open")
    setup("exchange", "--no-live", "--name", "first", **none)
    setup("exchange", "--no-live", "--name", "second", **none, **skip("public_url"))
    assert "choose one of first, second" in setup("studio").stderr
    assert setup("studio", "--no-live", "--app", "second", **NO_APP).exit_code == 0
    assert load(folder / "connectors.toml").endpoints["studio"].app == "second"
    assert "desk takes no app" in setup("desk", "--app", "first").stderr


def test_the_next_step_is_said(setup):
    """A route, where there is none, with an endpoint that is there."""
    setup("desk", "--no-live", token=KEY, traits="", **skip("stamp", "number", "word", "key", "open"))
    result = setup("studio", "--no-live", **skip("public_url"))
    assert 'between = ["studio", "desk"]' in result.stderr
    assert "connectors run" in result.stderr
