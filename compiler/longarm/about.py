"""The version numbers of the toolkit and of the language it reads.

Imports nothing, so that `longarm version` and the build can read it at no cost.
"""

__version__ = "0.1.0"

LANGUAGE_VERSION = 1
"""The version of the language, of the case file and of the decision record."""
