"""The reader: a grammar without conflicts, trees, and one finding for each mistake."""

from __future__ import annotations

import logging
import re
from fractions import Fraction
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lark import Lark, logger

from longarm_dsl.source import Source
from longarm_dsl.surface import ast
from longarm_dsl.surface.keywords import CLAUSES, DECLARATIONS, EVENTS, LINE_WORDS
from longarm_dsl.surface.parser import parse, parse_expression
from longarm_dsl.surface.read import read_source
from longarm_dsl.surface.reader import Trouble, read

ROOT = Path(__file__).parents[2]
POLICIES = sorted((ROOT / "policies").rglob("*.pol"))


def tree(text: str) -> ast.File:
    file, found = parse(Source("test.pol", text))
    assert found == ()
    return file


def findings(text: str) -> list[tuple[str, int, str, str, str | None]]:
    """Name, line, marked text, message and help of each finding."""
    source = Source("test.pol", text)
    _, found = parse(source)
    return [
        (
            d.name,
            source.position(d.primary.span.start)[0],
            d.primary.span.text,
            d.message,
            d.help,
        )
        for d in found
    ]


# ── the grammar ──────────────────────────────────────────────────────────────


def test_the_grammar_has_no_conflicts(caplog: pytest.LogCaptureFixture) -> None:
    logger.propagate = True
    with caplog.at_level(logging.DEBUG, logger=logger.name):
        grammar = files("longarm_dsl").joinpath("grammar", "longarm.lark").read_text("utf-8")
        Lark(
            grammar,
            parser="lalr",
            debug=True,
            import_paths=[str(ROOT / "dsl/longarm_dsl/grammar")],
        )
    assert not [r.getMessage() for r in caplog.records if "onflict" in r.getMessage()]


HEADS = {
    "instrument": 'instrument a "A"',
    "alias": "alias HK as CN",
    "table": "table t (a : text)",
    "list": "list t (a : text)",
    "codes": "codes c = US[3A090]",
    "countries": "countries c = {CN}",
    "entry": 'entry "CN:1" "title"',
    "param": "param p : percent = 1%",
    "reading": "reading r : {yes, no}",
    "let": "let x",
    "status": "status s(x : Item)",
    "rule": "rule r",
    "amends": "amends r",
    "property": 'property "p" for all t in T',
    "case": 'case "c"',
} | {verb: f"{verb} r" for verb in EVENTS}


@pytest.mark.parametrize("declaration", DECLARATIONS)
def test_the_table_of_clauses_says_what_the_grammar_says(declaration: str) -> None:
    """After the head, a line can begin with exactly the clauses of the table."""
    if declaration not in HEADS:
        assert CLAUSES[declaration] == ()
        return
    allowed: set[str] = set()
    for word in sorted({*LINE_WORDS, "as", "where"}):
        outcome = read(f"{HEADS[declaration]}\n  {word} [")
        assert isinstance(outcome, Trouble)
        # The word was taken for a clause if the reader only stopped after it.
        if word not in {outcome.token, "for"}:
            allowed.add(word)
    each = read(f"{HEADS[declaration]}\n  for each [")
    assert isinstance(each, Trouble)
    if each.token.startswith("["):
        allowed.add("for")
    # After an expression `not` goes on with `in`; as a clause only a status has it.
    assert ("not" in CLAUSES[declaration]) == (declaration == "status")
    assert allowed == set(CLAUSES[declaration]) - {"not"}


# ── trees ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", POLICIES, ids=lambda p: p.stem)
def test_policies_are_read_without_findings(path: Path) -> None:
    source, found = read_source(path)
    assert source is not None
    assert found == ()
    assert parse(source)[1] == ()


def value(text: str) -> ast.Expr:
    decl = tree(f"let x = {text}").decls[0]
    assert isinstance(decl, ast.LetDecl)
    return decl.value


def test_precedence() -> None:
    a, b, c = ast.Name("a"), ast.Name("b"), ast.Name("c")
    assert value("a or b and not c") == ast.OrE((a, ast.AndE((b, ast.NotE(c)))))
    assert value("a + b * c") == ast.Arith("+", a, ast.Arith("*", b, c))
    assert value("a - b - c") == ast.Arith("-", ast.Arith("-", a, b), c)
    assert value("a < b <= c") == ast.Chain(a, (("<", b), ("<=", c)))
    assert value("(a or b) and c") == ast.AndE((ast.Paren(ast.OrE((a, b))), c))


def test_a_quantifier_takes_everything_to_its_right() -> None:
    found = value("a and any x in s has b and c")
    assert isinstance(found, ast.AndE)
    last = found.parts[-1]
    assert isinstance(last, ast.Quant)
    assert last.body == ast.AndE((ast.Name("b"), ast.Name("c")))


def test_numbers_are_exact_and_do_not_depend_on_spaces() -> None:
    assert value("0.1%") == value("0.1 %") == ast.NumberLit(Fraction(1, 1000), "%", "0.1%")
    assert value("10_000.50   EUR") == ast.NumberLit(Fraction(20001, 2), "EUR", "10_000.50 EUR")
    assert value("US[3A090;4A090]") == value("US[ 3A090 ;\n 4A090 ]")


