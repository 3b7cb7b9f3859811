"""A case says the same in `.pol`, YAML and JSON, and what it says is never guessed at."""

from __future__ import annotations

import json
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest

from longarm.cases import CaseInput, cases_of, is_day, load_cases, read_cases
from longarm.pipeline import Compiled, compile_sources
from longarm_dsl.core import facts
from longarm_dsl.core.ast import Expectation, Literal, Place, Word
from longarm_dsl.core.numbers import point
from longarm_dsl.core.program import Program
from longarm_dsl.core.units import currency
from longarm_dsl.diagnostics import Diagnostic

VOCABULARY = """
enum Use = civil, military, chip_production
record Party
  name       : text
  located_in : country
  military   : flag
record Item
  code       : codes
  value      : money > 0
  logic_node : nm > 0
  components : [Item]
record Transaction
  date        : date
  time        : time
  note        : text
  destination : country
  transit     : [country]
  end_use     : {Use}
  end_user    : Party
  item        : Item
  events      : dates
"""

LAW = """
instrument i "An instrument"
  regime    {regime}
  authority MOFCOM
  issued    2025-01-01
  verified  2025-06-01

use common.trade

status controlled(i : Item) "controlled"

rule broad "All of it"
  cite "1"
  when destination = US
  then requires license from MOFCOM

rule marks "Marks it"
  cite "2"
  when destination = US
  then establishes controlled(item)

rule beside "What else follows"
  cite "3"
  when destination = US
  then obliges keep_records
  then flags odd
  then charges fee 12 CNY
  then exposes fine 5 CNY to 50 CNY
  then exposes warning
"""

POL = """
use common.trade
use cn.law

case "magnets, 0.42 %"
  cite    "No. 61"
  on      2025-12-02
  known   2025-11-01
  assume  closed
  given   { destination: NO, transit: [HK, ...], end_use: {chip_production},
            end_user: { name: "unknown", located_in: unknown },
            events: { shipment: 2025-12-02 },
            item: { code: {"CN:1C905.a.4", "US:EAR99"}, value: 10000 EUR, logic_node: 14 nm,
                    components: [{ code: "CN:1C905.a.1", value: 0.42 EUR }] } }
  expect  cn requires license, reviews none to case_by_case, because broad
  expect  cn not because marks, status controlled(item), code "CN:1C905.a.4", duty keep_records
  expect  cn flag odd, charge fee 12 CNY, charge fee 0 CNY to 12 CNY, needs item.value
  expect  cn exposes fine 5 CNY to 50 CNY, exposes warning, charge fee, not exposes fine
  expect  cn open exposes warning, not duty keep_records, not flag odd, not charge fee
  expect  cn open flag odd, open status controlled(item), open because marks
  expect  us requires at least report, reviews at most denial, not status controlled(item)
"""

YAML = """
# The keys and words that YAML 1.1 turns into booleans are texts here.
case: magnets, 0.42 %
cite: No. 61
on: 2025-12-02
known: 2025-11-01
assume: closed
given:
  destination: NO
  transit: [HK, ...]
  end_use: {chip_production}
  end_user: {name: "unknown", located_in: unknown}
  events: {shipment: 2025-12-02}
  item:
    code: {"CN:1C905.a.4", US:EAR99}
    value: 10000 EUR
    logic_node: 14 nm
    components:
      - {code: CN:1C905.a.1, value: 0.42 EUR}
expect:
  cn:
    - requires: license
      reviews: none to case_by_case
      because: broad
    - not because marks, status controlled(item)
    - code: CN:1C905.a.4
      duty: [keep_records]
    - flag odd
    - charge: {fee: 12 CNY}
    - charge: {fee: 0 CNY to 12 CNY}
    - needs item.value
    - exposes: {fine: 5 CNY to 50 CNY}
    - exposes: warning
      charge: fee
      not_exposes: fine
    - open_exposes: warning
      not_duty: keep_records
    - not flag odd, not charge fee
    - {open_flag: odd, open_status: controlled(item), open_because: marks}
  us: {requires: at least report, reviews: at most denial, not_status: controlled(item)}
"""

JSON_CASE = {
    "case": "magnets, 0.42 %",
    "cite": "No. 61",
    "on": "2025-12-02",
    "known": "2025-11-01",
    "assume": "closed",
    "given": {
        "destination": "NO",
        "transit": ["HK", "..."],
        "end_use": ["chip_production"],
        "end_user": {"name": "Unknown", "located_in": "unknown"},
        "events": {"shipment": "2025-12-02"},
        "item": {
            "code": ["CN:1C905.a.4", "US:EAR99"],
            "value": "10000 EUR",
            "logic_node": "14 nm",
            "components": [{"code": "CN:1C905.a.1", "value": "0.42 EUR"}],
        },
    },
}


