"""`python -m connectors_core.cli` is the program `connectors`."""

from connectors_core.cli.main import main

main()