def test_keywords_are_names_where_no_keyword_can_stand() -> None:
    file = tree('rule rule "R"\n  when note = list and case.from\n  then flags source\n')
    decl = file.decls[0]
    assert isinstance(decl, ast.RuleDecl)
    assert decl.name.text == "rule"


def test_words_of_logic_are_never_names() -> None:
    source = Source("x.pol", "rule r\n  when a and or b\n  then flags f\n")
    (found,) = parse(source)[1]
    assert (found.name, found.primary.span.text) == ("syntax-error", "or")


def test_documentation_belongs_to_what_follows() -> None:
    file = tree('"""one"""\nlet a = 1\nlet b = 2\n"""three\nlines"""\n# and a comment\nlet c = 3\n')
    assert [getattr(d, "doc", "-") for d in file.decls] == ["one", None, "three\nlines"]


def test_a_comment_between_names_is_no_exception() -> None:
    file = tree("rule r\n  then defeats a, # except\n    b except c, d\n")
    rule = file.decls[0]
    assert isinstance(rule, ast.RuleDecl)
    then = rule.clauses[0]
    assert isinstance(then, ast.Then)
    assert isinstance(then.effect, ast.Defeats)
    assert [p.text for p in then.effect.rules.include] == ["a", "b"]
    assert [p.text for p in then.effect.rules.exclude] == ["c", "d"]


def test_a_single_expression() -> None:
    found, problems = parse_expression(Source("v", "10000 EUR"))
    assert problems == ()
    assert found == ast.NumberLit(Fraction(10000), "EUR", "10000 EUR")
    assert parse_expression(Source("v", "1 2 3"))[0] is None
    assert parse_expression(Source("v", "1\nlet y = 2"))[0] is None


# ── mistakes ─────────────────────────────────────────────────────────────────

EIGHT = """instrument mofcom_2025_61
  regime     cn
  issued     2025/10/09

let relief = {emergency_medical, disaster_relief

rule one "One"
  cite      "item 1(1)"
  when      a == b and c
  then      requires licence from MOFCOM

rule two "Two"
  authority MOFCOM
  then      prohibits unless b

rul three "Three"
  when      a
"""


def test_eight_mistakes_give_eight_findings() -> None:
    assert [(name, line, text) for name, line, text, _, _ in findings(EIGHT)] == [
        ("syntax-error", 1, "mofcom_2025_61"),
        ("malformed-date", 3, "2025/10/09"),
        ("unclosed-bracket", 5, "{"),
        ("syntax-error", 9, "=="),
        ("syntax-error", 10, "licence"),
        ("unknown-clause", 13, "authority"),
        ("syntax-error", 14, "unless"),
        ("syntax-error", 16, "rul"),
    ]


def test_what_has_no_mistake_is_still_read() -> None:
    file, _ = parse(Source("test.pol", EIGHT))
    kinds = [type(d).__name__ for d in file.decls]
    assert kinds == ["Instrument", "ErrorDecl", "RuleDecl", "RuleDecl", "ErrorDecl"]
    one = file.decls[2]
    assert isinstance(one, ast.RuleDecl)
    assert [type(c).__name__ for c in one.clauses] == ["Cite"]
    assert one.span.start in file.damaged
    lost = file.decls[1]
    assert isinstance(lost, ast.ErrorDecl)
    assert lost.name == "relief"


def test_an_undamaged_file_says_so() -> None:
    assert tree('rule a "A"\n  then prohibits\n').damaged == frozenset()