@cache
def compiled() -> Compiled:
    sources = [("common.trade", VOCABULARY), ("cases", POL)]
    laws = [(f"{r}.law", LAW.replace("{regime}", r)) for r in ("cn", "us")]
    return compile_sources([*sources, *laws])


def program() -> Program:
    return compiled().program


def read(text: str) -> tuple[tuple[CaseInput, ...], tuple[Diagnostic, ...]]:
    return read_cases(text.encode(), "c.yaml", program())


def only(text: str) -> CaseInput:
    """The one case of a text in which nothing is wrong."""
    cases, found = read(text)
    assert found == ()
    (case,) = cases
    return case


def wrong(text: str) -> Diagnostic:
    """The one finding about a text, from which no case may come."""
    cases, found = read(text)
    assert cases == ()
    (diagnostic,) = found
    return diagnostic


def unlike_only_in_places(case: CaseInput) -> tuple[object, ...]:
    return (
        case.title,
        case.on,
        case.known,
        case.closed,
        case.transaction,
        case.expectations,
        case.cite,
    )


# --- the same in every form ---------------------------------------------------------------


def test_yaml_says_what_pol_says() -> None:
    (pol,), found = cases_of(compiled())
    assert found == ()
    assert unlike_only_in_places(only(YAML)) == unlike_only_in_places(pol)


def test_json_says_what_yaml_says() -> None:
    written = only(json.dumps(JSON_CASE))
    plain = only(YAML.replace('"unknown"', "Unknown"))
    assert written.transaction == plain.transaction
    assert (written.on, written.known, written.closed) == (plain.on, plain.known, plain.closed)


def test_the_facts_are_those_of_the_text() -> None:
    case = only(YAML)
    stated = case.transaction.record.fields
    assert case.closed
    assert case.transaction.closed
    assert stated["destination"] == facts.Scalar(Place("NO"))
    assert stated["transit"] == facts.Items((facts.Scalar(Place("HK")),), open=True)
    assert stated["end_use"] == facts.Items((facts.Scalar(Word("Use", "chip_production")),))
    assert stated["end_user"] == facts.Record(
        "Party", {"name": facts.Scalar("unknown"), "located_in": facts.Open(asked=False)}
    )
    item = stated["item"]
    assert isinstance(item, facts.Record)
    assert item.fields["value"] == facts.Scalar(point(10000, currency("EUR")))


def test_quotes_in_json_make_no_text_of_unknown() -> None:
    case = only('{"given": {"end_user": {"name": "unknown"}}}')
    assert case.transaction.record.fields["end_user"] == facts.Record(
        "Party", {"name": facts.Open(asked=False)}
    )
    surname = only('{"given": {"end_user": {"name": "Null"}}}')
    assert surname.transaction.record.fields["end_user"] == facts.Record(
        "Party", {"name": facts.Scalar("Null")}
    )


def test_a_json_null_is_no_fact() -> None:
    cases, found = read('{"given": {"destination": null}}')
    assert [d.name for d in found] == ["malformed-fact"]
    assert isinstance(cases[0].transaction.record.fields["destination"], facts.Malformed)


@pytest.mark.parametrize(
    "text", ["NO", "on", "12:30", "1e5", "0.10", "0x1F", "2025-01-01", "1_000"]
)
def test_every_scalar_is_the_text_it_looks_like(text: str) -> None:
    case = only(f"given: {{note: {text}}}")
    assert case.transaction.record.fields["note"] == facts.Scalar(text)


def test_numbers_are_exact() -> None:
    case = only("given: {item: {value: 0.1 EUR}}")
    item = case.transaction.record.fields["item"]
    assert isinstance(item, facts.Record)
    assert item.fields["value"] == facts.Scalar(point(Fraction(1, 10), currency("EUR")))


def test_a_list_of_cases() -> None:
    cases, found = read("- {case: a, given: {}}\n- {given: {destination: US}}\n")
    assert found == ()
    assert [c.title for c in cases] == ["a", "c 2"]
    assert [c.span.where for c in cases] == ["c.yaml:1:3", "c.yaml:2:3"]


def test_only_given_is_needed() -> None:
    case = only("given: {}")
    assert (case.title, case.on, case.known, case.closed) == ("c", None, None, False)
    assert (case.transaction, case.expectations) == (
        facts.Transaction(facts.Record("Transaction")),
        (),
    )


# --- what is wrong ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "case: a\non: 2025-12-02\n",
        "given: [a]",
        "given: a",
        "given: {}\nassume: open",
        "given: {}\nassume: yes",
        "given: {}\ncase: [a]",
        "given: {}\ncase: ''",
        "given: {}\nwhen: now",
        "[]",
        "hello",
        "- hello",
        "",
        "# nothing but a comment\n",
    ],
)
def test_what_is_no_case(text: str) -> None:
    assert wrong(text).name == "malformed-case"


