"""The code of compiled functions, by name, and which rule uses which."""

from __future__ import annotations

from types import CodeType
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from longarm.plan.ast import Site


RuleCode: TypeAlias = tuple[
    str, "str | None", tuple[str, ...], tuple[tuple[tuple[str, ...], int], ...]
]
"""Names of the gate and of the member function, the family, and what leads to the rule:
facts, each with the site of a test that the gate cannot do without."""


class Code:
    """Compiled functions of one regime, independent of the day.

    `rules`: for a rule and the amendments that act, its code. `shared`: the
    function of a definition, `statuses`: the rules that establish a status and whether it
    has a gap, both by the key under which a case keeps the answer.
    """

    __slots__ = ("functions", "rules", "shared", "site_names", "sites", "statuses")

    def __init__(
        self,
        functions: dict[str, CodeType],
        rules: dict[tuple[str, tuple[str, ...]], RuleCode],
        shared: dict[str, str],
        statuses: dict[str, tuple[tuple[str, ...], bool]],
        sites: tuple[Site, ...],
        site_names: tuple[str, ...],
    ) -> None:
        self.functions = functions
        self.rules = rules
        self.shared = shared
        self.statuses = statuses
        self.sites = sites
        self.site_names = site_names


__all__ = ["Code"]
