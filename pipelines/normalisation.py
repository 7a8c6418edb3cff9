"""Normalise printed dates: hidden characters, look-alikes and scripts that do not change the meaning."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 100
"""Maximum characters of a printed date; longer strings are prose."""

_HIDDEN = (
    *((0x00, 0x08), (0x0E, 0x1F), (0x7F, 0x84), (0x86, 0x9F), (0xAD, 0xAD), (0x034F, 0x034F)),
    *((0x061C, 0x061C), (0x0640, 0x0640), (0x180B, 0x180E), (0x200B, 0x200F), (0x202A, 0x202E)),
    *((0x2060, 0x206F), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFF9, 0xFFFB)),
)
"""Control, zero-width, bidirectional and joining characters, soft hyphen and tatweel, as closed ranges."""

_TIDY: dict[int, str | None] = (
    {code: None for first, last in _HIDDEN for code in range(first, last + 1)}
    | {ord(x): "-" for x in "‐‑‒–—―−﹣－"}
    | {ord(x): "'" for x in "’ʼ‘ʻ`´′ʹ"}
    | {ord(x): "," for x in "،؛、，"}
    | {ord(x): ":" for x in "：∶"}
    | {first + n: str(n) for first in (0x0660, 0x06F0, 0xFF10) for n in range(10)}
)

_LATIN_LOOKS, _CYRILLIC_LOOKS = "ABCEHIKMOPTXYaceopxyi", "АВСЕНІКМОРТХУасеорхуі"
_TO_CYRILLIC = str.maketrans(_LATIN_LOOKS, _CYRILLIC_LOOKS)
_TO_LATIN = str.maketrans(_CYRILLIC_LOOKS, _LATIN_LOOKS)
_UNTIDY = re.compile(f"[{re.escape(''.join(map(chr, _TIDY)))}]")
_SEAM = re.compile("[A-Za-z][\u0400-\u04ff]|[\u0400-\u04ff][A-Za-z]")
_MIXED = re.compile(
    r"\b(?=[а-яёәіңғүұқөһї]*[a-z])(?=[a-z]*[а-яёәіңғүұқөһї])[a-zа-яёәіңғүұқөһї]+", re.IGNORECASE
)
_LATIN = re.compile("[a-z]", re.IGNORECASE)


def tidy(raw: str) -> str:
    """Return the string in lower case and NFC, with single spaces and plain hyphens, quotes and digits.

    Hidden characters are removed. A word that mixes Latin and Cyrillic letters (бүгiн with a Latin i) becomes
    Cyrillic if all its Latin letters have Cyrillic look-alikes, else Latin. Empty for strings longer than
    LONGEST.
    """
    text = " ".join(raw.split())
    if len(text) > 4 * LONGEST:
        return ""
    if _UNTIDY.search(text):
        text = " ".join(text.translate(_TIDY).split())
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
        if _SEAM.search(text):
            text = _MIXED.sub(_one_script, text)
    text = text.lower().replace("\u0307", "")
    return text if len(text) <= LONGEST else ""


def _one_script(mixed: re.Match[str]) -> str:
    cyrillic = mixed[0].translate(_TO_CYRILLIC)
    return mixed[0].translate(_TO_LATIN) if _LATIN.search(cyrillic) else cyrillic


_CYRILLIC = zip(
    "аәбвгғдеёэжзиіїыйкқлмнңоөпрстуұүфхһчшщъьцюя",
    (*"aabvggdeeajziiiiikklmnnooprstuuufhhcss", "", "", "ts", "iu", "ia"),
    strict=True,
)
_KAZAKH_LATIN = zip("áäâǵğıïíńñŋóöúüūýşçéqwy", "aaaggiiinnnoouuuuscekui", strict=True)
_ARABIC = zip(
    "اٵبۆأگعغدەةهجزىيیئقكکلمنڭثوٶپرستۋؤۇذٷٸفحھچشءٴ",
    (*"aabvvgggdeeejziiiikkklmnnnooprstuuuuuifhhcs", "", ""),
    strict=True,
)
_FOLD = {ord(x): key for table in (_CYRILLIC, _KAZAKH_LATIN, _ARABIC) for x, key in table}
_DIGRAPHS = (("y'", "u"), ("'", ""), ("sh", "s"), ("zh", "j"), ("gh", "g"), ("kh", "h"))


def fold(word: str) -> str:
    """Return one key for a Kazakh (or Kyrgyz) word in Cyrillic, Arabic or any Latin alphabet.

    наурыз, ناۋرىز and nay'ryz give nauriz. ә ө ү ұ ғ қ ң give the same letter as their plain neighbours (э,
    too, which old prints have for ә), and ы і и й give one letter: so prints without the Kazakh letters, and
    the two uses of ı and y in the Latin alphabets, have the same key.
    """
    for pair, letter in _DIGRAPHS:
        word = word.replace(pair, letter)
    return word.translate(_FOLD)
