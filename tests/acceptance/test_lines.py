"""Compiled rules are at home in their `.pol` files: for tracebacks, debuggers, profilers, coverage."""

from __future__ import annotations

import cProfile
import json
import os
import pstats
import subprocess
import sys
import traceback
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import CodeType

import pytest

import longarm
from longarm.backends.in_process import compiled_functions, lines_of
from longarm.compiled.functions import Functions
from longarm_dsl.core import facts
from longarm_dsl.evaluate.decide import Day

ROOT = Path(__file__).parents[2]

WORDS = """\
record Item
  weight : number >= 0
record Party
  located_in : country
record Transaction
  actor       : Party
  destination : country
  items       : [Item]
  urgent      : flag
  amount      : number

let far_away =
  destination = US
  or destination = BR
"""

ORDER = """\
instrument order "An order"
  regime    xx
  authority OFFICE
  issued    2026-01-01
  effective from 2026-01-01
  source    "made up" grade primary
  verified  2026-06-01

use words

rule heavy "Heavy goods, 重货, far away"
  cite "art. 1"
  when far_away
       and (any i in items has i.weight >= 10)
       and amount > 7
       and (urgent
            or actor.located_in = DE
            or amount > 20)
  then requires license from OFFICE

rule 近 "Near goods"
  cite "art. 2"
  when not far_away and amount > 3
  then requires report to OFFICE within 10 days of shipment

rule bribe "Said twice in one line: 急件 or not"
  cite "art. 3"
  when amount > 90 and (all i in items has i.weight > 3) and urgent
  then requires license from OFFICE
""".replace("rule 近", "rule near")

GIVEN: dict[str, object] = {
    "destination": "US",
    "amount": 8,
    "urgent": "yes",
    "items": [{"weight": 12}],
    "actor": {"located_in": "DE"},
}

PROGRAM = """\
import json, sys
import longarm

xx = longarm.load(sys.argv[1], installed=False).regime("xx")
decision = xx.decide({"on": "2026-03-03", "given": json.loads(sys.argv[2])}, known="2026-06-01")
print(decision.requirement)
"""


class DeliberateError(Exception):
    """What a value of these tests answers to every question."""


class Refuses:
    """A fact that no rule can look at."""

    def __bool__(self) -> bool:
        raise DeliberateError

    def __hash__(self) -> int:
        raise DeliberateError


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("law")
    (made / "words.pol").write_text(WORDS, "utf-8")
    (made / "order.pol").write_text(ORDER, "utf-8")
    (made / "program.py").write_text(PROGRAM, "utf-8")
    return made


@pytest.fixture(scope="module")
def kept(folder: Path) -> None:
    """The law is kept where other processes find it, with its functions."""
    subprocess.run(
        [sys.executable, "program.py", str(folder), json.dumps(GIVEN)],
        cwd=folder,
        env=environment(folder),
        check=True,
    )


@pytest.fixture(scope="module")
def packs(folder: Path) -> longarm.Packs:
    return longarm.load(folder / "words.pol", folder / "order.pol", installed=False)


@pytest.fixture
def functions(packs: longarm.Packs) -> Functions:
    return compiled_functions(packs.program)


def line_of(path: Path, text: str) -> int:
    """The number of the one line that holds a text."""
    (number,) = [
        n for n, line in enumerate(path.read_text("utf-8").splitlines(), 1) if text in line
    ]
    return number


def environment(folder: Path) -> dict[str, str]:
    """Of processes that keep what they compile: the parser is slow to trace."""
    sources = [str(ROOT / name) for name in ("dsl", "compiler", "policies")]
    own = {"PYTHONPATH": os.pathsep.join(sources), "LONGARM_CACHE": str(folder / "cache")}
    return {**os.environ, **own}


