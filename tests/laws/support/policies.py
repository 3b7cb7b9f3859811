"""Random small policies: a structure, its text as `.pol`, and what it means on a complete case.

The meaning here is plain booleans over the structure and shares no code with the
evaluator: rules fire, defeat, stand; the outcome is the join (semantics 1.3 to 1.5).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TypeAlias, cast

from laws.support.vocabulary import VOCABULARY, Component, Value
from longarm.pipeline import compile_sources
from longarm_dsl.core.program import Program

Env: TypeAlias = Mapping[str, object]
"""A complete case: plain facts, `item.value`, `components`, readings and doubted events."""


def words_in(value: object) -> frozenset[str]:
    """A set of words, as a complete case holds it."""
    assert isinstance(value, frozenset)
    return cast("frozenset[str]", value)


def lines_in(value: object) -> tuple[Component, ...]:
    """The components, as a complete case holds them."""
    assert isinstance(value, tuple)
    return cast("tuple[Component, ...]", value)


POSTURES = ("none", "approval_presumed", "standard", "case_by_case", "denial_presumed", "denial")
LEVELS = ("nothing", "report", "license", "prohibited")

# ── conditions ───────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Leaf:
    """A test with its text, the facts it reads, and its truth on a complete case."""

    text: str
    reads: tuple[str, ...]
    test: Callable[[Env], bool] = field(compare=False, repr=False)
    positive_only: bool = False
    """A test of a status: may not be negated."""


@dataclass(frozen=True)
class Not:
    inner: Cond


@dataclass(frozen=True)
class AllOf:
    parts: tuple[Cond, ...]


@dataclass(frozen=True)
class OneOf:
    parts: tuple[Cond, ...]


Cond: TypeAlias = Leaf | Not | AllOf | OneOf


def holds(cond: Cond, env: Env) -> bool:
    match cond:
        case Leaf():
            return cond.test(env)
        case Not(inner):
            return not holds(inner, env)
        case AllOf(parts):
            return all(holds(p, env) for p in parts)
        case OneOf(parts):
            return any(holds(p, env) for p in parts)


def text_of(cond: Cond) -> str:
    match cond:
        case Leaf(text):
            return f"({text})"
        case Not(inner):
            return f"(not {text_of(inner)})"
        case AllOf(parts):
            return "(" + " and ".join(text_of(p) for p in parts) + ")"
        case OneOf(parts):
            return "(" + " or ".join(text_of(p) for p in parts) + ")"


def leaves(cond: Cond) -> tuple[Leaf, ...]:
    match cond:
        case Leaf():
            return (cond,)
        case Not(inner):
            return leaves(inner)
        case AllOf(parts) | OneOf(parts):
            return tuple(leaf for p in parts for leaf in leaves(p))


def respelled(cond: Cond) -> Cond:
    """De Morgan, distribution, absorption and order: what keeps every three-valued result."""
    match cond:
        case Leaf():
            return OneOf((cond, AllOf((cond, cond)))) if cond.positive_only else Not(Not(cond))
        case Not(AllOf(parts)):
            return OneOf(tuple(respelled(Not(p)) for p in reversed(parts)))
        case Not(OneOf(parts)):
            return AllOf(tuple(respelled(Not(p)) for p in reversed(parts)))
        case Not(Not(inner)):
            return respelled(inner)
        case Not(inner):
            return Not(respelled(inner))
        case AllOf((first, OneOf(parts), *rest)):
            ways = OneOf(tuple(AllOf((respelled(first), respelled(p))) for p in parts))
            return AllOf((ways, *(respelled(p) for p in rest))) if rest else ways
        case OneOf((first, AllOf(parts), *rest)):
            both = AllOf(tuple(OneOf((respelled(first), respelled(p))) for p in parts))
            return OneOf((both, *(respelled(p) for p in rest))) if rest else both
        case AllOf(parts):
            if any(leaf.positive_only for leaf in leaves(cond)):
                return AllOf(tuple(respelled(p) for p in reversed(parts)))
            return Not(OneOf(tuple(Not(respelled(p)) for p in parts)))
        case OneOf(parts):
            if any(leaf.positive_only for leaf in leaves(cond)):
                return OneOf(tuple(respelled(p) for p in reversed(parts)))
            return Not(AllOf(tuple(Not(respelled(p)) for p in parts)))


YES = Leaf("size >= 0", (), lambda _: True)

# ── rules ────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class License:
    pass


@dataclass(frozen=True)
class Report:
    pass


@dataclass(frozen=True)
class Ban:
    pass


@dataclass(frozen=True)
class Review:
    posture: int
    of: tuple[str, ...] = ()
    """License rules; empty: those of the instrument, or the rule itself if it is one."""


@dataclass(frozen=True)
class Defeat:
    targets: tuple[str, ...]
    where: str | None = None
    """Only members of a mode."""


@dataclass(frozen=True)
class Establish:
    status: str


Effect: TypeAlias = License | Report | Ban | Review | Defeat | Establish


@dataclass(frozen=True)
class Family:
    """`for each`: over the words of a mode, over the modes of the case, or over components."""

    var: str
    domain: str


@dataclass(frozen=True)
class Rule:
    name: str
    instrument: str
    when: Cond
    effects: tuple[Effect, ...]
    family: Family | None = None
    future: bool = False
    """Not yet commenced on the day of every case."""

    @property
    def license(self) -> bool:
        return any(isinstance(e, License) for e in self.effects)

    def has(self, kind: type[Effect]) -> bool:
        return any(isinstance(e, kind) for e in self.effects)


@dataclass(frozen=True)
class Happening:
    """An event of another instrument: on an instrument or a rule, acting on the day or not."""

    kind: str
    """`suspends`, `uncertain` or `amends`."""
    target: str
    acting: bool
    when: Cond | None = None
    """What an amendment puts in the place of the condition."""

    @property
    def name(self) -> str:
        return f"{self.kind} {self.target}"


@dataclass(frozen=True)
class Policy:
    rules: tuple[Rule, ...]
    events: tuple[Happening, ...] = ()
    readings: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    binds: Cond | None = None
    """A condition on every rule of `j0`."""

    @property
    def instruments(self) -> tuple[str, ...]:
        return tuple(sorted({"j0", *(r.instrument for r in self.rules)}))

    def conditions(self) -> tuple[Cond, ...]:
        found = [r.when for r in self.rules] + [e.when for e in self.events if e.when is not None]
        return (*found, self.binds) if self.binds is not None else tuple(found)

    @property
    def reads(self) -> tuple[str, ...]:
        """The facts that some condition reads, families included."""
        found = dict.fromkeys(
            f for c in self.conditions() for leaf in leaves(c) for f in leaf.reads
        )
        for rule in self.rules:
            if rule.family is not None and rule.family.domain == "modes":
                found["modes"] = None
            if rule.family is not None and rule.family.domain == "item.components":
                found["components"] = None
        return tuple(found)

    @property
    def plain(self) -> bool:
        """Whether every question is one independent fact, reading or event."""
        related = any(len(leaf.reads) > 1 for c in self.conditions() for leaf in leaves(c))
        return (
            not related
            and not {"components", "item.value"} & set(self.reads)
            and all(r.family is None or r.family.domain != "modes" for r in self.rules)
        )


# ── text ─────────────────────────────────────────────────────────────────────

ISSUED, DAY = "2025-01-01", "2025-06-01"


def effect_text(effect: Effect) -> str:
    match effect:
        case License():
            return "requires license from A"
        case Report():
            return "requires report to A"
        case Ban():
            return "prohibits"
        case Review(posture, of):
            return f"reviews {POSTURES[posture]}" + (f" of {', '.join(of)}" if of else "")
        case Defeat(targets, where):
            return f"defeats {', '.join(targets)}" + (f" where g = {where}" if where else "")
        case Establish(status):
            return f"establishes {status}({'c' if status == 't' else 'item'})"


def rule_text(rule: Rule) -> str:
    lines = [f'rule {rule.name} "R"', '  cite "1"']
    if rule.future:
        lines.append("  effective from 2030-01-01")
    if rule.family is not None:
        lines.append(f"  for each {rule.family.var} in {rule.family.domain}")
    lines.append(f"  when {text_of(rule.when)}")
    lines.extend(f"  then {effect_text(e)}" for e in rule.effects)
    return "\n".join(lines)


def head(name: str, issued: str, binds: Cond | None = None) -> str:
    bound = f"  binds {text_of(binds)}\n" if binds is not None else ""
    return (
        f'instrument {name} "J"\n  regime cn\n  authority A\n  issued {issued}\n'
        f"  verified 2026-01-01\n{bound}\nuse common\n"
    )


LETS = """
param floor : percent = 25%
  cite "1"
