"""Names and texts of a policy never become code, and mean what they mean.

Every emitted function is read as a tree: it is made of a few kinds of nodes, and whatever
a policy says stands in it as a constant or as letters of a name of our own.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import date

import pytest

from differential.cases import Case, CaseMaker, listed, record
from differential.cases import quoted as as_quoted
from differential.forms import Compiled
from differential.running import seeded
from differential.situations import asked_of, disagreements
from longarm.backends.in_process import compiled_functions
from longarm.backends.python import emit
from longarm.pipeline import compile_sources
from longarm.plan.from_core import plan
from longarm.pool import pool_of
from longarm_dsl.core.formula import Truth
from longarm_dsl.core.program import Program
from longarm_dsl.evaluate.world import Options, World

NASTY = (
    "'); __import__('os').system('false') #",
    '"""\n__import__("os").abort()\n"""',
    "'''",
    "\\",
    "ends in a backslash \\",
    "{} {0} {t} {{x}} %s %(x)s %d $x ${x}",
    "line\nbreak\r\nand\x0bmore\x0c\u2028\u2029\x85",
    "\u202e\u2066 turned \u2069",
    "nul-like \ue000 and \U0010ffff",
    "f'{1/0}'",
    "return 2",
    "import",
    "None",
    "x" * 5000,
    " ",
    "# type: ignore",
    "\N{GREEK SMALL LETTER ALPHA}\N{COMBINING ACUTE ACCENT}",
)

WORDS = (
    *("__import__", "__class__", "__builtins__", "__dict__", "__init__", "__missing__", "_"),
    *("class", "None", "True", "False", "lambda", "def", "return", "import", "yield", "async"),
    *("print", "exec", "eval", "open", "any_", "sum_", "dict", "get", "pop", "keys", "items"),
    *("t", "e", "m", "c", "self", "order", "greatest", "least", "outermost", "Switch", "OPEN"),
    *("ask", "domain", "under", "stood", "value", "thing", "case", "may", "must", "pairs"),
    *("named", "is_open", "asked", "known", "plain", "item", "rule_cn_a_r", "let_x", "verdict"),
)
"""Words of Python, of its objects, and of our own functions."""


def quoted(text: str) -> str:
    """A text as a policy writes it."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def safe(text: str) -> str:
    """What the reader lets stand in a text of a policy, as far as it can be said."""
    return "".join(c for c in text if c.isprintable() or c == "\n")


NODES = (
    *(ast.Module, ast.FunctionDef, ast.arguments, ast.arg, ast.Expr, ast.Return, ast.If),
    *(ast.IfExp, ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.Compare, ast.Call),
    *(ast.Name, ast.Attribute, ast.Subscript, ast.Constant, ast.Dict, ast.Tuple, ast.List),
    *(ast.GeneratorExp, ast.ListComp, ast.comprehension, ast.BinOp, ast.Add, ast.Sub, ast.Mult),
    *(ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Is, ast.IsNot, ast.In, ast.NotIn),
    *(ast.Load, ast.Store, ast.Div, ast.USub),
)
"""All that a decision function is made of."""

OWN = re.compile(r"(rule|let|c|v|x)_[A-Za-z0-9_]*|t|e|m|any|all|sum|order|greatest|least|outermost")
ASKED = frozenset(
    {
        "ask",
        "domain",
        "under",
        "stood",
        "value",
        "thing",
        "may",
        "must",
        "pairs",
        "named",
        "is_open",
    }
)
CALLED = frozenset({"any", "all", "sum", "order", "greatest", "least", "outermost"})


def emitted(program: Program) -> str:
    return emit(program, plan(program, "cn")).text()


def strangers(text: str) -> Iterator[str]:
    """Whatever in some emitted text is not of our making."""
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, NODES):
            yield f"a {type(node).__name__}"
        match node:
            case ast.Name(name) | ast.arg(name) | ast.FunctionDef(name=name):
                if not OWN.fullmatch(name):
                    yield f"the name {name}"
            case ast.Attribute(attr=name) if name not in ASKED:
                yield f"the attribute {name}"
            case ast.Call(func=ast.Name(name)) if name not in CALLED:
                yield f"a call of {name}"
            case ast.FunctionDef(decorator_list=[_, *_]):
                yield "a decorator"
            case _:
                pass


def agree(program: Program, number: int = 6) -> int:
    """Random cases mean the same in both forms; how many members stood in them."""
    maker = CaseMaker(program, pool_of(program), seeded("hostile"))
    form = Compiled(program)
    stood = 0
    for _ in range(number):
        case = maker.case()
        asked = asked_of(program, case, "cn")
        assert disagreements(asked, form) == []
        stood += sum(len(t.stands) for t in form.told(asked))
    return stood


def compiled(text: str, name: str = "cn.a") -> Program:
    made = compile_sources([(name, text)])
    wrong = [d for d in made.found if d.name in {"syntax-error", "unknown-name", "type-mismatch"}]
    assert not wrong, [(d.name, d.message, d.primary.span.text) for d in wrong]
    return made.program


