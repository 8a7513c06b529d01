"""`connectors new`: whole packages for connectors of one's own, which are right before anybody changed them."""

import ast
import json
import os
import subprocess
import sys
import tokenize
from io import StringIO
from pathlib import Path

import pytest
import uv
from authors import core_wheel
from click.testing import CliRunner
from ruff.__main__ import find_ruff_bin

from connectors_core.cli.main import main

ROOT = Path(__file__).parents[3]
TEMPLATE = ROOT / "contrib/connectors-template"
WORDLESS = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
}
LEFT_BY_TOOLS = {"__pycache__", ".pytest_cache", ".ruff_cache", ".mypy_cache", "abilities.json"}


@pytest.fixture
def new(tmp_path, monkeypatch):
    """Return a function that runs the command in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return lambda *words: CliRunner().invoke(main, ["new", *words])


def run(*words, cwd):
    """Run a program without what this environment would add to it; fail with what it said."""
    environ = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    done = subprocess.run(
        [str(word) for word in words], cwd=cwd, env=environ, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def written(folder):
    """Return the bytes of every file of a package, by its path, without what tools leave behind."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in found
        if LEFT_BY_TOOLS.isdisjoint(path.relative_to(folder).parts)
    }


def lines_of_code(path):
    """Count the lines with code in a module: neither comments nor docstrings nor its tables in capitals."""
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    texts = [node for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)]
    tables = [
        node
        for node in tree.body
        if isinstance(node, ast.Assign)
        and all(isinstance(name, ast.Name) and name.id.isupper() for name in node.targets)
    ]
    skipped = {line for node in (*texts, *tables) for line in range(node.lineno, node.end_lineno + 1)}
    tokens = [token for token in tokenize.generate_tokens(StringIO(source).readline) if token.type not in WORDLESS]
    return len({line for token in tokens for line in range(token.start[0], token.end[0] + 1)} - skipped)


def test_the_template_is_what_the_command_writes(new, tmp_path):
    """File by file: whoever changes one of both changes the other."""
    assert new("template", "--into", "written").exit_code == 0
    assert written(TEMPLATE) == written(tmp_path / "written")


@pytest.mark.parametrize(("kind", "most"), [("channel", 80), ("crm", 60)])
def test_there_is_little_code(new, tmp_path, kind, most):
    """What one has to read and to change: at most so many lines, as ruff formats them."""
    assert new("card-file", "--kind", kind).exit_code == 0
    modules = (tmp_path / "connectors-card-file").glob("connectors_*/*.py")
    counts = {path.name: lines_of_code(path) for path in modules}
    assert set(counts) == {"__init__.py", "connector.py", "inbound.py", "outbound.py", "settings.py"}
    assert 40 < sum(counts.values()) <= most


@pytest.mark.parametrize("kind", ["channel", "crm"])
@pytest.mark.parametrize("name", ["x", "card-file", "m2m_3", "a-connector-of-a-longer-name-0"])
def test_the_code_is_clean_by_its_own_settings(new, tmp_path, kind, name):
    """Whatever it is called: formatted, and without a finding of ruff."""
    assert new(name, "--kind", kind).exit_code == 0
    (folder,) = tmp_path.glob("connectors-*")
    run(find_ruff_bin(), "check", "--no-cache", ".", cwd=folder)
    run(find_ruff_bin(), "format", "--no-cache", "--check", ".", cwd=folder)


@pytest.mark.parametrize("kind", ["channel", "crm"])
def test_its_tests_are_green_beside_the_wheel(new, tmp_path, kind):
    """Built, installed with the published wheel alone, and tested away from its source; nothing is skipped."""
    assert new("card-file", "--kind", kind).exit_code == 0
    package = tmp_path / "connectors-card-file"
    core = core_wheel(tmp_path / "core")
    run(uv.find_uv_bin(), "build", "--quiet", "--wheel", "--out-dir", tmp_path / "dist", package, cwd=tmp_path)
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    run(uv.find_uv_bin(), "venv", "--quiet", "--python", sys.executable, "venv", cwd=tmp_path)
    python = tmp_path / "venv/bin/python"
    install = [uv.find_uv_bin(), "pip", "install", "--quiet", "--python", python]
    run(*install, wheel, f"{core}[testing]", cwd=tmp_path)
    (package / "connectors_card_file").rename(tmp_path / "away")
    said = run(python, "-m", "pytest", "-q", "--abilities", "abilities.json", cwd=package).splitlines()
    (report,) = json.loads((package / "abilities.json").read_text(encoding="utf-8"))
    assert set(report["promises"].values()) == {"passed"}
    assert "skipped" not in said[-1]
    assert any("promises kept" in line for line in said)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("7even", "must begin with a letter"),
        ("Pigeon", "must begin with a letter"),
        ("pigeon post", "must begin with a letter"),
        ("pigeon--post", "must begin with a letter"),
        ("pigeon-", "must begin with a letter"),
        ("../pigeon", "must begin with a letter"),
        ("p" * 31, "30 characters"),
        ("whatsapp", "a connector called whatsapp is installed already"),
        ("ledger", "a connector called ledger is installed already"),
        ("core", "there is a package connectors_core already"),
        ("none", "would be called None"),
        ("http", "would be called Http"),
        ("exception", "would be called Exception"),
    ],
)
def test_a_name_that_cannot_be_used_is_refused(new, tmp_path, name, reason):
    """In a sentence that says why, and nothing is written."""
    done = new(name)
    assert done.exit_code == 2
    assert reason in " ".join(done.output.split())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["class", "import", "m2m", "x"])
def test_a_word_of_python_may_be_a_name(new, tmp_path, name):
    """It stands behind `connectors_` and is written as a class is."""
    assert new(name).exit_code == 0
    for path in tmp_path.rglob("*.py"):
        ast.parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("title", ['Pigeon "Post"', "Pigeon\nPost", "{{ pigeon }}", "\\", "x" * 41])
def test_a_title_that_would_break_the_code_is_refused(new, tmp_path, title):
    """It is written into texts of the code, of the settings and of the pages."""
    done = new("pigeon", "--title", title)
    assert done.exit_code == 2
    assert "must be letters" in " ".join(done.output.split())
    assert list(tmp_path.iterdir()) == []


def test_a_title_is_what_people_read(new, tmp_path):
    """In the manifest, the README and the page."""
    assert new("pigeon", "--title", "Møller & Søn's post").exit_code == 0
    for name in ("connectors_pigeon/connector.py", "README.md", "docs/pigeon.md"):
        assert "Møller & Søn's post" in (tmp_path / "connectors-pigeon" / name).read_text(encoding="utf-8")


def test_what_is_there_is_not_written_over(new, tmp_path):
    """A folder that is not empty is refused with the way out; an empty one is taken."""
    (tmp_path / "mine").mkdir()
    assert new("pigeon", "--into", "mine").exit_code == 0
    before = written(tmp_path)
    done = new("pigeon", "--into", "mine")
    assert done.exit_code == 1
    assert done.output == "Error: mine is not empty; name another folder with --into\n"
    assert written(tmp_path) == before


def test_it_says_what_to_do_next(new, tmp_path):
    """Commands that can be pasted."""
    said = new("pigeon", "--kind", "crm").output
    assert said.startswith("connectors-pigeon is ready.")
    assert "cd connectors-pigeon" in said
    assert (tmp_path / "connectors-pigeon/.github/workflows/test.yml").is_file()
    assert (tmp_path / "connectors-pigeon/.gitignore").is_file()