let share(n : Item) = sum(c.value for c in n.components where c.origin = CN) / n.value
"""


def sources(policy: Policy, *, turned: bool = False) -> list[tuple[str, str]]:
    """The files of a policy; `turned` puts rules and files in the opposite order."""
    made = [("common", VOCABULARY)]
    for name in policy.instruments:
        binds = policy.binds if name == "j0" else None
        parts = [head(name, ISSUED, binds)]
        uses = [n for n in policy.instruments if n != name]
        if name == "j0":
            parts.extend(
                f'reading {r} : {{wide, narrow}}\n  cite "1"\n  open "?"' for r in policy.readings
            )
            parts.extend(f'status {s}(i : Item) "s"' for s in policy.statuses)
            parts.append(LETS)
        parts[0] += "".join(f"use cn.{n}\n" for n in uses)
        rules = [rule_text(r) for r in policy.rules if r.instrument == name]
        parts.extend(reversed(rules) if turned else rules)
        made.append((f"cn.{name}", "\n\n".join(parts)))
    for number, event in enumerate(policy.events):
        parts = [head(f"e{number}", "2025-02-01")]
        parts[0] += "".join(f"use cn.{n}\n" for n in policy.instruments)
        start = "2025-03-01" if event.acting else "2025-08-01"
        if event.kind == "amends":
            assert event.when is not None
            parts.append(f"amends {event.target} from {start}\n  when {text_of(event.when)}")
        else:
            because = '\n  because "nobody knows"' if event.kind == "uncertain" else ""
            parts.append(f"{event.kind} {event.target} from {start}{because}")
        made.append((f"cn.e{number}", "\n\n".join(parts)))
    return made[::-1] if turned else made


BROKEN = frozenset(
    {"syntax-error", "unknown-name", "type-mismatch", "unknown-clause", "cyclic-defeat"}
    | {"ambiguous-name", "unknown-field", "missing-clause", "wrong-arguments", "unknown-target"}
    | {"cyclic-definition", "cyclic-events", "idle-review", "negated-status", "duplicate-name"}
)


@cache
def compiled(texts: tuple[tuple[str, str], ...]) -> Program:
    """Compile texts that hold together; the checker may still find them odd."""
    made = compile_sources(texts)
    wrong = [(d.name, d.message, d.primary.span.text) for d in made.found if d.name in BROKEN]
    assert not wrong, (wrong, texts)
    return made.program


def program_of(policy: Policy, *, turned: bool = False) -> Program:
    return compiled(tuple(sources(policy, turned=turned)))


# ── meaning on a complete case ───────────────────────────────────────────────

Member: TypeAlias = "tuple[str, int]"
"""A rule and the number of the member of its family."""


@dataclass
class Meaning:
    """What stands on one complete case."""

    policy: Policy
    env: Env
    fired: dict[Member, bool] = field(default_factory=dict["Member", bool])
    stood: dict[Member, bool] = field(default_factory=dict["Member", bool])

    def rule(self, name: str) -> Rule:
        return next(r for r in self.policy.rules if r.name == name)

    def instances(self, rule: Rule) -> tuple[dict[str, Value | Component], ...]:
        """The values of the family's variable, one per member."""
        if rule.family is None:
            return ({},)
        match rule.family.domain:
            case "item.components":
                return tuple({"c": c} for c in lines_in(self.env["components"]))
            case "modes":
                return tuple({"g": m} for m in sorted(words_in(self.env["modes"])))
            case domain:
                return tuple({"g": w.strip()} for w in domain.strip("{}").split(","))

    def members(self, name: str) -> list[Member]:
        return [(name, n) for n in range(len(self.instances(self.rule(name))))]

    def in_force(self, rule: Rule) -> bool:
        for event in self.policy.events:
            if event.acting and event.target in {rule.name, rule.instrument}:
                if event.kind == "suspends":
                    return False
                if event.kind == "uncertain" and self.env[event.name] is True:
                    return False
        return not rule.future

    def condition(self, rule: Rule) -> Cond:
        for event in self.policy.events:
            if event.kind == "amends" and event.acting and event.target == rule.name:
                assert event.when is not None
                return event.when
        return rule.when

    def fires(self, member: Member) -> bool:
        if member not in self.fired:
            rule = self.rule(member[0])
            local = self.instances(rule)[member[1]]
            env: Env = {**self.env, **local, "meaning": self}
            bound = (
                rule.instrument != "j0"
                or self.policy.binds is None
                or holds(self.policy.binds, self.env)
            )
            self.fired[member] = (
                self.in_force(rule)
                and bound
                and holds(self.condition(rule), env)
                and self.active(rule)
            )
        return self.fired[member]

    def targets(self, rule: Rule) -> list[Member]:
        return [
            m
            for e in rule.effects
            if isinstance(e, Defeat)
            for t in e.targets
            for m in self.members(t)
            if e.where is None or self.instances(self.rule(t))[m[1]].get("g") == e.where
        ]

    def active(self, rule: Rule) -> bool:
        if rule.has(Defeat):
            return any(self.fires(t) for t in self.targets(rule))
        if all(isinstance(e, Review) for e in rule.effects):
            return any(
                self.stands(m)
                for e in rule.effects
                if isinstance(e, Review)
                for name in self.governed(rule, e)
                for m in self.members(name)
            )
        return True

    def governed(self, rule: Rule, review: Review) -> tuple[str, ...]:
        if review.of:
            return review.of
        return tuple(
            r.name for r in self.policy.rules if r.instrument == rule.instrument and r.license
        )

    def stands(self, member: Member) -> bool:
        if member not in self.stood:
            self.stood[member] = self.fires(member) and not any(
                self.stands(d)
                for r in self.policy.rules
                if member in self.targets(r)
                for d in self.members(r.name)
            )
        return self.stood[member]

    def status(self, name: str) -> bool:
        return any(
            self.stands(m)
            for r in self.policy.rules
            if Establish(name) in r.effects
            for m in self.members(r.name)
        )

    def marked(self, line: Component) -> bool:
        """Whether the status of components is established of one."""
        return any(
            self.stands(m)
            for r in self.policy.rules
            if Establish("t") in r.effects
            for m in self.members(r.name)
            if self.instances(r)[m[1]]["c"] == line
        )

    def posture(self, member: Member) -> int:
        reviews: list[int] = []
        for rule in self.policy.rules:
            for effect in rule.effects:
                if not isinstance(effect, Review):
                    continue
                if not effect.of and rule.license:
                    # A license rule's own review is of its own member.
                    if rule.name == member[0]:
                        reviews.append(effect.posture)
                elif member[0] in self.governed(rule, effect) and any(
                    self.stands(m) for m in self.members(rule.name)
                ):
                    reviews.append(effect.posture)
        default = [] if any(p < 2 for p in reviews) else [2]
        return max([1, *reviews, *default])

    def outcome(self) -> tuple[int, int]:
        """Requirement and review, as ranks."""
        requirement = review = 0
        for rule in self.policy.rules:
            for member in self.members(rule.name):
                if not self.stands(member):
                    continue
                for effect in rule.effects:
                    match effect:
                        case Ban():
                            requirement = max(requirement, 3)
                        case License():
                            requirement = max(requirement, 2)
                            review = max(review, self.posture(member))
                        case Report():
                            requirement = max(requirement, 1)
                        case _:
                            pass
        return requirement, review


def outcome(policy: Policy, env: Env) -> tuple[int, int]:
    """The outcome of a complete case."""
    return Meaning(policy, env).outcome()


def respelled_policy(policy: Policy) -> Policy:
    """The same policy with every condition spelled another way."""
    return replace(policy, rules=tuple(replace(r, when=respelled(r.when)) for r in policy.rules))
