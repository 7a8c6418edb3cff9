"""Decode bytes: by a byte order mark, as UTF-8, by the declared charset, or by what looks like language.

A declaration that the bytes contradict is ignored. Charsets are those that browsers know, with the meaning
they give to labels (https://encoding.spec.whatwg.org/#names-and-labels): latin1 is windows-1252, gb2312 is
gb18030. Python would accept `undefined`, `idna`, `unicode_escape` and `zip` as charsets, too.
"""

from __future__ import annotations

import codecs
import re
from itertools import islice
from typing import NamedTuple

import webencodings
from charset_normalizer import from_bytes

from pipelines.cyrillic import CERTAIN, PLAUSIBLE, cyrillic_charset

SNIFFED = 100_000
"""Bytes (or characters) at the start of a body that are looked at to detect its type."""

UTF_8 = "utf-8"
_MARKS = (
    (codecs.BOM_UTF8, UTF_8),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(rb"""charset\s{0,20}=\s{0,20}["']?\s{0,20}([\w.:-]{2,40})""", re.IGNORECASE)
_IN_META = re.compile(
    rb"""<meta\b[^<>]{0,300}?\bcharset\s{0,20}=\s{0,20}["']?\s{0,20}([\w.:-]{2,40})""", re.IGNORECASE
)
_IN_XML = re.compile(
    rb"""^\s{0,100}<\?xml\b[^<>]{0,200}?\bencoding\s{0,20}=\s{0,20}["']([\w.:-]{2,40})""", re.IGNORECASE
)
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_PROVEN = frozenset({UTF_8, "utf-16le", "utf-16be", "replacement", "x-user-defined"})
"""Encodings that the bytes prove or disprove without a declaration, and two for browsers alone."""
_HEAD_BYTES = 4096  # searched for a `<meta>` declaration; HTML requires it within the first 1024
_HIGH = re.compile(rb"[\x80-\xff]+")
_MULTI_BYTE = re.compile(rb"[\xc2-\xf4][\x80-\xbf]")  # first two bytes of a UTF-8 character
_NODE = re.compile(rb"[^<>\r\n]+")
# Quotes and dashes: in UTF-8 three bytes that are adjacent in no text of another charset.
_PUNCTUATION = re.compile("[\u2010-\u203a]")
_SAMPLE = 4_000  # non-ASCII bytes looked at
_MAX_NODES = 20_000  # pieces between tags looked at
_FOREIGN_RUN = 2.5  # mean length of runs of non-ASCII bytes, above which the script is not Latin
_FEW = 30  # non-ASCII bytes, below which statistics are not used
_UTF8_WEIGHT = 3  # of a piece in UTF-8 against one in another charset, if UTF-8 or nothing is declared
_UNMISTAKABLE = 8  # multi-byte characters of UTF-8 that no text in another charset contains by chance
_CONTRADICTED = 0.1  # share of undecodable characters, above which a declared charset is wrong
_WIDE_SHARE = 0.1  # share of zero bytes at odd or even positions, above which bytes are UTF-16
_WESTERN = "windows-1252"  # how browsers read an undeclared page in most of the world


class DecodedText(NamedTuple):
    """A decoded text, and Python's name of the charset of (most of) its bytes."""

    text: str
    charset: str


class _Declared(NamedTuple):
    """Declarations of header and head: UTF-8 first or not, and the first other charset (empty if none)."""

    is_utf8: bool
    legacy: str


def decode(body: bytes, content_type: str = "") -> str:
    """Return the text of a body (see `read_text`)."""
    return read_text(body, content_type).text


def read_text(body: bytes, content_type: str = "") -> DecodedText:
    """Decode a body.

    A declaration that the bytes contradict is ignored. Pieces between tags in another charset (a byte of
    windows-1252, a foreign widget) are decoded by their own. Undecodable bytes become U+FFFD.
    """
    for mark, charset in _MARKS:
        if body.startswith(mark):
            return DecodedText(body[len(mark) :].decode(charset, "replace"), charset)
    if wide := _wide_charset(body[:512]):
        return DecodedText(body.decode(wide, "replace"), wide)
    if body.isascii():
        return DecodedText(body.decode("ascii"), _declared(body, content_type).legacy or UTF_8)
    try:
        return DecodedText(_undo_double_coding(body), UTF_8)
    except UnicodeDecodeError:
        return _mixed(body, _declared(body, content_type))


def _wide_charset(start: bytes) -> str:
    """Return UTF-16 without a byte order mark, or empty.

    Markup is ASCII: many bytes at odd (or even) positions are zero, and none at the others.
    """
    half = len(start) // 2
    even, odd = start[::2].count(0), start[1::2].count(0)
    if odd > _WIDE_SHARE * half and not even:
        return "utf-16-le"
    return "utf-16-be" if even > _WIDE_SHARE * half and not odd else ""


def _declared(body: bytes, content_type: str) -> _Declared:
    """Return the declarations of the header, then of the head of a page; unknown labels are ignored."""
    head = _COMMENT.sub(b"", body[:_HEAD_BYTES])
    labels = [
        *_DECLARED.findall(content_type.encode("utf-8", "replace"))[:1],
        *_IN_XML.findall(head),
        *_IN_META.findall(head),
    ]
    is_utf8, names = False, []
    for label in (raw.decode("ascii", "replace").lower() for raw in labels):
        encoding = webencodings.lookup(label)
        if encoding is not None and encoding.name not in _PROVEN:
            names.append(str(encoding.codec_info.name))
        elif not names and label.startswith(("utf-8", "utf8")):  # databases write utf8mb4
            is_utf8 = True
    return _Declared(is_utf8, next(iter(names), ""))


def _mixed(body: bytes, declared: _Declared) -> DecodedText:
    """Decode a body that is partly UTF-8: each piece between tags as such, or in the charset of the rest."""
    other: list[bytes] = []
    utf8_count = 0
    is_plain = True
    nodes = (match[0] for match in _NODE.finditer(body) if not match[0].isascii())
    for node in islice(nodes, _MAX_NODES):
        valid, invalid = _count(node)
        if valid > invalid:
            utf8_count += 1
            is_plain &= not _is_utf8(node, in_utf8=False)
        else:
            other.append(node)
    weight = 1 if declared.legacy and not declared.is_utf8 else _UTF8_WEIGHT
    is_utf8 = utf8_count * weight > len(other)
    legacy = _legacy_charset(other, declared)
    if is_plain and not is_utf8 and next(nodes, None) is None:
        return DecodedText(body.decode(legacy, "replace"), legacy)

    def as_utf8(match: re.Match[bytes]) -> bytes:
        node: bytes = match[0]
        if node.isascii() or _is_utf8(node, in_utf8=is_utf8):
            return node
        return node.decode(legacy, "replace").encode()

    return DecodedText(_NODE.sub(as_utf8, body).decode(UTF_8, "replace"), UTF_8 if is_utf8 else legacy)


def _count(node: bytes) -> tuple[int, int]:
    """Return the number of multi-byte characters of UTF-8 in bytes, and that of invalid sequences."""
    if not _MULTI_BYTE.search(node):
        return 0, 1
    text = node.decode(UTF_8, "replace")
    invalid = text.count("\ufffd")
    return len(text) - len(text.encode("ascii", "ignore")) - invalid, invalid


def _is_utf8(node: bytes, *, in_utf8: bool) -> bool:
    """Return whether a piece of a page is UTF-8; on a page in another charset only if it is beyond doubt."""
    valid, invalid = _count(node)
    if in_utf8:
        return valid > 0
    if invalid:
        return False
    if valid >= _UNMISTAKABLE:
        return True
    return valid > 0 and _PUNCTUATION.sub("", node.decode(UTF_8)).isascii()


def _legacy_charset(nodes: list[bytes], declared: _Declared) -> str:
    """Return the charset of bytes that are not UTF-8.

    A Cyrillic one if they look like Cyrillic text, else the declared one unless they contradict it, else by
    statistics.
    """
    content = b"\n".join(nodes)
    runs = [match[0] for match in islice(_HIGH.finditer(content), _SAMPLE)]
    sample = b" ".join(runs)[:_SAMPLE]
    is_foreign = len(sample) > _FOREIGN_RUN * len(runs)
    if is_foreign:
        cyrillic = cyrillic_charset(sample, declared.legacy, _plausible(sample, declared.legacy))
        if cyrillic:
            return cyrillic
    if declared.legacy and not _contradicts(content, declared.legacy):
        return declared.legacy
    if not is_foreign and len(sample) < _FEW:
        return _WESTERN
    guess = from_bytes(content[:SNIFFED]).best()
    return guess.encoding if guess else _WESTERN


def _plausible(sample: bytes, declared: str) -> float:
    """Return the score that Cyrillic text must have: higher if a charset of another script is declared.

    Greek, Hebrew, Thai, Korean and the like, by letters beyond the Latin blocks.
    """
    if not declared:
        return PLAUSIBLE
    text = sample.decode(declared, "replace")
    letters = [char for char in text if char.isalpha() and char > "\u024f"]
    is_other = len(letters) > len(sample) / 4 and not any("\u0400" <= char <= "\u04ff" for char in letters)
    return CERTAIN if is_other else PLAUSIBLE


def _contradicts(content: bytes, declared: str) -> bool:
    """Return whether too many bytes cannot be decoded in the declared charset."""
    text = content[:SNIFFED].decode(declared, "replace")
    return text.count("\ufffd") > max(1, _CONTRADICTED * (len(text) - len(text.encode("ascii", "ignore"))))


_BACK_TO_BYTES = {
    charset: {
        ord(char): byte for byte in range(128, 256) if (char := bytes([byte]).decode(charset, "ignore"))
    }
    for charset in ("windows-1251", "windows-1252")
}


_DOUBLE_CODED_A = (("windows-1251", "Р°".encode()), ("windows-1252", "Ð°".encode()))
"""What «а» becomes if UTF-8 is read in another charset; it occurs in no text otherwise."""


def _undo_double_coding(body: bytes) -> str:
    """Decode UTF-8. If it was read as windows-1251 or -1252 and encoded again, undo that if all of it can be.

    Raises:
        UnicodeDecodeError: the body is not UTF-8.
    """
    text = body.decode(UTF_8)
    for charset, mojibake in _DOUBLE_CODED_A:
        if body.find(mojibake, 0, SNIFFED) >= 0:
            try:
                return text.translate(_BACK_TO_BYTES[charset]).encode("latin-1").decode(UTF_8)
            except UnicodeError:
                continue
    return text
