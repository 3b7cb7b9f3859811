"""`python -m tests.agreement`, from a checkout: installed or not."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

_ROOT = Path(__file__).parents[2]


class _Command(Protocol):
    def main(self, arguments: list[str]) -> int: ...


def _command() -> _Command:
    """The command, once this checkout's packages can be found."""
    for folder in ("tests", "policies", "compiler", "dsl"):
        sys.path.insert(0, str(_ROOT / folder))
    return cast("_Command", import_module("agreement.command"))


if __name__ == "__main__":
    raise SystemExit(_command().main(sys.argv[1:]))
