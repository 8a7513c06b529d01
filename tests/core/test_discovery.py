"""Discovery: only what the settings name is imported, and every failure names who is to blame."""

import sys

import pytest

from connectors_core import SettingsError
from connectors_core.discovery import APPS, CONNECTORS, OBSERVERS, TRANSFORMS, find, installed, nearest

GOOD = """
import attrs
from marshmallow import Schema
from connectors_core import Manifest

@attrs.frozen(eq=False)
class Parrot:
    manifest = Manifest(name={name!r}, title="Parrot", kind="crm", settings=Schema, api={api!r})
"""


@pytest.fixture
def distribution(tmp_path, monkeypatch):
    """Return a function that installs a distribution with one entry point and one module."""

    def install(dist, module, source, point, group=CONNECTORS):
        folder = tmp_path / dist
        info = folder / f"{dist.replace('-', '_')}-1.0.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {dist}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[{group}]\n{point}\n")
        (folder / f"{module}.py").write_text(source)
        monkeypatch.syspath_prepend(folder)
        monkeypatch.delitem(sys.modules, module, raising=False)

    return install


def parrot(name="parrot", api=(1, 1)):
    """Return the source of a connector."""
    return GOOD.format(name=name, api=api)


def test_a_connector_is_found_by_the_name_of_its_entry_point(distribution):
    """A third party's package needs no line changed here."""
    distribution("acme-parrot", "acme_parrot", parrot(), "parrot = acme_parrot:Parrot")
    assert find("parrot").manifest.title == "Parrot"
    assert "parrot" in installed()


def test_what_is_not_named_is_not_imported(distribution):
    """A broken package that nobody uses hurts nobody."""
    distribution("acme-broken", "acme_broken", "raise RuntimeError", "broken = acme_broken:Parrot")
    assert "broken" in installed()
    assert "acme_broken" not in sys.modules


def test_an_unknown_name_is_answered_with_the_nearest(distribution):
    """A slip of the finger is the usual reason."""
    distribution("acme-parrot", "acme_parrot", parrot(), "parrot = acme_parrot:Parrot")
    with pytest.raises(SettingsError, match=r'no connector "parot" is installed\. Did you mean "parrot"\?'):
        find("parot")


def test_a_name_that_is_like_nothing_is_answered_with_what_there_is(distribution):
    """Then the list is the help."""
    distribution("acme-parrot", "acme_parrot", parrot(), "parrot = acme_parrot:Parrot")
    with pytest.raises(SettingsError, match=r"Known here: .*parrot"):
        find("zzzzzz")
    assert nearest("a", ()) == ""


def test_a_broken_import_names_the_distribution_and_the_error(distribution):
    """Whoever has to mend it is named."""
    distribution("acme-broken", "acme_broken", "import no_such_module_here", "broken = acme_broken:Parrot")
    with pytest.raises(SettingsError, match=r"acme-broken 1\.0: .* cannot be imported: ModuleNotFoundError"):
        find("broken")


def test_two_distributions_that_claim_one_name_are_both_named(distribution):
    """Which of them would win is chance, so neither does."""
    distribution("acme-one", "acme_one", parrot(), "parrot = acme_one:Parrot")
    distribution("acme-two", "acme_two", parrot(), "parrot = acme_two:Parrot")
    with pytest.raises(SettingsError, match=r'acme-one 1\.0 and acme-two 1\.0 both call a connector "parrot"'):
        find("parrot")


def test_a_connector_for_another_contract_is_refused(distribution):
    """A connector that was made for a later core would fail in the middle of a message."""
    distribution("acme-parrot", "acme_parrot", parrot(api=(7, 9)), "parrot = acme_parrot:Parrot")
    with pytest.raises(SettingsError, match=r"made for contract 7 to 9, this is 1; install a version"):
        find("parrot")


def test_entry_point_and_manifest_must_agree_on_the_name(distribution):
    """The settings, the store and the documentation know one name."""
    distribution("acme-parrot", "acme_parrot", parrot("macaw"), "parrot = acme_parrot:Parrot")
    with pytest.raises(SettingsError, match='called "parrot" and its manifest "macaw"'):
        find("parrot")


@pytest.mark.parametrize("group", [CONNECTORS, APPS])
def test_what_has_no_manifest_is_no_connector_and_no_app(distribution, group):
    """Neither has what has the manifest of the other."""
    source = "class Parrot: pass" if group == CONNECTORS else parrot()
    distribution("acme-parrot", "acme_parrot", source, "parrot = acme_parrot:Parrot", group)
    with pytest.raises(SettingsError, match="has no manifest of that kind"):
        find("parrot", group)


@pytest.mark.parametrize("group", [OBSERVERS, TRANSFORMS])
def test_observers_and_transforms_need_no_manifest(distribution, group):
    """They are plain classes and functions."""
    distribution(
        "acme-parrot", "acme_parrot", "def upper(value): return value.upper()", "up = acme_parrot:upper", group
    )
    assert find("up", group)("a") == "A"
