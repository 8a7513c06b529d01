"""The tutorial of one's own connector, followed from an empty folder to two wheels that talk to one another."""

import sys

import pytest
from authors import Author, core_wheel
from servers import free_port


@pytest.fixture
def ports():
    """Return where the gateway, the post office and the card file are to listen."""
    return {said: free_port() for said in (8080, 8091, 8092)}


@pytest.fixture
def author(tmp_path, ports):
    """Return somebody in an empty folder, who installs our wheel under the name that it is published by."""
    wheel = core_wheel(tmp_path / "published")
    changes = {
        '"crm-connectors[testing]"': f'"{wheel}[testing]"',
        "pip install crm-connectors ": f"pip install {wheel} ",
        "pip install": "uv pip install --quiet",
        "pip wheel --no-deps --wheel-dir": "uv build --quiet --wheel --out-dir",
        "python -m venv": f"uv venv --quiet --python {sys.executable}",
        "connectors run\n": f"connectors run --port {ports[8080]}\n",
    }
    for said, mine in ports.items():
        changes[f"127.0.0.1:{said}"] = f"127.0.0.1:{mine}"
    for said in (8091, 8092):
        changes[f'("127.0.0.1", {said})'] = f'("127.0.0.1", {ports[said]})'
    servers = {"python post_office.py": 8091, "python card_file.py": 8092, "connectors run": 8080}
    author = Author(
        tmp_path, "tutorial/first-connector.md", changes, {name: ports[said] for name, said in servers.items()}
    )
    yield author
    author.close()


@pytest.mark.timeout(300)
def test_the_tutorial_works_as_it_is_written(author):
    """Every file, change and command of the page is done, and what it prints is what the page shows."""
    counts = author.follow()
    assert counts == {"sh": 21, "text": 15, "diff": 4, "json": 2, "python": 2, "toml": 1}
