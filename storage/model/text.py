"""Text that can be stored: what a page, a feed, a header or an address brings is cleaned here, once.

Strings of JSON, of headers and of addresses hold what no document may: lone surrogates (no encoder takes them), NUL (PostgreSQL refuses
it), control characters (a terminal obeys them) and bidirectional overrides (a title then reads as something else). Joiners and marks
(U+200C to U+200F) stay: Kazakh in Arabic script is not spelled right without them.
"""

from __future__ import annotations

import re

_LINE_END = re.compile("\r\n?")
_BLANK = re.compile("[\x0b\x0c\x1c-\x1f\x85]")
"""Control characters that are white space (Unicode, PropList: White_Space); text is not to grow together where they stood."""

_NONCHARACTERS = "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000))
_UNSTORABLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"  # C0 but tab and line feed, DEL, C1
    "\u202a-\u202e\u2066-\u2069"  # embeddings, overrides, isolates (Unicode Annex 9, section 2)
    "\ud800-\udfff"  # halves of a pair
    f"\ufdd0-\ufdef{_NONCHARACTERS}]"  # the noncharacters (Unicode Standard, section 23.7)
)
_UNBINDABLE = re.compile("[\x00\ud800-\udfff]")


def storable(text: str) -> str:
    """The text without what cannot be stored, searched or shown. Line ends become line feeds, other control white space a blank."""
    if text.isprintable() or text.replace("\n", "").isprintable():  # nearly every text
        return text
    if "\r" in text:
        text = _LINE_END.sub("\n", text)
    return _UNSTORABLE.sub("", _BLANK.sub(" ", text))


def one_line(text: str, limit: int) -> str:
    """The storable text with its white space collapsed, cut after `limit` characters."""
    line = " ".join(text[: 4 * limit + _SPARE].split())
    if not line.isprintable():
        line = " ".join(storable(line).split())
    return line[:limit].rstrip()


_SPARE = 1_000  # characters of white space that may stand between the words of a short text


def bindable(text: str) -> str:
    """The text without what the drivers of the databases refuse: halves of surrogate pairs, and NUL.

    The last line of defence, where values are bound to statements: what comes here was cleaned by `storable` before any digest of
    it was taken, and is not to be changed once more.
    """
    return _UNBINDABLE.sub("", text)


def counted(count: int, noun: str, plural: str = "") -> str:
    """Return a number with its noun, such as `1 page` and `2 pages`; `plural` where it is not the noun and an s."""
    return f"{count} {noun}" if count == 1 else f"{count} {plural or f'{noun}s'}"
