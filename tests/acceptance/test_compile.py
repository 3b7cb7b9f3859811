"""`longarm compile`: a module that needs Python alone says what `longarm eval` says."""

from __future__ import annotations

import ast
import importlib.util
import io
import json
import os
import re
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from longarm.cases import CaseInput, cases_of, read_cases
from longarm.cli import run
from longarm.cli.terminal import ExitCode
from longarm.deciding import TOOLKIT
from longarm.pipeline import compile_paths, compile_sources
from longarm.recording import given_json
from longarm.standalone.closure import sources
from longarm.standalone.literals import block, inline
from longarm.standalone.writing import ROOT as ENTRY
from longarm.standalone.writing import write
from longarm_dsl.core.program import Program

ROOT = Path(__file__).parents[2]
MAGNETS = ROOT / "docs" / "examples" / "magnets.case.yaml"
HOME = os.pathsep.join(str(ROOT / part) for part in ("dsl", "compiler", "policies"))
PACKS = ROOT / "policies" / "longarm_policies"

LAW = """record Party
  name : text

record Item
  code : codes
  value : money >= 0
  share : percent range 0% to 100%

record Transaction
  destination : country
  military : flag
  end_user : Party
  item : Item
  uses : {Use}

enum Use = fuel, tools, toys

instrument ban "Announcement No. 1: an example"
  regime cn
  authority MOFCOM
  issued 2025-01-01
  verified 2026-01-01

reading abroad : {counted, not_counted}
  cite "1"
  open "the text does not say"

rule exports "Exports to the Netherlands"
  cite "1"
  effective from 2025-06-01
  when destination = NL and not military and item.share > 25%
  then requires license from MOFCOM

rule shipments "Shipments to Belgium"
  cite "2"
  when destination = BE and abroad = counted
  then requires report to MOFCOM

instrument draft "A proposal"
  regime cn
  authority MOFCOM
  issued 2025-01-01
  state proposed

rule drafted "Fuel"
  cite "1"
  when fuel in uses
  then requires report to MOFCOM

instrument order "An order"
  regime us
  authority BIS
  issued 2025-01-01

rule orders "Military exports"
  cite "3"
  when military
  then prohibits
"""


