"""The tree of reasons for people: each condition with its truth and the values in it."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from longarm.render.common import visible
from longarm.render.parts import Part, stack
from longarm_dsl.core.formula import Truth
from longarm_dsl.evaluate.explain import Reason
from longarm_dsl.evaluate.explained import Explained

_STYLE = {Truth.YES: "bold green", Truth.NO: "bold red", Truth.UNKNOWN: "bold yellow"}
_STANDS = {Truth.YES: "stands", Truth.NO: "does not stand", Truth.UNKNOWN: "may stand"}


def reason_trees(parts: Sequence[Explained]) -> Table:
    """Every rule that fired or might have, with the whole tree of its condition."""
    shown: list[Part] = []
    for part in parts:
        if part.part:
            shown.append(Text(visible(part.part), style="bold underline"))
        for reason, defeaters in part.trees:
            shown += [_rule(reason, defeaters), Text()]
    return stack(*shown[:-1])


def _rule(reason: Reason, defeaters: Sequence[tuple[str, Truth]]) -> Tree:
    head = Text(visible(reason.text), style="bold").append(" ")
    # A tree's head is a rule: what matters of it is whether it stands.
    tree = Tree(head.append(_STANDS[reason.truth], style=_STYLE[reason.truth]), guide_style="dim")
    for part in reason.parts:
        _grow(tree, part)
    for other, stands in defeaters:
        word = "defeated by" if stands is Truth.YES else "may be defeated by"
        tree.add(Text(f"{word} {visible(other)}"))
    return tree


def _grow(tree: Tree, reason: Reason) -> None:
    text = Text(str(reason.truth), style=_STYLE[reason.truth])
    text.append(f" {visible(_said(reason))}", style="not bold default")
    values = [f"{name} = {value}" for name, value in reason.values if name != value]
    if values:
        text.append(f"  ({visible('; '.join(values))})", style="not bold cyan")
    branch = tree.add(text)
    for part in reason.parts:
        _grow(branch, part)


def _said(reason: Reason) -> str:
    """The condition; `all of` and `any of` where its parts say the rest."""
    for word, short in (("and", "all of"), ("or", "any of")):
        joined = f" {word} ".join(part.text for part in reason.parts)
        if len(reason.parts) > 1 and _bare(joined) == _bare(reason.text):
            return short
    return reason.text


def _bare(text: str) -> str:
    return text.replace("(", "").replace(")", "")
