"""Which form of the law finds the rules that matter: compiled functions, or the reference.

Both tell the same record, which the reference evaluator makes from what they find; they
differ in speed alone. `reference` is there to check that, case by case.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias, TypedDict, assert_never, cast

from longarm import cache
from longarm_dsl.core import ast, portable
from longarm_dsl.core.program import Program
from longarm_dsl.core.types import Type
from longarm_dsl.evaluate.idle import FindIdle, idle_rules

if TYPE_CHECKING:
    from types import CodeType

    from longarm.compiled.code import Code, RuleCode
    from longarm.compiled.functions import Functions
    from longarm.loading import Compiled
    from longarm.plan.ast import SiteKind

MOST_PROGRAMS = 8
"""Programs whose functions are kept ready."""

_Sites: TypeAlias = "tuple[tuple[SiteKind, ast.Expr, Type, tuple[str, ...]], ...]"


class _Named(TypedDict):
    """What code is made of beside its sites."""

    functions: dict[str, CodeType]
    rules: dict[tuple[str, tuple[str, ...]], RuleCode]
    shared: dict[str, str]
    statuses: dict[str, tuple[tuple[str, ...], bool]]
    site_names: tuple[str, ...]


class Evaluator(StrEnum):
    """Who finds the rules that matter."""

    COMPILED = "compiled"
    REFERENCE = "reference"


def find_idle(law: Compiled, evaluator: Evaluator = Evaluator.COMPILED) -> FindIdle:
    """What `decide` asks for the rules that do not matter."""
    match evaluator:
        case Evaluator.COMPILED:
            return functions(law).idle
        case Evaluator.REFERENCE:
            return idle_rules
        case _:
            assert_never(evaluator)


def prepare(
    law: Compiled, regimes: Iterable[str], evaluator: Evaluator = Evaluator.COMPILED
) -> None:
    """Make ready what the cases of some regimes need, before several processes decide them."""
    if evaluator is Evaluator.COMPILED:
        for regime in regimes:
            if regime in law.program.regimes:
                functions(law).code(regime)


def functions(law: Compiled) -> Functions:
    """The functions of a program: made once for each program object, kept where the law is."""
    key = id(law.program)
    held = _made.get(key)
    if held is None:
        from longarm.compiled.functions import Functions  # noqa: PLC0415  only if asked for

        made = Functions(law.program, lambda regime: _code(law, regime))
        # INVARIANT: the program is held beside its functions, so that its id stays its own.
        held = _made[key] = (law.program, made)
        if len(_made) > MOST_PROGRAMS:
            _made.popitem(last=False)
    _made.move_to_end(key)
    return held[1]


_made: OrderedDict[int, tuple[Program, Functions]] = OrderedDict()


def _code(law: Compiled, regime: str) -> Code:
    """The code of a regime: from the cache that the law is in, else compiled."""
    if law.kept is None:
        return _compiled(law.program, regime)
    folder, law_key = law.kept
    key = cache.code_key(law_key, regime)
    parts = cache.find_code(folder, key)
    found = _read(parts) if parts is not None else None
    if found is None:
        found = _compiled(law.program, regime)
        cache.keep_code(folder, key, _parts(found))
    return found


def _compiled(program: Program, regime: str) -> Code:
    from longarm.backends.in_process import regime_code  # noqa: PLC0415  the compiler

    return regime_code(program, regime)


def _parts(code: Code) -> tuple[object, ...]:
    """Code as data: sites as portable trees, the rest as it is."""
    plain = {name: getattr(code, name) for name in code.__slots__ if name != "sites"}
    sites = tuple((site.kind, site.expr, site.type, site.names) for site in code.sites)
    return plain, portable.encode(sites, spans=False)


def _read(parts: tuple[object, ...]) -> Code | None:
    """The code that `_parts` wrote; None if it is of another form."""
    from longarm.compiled.code import Code  # noqa: PLC0415  only if asked for
    from longarm.plan.ast import Site  # noqa: PLC0415  same

    try:
        plain, data = parts
        sites = cast("_Sites", portable.decode(cast("portable.Plain", data), tuple))
        named = cast("_Named", plain)
        return Code(**named, sites=tuple(Site(*site) for site in sites))
    except (portable.UnreadableError, TypeError, ValueError):
        return None


__all__ = ["Evaluator", "find_idle", "functions", "prepare"]
