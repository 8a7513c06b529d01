"""Who may see the pages: login, roles, sessions, and the attempts that are refused."""

import inboxes
import pytest
import requests
from inboxes import PASSWORD, Agent, ListDoor, visible

from connectors.inbox.store import users
from connectors_core import SettingsError


def cookie(answer, name="inbox_session"):
    """Return the line that sets the cookie."""
    return next((line for line in answer.raw.headers.getlist("set-cookie") if line.startswith(name)), "")


@pytest.mark.parametrize("path", ["/", "/c/1", "/admin", "/new", "/media/x/0"])
def test_a_stranger_is_sent_to_the_login(url, path):
    """And comes back to where they wanted to go."""
    answer = Agent(url).get(path, allow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == ("/inbox/login" if path == "/" else f"/inbox/login?next={path}")


def test_a_stranger_hears_no_news(url):
    """The stream of events is behind the login as well."""
    assert Agent(url).get("/live", headers={"x-live": "1"}).status_code == 401
    assert Agent(url).post("/c/1/write", {"text": "hi"}).status_code == 401


def test_the_session_cookie_is_for_this_inbox_alone(small, url):
    """No script reads it, no other site sends it with a form, it ends, and no other path gets it."""
    inboxes.add_user(small)
    answer = Agent(url).log_in(allow_redirects=False)
    assert answer.status_code == 303
    line = cookie(answer).lower()
    for flag in ("httponly", "samesite=lax", "path=/inbox", "max-age=43200"):
        assert flag in line
    assert "secure" not in line.split("; ")


def test_behind_https_the_cookie_never_leaves_it(small):
    """The gateway's public address says that browsers speak https."""
    inboxes.add_user(small)
    door = ListDoor(public_url="https://desk.example.com")
    with inboxes.serving(small, door) as url:
        headers = {"host": "desk.example.com", "sec-fetch-site": "same-origin"}
        answer = Agent(url).log_in(headers=headers, allow_redirects=False)
    assert "secure" in cookie(answer).lower().split("; ")


def test_each_login_begins_a_session_of_its_own(small, url):
    """A token that somebody planted beforehand is worth nothing afterwards."""
    inboxes.add_user(small)
    agent = Agent(url)
    agent.http.cookies.set("inbox_session", "planted-by-somebody", path="/inbox")
    agent.log_in()
    tokens = {one.value for one in agent.http.cookies if one.name == "inbox_session"}
    assert len(tokens - {"planted-by-somebody"}) == 1
    stranger = Agent(url)
    stranger.http.cookies.set("inbox_session", "planted-by-somebody", path="/inbox")
    assert stranger.get(allow_redirects=False).status_code == 303


def test_logging_out_ends_the_session_everywhere(ann, url):
    """A copy of the cookie is worth nothing afterwards."""
    token = next(one.value for one in ann.http.cookies if one.name == "inbox_session")
    assert ann.post("/logout", allow_redirects=False).headers["location"] == "/inbox/login"
    thief = Agent(url)
    thief.http.cookies.set("inbox_session", token, path="/inbox")
    assert thief.get(allow_redirects=False).status_code == 303


def test_a_wrong_password_and_a_wrong_name_are_answered_alike(small, url):
    """Nobody learns who works here."""
    inboxes.add_user(small)
    pages = [Agent(url).log_in(login, password) for login, password in (("ann", "wrong"), ("nobody", PASSWORD))]
    assert [page.status_code for page in pages] == [401, 401]
    assert visible(pages[0].text) == visible(pages[1].text)


def test_passwords_cannot_be_tried_for_long(small, url):
    """After ten failures of a name even the right password waits; another name is free."""
    inboxes.add_user(small)
    inboxes.add_user(small, "tom", "agent")
    with small.database.write() as db:
        for _ in range(users.MOST_OF_LOGIN - 1):
            users.failed(db, "ann", "192.0.2.1")
    assert Agent(url).log_in("ANN ", "wrong").status_code == 401
    assert Agent(url).log_in().status_code == 429
    assert Agent(url).log_in("tom").status_code == 200


def test_one_address_cannot_try_many_names(small, url):
    """The limit of the address comes after."""
    inboxes.add_user(small)
    with small.database.write() as db:
        for number in range(users.MOST_OF_ADDRESS):
            users.failed(db, f"name-{number}", "127.0.0.1")
    assert Agent(url).log_in().status_code == 429


@pytest.mark.parametrize(
    "target",
    ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/x\r\nset-cookie: a=b"],
)
def test_the_login_leads_nowhere_else(small, url, target):
    """Whatever the link says that somebody followed."""
    inboxes.add_user(small)
    answer = Agent(url).post("/login", {"login": "ann", "password": PASSWORD, "next": target}, allow_redirects=False)
    assert answer.headers["location"] == "/inbox/"


def test_the_login_leads_to_the_page_that_was_asked_for(small, url):
    """Within the inbox."""
    inboxes.add_user(small)
    data = {"login": "ann", "password": PASSWORD, "next": "/admin"}
    assert Agent(url).post("/login", data, allow_redirects=False).headers["location"] == "/inbox/admin"


def test_an_agent_is_no_administrator(small, url):
    """Neither sees the page nor sends its forms."""
    inboxes.add_user(small, role="agent")
    agent = Agent(url)
    agent.log_in()
    assert agent.get("/admin").status_code == 403
    data = {"login": "eve", "password": PASSWORD, "role": "admin"}
    assert agent.post("/admin/people", data).status_code == 403
    assert agent.post("/admin/labels", {"name": "x"}).status_code == 403
    assert "/inbox/admin" not in agent.get().text


def test_an_administrator_makes_users(ann, url):
    """Who can then log in, until they cannot any more."""
    data = {"login": "tom", "password": PASSWORD, "role": "agent", "name": "Tom Becker"}
    assert "Tom Becker" in visible(ann.post("/admin/people", data).text)
    tom = Agent(url)
    assert tom.log_in("tom").status_code == 200
    assert ann.post("/admin/people", {**data, "login": "Tom"}).status_code == 409
    assert ann.post("/admin/people", {**data, "login": "kim", "password": "short"}).status_code == 400
    ann.post("/admin/people/2", {"role": "agent"})
    assert tom.get(allow_redirects=False).status_code == 303
    assert Agent(url).log_in("tom").status_code == 401


def test_somebody_stays_administrator(ann):
    """The last one can neither leave nor become an agent."""
    assert ann.post("/admin/people/1", {"role": "agent", "active": "yes"}).status_code == 409
    assert ann.post("/admin/people/1", {"role": "admin"}).status_code == 409
    assert ann.get("/admin").status_code == 200


def test_beyond_this_machine_there_is_no_start_without_login(tmp_path):
    """Nor with a login that nobody has."""
    door = ListDoor(loopback=False)
    open_ = inboxes.connector(f"sqlite:///{tmp_path / 'a.db'}", login=False)
    with pytest.raises(SettingsError, match="login = false"):
        inboxes.endpoint(open_).pages(door)
    empty = inboxes.connector(f"sqlite:///{tmp_path / 'b.db'}")
    with pytest.raises(SettingsError, match="inbox-user"):
        inboxes.endpoint(empty).pages(door)
    inboxes.add_user(empty)
    assert inboxes.endpoint(empty).pages(door) is not None
    for one in (open_, empty):
        one.database.close()


def test_without_login_this_machine_alone_is_served(tmp_path):
    """A proxy in front of it would let in the world, so whatever a proxy forwards is refused."""
    inbox = inboxes.connector(f"sqlite:///{tmp_path / 'inbox.db'}", login=False)
    with inboxes.serving(inbox, ListDoor(public_url="https://desk.example.com")) as url:
        assert requests.get(f"{url}/inbox/", timeout=20).status_code == 200
        for headers, status in (({"x-forwarded-for": "192.0.2.1"}, 403), ({"host": "desk.example.com"}, 421)):
            assert requests.get(f"{url}/inbox/", headers=headers, timeout=20).status_code == status
    inbox.database.close()
