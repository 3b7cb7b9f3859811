"""The rule network: members of rule families, what they do, and which stand.

    fires(r)  = in_force(r) and binds(r) and when(r) and active(r)
    stands(r) = fires(r) and no x with "x defeats r" stands(x)

Members are made when first asked for; the graph of defeats and status tests is acyclic,
which the checker proves (semantics 1.2, 1.3).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import field

from longarm_dsl.core import ast
from longarm_dsl.core.codes import CodeSet, falls
from longarm_dsl.core.formula import (
    NO,
    YES,
    Assignment,
    Atom,
    Cell,
    Fires,
    Formula,
    Question,
    QuestionKind,
    Stands,
    Truth,
    ask,
    atoms,
    conj,
    disj,
    negate,
    references,
    truth,
)
from longarm_dsl.core.numbers import Comparison
from longarm_dsl.core.print import show_expr
from longarm_dsl.core.types import POSTURE
from longarm_dsl.evaluate.fitting import fitting_of
from longarm_dsl.evaluate.relations import Relations, relations_of
from longarm_dsl.evaluate.terms import Terms
from longarm_dsl.evaluate.values import (
    OTHER,
    Many,
    Rank,
    Row,
    Scalar,
    Thing,
    Value,
    identity,
    is_other,
    label,
)
from longarm_dsl.evaluate.world import World
from longarm_dsl.lazy_dataclass import dataclass

MAX_MEMBERS = 5_000
"""A family has no more members looked at; the rest counts as one that is open."""


@dataclass(frozen=True, slots=True)
class Review:
    """A posture over some license members."""

    rank: Rank
    governs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a rule family: a rule of its own throughout."""

    id: str
    rule: ast.Rule
    clauses: ast.Clauses
    env: dict[str, Value] = field(hash=False)
    condition: Formula
    """In force, bound, member of the family, and its condition."""
    leaf: str
    """Whose dates apply: the rule's, or those of an amendment that states its own."""

    @property
    def license(self) -> bool:
        """Whether it requires a license."""
        return any(isinstance(e.kind, ast.RequiresLicense) for e in self.clauses.effects or ())

    @property
    def level(self) -> int:
        """Its requirement: 0 nothing, 1 report, 2 license, 3 prohibited."""
        level = 0
        for effect in self.clauses.effects or ():
            match effect.kind:
                case ast.Prohibits():
                    level = max(level, 3)
                case ast.RequiresLicense():
                    level = max(level, 2)
                case ast.RequiresReport():
                    level = max(level, 1)
                case _:
                    pass
        return level


