"""`connectors inbox-user`: the first user, made without a password on any command line."""

import pytest
from click.testing import CliRunner

from connectors.inbox.store import InboxDatabase, passwords, users
from connectors_core.cli.main import main

SETTINGS = """
[endpoints.desk]
type = "inbox"
database = "sqlite:///{folder}/desk.db"
"""


@pytest.fixture
def run(tmp_path):
    """Return a function that runs the command with a password on its standard input."""
    path = tmp_path / "connectors.toml"
    path.write_text(SETTINGS.format(folder=tmp_path), encoding="utf-8")

    def run(*arguments, password="a long enough password\n"):
        return CliRunner().invoke(main, ["-c", str(path), "inbox-user", *arguments], input=password)

    return run


@pytest.fixture
def user(tmp_path):
    """Return a function that gives a user as they are kept."""

    def find(login):
        database = InboxDatabase(f"sqlite:///{tmp_path / 'desk.db'}")
        with database.read() as db:
            found = users.by_login(db, login)
        database.close()
        return found

    return find


def test_the_first_administrator_is_made(run, user):
    """With a role, a name, and a password that is nowhere to be read."""
    done = run("Ann", "--role", "admin", "--name", "Ann Baker")
    assert (done.exit_code, done.output) == (0, "Ann is a user of the inbox\n")
    kept = user("ann")
    assert (kept.name, kept.role, kept.active) == ("Ann Baker", "admin", True)
    assert passwords.matches("a long enough password", kept.password)


def test_a_forgotten_password_is_given_anew(run, user):
    """Name and role stay."""
    run("ann", "--role", "admin", "--name", "Ann Baker")
    done = run("ann", password="another long password\n")
    assert (done.exit_code, done.output) == (0, "ann has a new password\n")
    assert (user("ann").name, user("ann").role) == ("Ann Baker", "admin")
    assert passwords.matches("another long password", user("ann").password)


def test_a_short_password_is_refused(run, user):
    """And nobody is made."""
    done = run("ann", password="short\n")
    assert done.exit_code == 1
    assert "10 to 200 characters" in done.output
    assert "short" not in done.output.replace("shorter", "")
    assert user("ann") is None


def test_which_inbox_is_meant_has_to_be_clear(run):
    """A wrong name is answered with those that are there."""
    done = run("ann", "--endpoint", "sales")
    assert done.exit_code == 3
    assert "there are: desk" in done.output


def test_there_is_no_option_for_the_password(run):
    """It would stand in the list of processes and in the shell's history."""
    assert run("ann", "--password", "x").exit_code == 2
