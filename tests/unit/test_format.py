"""The formatter: one layout, the same meaning, every comment, nothing on a second run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from longarm_dsl.source import Source
from longarm_dsl.surface.format import format_source
from longarm_dsl.surface.layout import WIDTH, cells
from longarm_dsl.surface.parser import parse
from longarm_dsl.surface.reader import tokens
from longarm_dsl.surface.scan import trivia

ROOT = Path(__file__).parents[2]
POLICIES = sorted((ROOT / "policies").rglob("*.pol"))
SAMPLES = re.findall(
    r"^```pol\n(.*?)^```$",
    (ROOT / "dsl/conformance/syntax/samples.md").read_text("utf-8"),
    re.MULTILINE | re.DOTALL,
)


def formatted(text: str) -> str:
    result, found = format_source(Source("test.pol", text))
    assert found == ()
    assert result is not None
    return result


def same_meaning(left: str, right: str) -> bool:
    return parse(Source("a", left))[0] == parse(Source("b", right))[0]


def remarks(text: str) -> list[str]:
    """Every comment, also where two came to stand at the end of one line."""
    found = [r.text for r in trivia(Source("test.pol", text))]
    return [part.strip() for text in found for part in re.split(r"(?=#)", text) if part.strip()]


@pytest.mark.parametrize("path", POLICIES, ids=lambda p: p.stem)
def test_policies_keep_their_meaning_and_settle(path: Path) -> None:
    text = path.read_text("utf-8")
    once = formatted(text)
    assert same_meaning(text, once)
    assert remarks(once) == remarks(text)
    assert formatted(once) == once


@pytest.mark.parametrize("text", SAMPLES, ids=range(len(SAMPLES)))
def test_samples_keep_their_meaning_and_settle(text: str) -> None:
    once = formatted(text)
    assert same_meaning(text, once)
    assert remarks(once) == remarks(text)
    assert formatted(once) == once


@pytest.mark.parametrize("text", SAMPLES, ids=range(len(SAMPLES)))
def test_lines_fit_unless_one_word_is_longer(text: str) -> None:
    for line in formatted(text).splitlines():
        code = line.split("  #")[0]
        assert cells(code) <= WIDTH or " " not in code.strip()


def squeezed(text: str) -> str:
    return re.sub(r"\n\n+", "\n", text)


@st.composite
def shuffled(draw: st.DrawFn, *, comments: bool) -> tuple[str, str]:
    """A sample without remarks, and the same words with other breaks between them."""
    text = draw(st.sampled_from(SAMPLES))
    words = tokens(text)
    gaps = [" ", "\n", "  ", "\n\n", "\t", "\n      "]
    if comments:
        gaps += ["  # remark\n", "\n# remark\n", "\n   # remark\n  "]
    pieces: list[str] = []
    for i, word in enumerate(words):
        pieces.append(word.text)
        # A field name is one with its colon.
        pieces.append(" " if word.kind == "FIELD_NAME" else draw(st.sampled_from(gaps)))
        if comments and pieces[-1].count("#"):
            pieces[-1] = pieces[-1].replace("remark", f"remark {i}")
    return " ".join(word.text for word in words), "".join(pieces)


@settings(max_examples=40, deadline=None)
@given(shuffled(comments=False))
def test_layout_depends_on_the_words_alone(texts: tuple[str, str]) -> None:
    plain, other = texts
    assert squeezed(formatted(plain)) == squeezed(formatted(other))


# Not shrunk: the texts are long, and one with a mistake shows it well enough.
@settings(max_examples=50, deadline=None, phases=[Phase.reuse, Phase.generate])
@given(shuffled(comments=True))
def test_comments_anywhere_are_kept_in_order(texts: tuple[str, str]) -> None:
    plain, other = texts
    once = formatted(other)
    assert same_meaning(plain, once)
    assert remarks(once) == remarks(other)
    assert formatted(once) == once


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet='ruleabc "#{}()\n=<1%.,:-', max_size=80))
def test_formatting_never_raises(text: str) -> None:
    result, found = format_source(Source("any.pol", text))
    assert (result is None) == any(d.severity == "error" for d in found)


def test_a_text_with_a_mistake_is_not_touched() -> None:
    result, found = format_source(Source("x.pol", "rule a\n when b\nrule\n"))
    assert result is None
    assert found


GOLDEN = '''"""About the file."""

# Section one.
instrument  x_2025   "Title" zh "标题" regime cn # trailing
  verified 2026-01-01
use common.trade
use   cn.lists( a,b, )
unit   aa "one"
unit bbb "two"
let long = aaaaaaaaaaaaaaaaaaaaaaaaaa + bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb + cccccccccccccccccccccccccc + dddddddd
rule r "R"
  # why
  when a=1 or b and c   # last
  # before then
  then requires license   from MOFCOM
  # a remark of r

# about s
rule s when aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa = bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb and ccccccccccccccccc or ddddddd
  then defeats r where x
   = 1
# end
'''

EXPECTED = '''"""About the file."""

# Section one.
instrument x_2025 "Title"
  zh         "标题"
  regime     cn  # trailing
  verified   2026-01-01

use common.trade
use cn.lists (a, b)
unit aa "one"
unit bbb "two"

let long =
  aaaaaaaaaaaaaaaaaaaaaaaaaa + bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb + cccccccccccccccccccccccccc
  + dddddddd

rule r "R"
  # why
  when      a = 1 or b and c  # last
  # before then
  then      requires license from MOFCOM
  # a remark of r

# about s
rule s
  when      aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa = bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb
            and ccccccccccccccccc
         or ddddddd
  then      defeats r where x = 1
# end
'''


def test_the_layout() -> None:
    assert formatted(GOLDEN) == EXPECTED


def test_nothing_stays_nothing() -> None:
    assert formatted("") == ""
    assert formatted("\n\n  \n") == ""
    assert formatted("# only a remark") == "# only a remark\n"


def test_remarks_around_a_comma_that_goes_keep_their_order() -> None:
    """The comma before a bracket is not written; what stood around it is, in order."""
    text = (
        "reading days :\n  {calendar_days, working_days\n# first\n, # second\n}\n"
        '  cite "1"\n  open "x"\n'
    )
    made, found = format_source(Source("draft.pol", text))
    assert not found
    assert made is not None
    assert made.index("# first") < made.index("# second")
