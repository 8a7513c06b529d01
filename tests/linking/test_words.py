"""The words of the log-in in every language."""

import re
from pathlib import Path

import pytest

import connectors_core
from connectors_core.linking.languages import ORDER, TEXTS
from connectors_core.linking.words import Words

ROOT = Path(connectors_core.__file__).parent


def test_every_text_is_there_in_every_language_with_its_values():
    """A value that is missing in one language would be missed by those who read it."""
    for text, others in TEXTS.items():
        assert len(others) == len(ORDER), text
        for other in others:
            assert set(re.findall(r"{\w+}", other)) == set(re.findall(r"{\w+}", text)), other


def test_the_pages_use_texts_that_are_there_and_no_text_is_left_over():
    """Each stands somewhere in the pages or the code, and each that stands there is translated."""
    pages = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "web/linking").rglob("*.html"))
    code = "".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "linking").glob("*.py") if path.stem != "languages"
    )
    code += "".join(path.read_text(encoding="utf-8") for path in (ROOT / "web/linking").glob("*.py"))
    asked = set(re.findall(r'_\("((?:[^"\\]|\\.)+)"', pages))
    assert asked <= set(TEXTS)
    assert {text for text in TEXTS if text not in pages and text not in code} == set()


@pytest.mark.parametrize(
    ("own", "accepted", "wanted"),
    [
        ("de_DE", "fr", "de"),
        ("", "fr;q=0.5, es;q=0.9", "es"),
        ("xx", "", "en"),
        ("", "ar-EG", "ar"),
        ("", "q=;;;,,de;q=x", "de"),
    ],
)
def test_the_language_is_the_persons_then_the_browsers(own, accepted, wanted):
    """And English where neither is here."""
    assert Words.choose(own, accepted).language == wanted


def test_a_value_is_a_value():
    """Braces in a name are nothing to fill in."""
    assert "{x}" in Words("en")("For a chat on {channel}", channel="{x}")