def standalone(module: Path, *args: str, stdin: str | None = None) -> tuple[int, str, str]:
    """Run a module as its reader would: no site packages, nothing of this checkout."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(module), *args],
        input=None if stdin is None else stdin.encode("utf-8", "surrogatepass"),
        capture_output=True,
        check=False,
        cwd=module.parent,
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def loaded(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def written(case: CaseInput) -> dict[str, object]:
    """A case as a JSON case file has it."""
    made: dict[str, object] = {"case": case.title}
    made |= {"on": case.on} if case.on else {}
    made |= {"known": case.known} if case.known else {}
    made |= {"assume": "closed"} if case.closed else {}
    assert case.given is not None
    return made | {"given": given_json(case.given)}


@pytest.fixture(scope="session")
def packs() -> Program:
    return compile_paths().program


@pytest.fixture(scope="session")
def decisions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("compiled") / "decisions.py"
    assert run(["compile", str(PACKS), "-o", str(path)]) == ExitCode.OK
    return path


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("small")
    (folder / "law.pol").write_text(LAW, "utf-8")
    law = ["compile", str(folder / "law.pol"), "--alone", "-o", str(folder / "decisions.py")]
    assert run(law) == ExitCode.OK
    return folder / "decisions.py"


@pytest.fixture(scope="session")
def asked(small: Path) -> Iterator[ModuleType]:
    yield loaded(small)
    for name in [name for name in sys.modules if name.startswith("_longarm_")]:
        del sys.modules[name]


# ── the same answer ──────────────────────────────────────────────────────────


@pytest.mark.parametrize("options", [(), ("--on", "2026-11-20", "--known", "2026-09-01")])
def test_the_sample_is_decided_as_eval_decides_it(
    decisions: Path,
    packs: Program,
    tmp_path: Path,
    options: tuple[str, ...],
    capsys: pytest.CaptureFixture[str],
) -> None:
    ((case,), found) = read_cases(MAGNETS, str(MAGNETS), packs)
    assert found == ()
    path = tmp_path / "magnets.json"
    path.write_text(json.dumps(written(case)), "utf-8")
    code, made, talk = standalone(decisions, str(path), *options)
    assert (code, talk) == (0, "")
    capsys.readouterr()
    assert run(["eval", str(path), "--format", "json", *options]) == ExitCode.OK
    assert made == capsys.readouterr().out
    assert [d["toolkit"] for d in json.loads(made)["decisions"]] == [TOOLKIT, TOOLKIT]


def test_shipped_cases_are_decided_as_eval_decides_them(
    decisions: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cases, _ = cases_of(compile_paths())
    chosen = [written(case) for case in cases[::480]]
    assert len(chosen) > 4
    path = tmp_path / "cases.json"
    path.write_text(json.dumps(chosen, ensure_ascii=False), "utf-8")
    code, made, talk = standalone(decisions, str(path))
    assert (code, talk) == (0, "")
    capsys.readouterr()
    assert run(["eval", str(path), "--format", "json"]) == ExitCode.OK
    assert made == capsys.readouterr().out
    assert len(json.loads(made)["cases"]) == len(chosen)


Facts = dict[str, object]

CASE: Facts = {"on": "2025-07-01", "given": {"destination": "BE", "military": "unknown"}}
WRONG: Facts = {
    "case": "x",
    "given": {"destination": "Belgium", "militry": True, "item": {"share": 2}},
}


CHOSEN: list[tuple[object, list[str]]] = [
    (CASE, []),
    (CASE, ["--reading", "abroad=counted", "--regime", "cn"]),
    (CASE, ["--reading=law.abroad=not_counted", "--assume-closed", "--regime=US,cn"]),
    (CASE, ["--with", "draft", "--on", "2025-06-01T23:59+08:00", "--known=2025-05-01"]),
    (WRONG, ["--known", "2026-01-01"]),
    ({**CASE, "expect": {"cn": "nothing"}, "cite": "1"}, []),
    ([CASE, {"given": {"destination": "NL", "item": {"share": 0.25}}, "on": "2025-07-01"}], []),
    ([CASE, {"given": {}, "no": 1}], []),
    ({"given": 1}, []),
]


@pytest.mark.parametrize(("case", "options"), CHOSEN)
def test_choices_and_findings_are_those_of_eval(
    small: Path,
    tmp_path: Path,
    case: object,
    options: Sequence[str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / "case.json"
    path.write_text(json.dumps(case), "utf-8")
    code, made, talk = standalone(small, *options, str(path))
    capsys.readouterr()
    law = ["--policies", str(small.parent / "law.pol"), "--alone"]
    assert code == run(["eval", str(path), "--format", "json", *law, *options])
    told = capsys.readouterr()
    assert made == told.out.encode("utf-8", "backslashreplace").decode()
    assert bool(talk) == bool(told.err)


def test_texts_that_nobody_can_print_are_printed_as_escapes(small: Path) -> None:
    name = "牙 \ud800 \u2028 \U0001f600"
    facts = {"end_user": {"name": name}}
    code, made, talk = standalone(small, "-", stdin=json.dumps({"given": facts}))
    assert code == 0
    assert "invisible control character" in talk
    assert json.loads(made)["given"] == facts


def test_facts_are_exact_at_the_limit(small: Path) -> None:
    for share, requirement in (("0.25", "nothing"), ("0.25000000000000000001", "license")):
        text = '{"on": "2025-07-01", "given": {"destination": "NL", "military": false,'
        text += f' "item": {{"share": {share}}}}}}}'
        code, made, _ = standalone(small, "-", "--regime", "cn", stdin=text)
        assert code == 0
        (decision,) = json.loads(made)["decisions"]
        assert decision["requirement"]["at_least"] == requirement


# ── from Python ──────────────────────────────────────────────────────────────


def test_a_mapping_is_decided_as_its_file_is(asked: ModuleType, small: Path) -> None:
    code, made, _ = standalone(small, "-", "--known", "2025-06-30", stdin=json.dumps(CASE))
    assert code == 0
    record = asked.decide(CASE, known="2025-06-30")
    assert record | {"case": "<stdin>"} == json.loads(made)
    (decision,) = asked.decide(CASE, regimes=["us"], closed=True)["decisions"]
    assert (decision["regime"], decision["requirement"]["at_most"]) == ("us", "prohibited")
    (chosen,) = asked.decide(CASE, regimes="cn", readings={"abroad": "counted"})["decisions"]
    assert chosen["requirement"] == {"at_least": "report", "at_most": "report"}


@pytest.mark.parametrize("share", [Fraction(1, 3), Decimal("0.3333"), "1/3"])
def test_exact_numbers_are_taken(asked: ModuleType, share: object) -> None:
    facts = {"destination": "NL", "military": False, "item": {"share": share}}
    (decision,) = asked.decide({"given": facts, "on": "2025-07-01"}, regimes=["cn"])["decisions"]
    assert decision["errors"] == []
    assert decision["requirement"]["at_least"] == "license"


def test_what_is_not_exact_or_no_case_is_refused(asked: ModuleType) -> None:
    with pytest.raises(TypeError, match=r"given.item.share: the float 0.3 is not exact"):
        asked.decide({"given": {"item": {"share": 0.3}}})
    with pytest.raises(TypeError, match="type object"):
        asked.decide({"given": object()})
    circle: Facts = {}
    circle["given"] = circle
    with pytest.raises(TypeError, match="in a circle"):
        asked.decide(circle)
    with pytest.raises(ValueError, match="facts stand under `given`"):
        asked.decide({"destination": "NL"})
    with pytest.raises(ValueError, match="no regime `eu`; there are `cn`, `us`"):
        asked.decide(CASE, regimes=["eu"])
    with pytest.raises(ValueError, match="not a day"):
        asked.decide(CASE, on="2025-02-30")


def test_to_import_it_loads_nothing_and_meets_no_other_longarm(small: Path, tmp_path: Path) -> None:
    for name in ("longarm", "longarm_dsl"):
        (tmp_path / f"{name}.py").write_text("raise ImportError('another version')\n")
    program = f"""