@dataclass(slots=True)
class Network:
    """All rules of one regime over one world."""

    world: World
    without: frozenset[str] = frozenset()
    """Rules that are left out: idle ones, which change nothing."""
    terms: Terms = field(init=False)
    made: dict[str, tuple[Member, ...]] = field(default_factory=dict[str, tuple[Member, ...]])
    by_id: dict[str, Member] = field(default_factory=dict[str, Member])
    making: set[str] = field(default_factory=set[str])
    defeaters: Mapping[str, tuple[str, ...]] = field(init=False)
    establishing: Mapping[str, tuple[str, ...]] = field(init=False)
    classifying: tuple[str, ...] = field(init=False)
    formulas: dict[str, Formula] = field(default_factory=dict[str, Formula])
    beaten: dict[str, tuple[tuple[str, Formula], ...]] = field(
        default_factory=dict[str, tuple[tuple[str, Formula], ...]]
    )
    at_rest: Truths = field(init=False)
    all: tuple[Member, ...] | None = None
    tested: dict[tuple[object, ...], tuple[Formula, tuple[Value, ...]]] = field(
        default_factory=dict[tuple[object, ...], tuple[Formula, tuple[Value, ...]]]
    )
    """Status tests that were asked already, with what they were asked of."""
    licensed: dict[tuple[str, ...], tuple[str, ...]] = field(
        default_factory=dict[tuple[str, ...], tuple[str, ...]]
    )
    """License members that were looked up already, by their rules."""
    subjects: dict[tuple[str, str], tuple[tuple[Value, ...], ...]] = field(
        default_factory=dict[tuple[str, str], tuple[tuple[Value, ...], ...]]
    )
    """What each member establishes each status of."""

    def __post_init__(self) -> None:
        self.terms = Terms(self.world, self._status, self._unmet, self._base, self._classified)
        self.at_rest = Truths(self, {})
        relations = self._relations()
        self.defeaters = relations.defeaters
        self.establishing = relations.establishing
        self.classifying = relations.classifying

    def rules(self) -> Iterator[ast.Rule]:
        """The rules of the regime, by id."""
        for rule in self.world.program.rules.values():
            if rule.regime == self.world.regime:
                yield rule

    def _relations(self) -> Relations:
        return relations_of(self.world.program).get(self.world.regime, Relations())

    def _base(self, formula: Formula) -> Truth:
        return truth(formula, {}, self.at_rest.stands, self.at_rest.fires)

    # ── members ──────────────────────────────────────────────────────────────

    def members(self, rule_id: str) -> tuple[Member, ...]:
        """The members of a rule's family, in each version that may apply."""
        if rule_id in self.made:
            return self.made[rule_id]
        if rule_id in self.without:
            return ()
        if rule_id in self.making:
            return ()  # INVARIANT: the checker has refused such a program
        self.making.add(rule_id)
        rule = self.world.program.rules[rule_id]
        found = tuple(self.made_of(rule))
        self.making.discard(rule_id)
        self.made[rule_id] = found
        for member in found:
            self.by_id[member.id] = member
        return found

    def made_of(self, rule: ast.Rule) -> Iterator[Member]:
        """The members of a rule as it is given, whatever the program says of that name."""
        versions = self.world.versions(rule.id)
        several = len(versions) > 1
        for number, (guard, changes) in enumerate(versions):
            clauses = rule.clauses
            leaf = rule.id
            for change in changes:
                clauses = amended(clauses, change.clauses)
                leaf = change.leaf or leaf
            force = self.world.in_force(leaf)
            if force == NO:
                continue
            for env, membership, text in self.family(rule, clauses):
                suffix = f"[{text}]" if text else ""
                version = f"~{number + 1}" if several and number else ""
                condition = conj((force, guard, self._applies(clauses, env, membership)))
                yield Member(f"{rule.id}{suffix}{version}", rule, clauses, env, condition, leaf)

    def _applies(self, clauses: ast.Clauses, env: dict[str, Value], membership: Formula) -> Formula:
        """Whether a member belongs to the family, is bound, and meets the condition.

        What is asked of an element that nobody has named is asked at once: there may be
        several of them, and each rule may find its own.
        """
        others = {name: label(v) for name, v in env.items() if is_other(v)}
        condition = membership
        asked: list[str] = []
        for part in (clauses.binds, clauses.when):
            for piece in part.parts if isinstance(part, ast.And) else (part,):
                if piece is None or condition == NO:
                    continue
                made = self.terms.formula(piece, env)
                if others and _only_of(made, others.values()):
                    asked.append(show_expr(piece, {**self.terms.names(env), **_anothers(others)}))
                else:
                    condition = conj((condition, made))
        if not asked or condition == NO:
            return condition
        where = " and ".join(dict.fromkeys(a.question.id for a in atoms(membership)))
        text = " and ".join(asked).replace("another.", "its ")
        question = ask(
            f"any other in {where}: {text}",
            QuestionKind.LIST,
            f"is there anything else in {where} with {text}?",
        )
        return conj((condition, question))

    def leaf(self, rule: ast.Rule) -> str:
        """Whose dates apply to the version of a rule that certainly or perhaps acts last."""
        leaf = rule.id
        for change in self.world.versions(rule.id)[0][1]:
            leaf = change.leaf or leaf
        return leaf

    def would(self, rule: ast.Rule) -> Truth:
        """Whether some member would fire if the rule were in force: for explanations only."""
        best = Truth.NO
        for _, changes in self.world.versions(rule.id):
            clauses = rule.clauses
            for change in changes:
                clauses = amended(clauses, change.clauses)
            for env, membership, _ in self.family(rule, clauses):
                condition = membership
                for part in (clauses.binds, clauses.when):
                    if part is not None and condition != NO:
                        condition = conj((condition, self.terms.formula(part, env)))
                best = max(best, self._base(condition))
        return best

    def family(
        self, rule: ast.Rule, clauses: ast.Clauses
    ) -> Iterator[tuple[dict[str, Value], Formula, str]]:
        """Every combination of the generators, with its membership and label."""
        rows: list[tuple[dict[str, Value], Formula, tuple[str, ...]]] = [({}, YES, ())]
        first: dict[str, Many] = {}
        for generator in clauses.each or ():
            after: list[tuple[dict[str, Value], Formula, tuple[str, ...]]] = []
            for env, membership, texts in rows:
                many = self.terms.many(self.terms.value(generator.domain, env))
                first.setdefault(generator.var, many)
                for member, value in many.items:
                    joined = conj((membership, member))
                    if joined != NO:
                        after.append(
                            ({**env, generator.var: value}, joined, (*texts, label(value)))
                        )
                if many.open is not None:
                    other = self.terms.other(many, f" {generator.var} of {rule.id}")
                    doubt = Atom(many.open)
                    after.append(
                        (
                            {**env, generator.var: other},
                            conj((membership, doubt)),
                            (*texts, "other"),
                        )
                    )
                if len(after) > MAX_MEMBERS:
                    # Members nobody looked at may fire: they count as one that is open.
                    text = f"members of {rule.id} beyond {MAX_MEMBERS:,}"
                    doubt = ask(text, QuestionKind.ERROR, f"{text}? (too many to look at)")
                    self.world.errors.setdefault(rule.id, f"more than {MAX_MEMBERS:,} members")
                    unseen = {
                        var: self.terms.other(many, f" {var} of {rule.id}")
                        for var, many in first.items()
                    }
                    after.append((unseen, doubt, ("beyond",)))
                    break
            rows = after
        seen: dict[str, int] = {}
        for env, membership, texts in rows:
            text = ", ".join(texts)
            seen[text] = seen.get(text, 0) + 1
            yield env, membership, text if seen[text] == 1 else f"{text} #{seen[text]}"

    # ── what makes a member fire and stand ───────────────────────────────────

    def fires(self, id_: str) -> Formula:
        """The whole formula of `fires`, with what makes the member active."""
        if id_ not in self.formulas:
            member = self.by_id[id_]
            self.formulas[id_] = conj((member.condition, self.active(member)))
        return self.formulas[id_]

    def active(self, member: Member) -> Formula:
        """What a rule needs beside its condition: something to defeat, a license to speak of."""
        effects = member.clauses.effects or ()
        defeats = [e.kind for e in effects if isinstance(e.kind, ast.Defeats)]
        if defeats:
            return disj(conj((Fires(target), where)) for target, where in self.targets(member))
        if effects and all(needs_license(e.kind) for e in effects):
            governed = {g for e in effects for g in self.governed(member, e.kind)}
            return disj(Stands(g) for g in sorted(governed))
        return YES

    def targets(self, member: Member) -> tuple[tuple[str, Formula], ...]:
        """Members that this one defeats, each under its `where`."""
        found: list[tuple[str, Formula]] = []
        for effect in member.clauses.effects or ():
            if isinstance(effect.kind, ast.Defeats):
                for rule_id in effect.kind.rules.rules:
                    for target in self.members(rule_id):
                        where = self._where(effect.kind, member, target)
                        if where != NO:
                            found.append((target.id, where))
        return tuple(found)

    def _where(self, defeat: ast.Defeats, member: Member, target: Member) -> Formula:
        if defeat.where is None:
            return YES
        return self.terms.formula(defeat.where, {**member.env, **target.env})

    def beaten_by(self, id_: str) -> tuple[tuple[str, Formula], ...]:
        """Members that defeat this one, each under its `where`."""
        if id_ not in self.beaten:
            target = self.by_id[id_]
            found: list[tuple[str, Formula]] = []
            for rule_id in self.defeaters.get(target.rule.id, ()):
                for member in self.members(rule_id):
                    for effect in member.clauses.effects or ():
                        if (
                            isinstance(effect.kind, ast.Defeats)
                            and target.rule.id in effect.kind.rules.rules
                        ):
                            where = self._where(effect.kind, member, target)
                            if where != NO:
                                found.append((member.id, where))
            self.beaten[id_] = tuple(found)
        return self.beaten[id_]

    def governed(self, member: Member, kind: ast.EffectKind) -> tuple[str, ...]:
        """License members that a review, limit or duty with an application governs."""
        match kind:
            case ast.Reviews(_, rules) | ast.Limits(_, rules):
                if not rules.text and member.license:
                    return (member.id,)  # a license rule's own review is of its own member
                licensing = self._relations().licensing
                return self._licensed(tuple(r for r in rules.rules if r in licensing))
            case ast.Obliges():
                return self._licensed(self._relations().licenses.get(member.rule.instrument, ()))
            case _:
                return ()

    def _licensed(self, rules: tuple[str, ...]) -> tuple[str, ...]:
        """The license members of some rules; many duties and reviews ask for the same."""
        found = self.licensed.get(rules)
        if found is None:
            found = tuple(m.id for r in rules for m in self.members(r) if m.license)
            if not self.making:  # what is being made has no members yet
                self.licensed[rules] = found
        return found

    def reviews(self) -> Iterator[tuple[Member, Review]]:
        """Every review of every member."""
        for member in self.doing(ast.Reviews):
            for effect in member.clauses.effects or ():
                if isinstance(effect.kind, ast.Reviews):
                    posture = self.terms.value(effect.kind.posture, member.env)
                    yield member, Review(_rank(posture), self.governed(member, effect.kind))

    def everyone(self) -> tuple[Member, ...]:
        """Every member of every rule of the regime, by rule id."""
        if self.all is None:
            self.all = tuple(m for rule in self.rules() for m in self.members(rule.id))
        return self.all

    def doing(self, *kinds: type[ast.EffectKind]) -> Iterator[Member]:
        """Every member of the rules that have an effect of some kinds in some version."""
        wanted = self._relations().doing(kinds)
        for rule in self.rules():
            if rule.id in wanted:
                yield from self.members(rule.id)

    # ── statuses ─────────────────────────────────────────────────────────────

    def _status(self, status: str, args: tuple[Value, ...]) -> Formula:
        key = (status, *map(identity, args))
        if key not in self.tested:
            self.tested[key] = self._tested(status, args), args
        return self.tested[key][0]

    def _tested(self, status: str, args: tuple[Value, ...]) -> Formula:
        options: list[Formula] = []
        for rule_id in self.establishing.get(status, ()):
            for member in self.members(rule_id):
                if member.condition == NO:
                    continue
                for given in self.established(member, status):
                    same: list[Formula] = []
                    for a, b in zip(given, args, strict=False):
                        same.append(self._alike(a, b))
                        if same[-1] == NO:
                            break
                    else:
                        options.append(conj((*same, Stands(member.id))))
        decl = self.world.program.statuses.get(status)
        if decl is not None and decl.gap is not None:
            text = f"{status}({', '.join(label(a) for a in args)})"
            options.append(ask(text, QuestionKind.GAP, f"{text}? ({decl.gap})"))
        return disj(options)

    def established(self, member: Member, status: str) -> tuple[tuple[Value, ...], ...]:
        """The subjects of which a member establishes a status."""
        key = (member.id, status)
        if key not in self.subjects:
            self.subjects[key] = tuple(
                tuple(self.terms.value(a, member.env) for a in effect.kind.args)
                for effect in member.clauses.effects or ()
                if isinstance(effect.kind, ast.Establishes) and effect.kind.status == status
            )
        return self.subjects[key]

    def _alike(self, one: Value, two: Value) -> Formula:
        same: bool | None
        match one, two:
            case Row(), Row():
                a, b, same = one.label, two.label, one.id == two.id
            case Thing(type=type_), Thing() if type_ != "Party":
                a, b, same = one.path, two.path, one.path == two.path
            case _:
                a, b, same = label(one), label(two), None
        if a != b and OTHER in a and OTHER in b:
            return ask(f"{a} = {b}", QuestionKind.LIST, f"{a} = {b}?")
        if same is not None:
            return YES if same else NO
        return self.terms.compare_values(Comparison.EQUAL, one, two, f"{a} = {b}")

    def _classified(self, item: Thing, codes: CodeSet) -> Formula:
        options: list[Formula] = []
        giving = fitting_of(self.world.program).of(codes).classifying
        for rule_id in self.classifying:
            if rule_id not in giving:
                continue
            for member in self.members(rule_id):
                for effect in member.clauses.effects or ():
                    if not isinstance(effect.kind, ast.Classifies):
                        continue
                    if falls(effect.kind.code, codes) is Truth.NO:
                        continue
                    subject = self.terms.value(effect.kind.item, member.env)
                    if isinstance(subject, Thing):
                        same = self._alike(subject, item)
                        fits = self.terms.reaches(item, effect.kind.code, codes)
                        options.append(conj((same, Stands(member.id), fits)))
        return disj(options)

    def _unmet(self, rules: tuple[str, ...]) -> Formula:
        from longarm_dsl.evaluate.licenses import met  # noqa: PLC0415  mutual recursion

        ids = rules or tuple(r.id for r in self.rules())
        return disj(
            conj((Stands(m.id), negate(met(self, m))))
            for r in ids
            for m in self.members(r)
            if m.level >= 2  # noqa: PLR2004  a license or a ban can be met
        )


