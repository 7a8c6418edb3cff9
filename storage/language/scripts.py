"""Kazakh in three scripts: cleaning, transliteration of Latin and Arabic into Cyrillic, common fold.

The tables follow the alphabets in use: the decrees of 2017 (apostrophes) and 2018 (acutes), the draft of 2021
(umlauts), the Turkish-style spelling of private sites, and tote zhazu, the Arabic script. The same letter
denotes different sounds in different alphabets (ı is и in 2018, і in 2021, ы in the Turkish style), so the
alphabet is chosen for a whole text.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache

KAZAKH_LETTERS = frozenset("әғқңөұүһі")
"""Lower-case Cyrillic letters of Kazakh that Russian does not have."""

LONGEST_WORD = 100
"""Characters of a word that are indexed; the rest is ignored, in texts and in queries."""

LONGEST_CACHED = 40
"""Characters of a word that is cached, so that the caches are bounded in bytes as well as in number."""

_VOWELS = "аәеёиоөуұүыіэюя"
_LOOK_ALIKES = str.maketrans("aceopxyiACEOPXYI", "асеорхуіАСЕОРХУІ")
_CYRILLIC = re.compile("[Ѐ-ԯ]")
_ASCII_LETTER = re.compile("[A-Za-z]")
_INVISIBLE = re.compile("[\u00ad\u0640\u200b-\u200d\u2060\ufeff]")


class Alphabet(StrEnum):
    """A Latin alphabet of Kazakh."""

    DECREE_2017 = "2017"
    DECREE_2018 = "2018"
    DRAFT_2021 = "2021"
    TURKISH = "turkish"


_ASCII = dict(zip("abvgdejzklmnoprstufyiqwhcx", "абвгдежзклмнопрстұфыіқухск", strict=True))
_ASCII |= {"sh": "ш", "ch": "ч", "shch": "щ", "ts": "ц", "zh": "ж", "kh": "х", "gh": "ғ"}
_UMLAUTS = {"ä": "ә", "ğ": "ғ", "ñ": "ң", "ö": "ө", "ü": "ү", "ş": "ш", "ç": "ч", "şş": "щ", "şç": "щ"}
_LETTERS: dict[Alphabet, dict[str, str]] = {
    Alphabet.DECREE_2017: _ASCII
    | {"a'": "ә", "g'": "ғ", "i'": "и", "n'": "ң", "o'": "ө", "s'": "ш", "c'": "ч", "u'": "ү", "y'": "у"}
    | {"i'a": "я", "i'y'": "ю", "s'c'": "щ"},
    Alphabet.DECREE_2018: _ASCII | {"á": "ә", "ǵ": "ғ", "ń": "ң", "ó": "ө", "ú": "ү", "ý": "у", "ı": "и", "ıa": "я", "ıý": "ю"},
    Alphabet.DRAFT_2021: _ASCII | _UMLAUTS | {"ū": "ұ", "u": "у", "ı": "і", "i": "и", "ia": "я", "iu": "ю", "ştş": "щ"},
    Alphabet.TURKISH: _ASCII
    | _UMLAUTS
    | {"ı": "ы", "i": "і", "ï": "и", "y": "й", "u": "у", "w": "ұ", "c": "ц", "x": "х", "é": "э", "ya": "я", "yu": "ю"},
}
_SPELLING = {
    alphabet: re.compile("|".join(re.escape(x) for x in sorted(letters, key=len, reverse=True))) for alphabet, letters in _LETTERS.items()
}

_ARABIC = dict(zip("ابۆگعدەجزيیىكکقلمنڭوپرستۋۇفحھهچش", "абвгғдежзииыккқлмнңопрстуұфхһһчш", strict=True))
_ARABIC |= dict(zip("ٵٶٷٸ", "әөүі", strict=True))
_ARABIC |= dict(zip("ةثذؤئأ", "еңұуыв", strict=True))  # old sites put these six where their fonts drew Kazakh letters
_ARABIC |= {"شش": "щ", "يا": "я", "يۋ": "ю", "يو": "ё", "تس": "ц"}
_ARABIC_SPELLING = re.compile("|".join(sorted(_ARABIC, key=len, reverse=True)))
_ARABIC_WORD = re.compile("[ءٴ]?[\"'«“]?[\u0620-\u065f\u066e-\u06d5\u06fa-\u06ff]+")
_FRONTED = str.maketrans("аоұы", "әөүі")
_ARABIC_I = re.compile("(?<=[\u0620-\u06ff])[iI]|[iI](?=[\u0620-\u06ff])")
_ARABIC_POINTS = str.maketrans("،؛؟", ",;?")

_FOLD_LETTERS = str.maketrans(
    {"ё": "ио", "я": "иа", "ю": "иу", "щ": "шш", "ц": "тс", "э": "е", "ь": "", "ъ": "", "ә": "а", "ө": "о", "ү": "у", "ұ": "у"}
    | {"і": "и", "ы": "и", "й": "и", "һ": "х"}
)
_FOLD_E = re.compile("(?<=[аоуи])е")
_FOLD_TS = re.compile("(?<!т)т+с")
_REPEATED = re.compile(r"(\w)\1+")


@lru_cache(maxsize=4096)
def script_of(character: str) -> str:
    """Return the script of a letter: Cyrl, Latn, Arab, `Zyyy` for others; empty for what is no letter."""
    if not character.isalpha():
        return ""
    names = (("\u0400", "\u052f", "Cyrl"), ("A", "\u024f", "Latn"), ("\u1e00", "\u1eff", "Latn"), ("\u0600", "\u06ff", "Arab"))
    return next((name for first, last, name in names if first <= character <= last), "Zyyy")


def clean(word: str) -> str:
    """Return a word without invisible characters and, if it is Cyrillic, without Latin look-alikes.

    Old law texts are full of these (мемлекеттiк with a Latin i).
    """
    word = _INVISIBLE.sub("", word)
    if word.isascii() or not _CYRILLIC.search(word) or not _ASCII_LETTER.search(word):
        return word
    cleaned = word.translate(_LOOK_ALIKES)
    return word if _ASCII_LETTER.search(cleaned) else cleaned


def from_latin(text: str, alphabet: Alphabet) -> str:
    """Transliterate a lower-case Kazakh text in a Latin alphabet into lower-case Cyrillic."""
    letters = _LETTERS[alphabet]
    spelled = _SPELLING[alphabet].sub(lambda m: letters[m.group()], text.lower().replace("’", "'").replace("ʼ", "'"))
    if alphabet is Alphabet.TURKISH:
        spelled = re.sub(f"(?<=[{_VOWELS}])ұ|ұ(?=[{_VOWELS}])", "у", spelled)
    return _glides(spelled)


def from_arabic(text: str) -> str:
    """Transliterate a Kazakh text in Arabic script into lower-case Cyrillic; everything else stays."""
    text = _ARABIC_I.sub("ى", _INVISIBLE.sub("", text).translate(_ARABIC_POINTS))
    return _ARABIC_WORD.sub(lambda m: _from_arabic_word(m.group()), text).lower()


def _from_arabic_word(word: str) -> str:
    letters = word.lstrip("ءٴ")
    front = letters != word or (bool(re.search("[ەگكک]", letters)) and not re.search("[قع]", letters))
    spelled = _ARABIC_SPELLING.sub(lambda m: _ARABIC[m.group()], letters)
    spelled = spelled.replace("ء", "").replace("ٴ", "")
    spelled = re.sub("(?<=[ао])ие", "е", spelled)  # names in -аев
    return _glides(spelled.translate(_FRONTED) if front else spelled)


def _glides(text: str) -> str:
    """Replace и after a vowel by й: neither script distinguishes the two."""
    return re.sub(f"(?<=[{_VOWELS}])и", "й", text)


def fold(word: str) -> str:
    """Return the key that all spellings of a lower-case Kazakh word share; not for display.

    Front and back vowels are merged, й and ы become и, ц and тс become с, repeated letters become one; қ and
    к, ғ and г, ң and н, у and в stay apart. On real sentences in all three scripts every word got the key of
    its Cyrillic spelling, at 1.1 % of collisions over 28,000 word forms.
    """
    folded = _FOLD_E.sub("ие", word.translate(_FOLD_LETTERS))
    return _REPEATED.sub(r"\1", _FOLD_TS.sub("с", folded))
