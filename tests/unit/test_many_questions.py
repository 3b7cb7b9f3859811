"""More open questions than combinations can be gone through, of which few matter at a time."""

from __future__ import annotations

from datetime import date

from longarm.cases import cases_of
from longarm.deciding import decide_case, parse_day
from longarm.pipeline import compile_sources
from longarm_dsl.evaluate.decision import Decision

PRODUCTS = 16


def law(*, products: int = PRODUCTS) -> str:
    """A list that names products and measures each by a figure of its own."""
    words = ", ".join(f"product_{i}" for i in range(products))
    figures = "\n".join(f"  figure_{i} : number >= 0" for i in range(products))
    entries = "\n".join(
        f'entry "CN:1A{i:03}" "Product {i}"\n  cite "{i}"\n'
        f"  when product = product_{i} and figure_{i} >= {i + 1}\n"
        for i in range(products)
    )
    return f"""
enum Product = {words}, other_product
record Item
  code    : codes
  product : Product
{figures}
record Transaction
  item : Item

instrument act "An act"
  regime   cn
  issued   2020-01-01
  verified 2026-01-01

{entries}
rule listed "What the list names needs a license"
  cite "1"
  when item.code in CN[1A000 to 1A{products - 1:03}]
  then requires license from AUTHORITY
"""


def decide(item: str) -> Decision:
    case = (
        f'\ncase "c"\n  on 2025-01-01\n  given {{ item: {{ code: {{"CN:none"}}{item} }} }}\n'
        "  expect cn nothing\n"
    )
    made = compile_sources([("m", law() + case)])
    assert [d for d in made.found if d.severity == "error"] == []
    (given,), _ = cases_of(made)
    decided = decide_case(made.program, given, on=parse_day("2025-01-01"), known=date(2025, 6, 1))
    return decided.decisions[0]


def test_the_bounds_are_exact_and_the_product_is_asked_first() -> None:
    assert 2**PRODUCTS * PRODUCTS > 4096  # more than are gone through
    made = decide("")
    assert made.exact
    assert made.requires == ("nothing", "license")
    assert made.minimal
    assert made.needs[0].question == "item.product"
    assert len(made.needs) == PRODUCTS + 1
    answers = {a.answer: a.outcome for a in made.needs[0].answers}
    assert answers["other_product"].requires_high == 0


def test_each_answer_leads_where_it_says() -> None:
    assert decide(", product: other_product").requires == ("nothing", "nothing")
    open_ = decide(", product: product_3")
    assert open_.requires == ("nothing", "license")
    assert [n.question for n in open_.needs] == ["item.figure_3"]
    assert decide(", product: product_3, figure_3: 4").requires == ("license", "license")
    assert decide(", product: product_3, figure_3: 3.999").requires == ("nothing", "nothing")


def test_what_stays_out_of_reach_stays_sound() -> None:
    figures = " and ".join(f"item.figure_{i} >= {i}" for i in range(1, PRODUCTS))
    text = law() + (
        '\nrule every "All figures together"\n  cite "2"\n'
        f"  when {figures}\n  then prohibits\n"
        '\nrule any_odd "Any of them"\n  cite "3"\n  when '
        + " or ".join(f"item.figure_{i} = {i}" for i in range(1, PRODUCTS))
        + "\n  then defeats every\n"
    )
    case = '\ncase "c"\n  on 2025-01-01\n  given { item: { code: {"CN:none"} } }\n  expect cn nothing\n'
    made = compile_sources([("m", text + case)])
    assert [d for d in made.found if d.severity == "error"] == []
    (given,), _ = cases_of(made)
    decided = decide_case(made.program, given, on=parse_day("2025-01-01"), known=date(2025, 6, 1))
    decision = decided.decisions[0]
    assert decision.requires == ("nothing", "prohibited")
    assert not decision.exact
    assert not decision.minimal
