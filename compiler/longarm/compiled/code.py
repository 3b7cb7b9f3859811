"""The code of compiled functions, by name, and which rule uses which."""

from __future__ import annotations

from types import CodeType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from longarm.plan.ast import Site


class Code:
    """Compiled functions of one regime, independent of the day.

    `rules`: for a rule and the amendments that act, the names of its gate and of its
    member function (None without a family) and the variables of the family. `shared`: the
    function of a definition, `statuses`: the rules that establish a status and whether it
    has a gap, both by the key under which a case keeps the answer.
    """

    __slots__ = ("functions", "rules", "shared", "site_names", "sites", "statuses")

    def __init__(
        self,
        functions: dict[str, CodeType],
        rules: dict[tuple[str, tuple[str, ...]], tuple[str, str | None, tuple[str, ...]]],
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
