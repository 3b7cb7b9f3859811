"""Small pieces of Python text."""

from __future__ import annotations


def bracketed(text: str) -> str:
    """In brackets, unless a name or a number."""
    return text if text.replace("_", "").isalnum() else f"({text})"


def all_of(texts: list[str]) -> str:
    """All of some conditions."""
    return "(" + " and ".join(texts) + ")" if texts else "True"


def some_of(texts: list[str]) -> str:
    """Any of some conditions."""
    return "(" + " or ".join(texts) + ")" if texts else "False"


__all__ = ["all_of", "bracketed", "some_of"]
