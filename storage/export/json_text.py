"""JSON on one line that readers do not split and that cannot control a terminal."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_ESCAPED = re.compile(r"[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""Characters that JSON allows unescaped (RFC 8259, section 7), but that are misread.

Some readers treat NEL, U+2028 and U+2029 as line ends. Terminals execute DEL and C1 (ECMA-48). Bidirectional
overrides change the displayed order of the line (UAX 9).
"""


def json_text(value: object) -> str:
    """Return a value as JSON on one line, without loss."""
    return escaped(json.dumps(value, ensure_ascii=False))


def escaped(text: str) -> str:
    """Return JSON text with the characters of `_ESCAPED` escaped."""
    return _ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def json_line(row: Mapping[str, object]) -> bytes:
    r"""Return a row as one line of JSON in UTF-8, line feed included.

    Lone surrogates and NUL become U+FFFD. Characters that some readers treat as line ends (U+2028, U+2029,
    U+0085), DEL, C1 and bidirectional overrides are written as escapes (`\u`).
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
