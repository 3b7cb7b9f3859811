"""The facts of a case in a `.pol` file as the small tree that every form of a case becomes."""

from __future__ import annotations

from longarm_dsl.core.raw_facts import Raw, RawList, RawPair, RawRecord, RawText
from longarm_dsl.surface import ast as surface


def raw_from_surface(node: surface.Expr) -> Raw:
    """Read the tree of a `.pol` case. An expression that is no fact stays as its text."""
    span = node.span
    match node:
        case surface.Paren(inner):
            return raw_from_surface(inner)
        case surface.RecordLit(pairs):
            return RawRecord(
                tuple(RawPair(p.key.text, raw_from_surface(p.value), p.key.span) for p in pairs),
                span,
            )
        case surface.ListLit(items, is_open):
            return RawList(tuple(raw_from_surface(i) for i in items), is_open, span)
        case surface.SetLit(items):
            return RawList(tuple(raw_from_surface(i) for i in items), open=False, where=span)
        case surface.StringLit(value):
            return RawText(value, quoted=True, where=span)
        case surface.Name(text) | surface.NumberLit(text=text):
            return RawText(text, quoted=False, where=span)
        case surface.Special(word):
            return RawText(word, quoted=False, where=span)
        case surface.DateLit(day):
            return RawText(day.text, quoted=False, where=span)
        case surface.Arith("/", surface.NumberLit(text=above), surface.NumberLit(text=below)):
            return RawText(f"{above}/{below}", quoted=False, where=span)
        case surface.Negative(surface.NumberLit(text=text)):
            return RawText(f"-{text}", quoted=False, where=span)
        case _:
            return RawText(span.text, quoted=False, where=span)
