"""Random tests fail for what they find, never for how busy the machine is.

Commands compile what they read: a test must not find what another has left in the cache.
"""

from __future__ import annotations

import os

from hypothesis import settings

os.environ["LONGARM_NO_CACHE"] = "1"

collect_ignore_glob = ["*.pol", "*.cases.csv"]
"""Law and cases that tests read are none of theirs to run."""

settings.register_profile("longarm", deadline=None)
settings.load_profile("longarm")
