"""JSON is read as YAML reads it where both can, and says where a text is not JSON."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from longarm.json_facts import NotJson, raw_from_json
from longarm.yaml_facts import raw_from_yaml
from longarm_dsl.core.raw_facts import MOST_LEVELS, Raw, RawList, RawRecord, RawText
from longarm_dsl.source import Source

TEXTS = st.text(st.characters(min_codepoint=32, max_codepoint=0xD7FF, exclude_categories=["Cc"]))
SCALARS = st.none() | st.booleans() | st.integers() | TEXTS | st.sampled_from(["unknown", "..."])
TREES = st.recursive(
    SCALARS, lambda t: st.lists(t, max_size=3) | st.dictionaries(TEXTS, t, max_size=3), max_leaves=8
)


def read(text: str) -> Raw:
    made = raw_from_json(Source("case.json", text))
    assert not isinstance(made, NotJson), made.finding.message
    raw, found = made
    assert found == ()
    assert raw is not None
    return raw


def plain(raw: Raw) -> object:
    """The tree with the place of everything."""
    match raw:
        case RawText(text, quoted, where):
            return text, quoted, where.start, where.end
        case RawList(items, is_open, where):
            return [plain(i) for i in items], is_open, where.start, where.end
        case RawRecord(pairs, where):
            shown = [(p.key, p.where.start, p.where.end, plain(p.value)) for p in pairs]
            return shown, where.start, where.end


@given(TREES, st.sampled_from([None, 1]), st.booleans())
@settings(max_examples=80)
def test_json_says_what_yaml_says(tree: object, indent: int | None, escaped: bool) -> None:
    source = Source("case.json", json.dumps(tree, indent=indent, ensure_ascii=escaped))
    by_json, by_yaml = raw_from_json(source), raw_from_yaml(source)
    assert not isinstance(by_json, NotJson)
    assert (by_json[0] is None) == (by_yaml[0] is None)
    assert [f.message for f in by_json[1]] == [f.message for f in by_yaml[1]]
    if by_json[0] is not None and by_yaml[0] is not None:
        assert plain(by_json[0]) == plain(by_yaml[0])


def test_numbers_are_the_texts_that_were_written() -> None:
    raw = read('{"a": [0.10, 1E5, -0, 1.0000000000000000001, 123456789012345678901234567890]}')
    assert isinstance(raw, RawRecord)
    (pair,) = raw.pairs
    assert isinstance(pair.value, RawList)
    texts = [i.text for i in pair.value.items if isinstance(i, RawText)]
    assert texts == ["0.10", "1E5", "-0", "1.0000000000000000001", "123456789012345678901234567890"]
    assert Decimal(texts[3]) != 1


def test_a_key_that_stands_twice_stands_twice() -> None:
    raw = read('{"a": 1, "a": 2}')
    assert isinstance(raw, RawRecord)
    assert [pair.key for pair in raw.pairs] == ["a", "a"]


def test_two_escapes_that_are_one_character_are_one() -> None:
    raw = read('"\\ud83d\\ude00\\/\\n\\u00e9"')
    assert isinstance(raw, RawText)
    assert raw.text == "\U0001f600/\né"


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("", 0),
        ("  ", 2),
        ("{", 1),
        ("[1", 2),
        ("[1,]", 3),
        ("[,1]", 1),
        ('{"a" 1}', 5),
        ('{"a": 1,}', 8),
        ("{a: 1}", 1),
        ("[1 2]", 3),
        ("[01]", 2),
        ("[1]]", 3),
        ("[1}", 2),
        ("[.5]", 1),
        ("[+1]", 1),
        ("[NaN]", 1),
        ("[True]", 1),
        ('["a\nb"]', 1),
        ('["a]', 1),
        ('["\\x41"]', 1),
        ('["\\u12"]', 1),
        ("[１]", 1),
        ("[1]\x0b", 3),
    ],
)
def test_where_a_text_is_no_json(text: str, at: int) -> None:
    made = raw_from_json(Source("case.json", text))
    assert isinstance(made, NotJson)
    assert made.finding.primary.span.start == at


def test_depth_and_size_have_limits_and_no_stack_is_lost() -> None:
    deep = "[" * 100_000 + "]" * 100_000
    for text in (deep, '{"a": ' * (MOST_LEVELS + 9) + "1" + "}" * (MOST_LEVELS + 9)):
        made = raw_from_json(Source("case.json", text))
        assert not isinstance(made, NotJson)
        assert [f.name for f in made[1]] == ["nested-too-deeply"]