import sys
sys.path[:0] = [{str(small.parent)!r}, {str(tmp_path)!r}]
import decisions
assert not any("longarm" in name for name in sys.modules), "loaded too early"
decisions.decide({CASE!r})
assert "longarm" not in sys.modules and "longarm_dsl" not in sys.modules
outside = {{name.partition(".")[0] for name in sys.modules}} - set(sys.stdlib_module_names)
outside = {{name for name in outside if not name.startswith("_sysconfigdata")}}
assert outside == {{"__main__", "decisions", decisions.PREFIX}}, outside
"""
    subprocess.run([sys.executable, "-B", "-S", "-c", program], check=True)


def test_tracebacks_show_the_carried_source(asked: ModuleType, small: Path) -> None:
    asked.decide(CASE)
    deciding = sys.modules[f"{asked.PREFIX}.longarm.deciding"]
    with pytest.raises(AttributeError) as caught:
        deciding.parse_day(None)
    told = "".join(traceback.format_exception(caught.value))
    assert f'File "{small}/longarm/deciding.py"' in told
    assert 'day, separator, clock = text.strip().partition("T")' in told


# ── the command line of a module ─────────────────────────────────────────────

Called = Callable[[ModuleType, list[str], bytes], tuple[int, str, str]]


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Called:
    """Call `main` of a module in this process: what it returns, prints and says."""

    def call(module: ModuleType, args: list[str], stdin: bytes) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        code = module.main(args)
        told = capsys.readouterr()
        return code, told.out, told.err

    return call


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ([], "one CASE is needed"),
        (["a.json", "b.json"], "one CASE is needed"),
        (["--explain", "-"], "no option `--explain`"),
        (["--know", "2025-01-01", "-"], "did you mean `--known`?"),
        (["-", "--on"], "`--on` needs a value"),
        (["-", "--closed=yes"], "`--closed` takes no value"),
        (["-", "--on", "tomorrow"], "`--on` is not a day of the calendar"),
        (["-", "--known", "2025-01-01T10:00"], "`--known` is a day"),
        (["-", "--regime", "eu"], "no regime `eu`; there are `cn`, `us`"),
        (["-", "--regime", ","], "names no regime"),
        (["-", "--with", "exports"], "no --with name `exports`"),
        (["-", "--reading", "abroad"], "`--reading` is NAME=VALUE"),
        (["-", "--reading", "abroad=no"], "no value of cn.ban.abroad `no`"),
        (["/no/such/file.json"], "No such file"),
        (["--", "--on"], "No such file"),
    ],
)
def test_a_wrong_command_line_is_told(
    asked: ModuleType, args: list[str], message: str, called: Called
) -> None:
    code, made, talk = called(asked, args, json.dumps(CASE).encode())
    assert (code, made) == (ExitCode.USAGE, "")
    assert message in talk
    assert "Traceback" not in talk


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "<stdin>:1:1: error[malformed-case] this is not JSON"),
        ("case: yaml", "this is not JSON"),
        ('{"given": {}, "given": {}}', "error[duplicate-key] `given` is given twice"),
        ("[" * 5000, "error[nested-too-deeply]"),
        ("[]", "the list holds no case"),
        ('{"\x1b[31m": 1}', "this is not JSON"),
    ],
)
def test_what_is_no_case_is_told(
    asked: ModuleType, text: str, message: str, called: Called
) -> None:
    code, made, talk = called(asked, ["-"], text.encode())
    assert (code, made) == (ExitCode.USAGE, "")
    assert message in talk
    assert "Traceback" not in talk


def test_help_says_what_it_is(small: Path) -> None:
    code, made, _ = standalone(small, "--help")
    assert code == 0
    assert made == ast.get_docstring(ast.parse(small.read_text("utf-8")), clean=False)
    assert "never a clearance" in made
    assert f"toolkit   {TOOLKIT}" in made


# ── the file ─────────────────────────────────────────────────────────────────


def test_the_law_is_named_by_its_digest(decisions: Path, packs: Program) -> None:
    about = ast.get_docstring(ast.parse(decisions.read_text("utf-8")))
    assert about is not None
    assert f"digest    sha256:{packs.digest}\n" in about
    assert f"verified  {packs.verified}\n" in about


def test_what_was_written_is_told(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert run(["compile", str(small.parent / "law.pol"), "--alone"]) == ExitCode.OK
    told = capsys.readouterr()
    assert told.out == small.read_text("utf-8")
    functions = len(re.findall(r"^    def (?:rule|let)_", told.out, re.MULTILINE))
    size = f"{len(told.out.encode()):,}"
    digest = compile_paths([small.parent / "law.pol"], installed=False).program.digest
    said = f"stdout: 4 rules of cn, us, {functions} functions, {size} bytes, law sha256:{digest}\n"
    assert told.err == said


def test_a_device_is_written_to_and_not_replaced(small: Path) -> None:
    law = str(small.parent / "law.pol")
    assert run(["compile", law, "--alone", "-o", os.devnull]) == ExitCode.OK
    assert Path(os.devnull).is_char_device()


def test_the_same_law_gives_the_same_bytes(decisions: Path, small: Path, tmp_path: Path) -> None:
    law = small.parent / "law.pol"
    for seed, folder, args, module in (
        ("1", PACKS.parent, [PACKS.name], decisions),
        ("2", tmp_path, [str(law), "--alone"], small),
    ):
        done = subprocess.run(
            [sys.executable, "-m", "longarm", "compile", *args, "-o", "-"],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": HOME},
            cwd=folder,
            capture_output=True,
            check=True,
        )
        assert done.stdout == module.read_bytes()


def test_the_carried_modules_need_python_alone() -> None:
    carried = {module.path for module in sources(ENTRY)}
    assert "longarm_dsl/evaluate/decide.py" in carried
    assert not [path for path in carried if path.startswith(("longarm/cli/", "longarm_dsl/check"))]
    assert "longarm_dsl/surface/parser.py" not in carried


def test_only_some_regimes(small: Path, tmp_path: Path) -> None:
    path = tmp_path / "cn.py"
    law = str(small.parent / "law.pol")
    assert run(["compile", law, "--alone", "--regime", "CN", "-o", str(path)]) == ExitCode.OK
    code, made, _ = standalone(path, "-", stdin=json.dumps(CASE))
    assert (code, [d["regime"] for d in json.loads(made)["decisions"]]) == (0, ["cn"])
    code, _, talk = standalone(path, "-", "--regime", "us", stdin=json.dumps(CASE))
    assert code == ExitCode.USAGE
    assert "no regime `us`; there are `cn`" in talk


# ── what is refused ──────────────────────────────────────────────────────────


def test_law_with_a_mistake_is_refused_and_nothing_is_written(
    small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "law.pol").write_text(LAW.replace("when military", "when militry"), "utf-8")
    out = tmp_path / "decisions.py"
    out.write_text("as before")
    asked = ["compile", str(tmp_path / "law.pol"), "--alone", "-o", str(out)]
    assert run(asked) == ExitCode.POLICY
    told = capsys.readouterr()
    assert "militry" in told.err
    assert told.out == ""
    assert out.read_text() == "as before"
    assert {path.name for path in tmp_path.iterdir()} == {"decisions.py", "law.pol"}
    law = str(small.parent / "law.pol")
    assert run(["compile", law, "--alone", "-o", str(tmp_path / "no" / "x.py")]) == ExitCode.USAGE
    assert run(["compile", law, "--alone", "--regime", "eu"]) == ExitCode.USAGE
    assert run(["compile", "--alone"]) == ExitCode.USAGE


# ── hostile texts ────────────────────────────────────────────────────────────

HOSTILE = [
    '"""\nimport os\nos.abort()\n"""',
    "'''\nimport os\nos.abort()\n'''",
    "\\'''\nraise SystemExit\n'''\\",
    "x\\",
    "'",
    '"',
    "# comment\nraise SystemExit",
    "\r\nraise SystemExit\r",
    "\u2028raise SystemExit\u2029\x85\x0b\x0c",
    "\u202eevil\u2066\u200b",
    "\ud800\udfff",
    "\0\x1b[31m",
    "{__import__('os').abort()}",
    "%s %(x)s {0}",
    "\\N{BULLET}\\u0041\\x41\\\n",
    "牙齿 \U0001f600",
]


def statements(text: str) -> str:
    """The tree of a module without its texts: what it does, whatever it says."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""
    return ast.dump(tree)


