"""Texts that steer no terminal and no table."""

from __future__ import annotations

_STEERING = {code: " " for code in (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029) if code != ord("\n")} | dict.fromkeys(
    (*range(0x202A, 0x202F), *range(0x2066, 0x206A))
)
"""C0 and C1 (ECMA-48), by which terminals are steered, and the separators of lines; the bidirectional overrides and isolates (UAX 9),
which show a line in another order."""


def plain(text: str) -> str:
    """The text without characters that steer a terminal; line feeds stay."""
    return text.translate(_STEERING)


def plain_cell(text: str) -> str:
    """As `plain`, and in one line: a field of a table."""
    return plain(text).replace("\n", " ").strip()
