"""One mistake, one finding: nothing is reported that merely follows from lost text."""

from __future__ import annotations

from longarm.pipeline import compile_sources

HEAD = """
record Transaction
  destination : country

instrument act "An act"
  regime   xx
  issued   2020-01-01
  verified 2026-01-01

"""


def errors(text: str) -> list[str]:
    found = compile_sources([("m", HEAD + text)]).found
    return [d.name for d in found if d.severity == "error"]


def test_a_lost_effect_is_not_missing() -> None:
    text = 'rule one "One"\n  cite "1"\n  when destination = US\n  then requires licence of A\n'
    assert errors(text) == ["syntax-error"]


def test_a_lost_rule_is_not_unknown() -> None:
    text = (
        'rule one one "One"\n  cite "1"\n  then requires license from A\n\n'
        'rule two "Two"\n  cite "2"\n  when destination = US\n  then defeats one\n'
    )
    assert errors(text) == ["syntax-error"]


def test_a_rule_without_effect_lacks_it() -> None:
    assert errors('rule one "One"\n  cite "1"\n  when destination = US\n') == ["missing-clause"]


def test_a_country_by_its_name_is_told_its_code() -> None:
    text = 'rule one "One"\n  cite "1"\n  when destination = %s\n  then requires license from A\n'
    for name, code in (("Germany", "DE"), ("United_States", "US")):
        (found,) = compile_sources([("m", HEAD + text % name)]).found
        assert found.help == f"did you mean the country `{code}`?"
