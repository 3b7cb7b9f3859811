"""What a failed expectation teaches: the rules it hangs on, as values.

Made by `failing.teach`, shown by `render.failing`.
"""

from __future__ import annotations

from longarm_dsl.core import ast
from longarm_dsl.core.formula import Truth
from longarm_dsl.lazy_dataclass import dataclass
from longarm_dsl.source import Span


@dataclass(frozen=True, slots=True)
class Test:
    """One condition, whether it holds, the values of the facts in it, and where it stands."""

    text: str
    truth: Truth
    facts: tuple[tuple[str, str], ...]
    span: Span
    question: str | None = None
    """Whose answer settles it, where it is open."""
    nearest: Missed | None = None
    """For a status that nobody establishes: the rule that comes nearest to it."""


@dataclass(frozen=True, slots=True)
class Other:
    """A rule, event or instrument that is named in a reason, and where it stands."""

    id: str
    title: str
    span: Span | None


@dataclass(frozen=True, slots=True)
class Missed:
    """A rule that does not stand for certain, and why."""

    rule: ast.Rule
    why: str
    """`lacks` a condition, is `open`, `idle`, `defeated`, out of `force`, or `stands` as it is."""
    lacks: tuple[Test, ...] = ()
    """What does not hold of the member that comes nearest, in the order of the text."""
    by: tuple[Other, ...] = ()
    """Who defeats it, or keeps it out of force."""
    sentence: str = ""
    member: str = ""

    @property
    def distance(self) -> int:
        """How many conditions it is away from standing."""
        return len(self.lacks) if self.why in {"lacks", "open"} else 1

    @property
    def only(self) -> Test | None:
        """The one condition that it lacks."""
        return self.lacks[0] if len(self.lacks) == 1 and self.why in {"lacks", "open"} else None


@dataclass(frozen=True, slots=True)
class Standing:
    """A rule that stands, or may, and should not."""

    rule: ast.Rule
    holds: tuple[Test, ...]
    """What makes it stand."""
    defeats: tuple[Missed, ...]
    """The defeats of it that come nearest."""
    defeaters: int
    """How many rules may defeat it."""
