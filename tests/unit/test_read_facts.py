"""Facts are read by their types, and nothing that was stated is dropped."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longarm.pipeline import compile_sources
from longarm_dsl.core import ast, facts
from longarm_dsl.core.ast import LiteralValue, NoneValue, Place, Word
from longarm_dsl.core.codes import Code
from longarm_dsl.core.fact_names import suggestion
from longarm_dsl.core.numbers import Interval, between, point
from longarm_dsl.core.program import Program
from longarm_dsl.core.read_facts import (
    MOST_CHARACTERS,
    MOST_LEVELS,
    MOST_NODES,
    Raw,
    RawList,
    RawPair,
    RawRecord,
    RawText,
    read_transaction,
)
from longarm_dsl.core.types import TextType
from longarm_dsl.core.units import MONEY, currency, quantity
from longarm_dsl.diagnostics import Diagnostic
from longarm_dsl.source import NOWHERE

VOCABULARY = """
unit TPP "total processing performance"
enum Use = civil, military, chip_production
record Listing
  list   : text
  scope  : codes
  review : posture
record Stake
  owner : Party
  share : percent range 0% to 100%
record Party
  name       : text
  located_in : country
  military   : flag
  lists      : [Listing]
  owners     : [Stake]
  aliases    : [text]
record Item
  code       : codes
  value      : money > 0
  node       : nm > 0
  tpp        : TPP >= 0
  layers     : number >= 0
  fee        : EUR
  heat       : degC
  components : [Item]
record Call
  date : date
  time : time
record Transaction
  date     : date
  time     : time
  issued   : date
  end_use  : {Use}
  main_use : Use
  transit  : [country]
  end_user : Party
  item     : Item
  call     : Call
  events   : dates
  rates    : rates
