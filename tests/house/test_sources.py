"""What holds for every file: size, words, and what core may not look at."""

import ast
import re

LONGEST_FILE = 400
LONGEST_FUNCTION = 60

# In pieces, so that this file does not hold what it forbids.
FORBIDDEN = [
    "/wo" + "rk/",
    "/ro" + "ot/",
    "/ho" + "me/",
    "/Us" + "ers/",
    "TO" + "DO",
    "FIX" + "ME",
    "XX" + "X:",
    "cla" + "ude",
    "anthr" + "opic",
    "chat" + "gpt",
    "copi" + "lot",
    "sub" + "agent",
    "language mo" + "del",
    "find-li" + "nks",
    "index-u" + "rl",
    "pypi" + ".org",
    "pythonhost" + "ed",
]


def test_no_file_is_longer_than_400_lines(sources):
    """A module has one thought."""
    lengths = {path: len(text.splitlines()) for path, text in sources.items()}
    assert {path: length for path, length in lengths.items() if length > LONGEST_FILE} == {}


def test_no_function_is_longer_than_60_lines(sources):
    """Nor does a function have two; a migration is a list of tables, not a thought."""
    long = []
    for path, text in sources.items():
        if "/migrations/versions/" in path:
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or 0) - node.lineno + 1
                if length > LONGEST_FUNCTION:
                    long.append(f"{path}: {node.name} has {length} lines")
    assert long == []


def test_every_module_has_a_caption(sources):
    """One sentence says what a module is."""
    missing = [path for path, text in sources.items() if text.strip() and not ast.get_docstring(ast.parse(text))]
    assert missing == []


def test_no_file_holds_a_path_of_a_machine_or_an_unfinished_thought(texts):
    """The project works on every machine, and what is left to do stands in the tracker."""
    pattern = re.compile("|".join(map(re.escape, FORBIDDEN)), re.IGNORECASE)
    found = [
        f"{path}:{number}: {match[0]}"
        for path, text in texts.items()
        for number, line in enumerate(text.splitlines(), 1)
        if (match := pattern.search(line))
    ]
    assert found == []


def test_core_does_not_read_what_kind_a_connector_is(sources):
    """Channel or CRM is a word for lists; what counts is what a connector can do."""
    readers = [
        f"{path}:{node.lineno}"
        for path, text in sources.items()
        if path.startswith("connectors_core/") and path != "connectors_core/describing.py"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Attribute)
        and node.attr == "kind"
        and (getattr(node.value, "attr", None) or getattr(node.value, "id", None)) == "manifest"
    ]
    assert readers == []


def test_every_test_says_in_a_sentence_what_holds(sources):
    """Tests read like the specification."""
    silent = [
        f"{path}: {node.name}"
        for path, text in sources.items()
        if path.startswith("tests/")
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_") and not ast.get_docstring(node)
    ]
    assert silent == []


def test_no_test_is_skipped(sources):
    """What is not tested is not promised."""
    pattern = re.compile(r"\bpytest\.(?:skip|importorskip|xfail)\b|mark\.(?:skip|skipif|xfail)\b")
    found = [path for path, text in sources.items() if path.startswith("tests/") and pattern.search(text)]
    assert [path for path in found if path != "tests/house/test_sources.py"] == []
