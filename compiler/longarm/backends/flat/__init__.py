"""Flat epochs: a whole regime as one straight-line function on plain dictionaries."""

from longarm.backends.flat.build import flat

__all__ = ["flat"]
