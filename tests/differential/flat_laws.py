"""Random laws that read plain facts, and cases as plain dictionaries.

What the flat functions take: no families, no codes, no parties on lists; words, places,
texts, flags and numbers, lists of records, definitions, statuses, defeats, reviews.
"""

from __future__ import annotations

from fractions import Fraction
from random import Random
from typing import TypeAlias

from differential.trees import Node, Part, joined, node, perhaps

Plain: TypeAlias = "bool | str | int | Fraction | dict[str, Plain] | list[Plain] | None"

VOCABULARY = """
enum Mode = ma, mb, mc
enum Grade = ga < gb < gc
record Party
  id : text
record Item
  origin : country
  kind : Mode
  size : number > 0
  weight : number
  good : flag
  name : text
  components : [Item]
record Transaction
  actor : Party
  item : Item
  parts_ : [Item]
  f0 : flag
  f1 : flag
  f2 : flag
  f3 : flag
  mode : Mode
  grade : Grade
  destination : country
  departure : country
  title : text
  size : number range 0 to 40
  drift : number
"""

_PLACES = ("CN", "US", "RU", "FR", "NL")
_SETS = ("{CN, RU}", "{US}", "east", "east - {RU}", "{CN, FR, NL}")
_NUMBERS = ("0", "1", "2", "5", "10", "12.5", "25%")
_SIGNS = (">=", ">", "<=", "<", ">=", "=", "!=")


