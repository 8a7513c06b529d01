"""Who may speak with the sandbox: this machine, and pages of this sandbox."""

import pytest
import requests


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "", "10.0.0.1", "[::2]"])
@pytest.mark.parametrize("path", ["/", "/sandbox/account", "/v26.0/106540352242922"])
def test_another_host_name_is_refused(meta, host, path):
    """A name that was bound to this machine afterwards (DNS rebinding) opens nothing."""
    assert requests.get(f"{meta.url}{path}", headers={"host": host}, timeout=20).status_code in (400, 403)


@pytest.mark.parametrize("host", ["127.0.0.1:8090", "localhost", "localhost:1", "[::1]:8090"])
def test_the_names_of_this_machine_are_welcome(meta, host):
    """With any port, as it may be forwarded."""
    assert requests.get(f"{meta.url}/", headers={"host": host}, timeout=20).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "http://127.0.0.1:1"},
        {"origin": "null"},
    ],
)
def test_another_site_changes_nothing(meta, headers):
    """Neither with the header of new browsers nor with that of old ones, nor with a form's content type."""
    body = '{"type":"text","text":{"body":"x"}}'
    url = f"{meta.url}/sandbox/customers/sheena/messages"
    answer = requests.post(url, data=body, headers={"content-type": "text/plain", **headers}, timeout=20)
    assert answer.status_code == 403
    assert meta.chat() == []


def test_the_own_pages_and_scripts_change_what_they_want(meta):
    """A browser names this place as the origin, a program names none."""
    own = {"origin": meta.url, "sec-fetch-site": "same-origin"}
    for headers in (own, {}):
        body = {"type": "text", "text": {"body": "x"}}
        url = f"{meta.url}/sandbox/customers/sheena/messages"
        assert requests.post(url, json=body, headers=headers, timeout=20).status_code == 201


def test_no_other_site_may_read(meta):
    """No answer allows an origin."""
    answer = requests.get(f"{meta.url}/sandbox/account", headers={"origin": "https://evil.example"}, timeout=20)
    assert not [name for name in answer.headers if name.lower().startswith("access-control")]
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