@pytest.mark.parametrize("key", ["on", "known"])
@pytest.mark.parametrize("day", ["2025-02-30", "tomorrow", "20251202", "2025-12-02T25:00", "[a]"])
def test_a_case_on_no_day_is_not_decided_on_another(key: str, day: str) -> None:
    assert wrong(f"given: {{}}\n{key}: {day}").name == "malformed-date"


def test_days_with_a_clock() -> None:
    assert is_day("2025-11-10T13:01+08:00")
    assert is_day("2025-11-10T13:01")
    assert not is_day("2025-11-10T13")
    assert not is_day("2025-11-10T24:00")
    assert only("given: {}\non: 2025-11-10T13:01").on == "2025-11-10T13:01"


def test_a_fact_beside_given_is_shown_its_place() -> None:
    assert wrong("given: {}\ndestination: US").help == "facts stand under `given`"
    assert wrong("given: {}\nexpects: {}").help == "did you mean `expect`?"


def test_a_key_twice() -> None:
    assert wrong("given: {}\non: 2025-01-01\non: 2025-01-02").name == "duplicate-key"
    cases, (found,) = read("given: {destination: US, destination: CN}")
    assert found.name == "duplicate-key"
    assert isinstance(cases[0].transaction.record.fields["destination"], facts.Malformed)


def test_dots_stand_last() -> None:
    cases, (found,) = read("given: {transit: [..., HK]}")
    assert (found.name, found.primary.span.text) == ("malformed-case", "...")
    hong_kong = facts.Items((facts.Scalar(Place("HK")),), open=True)
    assert cases[0].transaction.record.fields["transit"] == hong_kong


def test_a_wrong_fact_stays_in_the_case() -> None:
    cases, (found,) = read("given:\n  destination: Utopia\nassume: closed\n")
    assert (found.name, found.primary.span.where) == ("malformed-fact", "c.yaml:2:16")
    assert isinstance(cases[0].transaction.record.fields["destination"], facts.Malformed)


def test_places_are_counted_in_characters_after_the_mark() -> None:
    text = "\ufeffcase: 磁铁\r\ngiven: {note: 磁, destination: Utopia}\r\n"
    _, (found,) = read(text)
    assert found.primary.span.where == "c.yaml:2:31"
    assert found.primary.span.text == "Utopia"


# --- expectations -------------------------------------------------------------------------


def expected(text: str) -> tuple[Expectation, ...]:
    return only(f"given: {{}}\nexpect: {text}").expectations


def unexpected(text: str) -> Diagnostic:
    cases, found = read(f"given: {{}}\nexpect: {text}")
    (diagnostic,) = found
    assert cases[0].expectations == ()
    return diagnostic


def test_nothing() -> None:
    assert expected("{us: nothing}") == (Expectation("us", "nothing"),)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("license", "license", "license"),
        ("at least license", "license", None),
        ("at most license", None, "license"),
        ("nothing to license", "nothing", "license"),
    ],
)
def test_bounds(text: str, low: str | None, high: str | None) -> None:
    bounds = (Expectation("cn", "requires", low, high),)
    assert expected(f"{{cn: {{requires: {text}}}}}") == bounds
    assert expected(f"{{cn: requires {text}}}") == bounds


def test_names_are_those_of_the_program() -> None:
    (because,) = expected("{cn: because broad}")
    assert because.name in program().rules
    assert str(because.name).startswith("cn.")
    (status,) = expected("{cn: status controlled(item)}")
    assert status.name in {f"{s}(item)" for s in program().statuses}
    assert str(status.name).startswith("cn.")


def test_a_charge_has_its_amount() -> None:
    (charge,) = expected("{cn: charge fee 12 CNY}")
    assert charge.low == "fee"
    assert isinstance(charge.amount, Literal)
    assert charge.amount.value == point(12, currency("CNY"))


