"""What every stand-alone module of decisions holds beside the law: loader, `decide`, `main`.

The text below the dashed line is copied into the file; the constants above it are written
by `writing`. The modules of the runtime load under a name of their own, so that they never
meet a longarm that is installed, and only once a decision is asked for.
"""

from __future__ import annotations

import importlib
import json
import linecache
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

PREFIX = ""
SOURCES: dict[str, str] = {}
LAW = ""
REGIMES: dict[str, type] = {}

# ------------------------------------------------------------------------------------------


def decide(
    case: Mapping[str, object],
    *,
    on: str | None = None,
    known: str | None = None,
    regimes: Sequence[str] | None = None,
    closed: bool = False,
    with_: Sequence[str] = (),
    readings: Mapping[str, str] | None = None,
) -> dict[str, object]:
    """Decide one case, written as in a JSON case file; the answer is the JSON record.

    `on` is the day, perhaps with a clock time (`2025-12-02T13:01+08:00`), `known` the day by
    which the law was published; without them those of the case, else today. `closed` reads
    absent facts as no, none and empty; `with_` counts proposals as law; `readings` chooses
    what the law leaves open. Raises ValueError for a case or a choice that cannot be read,
    TypeError for a number that is not exact.
    """
    made: dict[str, object] = _runtime("entry").decide(
        _law(),
        case,
        on=on,
        known=known,
        regimes=regimes,
        closed=closed,
        with_=with_,
        readings=readings or {},
    )
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Decide the cases of a JSON file for a command line; the exit code is that of `longarm`."""
    asked = sys.argv[1:] if arguments is None else arguments
    code: int = _runtime("entry").main(_law, asked, __doc__ or "")
    return code


@cache
def _law() -> object:
    return _runtime("entry").read_law(json.loads(LAW), REGIMES)


@cache
def _runtime(name: str) -> ModuleType:
    if sys.version_info < (3, 11):  # noqa: UP036  the file goes where no installer has asked
        raise RuntimeError("these decisions need Python 3.11 or newer")
    if not any(isinstance(finder, _Finder) and finder.prefix == PREFIX for finder in sys.meta_path):
        sys.meta_path.append(_Finder(PREFIX, SOURCES))
    return importlib.import_module(f"{PREFIX}.longarm.standalone.{name}")


class _Finder(MetaPathFinder, Loader):
    """Finds and loads the modules that this file carries, all below one private name."""

    def __init__(self, prefix: str, sources: Mapping[str, str]) -> None:
        self.prefix = prefix
        self.sources = sources

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Where a module is, if it is one of those that are carried."""
        del path, target
        if name != self.prefix and self.source(name) is None:
            return None
        is_package = name == self.prefix or self.file(name).endswith("/__init__.py")
        return ModuleSpec(name, self, origin=self.shown(name), is_package=is_package)

    def file(self, name: str) -> str:
        """The path of a module below the source root; empty if it is not carried."""
        below = name.removeprefix(f"{self.prefix}.").replace(".", "/")
        tries = (f"{below}.py", f"{below}/__init__.py")
        if not name.startswith(f"{self.prefix}."):
            return ""
        return next((file for file in tries if file in self.sources), "")

    def source(self, name: str) -> str | None:
        """The text of a module."""
        return self.sources.get(self.file(name))

    def shown(self, name: str) -> str:
        """The file name in tracebacks: a path below this file."""
        return f"{__file__}/{self.file(name)}"

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """The usual module."""
        del spec
        return None

    def exec_module(self, module: ModuleType) -> None:
        """Run the text of a module, and let tracebacks and debuggers see it."""
        text = self.source(module.__name__) or ""
        name = self.shown(module.__name__)
        linecache.lazycache(name, module.__dict__)
        exec(compile(text, name, "exec", dont_inherit=True), module.__dict__)  # noqa: S102  the text is this file's own

    def get_source(self, name: str) -> str | None:
        """The text of a module, as `linecache` and `inspect` ask for it."""
        return self.source(name)


if __name__ == "__main__":
    sys.exit(main())
