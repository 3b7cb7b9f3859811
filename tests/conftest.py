"""Random tests fail for what they find, never for how busy the machine is.

What one test has compiled another may find: a run has a cache of its own, which its processes
share. The user's cache is neither read nor written.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

from hypothesis import settings

RUN_CACHE = "LONGARM_TEST_CACHE"
"""Set where a process of the same run has made the cache already."""

if RUN_CACHE not in os.environ:
    os.environ[RUN_CACHE] = os.environ["LONGARM_CACHE"] = tempfile.mkdtemp(prefix="longarm-")
    os.environ.pop("LONGARM_NO_CACHE", None)
    atexit.register(shutil.rmtree, os.environ[RUN_CACHE], ignore_errors=True)

collect_ignore_glob = ["*.pol", "*.cases.csv"]
"""Law and cases that tests read are none of theirs to run."""

settings.register_profile("longarm", deadline=None)
settings.load_profile("longarm")
