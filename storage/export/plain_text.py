"""Remove characters that control a terminal or break a table."""

from __future__ import annotations

_STEERING = {code: " " for code in (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029) if code != ord("\n")} | dict.fromkeys(
    (*range(0x202A, 0x202F), *range(0x2066, 0x206A))
)
"""Control characters of C0 and C1 (ECMA-48), and line and paragraph separators: each becomes a space.

Bidirectional overrides and isolates (UAX 9), which change the displayed order of a line, are removed. Line
feeds are kept.
"""


def plain(text: str) -> str:
    """Return the text without characters that control a terminal; line feeds are kept."""
    return text.translate(_STEERING)


def plain_cell(text: str) -> str:
    """Return the text as `plain` does, on one line, as a field of a table."""
    return plain(text).replace("\n", " ").strip()
