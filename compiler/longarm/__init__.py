"""What is done with policies: checked, run, shown. Deciding from Python starts at `load`.

    import longarm

    cn = longarm.load().regime("cn")
    decision = cn.decide({"given": {...}}, on="2025-12-02")

Importing this costs next to nothing: what is named here is imported when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from longarm.api import (
        Answer,
        Bounds,
        Case,
        CaseError,
        ChoiceError,
        Decision,
        Need,
        Packs,
        PolicyErrors,
        Range,
        Regime,
        Truth,
        load,
    )

__all__ = [
    "Answer",
    "Bounds",
    "Case",
    "CaseError",
    "ChoiceError",
    "Decision",
    "Need",
    "Packs",
    "PolicyErrors",
    "Range",
    "Regime",
    "Truth",
    "load",
]


def __getattr__(name: str) -> object:
    """Import what is named in `__all__` on its first use (PEP 562)."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from longarm import api  # noqa: PLC0415  the façade stays cheap

    value: object = getattr(api, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