@dataclass(slots=True)
class Truths:
    """Kleene truth of every member, given some answers."""

    network: Network
    answers: Assignment
    only: AbstractSet[str] | None = None
    """Members that the answers can touch; the others are as in `beside`."""
    beside: Truths | None = None
    """What holds under fewer of the answers; at rest if nothing else is said."""
    firing: dict[str, Truth] = field(default_factory=dict[str, Truth])
    standing: dict[str, Truth] = field(default_factory=dict[str, Truth])
    known: dict[Formula, Truth] = field(default_factory=dict[Formula, Truth])

    def of(self, formula: Formula) -> Truth:
        """Truth of a formula."""
        return truth(formula, self.answers, self.stands, self.fires, self.known)

    def fires(self, id_: str) -> Truth:
        """Whether a member fires."""
        if self.only is not None and id_ not in self.only:
            return (self.beside or self.network.at_rest).fires(id_)
        if id_ not in self.firing:
            self.firing[id_] = self.of(self.network.fires(id_))
        return self.firing[id_]

    def stands(self, id_: str) -> Truth:
        """Whether a member stands."""
        if self.only is not None and id_ not in self.only:
            return (self.beside or self.network.at_rest).stands(id_)
        if id_ not in self.standing:
            result = self.fires(id_)
            if result is not Truth.NO:
                for other, where in self.network.beaten_by(id_):
                    beaten = min(self.of(where), self.stands(other))
                    result = min(result, beaten.negated)
                    if result is Truth.NO:
                        break
            self.standing[id_] = result
        return self.standing[id_]

    def rank(self, rank: Rank) -> Rank:
        """A posture, fixed if its question is answered."""
        cell = self.answers.get(rank.path)
        if cell is None or rank.low == rank.high:
            return rank
        at = POSTURE.values.index(cell.label)
        return Rank(at, at, rank.path)