RULE = 'rule a "A"\n  when      {}\n'
HINTS = [
    (RULE.format("a == b"), "==", "one `=` compares"),
    (RULE.format("a && b"), "&&", "write `and`"),
    (RULE.format("a || b"), "||", "write `or`"),
    (RULE.format("!a"), "!", "write `not`"),
    (RULE.format("a <> b"), "<>", "write `!=`"),
    (RULE.format("a AND b"), "AND", "did you mean `and`?"),
    (RULE.format("a ≥ b"), "≥", "write `>=`"),
    (RULE.format("a ≠ “x”"), "≠", "write `!=`"),
    (RULE.format("a\u00a0and b"), "\u00a0", "write a plain space"),
    (RULE.format("a = 'x'"), "'", "double quotes"),
    (RULE.format("a;"), ";", "nothing ends a clause"),
    (RULE.format("a,"), ",", "nothing ends a clause"),
    (RULE.format("a and"), "and", "an expression is expected"),
    (RULE.format("(a and b"), "(", "close it with `)`"),
    (RULE.format("f(a, b]"), "(", "close it with `)`"),
    (RULE.format("a in {b, c"), "{", "close it with `}`"),
    (RULE.format("(a and b))"), ")", "remove it"),
    (RULE.format("item.code in US[3A090; 4A090"), "[", "close it with `]`"),
    (RULE.format("a is null"), "null", "is not_known"),
    (RULE.format("a = .5"), ".", "before the point"),
    (RULE.format('a = "x'), '"x', "close it"),
    (RULE.format("商务部 = 1"), "商务部", "in quotes"),
    (RULE.format("a unless b"), "unless", "then defeats"),
    ('rule a "A" priority 3\n', "priority", "then defeats"),
    ('rule a "A"\n  if x\n', "if", "when"),
    ('rule a "A"\n  when x\n  else prohibits\n', "else", "rule of its own"),
    ('rule a "A"\n  when x >= 14\n  priority 3\n', "priority", "then defeats"),
    ('rule a "A" {\n  when x\n}\n', "{", "no braces"),
    ('rule a "A"\n  cit "x"\n', "cit", "did you mean `cite`?"),
    ('rule a "A"\n  when x >= 14\n  thne prohibits\n', "thne", "did you mean `then`?"),
    ('rule a "A"\n  authority BIS\n', "authority", "a clause of an instrument"),
    ('rule a "A"\n  for n in S\n', "for", "for each x in"),
    ('rule a "A"\n  then prohibit\n', "prohibit", "did you mean `prohibits`?"),
    ('rule a "A"\n  then requires licence from BIS\n', "licence", "did you mean `license`?"),
    ('rule a "A"\n  then requires license BIS\n', "BIS", "expected `from`"),
    ('rule a "A"\n  then license\n', "license", "`requires`"),
    ('rule a "A"\n  when\n  then prohibits\n', "when", "say what `when` says"),
    ("instrument a\n  regime cn\n", "a", 'instrument a "…"'),
    ("unit nm\n", "nm", 'unit nm "…"'),
    ('instrument a "A"\n  issued 9 October 2025\n', "9 October 2025", "year, month, day"),
    ('instrument a "A"\n  issued 2025-02-30\n', "2025-02-30", "year, month, day"),
    ('instrument a "A"\n  issued\n  verified 2025-01-01\n', "issued", "a date such as"),
    ("record R\n  a : text\n  b text\n", "b", "b : type"),
    ("record R\n  a : nm >\n  b : text\n", ">", "an expression is expected"),
    ("rul a\n", "rul", "did you mean `rule`?"),
    ("foo bar\n", "foo", "begins with one of"),
    ('cite "x"\n', "cite", "it is a clause of"),
    ("let x 3\n", "3", "`=`"),
    ("let x =\n", "=", "an expression is expected"),
    ('case "c"\n  given { a: 1, b: 2\n  expect us nothing\n', "{", "close it with `}`"),
    ('"""never closed\nrule a\n', '"""', 'close it with `"""`'),
    ("// remark\nlet x = 1\n", "//", "begins with `#`"),
    ('rule a "A"\n  when x\n  then prohibits\n  when y\n', "when", "keep one of the two"),
    ("let x = { a: 1, a: 2 }\n", "a", "keep one of the two"),
]


@pytest.mark.parametrize(("text", "marked", "hint"), HINTS, ids=range(len(HINTS)))
def test_one_narrow_finding_with_a_hint(text: str, marked: str, hint: str) -> None:
    (found,) = findings(text)
    assert found[2] == marked
    assert found[4] is not None
    assert hint in found[4]
    # Good text after the mistake is read: a rule with a mistake hides no other rule.
    after, _ = parse(Source("test.pol", f"{text}\nrule last\n  then prohibits\n"))
    if '"""' not in text:
        last = after.decls[-1]
        assert isinstance(last, ast.RuleDecl)
        assert last.name.text == "last"


def test_an_open_bracket_names_where_reading_stopped() -> None:
    source = Source("t", 'rule a "A"\n  when (x\n  then prohibits\n')
    _, (found,) = parse(source)
    assert [label.span.text for label in found.secondary] == ["then"]


def test_keywords_inside_remarks_and_texts_start_nothing() -> None:
    text = '"""\nrule of thumb\n"""\nrule a "A"\n  # then this\n  note "rule b"\n  when ==\n'
    file, found = parse(Source("t", text))
    assert [d.primary.span.text for d in found] == ["=="]
    assert len(file.decls) == 1


SOUND = 'rule r{} "R"\n  cite      "1"\n  when      a = 1 and b\n  then      prohibits\n'


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from([text for text, _, _ in HINTS if '"""' not in text]), max_size=5),
)
def test_mistakes_do_not_multiply(mistakes: list[str]) -> None:
    """A file of sound rules and mistaken pieces has one finding a piece, all rules read."""
    pieces = [SOUND.format(0)]
    for i, mistake in enumerate(mistakes):
        pieces += [mistake.rstrip("\n") + "\n", SOUND.format(i + 1)]
    file, found = parse(Source("t", "\n".join(pieces)))
    assert len(found) == len(mistakes)
    names = [d.name.text for d in file.decls if isinstance(d, ast.RuleDecl)]
    assert [n for n in names if re.fullmatch(r"r\d", n)] == [
        f"r{i}" for i in range(len(mistakes) + 1)
    ]
