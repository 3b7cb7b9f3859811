"""What is wrong where the grammar stopped, said in the author's terms.

The place where a parser stops is often not the place of the mistake: a bracket that was
never closed, a keyword that was read as a name because something before it is missing.
`complain` finds the place to show and the place from which reading must be given up.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches

from longarm_dsl.diagnostics import Diagnostic, Fix, Label, did_you_mean, error
from longarm_dsl.lazy_dataclass import dataclass
from longarm_dsl.source import Source, Span
from longarm_dsl.surface.keywords import (
    CLAUSES,
    DECLARATIONS,
    LINE_WORDS,
    article,
    homes,
)
from longarm_dsl.surface.reader import Trouble


@dataclass(frozen=True, slots=True)
class Complaint:
    """A diagnostic, and the offset whose clause holds the mistake."""

    diagnostic: Diagnostic
    blame: int


@dataclass(frozen=True, slots=True)
class Scene:
    """Where a trouble happened.

    `masked` is the whole text with comments, documentation and quoted text blanked;
    `start` and `word` are the declaration's offset and first word ("" for none).
    """

    source: Source
    masked: str
    start: int
    end: int
    word: str

    def span(self, start: int, end: int) -> Span:
        """A place in the source."""
        return Span(self.source, start, end)

    def line_start(self, offset: int) -> int:
        """Where the line of an offset begins."""
        return self.masked.rfind("\n", 0, offset) + 1

    def first_word(self, offset: int) -> tuple[int, str]:
        """The first word of the line of an offset, with its place; "" if it has none."""
        match = _FIRST.match(self.masked, self.line_start(offset))
        return (match.start(1), match.group(1)) if match else (offset, "")


_FIRST = re.compile(r"[ \t]*([A-Za-z_]\w*)")
_LINE_WORD = re.compile(r"^[ \t]*([A-Za-z_]\w*)", re.MULTILINE)
_PAIRS = {")": "(", "]": "[", "}": "{"}
_CLOSERS = {opener: closer for closer, opener in _PAIRS.items()}

# What other languages write, what this one writes, and whether it can just be replaced.
_SIGNS: dict[str, tuple[str, str | None]] = {
    "==": ("one `=` compares", "="),
    "===": ("one `=` compares", "="),
    ":=": ("a definition is made with `=`", "="),
    "&&": ("write `and`", "and"),
    "||": ("write `or`", "or"),
    "|": ("write `or`; sets are united with `+`", None),
    "!": ("write `not`", None),
    "<>": ("write `!=`", "!="),
    "=>": ("write `>=`", ">="),
    "=<": ("write `<=`", "<="),
    "->": ("effects are clauses of a rule: `then requires …`", None),
    "//": ("a comment begins with `#`", None),
    "/*": ("a comment begins with `#`", None),
    "--": ("a comment begins with `#`", None),
    ";": ("nothing ends a clause but the next one", ""),
    "'": ('a text stands in double quotes: `"…"`', None),
    "`": ('a text stands in double quotes: `"…"`', None),
    "%": ("a percentage is a number with the sign right after it: `50%`", None),
    "?": ("what is not known is said by `is not_known`, or left out of the case", None),
}
_SIGN_AT = re.compile(r"===|==|:=|&&|\|\||<>|=>|=<|->|//|/\*|--")

_RULE_ABSENT = "write a rule of its own that defeats this one: `then defeats …`"
_ABSENT: dict[str, tuple[str, str]] = {
    "if": ("there is no `if`", "a rule's condition is its `when` clause"),
    "unless": ("there is no `unless`", _RULE_ABSENT),
    "except": ("a condition has no exceptions", _RULE_ABSENT),
    "exempts": ("there is no `exempts`", "an exemption defeats: `then defeats …`"),
    "overrides": ("there is no `overrides`", "write `then defeats …`"),
    "else": ("there is no `else`", "write a rule of its own for the other case"),
    "elif": ("there is no `elif`", "write a rule of its own for the other case"),
    "otherwise": ("there is no `otherwise`", "write a rule of its own for the other case"),
    "priority": (
        "there are no priorities",
        "order decides nothing; write a rule that defeats: `then defeats …`",
    ),
    "allow": ("there is no `allow`", "what nothing requires or prohibits needs no rule"),
    "allows": ("there is no `allows`", "what nothing requires or prohibits needs no rule"),
    "permit": ("there is no `permit`", "what nothing requires or prohibits needs no rule"),
    "permits": ("there is no `permits`", "what nothing requires or prohibits needs no rule"),
    "deny": ("there is no `deny`", "write `then prohibits`"),
    "return": ("there is no `return`", "a definition is an expression: `let name = …`"),
    "function": ("there is no `function`", "write `let name(x : Type) = …`"),
    "def": ("there is no `def`", "write `let name(x : Type) = …`"),
    "import": ("there is no `import`", "write `use module.name`"),
    "contains": ("there is no `contains`", "membership is written `x in set`"),
    "null": ("there is no `null`", "write `none` for no value, `is not_known` for ignorance"),
}

_SPELLINGS = {"licence": "license", "licences": "license", "licenses": "license"}

_TERMS = {
    "NAME": "a name",
    "STRING": 'a text in quotes `"…"`',
    "DATE": "a date such as `2025-12-01`",
    "NUMBER": "a number",
    "FIELD_NAME": "a field name with `:`",
    "EQUALS": "`=`",
    "COLON": "`:`",
    "COMMA": "`,`",
    "RPAR": "`)`",
    "RSQB": "`]`",
    "RBRACE": "`}`",
    "LBRACE": "`{`",
    "PERCENT": "a percentage",
    "UNIT_TYPE": "a unit",
}
_OPERAND = {"NAME", "STRING", "NUMBER", "LPAR", "LBRACE"}
_SAID = 6
_SHORT = 40


def complain(scene: Scene, trouble: Trouble) -> Complaint:
    """The one mistake behind a trouble."""
    if not scene.word and re.match(r"[A-Za-z_]", trouble.token):
        return stray(scene, trouble.start, trouble.token)
    for look in (_bracket, _title, _sign, _swallowed, _absent, _date, _first, _spelling):
        found = look(scene, trouble)
        if found is not None:
            return found
    return _plain(scene, trouble)


def stray(scene: Scene, start: int, word: str) -> Complaint:
    """A word that begins a line at the margin and is no declaration."""
    span = scene.span(start, start + len(word))
    if word in LINE_WORDS:
        message = f"`{word}` stands outside of any declaration"
        help_ = f"it is a clause of {_either(homes(word))}"
    elif word.lower() in _ABSENT:
        message, help_ = _ABSENT[word.lower()]
    else:
        message = f"no declaration begins with `{_short(word)}`"
        help_ = did_you_mean(word.lower(), DECLARATIONS) or (_BEGINNINGS)
    return Complaint(error("syntax-error", message, span, help=help_), start)


_BEGINNINGS = "a declaration begins with one of " + ", ".join(f"`{d}`" for d in DECLARATIONS)


# ── looks, each None where it has nothing to say ─────────────────────────────


def _bracket(scene: Scene, trouble: Trouble) -> Complaint | None:
    opened: list[int] = []
    for i in range(scene.start, trouble.start):
        char = scene.masked[i]
        if char in _CLOSERS:
            opened.append(i)
        elif char in _PAIRS and opened and scene.masked[opened[-1]] == _PAIRS[char]:
            opened.pop()
    here = scene.span(trouble.start, trouble.end)
    if trouble.token in _PAIRS:
        if not opened:
            message = f"`{trouble.token}` closes nothing"
            return _made(scene, trouble.start, message, here, "remove it")
        opener = scene.masked[opened[-1]]
        if opener != _PAIRS[trouble.token]:
            return _unclosed(scene, opened[-1], here, f"`{trouble.token}` does not close it")
        return None
    if trouble.token.startswith("[") and not opened:
        return _code_set(scene, trouble)
    if not opened:
        return None
    if trouble.at_end:
        return _unclosed(scene, opened[-1], None, "")
    for match in _LINE_WORD.finditer(scene.masked, opened[-1], trouble.end):
        if match.group(1) in LINE_WORDS and match.group(1) in CLAUSES.get(scene.word, ()):
            stop = scene.span(match.start(1), match.end(1))
            return _unclosed(scene, opened[-1], stop, "still open at this clause")
    return None


def _unclosed(scene: Scene, opener: int, other: Span | None, why: str) -> Complaint:
    sign = scene.masked[opener]
    span = scene.span(opener, opener + 1)
    finding = error(
        "unclosed-bracket",
        f"`{sign}` is never closed",
        span,
        label="opened here",
        secondary=(Label(other, why),) if other is not None else (),
        help=f"close it with `{_CLOSERS[sign]}`",
    )
    return Complaint(finding, opener)


def _code_set(scene: Scene, trouble: Trouble) -> Complaint | None:
    before = re.search(r"[A-Z][A-Z0-9]*\Z", scene.masked[scene.start : trouble.start])
    if before is None:
        return None
    closer = scene.masked.find("]", trouble.start, scene.end)
    inside = scene.source.text[trouble.start + 1 : closer if closer >= 0 else scene.end]
    clause = next(
        (m for m in _LINE_WORD.finditer(inside) if m.group(1) in LINE_WORDS and m.start()), None
    )
    if closer < 0 or clause is not None:
        return _unclosed(scene, trouble.start, None, "")
    at = next((i for i, c in enumerate(inside) if c in '#"['), 0) + trouble.start + 1
    span = scene.span(at, at + 1)
    message = f"`{scene.source.text[at]}` cannot stand in a set of codes"
    return _made(
        scene, trouble.start, message, span, "between the brackets stand codes and `;` only"
    )


def _title(scene: Scene, trouble: Trouble) -> Complaint | None:
    if set(trouble.expected) != {"STRING"} or not scene.word:
        return None
    head = re.compile(r"\s*\w+(\s+[\w.]+)?").match(scene.masked, scene.start)
    if head is None or scene.masked[head.end() : trouble.start].strip():
        return None
    start = head.start(1) if head.group(1) else scene.start
    start += len(scene.masked[start : head.end()]) - len(scene.masked[start : head.end()].lstrip())
    message = f"{article(scene.word)} needs its title in quotes"
    if scene.word == "workdays":
        message = "a calendar of working days needs its file in quotes"
    shown = scene.masked[scene.start : head.end()].strip()
    return _made(
        scene, trouble.start, message, scene.span(start, head.end()), f'write `{shown} "…"`'
    )


def _sign(scene: Scene, trouble: Trouble) -> Complaint | None:
    if trouble.at_end or trouble.token[:1].isalnum() or trouble.token[:1] in {"_", '"'}:
        return None
    text = scene.masked
    for start in (trouble.start - 1, trouble.start):
        match = _SIGN_AT.match(text, max(start, scene.start))
        if match is not None and match.end() > trouble.start:
            return _replace(scene, match.start(), match.group())
    sign = trouble.token[:1]
    if sign == "{" and scene.first_word(trouble.start)[1] not in {"given", ""}:
        help_ = "blocks have no braces: clauses stand below their declaration"
        return _made(scene, trouble.start, "`{` cannot stand here", _here(scene, trouble), help_)
    if sign == "." and trouble.end < len(text) and text[trouble.end].isdigit():
        help_ = "write a digit before the point: `0.5`"
        return _made(scene, trouble.start, "`.` cannot stand here", _here(scene, trouble), help_)
    if sign in _SIGNS:
        return _replace(scene, trouble.start, sign)
    if sign.isprintable() and sign.isascii():
        return None
    return Complaint(odd_character(scene.source, trouble.start), trouble.start)


def odd_character(source: Source, offset: int) -> Diagnostic:
    """A character outside of quotes that the language does not use."""
    char = source.text[offset]
    plain = _PLAIN.get(char) or unicodedata.normalize("NFKC", char)
    shown = f"`{char}`" if char.isprintable() and not char.isspace() else "the character"
    usable = plain.isascii() and plain.isprintable() and plain.strip() != "" and plain != char
    if char.isspace():
        help_ = "write a plain space"
    elif usable:
        help_ = f"write `{plain}`"
    else:
        help_ = "remove it, or put the text that it belongs to in quotes"
    name = unicodedata.name(char, "a control character").lower()
    message = f"{shown} (U+{ord(char):04X}, {name}) is not used outside of quotes"
    span = Span(source, offset, offset + 1)
    fix = Fix(f"write `{plain}`", span, plain) if usable else None
    return error("unexpected-character", message, span, help=help_, fix=fix)


_PLAIN = {
    "≥": ">=",
    "≤": "<=",
    "≠": "!=",
    "“": '"',
    "”": '"',
    "„": '"',
    "«": '"',
    "»": '"',
    "‘": '"',
    "’": '"',
    "「": '"',
    "」": '"',
    "–": "-",
    "—": "-",
    "−": "-",
    "×": "*",
    "÷": "/",
    "∧": "and",
    "∨": "or",
    "¬": "not",
    "、": ",",
    "。": ".",
    "∈": "in",
}


def _swallowed(scene: Scene, trouble: Trouble) -> Complaint | None:
    """A clause's keyword read as a name, because the line before it is unfinished."""
    start, word = scene.first_word(trouble.start)
    a_field = scene.word == "record" and trouble.token.startswith(":")
    a_clause = word in LINE_WORDS and word in CLAUSES.get(scene.word, ())
    if trouble.at_end or not (a_clause or a_field):
        return None
    if trouble.start != start and scene.masked[start + len(word) : trouble.start].strip():
        return None
    if trouble.start != start and "DOT" not in trouble.expected and not _complete(trouble):
        # After a name a dot or an end can stand; after a keyword neither can.
        return None
    if trouble.start == start and word in trouble.words:
        return None
    before = scene.masked[scene.start : start].rstrip()
    last = re.search(r"(?:\w+|[^\w\s]=?|\"\s*\")\Z", before[-80:])
    if last is None or not before:
        return None
    ending = last.group()
    if trouble.start != start or ending in _UNFINISHED or not _complete(trouble):
        end = scene.start + len(before)
        span = scene.span(end - len(ending), end)
        shown = _short(span.text)
        anything = ending in LINE_WORDS and trouble.expected >= _OPERAND
        unsaid = trouble.start != start or anything
        help_ = _after(ending) if unsaid else _wanted(scene, trouble)
        return _made(scene, span.start, f"`{shown}` has nothing after it", span, help_)
    return None


