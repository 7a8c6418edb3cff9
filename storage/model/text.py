"""Cleaning of text before it is stored: from pages, feeds, headers and URLs.

Strings of JSON, of headers and of URLs may hold what no document may: lone surrogates (no encoder accepts
them), NUL (PostgreSQL rejects it), control characters (terminals execute them) and bidirectional overrides (a
title is then displayed in another order). Joiners and marks (U+200C to U+200F) are kept: the spelling of
Kazakh in Arabic script needs them.
"""

from __future__ import annotations

import re

_LINE_END = re.compile("\r\n?")
_BLANK = re.compile("[\x0b\x0c\x1c-\x1f\x85]")
"""Control characters that are white space (Unicode, PropList: White_Space). Each becomes a space, so that
words do not merge."""

_NONCHARACTERS = "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000))
_UNSTORABLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"  # C0 but tab and line feed, DEL, C1
    "\u202a-\u202e\u2066-\u2069"  # embeddings, overrides, isolates (Unicode Annex 9, section 2)
    "\ud800-\udfff"  # halves of a pair
    f"\ufdd0-\ufdef{_NONCHARACTERS}]"  # the noncharacters (Unicode Standard, section 23.7)
)
_UNBINDABLE = re.compile("[\x00\ud800-\udfff]")


def storable(text: str) -> str:
    """Return the text without what cannot be stored, searched or displayed.

    Line ends become line feeds, other control characters that are white space become spaces.
    """
    if text.isprintable() or text.replace("\n", "").isprintable():  # nearly every text
        return text
    if "\r" in text:
        text = _LINE_END.sub("\n", text)
    return _UNSTORABLE.sub("", _BLANK.sub(" ", text))


def one_line(text: str, limit: int) -> str:
    """Return the storable text with its white space collapsed, cut after `limit` characters."""
    line = " ".join(text[: 4 * limit + _SPARE].split())
    if not line.isprintable():
        line = " ".join(storable(line).split())
    return line[:limit].rstrip()


_SPARE = 1_000  # characters of white space allowed between the words of a short text


def bindable(text: str) -> str:
    """Return the text without what database drivers reject: halves of surrogate pairs, and NUL.

    The last safeguard, where values are bound to statements: such text was already cleaned by `storable`
    before any digest of it was computed, and must not change after that.
    """
    return _UNBINDABLE.sub("", text)


def counted(count: int, noun: str, plural: str = "") -> str:
    """Return a number with its noun (`1 page`, `2 pages`); `plural` where that is not the noun plus s."""
    return f"{count} {noun}" if count == 1 else f"{count} {plural or f'{noun}s'}"
