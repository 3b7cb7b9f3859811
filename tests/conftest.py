"""Random tests fail for what they find, never for how busy the machine is."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("longarm", deadline=None)
settings.load_profile("longarm")