list us.sdn_list (party : Party)
"""


@cache
def vocabulary() -> Program:
    return compile_sources([("common.trade", VOCABULARY)]).program


def read(given: str, *, closed: bool = False) -> tuple[facts.Transaction, tuple[Diagnostic, ...]]:
    """What `given { … }` of a `.pol` case says."""
    source = f'{VOCABULARY}\ncase "c"\n  given {{ {given} }}\n'
    compiled = compile_sources([("common.trade", source)])
    (case,) = compiled.cases
    assert case.given is not None
    return read_transaction(case.given, compiled.program, closed=closed)


def value(path: str, raw: Raw) -> tuple[facts.Fact, tuple[Diagnostic, ...]]:
    """One fact, given by its path, as read from a raw value."""
    for key in reversed(path.split(".")):
        raw = RawRecord((RawPair(key, raw, NOWHERE),), NOWHERE)
    transaction, found = read_transaction(raw, vocabulary())
    fact: facts.Fact = transaction.record
    for key in path.split("."):
        assert isinstance(fact, facts.Record)
        fact = fact.fields[key]
    return fact, found


def word(text: str, *, quoted: bool = False) -> RawText:
    return RawText(text, quoted, NOWHERE)


def stated(path: str, text: str, *, quoted: bool = False) -> LiteralValue:
    fact, found = value(path, word(text, quoted=quoted))
    assert found == ()
    assert isinstance(fact, facts.Scalar)
    return fact.value


def refused(path: str, text: str) -> Diagnostic:
    """The finding about a value, which must stay in the facts as malformed."""
    fact, found = value(path, word(text, quoted=True))
    (diagnostic,) = found
    assert diagnostic.name == "malformed-fact"
    assert isinstance(fact, facts.Malformed)
    assert fact.reason == diagnostic.message
    return diagnostic


# --- scalars --------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["yes", "true", "True"])
def test_a_flag_is_yes(text: str) -> None:
    assert stated("end_user.military", text) is True


@pytest.mark.parametrize("text", ["no", "false", "NO"])
def test_a_flag_is_no(text: str) -> None:
    assert stated("end_user.military", text) is False


@pytest.mark.parametrize("text", ["perhaps", "0", "none", ""])
def test_a_flag_is_nothing_else(text: str) -> None:
    refused("end_user.military", text)


@pytest.mark.parametrize(
    "path", ["end_user.military", "item.value", "end_use", "item", "call.date"]
)
def test_the_two_ways_of_not_knowing_differ(path: str) -> None:
    assert value(path, word("unknown"))[0] == facts.Open(asked=False)
    assert value(path, word("not_known"))[0] == facts.Open(asked=True)


def test_quotes_make_a_text_of_a_word() -> None:
    assert value("end_user.name", word("unknown"))[0] == facts.Open(asked=False)
    assert stated("end_user.name", "unknown", quoted=True) == "unknown"
    assert stated("end_user.name", "none", quoted=True) == "none"
    # A day cannot be the text "unknown": there quotes say nothing.
    assert value("call.date", word("unknown", quoted=True))[0] == facts.Open(asked=False)


@pytest.mark.parametrize(
    "path", ["end_user.name", "item.value", "end_user.located_in", "item", "call"]
)
def test_none_is_a_value(path: str) -> None:
    assert value(path, word("none"))[0] == facts.Scalar(NoneValue())


def test_none_of_a_list_is_the_complete_empty_list() -> None:
    assert value("end_user.owners", word("none"))[0] == facts.Items(())


def test_a_posture_called_none_is_that_posture() -> None:
    listing, _ = read("end_user: { lists: [{ list: us.sdn_list, review: none }] }")
    party = listing.record.fields["end_user"]
    assert isinstance(party, facts.Record)
    (row,) = items(party.fields["lists"])
    assert isinstance(row, facts.Record)
    assert row.fields["review"] == facts.Scalar(Word("posture", "none"))


def items(fact: facts.Fact) -> tuple[facts.Fact, ...]:
    assert isinstance(fact, facts.Items)
    return fact.items


def test_days() -> None:
    assert stated("issued", "2025-12-02") == date(2025, 12, 2)


@pytest.mark.parametrize(
    "text",
    ["2025-02-30", "2025-2-3", "20251202", "2 December 2025", "2025-12-02T10:00", "2025-W01-1"],
)
def test_what_is_no_day(text: str) -> None:
    refused("issued", text)


def test_a_day_with_a_clock_is_a_day_and_a_time() -> None:
    transaction, found = read("date: 2025-11-10T13:01+08:00")
    assert found == ()
    assert transaction.record.fields == {
        "date": facts.Scalar(date(2025, 11, 10)),
        "time": facts.Scalar("13:01+08:00"),
    }


def test_places() -> None:
    assert stated("end_user.located_in", "NO") == Place("NO")
    assert stated("end_user.located_in", "UA-43") == Place("UA-43")


@pytest.mark.parametrize(
    ("text", "hint"),
    [("nl", "`NL`"), ("Netherlands", "`NL`"), ("荷兰", "`NL`"), ("ZZ", "ISO 3166")],
)
def test_a_place_is_a_code(text: str, hint: str) -> None:
    assert hint in (refused("end_user.located_in", text).help or "")


def test_words_of_an_enum() -> None:
    assert stated("main_use", "military") == Word("Use", "military")
    assert refused("main_use", "militery").help == "did you mean `military`?"
    assert refused("main_use", "zzz").help == "it can be `civil`, `military`, `chip_production`"


@pytest.mark.parametrize(
    "text", ["", "  ", "a\x00b", "\x1b[31m", "\ud800", "x" * (MOST_CHARACTERS + 1)]
)
def test_what_is_no_text(text: str) -> None:
    refused("end_user.name", text)


def test_an_empty_place_is_not_a_fact() -> None:
    fact, (diagnostic,) = value("end_user.name", word(""))
    assert isinstance(fact, facts.Malformed)
    assert "leave the key out" in (diagnostic.help or "")


# --- numbers --------------------------------------------------------------------------

NM = quantity([("m", 1)])
EUR = currency("EUR")
NANO = Fraction(1, 10**9)


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("item.value", "10000 EUR", point(10000, EUR)),
        ("item.value", "9.99 EUR", point(Fraction(999, 100), EUR)),
        ("item.value", "at least 5 EUR", between(5, None, EUR)),
        ("item.value", "at most 5 EUR", between(0, 5, EUR, low_closed=False)),
        ("item.node", "14 nm", point(14 * NANO, NM)),
        ("item.node", "5 nm to 14 nm", between(5 * NANO, 14 * NANO, NM)),
        ("item.node", "5 to 14 nm", between(5 * NANO, 14 * NANO, NM)),
        ("item.node", "between 5 nm and 14 nm", between(5 * NANO, 14 * NANO, NM)),
        ("item.node", "more than 5 nm", between(5 * NANO, None, NM, low_closed=False)),
        (
            "item.node",
            "less than 1 um",
            between(0, 1000 * NANO, NM, low_closed=False, high_closed=False),
        ),
        ("item.node", ">= 5 nm", between(5 * NANO, None, NM)),
        ("item.tpp", "4800 TPP", point(4800, quantity([("TPP", 1)]))),
        ("item.tpp", "0", point(0, quantity([("TPP", 1)]))),
        ("item.fee", "0", point(0, EUR)),
        ("item.layers", "256", point(256)),
        ("item.layers", "1_000.5", point(Fraction(2001, 2))),
        ("item.heat", "-3 degC", point(-3, quantity([("degC", 1)]))),
    ],
)
def test_numbers(path: str, text: str, expected: Interval) -> None:
    assert stated(path, text) == expected


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("50%", "1/2", "1/2"),
        ("1/2", "1/2", "1/2"),
        ("40% to 60%", "2/5", "3/5"),
        ("at least 50%", "1/2", "1"),
    ],
)
def test_shares(text: str, low: str, high: str) -> None:
    raw = RawRecord((RawPair("share", word(text), NOWHERE),), NOWHERE)
    fact, found = value("end_user.owners", RawList((raw,), open=False, where=NOWHERE))
    assert found == ()
    (stake,) = items(fact)
    assert isinstance(stake, facts.Record)
    assert stake.fields["share"] == facts.Scalar(between(Fraction(low), Fraction(high)))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("item.value", "10000"),  # of which currency?
        ("item.value", "10,000 EUR"),
        ("item.value", "1e4 EUR"),
        ("item.value", "10 EURO"),
        ("item.value", "10 nm"),
        ("item.value", "0 EUR"),  # declared to be more than 0
        ("item.value", "at most 0 EUR"),
        ("item.value", "10 USD to 20 EUR"),
        ("item.fee", "10 USD"),
        ("item.fee", "-3 EUR"),
        ("item.node", "14"),
        ("item.node", "14 EUR"),
        ("item.node", "14 kg"),
        ("item.node", "14 nm to 5 nm"),
        ("item.node", "-1 nm"),
        ("item.layers", "many"),
        ("item.layers", "1/0"),
        ("item.layers", "9" * 41),
        ("item.layers", "nan"),
        ("item.layers", "Infinity"),
        ("item.layers", "at least"),
    ],
)
def test_what_is_no_number_here(path: str, text: str) -> None:
    refused(path, text)


def test_zero_money_has_no_currency() -> None:
    program = compile_sources(
        [("m", "record Transaction\n  value : money >= 0\n")],
    ).program
    raw = RawRecord((RawPair("value", word("0"), NOWHERE),), NOWHERE)
    transaction, _ = read_transaction(raw, program)
    assert transaction.record.fields["value"] == facts.Scalar(point(0, MONEY))


# --- codes, lists, records --------------------------------------------------------------


def test_codes_are_complete_unless_open() -> None:
    one = value("item.code", word("US:EAR99"))[0]
    assert one == facts.Codes((Code("US", "EAR99"),))
    pair = RawList((word("US:3A090.a"), word("HS:8505.11")), open=True, where=NOWHERE)
    both = facts.Codes((Code("US", "3A090.a"), Code("HS", "8505.11")), open=True)
    assert value("item.code", pair)[0] == both
    unsure = RawList((word("CN:none"), word("unknown")), open=False, where=NOWHERE)
    assert value("item.code", unsure)[0] == facts.Codes((Code("CN", "none"),), open=True)


@pytest.mark.parametrize(
    "text", ["3A090", "US:", "us:3A090", "US:33A090", ":EAR99", "US:EAR99,CN:none"]
)
def test_a_code_says_its_system(text: str) -> None:
    refused("item.code", text)


def test_one_wrong_code_spoils_the_set() -> None:
    codes = RawList((word("US:EAR99"), word("1C905")), open=False, where=NOWHERE)
    fact, found = value("item.code", codes)
    assert isinstance(fact, facts.Malformed)
    assert [d.name for d in found] == ["malformed-fact"]


def test_lists_keep_their_order_and_openness() -> None:
    transaction, found = read("transit: [HK, SG, ...], end_use: {civil}")
    assert found == ()
    assert transaction.record.fields["transit"] == facts.Items(
        (facts.Scalar(Place("HK")), facts.Scalar(Place("SG"))), open=True
    )
    assert transaction.record.fields["end_use"] == facts.Items(
        (facts.Scalar(Word("Use", "civil")),)
    )


def test_one_value_is_a_list_of_one_but_one_record_is_not() -> None:
    assert value("transit", word("HK"))[0] == facts.Items((facts.Scalar(Place("HK")),))
    stake = RawRecord((RawPair("share", word("50%"), NOWHERE),), NOWHERE)
    assert isinstance(value("end_user.owners", stake)[0], facts.Malformed)


def test_a_wrong_member_stays_in_its_list() -> None:
    transaction, found = read("transit: [HK, Atlantis]")
    assert [d.name for d in found] == ["malformed-fact"]
    hong_kong, atlantis = items(transaction.record.fields["transit"])
    assert hong_kong == facts.Scalar(Place("HK"))
    assert isinstance(atlantis, facts.Malformed)


def test_a_bare_list_name_is_a_listing() -> None:
    transaction, found = read("end_user: { lists: [us.sdn_list] }")
    assert found == ()
    assert transaction.record.fields["end_user"] == facts.Record(
        "Party",
        {"lists": facts.Items((facts.Record("Listing", {"list": facts.Scalar("us.sdn_list")}),))},
    )


def test_a_listing_on_no_list_is_a_mistake() -> None:
    _, (found,) = read("end_user: { lists: [us.sdn_lst] }")
    assert found.help == "did you mean `us.sdn_list`?"


def test_events_and_rates() -> None:
    transaction, found = read("events: { shipment: 2025-12-02 }, rates: { EUR: 1.08 USD }")
    assert found == ()
    assert transaction.record.fields["events"] == facts.Record(
        "dates", {"shipment": facts.Scalar(date(2025, 12, 2))}
    )
    assert transaction.record.fields["rates"] == facts.Record(
        "rates", {"EUR": facts.Scalar(point(Fraction(108, 100), currency("USD")))}
    )


def test_a_rate_is_positive_and_of_a_currency() -> None:
    transaction, found = read("rates: { EUR: 0 USD, BLAH: 2 USD }")
    assert sorted(d.name for d in found) == ["malformed-fact", "unknown-fact"]
    rates = transaction.record.fields["rates"]
    assert isinstance(rates, facts.Record)
    assert rates.stray == ("BLAH",)
    assert isinstance(rates.fields["EUR"], facts.Malformed)


def test_a_misspelt_key_is_kept_as_stray() -> None:
    transaction, (found,) = read("item: { valeu: 3 EUR }")
    item = transaction.record.fields["item"]
    assert isinstance(item, facts.Record)
    assert (item.fields, item.stray) == ({}, ("valeu",))
    assert (found.name, found.help) == ("unknown-fact", "did you mean `value`?")
    assert found.primary.span.text == "valeu"
    assert transaction.problems != ()


def test_a_name_cut_at_its_comma_is_told_to_need_quotes() -> None:
    pair = RawPair("Ltd.", word(""), NOWHERE)
    _, (found,) = read_transaction(RawRecord((pair,), NOWHERE), vocabulary())
    assert found.help is not None
    assert "quotes" in found.help


def test_percent_without_its_sign_is_told_to_have_one() -> None:
    _, (found,) = read("end_user: { owners: [{ share: 50.5 }] }")
    assert found.help == "it is between 0 and 1; for percent write `50.5%`"
    _, (found,) = read("end_user: { owners: [{ share: 101 }] }")
    assert found.help == "it is between 0 and 1"


def test_a_key_of_a_record_inside_says_where_to_write_it() -> None:
    _, (found,) = read("military: yes")
    assert found.help == "write `end_user: { military: … }`"


def test_a_key_of_another_record_says_whose_it_is() -> None:
    _, (found,) = read("item: { military: yes }")
    assert found.help == "`military` is a fact of Party"


def test_a_word_of_the_trade_is_not_taken_for_a_name_spelt_like_it() -> None:
    known = {name: ast.FieldInfo(name, TextType()) for name in ("importer", "actor", "name")}
    assert suggestion("exporter", known, ()) == "did you mean `actor`?"
    assert suggestion("importr", known, ()) == "did you mean `importer`?"
    assert suggestion("description", known, ()) == "did you mean `name`?"
    assert suggestion("weather", known, ()) is None


def test_a_repeated_key_decides_nothing() -> None:
    pairs = tuple(RawPair("main_use", word(w), NOWHERE) for w in ("military", "civil"))
    transaction, (found,) = read_transaction(RawRecord(pairs, NOWHERE), vocabulary())
    assert found.name == "duplicate-key"
    assert isinstance(transaction.record.fields["main_use"], facts.Malformed)


def test_the_finding_points_at_the_value() -> None:
    _, (found,) = read("item: { components: [{ value: 3 }] }")
    assert found.primary.span.text == "3"
    assert found.note == "item.components[0].value"


def test_closing_is_carried_over() -> None:
    assert read("end_use: {civil}", closed=True)[0].closed
    assert not read("end_use: {civil}")[0].closed


# --- limits -----------------------------------------------------------------------------


def test_facts_that_nest_too_deeply_leave_the_case_open() -> None:
    raw: Raw = word("x")
    for _ in range(5000):
        raw = RawList((raw,), open=False, where=NOWHERE)
    given_ = RawRecord((RawPair("transit", raw, NOWHERE),), NOWHERE)
    transaction, (found,) = read_transaction(given_, vocabulary(), closed=True)
    assert found.name == "nested-too-deeply"
    assert not transaction.closed
    assert transaction.record.stray


def test_components_may_nest_to_the_limit() -> None:
    raw = RawRecord((), NOWHERE)
    # Every level of parts is a record in a list.
    for _ in range((MOST_LEVELS - 2) // 2):
        inner = RawList((raw,), open=False, where=NOWHERE)
        raw = RawRecord((RawPair("components", inner, NOWHERE),), NOWHERE)
    assert value("item", raw)[1] == ()


def test_a_case_of_too_many_values_leaves_the_case_open() -> None:
    many = RawList((word("HK"),) * MOST_NODES, open=False, where=NOWHERE)
    pair = RawPair("transit", many, NOWHERE)
    transaction, (found,) = read_transaction(RawRecord((pair,), NOWHERE), vocabulary(), closed=True)
    assert found.name == "file-too-large"
    assert not transaction.closed


def test_facts_that_are_no_record() -> None:
    transaction, (found,) = read_transaction(word("x"), vocabulary(), closed=True)
    assert found.name == "malformed-case"
    assert not transaction.closed


# --- any input --------------------------------------------------------------------------

KEYS = st.sampled_from(
    [*(f for r in vocabulary().records.values() for f in r.fields), "stray", "EUR", "..."]
)
TEXTS = st.one_of(
    st.sampled_from(["unknown", "none", "US:EAR99", "3 EUR", "5 to 9 nm", "HK", "2025-01-01", ""]),
    st.text(max_size=12),
)
RAWS: st.SearchStrategy[Raw] = st.recursive(
    st.builds(RawText, TEXTS, st.booleans(), st.just(NOWHERE)),
    lambda inner: st.one_of(
        st.builds(RawList, st.lists(inner, max_size=3).map(tuple), st.booleans(), st.just(NOWHERE)),
        st.lists(st.builds(RawPair, KEYS, inner, st.just(NOWHERE)), max_size=4).map(
            lambda pairs: RawRecord(tuple(pairs), NOWHERE)
        ),
    ),
    max_leaves=12,
)


@given(st.lists(st.builds(RawPair, KEYS, RAWS, st.just(NOWHERE)), max_size=5))
def test_every_key_given_is_a_field_or_stray(pairs: list[RawPair]) -> None:
    transaction, found = read_transaction(RawRecord(tuple(pairs), NOWHERE), vocabulary())
    record = transaction.record
    given_ = {p.key for p in pairs}
    assert given_ <= record.fields.keys() | set(record.stray) <= given_ | {"time"}
    assert bool(found) == bool(transaction.problems)


@given(RAWS)
def test_reading_twice_gives_the_same(raw: Raw) -> None:
    pair = RawPair("item", raw, NOWHERE)
    once = read_transaction(RawRecord((pair,), NOWHERE), vocabulary())
    assert once == read_transaction(RawRecord((pair,), NOWHERE), vocabulary())