def decided(folder: Path, *args: str, given: dict[str, object], stdin: str = "") -> str:
    """What Python prints when it runs the program of these tests in its own process."""
    made = subprocess.run(
        [sys.executable, *args, "program.py", str(folder), json.dumps(given)],
        cwd=folder,
        env=environment(folder),
        input=stdin,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert made.returncode == 0, made.stdout + made.stderr
    return made.stdout


# ── tracebacks ───────────────────────────────────────────────────────────────


@pytest.fixture
def failing(packs: longarm.Packs, functions: Functions) -> Callable[[str], list[str]]:
    """The lines of the traceback when one fact refuses to be looked at."""

    def fail(name: str) -> list[str]:
        case = packs.case({"given": GIVEN}).read
        assert case is not None
        record = case.transaction.record
        # A value of a type that no reader makes: only so can a condition fail.
        hostile: object = facts.Scalar(Refuses())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        fields = {**record.fields, name: hostile}
        transaction = replace(case.transaction, record=replace(record, fields=fields))  # type: ignore[arg-type]
        try:
            functions.verdicts(transaction, "xx", Day(date(2026, 3, 3)), date(2026, 6, 1))
        except DeliberateError:
            return traceback.format_exc().splitlines()
        raise AssertionError("the rule looks at the fact")

    return fail


def test_a_traceback_underlines_the_condition_that_failed(
    folder: Path, failing: Callable[[str], list[str]]
) -> None:
    shown = failing("urgent")
    path = folder / "order.pol"
    at = shown.index(
        f'  File "{path}", line {line_of(path, "and (urgent")}, in rule_xx_order_heavy'
    )
    assert shown[at + 1 : at + 3] == ["    and (urgent", "         ^^^^^^"]


def test_a_traceback_goes_through_the_definition_in_its_own_file(
    folder: Path, failing: Callable[[str], list[str]]
) -> None:
    shown = failing("destination")
    path, words = folder / "order.pol", folder / "words.pol"
    at = shown.index(
        f'  File "{path}", line {line_of(path, "when far_away")}, in rule_xx_order_heavy'
    )
    assert shown[at + 1 : at + 3] == ["    when far_away", "         ^^^^^^^^"]
    below = shown.index(
        f'  File "{words}", line {line_of(words, "  destination = US")}, in let_words_far_away'
    )
    assert at < below
    assert shown[below + 1] == "    destination = US"


# ── each test has its own line ───────────────────────────────────────────────


def inner(made: CodeType) -> list[CodeType]:
    """A function and what is defined in it."""
    below = [
        c for constant in made.co_consts if isinstance(constant, CodeType) for c in inner(constant)
    ]
    return [made, *below]


def test_every_line_of_a_condition_is_told_apart(folder: Path, functions: Functions) -> None:
    path = folder / "order.pol"
    first, last = line_of(path, "rule heavy"), line_of(path, "or amount > 20")
    wanted = {first, *range(line_of(path, "when far_away"), last + 1)}
    for name in ("rule_xx_order_heavy", "rule_xx_order_heavy__open"):
        made = functions.code("xx").functions[name]
        assert {Path(c.co_filename) for c in inner(made)} == {path}
        assert made.co_firstlineno == first
        assert set(lines_of(made)) == wanted


def test_columns_are_those_of_the_text_under_each_name(folder: Path, functions: Functions) -> None:
    """Columns count bytes: of a line with Chinese text too."""
    made = functions.code("xx").functions
    text = (folder / "order.pol").read_bytes().splitlines()
    shown = {
        text[line - 1][start:end].decode()
        for name in ("rule_xx_order_bribe", "rule_xx_order_heavy")
        for code in inner(made[name])
        for line, last, start, end in code.co_positions()
        if line is not None and line == last
    }
    parts = {"amount > 90", "urgent", "i.weight > 3", "amount > 7", "actor.located_in = DE"}
    assert parts <= shown


def test_law_read_from_the_cache_has_the_same_places(folder: Path, tmp_path: Path) -> None:
    from longarm.loading import law  # noqa: PLC0415  used by this test only

    paths = [folder / "words.pol", folder / "order.pol"]
    fresh, again = (
        compiled_functions(law(paths, installed=False, cache=tmp_path).program).code("xx")
        for _ in range(2)
    )
    for name, made in fresh.functions.items():
        for one, other in zip(inner(made), inner(again.functions[name]), strict=True):
            assert list(one.co_positions()) == list(other.co_positions())
            assert one.co_filename == other.co_filename


# ── tools ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("file", "text", "function"),
    [
        ("order.pol", "or actor.located_in = DE", "rule_xx_order_heavy"),
        ("words.pol", "or destination = BR", "let_words_far_away"),
    ],
)
@pytest.mark.usefixtures("kept")
def test_pdb_stops_in_the_law(folder: Path, file: str, text: str, function: str) -> None:
    path = folder / file
    line = line_of(path, text)
    given = {**GIVEN, "urgent": "no", "destination": "BR"}
    commands = f"b {path}:{line}\nc\np t['destination']\nclear 1\nc\nq\n"
    shown = decided(folder, "-m", "pdb", given=given, stdin=commands)
    assert f"Breakpoint 1 at {path}:{line}" in shown
    assert f"> {path}({line}){function}()\n-> {text}" in shown
    assert "(Pdb) 'BR'" in shown
    assert "license" in shown


def test_profiles_name_rules(folder: Path, packs: longarm.Packs) -> None:
    case = packs.case({"given": GIVEN})
    profile = cProfile.Profile()
    with profile:
        packs.regime("xx").bounds(case, on="2026-03-03", known="2026-06-01")
    # What `pstats` prints is made of these keys: file, line and function.
    stats: object = getattr(pstats.Stats(profile), "stats")  # noqa: B009  typeshed does not know it
    assert isinstance(stats, dict)
    order, words = folder / "order.pol", folder / "words.pol"
    wanted = {
        (str(order), line_of(order, "rule heavy"), "rule_xx_order_heavy"),
        (str(order), line_of(order, "rule near"), "rule_xx_order_near"),
        (str(words), line_of(words, "let far_away"), "let_words_far_away"),
    }
    assert wanted <= set(stats)  # pyright: ignore[reportUnknownArgumentType]  keys of any type


