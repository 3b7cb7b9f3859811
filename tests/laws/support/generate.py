"""Hypothesis strategies: policies with what they mean, and cases with what they leave open."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import product

from hypothesis import strategies as st

from laws.support.policies import (
    AllOf,
    Ban,
    Cond,
    Defeat,
    Effect,
    Env,
    Establish,
    Family,
    Happening,
    Leaf,
    License,
    Not,
    OneOf,
    Policy,
    Report,
    Review,
    Rule,
    lines_in,
    words_in,
)
from laws.support.vocabulary import (
    BOUNDS,
    COARSE,
    DOMAINS,
    EXTRA_ORIGINS,
    EXTRA_VALUES,
    FLAGS,
    GRADES,
    ITEM_VALUES,
    MODES,
    USES,
    Component,
    Value,
    fact_of,
)
from longarm_dsl.core import ast, facts
from longarm_dsl.core.numbers import Interval, point
from longarm_dsl.core.units import MONEY
from longarm_dsl.evaluate.world import Options

MOST = 400
"""Completions of one case that are gone through."""

# ── tests ────────────────────────────────────────────────────────────────────

OPERATORS: dict[str, Callable[[int, int], bool]] = {
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
}


def _rest(env: Env, name: str) -> frozenset[str]:
    return words_in(env[name])


def _number(value: object) -> int:
    assert isinstance(value, int)
    return value


def _lines(env: Env) -> tuple[Component, ...]:
    return lines_in(env["components"])


def _line(env: Env) -> Component:
    found: object = env["c"]
    assert isinstance(found, Component)
    return found


PLACES: dict[str, frozenset[str]] = {
    "= CN": frozenset({"CN"}),
    "!= CN": frozenset({"US", "RU", "FR"}),
    "in east": frozenset({"CN", "RU"}),
    "in east + {US}": frozenset({"CN", "RU", "US"}),
    "in east - {RU}": frozenset({"CN"}),
    "not in {US}": frozenset({"CN", "RU", "FR"}),
}
CODE_SETS: dict[str, frozenset[str]] = {
    "CN[1A001]": frozenset({"1A001.a", "1A001.b"}),
    "CN[1A001.a]": frozenset({"1A001.a"}),
    "CN[1A001 except .a; 1A002]": frozenset({"1A001.b", "1A002"}),
    "CN[2B001]": frozenset({"2B001"}),
}


def _flag(name: str) -> Leaf:
    return Leaf(name, (name,), lambda env: env[name] is True)


def _word(name: str, words: frozenset[str]) -> Leaf:
    text = ", ".join(sorted(words))
    shown = f"{name} = {text}" if len(words) == 1 else f"{name} in {{{text}}}"
    return Leaf(shown, (name,), lambda env: env[name] in words)


def _grade(op: str, bound: str) -> Leaf:
    at = GRADES.index(bound)
    return Leaf(
        f"grade {op} {bound}",
        ("grade",),
        lambda env: OPERATORS[op](GRADES.index(str(env["grade"])), at),
    )


def _place(name: str, test: str) -> Leaf:
    return Leaf(f"{name} {test}", (name,), lambda env: env[name] in PLACES[test])


def _size(op: str, bound: int) -> Leaf:
    return Leaf(
        f"size {op} {bound}", ("size",), lambda env: OPERATORS[op](_number(env["size"]), bound)
    )


def _uses(quantifier: str, words: frozenset[str]) -> Leaf:
    text = f"{quantifier} of uses in {{{', '.join(sorted(words))}}}"
    tests: dict[str, Callable[[frozenset[str]], bool]] = {
        "any": lambda uses: bool(uses & words),
        "all": lambda uses: uses <= words,
        "none": lambda uses: not uses & words,
    }
    return Leaf(text, ("uses",), lambda env: tests[quantifier](_rest(env, "uses")))


def _has(word: str) -> Leaf:
    return Leaf(f"{word} in uses", ("uses",), lambda env: word in _rest(env, "uses"))


def _code(text: str) -> Leaf:
    return Leaf(
        f"item.code in {text}",
        ("item.code",),
        lambda env: bool(_rest(env, "item.code") & CODE_SETS[text]),
    )


def _reading(name: str) -> Leaf:
    return Leaf(f"{name} = wide", (name,), lambda env: env[name] == "wide")


def _status(name: str) -> Leaf:
    def test(env: Env) -> bool:
        meaning: object = env["meaning"]
        return bool(getattr(meaning, "status")(name))  # noqa: B009  the meaning is no fact

    return Leaf(f"{name}(item)", (), test, positive_only=True)


def _lines_test(c: Component, origin: str | None, bound: int | None) -> bool:
    return (origin is None or c.origin == origin) and (bound is None or _number(c.value) >= bound)


def _quantified(quantifier: str, origin: str | None, bound: int | None) -> Leaf:
    body = [f"c.origin = {origin}"] if origin else []
    body += [f"c.value >= {bound} USD"] if bound else []
    tests: dict[str, Callable[[list[bool]], bool]] = {
        "any": any,
        "all": all,
        "none": lambda found: not any(found),
    }
    return Leaf(
        f"{quantifier} c in item.components has {' and '.join(body) or 'c.origin != US'}",
        ("components",),
        lambda env: tests[quantifier](
            [_lines_test(c, origin, bound) if body else c.origin != "US" for c in _lines(env)]
        ),
    )


def _sum(env: Env) -> int:
    return sum(_number(c.value) for c in _lines(env) if c.origin == "CN")


def _total(bound: int) -> Leaf:
    return Leaf(
        f"sum(c.value for c in item.components where c.origin = CN) >= {bound} USD",
        ("components",),
        lambda env: _sum(env) >= bound,
    )


def _count(bound: int) -> Leaf:
    return Leaf(
        f"count(c for c in item.components where c.origin = CN) >= {bound}",
        ("components",),
        lambda env: sum(c.origin == "CN" for c in _lines(env)) >= bound,
    )


SHARE = Leaf(
    "share(item) >= floor",
    ("components", "item.value"),
    lambda env: 4 * _sum(env) >= _number(env["item.value"]),
)

SAME = Leaf(
    "destination = departure",
    ("destination", "departure"),
    lambda env: env["destination"] == env["departure"],
)
APART = Leaf(
    "departure != destination",
    ("destination", "departure"),
    lambda env: env["destination"] != env["departure"],
)


def _marked(env: Env, line: Component) -> bool:
    meaning: object = env["meaning"]
    return bool(getattr(meaning, "marked")(line))  # noqa: B009  the meaning is no fact


SOME_MARKED = Leaf(
    "any c in item.components has t(c)",
    ("components",),
    lambda env: any(_marked(env, c) for c in lines_in(env["components"])),
    positive_only=True,
)
MARKED = Leaf("t(c)", (), lambda env: _marked(env, _line(env)), positive_only=True)

flags = st.sampled_from(FLAGS).map(_flag)
words = st.sets(st.sampled_from(MODES), min_size=1, max_size=2).map(
    lambda w: _word("mode", frozenset(w))
)
plain_leaves = st.one_of(
    flags,
    flags,
    words,
    st.builds(_grade, st.sampled_from(sorted(OPERATORS)), st.sampled_from(GRADES[1:2])),
    st.builds(
        _place, st.sampled_from(("destination", "departure")), st.sampled_from(sorted(PLACES))
    ),
    st.builds(_size, st.sampled_from(sorted(OPERATORS)), st.sampled_from(BOUNDS)),
    st.builds(
        _uses,
        st.sampled_from(("any", "all", "none")),
        st.sets(st.sampled_from(USES), min_size=1, max_size=2).map(frozenset),
    ),
    st.sampled_from(USES).map(_has),
    st.sampled_from(sorted(CODE_SETS)).map(_code),
)
list_leaves = st.one_of(
    st.builds(
        _quantified,
        st.sampled_from(("any", "all", "none")),
        st.sampled_from((None, "CN")),
        st.sampled_from((None, 25)),
    ),
    st.sampled_from((25, 30)).map(_total),
    st.sampled_from((1, 2)).map(_count),
    st.just(SHARE),
    st.sampled_from((SAME, APART)),
)
OF_COMPONENT = (
    Leaf("c.origin = CN", (), lambda env: _line(env).origin == "CN"),
    Leaf("c.origin != CN", (), lambda env: _line(env).origin != "CN"),
    Leaf("c.value >= 25 USD", (), lambda env: _number(_line(env).value) >= 25),
)
OF_MODE = (
    Leaf("mode = g", ("mode",), lambda env: env["mode"] == env["g"]),
    Leaf("g != mb", (), lambda env: env["g"] != "mb"),
)


@cache
def conditions(*, reading: bool, lists: bool) -> st.SearchStrategy[Cond]:
    """Conditions over the tests of a policy; made once, as making strategies is slow."""
    base: st.SearchStrategy[Leaf] = plain_leaves
    if reading:
        base = base | st.just(_reading("y0"))
    return trees(base | list_leaves if lists else base)


def trees(base: st.SearchStrategy[Leaf]) -> st.SearchStrategy[Cond]:
    """Conditions of up to four tests."""
    one: st.SearchStrategy[Cond] = st.one_of(base, base, base.map(Not))
    pair = st.tuples(one, one)
    two: st.SearchStrategy[Cond] = st.one_of(one, pair.map(AllOf), pair.map(OneOf))
    both = st.tuples(one, two)
    return st.one_of(two, both.map(AllOf), both.map(OneOf), two.map(Not))


FLAG_TREES = trees(flags)
REQUIRED: st.SearchStrategy[Effect] = st.sampled_from(
    (License(), License(), License(), Report(), Ban())
)
KINDS = st.sampled_from(("suspends", "uncertain", "amends"))

# ── policies ─────────────────────────────────────────────────────────────────


@st.composite
def policies(draw: st.DrawFn, *, lists: bool = False, events: bool = True) -> Policy:
    """A small policy; without `lists` its questions are independent plain facts."""
    readings = ("y0",) if draw(st.integers(0, 3)) == 3 else ()
    base = conditions(reading=bool(readings), lists=lists)
    statuses: tuple[str, ...] = ("s0", "s1")[: draw(st.integers(0, 2))]
    rules: list[Rule] = []
    for n, status in enumerate(statuses):
        when = draw(base)
        if n and draw(st.booleans()):
            when = AllOf((_status("s0"), when))
        rules.append(Rule(f"e{n}", _instrument(draw), when, (Establish(status),)))
        if draw(st.integers(0, 2)) == 0:
            rules.append(Rule(f"d{n}", _instrument(draw), draw(base), (Defeat((f"e{n}",)),)))
    if lists and draw(st.integers(0, 2)) == 2:
        statuses += ("t",)
        when = draw(st.sampled_from(OF_COMPONENT))
        rules.append(Rule("et", "j0", when, (Establish("t"),), Family("c", "item.components")))
    for n in range(draw(st.integers(1, 5))):
        rules.append(_rule(draw, f"a{n}", base, rules, statuses, lists=lists))
    rules.extend(_reviews(draw, base, rules))
    # What relieves of a review asks whether a license stands: its defeaters defeat no license.
    of_reviews = {r.name for r in rules if r.name.startswith("r")}
    others = [r.name for r in rules if r.name.startswith("a")]
    for n in range(draw(st.integers(0, 2))):
        reviews = of_reviews and draw(st.integers(0, 3)) == 0
        names = st.lists(st.sampled_from(sorted(of_reviews) if reviews else others), min_size=1)
        targets = tuple(dict.fromkeys(draw(names)[:2]))
        defeat = Defeat(targets)
        rules.append(Rule(f"dx{n}", _instrument(draw), draw(base), (defeat,)))
        (of_reviews.add if reviews else others.append)(f"dx{n}")
    policy = Policy(
        tuple(rules),
        (),
        readings,
        statuses,
        draw(FLAG_TREES) if draw(st.integers(0, 4)) == 4 else None,
    )
    return replace(policy, events=_events(draw, policy, base)) if events else policy


def _instrument(draw: st.DrawFn) -> str:
    return draw(st.sampled_from(("j0", "j0", "j1")))


def _joined(draw: st.DrawFn) -> type[AllOf | OneOf]:
    return AllOf if draw(st.booleans()) else OneOf


def _rule(
    draw: st.DrawFn,
    name: str,
    base: st.SearchStrategy[Cond],
    rules: list[Rule],
    statuses: tuple[str, ...],
    *,
    lists: bool,
) -> Rule:
    """A rule that requires, alone or in a family, and perhaps defeats an earlier one as well."""
    family: Family | None = None
    when = draw(base)
    kind = draw(st.integers(0, 7))
    if kind == 0:
        family = Family("g", "{ma, mb, mc}")
        when = _joined(draw)((draw(st.sampled_from(OF_MODE)), when))
    elif kind == 1 and lists:
        family = Family("c", "item.components")
        when = _joined(draw)((draw(st.sampled_from(OF_COMPONENT)), when))
    elif kind == 2 and lists:
        family = Family("g", "modes")
        when = _joined(draw)((draw(st.sampled_from(OF_MODE)), when))
    if statuses and draw(st.integers(0, 1)) == 1:
        status = draw(st.sampled_from(statuses))
        test = _status(status)
        if status == "t":
            test = MARKED if family is not None and family.var == "c" else SOME_MARKED
        when = _joined(draw)((test, when))
    effects: list[Effect] = [draw(REQUIRED)]
    if isinstance(effects[0], License) and draw(st.integers(0, 3)) == 0:
        effects.append(Review(draw(st.integers(1, 5))))
    targets = [r for r in rules if r.name.startswith("a")]
    if targets and draw(st.integers(0, 2)) == 0:
        target = draw(st.sampled_from(targets))
        mode = None
        if target.family is not None and target.family.domain == "{ma, mb, mc}" and family is None:
            mode = draw(st.sampled_from((None, *MODES)))
        defeat = Defeat((target.name,), mode)
        effects = [defeat, *effects] if draw(st.booleans()) else [defeat]
    return Rule(
        name, _instrument(draw), when, tuple(effects), family, draw(st.integers(0, 15)) == 15
    )


def _reviews(draw: st.DrawFn, base: st.SearchStrategy[Cond], rules: list[Rule]) -> Iterator[Rule]:
    licenses = [r for r in rules if r.license]
    if not licenses:
        return
    for n in range(draw(st.integers(0, 3))):
        posture = draw(st.integers(1, 5))
        if draw(st.booleans()):
            home = draw(st.sampled_from(licenses)).instrument
            effect = Review(posture)
        else:
            home = _instrument(draw)
            effect = Review(posture, (draw(st.sampled_from(licenses)).name,))
        yield Rule(f"r{n}", home, draw(base), (effect,))


def _events(
    draw: st.DrawFn, policy: Policy, base: st.SearchStrategy[Cond]
) -> tuple[Happening, ...]:
    found: dict[str, Happening] = {}
    for _ in range(draw(st.sampled_from((0, 0, 1, 2)))):
        kind = draw(KINDS)
        names = [r.name for r in policy.rules if r.family is None]
        if kind != "amends":
            names += policy.instruments
        if not names:
            continue
        target = draw(st.sampled_from(names))
        when = draw(base) if kind == "amends" else None
        made = Happening(kind, target, draw(st.integers(0, 3)) > 0, when)
        found.setdefault(made.name, made)
    return tuple(found.values())


# ── cases ────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class State:
    """A case: what is stated of the facts that a policy reads; None is open."""

    plain: dict[str, Value | None]
    said_unknown: frozenset[str]
    """Open facts that the case writes as `unknown`; the others are absent."""
    components: tuple[Component, ...] | None
    more: bool
    """Whether the list of components is open."""
    item_value: int | None
    events: tuple[str, ...]
    """Doubted events that act on the day."""
    read: frozenset[str]

    @property
    def open(self) -> tuple[str, ...]:
        return tuple(name for name, value in self.plain.items() if value in {None, COARSE})

    def options(self) -> Options:
        return Options(
            readings=tuple(
                (n, str(v)) for n, v in self.plain.items() if n.startswith("y") and v is not None
            )
        )

    def transaction(self, *, closed: bool = False) -> facts.Transaction:
        return facts.Transaction(self.record(), closed)

    def record(self) -> facts.Record:
        fields: dict[str, facts.Fact] = {}
        item: dict[str, facts.Fact] = {}
        for name, value in self.plain.items():
            if name.startswith("y"):
                continue
            place, key = (item, "code") if name == "item.code" else (fields, name)
            if value is not None:
                place[key] = fact_of(name, value)
            elif name in self.said_unknown:
                place[key] = facts.Open(asked=False)
        if self.item_value is not None:
            item["value"] = facts.Scalar(_dollars(self.item_value))
        if self.components is not None:
            item["components"] = facts.Items(
                tuple(_component(c) for c in self.components), self.more
            )
        if item:
            fields["item"] = facts.Record("Item", item)
        return facts.Record("Transaction", fields)

    def completions(self) -> Iterator[State]:
        """Every complete case that this one may turn out to be, by representative values."""
        names = self.open
        for values in product(*(_answers(n, self.plain[n]) for n in names)):
            plain = {**self.plain, **dict(zip(names, values, strict=True))}
            made = replace(self, plain=plain, said_unknown=frozenset())
            for value in self._item_values():
                for components in self._components():
                    yield replace(made, item_value=value, components=components, more=False)

    def _item_values(self) -> tuple[int | None, ...]:
        if self.item_value is not None or "item.value" not in self.read:
            return (self.item_value,)
        return ITEM_VALUES

    def _components(self) -> list[tuple[Component, ...] | None]:
        if "components" not in self.read:
            return [self.components]
        stated = self.components or ()
        filled = [
            tuple(made)
            for made in product(
                *(
                    [
                        Component(o, v)
                        for o in ((c.origin,) if c.origin else EXTRA_ORIGINS)
                        for v in ((c.value,) if c.value else EXTRA_VALUES)
                    ]
                    for c in stated
                )
            )
        ]
        if self.components is not None and not self.more:
            return list(filled)
        extras: list[tuple[Component, ...]] = [
            (),
            *((Component(o, v),) for o in EXTRA_ORIGINS for v in EXTRA_VALUES),
            (Component("CN", 25), Component("FR", 25)),
            (Component("CN", 1), Component("FR", 400)),
        ]
        return [(*f, *e) for f in filled for e in extras]

    def envs(self) -> Iterator[Env]:
        """What the structure reads of this complete case, for each truth of doubted events."""
        env: dict[str, object] = {n: v for n, v in self.plain.items() if v is not None}
        if self.item_value is not None:
            env["item.value"] = self.item_value
        env["components"] = self.components or ()
        for doubts in product((False, True), repeat=len(self.events)):
            yield {**env, **dict(zip(self.events, doubts, strict=True))}

    def size(self) -> int:
        """How many completions there are."""
        total: int = 2 ** len(self.events)
        for name in self.open:
            total *= len(_answers(name, self.plain[name]))
        return total * len(self._item_values()) * len(self._components())


def _answers(name: str, value: Value | None) -> tuple[Value, ...]:
    if value == COARSE:
        return (frozenset({"1A001.a"}), frozenset({"1A001.b"}))
    return ("wide", "narrow") if name.startswith("y") else DOMAINS[name]


def _dollars(number: int) -> Interval:
    return point(number, replace(MONEY, currency="USD"))


def _component(c: Component) -> facts.Record:
    fields: dict[str, facts.Fact] = {}
    if c.origin is not None:
        fields["origin"] = facts.Scalar(ast.Place(c.origin))
    if c.value is not None:
        fields["value"] = facts.Scalar(_dollars(c.value))
    return facts.Record("Item", fields)


@st.composite
def states(draw: st.DrawFn, policy: Policy, *, most: int = MOST) -> State:
    """A case for a policy: each fact absent, stated, or said to be unknown."""
    read = policy.reads
    names = [n for n in read if n in DOMAINS or n in policy.readings]
    plain: dict[str, Value | None] = {}
    said: list[str] = []
    for name in names:
        domain = _answers(name, None)
        open_ = draw(st.integers(0, 3)) > 0
        value = None if open_ else draw(st.sampled_from(domain))
        if name == "item.code" and not open_ and draw(st.integers(0, 3)) == 0:
            value = COARSE
        plain[name] = value
        if open_ and draw(st.booleans()):
            said.append(name)
    components: tuple[Component, ...] | None = None
    more = False
    if "components" in read and draw(st.integers(0, 3)) > 0:
        components = tuple(
            draw(
                st.lists(
                    st.builds(
                        Component,
                        st.sampled_from((None, "CN", "FR", "CN")),
                        st.sampled_from((None, 25, 30, 1)),
                    ),
                    max_size=2,
                )
            )
        )
        more = draw(st.booleans())
    item_value = draw(st.sampled_from((None, 100))) if "item.value" in read else None
    doubts = tuple(e.name for e in policy.events if e.kind == "uncertain" and e.acting)
    state = State(plain, frozenset(said), components, more, item_value, doubts, frozenset(read))
    # Too many completions to go through: state the widest facts.
    while state.size() > most and state.open:
        widest = max(state.open, key=lambda n: len(_answers(n, state.plain[n])))
        value = draw(st.sampled_from(_answers(widest, state.plain[widest])))
        state = replace(state, plain={**state.plain, widest: value})
    if state.size() > most:
        state = replace(
            state,
            item_value=100 if "item.value" in read else None,
            more=False,
            components=state.components or (),
        )
    return state


@st.composite
def situations(
    draw: st.DrawFn, *, lists: bool = False, events: bool = True, most: int = MOST
) -> tuple[Policy, State]:
    """A policy and a case under it."""
    policy = draw(policies(lists=lists, events=events))
    return policy, draw(states(policy, most=most))