@given(st.text(st.characters()) | st.sampled_from(HOSTILE))
@settings(max_examples=100)
def test_any_text_is_one_literal(text: str) -> None:
    for made in (block(text), inline(text)):
        assert made.isascii()
        assert ast.literal_eval(made) == text
    assert "\n" not in inline(text)


@pytest.fixture(scope="session")
def harmless() -> tuple[Program, str]:
    program = compile_sources([("law", LAW)]).program
    return program, statements(write(program).text)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_of_the_law_are_no_code(
    text: str, harmless: tuple[Program, str], tmp_path: Path
) -> None:
    program, plain = harmless
    made = write(_with_text(program, text)).text
    assert statements(made) == plain
    assert_only_the_template(made)
    path = tmp_path / "decisions.py"
    path.write_text(made, "utf-8")
    if text != HOSTILE[0]:
        return
    code, answer, _ = standalone(path, "-", stdin=json.dumps({**CASE, "assume": "closed"}))
    assert code == 0
    assert text in json.loads(answer)["decisions"][0]["law"]["pack"]


def _with_text(program: Program, text: str) -> Program:
    """A program in which every text of its author says something hostile."""
    rules = {
        id_: replace(rule, clauses=replace(rule.clauses, title=text, zh=text), doc=text)
        for id_, rule in program.rules.items()
    }
    instruments = {
        id_: replace(instrument, title=text, authority=text, doc=text)
        for id_, instrument in program.instruments.items()
    }
    readings = {id_: replace(r, open=text) for id_, r in program.readings.items()}
    return replace(program, packs=(text,), rules=rules, instruments=instruments, readings=readings)


