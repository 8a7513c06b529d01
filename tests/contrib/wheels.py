"""Test every package of contrib as its users have it: from its wheel, beside that of core, in an empty environment.

Run by tox's env `contrib`. An argument is the name of a folder in contrib; without one, all of them are tested.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = sorted(path.parent for path in (ROOT / "contrib").glob("*/pyproject.toml"))
UV = shutil.which("uv") or "uv"


def run(*words, cwd=ROOT):
    """Run a command, without what this environment would add to it."""
    environ = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    sys.stdout.write(f"+ {' '.join(map(str, words))}\n")
    sys.stdout.flush()
    subprocess.run(list(map(str, words)), cwd=cwd, env=environ, check=True)


def build(source, target):
    """Return the wheel of a project."""
    run(UV, "build", "--quiet", "--wheel", "--out-dir", target, source)
    (found,) = target.glob("*.whl")
    return found


def check(wheel, project):
    """Fail where a wheel holds something else than its package, its licence and its entry points."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        points = next(archive.read(name).decode() for name in names if name.endswith(".dist-info/entry_points.txt"))
    module = project["name"].replace("-", "_")
    top = {name.partition("/")[0] for name in names}
    assert {name for name in top if not name.endswith(".dist-info")} == {module}, f"{wheel.name} holds {sorted(top)}"
    for name in project.get("license-files", ()):
        assert any(one.endswith(f"/{name}") for one in names), f"{wheel.name} lacks its licence"
    for name, value in project["entry-points"]["connectors"].items():
        assert f"{name} = {value}" in points, f"{wheel.name} lacks the entry point {name}"


def test(package, core, folder):
    """Install a package beside core, and run its tests away from its source."""
    project = tomllib.loads((package / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wheel = build(package, folder / "dist")
    check(wheel, project)
    venv = folder / "venv"
    run(UV, "venv", "--quiet", "--python", sys.executable, venv)
    python = venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    run(
        UV,
        "pip",
        "install",
        "--quiet",
        "--python",
        python,
        core,
        wheel,
        "pytest-xdist",
        "--group",
        f"{package / 'pyproject.toml'}:test",
    )
    away = folder / "away"
    shutil.copytree(package / "tests", away / "tests", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(package / "pyproject.toml", away)
    for name in project["entry-points"]["connectors"]:
        run(python, "-m", "connectors_core.cli", "abilities", name, cwd=away)
    run(python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", "3", cwd=away)


def main(names):
    """Test the packages of these names, all without any."""
    chosen = [package for package in PACKAGES if not names or package.name in names]
    assert chosen, f"contrib has {', '.join(package.name for package in PACKAGES)}"
    with tempfile.TemporaryDirectory() as folder:
        core = build(ROOT, Path(folder) / "core")
        for package in chosen:
            (Path(folder) / package.name).mkdir()
            test(package, core, Path(folder) / package.name)


if __name__ == "__main__":
    main(sys.argv[1:])