@pytest.mark.usefixtures("kept")
def test_coverage_counts_lines_of_the_law(folder: Path) -> None:
    (folder / ".coveragerc").write_text(
        "[run]\nplugins = longarm.coverage_plugin\ninclude = *.pol\n", "utf-8"
    )
    given = {**GIVEN, "urgent": "yes"}
    decided(folder, "-m", "coverage", "run", given=given)
    made = subprocess.run(
        [sys.executable, "-m", "coverage", "json", "-q", "-o", "-"],
        cwd=folder,
        env=environment(folder),
        capture_output=True,
        text=True,
        check=True,
    )
    files = json.loads(made.stdout)["files"]
    assert set(files) == {"order.pol", "words.pol"}
    order, words = folder / "order.pol", folder / "words.pol"
    # `urgent` settles the bracket, and `amount > 90` the last rule, whose condition is one line.
    assert files["order.pol"]["missing_lines"] == [
        line_of(order, "or actor.located_in = DE"),
        line_of(order, "or amount > 20"),
    ]
    hit = files["order.pol"]["executed_lines"]
    assert {
        line_of(order, t) for t in ("rule heavy", "and amount > 7", "when not far_away")
    } <= set(hit)
    assert files["words.pol"]["executed_lines"] == [
        line_of(words, "let far_away"),
        line_of(words, "  destination = US"),
    ]
    assert files["words.pol"]["missing_lines"] == [line_of(words, "or destination = BR")]


@pytest.mark.usefixtures("kept")
def test_coverage_counts_branches_of_the_law(folder: Path) -> None:
    """A condition with a line of its own leads on to the next, or settles the answer."""
    (folder / ".coveragerc").write_text(
        "[run]\nplugins = longarm.coverage_plugin\nbranch = true\ninclude = *.pol\n", "utf-8"
    )
    decided(folder, "-m", "coverage", "run", given={**GIVEN, "urgent": "yes"})
    files = told(folder)
    order = folder / "order.pol"
    head, first = line_of(order, "rule heavy"), line_of(order, "when far_away")
    weight, amount = line_of(order, "and (any i in items"), line_of(order, "and amount > 7")
    missing = [tuple(arc) for arc in files["order.pol"]["missing_branches"]]
    taken = [tuple(arc) for arc in files["order.pol"]["executed_branches"]]
    # Everything held up to `urgent`: no condition before it has settled the answer.
    assert {(first, weight), (amount, line_of(order, "and (urgent"))} <= set(taken)
    assert {(first, head), (amount, head)} <= set(missing)
    assert (line_of(order, "and (urgent"), line_of(order, "or actor.located_in = DE")) in missing


def told(folder: Path) -> dict[str, dict[str, list[list[int]]]]:
    """What coverage.py says of each file."""
    made = subprocess.run(
        [sys.executable, "-m", "coverage", "json", "-q", "-o", "-"],
        cwd=folder,
        env=environment(folder),
        capture_output=True,
        text=True,
        check=True,
    )
    files: dict[str, dict[str, list[list[int]]]] = json.loads(made.stdout)["files"]
    return files


TEST = """\
from pathlib import Path
import longarm
import pytest

FOLDER = Path(__file__).parent

@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({"destination": "US", "amount": 8, "urgent": "yes", "items": [{"weight": 12}]}, "license"),
        ({"destination": "BR", "amount": 8, "urgent": "no", "items": [{"weight": 9}]}, "nothing"),
        ({"destination": "FR", "amount": 8, "urgent": "no", "items": []}, "report"),
    ],
)
def test_of_goods(given, wanted):
    xx = longarm.load(str(FOLDER), installed=False).regime("xx")
    assert str(xx.decide({"on": "2026-03-03", "given": given}, known="2026-06-01").requirement) == wanted
"""


@pytest.mark.usefixtures("kept")
def test_pytest_in_several_processes_names_lines_of_the_law(folder: Path) -> None:
    (folder / ".coveragerc").write_text(
        "[run]\nplugins = longarm.coverage_plugin\nbranch = true\nsource = .\ninclude = *.pol\n",
        "utf-8",
    )
    (folder / "test_goods.py").write_text(TEST, "utf-8")
    made = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", "2"),
            *("--cov", "--cov-report=term-missing", "test_goods.py"),
        ],
        cwd=folder,
        env=environment(folder),
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stdout + made.stderr
    (shown,) = [line for line in made.stdout.splitlines() if line.startswith("order.pol")]
    order = folder / "order.pol"
    head, amount = line_of(order, "rule heavy"), line_of(order, "and amount > 7")
    first, last = line_of(order, "or actor.located_in = DE"), line_of(order, "or amount > 20")
    # No case had too small an amount, and none had to ask beyond `urgent`.
    assert shown.partition("%")[2].split() == [f"{amount}->{head},", f"{first}-{last}"]
    assert "words.pol" in made.stdout