@pytest.mark.parametrize("name", ['a"""b.pol', "a\nimport os.pol", "a'''\\.pol", "\u202e牙.pol"])
def test_hostile_names_of_files_are_no_code(name: str, small: Path, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_text(LAW, "utf-8")
    out = tmp_path / "decisions.py"
    assert run(["compile", str(file), "--alone", "-o", str(out)]) == ExitCode.OK
    assert statements(out.read_text("utf-8")) == statements(small.read_text("utf-8"))
    code, made, _ = standalone(out, "-", stdin=json.dumps(CASE))
    assert code == 0
    pack = name.removesuffix(".pol").split(".")[0]
    assert json.loads(made)["decisions"][0]["law"]["pack"] == pack


NAMES = r"""record Item
  lambda : flag
  __builtins__ : text
  exec : [Item]
  weight : kg

record Transaction
  None : flag
  import : country
  class : {while}
  __import__ : [Item]
  item : Item

enum while = exit, eval, True, os

instrument def "A law of words"
  regime us
  authority BIS
  issued 2025-01-01

let yield(self : Item) : flag = self.lambda and self.__builtins__ = "\"\"\"); exit(1) #"

rule raise "os.abort()"
  cite "1"
  for each try in __import__
  when yield(try) and any __class__ in try.exec has (__class__.lambda) and exit in class
  then requires license from BIS

rule globals "__import__('os')"
  cite "2"
  when import in {CU, NL} and not None and sum(try.weight for try in __import__) > 3 kg
  then prohibits
"""

ABOVE = {"t", "e", "m"}
"""Parameters and variables of compiled functions that are no variables of a policy."""

GIVEN = {"all", "any", "greatest", "least", "len", "order", "outermost", "sum"}
"""Functions that they may call."""

READ = {
    *(
        "apply",
        "ask",
        "domain",
        "is_open",
        "may",
        "must",
        "named",
        "pairs",
        "shared",
        "stood",
        "thing",
    ),
    *("under", "value"),
}
"""Attributes that they may read."""


def assert_only_the_template(text: str) -> None:
    """Statements are those of every stand-alone module; functions of rules only read facts."""
    made: list[str] = []
    for node in ast.parse(text).body:
        match node:
            case ast.ClassDef(name=name, bases=[], decorator_list=[]) if name.startswith("Regime"):
                made.append("Regime")
                for inner in node.body[1:]:
                    assert isinstance(inner, ast.FunctionDef)
                    assert_only_reads(inner)
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name):
                made.append(name)
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant()):
                made.append(name)
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Dict(values=values)):
                assert all(isinstance(v, (ast.Constant, ast.Name)) for v in values)
                made.append(name)
            case _:
                made.append(type(node).__name__)
    runs = [name for n, name in enumerate(made) if name not in made[n - 1 : n]]
    assert runs == [
        *("Expr", "ImportFrom", "Import", "ImportFrom", "Regime", "REGIMES", "LAW"),
        *("PREFIX", "SOURCES", "decide", "main", "_law", "_runtime", "_Finder", "If"),
    ]


