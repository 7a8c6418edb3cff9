"""JSON in one line that no reader breaks, and that steers no terminal when it is printed."""

from __future__ import annotations

import json
import re

_ESCAPED = re.compile(r"[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""What JSON lets stand raw (RFC 8259, section 7), and some readers take for line ends (NEL, U+2028, U+2029), terminals for commands
(DEL and C1, ECMA-48), or both for another order of the line (UAX 9)."""


def json_text(value: object) -> str:
    """A value as JSON in one line; nothing of it is lost."""
    return escaped(json.dumps(value, ensure_ascii=False))


def escaped(text: str) -> str:
    """JSON text with escapes for what may not stand raw."""
    return _ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
