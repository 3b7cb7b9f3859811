"""The embedding interface: typed answers, ranges that cannot be mistaken, clear errors."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple

import pytest

import longarm
from longarm.loading import law
from longarm.python_facts import json_text

ROOT = Path(__file__).parents[2]

WORDS = """\
record Party
  located_in : country
record Item
  weight : number >= 0
record Transaction
  actor       : Party
  destination : country
  date        : date
  urgent      : flag
  amount      : money
  items       : [Item]
  tags        : {text}
"""

LAW = """\
instrument order "An order"
  regime    xx
  authority OFFICE
  issued    2026-01-01
  effective from 2026-02-01
  source    "made up" grade primary
  verified  2026-06-01

use words

reading reach : {near, far}
  cite "art. 9"
  open "the order does not say how far"

rule dear "Dear goods"
  cite "art. 1"
  when amount >= 100 EUR and destination != DE
  then requires license from OFFICE

rule urgent "In a hurry"
  cite "art. 2"
  when urgent and reach = far
  then requires report to OFFICE within 10 days of shipment

rule noon "From one in the afternoon"
  cite "art. 3"
  effective from 2026-05-04T13:00
  when destination = FR
  then prohibits except by approval of OFFICE
"""

OTHER = """\
instrument notice "A notice"
  regime    yy
  authority MINISTRY
  issued    2026-01-01
  effective from 2026-01-01
  source    "made up" grade primary
  verified  2026-06-01

use words

rule all_goods "All goods"
  cite "1"
  when destination != US
  then requires report to MINISTRY within 10 days of shipment
"""

PROPOSAL = """\
instrument bill "A bill"
  regime    xx
  authority OFFICE
  issued    2026-01-01
  state     proposed
  source    "made up" grade primary
  verified  2026-06-01

use words

rule more "More goods"
  cite "1"
  when destination = DE
  then requires license from OFFICE
