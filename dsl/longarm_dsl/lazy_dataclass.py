"""`dataclass` as in the standard library, but its methods are written when first called.

The standard decorator writes and compiles up to six methods for each class: about a
millisecond a class in CPython 3.11, a quarter of a second for longarm's, most of which a run
never calls. Type checkers read the standard decorator. What differs at run time: `frozen`
refuses every assignment, and a signature is known once an object has been made. Fields,
`replace`, `match`, equality, hashes and `repr` are the standard ones; `ClassVar`, `InitVar`,
`KW_ONLY`, inherited fields and `unsafe_hash` are not supported.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, FrozenInstanceError, fields
from inspect import get_annotations
from operator import attrgetter
from reprlib import recursive_repr
from types import MemberDescriptorType
from typing import TYPE_CHECKING, TypeAlias, TypeVar

__all__ = ["constructor", "dataclass"]

_T = TypeVar("_T")
_NO_FIELDS = ("ClassVar", "InitVar", "KW_ONLY", "dataclasses.", "typing.")
_Fields: TypeAlias = "tuple[Field[object], ...]"


def lazy_dataclass(
    *, frozen: bool = False, slots: bool = False, eq: bool = True, order: bool = False
) -> Callable[[type[_T]], type[_T]]:
    """See `dataclasses.dataclass`."""

    def made(cls: type[_T]) -> type[_T]:
        own = dict(vars(cls))
        cls = _with_fields(cls, slots=slots)
        new: dict[str, object] = {"__init__": _once(cls, "__init__", _init), "__repr__": _repr}
        if eq:
            new["__eq__"] = _once(cls, "__eq__", _eq)
            new["__hash__"] = _once(cls, "__hash__", _hash) if frozen else None
        if order:
            # Two names at least, so that the getter gives a tuple.
            key = attrgetter("__class__.__name__", *(f.name for f in _fields(cls) if f.compare))
            new |= {name: _compared(name, key) for name in ("__lt__", "__le__", "__gt__", "__ge__")}
        if frozen:
            new |= {"__setattr__": _no_assignment, "__delattr__": _no_deletion}
        if frozen and slots:
            new |= {"__getstate__": _state, "__setstate__": _restore}
        for name, method in new.items():
            if name not in own or (name == "__hash__" and own[name] is None):
                setattr(cls, name, method)
        return cls

    return made


if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    dataclass = lazy_dataclass


def _with_fields(cls: type[_T], *, slots: bool) -> type[_T]:
    """Fields and slots by the standard decorator.

    It would take most of its time over the question whether an annotation that is a text
    means `ClassVar` or the like, and is not shown the texts.
    """
    written = get_annotations(cls)
    if any(text.startswith(_NO_FIELDS) for text in written.values() if isinstance(text, str)):
        raise TypeError(f"every annotation of {cls.__qualname__} is a field")
    cls.__annotations__ = dict.fromkeys(written, object)
    cls = dataclasses.dataclass(init=False, repr=False, eq=False, slots=slots)(cls)
    cls.__annotations__ = written
    for f in _fields(cls):
        f.type = written[f.name]
    return cls


def _once(
    cls: type, name: str, write: Callable[[type], Callable[..., object]]
) -> Callable[..., object]:
    """A method that writes the real one, puts it in its own place and calls it."""

    def first(self: object, *args: object, **named: object) -> object:
        method = write(cls)
        method.__qualname__ = f"{cls.__qualname__}.{name}"
        setattr(cls, name, method)
        return method(self, *args, **named)

    return first


def _compile(text: str, names: Mapping[str, object]) -> Callable[..., object]:
    # As the standard library does: the text is of field names, which are identifiers.
    scope: dict[str, object] = dict(names)
    exec(text, scope)  # noqa: S102
    method = scope["method"]
    assert callable(method)  # noqa: S101  INVARIANT: the text defines it
    return method


def constructor(cls: type) -> Callable[..., object]:
    """What makes an object of all of its fields, in their order and by position.

    For data that is read in bulk: it takes half as long as a call of the class. A field that
    is given by keyword, or not to the class at all, has its place as any other.
    """
    names: dict[str, object] = {"_new": cls.__new__, "_class": cls, "_set": object.__setattr__}
    given = [f.name for f in _fields(cls)]
    body = [" self = _new(_class)", *(_setting(cls, name, name, names) for name in given)]
    if hasattr(cls, "__post_init__"):
        body.append(" self.__post_init__()")
    return _compile("\n".join([f"def method({', '.join(given)}):", *body, " return self"]), names)


def _setting(cls: type, name: str, value: str, names: dict[str, object]) -> str:
    """A line that sets a field by its slot: `__setattr__` may refuse, and takes longer."""
    slot = getattr(cls, name, None)
    if not isinstance(slot, MemberDescriptorType):
        return f" _set(self, {name!r}, {value})"
    names[f"_set_{name}"] = slot.__set__
    return f" _set_{name}(self, {value})"


def _init(cls: type) -> Callable[..., object]:
    names: dict[str, object] = {"_absent": MISSING, "_set": object.__setattr__}
    positional: list[str] = []
    named: list[str] = []
    body: list[str] = []
    for f in _fields(cls):
        value = f.name
        if f.default_factory is not MISSING:
            names[f"_new_{f.name}"] = f.default_factory
            value = f"_new_{f.name}()"
            if f.init:
                value += f" if {f.name} is _absent else {f.name}"
        elif f.default is not MISSING:
            names[f"_default_{f.name}"] = f.default
            value = f.name if f.init else f"_default_{f.name}"
        elif not f.init:
            continue
        if f.init:
            default = ""
            if f.default is not MISSING:
                default = f"=_default_{f.name}"
            elif f.default_factory is not MISSING:
                default = "=_absent"
            (named if f.kw_only is True else positional).append(f.name + default)
        body.append(_setting(cls, f.name, value, names))
    if hasattr(cls, "__post_init__"):
        body.append(" self.__post_init__()")
    given = ", ".join(["self", *positional, *(["*", *named] if named else [])])
    return _compile("\n".join([f"def method({given}):", *body, " return None"]), names)


def _eq(cls: type) -> Callable[..., object]:
    mine, theirs = (
        "".join(f"{who}.{f.name}, " for f in _fields(cls) if f.compare) for who in ("self", "other")
    )
    return _compile(
        "def method(self, other):\n"
        " if other.__class__ is not self.__class__: return NotImplemented\n"
        f" return ({mine}) == ({theirs})",
        {},
    )


def _hash(cls: type) -> Callable[..., object]:
    parts = "".join(
        f"self.{f.name}, " for f in _fields(cls) if (f.compare if f.hash is None else f.hash)
    )
    return _compile(f"def method(self):\n return hash(({parts}))", {})


def _fields(cls: type) -> _Fields:
    assert dataclasses.is_dataclass(cls)  # noqa: S101  INVARIANT: called for no other
    return fields(cls)


@recursive_repr()
def _repr(self: object) -> str:
    shown = ", ".join(f"{f.name}={getattr(self, f.name)!r}" for f in _fields(type(self)) if f.repr)
    return f"{type(self).__qualname__}({shown})"


def _compared(name: str, key: Callable[[object], object]) -> Callable[[object, object], object]:
    """`<` and its like, as of the tuples of fields."""

    def method(self: object, other: object) -> object:
        if type(other) is not type(self):
            return NotImplemented
        return getattr(key(self), name)(key(other))

    return method


def _no_assignment(self: object, name: str, value: object) -> None:
    del self, value
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _no_deletion(self: object, name: str) -> None:
    del self
    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _state(self: object) -> list[object]:
    return [getattr(self, f.name) for f in _fields(type(self))]


def _restore(self: object, state: list[object]) -> None:
    for f, value in zip(_fields(type(self)), state, strict=True):
        object.__setattr__(self, f.name, value)