def _only_of(formula: Formula, paths: Iterable[str]) -> bool:
    """Whether a condition is open for nothing but elements that nobody has named."""
    if any(True for _ in references(formula)):
        return False
    found = [a.question.id for a in atoms(formula)]
    return bool(found) and all(any(path in id_ for path in paths) for id_ in found)


def _anothers(others: dict[str, str]) -> dict[str, str]:
    """What to call elements that nobody has named."""
    if len(others) == 1:
        return dict.fromkeys(others, "another")
    return {name: f"another {name}" for name in others}


def rank_question(rank: Rank) -> Question:
    """The question that an open posture raises."""
    cells = tuple(Cell(POSTURE.values[i], frozenset()) for i in range(rank.low, rank.high + 1))
    return Question(rank.path, QuestionKind.TERM, f"what is {rank.path}?", lambda _: cells)


def _rank(value: Value) -> Rank:
    match value:
        case Rank():
            return value
        case Scalar(ast.Word(_, text)) if text in POSTURE.values:
            at = POSTURE.values.index(text)
            return Rank(at, at, text)
        case Scalar(ast.NoneValue()):
            return Rank(0, 0, "none")
        case _:
            return Rank(0, len(POSTURE.values) - 1, label(value))


def needs_license(kind: ast.EffectKind) -> bool:
    """Effects that do nothing where no license is required."""
    match kind:
        case ast.Reviews() | ast.Limits():
            return True
        case ast.Obliges(_, _, timing):
            return any(t.kind == "with_application" for t in timing)
        case _:
            return False


def amended(clauses: ast.Clauses, by: ast.Clauses) -> ast.Clauses:
    """Clauses of a new version: those not repeated carry over."""
    return ast.Clauses(
        title=clauses.title if by.title is None else by.title,
        zh=clauses.zh if by.zh is None else by.zh,
        cite=clauses.cite if by.cite is None else by.cite,
        basis=clauses.basis if by.basis is None else by.basis,
        each=clauses.each if by.each is None else by.each,
        binds=clauses.binds if by.binds is None else by.binds,
        when=clauses.when if by.when is None else by.when,
        effects=clauses.effects if by.effects is None else by.effects,
        mirrors=clauses.mirrors if by.mirrors is None else by.mirrors,
    )
