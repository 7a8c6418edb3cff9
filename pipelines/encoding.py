"""Bytes to text: a byte order mark, then UTF-8, then the declared charset, unless the bytes contradict it, then what reads like language.

Charsets are those that browsers know (https://encoding.spec.whatwg.org/#names-and-labels), with what browsers make of their labels:
latin1 is windows-1252, gb2312 is gb18030. Python would take `undefined`, `idna`, `unicode_escape` and `zip` for charsets, too.
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
"""Bytes (or characters) at the start of a body in which it shows what it is."""

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
"""Encodings that the bytes prove or disprove by themselves, and two that are for browsers alone."""
_HEAD_BYTES = 4096  # where a <meta> declaration is looked for; HTML asks for the first 1024
_HIGH = re.compile(rb"[\x80-\xff]+")
_MULTI_BYTE = re.compile(rb"[\xc2-\xf4][\x80-\xbf]")  # as a character of UTF-8 begins
_NODE = re.compile(rb"[^<>\r\n]+")
_PUNCTUATION = re.compile(
    "[\u2010-\u203a]"
)  # quotes and dashes, in UTF-8 three bytes that no charset has beside each other in a text
_SAMPLE = 4_000  # non-ASCII bytes looked at
_NODES = 20_000  # pieces between tags looked at
_FOREIGN_RUN = 2.5  # mean length of a run of non-ASCII bytes from which on the script is not Latin
_FEW = 30  # non-ASCII bytes that are too few for statistics
_UTF8_WEIGHT = 3  # of a piece that is UTF-8 against one that is not, where UTF-8 or nothing is declared
_UNMISTAKABLE = 8  # multi-byte characters that are valid by chance in no other charset
_CONTRADICTED = 0.1  # share of undecodable characters from which on a declared charset is none
_WESTERN = "windows-1252"  # what browsers read an undeclared page as in most of the world


class DecodedText(NamedTuple):
    """A text, and Python's name of the charset that (most of) its bytes were written in."""

    text: str
    charset: str


class _Declared(NamedTuple):
    """What header and head declare: whether UTF-8 comes first, and the first charset that is not Unicode (empty: none)."""

    is_utf8: bool
    legacy: str


def decode(body: bytes, content_type: str = "") -> str:
    """The text of a body, as `read_text` reads it."""
    return read_text(body, content_type).text


