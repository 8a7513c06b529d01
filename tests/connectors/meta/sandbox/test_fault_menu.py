"""The words of the fault menu."""

import pytest

from connectors.meta.sandbox.faults import MENU
from connectors.meta.sandbox.page.fault_words import FAULT_WORDS


@pytest.mark.parametrize("language", FAULT_WORDS)
def test_each_fault_has_a_title_and_a_sentence(language):
    """In every language, and nothing is said that is not on the menu or the page."""
    text = FAULT_WORDS[language]
    assert all(len(text[name].split("|")) == 2 for name in MENU)
    assert set(text) == set(FAULT_WORDS["en"])
