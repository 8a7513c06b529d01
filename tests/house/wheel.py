"""Check an installed wheel: two packages, their data and pages, one command (run by tox's env `wheel`)."""

from importlib.metadata import distribution

WANTED = {"connectors", "connectors_core"}

installed = distribution("crm-connectors")
files = [file for file in installed.files or [] if "__pycache__" not in file.parts]
top = {file.parts[0] for file in files if file.parts[0] != ".."}
information = {name for name in top if name.startswith("crm_connectors-") and name.endswith(".dist-info")}
scripts = {file.name for file in files if file.parts[0] == ".."}

assert top - information == WANTED, f"the wheel holds {sorted(top)}"
assert len(information) == 1, f"the wheel has no information of its own: {sorted(top)}"
assert scripts == {"connectors"}, f"the wheel installs {sorted(scripts)}"
assert not [file for file in files if "tests" in file.parts[:2]], "the wheel holds tests"
for name in ("connectors/py.typed", "connectors_core/py.typed"):
    assert name in {file.as_posix() for file in files}, f"the wheel lacks {name}"
assert any(file.name == "LICENSE" for file in files), "the wheel lacks its licence"
# What pages are made of lies in the packages, and a wheel without it works until the first page is opened.
for folder, ends in {
    "connectors/inbox/pages/static": {".css", ".js"},
    "connectors/inbox/pages/templates": {".html"},
    "connectors/meta/sandbox/page/static": {".css", ".js"},
    "connectors/meta/sandbox/page/templates": {".html"},
}.items():
    found = {file.suffix for file in files if file.parent.as_posix() == folder}
    assert found >= ends, f"the wheel lacks files of {folder}"
points = {point.name for point in installed.entry_points if point.group == "connectors"}
assert {"inbox", "webhook", "whatsapp"} <= points, f"the wheel offers {sorted(points)}"
