"""How the documentation is built: `sphinx-build -nW docs docs/_build/html`."""

import sys
from importlib.metadata import version as _version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_extensions"))

project = "crm-connectors"
author = "the maintainers of crm-connectors"
copyright = "the maintainers of crm-connectors, Apache-2.0"
release = version = _version("crm-connectors")

extensions = ["myst_parser", "generated"]
myst_enable_extensions = ["colon_fence", "deflist", "fieldlist"]
myst_heading_anchors = 3
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build", "_extensions"]

html_theme = "furo"
html_title = "crm-connectors"
