"""The package that `connectors new` writes: the files stand beside this module, as templates."""
