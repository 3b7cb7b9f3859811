"""Which rules a case may reach, by the words and codes that their conditions ask for.

A gate that asks for a code, a country or a word cannot hold where the fact is known and
another. Rules are filed behind the fact that tells most of them apart, so that the cost
of a decision follows the rules that could matter and not the rules that there are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable

Path = tuple[str, ...]

MOST_REMEMBERED = 4_096
"""Values of one fact of which the rules behind them are remembered."""


class Reach:
    """Rules in order, each always looked at or behind a test of one fact."""

    __slots__ = ("always", "behind", "remembered", "rules")

    def __init__(
        self,
        leads: Iterable[tuple[str, tuple[tuple[Path, int], ...]]],
        narrow: Callable[[int], bool],
    ) -> None:
        """`narrow`: whether the test of a site holds of few values (a code, a text)."""
        found = list(leads)
        apart = Counter(path for path, _ in {t for _, tests in found for t in tests})
        self.rules: list[str] = []
        self.always: list[int] = []
        self.behind: dict[Path, dict[int, list[int]]] = {}
        """By fact and site, the rules that ask for it."""
        self.remembered: dict[Path, dict[Hashable, tuple[int, ...]]] = {}
        for rule, tests in found:
            number = len(self.rules)
            self.rules.append(rule)
            best = max(tests, key=lambda t: (narrow(t[1]), apart[t[0]], t), default=None)
            if best is None:
                self.always.append(number)
            else:
                path, site = best
                self.behind.setdefault(path, {}).setdefault(site, []).append(number)

    def live(
        self,
        value: Callable[[Path], tuple[Hashable, Callable[[int], bool]]],
    ) -> list[str]:
        """The rules that a case may reach, in order.

        `value` tells of a fact a key, alike for facts that no test tells apart, and
        whether the test of a site may hold.
        """
        found = list(self.always)
        for path, sites in self.behind.items():
            key, may = value(path)
            remembered = self.remembered.setdefault(path, {})
            numbers = remembered.get(key)
            if numbers is None:
                if len(remembered) >= MOST_REMEMBERED:
                    remembered.clear()
                numbers = tuple(n for site, behind in sites.items() if may(site) for n in behind)
                remembered[key] = numbers
            found += numbers
        found.sort()
        return [self.rules[n] for n in found]


__all__ = ["Path", "Reach"]