# ── names ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("word", WORDS)
def test_any_word_may_be_a_name(word: str) -> None:
    """Of a field, an enum's word, a rule, a definition, a param, a status, a variable."""
    item = word if word != "item" else "item_"
    text = f"""
enum Mode = {word}, {word}_other
record Party
  id : text
record Item
  {word}     : flag
  size       : number
  components : [Item]
record Transaction
  actor      : Party
  item       : Item
  {item}     : flag
  of_mode    : Mode
  all_modes  : {{Mode}}

instrument a "A"
  regime cn
  issued 2025-01-01

param {word}_p : number = 3
  cite "1"
let {word}_l({word} : Item) = {word}.{word} and {word}.size > {word}_p
status {word}_s({word} : Item) "s"

rule {word} "R"
  cite "1"
  for each {word} in item.components
  when {word}_l({word}) or {word}.size >= 1
  then establishes {word}_s({word})
rule {word}_2 "R"
  cite "2"
  when {item} or any {word} in item.components has {word}.{word} or {word}.size >= {word}_p
  then requires license from {word}
rule {word}_3 "R"
  cite "3"
  when of_mode = {word} or any {word} in all_modes has {word} = of_mode
  then flags {word}
rule {word}_4 "R"
  cite "4"
  when any {word} in item.components has {word}_s({word})
  then charges {word} sum(1 USD for {word} in item.components where {word}.{word})
"""
    program = compiled(text)
    assert list(strangers(emitted(program))) == []
    assert agree(program) > 0


# ── texts ────────────────────────────────────────────────────────────────────


TEXT = """
record Party
  id   : text
  name : text
record Item
  substance : text
  tags      : {{text}}
record Transaction
  actor : Party
  item  : Item

instrument a {0}
  regime cn
  authority {0}
  issued 2025-01-01

list cn.bad {0} (party : Party) complete
adds to cn.bad {{ party: {0} }}
let same(i : Item) = i.substance = {0}

rule r {0}
  cite {0}
  zh {0}
  note {0}
  when item.substance = {0} or {0} in item.tags
  then requires license from {0} {0}
rule s "S"
  cite "2"
  when same(item) or actor in cn.bad
  then prohibits {0}
"""
"""A law that says one text wherever a text may stand."""


@pytest.mark.parametrize("nasty", NASTY, ids=range(len(NASTY)))
def test_any_text_may_be_a_title_a_value_or_a_citation(nasty: str) -> None:
    meant = safe(nasty).strip() or "x"
    said = quoted(meant)
    text = TEXT.format(said)
    program = compiled(text)
    assert list(strangers(emitted(program))) == []
    assert agree(program) > 0
    # The text as such is found, and another is not.
    for stated, truth in ((meant, Truth.YES), ("another", Truth.NO)):
        given = record(
            item=record(substance=as_quoted(stated), tags=listed()),
            actor=record(name=as_quoted("Somebody")),
        )
        asked = asked_of(program, Case(given, "2025-06-01", date(2025, 6, 1)), "cn")
        assert disagreements(asked, Compiled(program)) == []
        (told,) = Compiled(program).told(asked)
        assert told.stands.get("cn.a.r", Truth.NO) is truth


@pytest.mark.parametrize("nasty", NASTY, ids=range(len(NASTY)))
def test_any_name_may_be_that_of_a_file(nasty: str) -> None:
    text = """
record Party
  id : text
record Item
  f : flag
record Transaction
  actor : Party
  item  : Item

instrument a "A"
  regime cn
  issued 2025-01-01

rule r "R"
  cite "1"
  when item.f
  then prohibits
"""
    name = nasty.replace("\0", "")
    program = compiled(text, name)
    assert list(strangers(emitted(program))) == []
    assert agree(program) > 0
    for code in compiled_functions(program).code("cn").functions.values():
        assert set(code.co_names) <= CALLED | ASKED
        assert code.co_filename == f"{name}.pol"


def test_a_surrogate_in_a_text_is_refused_or_harmless() -> None:
    program = compiled(TEXT.format(quoted("a\ud800b")))
    assert list(strangers(emitted(program))) == []
    assert agree(program) > 0


def test_functions_see_nothing_of_python_but_what_they_are_given() -> None:
    program = compiled(TEXT.format(quoted("x")))
    functions = compiled_functions(program)
    world = World(
        program,
        "cn",
        date(2025, 6, 1),
        date(2025, 6, 1),
        Options(),
        asked_of(
            program, Case(record(actor=listed()), "2025-06-01", date(2025, 6, 1)), "cn"
        ).transaction,
    )
    names = functions.epoch(world).names
    assert set(names["__builtins__"]) <= CALLED
    assert not {"open", "exec", "eval", "__import__"} & set(names)
