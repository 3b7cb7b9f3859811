"""Texts as Python literals: ASCII, readable, and never code.

Whatever a text holds (quotes, line breaks, backslashes, bidirectional controls, lone
surrogates), the literal is one expression that evaluates to it.
"""

from __future__ import annotations

import re

_BLOCK = re.compile(r"[^\n\x20-\x7e]|\\|'''|'(?=\Z)")


def inline(text: str) -> str:
    """A literal on one line, in double quotes: `"CN:1C905"`."""
    return '"' + "".join(map(_inline_char, text)) + '"'


def _inline_char(char: str) -> str:
    return "\\" + char if char in '"\\' else _shown(char)


def block(text: str) -> str:
    """A literal over the lines of the text, between triple quotes."""
    return "'''\\\n" + _BLOCK.sub(_escaped, text) + "'''"


def _escaped(found: re.Match[str]) -> str:
    part = found[0]
    return "".join("\\" + c if c in "\\'" else _shown(c) for c in part)


def _shown(char: str) -> str:
    code = ord(char)
    if 0x20 <= code <= 0x7E:  # noqa: PLR2004  printable ASCII
        return char
    if code <= 0xFF:  # noqa: PLR2004  two digits
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004  four digits