"""

WRONG = "nothing declares the name `destnation`"
ON, KNOWN = "2026-03-02", "2026-06-01"
DEAR: dict[str, object] = {"given": {"destination": "US", "amount": "100 EUR", "urgent": "no"}}
OPEN: dict[str, object] = {"given": {"destination": "US", "urgent": "no"}}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("law")
    for name, text in (("words", WORDS), ("order", LAW), ("notice", OTHER), ("bill", PROPOSAL)):
        (made / f"{name}.pol").write_text(text, "utf-8")
    return made


@pytest.fixture(scope="module")
def packs(folder: Path) -> longarm.Packs:
    return longarm.load(folder, installed=False)


@pytest.fixture(scope="module")
def xx(packs: longarm.Packs) -> longarm.Regime:
    return packs.regime("xx")


def ends(of: longarm.Range) -> tuple[str, str]:
    return of.at_least, of.at_most


# ── importing ────────────────────────────────────────────────────────────────


def loaded(program: str) -> set[str]:
    """The modules that a program of one line has loaded."""
    text = f"import sys\n{program}\nprint(*sys.modules)"
    paths = [str(ROOT / name) for name in ("dsl", "compiler", "policies")]
    made = subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import sys; sys.path[:0] = {paths!r}\n{text}"],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(made.stdout.split())


def test_importing_the_facade_imports_nothing() -> None:
    assert {m for m in loaded("import longarm") if m.startswith("longarm")} == {"longarm"}


def test_the_interface_needs_the_standard_library_alone() -> None:
    """Run with `-S`: nothing else is there to be imported."""
    modules = loaded("import longarm; longarm.load")
    assert "longarm.api" in modules
    heavy = {"lark", "click", "rich", "ruamel", "jsonschema", "longarm.pipeline", "longarm.plan"}
    assert not modules & heavy
    assert not {m for m in modules if m.startswith(("longarm.backends", "longarm_dsl.surface.p"))}


def test_every_public_name_is_there() -> None:
    assert set(longarm.__all__) <= set(dir(longarm))
    for name in longarm.__all__:
        assert getattr(longarm, name).__doc__
    assert not hasattr(longarm, "no_such_name")


# ── loading ──────────────────────────────────────────────────────────────────


def test_an_installed_package_is_loaded_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "acme_policies"
    package.mkdir()
    (package / "words.pol").write_text(WORDS, "utf-8")
    (package / "notice.pol").write_text(OTHER, "utf-8")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    monkeypatch.chdir(ROOT)
    assert longarm.load("acme_policies", installed=False).regimes == ("yy",)


@pytest.mark.parametrize("name", ["no_such_thing", "no such thing", "a/b.pol", "json.no_such"])
def test_what_is_not_there_is_told(name: str) -> None:
    with pytest.raises(FileNotFoundError, match="no file or folder, and no installed package"):
        longarm.load(name)


def test_errors_in_policies_hold_the_diagnostics(tmp_path: Path) -> None:
    path = tmp_path / "bad.pol"
    path.write_text(OTHER.replace("use words", "").replace("destination", "destnation"), "utf-8")
    with pytest.raises(longarm.PolicyErrors) as caught:
        longarm.load(path, installed=False)
    assert [d.name for d in caught.value.diagnostics] == ["unknown-name"]
    told = str(caught.value).splitlines()
    assert told == ["the policies do not compile:", f"{path}:13:8: error[unknown-name] {WRONG}"]
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)  # noqa: S301  our own


def test_unchanged_law_comes_from_the_cache(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LONGARM_CACHE", str(tmp_path / "kept"))
    first = longarm.load(folder, installed=False)
    answer = first.regime("xx").decide(OPEN, on=ON, known=KNOWN)
    assert {p.suffix for p in (tmp_path / "kept").iterdir()} == {".law", ".code"}
    monkeypatch.setattr("longarm.pipeline.compile_files", None)
    monkeypatch.setattr("longarm.backends.in_process.regime_code", None)
    again = longarm.load(folder, installed=False)
    assert again.program is not first.program
    assert again.regime("xx").decide(OPEN, on=ON, known=KNOWN).to_json() == answer.to_json()


def test_without_the_cache_nothing_is_kept(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LONGARM_CACHE", str(tmp_path / "kept"))
    longarm.load(folder, installed=False, cache=False).regime("xx").decide(OPEN)
    assert not (tmp_path / "kept").exists()


# ── regimes ──────────────────────────────────────────────────────────────────


def test_regimes_are_listed_and_found(packs: longarm.Packs) -> None:
    assert packs.regimes == ("xx", "yy")
    assert packs.regime("XX").name == "xx"
    assert "xx" in repr(packs)


@pytest.mark.parametrize("name", ["xy", "", "xx,yy", " "])
def test_an_unknown_regime_is_told(packs: longarm.Packs, name: str) -> None:
    with pytest.raises(longarm.ChoiceError, match="no regime"):
        packs.regime(name)


def test_a_mistyped_regime_has_a_suggestion(tmp_path: Path) -> None:
    (tmp_path / "words.pol").write_text(WORDS, "utf-8")
    (tmp_path / "n.pol").write_text(OTHER.replace("regime    yy", "regime    mofcom"), "utf-8")
    with pytest.raises(longarm.ChoiceError, match="did you mean `mofcom`"):
        longarm.load(tmp_path, installed=False).regime("mofcon")


# ── decisions ────────────────────────────────────────────────────────────────


def test_a_decision_says_what_is_required(xx: longarm.Regime) -> None:
    decision = xx.decide(DEAR, on=ON, known=KNOWN)
    assert (decision.regime, decision.on, decision.known) == ("xx", ON, date(2026, 6, 1))
    assert ends(decision.requirement) == ("license", "license")
    assert ends(decision.review) == ("standard", "standard")
    assert decision.determined
    assert decision.exact
    assert [(r.id, r.stands) for r in decision.rules] == [("xx.order.dear", longarm.Truth.YES)]
    assert [r.authority for r in decision.requirements] == ["OFFICE"]
    assert decision.needs == ()
    assert decision.errors == ()
    assert str(decision).splitlines()[1] == "xx: license required (OFFICE)"


def test_an_open_decision_cannot_pass_for_no_license(xx: longarm.Regime) -> None:
    decision = xx.decide(OPEN, on=ON, known=KNOWN)
    assert ends(decision.requirement) == ("nothing", "license")
    assert not decision.determined
    for answer in (decision, decision.requirement, xx.bounds(OPEN, on=ON, known=KNOWN)):
        with pytest.raises(TypeError, match="neither"):
            bool(answer)
    with pytest.raises(TypeError, match="a range is no word"):
        _ = decision.requirement == "nothing"
    with pytest.raises(TypeError, match="a range is no word"):
        _ = decision.requirement != "license"
    assert not hasattr(decision, "outcome")
    assert "between nothing and a license" in str(decision)
    assert str(decision.requirement) == "between nothing and license"


def test_nothing_is_never_called_a_clearance(xx: longarm.Regime) -> None:
    free: dict[str, object] = {"given": {"destination": "DE", "urgent": "no"}}
    decision = xx.decide(free, on=ON, known=KNOWN)
    assert ends(decision.requirement) == ("nothing", "nothing")
    assert "no requirement found · not a clearance" in str(decision)
    assert "no requirement found · not a clearance" in str(xx.bounds(free, on=ON, known=KNOWN))


def test_ranges_reach_levels(xx: longarm.Regime) -> None:
    requirement = xx.decide(OPEN, on=ON, known=KNOWN).requirement
    asked = {
        level: (requirement.may_reach(level), requirement.must_reach(level))
        for level in requirement.levels
    }
    assert asked == {
        "nothing": (True, True),
        "report": (True, False),
        "license": (True, False),
        "prohibited": (False, False),
    }
    with pytest.raises(longarm.ChoiceError, match="no level `licence`; did you mean `license`"):
        requirement.may_reach("licence")


def test_ranges_compare_with_ranges(xx: longarm.Regime) -> None:
    one, two = (xx.decide(OPEN, on=ON, known=KNOWN) for _ in range(2))
    assert one.requirement == two.requirement
    assert len({one.requirement, two.requirement}) == 1
    assert one.requirement != one.review


def test_needs_say_what_answers_lead_to(xx: longarm.Regime) -> None:
    (need,) = xx.decide(OPEN, on=ON, known=KNOWN).needs
    assert need.question == "amount"
    assert {ends(a.requirement) for a in need.answers} == {
        ("nothing", "nothing"),
        ("license", "license"),
    }


def test_duties_are_told(xx: longarm.Regime) -> None:
    hurry: dict[str, object] = {"given": {"destination": "DE", "urgent": "yes"}}
    decision = xx.decide(hurry, on=ON, known=KNOWN, readings={"reach": "far"})
    assert [(d.duty, d.to) for d in decision.duties] == [("report", ("OFFICE",))]


def test_json_is_what_eval_writes(
    folder: Path, xx: longarm.Regime, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from longarm.cli import run  # noqa: PLC0415  used by this test only

    for case in (DEAR, OPEN):
        path = tmp_path / "case.json"
        path.write_text(json.dumps(case), "utf-8")
        command = ["eval", str(path), "--alone", "--policies", str(folder), "--regime", "xx"]
        assert run([*command, "--on", ON, "--known", KNOWN, "--format", "json"]) == 0
        written = json.loads(capsys.readouterr().out)
        decision = xx.decide(case, on=ON, known=KNOWN)
        assert json.loads(json.dumps(decision.to_json())) == written["decisions"][0]
        assert json.loads(json.dumps(decision.to_record())) == written


def test_a_record_keeps_what_was_chosen(xx: longarm.Regime) -> None:
    decision = xx.decide(DEAR, on=ON, known=KNOWN, closed=True, readings={"reach": "far"})
    record = decision.to_record()
    assert record["assume"] == "closed"
    assert record["readings"] == {"xx.order.reach": "far"}


@pytest.mark.parametrize("case", [DEAR, OPEN, {"given": {}}])
def test_both_evaluators_answer_alike(xx: longarm.Regime, case: dict[str, object]) -> None:
    made, reference = (
        xx.decide(case, on=ON, known=KNOWN, evaluator=name) for name in ("compiled", "reference")
    )
    assert made.to_json() == reference.to_json()
    with pytest.raises(ValueError, match="magic"):
        xx.decide(case, evaluator="magic")


# ── days and choices ─────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("on", "shown"),
    [
        ("2026-03-02", "2026-03-02"),
        (date(2026, 3, 2), "2026-03-02"),
        ("2026-03-02T09:30+01:00", "2026-03-02T09:30+01:00"),
        (datetime(2026, 3, 2, 9, 30), "2026-03-02T09:30"),  # noqa: DTZ001  local time is one form
        (datetime(2026, 3, 2, 9, 30, 59, tzinfo=UTC), "2026-03-02T09:30+00:00"),
        (
            datetime(2026, 3, 2, 9, 30, tzinfo=timezone(timedelta(hours=-5))),
            "2026-03-02T09:30-05:00",
        ),
        (
            datetime(2026, 3, 2, 0, 5, tzinfo=timezone(timedelta(minutes=8, seconds=30))),
            "2026-03-01T23:56+00:00",
        ),
    ],
)
def test_days_have_several_forms(xx: longarm.Regime, on: str | date, shown: str) -> None:
    assert xx.decide(DEAR, on=on, known=date(2026, 6, 1)).on == shown


def test_the_days_of_the_case_come_next(xx: longarm.Regime) -> None:
    case = {**DEAR, "on": date(2026, 1, 15), "known": "2026-02-01"}
    decision = xx.decide(case)
    assert (decision.on, decision.known) == ("2026-01-15", date(2026, 2, 1))
    assert ends(decision.requirement) == ("nothing", "nothing")
    assert xx.decide(case, on=ON).on == ON
    dated: dict[str, object] = {"given": {"destination": "US", "date": date(2026, 4, 1)}}
    assert xx.decide(dated, known=KNOWN).on == "2026-04-01"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"on": "2026-02-30"}, "`on` is not a day of the calendar"),
        ({"on": "tomorrow"}, "`on` is not a day of the calendar"),
        ({"known": "20260101"}, "`known` is not a day of the calendar"),
        ({"known": "2026-01-01T10:00"}, "`known` is a day"),
        ({"known": datetime(2026, 1, 1, 10, tzinfo=UTC)}, "`known` is a day"),
        ({"readings": {"rech": "far"}}, "no reading `rech`; did you mean `reach`"),
        ({"readings": {"reach": "fra"}}, "no value of xx.order.reach `fra`"),
        ({"with_": "bil"}, "no proposal `bil`; did you mean"),
    ],
)
def test_what_cannot_be_meant_is_told(
    xx: longarm.Regime, asked: dict[str, object], said: str
) -> None:
    with pytest.raises(longarm.ChoiceError, match=said):
        xx.decide(DEAR, **asked)  # type: ignore[arg-type]
    with pytest.raises(longarm.ChoiceError, match=said):
        xx.bounds(DEAR, **asked)  # type: ignore[arg-type]
    with pytest.raises(longarm.ChoiceError, match=said):
        xx.decide_many([], **asked)  # type: ignore[arg-type]


def test_readings_proposals_and_closing_count(xx: longarm.Regime) -> None:
    hurry: dict[str, object] = {"given": {"destination": "DE", "urgent": "yes"}}
    assert ends(xx.decide(hurry, on=ON, known=KNOWN).requirement) == ("nothing", "report")
    for value, requirement in (("far", "report"), ("near", "nothing")):
        for answer in (
            xx.decide(hurry, on=ON, known=KNOWN, readings={"reach": value}),
            xx.bounds(hurry, on=ON, known=KNOWN, readings={"reach": value}),
        ):
            assert ends(answer.requirement) == (requirement, requirement)
    for with_ in ("bill", ["xx.bill"]):
        assert ends(xx.decide(hurry, on=ON, known=KNOWN, with_=with_).requirement)[0] == "license"
    silent: dict[str, object] = {"given": {"destination": "DE"}}
    for closed, most in ((False, "report"), (True, "nothing")):
        for ask in (xx.decide, xx.bounds):
            answer = ask(silent, on=ON, known=KNOWN, closed=closed)
            assert ends(answer.requirement) == ("nothing", most)
    assert xx.decide(silent, on=ON, known=KNOWN, closed=True).assumed == ("urgent = no",)


# ── many ─────────────────────────────────────────────────────────────────────


def test_many_keep_their_order(xx: longarm.Regime) -> None:
    cases = [DEAR, OPEN, {"given": {"destination": "DE", "urgent": "no"}}] * 2
    made = [ends(d.requirement) for d in xx.decide_many(cases, on=ON, known=KNOWN)]
    assert made == [ends(xx.decide(c, on=ON, known=KNOWN).requirement) for c in cases]


def test_many_are_decided_when_they_are_asked_for(xx: longarm.Regime) -> None:
    def cases() -> object:
        yield DEAR
        raise AssertionError("nobody asked for the second")

    made = xx.decide_many(cases(), on=ON, known=KNOWN)  # type: ignore[arg-type]
    assert next(made).determined


def test_days_ask_each_case_again(xx: longarm.Regime) -> None:
    days: list[str | date] = ["2026-01-15", date(2026, 3, 2)]
    made = list(xx.decide_many([DEAR, OPEN], days=days, known=KNOWN))
    assert [d.on for d in made] == ["2026-01-15", "2026-03-02"] * 2
    assert [d.requirement.at_most for d in made] == ["nothing", "license"] * 2
    with pytest.raises(longarm.ChoiceError, match="give one of the two"):
        xx.decide_many([DEAR], days=days, on=ON)


# ── bounds ───────────────────────────────────────────────────────────────────


def test_bounds_hold_the_decision(xx: longarm.Regime) -> None:
    bounds = xx.bounds(OPEN, on=ON, known=KNOWN)
    assert ends(bounds.requirement) == ("nothing", "license")
    assert bounds.stands == {"xx.order.dear": longarm.Truth.UNKNOWN}
    assert (bounds.regime, bounds.on, bounds.known) == ("xx", ON, date(2026, 6, 1))


def test_bounds_of_a_day_that_the_law_divides_are_its_hull(xx: longarm.Regime) -> None:
    case: dict[str, object] = {"given": {"destination": "FR", "amount": "1 EUR", "urgent": "no"}}
    whole = xx.bounds(case, on="2026-05-04", known=KNOWN)
    assert ends(whole.requirement) == ("nothing", "prohibited")
    assert whole.stands == {"xx.order.noon": longarm.Truth.UNKNOWN}
    assert len(whole.parts) == 2
    after = xx.bounds(case, on="2026-05-04T13:00", known=KNOWN)
    assert ends(after.requirement) == ("prohibited", "prohibited")
    assert after.stands == {"xx.order.noon": longarm.Truth.YES}
    decided = xx.decide(case, on="2026-05-04", known=KNOWN)
    assert decided.requirement == whole.requirement


# ── cases ────────────────────────────────────────────────────────────────────


def test_a_case_is_read_once_for_many_questions(packs: longarm.Packs) -> None:
    case = packs.case({**DEAR, "case": "a crate"})
    assert case.readable
    assert (case.title, case.problems) == ("a crate", ())
    made = [packs.regime(r).decide(case, on=ON, known=KNOWN) for r in packs.regimes]
    assert [d.requirement.at_least for d in made] == ["license", "nothing"]


def test_a_case_of_other_packs_is_read_by_the_words_of_these(
    tmp_path: Path, packs: longarm.Packs
) -> None:
    words = WORDS.replace("urgent      : flag", "urgent      : text").replace(
        "amount      : money", ""
    )
    (tmp_path / "words.pol").write_text(words, "utf-8")
    (tmp_path / "notice.pol").write_text(OTHER, "utf-8")
    other = longarm.load(tmp_path, installed=False).regime("yy")
    decision = other.decide(packs.case(DEAR), on=ON, known=KNOWN)
    assert decision.errors == ("there is no fact `amount` of a Transaction",)


def test_a_fact_that_cannot_be_read_is_unknown_and_told(
    packs: longarm.Packs, xx: longarm.Regime
) -> None:
    case = packs.case({"given": {"destination": "US", "amount": "much", "urgent": "no"}})
    assert case.readable
    assert [(p.name, p.note) for p in case.problems] == [("malformed-fact", "amount")]
    decision = xx.decide(case, on=ON, known=KNOWN)
    assert ends(decision.requirement) == ("nothing", "license")
    assert decision.errors[0].startswith("amount: `much` is not")
    assert xx.bounds(case, on=ON, known=KNOWN).errors


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ({}, "a case without `given`"),
        ({"destination": "US"}, "facts stand under `given`"),
        ({"given": {}, "on": "2026-02-30"}, "`on` is not a day of the calendar"),
        ({"given": {}, "gven": {}}, "a case has no `gven`; did you mean `given`"),
        ({"given": [1, 2]}, "the facts of a case are a record"),
        ({"given": {}, "assume": "open"}, "a case can assume only `closed`"),
    ],
)
def test_what_is_no_case_is_told(
    packs: longarm.Packs, xx: longarm.Regime, case: dict[str, object], said: str
) -> None:
    read = packs.case(case)
    assert not read.readable
    assert read.problems
    for ask in (xx.decide, xx.bounds):
        with pytest.raises(longarm.CaseError) as caught:
            ask(read, on=ON, known=KNOWN)
        assert said in str(caught.value)
        assert caught.value.problems == read.problems


# ── facts that a program holds ───────────────────────────────────────────────


class Place(Enum):
    AMERICA = "US"


@dataclass
class Party:
    located_in: Place | None = None


@dataclass
class Shipment:
    destination: Place
    amount: str | None = None
    urgent: bool | None = None
    actor: Party | None = None


class Crate(NamedTuple):
    weight: int


def test_objects_state_facts(xx: longarm.Regime) -> None:
    typed = Shipment(Place.AMERICA, "100 EUR", urgent=False, actor=Party(Place.AMERICA))
    wanted = xx.decide(
        {"given": {**DEAR["given"], "actor": {"located_in": "US"}}},  # type: ignore[dict-item]
        on=ON,
        known=KNOWN,
    ).to_json()
    as_case = SimpleNamespace(given=typed, on=ON, _private=object())
    assert xx.decide(typed, on=ON, known=KNOWN).to_json() == wanted
    assert xx.decide(as_case, known=KNOWN).to_json() == wanted


def test_an_attribute_that_is_none_is_not_stated() -> None:
    assert json.loads(json_text(Shipment(Place.AMERICA))) == {"given": {"destination": "US"}}
    # In a mapping it is a mistake of its author, as in a file: read, and told.
    assert json.loads(json_text({"given": {"urgent": None}})) == {"given": {"urgent": None}}


def test_values_are_exact_texts() -> None:
    values = {
        "decimal": Decimal("1E+3"),
        "small": Decimal("0.10"),
        "fraction": Fraction(1, 3),
        "day": date(2026, 1, 2),
        "moment": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        "list": (1, True, [Crate(2)]),
        "set": {"b", "a"},
        "words": "重货",
    }
    assert json.loads(json_text({"given": values}))["given"] == {
        "decimal": "1000",
        "small": "0.10",
        "fraction": "1/3",
        "day": "2026-01-02",
        "moment": "2026-01-02T03:04+00:00",
        "list": [1, True, [{"weight": 2}]],
        "set": ["a", "b"],
        "words": "重货",
    }


def in_a_circle() -> dict[str, object]:
    made: dict[str, object] = {}
    made["given"] = made
    return made


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ({"given": {"amount": 0.1}}, "given.amount: the float 0.1 is not exact"),
        (
            {"given": {"items": [{"weight": float("nan")}]}},
            r"given.items\[0\].weight: the float nan",
        ),
        ({"given": {1: 2}}, "given: the key 1 is not a text"),
        ({"given": {"amount": b"1"}}, "given.amount: a case cannot hold a value of type bytes"),
        ({"given": {"amount": int}}, "given.amount: a case cannot hold a value of type type"),
        ({"given": {"amount": object()}}, "a case cannot hold a value of type object"),
        (in_a_circle(), "nor in a circle"),
        ("given", "a case is a mapping or an object with attributes"),
        ([7], "a case is a mapping or an object with attributes"),
        (None, "a case is a mapping or an object with attributes"),
        (7, "a case is a mapping or an object with attributes"),
    ],
)
def test_what_no_case_can_hold_is_a_type_error(
    packs: longarm.Packs, case: object, said: str
) -> None:
    with pytest.raises(TypeError, match=said):
        packs.case(case)


def test_texts_cannot_become_anything_else(packs: longarm.Packs) -> None:
    hostile = '", "given": {"amount": "1 EUR"}, "x": "\u202e\ud800'
    case = packs.case({"given": {"tags": [hostile], hostile: 1}})
    assert case.read is not None
    assert set(case.read.transaction.record.fields) == {"tags"}
    assert len(case.problems) >= 1


def test_the_program_is_compiled_once(folder: Path) -> None:
    from longarm.evaluators import functions  # noqa: PLC0415  used by this test only

    one = law([folder], installed=False)
    other = law([folder], installed=False)
    assert functions(one) is functions(one)
    assert functions(one) is not functions(other)
    assert functions(one).program is one.program
