# lark's exceptions carry no types; what is read from them is checked here and nowhere else.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
"""Text to parse tree by the grammar. The only module that knows lark.

Promises: a tree in our own types, or one trouble: what stood where, and what could have.
Lark's reader keeps its own stack, so that depth of nesting never becomes depth of calls.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from lark import Lark
from lark import Token as LarkToken
from lark import Tree as LarkTree
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken
from lark.lexer import PatternStr

from longarm_dsl.lazy_dataclass import dataclass
from longarm_dsl.surface.keywords import EVENTS
from longarm_dsl.surface.tree import Branch, Tree, Word


@dataclass(frozen=True, slots=True)
class Trouble:
    """A syntax error.

    `expected` names terminals, `words` the keywords among them as they are written.
    `at_end`: the text stopped too early, and `start … end` is its last token.
    """

    start: int
    end: int
    token: str
    expected: frozenset[str]
    words: frozenset[str]
    at_end: bool


def read(text: str) -> Branch | Trouble:
    """The parse tree of a text, or its first trouble."""
    try:
        tree = _lark().parse(text)
    except UnexpectedInput as problem:
        return _trouble(problem, text)
    return _neutral(tree)


def tokens(text: str) -> tuple[Word, ...]:
    """Every token of a text without syntax errors; comments and documentation are left out."""
    return tuple(
        Word(str(t.type), str(t), t.start_pos or 0, (t.start_pos or 0) + len(t))
        for t in _lark().parse_interactive(text).iter_parse()
    )


class _WholeWords:
    """Let every word be read as a whole: `noted` is never `note` and a stray `d`.

    Lark looks for keywords as prefixes where no name can stand, and for whole words where
    one can. So a name is let through everywhere, to be refused by the grammar.
    """

    always_accept = ("NAME",)

    def process(self, stream: Iterator[LarkToken]) -> Iterator[LarkToken]:
        """The tokens as they are."""
        return stream


@cache
def _lark() -> Lark:
    return Lark.open_from_package(
        "longarm_dsl",
        "grammar/longarm.lark",
        parser="lalr",
        postlex=_WholeWords(),
        propagate_positions=True,
        maybe_placeholders=False,
    )


@cache
def _keywords() -> dict[str, tuple[str, ...]]:
    """Keywords by terminal."""
    found: dict[str, tuple[str, ...]] = {}
    for terminal in _lark().terminals:
        pattern = terminal.pattern
        if isinstance(pattern, PatternStr) and pattern.value.isidentifier():
            found[terminal.name] = (pattern.value,)
    found["EVENT"] = EVENTS
    found["FOR_EACH"] = ("for each",)
    found["COMPLETENESS"] = ("partial", "complete")
    found["DAYS"] = ("days", "day")
    found["YEARS"] = ("years", "year")
    return found


_WORD_AT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|.", re.DOTALL)


def _trouble(problem: UnexpectedInput, text: str) -> Trouble:
    expected: frozenset[str]
    if isinstance(problem, UnexpectedToken):
        expected = frozenset(str(t) for t in problem.accepts or problem.expected or ())
        token = problem.token
        if token.type == "$END":
            return _made(_last(text), "", expected, at_end=True)
        start = int(token.start_pos or 0)
        return _made((start, start + len(token)), str(token), expected, at_end=False)
    if isinstance(problem, UnexpectedCharacters):
        start = int(problem.pos_in_stream or 0)
        match = _WORD_AT.match(text, start)
        found = match.group() if match else ""
        expected = frozenset(str(t) for t in problem.allowed or ())
        return _made((start, start + max(1, len(found))), found, expected, at_end=False)
    return _made(_last(text), "", frozenset(), at_end=True)


def _made(place: tuple[int, int], token: str, expected: frozenset[str], *, at_end: bool) -> Trouble:
    words = frozenset(word for name in expected for word in _keywords().get(name, ()))
    return Trouble(*place, token, expected, words, at_end)


def _last(text: str) -> tuple[int, int]:
    """The last word of a text whose comments are blanked."""
    end = len(text.rstrip())
    match = re.search(r'(?:"[^"\n]*"|\w+|\S)\Z', text[max(0, end - 80) : end])
    return (end - len(match.group()) if match else max(0, end - 1)), end


def _neutral(root: LarkTree[LarkToken]) -> Branch:
    """Rebuild lark's tree in our types, without recursion: depth is the author's choice."""
    done: dict[int, Tree] = {}
    stack: list[tuple[LarkTree[LarkToken], bool]] = [(root, False)]
    while stack:
        node, ready = stack.pop()
        if not ready:
            stack.append((node, True))
            stack.extend((child, False) for child in node.children if isinstance(child, LarkTree))
            continue
        children: list[Tree] = []
        for child in node.children:
            if isinstance(child, LarkTree):
                children.append(done.pop(id(child)))
            else:
                start = child.start_pos or 0
                children.append(Word(child.type, str(child), start, start + len(child)))
        meta = node.meta
        start = 0 if meta.empty else meta.start_pos
        end = 0 if meta.empty else meta.end_pos
        done[id(node)] = Branch(str(node.data), tuple(children), start, end)
    result = done[id(root)]
    assert isinstance(result, Branch)  # noqa: S101  INVARIANT: the root is a tree
    return result