_OPERATORS = frozenset(
    ("and", "or", "not", "in", "has", "where", "=", "+", "-", "*", "/", "&", "<", ">", "<=", ">=")
) | {"!="}
_UNFINISHED = _OPERATORS | {"of", ",", "to", "from", "by", "as", "is", "with", "upon", ":"}


def _complete(trouble: Trouble) -> bool:
    """Whether the declaration could have ended where the trouble is."""
    return "$END" in trouble.expected


def _after(word: str) -> str:
    if word in _OPERATORS:
        return "an expression is expected after it"
    if word in LINE_WORDS:
        return f"say what `{word}` says, or remove it"
    return "go on after it, or remove it"


def _absent(scene: Scene, trouble: Trouble) -> Complaint | None:
    word = trouble.token.lower()
    if word not in _ABSENT:
        return None
    message, help_ = _ABSENT[word]
    return _made(scene, trouble.start, message, _here(scene, trouble), help_)


def _date(scene: Scene, trouble: Trouble) -> Complaint | None:
    if "DATE" not in trouble.expected or trouble.expected >= _OPERAND:
        return None
    match = re.compile(r"[0-9][0-9A-Za-z./:-]*(?: [A-Za-z]+,? [0-9]+)?").match(
        scene.masked, trouble.start
    )
    if match is None:
        return None
    span = scene.span(match.start(), match.end())
    help_ = "write year, month, day: `2025-12-01`"
    finding = error("malformed-date", f"`{_short(span.text)}` is not a date", span, help=help_)
    return Complaint(finding, span.start)


