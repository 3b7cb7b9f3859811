"""The grammar files; a package, so that they load from a wheel."""
