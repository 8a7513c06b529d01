"""Dotted paths."""

from __future__ import annotations

import pytest

from connectors_core.mapping.paths import compile_path

DOCUMENT = {"contact": {"phones": ["1", "2"], "name": "Sheena"}, "deep": [[{"x": 0}]]}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("contact.name", "Sheena"),
        ("contact.phones[1]", "2"),
        ("contact.phones", ["1", "2"]),
        ("deep[0][0].x", 0),
        ("contact.phones[2]", None),
        ("contact.email", None),
        ("contact.name.first", None),
        ("contact.name[0]", None),
        ("contact[0]", None),
        ("nothing.at.all[3]", None),
    ],
)
def test_a_path_reads_what_stands_there(path, value):
    """What is missing anywhere on the way is None."""
    assert compile_path(path).read(DOCUMENT) == value


@pytest.mark.parametrize("path", ["", ".", "a.", ".a", "a..b", "a[", "a[]", "a[-1]", "a[x]", "[0]", "a b", "a]"])
def test_what_is_no_path_is_refused(path):
    """A path has names, dots and positions, and nothing else."""
    with pytest.raises(ValueError, match="a path has names"):
        compile_path(path)


def test_a_path_is_compiled_once():
    """The same text gives the same path."""
    assert compile_path("contact.name") is compile_path("contact.name")