def _first(scene: Scene, trouble: Trouble) -> Complaint | None:
    """The first word of the line is no clause of this declaration, or is misspelt."""
    start, word = scene.first_word(trouble.start)
    if not word or trouble.at_end or start <= scene.start:
        return None
    own = CLAUSES.get(scene.word, ())
    if trouble.start == start:
        if word in trouble.words:
            return None
        if word in LINE_WORDS and word not in own:
            return _foreign(scene, start, word)
        if not _complete(trouble):
            return None
        return _no_clause(scene, start, word, own)
    # `14` and `thne` on the next line read as a quantity: blame the line's first word.
    if word in LINE_WORDS or word in DECLARATIONS or scene.word == "record":
        return None
    between = scene.masked[start + len(word) : trouble.start]
    if between.strip() or not (word.lower() in _ABSENT or _closest(word, own)):
        return None
    return _no_clause(scene, start, word, own)


def _closest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was meant, if the word is all but that."""
    close = get_close_matches(word.lower(), sorted(known), n=1, cutoff=0.7)
    return close[0] if close else None


def _foreign(scene: Scene, start: int, word: str) -> Complaint:
    span = scene.span(start, start + len(word))
    finding = error(
        "unknown-clause",
        f"{article(scene.word) if scene.word else 'this'} has no `{word}` clause",
        span,
        help=f"it is a clause of {_either(homes(word))}",
    )
    return Complaint(finding, start)


def _no_clause(scene: Scene, start: int, word: str, own: tuple[str, ...]) -> Complaint | None:
    if word.lower() in _ABSENT:
        message, help_ = _ABSENT[word.lower()]
        return _made(scene, start, message, scene.span(start, start + len(word)), help_)
    close = did_you_mean(word.lower(), own)
    if close is None and word[:1].isdigit():
        return None
    span = scene.span(start, start + len(word))
    if scene.word == "record":
        help_ = f"a field is written `{_short(word)} : type`"
        return _made(scene, start, f"`{_short(word)}` is not a field", span, help_)
    if word == "for":
        return _made(scene, start, "`for` is followed by `each`", span, "write `for each x in …`")
    if scene.word == "let" and word.lower() in own:
        help_ = "the clauses of a let stand before its `=`"
        return _made(scene, start, f"`{_short(word)}` cannot stand here", span, help_)
    listed = "it has " + ", ".join(f"`{w}`" for w in own if w != "not") if own else None
    kind = article(scene.word) if scene.word else "this"
    finding = error(
        "unknown-clause",
        f"{kind} has no `{_short(word)}` clause",
        span,
        help=close or listed or "it has no clauses",
    )
    return Complaint(finding, start)


def _spelling(scene: Scene, trouble: Trouble) -> Complaint | None:
    word = trouble.token
    if not re.fullmatch(r"[A-Za-z_]\w*", word):
        return None
    known = _SPELLINGS.get(word.lower())
    if known not in trouble.words:
        known = None
    if known is None:
        known = _closest(word, trouble.words)
    if known is None or known == word:
        return None
    here = _here(scene, trouble)
    finding = error(
        "syntax-error",
        f"`{_short(word)}` cannot stand here",
        here,
        help=f"did you mean `{known}`?",
        fix=Fix(f"write `{known}`", here, known),
    )
    return Complaint(finding, trouble.start)


def _plain(scene: Scene, trouble: Trouble) -> Complaint:
    here = _here(scene, trouble)
    shown = _short(here.text)
    message = (
        f"the declaration stops short after `{shown}`"
        if trouble.at_end
        else f"`{shown}` cannot stand here"
    )
    return _made(scene, trouble.start, message, here, _wanted(scene, trouble))


# ── wording ──────────────────────────────────────────────────────────────────


def _here(scene: Scene, trouble: Trouble) -> Span:
    """The token, at most to the end of its line."""
    stop = scene.source.text.find("\n", trouble.start, trouble.end)
    return scene.span(trouble.start, trouble.end if stop < 0 else max(stop, trouble.start + 1))


def _made(scene: Scene, blame: int, message: str, span: Span, help_: str | None) -> Complaint:
    _ = scene
    return Complaint(error("syntax-error", message, span, help=help_), blame)


def _replace(scene: Scene, start: int, sign: str) -> Complaint:
    help_, instead = _SIGNS[sign]
    span = scene.span(start, start + len(sign))
    fix = None if instead is None else Fix(f"write `{instead}`", span, instead)
    message = f"`{sign}` is not used here"
    return Complaint(error("syntax-error", message, span, help=help_, fix=fix), start)


def _wanted(scene: Scene, trouble: Trouble) -> str:
    """What could have stood there, as far as it is little enough to say."""
    if not scene.word:
        return _BEGINNINGS
    if trouble.expected >= _OPERAND:
        return "an expression is expected here"
    said = [text for kind, text in _TERMS.items() if kind in trouble.expected]
    own = [f"`{w}`" for w in CLAUSES.get(scene.word, ()) if w != "not"]
    if _complete(trouble):
        if trouble.token in {",", "."}:
            return "nothing ends a clause but the next one"
        if not said:
            following = f"a clause ({', '.join(own)}) or " if own else ""
            return f"expected {following}the next declaration"
    else:
        said += ["`(`"] if "LPAR" in trouble.expected else []
        said += [f"`{word}`" for word in sorted(trouble.words)]
    return f"expected {_either(said, quoted=True)}" if said else "remove it"


def _either(words: tuple[str, ...] | list[str], *, quoted: bool = False) -> str:
    said = [w if quoted else article(w) for w in words[: 2 * _SAID]]
    if len(said) == 1:
        return said[0]
    return ", ".join(said[:-1]) + " or " + said[-1]


def _short(token: str) -> str:
    line = token.split("\n", 1)[0]
    return line if len(line) <= _SHORT else line[: _SHORT - 1] + "…"