class FlatWriter:
    """Writes laws of that kind."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.lets: list[str] = []
        self.statuses: list[str] = []

    def pick(self, *of: str) -> str:
        return self.rng.choice(of)

    # ── conditions ───────────────────────────────────────────────────────────

    def flag(self, depth: int, *, positive: bool = True) -> Node:
        if depth > 0 and self.rng.random() < 0.6:
            match self.rng.randrange(5):
                case 0:
                    return node("flag", "(not ", self.flag(depth - 1, positive=False), ")")
                case 1 | 2:
                    word = "or"
                case _:
                    word = "and"
            number = self.rng.choice((2, 2, 3))
            parts = [self.flag(depth - 1, positive=positive) for _ in range(number)]
            return node("flag", "(", joined(word, f" {word} ", parts), ")")
        if positive and self.statuses and self.rng.random() < 0.2:
            return node("flag", f"{self.pick(*self.statuses)}(item)")
        if self.lets and self.rng.random() < 0.15:
            return node("flag", self.pick(*self.lets))
        return node("flag", self.leaf())

    def leaf(self) -> str:
        sign, number = self.pick(*_SIGNS), self.pick(*_NUMBERS)
        domain = self.pick("item.components", "parts_", "item.components")
        match self.rng.randrange(12):
            case 0 | 1:
                return self.pick("f0", "f1", "f2", "f3", "item.good")
            case 2:
                words = self.pick("= ma", "!= mb", "in {ma, mc}", "not in {mb}", "= item.kind")
                return f"({self.pick('mode', 'item.kind')} {words})"
            case 3:
                return f"(grade {self.pick('>=', '<', '=', '<=')} {self.pick('ga', 'gb', 'gc')})"
            case 4 | 5:
                place = self.pick("destination", "departure", "item.origin")
                one = f"{self.pick('=', '!=')} {self.pick(*_PLACES)}"
                return f"({place} {self.pick(one, f'in {self.pick(*_SETS)}')})"
            case 6:
                return f'({self.pick("title", "item.name")} {self.pick("=", "!=")} "x")'
            case 7 | 8:
                what = self.pick("size", "drift", "item.size", "item.weight")
                return f"({what} {sign} {number})"
            case 9:
                left = self.pick("size", "size + drift", "item.size * 2", f"{self.total(domain)}")
                right = self.pick("drift", "item.size", f"item.size * {number}", number)
                return f"({left} {sign} {right})"
            case 10:
                return f"({self.total(domain)} {sign} {number})"
            case _:
                quantifier = self.pick("any", "all", "none")
                return f"({quantifier} c in {domain} has {self.inner(2)})"

    def total(self, domain: str) -> str:
        where = f" where {self.inner(1)}" if self.rng.random() < 0.7 else ""
        if self.rng.random() < 0.3:
            return f"count(c for c in {domain}{where})" if where else f"count(c in {domain})"
        return f"sum({self.pick('c.size', 'c.weight', 'c.size * 2')} for c in {domain}{where})"

    def inner(self, depth: int) -> str:
        """A test of an element."""
        if depth > 0 and self.rng.random() < 0.4:
            word = self.pick("and", "or")
            return f"({self.inner(depth - 1)} {word} {self.inner(depth - 1)})"
        return self.pick(
            f"c.origin = {self.pick(*_PLACES)}",
            f"c.origin in {self.pick(*_SETS)}",
            "c.good",
            "(not c.good)",
            f"c.kind = {self.pick('ma', 'mb')}",
            f"c.size {self.pick(*_SIGNS)} {self.pick(*_NUMBERS)}",
            f"c.weight {self.pick(*_SIGNS)} 2",
        )

    # ── laws ─────────────────────────────────────────────────────────────────

    def rule(self, name: str, effects: list[Node], depth: int = 2) -> Node:
        when: tuple[Part, ...] = ()
        if self.rng.random() < 0.95:
            when = (perhaps("clause", "\n  when ", self.flag(depth)),)
        until = self.pick(
            *[""] * 12, "\n  effective from 2030-01-01", "\n  effective from 2025-03-01"
        )
        thens = joined("effects", "", [node("then", "\n  then ", e) for e in effects])
        return perhaps("declaration", f'rule {name} "R"\n  cite "1"{until}', *when, thens, "\n")

    def law(self) -> Node:
        rng = self.rng
        made: list[Part] = ["countries east = {CN, RU}\n"]
        for number in range(rng.choice((0, 1, 2))):
            made.append(
                perhaps("declaration", f"let l{number} = ", self.flag(1, positive=False), "\n")
            )
            self.lets.append(f"l{number}")
        for number in range(rng.choice((0, 1, 2))):
            made.append(perhaps("declaration", f'status s{number}(i : Item) "s"\n'))
            effect = node("effect", f"establishes s{number}(item)")
            made.append(self.rule(f"e{number}", [effect]))
            if rng.random() < 0.5:
                made.append(self.rule(f"d{number}", [node("effect", f"defeats e{number}")], 1))
            self.statuses.append(f"s{number}")
        names: list[str] = []
        licensing: list[str] = []
        for number in range(rng.choice((1, 2, 4, 6))):
            required = self.pick(
                *["requires license from A"] * 3, "requires report to A", "prohibits"
            )
            effects = [node("effect", required)]
            if "license" in required:
                licensing.append(f"a{number}")
                if rng.random() < 0.3:
                    posture = self.pick("denial", "standard", "approval_presumed")
                    effects.append(node("effect", f"reviews {posture}"))
            if names and rng.random() < 0.2:
                effects.append(node("effect", f"defeats {self.pick(*names)}"))
            made.append(self.rule(f"a{number}", effects))
            names.append(f"a{number}")
        for number in range(rng.choice((0, 1, 2))):
            made.append(self.rule(f"x{number}", [node("effect", f"defeats {self.pick(*names)}")]))
            names.append(f"x{number}")
        for number in range(rng.choice((0, 1, 2)) if licensing else 0):
            posture = self.pick("approval_presumed", "case_by_case", "denial_presumed", "none")
            of = self.pick("", f" of {self.pick(*licensing)}")
            made.append(self.rule(f"r{number}", [node("effect", f"reviews {posture}{of}")]))
        head = 'instrument c0 "Act"\n  regime cn\n  authority A\n  issued 2025-01-01\n\n'
        block = node("block", head, *made)
        parts: list[Part] = [node("vocabulary", VOCABULARY), block]
        if rng.random() < 0.3:
            kind = self.pick("suspends", "uncertain")
            target = self.pick(*(f"cn.c0.{n}" for n in names))
            text = f'instrument c1 "Act"\n  regime cn\n  issued 2025-02-01\n\n{kind} {target}'
            parts.append(perhaps("block", f'{text} from 2025-03-01\n  because "?"\n'))
        return Node("law", tuple(parts))


# ── cases ────────────────────────────────────────────────────────────────────


def _item(rng: Random, share: float, depth: int = 0) -> dict[str, Plain]:
    made: dict[str, Plain] = {
        "origin": rng.choice((*_PLACES, None, "DE")),
        "kind": rng.choice(("ma", "mb", "mc")),
        "size": rng.choice((1, 2, 5, 10, Fraction(5, 2), Fraction(1, 4))),
        "weight": rng.choice((-3, 0, 2, 5, Fraction(25, 2))),
        "good": rng.random() < 0.5,
        "name": rng.choice(("x", "y")),
    }
    if depth == 0:
        number = rng.choice((0, 1, 2, 3))
        made["components"] = [_item(rng, share, 1) for _ in range(number)]
    return {k: v for k, v in made.items() if rng.random() < share}


def plain_case(rng: Random) -> dict[str, Plain]:
    """The facts of a case; what is absent is not known."""
    share = rng.choice((1.0, 1.0, 0.95, 0.8, 0.4))
    made: dict[str, Plain] = {
        "item": _item(rng, share),
        "parts_": [_item(rng, share, 1) for _ in range(rng.choice((0, 1, 2)))],
        **{f"f{n}": rng.random() < 0.5 for n in range(4)},
        "mode": rng.choice(("ma", "mb", "mc")),
        "grade": rng.choice(("ga", "gb", "gc")),
        "destination": rng.choice((*_PLACES, "DE")),
        "departure": rng.choice((*_PLACES, "DE")),
        "title": rng.choice(("x", "y", "z")),
        "size": rng.choice((0, 1, 2, 5, 10, 40, Fraction(25, 2))),
        "drift": rng.choice((-1, 0, 2, 5, 12, Fraction(1, 4))),
    }
    return {k: v for k, v in made.items() if rng.random() < share}