def test_a_list_has_the_days_of_each_record() -> None:
    assert expected(
        "[{on: 2025-11-09, known: 2025-11-01, cn: nothing, us: nothing}, "
        "{known: 2025-11-02, cn: nothing}, {us: nothing}]"
    ) == (
        Expectation("cn", "nothing", on="2025-11-09", known="2025-11-01"),
        Expectation("us", "nothing", on="2025-11-09", known="2025-11-01"),
        Expectation("cn", "nothing", known="2025-11-02"),
        Expectation("us", "nothing"),
    )
    assert expected("{on: 2025-11-09T08:00Z, cn: nothing}") == (
        Expectation("cn", "nothing", on="2025-11-09T08:00Z"),
    )


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("{eu: nothing}", "unknown-name"),
        ("nothing", "malformed-case"),
        ("{cn: license}", "malformed-case"),
        ("{cn: {nothing: license}}", "malformed-case"),
        ("{cn: {requires: licence}}", "unknown-enum-value"),
        ("{cn: {reviews: at least license}}", "unknown-enum-value"),
        ("{cn: license to nothing}", "malformed-case"),
        ("{cn: requires license to nothing}", "malformed-case"),
        ("{cn: because brood}", "unknown-name"),
        ("{cn: {because: }}", "malformed-case"),
        ("{cn: status controled(item)}", "unknown-name"),
        ("{cn: code 3A090}", "malformed-case"),
        ("{cn: charge fees 12 CNY}", "unknown-name"),
        ("{cn: duty keep_recods}", "unknown-name"),
        ("{cn: not flag od}", "unknown-name"),
        ("{cn: open exposes prison}", "unknown-name"),
        ("{cn: not exposes fine 5 CNY}", "malformed-case"),
        ("{cn: exposes fine 5 CNY to}", "malformed-case"),
        ("{cn: exposes fine 5 nm to 6 nm}", "malformed-case"),
        ("{cn: not requires license}", "malformed-case"),
        ("{cn: charge fee 12 nm}", "malformed-case"),
        ("{cn: ''}", "malformed-case"),
        ("{on: 2025-11-31, cn: nothing}", "malformed-date"),
        ("[{known: soon, cn: nothing}]", "malformed-date"),
        ("[{on: [], cn: nothing}]", "malformed-date"),
        ("[{on: 2025-11-30}]", "malformed-case"),
        ("[nothing]", "malformed-case"),
        ("[{on: 2025-11-30, on: 2025-11-29, cn: nothing}]", "duplicate-key"),
    ],
)
def test_an_expectation_that_says_nothing_is_a_mistake(text: str, name: str) -> None:
    assert unexpected(text).name == name


# --- files and folders --------------------------------------------------------------------


def test_a_folder_of_cases(tmp_path: Path) -> None:
    (tmp_path / "trade.pol").write_text(VOCABULARY, "utf-8")
    (tmp_path / "b.pol").write_text('use trade\ncase "b"\n  given { destination: US }\n', "utf-8")
    (tmp_path / "a.yaml").write_text("case: a\ngiven: {destination: NO}\n", "utf-8")
    (tmp_path / "c.json").write_text('{"case": "c", "given": {}}', "utf-8")
    (tmp_path / "d.txt").write_text("not looked at", "utf-8")
    loaded = load_cases([tmp_path], installed=False)
    assert loaded.found == ()
    assert [c.title for c in loaded.cases] == ["a", "b", "c"]
    assert loaded.cases[1].transaction.record.fields == {"destination": facts.Scalar(Place("US"))}


def test_a_path_without_cases_is_found(tmp_path: Path) -> None:
    (tmp_path / "trade.pol").write_text(VOCABULARY, "utf-8")
    loaded = load_cases([tmp_path], installed=False)
    assert [d.name for d in loaded.found] == ["no-cases"]


def test_law_beside_its_cases_needs_none(tmp_path: Path) -> None:
    law, cases, empty = (tmp_path / name for name in ("trade.pol", "b.pol", "sub"))
    law.write_text(VOCABULARY, "utf-8")
    cases.write_text('use trade\ncase "b"\n  given { destination: US }\n', "utf-8")
    empty.mkdir()
    assert load_cases([law, cases], installed=False).found == ()
    found = load_cases([law, cases, empty], installed=False).found
    assert [d.message for d in found] == [f"no case in `{empty}`"]
    law.rename(empty / "trade.pol")  # a folder of law as well
    assert load_cases([empty, cases], installed=False).found == ()


def test_a_missing_file_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="absent"):
        read_cases(tmp_path / "absent.yaml", "absent.yaml", program())


def test_the_shipped_cases_read() -> None:
    pack = Path(__file__).parents[2] / "policies" / "longarm_policies"
    loaded = load_cases([pack], installed=False)
    assert [d.message for d in loaded.found] == []
    magnet = next(c for c in loaded.cases if c.title.startswith("magnet assembly"))
    assert magnet.on == date(2025, 12, 2).isoformat()
    assert set(magnet.regimes) <= {"cn", "us"}


def test_a_newcomers_word_beside_given_is_shown_the_word_of_a_case() -> None:
    assert wrong("given: {}\ntitle: servers").help == "did you mean `case`?"
    assert wrong("given: {}\nday: 2026-03-01").help == "did you mean `on`?"
    told = "facts stand under `given`; did you mean `end_user`?"
    assert wrong("given: {}\nenduser: {}").help == told
