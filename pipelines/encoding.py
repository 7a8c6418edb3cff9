"""Bytes to text: a byte order mark, then UTF-8, then what reads like language; what a header declares comes last."""

from __future__ import annotations

import codecs
import re
from itertools import islice

import webencodings
from charset_normalizer import from_bytes

SNIFFED = 100_000
"""Bytes (or characters) at the start of a body in which it shows what it is."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CYRILLIC = ("windows-1251", "koi8-r", "iso-8859-5", "cp866", "kz1048")
_DECLARED = re.compile(rb"""charset\s{0,20}=\s{0,20}["']?\s{0,20}([\w.:-]{2,40})""", re.IGNORECASE)
_UNDECLARABLE = frozenset({"utf-8", "utf-16le", "utf-16be", "replacement", "x-user-defined"})
"""Encodings that the bytes prove or disprove by themselves, and two that are for browsers alone."""
_HEAD_BYTES = 4096  # where a <meta> declaration is looked for; HTML asks for the first 1024
_HIGH = re.compile(rb"[\x80-\xff]+")
_COMMON = frozenset("оеаинтсрвлідқ")  # six in ten letters of Russian text, five in ten of Kazakh
_PLAUSIBLE = 0.35  # share of those letters among the non-ASCII characters; a wrong Cyrillic charset stays below 0.2
_SAMPLE = 4_000  # non-ASCII bytes looked at
_FOREIGN_RUN = 2.5  # mean length of a run of non-ASCII bytes from which on the script is not Latin
_SOUND = 20  # valid multi-byte characters for each broken one that still speak for UTF-8


def decode(body: bytes, content_type: str = "") -> str:
    """The text of a body. A declaration that the bytes contradict loses; what cannot be decoded becomes U+FFFD."""
    for mark, charset in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(charset, "replace")
    if wide := _wide_charset(body[:512]):
        return body.decode(wide, "replace")
    try:
        return _undo_double_coding(body)
    except UnicodeDecodeError:
        pass
    loose = body.decode("utf-8", "replace")
    broken = loose.count("\ufffd")
    if len(loose) - len(loose.encode("ascii", "ignore")) > _SOUND * broken:
        return loose
    return _decode_bytewise(body, _declared(content_type.encode("utf-8", "replace")) or _declared(body[:_HEAD_BYTES]))


def _wide_charset(start: bytes) -> str:
    """UTF-16 without a mark: markup is ASCII, so many of every second byte are zero, and none of the others."""
    half = len(start) // 2
    even, odd = start[::2].count(0), start[1::2].count(0)
    if odd > 0.1 * half and not even:
        return "utf-16-le"
    return "utf-16-be" if even > 0.1 * half and not odd else ""


def _declared(declaration: bytes) -> str:
    """Python's name of the single-byte or East Asian charset that a header or the head of a page declares; empty for none.

    Only the labels that browsers know count (https://encoding.spec.whatwg.org/#names-and-labels), with what browsers make of
    them (latin1 is windows-1252): Python would take `undefined`, `idna`, `unicode_escape` and `zip` for charsets, too.
    """
    found = _DECLARED.search(declaration)
    known = webencodings.lookup(found[1].decode("ascii", "replace")) if found else None
    return str(known.codec_info.name) if known is not None and known.name not in _UNDECLARABLE else ""


def _decode_bytewise(body: bytes, declared: str) -> str:
    """The text of a body that is not Unicode: Cyrillic if it reads like Cyrillic, as declared, else by statistics."""
    runs = [found[0] for found in islice(_HIGH.finditer(body), _SAMPLE)]
    sample = b" ".join(runs)[:_SAMPLE]
    if len(sample) > _FOREIGN_RUN * len(runs):
        readings = {charset: _share_of_common(sample.decode(charset, "replace")) for charset in _CYRILLIC}
        best = max(readings, key=lambda charset: readings[charset] + 0.02 * (codecs.lookup(charset).name == declared))
        if readings[best] >= _PLAUSIBLE:
            return body.decode(best, "replace")
    if declared:
        try:
            return body.decode(declared)
        except UnicodeError:  # not UnicodeDecodeError alone: some codecs raise what is above it
            pass
    guess = from_bytes(body[:SNIFFED]).best()
    return body.decode(guess.encoding if guess else "windows-1252", "replace")


def _share_of_common(text: str) -> float:
    letters = [char for char in text if char > "\x7f"]
    return sum(char in _COMMON for char in letters) / max(1, len(letters))


_BACK_TO_BYTES = {
    charset: {ord(char): byte for byte in range(128, 256) if (char := bytes([byte]).decode(charset, "ignore"))}
    for charset in ("windows-1251", "windows-1252")
}


def _undo_double_coding(body: bytes) -> str:
    """The text of UTF-8. Where UTF-8 was read as windows-1251 or -1252 and stored as UTF-8 again, that is undone if all of it can be."""
    text = body.decode("utf-8")
    for charset, letter_a in (("windows-1251", "Р°"), ("windows-1252", "Ð°")):  # what becomes of «а», and is no text otherwise
        if letter_a.encode() in body[:SNIFFED]:
            try:
                return text.translate(_BACK_TO_BYTES[charset]).encode("latin-1").decode("utf-8")
            except UnicodeError:
                continue
    return text
