"""Addresses that come from outside: none of them leads inside a network."""

import pytest

from connectors_core import NotAllowedNow, Unreachable
from connectors_core.http import refuse_inside


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://localhost/",
        "http://10.0.0.1/",
        "http://172.16.0.1/",
        "http://192.168.1.1/",
        "http://169.254.169.254/latest/meta-data",
        "http://100.64.0.1/",
        "http://0.0.0.0/",
        "http://224.0.0.1/",
        "http://255.255.255.255/",
        "http://[::1]/",
        "http://[::]/",
        "http://[fe80::1]/",
        "http://[fd00:ec2::254]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:8.8.8.8]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[2002:7f00:1::]/",
        "http://2130706433/",
        "http://0x7f.1/",
    ],
)
def test_an_address_inside_a_network_is_refused_in_every_spelling(url):
    """Neither the machine itself, nor its neighbours, nor the cloud's metadata."""
    with pytest.raises(NotAllowedNow, match="inside a network"):
        refuse_inside(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "file:///etc/passwd",
        "ftp://8.8.8.8/",
        "http:///x",
        "http://a:b@8.8.8.8/",
        "http://@8.8.8.8/",
        "//8.8.8.8/",
        "http://8.8.8.8\\@127.0.0.1/",
        "http://[::1",
        "http://8.8.8.8:99999/",
    ],
)
def test_an_address_that_is_no_plain_web_address_is_refused(url):
    """No files, no credentials, no riddles."""
    with pytest.raises(NotAllowedNow):
        refuse_inside(url)


def test_a_public_address_is_returned_for_the_connection():
    """A second look-up of the name could answer differently."""
    assert refuse_inside("https://8.8.8.8/a.png") == "8.8.8.8"
    assert refuse_inside("https://[2606:4700:4700::1111]:8443/") == "2606:4700:4700::1111"


@pytest.mark.parametrize("host", ["nobody.invalid", "a" * 70 + ".com"])
def test_an_unknown_name_from_outside_is_unreachable(host):
    """Also one that is too long to be a name."""
    with pytest.raises(Unreachable, match="is unknown"):
        refuse_inside(f"http://{host}/")
