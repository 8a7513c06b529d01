"""Files over HTTP: by expiring links, and by the API of a CRM."""

import pytest
import requests
from gateways import TWO_ENDS, unusable

from connectors_core.model import Content, MediaKind

SIGNED = '[gateway]\nsecret = { env = "TOKEN" }\nlargest_file = 5000\n' + TWO_ENDS
PAGE = b"<script>alert(1)</script>"


@pytest.fixture
def site(open_house, serve):
    """Serve a house that signs links."""
    return serve(open_house(SIGNED))


def kept(site, body=PAGE, mime="text/html", name="a.html"):
    """Keep a file, and return its name and its link at this site."""
    store = site.house.gateway.media
    part = store.keep("desk", Content.of(body, mime, name), MediaKind.DOCUMENT)
    return part.id, site.url + store.link(part.id).partition("8080")[2]


def bring(site, body=b"12345", *, kind="", token="token-of-the-api", **headers):
    """Bring a file as a CRM does."""
    headers = {"authorization": f"Bearer {token}", **{key.replace("_", "-"): value for key, value in headers.items()}}
    query = {"kind": kind} if kind else {}
    return requests.post(f"{site.url}/api/v1/media", params=query, data=body, headers=headers, timeout=20)


def test_a_link_gives_the_file_as_something_to_save(site):
    """No browser runs it, whatever type it says it has."""
    _, link = kept(site)
    answer = requests.get(link, timeout=10)
    assert (answer.status_code, answer.content) == (200, PAGE)
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]


def test_a_link_that_was_guessed_or_changed_gives_nothing(site):
    """Name, time and signature belong together."""
    name, link = kept(site)
    start, until, signature = link.rsplit("/", 2)
    other, _ = kept(site)
    for guess in (
        f"{start}/{until}/{'A' * len(signature)}",
        f"{start}/{int(until) + 1}/{signature}",
        f"{start}/x/{signature}",
        f"{start}/{until}/é",
        link.replace(name, other),
        link.replace(name, "..%2f..%2fetc%2fpasswd"),
    ):
        answer = requests.get(guess, timeout=10)
        assert (answer.status_code in {403, 404}, PAGE in answer.content) == (True, False)


def test_a_file_of_the_api_needs_a_token(site):
    """A name alone is not enough."""
    name, _ = kept(site)
    assert site.get(f"/api/v1/media/{name}").content == PAGE
    assert site.get(f"/api/v1/media/{name}", token="wrong").status_code == 401
    assert site.get("/api/v1/media/kept-1").status_code == 404
    assert site.get("/api/v1/media/..%2f..%2fstore.db").status_code == 404


def test_a_crm_brings_a_file_and_sends_it_by_its_id(site):
    """Type, name and size are kept."""
    answer = bring(site, content_type="image/png", x_filename="caf%C3%A9.png")
    assert answer.status_code == 201
    told = answer.json()
    assert (told["kind"], told["mime"], told["size"]) == ("image", "image/png", 5)
    found = site.get(f"/api/v1/media/{told['id']}")
    assert found.content == b"12345"
    assert "filename*=utf-8''caf%C3%A9.png" in found.headers["content-disposition"]


def test_the_kind_of_a_file_can_be_named(site):
    """A voice note is not any sound."""
    assert bring(site, kind="voice", content_type="audio/ogg").json()["kind"] == "voice"
    assert bring(site, kind="song", content_type="audio/ogg").status_code == 422


def test_a_file_that_is_too_large_is_413_and_leaves_nothing(site, tmp_path):
    """With a length that is announced, and without."""
    assert bring(site, b"x" * 5001).status_code == 413
    assert bring(site, iter([b"x" * 3000, b"y" * 3000])).status_code == 413
    assert [path for path in (tmp_path / "media").rglob("*") if path.is_file()] == []


def test_without_a_token_nothing_is_kept(site):
    """Not even looked at."""
    assert bring(site, token="wrong").status_code == 401
    assert site.house.rows("media") == []


def test_a_file_that_is_still_being_fetched_says_so(site):
    """Whoever asks comes again."""
    name, link = kept(site)
    site.house.sql("UPDATE media SET state = 'wanted' WHERE name = :name", name=name)
    answer = requests.get(link, timeout=10)
    assert (answer.status_code, answer.headers["retry-after"]) == (425, "5")
    site.house.sql("UPDATE media SET state = 'failed' WHERE name = :name", name=name)
    assert requests.get(link, timeout=10).status_code == 404


def test_a_link_asks_to_come_again_while_the_store_is_away(site):
    """That is no fault of the link."""
    _, link = kept(site)
    with unusable(site.house.store):
        answer = requests.get(link, timeout=20)
    # SQLite lets read while another program writes; PostgreSQL lets nobody in.
    assert answer.status_code == (200 if site.house.store.is_sqlite else 503)


def test_a_file_that_was_deleted_from_the_folder_is_410(site):
    """The store knows it, the folder does not."""
    name, link = kept(site)
    site.house.gateway.media.folder.remove(name)
    assert requests.get(link, timeout=10).status_code == 410