def read_text(body: bytes, content_type: str = "") -> DecodedText:
    """The text of a body and its charset.

    A declaration that the bytes contradict loses. Pieces of another charset (a byte of windows-1252, a foreign widget) are read in
    their own and harm nothing else. What cannot be decoded becomes U+FFFD.
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
    """UTF-16 without a mark: markup is ASCII, so many of every second byte are zero, and none of the others."""
    half = len(start) // 2
    even, odd = start[::2].count(0), start[1::2].count(0)
    if odd > 0.1 * half and not even:
        return "utf-16-le"
    return "utf-16-be" if even > 0.1 * half and not odd else ""


def _declared(body: bytes, content_type: str) -> _Declared:
    """What is declared by the header, then by the head of a page. Labels that browsers do not know are no declarations."""
    head = _COMMENT.sub(b"", body[:_HEAD_BYTES])
    labels = [
        *_DECLARED.findall(content_type.encode("utf-8", "replace"))[:1],
        *_IN_XML.findall(head),
        *_IN_META.findall(head),
    ]
    is_utf8, names = False, []
    for label in (raw.decode("ascii", "replace").lower() for raw in labels):
        known = webencodings.lookup(label)
        if known is not None and known.name not in _PROVEN:
            names.append(str(known.codec_info.name))
        elif not names and label.startswith(("utf-8", "utf8")):  # utf8mb4 is a charset of databases
            is_utf8 = True
    return _Declared(is_utf8, next(iter(names), ""))


def _mixed(body: bytes, declared: _Declared) -> DecodedText:
    """The text of a body that is not all UTF-8: each piece between tags is read as UTF-8, or in the charset of the rest."""
    foreign: list[bytes] = []
    for_utf8 = 0
    is_plain = True
    nodes = (found[0] for found in _NODE.finditer(body) if not found[0].isascii())
    for node in islice(nodes, _NODES):
        good, broken = _count(node)
        if good > broken:
            for_utf8 += 1
            is_plain &= not _is_utf8(node, in_utf8=False)
        else:
            foreign.append(node)
    weight = 1 if declared.legacy and not declared.is_utf8 else _UTF8_WEIGHT
    is_utf8 = for_utf8 * weight > len(foreign)
    legacy = _legacy_charset(foreign, declared)
    if is_plain and not is_utf8 and next(nodes, None) is None:
        return DecodedText(body.decode(legacy, "replace"), legacy)

    def as_utf8(found: re.Match[bytes]) -> bytes:
        node: bytes = found[0]
        if node.isascii() or _is_utf8(node, in_utf8=is_utf8):
            return node
        return node.decode(legacy, "replace").encode()

    return DecodedText(_NODE.sub(as_utf8, body).decode(UTF_8, "replace"), UTF_8 if is_utf8 else legacy)


def _count(node: bytes) -> tuple[int, int]:
    """How many multi-byte characters of UTF-8 bytes hold, and how many sequences that are none."""
    if not _MULTI_BYTE.search(node):
        return 0, 1
    text = node.decode(UTF_8, "replace")
    broken = text.count("\ufffd")
    return len(text) - len(text.encode("ascii", "ignore")) - broken, broken


def _is_utf8(node: bytes, *, in_utf8: bool) -> bool:
    """Whether a piece of a page is UTF-8; on a page in another charset it must be so beyond doubt."""
    good, broken = _count(node)
    if in_utf8:
        return good > 0
    return not broken and (
        good >= _UNMISTAKABLE or (good > 0 and _PUNCTUATION.sub("", node.decode(UTF_8)).isascii())
    )


def _legacy_charset(nodes: list[bytes], declared: _Declared) -> str:
    """The charset of bytes that are no UTF-8: as declared unless they contradict it, Cyrillic if they read like it, else by statistics."""
    content = b"\n".join(nodes)
    runs = [found[0] for found in islice(_HIGH.finditer(content), _SAMPLE)]
    sample = b" ".join(runs)[:_SAMPLE]
    is_foreign = len(sample) > _FOREIGN_RUN * len(runs)
    if is_foreign and (
        cyrillic := cyrillic_charset(sample, declared.legacy, _plausible(sample, declared.legacy))
    ):
        return cyrillic
    if declared.legacy and not _contradicts(content, declared.legacy):
        return declared.legacy
    if not is_foreign and len(sample) < _FEW:
        return _WESTERN
    guess = from_bytes(content[:SNIFFED]).best()
    return guess.encoding if guess else _WESTERN


def _plausible(sample: bytes, declared: str) -> float:
    """How sure a Cyrillic reading must be: surer where a charset of another script is declared (Greek, Hebrew, Thai, Korean, …)."""
    if not declared:
        return PLAUSIBLE
    letters = [
        char for char in sample.decode(declared, "replace") if char.isalpha() and char > "\u024f"
    ]  # beyond the Latin blocks
    is_other = len(letters) > len(sample) / 4 and not any("\u0400" <= char <= "\u04ff" for char in letters)
    return CERTAIN if is_other else PLAUSIBLE


def _contradicts(content: bytes, declared: str) -> bool:
    text = content[:SNIFFED].decode(declared, "replace")
    return text.count("\ufffd") > max(1, _CONTRADICTED * (len(text) - len(text.encode("ascii", "ignore"))))


_BACK_TO_BYTES = {
    charset: {
        ord(char): byte for byte in range(128, 256) if (char := bytes([byte]).decode(charset, "ignore"))
    }
    for charset in ("windows-1251", "windows-1252")
}


_DOUBLE_CODED_A = (("windows-1251", "Р°".encode()), ("windows-1252", "Ð°".encode()))
"""What becomes of «а» where UTF-8 was read in another charset, and is no text otherwise."""


def _undo_double_coding(body: bytes) -> str:
    """The text of UTF-8. Where UTF-8 was read as windows-1251 or -1252 and stored as UTF-8 again, that is undone if all of it can be."""
    text = body.decode(UTF_8)
    for charset, letter_a in _DOUBLE_CODED_A:
        if body.find(letter_a, 0, SNIFFED) >= 0:
            try:
                return text.translate(_BACK_TO_BYTES[charset]).encode("latin-1").decode(UTF_8)
            except UnicodeError:
                continue
    return text
