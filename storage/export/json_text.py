"""JSON in one line that no reader breaks, and that steers no terminal when it is printed."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_ESCAPED = re.compile(r"[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""What JSON lets stand raw (RFC 8259, section 7), and some readers take for line ends (NEL, U+2028, U+2029), terminals for commands
(DEL and C1, ECMA-48), or both for another order of the line (UAX 9)."""


def json_text(value: object) -> str:
    """A value as JSON in one line; nothing of it is lost."""
    return escaped(json.dumps(value, ensure_ascii=False))


def escaped(text: str) -> str:
    """JSON text with escapes for what may not stand raw."""
    return _ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def json_line(row: Mapping[str, object]) -> bytes:
    r"""A row as one line of UTF-8, line feed included.

    Lone surrogates and NUL become U+FFFD. What some readers take for line ends (U+2028, U+2029, U+0085), DEL, C1 and bidirectional
    overrides are written as `\u`.
    """
    text = _dumped(row)
    if r"\u0000" in text:
        text = _dumped(_cleaned(row))
    try:
        line = escaped(text).encode()
    except UnicodeEncodeError:
        line = escaped(_dumped(_cleaned(row))).encode()
    return line + b"\n"


def _dumped(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\0", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {name: _cleaned(part) for name, part in value.items()}
    return [_cleaned(part) for part in value] if isinstance(value, list) else value