def assert_only_reads(function: ast.FunctionDef) -> None:
    assert re.fullmatch(r"(rule|let)_[A-Za-z0-9_]+", function.name)
    assert not function.decorator_list
    assert {type(node) for node in function.body} <= {ast.Expr, ast.If, ast.Return}
    for node in ast.walk(function):
        match node:
            case ast.Name(id=name):
                assert name in ABOVE | GIVEN or re.fullmatch(r"[cvx]_[A-Za-z0-9_]+", name), name
            case ast.arg(arg=name):
                assert name in ABOVE or name.startswith("v_"), name
            case ast.Attribute(attr=name):
                assert name in READ, name
            case ast.Call(func=func):
                assert isinstance(func, (ast.Name, ast.Attribute))
            case ast.Expr(value=value):
                assert isinstance(value, ast.Constant)
            case ast.Import() | ast.ImportFrom() | ast.Lambda() | ast.JoinedStr():
                raise AssertionError(ast.dump(node))
            case _:
                pass


def test_shipped_law_is_only_the_template(decisions: Path) -> None:
    assert_only_the_template(decisions.read_text("utf-8"))


def test_words_of_python_are_names_like_any_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "names.pol").write_text(NAMES, "utf-8")
    law, module = str(tmp_path / "names.pol"), tmp_path / "decisions.py"
    assert run(["compile", law, "--alone", "-o", str(module)]) == ExitCode.OK
    assert_only_the_template(module.read_text("utf-8"))
    item: Facts = {"lambda": True, "__builtins__": '"""); exit(1) #', "weight": "4 kg"}
    facts: Facts = {"class": ["exit"], "__import__": [{**item, "exec": [item]}], "None": False}
    case = tmp_path / "case.json"
    case.write_text(json.dumps({"given": facts, "on": "2025-07-01"}), "utf-8")
    code, made, _ = standalone(module, str(case))
    capsys.readouterr()
    asked = ["eval", str(case), "--format", "json", "--policies", law, "--alone"]
    assert (code, run(asked)) == (0, ExitCode.OK)
    assert made == capsys.readouterr().out
    (decision,) = json.loads(made)["decisions"]
    assert decision["requirement"] == {"at_least": "license", "at_most": "prohibited"}
