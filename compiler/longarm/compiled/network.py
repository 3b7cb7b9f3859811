"""The rule network with compiled conditions: what fires and stands, found fast.

The network of the reference evaluator, except that the condition of a member comes from
a compiled function, as a settled truth or as one that is open. Families, defeats and
statuses are the reference's own.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from typing import TYPE_CHECKING, Any

from longarm.compiled.views import (
    Case,
    Coded,
    Known,
    Listed,
    Plain,
    Switch,
    lowered,
    plain,
    settled,
)
from longarm_dsl.core import ast
from longarm_dsl.core.formula import NO, YES, Formula, QuestionKind, Truth, ask
from longarm_dsl.core.types import FLAG
from longarm_dsl.evaluate.network import Member, Network, Truths
from longarm_dsl.evaluate.terms import Terms
from longarm_dsl.evaluate.values import ItemCodes, Row, Scalar, Thing, Value, label
from longarm_dsl.evaluate.world import World

if TYPE_CHECKING:
    from longarm.compiled.epoch import Condition, Epoch, Version

_UNKNOWN = ask("open", QuestionKind.FACT, "")
_FORMULAS: dict[Truth, Formula] = {Truth.NO: NO, Truth.UNKNOWN: _UNKNOWN, Truth.YES: YES}


class CompiledNetwork(Network):
    """All rules of one regime over one world, conditions compiled."""

    __slots__ = ("asked", "domains", "epoch", "fallen", "known", "live", "plain")

    def __init__(self, world: World, epoch: Epoch) -> None:
        self.epoch = epoch
        self.live: list[ast.Rule] | None = None
        super().__init__(world)
        self.asked: dict[object, int] = {}
        self.domains: dict[object, Listed] = {}
        self.fallen: dict[object, int] = {}
        self.known = Known(Case(self), world.root())
        self.plain = Plain(self.known)

    def __post_init__(self) -> None:
        """What rules do to each other is the same for all cases of an epoch."""
        self.terms = Terms(self.world, self._status, self._unmet, self._base, self._classified)
        self.at_rest = Truths(self, {})
        law = self.epoch.law
        self.defeaters = law.defeaters
        self.establishing = law.establishing
        self.classifying = law.classifying

    def rules(self) -> Iterator[ast.Rule]:
        """The rules that the case may reach; no other has a member that may fire."""
        if self.live is None:
            rules = self.world.program.rules
            self.live = [rules[id_] for id_ in self.epoch.reach().live(self._stated)]
        return iter(self.live)

    def _stated(self, path: tuple[str, ...]) -> tuple[Hashable, Callable[[int], bool]]:
        """A fact at one place: what tells it apart, and whether the test of a site may hold."""
        found: Any = self.known
        for name in path:
            found = found[name]
        if isinstance(found, Coded):
            return self._coded(found.codes)
        names, tables = self.epoch.code.site_names, self.epoch.names
        return found, lambda site: bool(tables[names[site]].may[found])

    def _coded(self, codes: ItemCodes) -> tuple[Hashable, Callable[[int], bool]]:
        if self.classifying or self.world.program.entries:
            return "classified further", lambda _: True
        serves = self.world.stated(codes.item, "for")
        made = (codes.codes, codes.open, codes.absent, codes.error, codes.item.missing)
        return (*made, repr(serves)), lambda site: self.under(codes, site) > 0

    # ── members ──────────────────────────────────────────────────────────────

    def made_of(self, rule: ast.Rule) -> Iterator[Member]:
        """The members of a rule in the versions that may apply."""
        versions = self.epoch.versions(rule.id)
        if versions is None:
            yield from super().made_of(rule)
            return
        for version in versions:
            yield from self._of_version(rule, version)

    def _of_version(self, rule: ast.Rule, version: Version) -> Iterator[Member]:
        """Members that may fire; the others are as good as absent."""
        bounded = min(version.truth, self._truth(version.gate))
        if bounded is Truth.NO:
            return
        if version.member is None:
            id_ = f"{rule.id}{version.suffix}"
            formula = _FORMULAS[bounded]
            yield Member(id_, rule, version.clauses, {}, formula, version.leaf)
            return
        for env, membership, text in self.family(rule, version.clauses):
            truth = min(bounded, self._base(membership))
            if truth is Truth.NO:
                continue
            truth = min(truth, self._truth(version.member, env, version.family))
            if truth is Truth.NO:
                continue
            id_ = f"{rule.id}[{text}]{version.suffix}" if text else f"{rule.id}{version.suffix}"
            yield Member(id_, rule, version.clauses, env, _FORMULAS[truth], version.leaf)

    def holds(self, condition: Condition) -> Truth:
        """The truth of a condition without variables."""
        return self._truth(condition)

    def _truth(
        self, condition: Condition, env: dict[str, Value] | None = None, names: tuple[str, ...] = ()
    ) -> Truth:
        """Plain booleans first; the first fact that is not plainly known brings three values."""
        if env is None:
            try:
                return Truth.YES if condition.plain(self.plain) else Truth.NO
            except Switch:
                return Truth(condition.open(self.known))
        views = [self.view(env[n]) for n in names]
        try:
            plainly = [plain(self.known.case, v) for v in views]
            return Truth.YES if condition.plain(self.plain, env, *plainly) else Truth.NO
        except Switch:
            return Truth(condition.open(self.known, env, *views))

    def view(self, value: Value) -> Any:  # noqa: ANN401  a lowered value
        """A member of a family as compiled functions read it."""
        type_ = value.type if isinstance(value, Scalar) else FLAG  # only numbers look at it
        return lowered(self.known.case, value, type_)

    # ── what compiled functions ask ──────────────────────────────────────────

    def info(self, thing: Thing | Row, name: str) -> ast.FieldInfo:
        """What the vocabulary, or a table, says of a field."""
        return self.epoch.info(thing, name)

    def ask(self, site: int, env: dict[str, Value]) -> int:
        """The truth of a condition by the reference evaluator, worked out once."""
        key = (site, *(_key(v) for v in env.values()))
        found = self.asked.get(key)
        if found is None:
            found = int(self._base(self.terms.formula(self.epoch.site(site), env)))
            self.asked[key] = found
        return found

    def domain(self, site: int, env: dict[str, Value]) -> Listed:
        """What a loop goes through."""
        key = (site, *(_key(v) for v in env.values()))
        found = self.domains.get(key)
        if found is None:
            many = self.terms.many(self.terms.value(self.epoch.site(site), env))
            made = lowered(self.known.case, many, many.item_type)
            assert isinstance(made, Listed)  # noqa: S101  INVARIANT: a list becomes a Listed
            found = self.domains[key] = made
        return found

    def under(self, codes: ItemCodes, site: int) -> int:
        """Whether an item falls in a set of codes: by a code, an entry, or a rule."""
        key = (codes.path, site)
        found = self.fallen.get(key)
        if found is None:
            container = self.terms.value(self.epoch.site(site), {})
            found = int(self._base(self.terms.belongs(codes, container, "")))
            self.fallen[key] = found
        return found

    def shared(self, key: str, known: Known) -> int:
        """A definition, or a status, of steady facts, with three values."""
        status = self.epoch.code.statuses.get(key)
        if status is not None:
            return self._stood(*status)
        condition = self.epoch.shared(key)
        try:
            return 2 if self.plain[key] else 0
        except Switch:
            return int(condition.open(known))

    def applied(self, key: str, args: tuple[Known, ...]) -> int:
        """A definition of some records, with three values, worked out once for each."""
        place = (key, *(_key(a.thing) for a in args))
        found = self.asked.get(place)
        if found is None:
            condition = self.epoch.shared(key)
            try:
                plain = [Plain(a) for a in args]
                found = 2 if condition.plain(self.plain, *plain) else 0
            except Switch:
                found = int(condition.open(self.known, *args))
            self.asked[place] = found
        return found

    def shared_plainly(self, key: str, plain: Plain) -> bool:
        """The same on plain booleans."""
        status = self.epoch.code.statuses.get(key)
        if status is not None:
            return settled(self._stood(*status))
        return bool(self.epoch.shared(key).plain(plain))

    def _stood(self, rules: tuple[str, ...], gap: bool) -> int:  # noqa: FBT001  as the status says
        """The most that any member of some rules stands; with a gap, never `no`."""
        rest = self.at_rest
        truth = Truth.UNKNOWN if gap else Truth.NO
        for rule in rules:
            for member in self.members(rule):
                truth = max(truth, rest.stands(member.id))
        return int(truth)


def _key(value: Value) -> object:
    return value.id if isinstance(value, Row) else (type(value).__name__, label(value))


__all__ = ["CompiledNetwork"]
