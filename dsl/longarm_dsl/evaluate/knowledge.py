"""Knowledge: what a condition is over what the actor holds to be so (semantics 1.12)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from longarm_dsl.core import ast, facts
from longarm_dsl.core.formula import NO, YES, Formula, QuestionKind, Truth, ask
from longarm_dsl.core.print import show_expr
from longarm_dsl.core.types import FlagType, RecordType, Type, item_of
from longarm_dsl.evaluate.values import Many, Scalar, Thing, Value, label

if TYPE_CHECKING:
    from longarm_dsl.evaluate.terms import Terms


def knows(terms: Terms, inner: ast.Expr, level: ast.Expr, env: Mapping[str, Value]) -> Formula:
    """Whether the actor holds a condition to be so, at a level or above.

    Yes if it is so over what the awareness records say; no if they are complete and it
    is not; otherwise a question. A notice never satisfies it.
    """
    world = terms.world
    text = show_expr(inner, terms.names(env))
    wanted = terms.value(level, env)
    records = world.field(world.root(), "awareness")
    question = ask(
        f"knows({text})",
        QuestionKind.FACT,
        f"does the actor know ({_level(wanted)} or more) that {text}?",
    )
    if not isinstance(records, Many) or not isinstance(wanted, Scalar):
        return question
    complete = records.open is None
    held: dict[str, facts.Fact] = {}
    for _, record in records.items:
        if not isinstance(record, Thing):
            continue
        of = getattr(world.stated(record, "of"), "value", None)
        at = getattr(world.stated(record, "level"), "value", None)
        if not isinstance(of, str) or not isinstance(at, ast.Word):
            complete = False
            continue
        if not _reaches(terms, at, wanted):
            continue
        complete &= _hold(terms, held, of, world.stated(record, "value"))
    view = replace(world, believed=held, assumed={}, errors={}, chains={})
    mind = replace(terms, world=view, named={}, status=_unheard)
    if held and mind.base(mind.formula(inner, env)) is Truth.YES:
        return YES
    return NO if complete else question


def _unheard(status: str, args: tuple[Value, ...]) -> Formula:
    """A status is a conclusion of law: holding the facts is not holding the conclusion."""
    text = f"{status}({', '.join(label(a) for a in args)})"
    return ask(f"known {text}", QuestionKind.FACT, f"does the actor hold that {text}?")


def _level(wanted: Value) -> str:
    match wanted:
        case Scalar(ast.Word(_, text)):
            return text.replace("_", " ")
        case _:
            return "at the level asked"


def _reaches(terms: Terms, at: ast.Word, wanted: Scalar) -> bool:
    scale = terms.world.program.enums["Level"].values
    if not isinstance(wanted.value, ast.Word):
        return False
    return (
        at.text in scale
        and wanted.value.text in scale
        and scale.index(at.text) >= scale.index(wanted.value.text)
    )


def _hold(terms: Terms, held: dict[str, facts.Fact], of: str, value: facts.Fact | None) -> bool:
    """One awareness record: a path with its value, or a tag of an end use; whether it says what is held.

    Without a value it is the fact as it is that is held; a flag that nobody states, or that was
    asked about in vain, is held to be so.
    """
    uses = terms.world.program.enums.get("Use")
    if uses is not None and of in uses.values:
        word = facts.Scalar(ast.Word("Use", of))
        for name in ("end_use", "possible_end_use"):
            before = held.get(name)
            items = before.items if isinstance(before, facts.Items) else ()
            held[name] = facts.Items((*items, word), open=True)
        return True
    if value is None or isinstance(value, facts.Open):
        value = lookup(terms.world.transaction.record, of)
    if value is None or isinstance(value, facts.Open):
        if not _is_flag(terms, of):
            return False
        value = facts.Scalar(value=True)
    held[of] = value
    return True


def _is_flag(terms: Terms, path: str) -> bool:
    """Whether a path leads to a flag."""
    records = terms.world.program.records
    at: Type | None = RecordType("Transaction")
    for part in _parts(path):
        at = item_of(at) if part.isdigit() and at is not None else at
        if not part.isdigit():
            info = records[at.name].fields.get(part) if isinstance(at, RecordType) else None
            at = None if info is None else info.type
    return isinstance(at, FlagType)


def _parts(path: str) -> list[str]:
    return path.replace("]", "").replace("[", ".").split(".")


def lookup(record: facts.Record, path: str) -> facts.Fact | None:
    """The fact at a path such as `item.components[0].origin`."""
    fact: facts.Fact | None = record
    for part in _parts(path):
        if isinstance(fact, facts.Record):
            fact = fact.fields.get(part)
        elif isinstance(fact, facts.Items) and part.isdigit() and int(part) < len(fact.items):
            fact = fact.items[int(part)]
        else:
            return None
    return fact
