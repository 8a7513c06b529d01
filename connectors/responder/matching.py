"""Finding words in what somebody wrote: whole words, whatever their case, accents and vowel signs."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

import regex

MOST_READ = 4000
"""Characters of a message that are looked at."""

_WORD = regex.compile(r"[\p{L}\p{N}]+")
_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]")
_SAME = str.maketrans({"ى": "ي", "ة": "\u0647", "\u0640": None, "\u0131": "i", "ø": "o", "ł": "l"})
_ARTICLE = "ال"
"""The Arabic article is written with its noun, and a keyword may come with or without it."""


def fold(text: str) -> str:
    """Return text in the form in which it is compared: no case, no accents, no vowel signs, one form of each letter."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text[:MOST_READ]).casefold())
    # Some characters stand for whole sentences, and are cut like them.
    return "".join(char for char in plain if unicodedata.category(char) not in {"Mn", "Cf"}).translate(_SAME)[
        :MOST_READ
    ]


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a text in the form in which they are compared; none for signs and emoji alone."""
    return tuple(_bare(word) for word in _WORD.findall(fold(text)))


def _bare(word: str) -> str:
    return word.removeprefix(_ARTICLE) if len(word) > 4 else word


def weight(keyword: str, words: tuple[str, ...]) -> int:
    """Return how much of `words` a keyword covers, in letters, 0 where it does not stand among them."""
    wanted = words_of(keyword)
    if not wanted:
        return 0
    size = len("".join(wanted)) + len(wanted)
    if _UNSPACED.search(keyword):
        # Written without spaces between words.
        return size if "".join(wanted) in "".join(words) else 0
    count = len(wanted)
    found = any(words[at : at + count] == wanted for at in range(len(words) - count + 1))
    return size if found else 0


def heaviest(keywords: Iterable[str], words: tuple[str, ...]) -> int:
    """Return the greatest weight of several keywords."""
    return max((weight(one, words) for one in keywords), default=0)


def is_one_of(phrases: Iterable[str], words: tuple[str, ...]) -> bool:
    """Whether `words` are one of the phrases, and nothing besides."""
    return bool(words) and any(words_of(one) == words for one in phrases)


def without(phrases: Iterable[str], text: str) -> str:
    """Return a text without the longest of the phrases that it begins with."""
    words = _WORD.findall(text)
    folded = tuple(_bare(fold(word)) for word in words)
    counts = [len(words_of(one)) for one in phrases if words_of(one) == folded[: len(words_of(one))]]
    for word in words[: max(counts, default=0)]:
        text = text[text.index(word) + len(word) :]
    return text
