"""Classes made lazily behave as those of the standard library."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from collections.abc import Callable
from dataclasses import field, fields, replace
from typing import Any, ClassVar, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from longarm_dsl.lazy_dataclass import constructor, lazy_dataclass


class Frozen:
    name: str
    count: int = 0
    tags: tuple[str, ...] = field(default=(), compare=False)
    seen: list[int] = field(default_factory=list[int], hash=False)
    place: int = field(default=7, compare=False, repr=False, kw_only=True)


class Mutable:
    name: str
    twice: str = field(init=False)
    more: dict[str, int] = field(init=False, default_factory=dict[str, int])

    def __post_init__(self) -> None:
        self.twice = self.name * 2


class Ordered:
    major: int
    minor: int = 0


class Empty:
    pass


def both(cls: type, **options: bool) -> tuple[Any, Any]:
    def fresh() -> type:
        names = {k: v for k, v in vars(cls).items() if k not in {"__dict__", "__weakref__"}}
        return type(cls.__name__, (), names)

    standard, lazy = cast("Any", dataclasses.dataclass), cast("Any", lazy_dataclass)
    return standard(**options)(fresh()), lazy(**options)(fresh())


STANDARD, LAZY = both(Frozen, frozen=True, slots=True)


@given(st.text(max_size=2), st.integers(0, 2), st.lists(st.integers(0, 1), max_size=2))
def test_values_show_and_compare_alike(name: str, count: int, seen: list[int]) -> None:
    makers: list[Callable[[Any], object]] = [
        lambda c: c(name),
        lambda c: c(name, count),
        lambda c: c(name, count=count, seen=seen, place=1),
        lambda c: c("a", 1, ("t",), seen),
    ]
    for one in makers:
        assert repr(one(LAZY)) == repr(one(STANDARD)).replace(
            STANDARD.__qualname__, LAZY.__qualname__
        )
        for other in makers:
            assert (one(LAZY) == one(LAZY)) is (one(STANDARD) == one(STANDARD))
            assert (one(LAZY) == other(LAZY)) is (one(STANDARD) == other(STANDARD))
            assert (hash(one(LAZY)) == hash(other(LAZY))) is (
                hash(one(STANDARD)) == hash(other(STANDARD))
            )


@pytest.mark.parametrize("args", [(), ("a", 1, (), [], 5), ("a", "b", "c", "d", "e", "f")])
def test_wrong_arguments_are_refused(args: tuple[object, ...]) -> None:
    for cls in (STANDARD, LAZY):
        with pytest.raises(TypeError):
            cls(*args)
        with pytest.raises(TypeError):
            cls("a", other=1)


def test_frozen_values_stay() -> None:
    value = LAZY("a")
    for name in ("name", "new"):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(value, name, 1)
        with pytest.raises(dataclasses.FrozenInstanceError):
            delattr(value, name)
    assert not hasattr(value, "__dict__")
    assert LAZY("a").seen is not LAZY("a").seen


def test_the_standard_tools_know_them() -> None:
    assert [f.name for f in fields(LAZY)] == [f.name for f in fields(STANDARD)]
    assert [f.type for f in fields(LAZY)] == [f.type for f in fields(STANDARD)]
    assert LAZY.__annotations__ == STANDARD.__annotations__
    assert LAZY.__match_args__ == STANDARD.__match_args__
    changed = replace(LAZY("a", 1, place=3), count=2)
    assert (changed.count, changed.place) == (2, 3)
    assert dataclasses.asdict(LAZY("a")) == dataclasses.asdict(STANDARD("a"))
    assert copy.copy(LAZY("a", 4)) == LAZY("a", 4)
    match LAZY("a", 1):
        case LAZY(name, count):  # pyright: ignore[reportUnknownVariableType]
            assert (name, count) == ("a", 1)
        case _:
            pytest.fail("no match")


@lazy_dataclass(frozen=True, slots=True)
class Kept:
    name: str
    parts: tuple[str, ...] = ()


def test_they_can_be_pickled() -> None:
    kept = Kept("a", ("b",))  # type: ignore[call-arg]
    assert pickle.loads(pickle.dumps(kept)) == kept  # noqa: S301  our own bytes


def test_mutable_ones_are_set_up_and_have_no_hash() -> None:
    for cls in both(Mutable, slots=True):
        value = cls("ab")
        assert (value.twice, value.more) == ("abab", {})
        value.name = "c"
        assert value.name == "c"
        assert value != cls("ab")
        with pytest.raises(TypeError, match="unhashable"):
            hash(value)


def test_order_is_that_of_the_fields() -> None:
    for cls in both(Ordered, frozen=True, slots=True, order=True):
        assert sorted([cls(2), cls(1, 5), cls(1)]) == [cls(1), cls(1, 5), cls(2)]
        assert cls(1) <= cls(1) < cls(1, 1)
        assert cls(2) >= cls(1, 9)
        assert cls(2) > cls(1)
        with pytest.raises(TypeError):
            assert cls(1) < 2


def test_what_a_class_says_itself_stays() -> None:
    class Own:
        name: str

        def __eq__(self, other: object) -> bool:
            return True

        def __hash__(self) -> int:
            return 5

        def __repr__(self) -> str:
            return "own"

    for cls in both(Own, frozen=True, slots=True):
        assert (cls("a") == cls("b"), hash(cls("a")), repr(cls("a"))) == (True, 5, "own")


def test_no_fields_and_identity() -> None:
    for cls in both(Empty, frozen=True, slots=True):
        assert cls() == cls()
        assert hash(cls()) == hash(cls())
        assert repr(cls()) == "Empty()"
    for cls in both(Frozen, frozen=True, eq=False):
        assert cls("a") != cls("a")
        assert len({cls("a"), cls("a")}) == 2


def test_a_constructor_takes_every_field_by_position() -> None:
    make = cast("Any", constructor(LAZY))
    assert make("a", 1, ("t",), [2], 3) == LAZY("a", 1, ("t",), [2], place=3)
    assert make("a", 1, ("t",), [2], 3).place == 3
    for count in (0, 4, 6):
        with pytest.raises(TypeError):
            make(*range(count))
    mutable = lazy_dataclass(slots=True)(Mutable)
    assert cast("Any", constructor(mutable)("a", "x", {})).twice == "aa"


def test_what_is_no_field_is_refused() -> None:
    class Shared:
        name: str
        count: ClassVar[int] = 0

    with pytest.raises(TypeError, match="every annotation"):
        lazy_dataclass(frozen=True)(Shared)
