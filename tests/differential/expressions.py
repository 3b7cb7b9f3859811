"""Random expressions of every type over the vocabulary and the names that are in scope."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import Random
from typing import TypeVar

from differential.trees import Node, Part, joined, node
from differential.vocabulary import CODES, PLACES, POSTURES, SINGLE_CODES, WORDS

_T = TypeVar("_T")

_LEVELS = ("reason_to_know", "high_probability", "actual")
_OPERATORS = (">=", ">", "<=", "<", "=", "!=")
_NUMBERS = ("0", "1", "2", "5", "10", "20", "30", "25%", "50%", "12.5")


@dataclass(frozen=True)
class Declared:
    """Names that an expression may use, beside those of the vocabulary."""

    numbers: tuple[str, ...] = ()
    moneys: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    item_flags: tuple[str, ...] = ()
    """Definitions of an item that are yes or no."""
    item_numbers: tuple[str, ...] = ()
    party_flags: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    readings: tuple[str, ...] = ()
    joint: tuple[str, ...] = ()
    """Readings between yes and no."""
    lists: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    """Of an item."""
    party_statuses: tuple[str, ...] = ()
    unmet: tuple[str, ...] = ()


@dataclass(frozen=True)
class Writer:
    """Writes expressions; what is bound around them is in scope."""

    rng: Random
    declared: Declared = field(default_factory=Declared)
    items: tuple[str, ...] = ("item", "item", "item", "product")
    parties: tuple[str, ...] = ("importer", "end_user", "actor")
    modes: tuple[str, ...] = ("mode",)
    places: tuple[str, ...] = ("destination", "departure")
    rows: tuple[str, ...] = ()
    """Variables over the rows of the table."""
    entries: tuple[str, ...] = ()
    """Variables over the rows of a list."""
    codes: bool = True
    """Whether codes may be tested: not by what classifies."""
    root: bool = True
    """Whether the facts of the transaction are in scope: not in an entry."""

    def pick(self, *of: _T) -> _T:
        return self.rng.choice(of)

    def often(self, share: float) -> bool:
        return self.rng.random() < share

    def given(
        self,
        *,
        items: tuple[str, ...] = (),
        parties: tuple[str, ...] = (),
        modes: tuple[str, ...] = (),
        rows: tuple[str, ...] = (),
        entries: tuple[str, ...] = (),
    ) -> Writer:
        """The same with more names in scope; the new ones are used more."""
        return replace(
            self,
            items=(*self.items, *items, *items),
            parties=(*self.parties, *parties, *parties),
            modes=(*self.modes, *modes, *modes),
            rows=(*self.rows, *rows, *rows),
            entries=(*self.entries, *entries, *entries),
        )

    # ── conditions ───────────────────────────────────────────────────────────

    def flag(self, depth: int, *, positive: bool = True) -> Node:
        """A condition; without `positive` it holds no test of a status."""
        if depth > 0 and self.often(0.62):
            match self.rng.randrange(5):
                case 0 | 1:
                    parts = [
                        self.flag(depth - 1, positive=positive) for _ in range(self.pick(2, 2, 3))
                    ]
                    return node("flag", "(", joined("and", " and ", parts), ")")
                case 2 | 3:
                    parts = [
                        self.flag(depth - 1, positive=positive) for _ in range(self.pick(2, 2, 3))
                    ]
                    return node("flag", "(", joined("or", " or ", parts), ")")
                case _:
                    return node("flag", "(not ", self.flag(depth - 1, positive=False), ")")
        if positive and self.root and self.often(0.15):
            tested = self._status()
            if tested is not None:
                return tested
        makers = self._plain_tests() if self.often(0.4) else self._tests()
        return self.rng.choice(makers)(depth)

    def _status(self) -> Node | None:
        made: list[Node] = [
            node("flag", f"{s}({self.pick(*self.items)})") for s in self.declared.statuses
        ]
        made += [
            node("flag", f"(any c in item.components has {s}(c))") for s in self.declared.statuses
        ]
        made += [
            node("flag", f"{s}({self.pick(*self.parties)})") for s in self.declared.party_statuses
        ]
        if self.declared.unmet:
            made.append(node("flag", f"unmet({self.pick(*self.declared.unmet)})"))
        return self.rng.choice(made) if made else None

    def _plain_tests(self) -> list[Callable[[int], Node]]:
        return [self._stated_flag, self._number_test, self._word_test, self._place_test]

    def _tests(self) -> list[Callable[[int], Node]]:
        made: list[Callable[[int], Node]] = [
            self._number_test,
            self._number_test,
            self._word_test,
            self._place_test,
            self._date_test,
            self._text_test,
            self._party_test,
            self._quantified,
            self._quantified,
            self._of_in,
            self._not_known,
            self._named_flag,
            self._none_test,
        ]
        if self.root:
            made += [self._knows, self._posture_test, self._uses_test, self._owned, self._listed]
        if self.codes:
            made += [self._code_test, self._code_test, self._near]
        if self.rows:
            made.append(self._row_test)
        return made

    def _stated_flag(self, depth: int) -> Node:
        del depth
        own = [f"{i}.{f}" for i in self.items for f in ("built_in", "published", "fitted")]
        own += [f"{p}.military" for p in self.parties]
        root = ["f0", "f1", "f2", "f3", "shown", "felt"] * 3 if self.root else []
        return node("flag", self.pick(*own, *root))

    def _named_flag(self, depth: int) -> Node:
        made = list(self.declared.flags) if self.root else []
        made += [f"{d}({self.pick(*self.items)})" for d in self.declared.item_flags]
        if self.root:
            made += [f"{d}({self.pick(*self.parties)})" for d in self.declared.party_flags]
            made += [f"{r} = wide" for r in self.declared.readings]
        return node("flag", self.pick(*made)) if made else self._stated_flag(depth)

    def _number_test(self, depth: int) -> Node:
        kind = self.pick("number", "number", "money", "money", "tpp", "nm", "speed")
        op = self.pick(*_OPERATORS[:4], *_OPERATORS)
        if self.often(0.12):
            return node(
                "flag",
                "(",
                node("number", "0"),
                " < ",
                self.number(depth - 1),
                " <= ",
                self.number(0),
                ")",
            )
        match kind:
            case "money":
                return node("flag", "(", self.money(depth), f" {op} ", self.money(depth - 1), ")")
            case "tpp":
                item = self.pick(*self.items)
                return node("flag", f"({item}.tpp {op} {self.pick('3 TPP', '8 TPP', '0')})")
            case "nm":
                item = self.pick(*self.items)
                return node("flag", f"({item}.node {op} {self.pick('3 nm', '14 nm', '0.01 um')})")
            case "speed":
                item = self.pick(*self.items)
                return node("flag", f"({item}.speed {op} {self.pick('2 GB/s', '900 MB/s')})")
            case _:
                return node("flag", "(", self.number(depth), f" {op} ", self.number(depth - 1), ")")

    def _word_test(self, depth: int) -> Node:
        del depth
        item, party = self.pick(*self.items), self.pick(*self.parties)
        if self.root and self.often(0.6):
            mode = self.pick(*self.modes)
            return node(
                "flag",
                self.pick(
                    f"({mode} = {self.pick(*WORDS['Mode'])})",
                    f"({mode} != {self.pick(*WORDS['Mode'])})",
                    f"({mode} in {{ma, mb}})",
                    f"({self.pick(*WORDS['Mode'])} in modes)",
                    f"({mode} in modes)",
                    f"({mode} not in modes - {{mb}})",
                ),
            )
        return node(
            "flag",
            self.pick(
                f"({item}.grade {self.pick('>=', '<', '=', '<=')} {self.pick(*WORDS['Grade'])})",
                f"({party}.grade {self.pick('>=', '<', '!=')} {item}.grade)",
                f"({item}.grade in {{ga, gc}})",
            ),
        )

    def country(self) -> Node:
        texts = [*PLACES[:4], *self.places] if self.root else [*PLACES[:4]]
        texts += [f"{i}.origin" for i in self.items]
        texts += [f"{p}.located_in" for p in self.parties]
        texts += [f"{r}.seat" for r in self.rows]
        return node("country", self.pick(*texts))

    def countries(self, depth: int) -> Node:
        if depth > 0 and self.often(0.5):
            op = self.pick("+", "-", "&")
            return node(
                "countries", "(", self.countries(depth - 1), f" {op} ", self.countries(0), ")"
            )
        made = list(self.declared.countries)
        made += ["{CN, HK}", "{US}", '{CN, "UA-43"}', "{RU, FR, CN}"]
        if self.root:
            made += [
                "transit",
                f"{self.pick(*self.parties)}.nationality",
                f"{{{self.places[0]}, FR}}",
            ]
        made += [f"{r}.to" for r in self.rows]
        return node("countries", self.pick(*made))

    def _place_test(self, depth: int) -> Node:
        if self.often(0.45):
            op = self.pick("=", "!=")
            return node("flag", "(", self.country(), f" {op} ", self.country(), ")")
        test = self.pick(" in ", " not in ")
        return node("flag", "(", self.country(), test, self.countries(depth), ")")

    def date(self, depth: int) -> Node:
        if depth > 0 and self.often(0.4):
            shift = self.pick(" + 25 days", " - 3 days", " + 2 years", " - 1 year")
            return node("date", "(", self.date(depth - 1), shift, ")")
        made = ["2025-06-01", "2025-03-01", f"{self.pick(*self.items)}.since"]
        if self.root:
            made += ["sent", "due", "date", "events.shipment", *self.declared.dates]
        return node("date", self.pick(*made))

    def _date_test(self, depth: int) -> Node:
        op = self.pick(*_OPERATORS)
        return node("flag", "(", self.date(depth), f" {op} ", self.date(0), ")")

    def _text_test(self, depth: int) -> Node:
        del depth
        item, party = self.pick(*self.items), self.pick(*self.parties)
        made = [
            f'({item}.substance = "tin")',
            f'({item}.name != "{self.pick("a", "tin")}")',
            f'("x" in {item}.tags)',
            f'(any of {item}.tags in {{"x", "y"}})',
            f'({party}.name = "{self.pick("Wolf", "Lamb")}")',
        ]
        if self.root:
            made += ['(title = "x")', "(title in tags)", '(none of tags in {"x"})']
        made += [f"({r}.word = {item}.substance)" for r in self.rows]
        return node("flag", self.pick(*made))

    def _party_test(self, depth: int) -> Node:
        del depth
        one, two = self.pick(*self.parties), self.pick(*self.parties)
        who = self.pick(f"{one}.branch_of", f"{self.pick(*self.items)}.maker", two)
        op = self.pick("=", "!=")
        if self.root and self.often(0.4):
            return node("flag", f"({one} in {{{who}, end_user}})")
        return node("flag", f"({one} {op} {who})")

    def _none_test(self, depth: int) -> Node:
        del depth
        op = self.pick("=", "!=")
        what = self.pick(
            f"{self.pick(*self.parties)}.branch_of",
            f"{self.pick(*self.items)}.maker",
            f"{self.pick(*self.items)}.plant.located_in",
            f"{self.pick(*self.items)}.origin",
            f"{self.pick(*self.items)}.value",
            f"{self.pick(*self.items)}.since",
        )
        return node("flag", f"({what} {op} none)")

    def _not_known(self, depth: int) -> Node:
        del depth
        what = self.pick(
            f"{self.pick(*self.items)}.plant.located_in",
            f"{self.pick(*self.items)}.value",
            f"{self.pick(*self.parties)}.military",
            f"{self.pick(*self.items)}.grade",
            *(("f0", "size", "mode") if self.root else ()),
        )
        return node("flag", f"({what} is {self.pick('', '', 'not ')}not_known)")

    def _posture_test(self, depth: int) -> Node:
        op = self.pick(">=", "<", "=", "<=")
        left = self.posture(depth)
        if left.text in POSTURES:
            left = node("posture", "wish")
        return node("flag", "(", left, f" {op} {self.pick(*POSTURES[:5])})")

    def posture(self, depth: int) -> Node:
        if self.often(0.35):
            return node("posture", self.pick(*POSTURES))
        made = ["wish", *(f"{e}.review" for e in self.entries), *(f"{r}.stand" for r in self.rows)]
        if self.declared.lists and (depth >= 0) and self.often(0.6):
            each = replace(self.given(entries=("e",)), rows=())
            where: tuple[Part, ...] = ()
            if self.often(0.4):
                where = (" where ", each.flag(depth - 1, positive=False))
            body = self.pick("e.review", "e.review", "wish")
            return node("posture", f"strictest({body} for e in ", self.listings(depth), *where, ")")
        if self.often(0.3):
            person = self.pick(*self.parties)
            return node("posture", f"strictest(g.review for g in {person}.lists)")
        return node("posture", self.pick(*made))

    def uses(self, depth: int) -> Node:
        if depth > 0 and self.often(0.3):
            op = self.pick("+", "-", "&")
            return node("uses", "(", self.uses(depth - 1), f" {op} ", self.uses(0), ")")
        words = ", ".join(self.rng.sample(WORDS["Use"], self.pick(1, 2, 3)))
        return node("uses", self.pick("uses", f"{{{words}}}", f"{{{words}}}", *self.declared.uses))

    def _uses_test(self, depth: int) -> Node:
        quantifier = self.pick("any", "all", "none")
        return node("flag", f"({quantifier} of ", self.uses(depth), " in ", self.uses(0), ")")

    def _of_in(self, depth: int) -> Node:
        quantifier = self.pick("any", "all", "none")
        if self.codes and self.often(0.4):
            item = self.pick(*self.items)
            return node("flag", f"({quantifier} of {item}.code in ", self.code_set(depth), ")")
        if self.rows and self.often(0.6):
            row = self.pick(*self.rows)
            if self.often(0.4):
                return node("flag", f"({quantifier} of {row}.for_ in ", self.uses(0), ")")
            return node("flag", f"({quantifier} of {row}.to in ", self.countries(0), ")")
        person = self.pick(*self.parties)
        return node("flag", f"({quantifier} of {person}.nationality in ", self.countries(0), ")")

    def _row_test(self, depth: int) -> Node:
        row, item = self.pick(*self.rows), self.pick(*self.items)
        made = [
            f"({row}.most >= {item}.value)",
            f"({row}.on)",
            f"({row}.kind = {self.pick(*WORDS['Mode'])})",
            f"({row}.stand >= case_by_case)",
            f"(ua in {row}.for_)",
        ]
        if self.codes:
            made.append(f"({item}.code in {row}.codes)")
        if self.root:
            made += [f"({row}.kind = mode)", f"(destination in {row}.to)"]
        del depth
        return node("flag", self.pick(*made))

    # ── codes ────────────────────────────────────────────────────────────────

    def code_set(self, depth: int) -> Node:
        if depth > 0 and self.often(0.35):
            op = self.pick("+", "-", "&", "+")
            return node("codes", "(", self.code_set(depth - 1), f" {op} ", self.code_set(0), ")")
        made = [*CODES, *self.declared.codes, f'{{"{self.pick(*SINGLE_CODES)}", "CN:1A003"}}']
        return node("codes", self.pick(*made))

    def _code_test(self, depth: int) -> Node:
        item = self.pick(*self.items)
        test = self.pick("in", "in", "in", "not in")
        if self.often(0.1):
            return node("flag", f'("{self.pick(*SINGLE_CODES)}" in ', self.code_set(depth), ")")
        return node("flag", f"({item}.code {test} ", self.code_set(depth), ")")

    def _near(self, depth: int) -> Node:
        item = self.pick(*self.items)
        within = self.pick("5%", "20%")
        codes = self.pick("CN[1A009]", "CN[1A009; 1A008]", "CN[1A008]")
        del depth
        return node("flag", f"near({item}, {codes}, within: {within})")

    # ── numbers ──────────────────────────────────────────────────────────────

    def number(self, depth: int) -> Node:
        if depth > 0 and self.often(0.5):
            match self.rng.randrange(9):
                case 0 | 1:
                    op = self.pick("+", "-", "*")
                    return node(
                        "number", "(", self.number(depth - 1), f" {op} ", self.number(0), ")"
                    )
                case 2:
                    return node(
                        "number", "(", self.number(depth - 1), " / ", node("number", "4"), ")"
                    )
                case 3:
                    item = self.pick(*self.items)
                    return node("number", "(", self.money(depth - 1), f" / {item}.value)")
                case 4:
                    rounded = self.pick("ceil", "floor")
                    return node("number", f"{rounded}(", self.number(depth - 1), ")")
                case 5:
                    which = self.pick("max", "min")
                    return node(
                        "number", f"{which}(", self.number(depth - 1), ", ", self.number(0), ")"
                    )
                case 6:
                    return node("number", "(-", self.number(depth - 1), ")")
                case _:
                    return self._aggregate("number", depth)
        made = [*_NUMBERS, *(f"{i}.quantity" for i in self.items), f"{self.items[-1]}.drift"]
        made.append(f"{self.items[-1]}.purity")
        if self.root:
            made += ["size", "size", "drift", *self.declared.numbers]
        made += [f"{d}({self.pick(*self.items)})" for d in self.declared.item_numbers]
        made += [f"{r}.bar" for r in self.rows]
        return node("number", self.pick(*made))

    def money(self, depth: int) -> Node:
        if depth > 0 and self.often(0.45):
            match self.rng.randrange(5):
                case 0:
                    op = self.pick("+", "-")
                    return node("money", "(", self.money(depth - 1), f" {op} ", self.money(0), ")")
                case 1:
                    return node("money", "(", self.money(depth - 1), " * ", self.number(0), ")")
                case 2:
                    which = self.pick("max", "min")
                    return node("money", f"{which}(", self.money(0), ", ", self.money(0), ")")
                case _:
                    return self._aggregate("money", depth)
        made = ["25 USD", "100 USD", *(f"{i}.{f}" for i in self.items for f in ("value", "cost"))]
        if self.root:
            made += ["fee", "25 EUR", *self.declared.moneys] if depth > 0 else ["fee"]
        made += [f"{r}.most" for r in self.rows]
        return node("money", self.pick(*made))

    def _aggregate(self, kind: str, depth: int) -> Node:
        each = self.given(items=("c",))
        domain = self.items_in(depth - 1)
        where: tuple[Part, ...] = ()
        if self.often(0.6):
            where = (" where ", each.flag(depth - 2, positive=False))
        if kind == "number" and self.often(0.4):
            if where and self.often(0.4):
                return node("number", "count(c in ", domain, *where, ")")
            if where:
                return node("number", "count(c for c in ", domain, *where, ")")
            return node("number", "count(c in ", domain, ")")
        field_ = self.pick("value", "cost") if kind == "money" else self.pick("quantity", "drift")
        body: Part = f"c.{field_}"
        if self.often(0.2):
            body = each.money(depth - 2) if kind == "money" else each.number(depth - 2)
        which = self.pick("sum", "sum", "max", "min")
        if which == "sum" or self.often(0.3):
            return node(kind, f"{which}(", body, " for c in ", domain, *where, ")")
        other = "5 USD" if kind == "money" else "3"
        return node(kind, f"({which}(", body, " for c in ", domain, *where, f") or else {other})")

    # ── lists ────────────────────────────────────────────────────────────────

    def items_in(self, depth: int) -> Node:
        item = self.pick(*self.items)
        if depth > 0 and self.often(0.25):
            return node("items", "({", item, "} + ", self.items_in(depth - 1), ")")
        made = [f"{item}.components", f"{item}.components", f"parts({item})"]
        return node("items", self.pick(*made, f"{{{item}, {self.items[0]}}}"))

    def parties_in(self) -> Node:
        item = self.pick(*self.items)
        if not self.root:
            return node("parties", f"{{{item}.maker, {item}.plant.operator}}")
        made = ("{importer, end_user}", "providers", f"{{{item}.maker, importer}}")
        return node("parties", self.pick(*made, "({actor} + providers)"))

    def listings(self, depth: int) -> Node:
        """The rows of lists on which a party stands."""
        lists = self.declared.lists
        where = self.pick(*lists)
        if len(lists) > 1 and self.often(0.3):
            where = " + ".join(lists[:2])
        more: tuple[Part, ...] = ()
        if self.often(0.35):
            more = (", inherited: cascade 50%",)
            if self.often(0.4):
                more = (*more, ", skip: x where ", self._of_party("x", depth))
        return node("listings", f"entries({self.pick(*self.parties)}, in: {where}", *more, ")")

    def _of_party(self, name: str, depth: int) -> Node:
        each = self.given(parties=(name,) * 3)
        return each.flag(min(depth, 1) - 1, positive=False)

    def _owned(self, depth: int) -> Node:
        if not self.declared.lists or self.often(0.25):
            by: tuple[Part, ...] = ("x where ", self._of_party("x", depth))
        else:
            by = (
                " + ".join(
                    self.rng.sample(self.declared.lists, self.pick(1, len(self.declared.lists)))
                ),
            )
        bar = self.pick("at_least: 50%", "more_than: 50%", "at_least: 25%", "at_least: size / 80")
        options = [
            "",
            ", method: direct",
            ", method: product",
            ", of: votes",
            ", of: seats",
            ", of: any",
            ", together: no",
            ", method: cascade, together: yes",
            *(f", together: {r}" for r in self.declared.joint),
        ]
        more: tuple[Part, ...] = (self.pick(*options),)
        if self.often(0.2):
            more = (*more, ", skip: x where ", self._of_party("x", depth))
        return node("flag", f"owned({self.pick(*self.parties)}, by: ", *by, f", {bar}", *more, ")")

    def _listed(self, depth: int) -> Node:
        if not self.declared.lists:
            return self._party_test(depth)
        person, where = self.pick(*self.parties), self.pick(*self.declared.lists)
        if self.often(0.4):
            return node("flag", self.pick(f"({person} in {where})", f"({where} in {person}.lists)"))
        if self.often(0.4):
            return node("flag", "(count(e in ", self.listings(depth), ") >= 1)")
        quantifier = self.pick("any", "none", "all")
        test = self.pick(
            "e.review >= case_by_case",
            "e.review = denial",
            "ua in e.reach",
            "e.on",
            f'e.list = "{where}"',
        )
        return node(
            "flag", f"({quantifier} e in ", self.listings(depth), " has ", node("flag", test), ")"
        )

    def _knows(self, depth: int) -> Node:
        at = self.pick("", f", at: {self.pick(*_LEVELS)}")
        inside = replace(self, codes=False)
        return node("flag", "knows(", inside.flag(min(depth, 2) - 1, positive=False), at, ")")

    def _quantified(self, depth: int) -> Node:
        quantifier = self.pick("any", "any", "all", "none")
        which = self.rng.randrange(6)
        if which >= 4 and self.declared.tables and self.root:
            each = self.given(rows=("r",))
            table = self.pick(*self.declared.tables)
            body = each.flag(depth - 1, positive=False)
            return node("flag", f"({quantifier} r in {table} has ", body, ")")
        if which == 3:
            each = self.given(parties=("p",))
            body = each.flag(depth - 1, positive=False)
            return node("flag", f"({quantifier} p in ", self.parties_in(), " has ", body, ")")
        if which == 2 and self.root:
            each = self.given(modes=("g",))
            domain = self.pick("modes", "{ma, mb}")
            return node(
                "flag",
                f"({quantifier} g in {domain} has ",
                each.flag(depth - 1, positive=False),
                ")",
            )
        each = self.given(items=("c",))
        body = each.flag(depth - 1, positive=False)
        return node("flag", f"({quantifier} c in ", self.items_in(depth), " has ", body, ")")
