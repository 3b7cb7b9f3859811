"""The law of one moment, ready for compiled functions: which versions apply, and constants.

Between two edges of the law every answer of an epoch is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any

from longarm.compiled.reach import Reach
from longarm.compiled.tables import Doubtful, Table, greatest, least, order, scalar
from longarm.compiled.views import exact
from longarm_dsl.core import ast, facts
from longarm_dsl.core.formula import Truth
from longarm_dsl.core.intervals import Comparison, Interval
from longarm_dsl.core.types import BROKEN, TextType, Type
from longarm_dsl.evaluate.network import Network, amended
from longarm_dsl.evaluate.values import Amount, Row, Thing
from longarm_dsl.evaluate.world import World

if TYPE_CHECKING:
    from longarm.compiled.code import Code
    from longarm.plan.ast import Site

Answer = Callable[..., Any]


class Condition:
    """One condition: on plain booleans, and with three values."""

    __slots__ = ("open", "plain")

    def __init__(self, plain: Answer, opened: Answer) -> None:
        self.plain = plain
        self.open = opened


class Version:
    """What a rule says under one set of amendments, and whether that is in force."""

    __slots__ = ("clauses", "family", "gate", "leaf", "member", "suffix", "truth")

    def __init__(
        self,
        suffix: str,
        truth: Truth,
        clauses: ast.Clauses,
        leaf: str,
        family: tuple[str, ...],
        gate: Condition,
        member: Condition | None,
    ) -> None:
        self.suffix = suffix
        self.truth = truth
        self.clauses = clauses
        self.leaf = leaf
        self.family = family
        self.gate = gate
        self.member = member


class Epoch:
    """The law of one regime at one moment, as known on a day, with the chosen readings."""

    def __init__(self, world: World, code: Code) -> None:
        nobody = facts.Transaction(facts.Record("Transaction"))
        self.world = World(
            world.program, world.regime, world.when, world.known, world.options, nobody
        )
        self.code = code
        self.law = Network(self.world)
        self._versions: dict[str, tuple[Version, ...] | None] = {}
        self._conditions: dict[str, Condition] = {}
        self._reach: Reach | None = None
        self._infos: dict[tuple[str, str], ast.FieldInfo] = {}
        self.names = self._constants()

    # ── what functions see as globals ────────────────────────────────────────

    def _constants(self) -> dict[str, Any]:
        """Names of sites with what the law of this moment makes of them."""
        made: dict[str, Any] = {
            "__builtins__": {"any": any, "all": all, "sum": sum},
            "greatest": greatest,
            "least": least,
            "outermost": outermost,
            "order": _ordered,
        }
        for number, (name, site) in enumerate(
            zip(self.code.site_names, self.code.sites, strict=True)
        ):
            match site.kind:
                case "table":
                    made[name] = Table(self._test(site))
                case "number":
                    value = self.law.terms.value(site.expr, {})
                    stated = value.number if isinstance(value, Amount) else None
                    plain = exact(stated) if isinstance(stated, Interval) else None
                    made[name] = Doubtful() if plain is None or plain is stated else plain
                    made[f"{name}__exact"] = stated
                case "fixed":
                    truth = self.law.terms.base(self.law.terms.formula(site.expr, {}))
                    made[name] = Doubtful() if truth is Truth.UNKNOWN else truth is Truth.YES
                    made[f"{name}__may"] = truth is not Truth.NO
                    made[f"{name}__must"] = truth is Truth.YES
                case _:
                    made[name] = number  # what functions ask the network by
        return made

    def _test(self, site: Site) -> Callable[[Any], Truth]:
        terms = self.law.terms

        def truth(value: Any) -> Truth:  # noqa: ANN401  a lowered value
            return terms.base(terms.formula(site.expr, {"x": scalar(value, site.type)}))

        return truth

    def site(self, number: int) -> ast.Expr:
        """The expression of a site."""
        return self.code.sites[number].expr

    # ── functions ────────────────────────────────────────────────────────────

    def condition(self, name: str) -> Condition:
        """A pair of functions, bound to the constants of this moment."""
        found = self._conditions.get(name)
        if found is None:
            code = self.code.functions
            found = Condition(self._bound(code[name]), self._bound(code[f"{name}__open"]))
            self._conditions[name] = found
        return found

    def _bound(self, code: CodeType) -> Answer:
        return FunctionType(code, self.names)

    def shared(self, key: str) -> Condition:
        """A definition applied to steady facts."""
        return self.condition(self.code.shared[key])

    def versions(self, rule_id: str) -> tuple[Version, ...] | None:
        """The versions of a rule that may apply; None if it was not compiled."""
        if rule_id not in self._versions:
            self._versions[rule_id] = self._made(rule_id)
        return self._versions[rule_id]

    def _made(self, rule_id: str) -> tuple[Version, ...] | None:
        world = self.world
        rule = world.program.rules[rule_id]
        versions = world.versions(rule_id)
        several = len(versions) > 1
        found: list[Version] = []
        for number, (guard, changes) in enumerate(versions):
            clauses, leaf = rule.clauses, rule_id
            for change in changes:
                clauses = amended(clauses, change.clauses)
                leaf = change.leaf or leaf
            written = self.code.rules.get((rule_id, tuple(c.event for c in changes)))
            if written is None:
                return None
            base = self.law.terms.base
            truth = min(base(world.in_force(leaf)), base(guard))
            if truth is Truth.NO:
                continue
            gate, member, family, _ = written
            suffix = f"~{number + 1}" if several and number else ""
            found.append(
                Version(
                    suffix,
                    truth,
                    clauses,
                    leaf,
                    family,
                    self.condition(gate),
                    self.condition(member) if member is not None else None,
                )
            )
        return tuple(found)

    def reach(self) -> Reach:
        """What leads to the rules that may be in force."""
        if self._reach is None:
            self._reach = Reach(self._leads(), self._narrow)
        return self._reach

    def _narrow(self, number: int) -> bool:
        site = self.code.sites[number]
        return site.kind == "codes" or isinstance(site.type, TextType)

    def _leads(self) -> Iterator[tuple[str, tuple[tuple[tuple[str, ...], int], ...]]]:
        """Each rule with the facts that lead to it; none for one that is always looked at."""
        for rule in self.law.rules():
            versions = self.versions(rule.id)
            acting = self.world.versions(rule.id)
            if versions is None or len(acting) > 1:
                yield rule.id, ()
            elif versions:
                changes = tuple(change.event for _, made in acting for change in made)
                yield rule.id, self.code.rules[rule.id, changes][3]

    # ── the vocabulary ───────────────────────────────────────────────────────

    def info(self, thing: Thing | Row, name: str) -> ast.FieldInfo:
        """What the vocabulary, or a table, says of a field."""
        owner = thing.table if isinstance(thing, Row) else thing.type
        found = self._infos.get((owner, name))
        if found is None:
            program = self.world.program
            if isinstance(thing, Row):
                # Rows of several lists have the columns of each.
                columns = (program.tables[t].columns for t in owner.split("+"))
                type_: Type = next((c[name] for c in columns if name in c), BROKEN)
                found = ast.FieldInfo(name, type_)
            else:
                record = program.records.get(owner)
                declared = record.fields.get(name) if record is not None else None
                found = declared or ast.FieldInfo(name, BROKEN)
            self._infos[owner, name] = found
        return found


def _ordered(op: str, number: Any, bound: Interval) -> int:  # noqa: ANN401  a lowered value
    return order(Comparison(op), number, bound)


def outermost(found: list[Any]) -> list[Any]:
    """Of parts that lie within one another those that lie in no other: counted whole."""
    paths = [each.thing.path for each in found]
    return [
        each
        for each, path in zip(found, paths, strict=True)
        if not any(path.startswith(f"{p}.components[") for p in paths)
    ]


__all__ = ["Condition", "Epoch", "Version", "outermost"]
