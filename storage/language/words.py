"""Tokenise a text, and map each word to the index key that all its forms share.

Each word is analysed by its own letters and its paragraph: a word with a Kazakh letter, or in a Kazakh
paragraph, as Kazakh (into Cyrillic, stem, fold); other Cyrillic words as Russian (Snowball, ё as е); Latin
words as English (Snowball) unless their paragraph is in another language. Surfaces and offsets are those of
the original text, so that a match can be highlighted.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import Stemmer

from storage.language import kazakh
from storage.language.detect import UNDETERMINED, latin_alphabet, paragraph_language
from storage.language.scripts import KAZAKH_LETTERS, LONGEST_CACHED, LONGEST_WORD, Alphabet, clean, from_arabic, from_latin, script_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_INVISIBLE = "\u00ad\u0640\u200b-\u200d\u2060\ufeff"
_MARKS = "\u0300-\u036f\u064b-\u0655\u0670"
_WORD = re.compile(rf"[^\W_](?:[^\W_]|[{_INVISIBLE}{_MARKS}]|['’ʼ](?=[^\W\d_]))*")
_DROPPED = re.compile(f"[{_INVISIBLE}]")
_NO_WORD = re.compile(r"[^\w']|_")
_APOSTROPHES = {"'", "’", "ʼ"}
_KAZAKH_TAGS = ("kk", "kk-Latn", "kk-Arab")


class TextToken(NamedTuple):
    """A word of a text: `surface` is cleaned of invisible characters, `text[start:end]` is the original."""

    surface: str
    start: int
    end: int


class TokenAnalysis(NamedTuple):
    """Analysis of a word: its language (ru, kk, en or another tag), its lower-case spelling, its key."""

    language: str
    word: str
    key: str


class _Stemmers(threading.local):
    """Snowball's stemmers, one set a thread: they are not thread-safe."""

    def __init__(self) -> None:
        self.russian = Stemmer.Stemmer("russian", 0)
        self.english = Stemmer.Stemmer("english", 0)


_stemmers = _Stemmers()


def tokens(text: str) -> Iterator[TextToken]:
    """Return the words of a text: letters, digits and inner apostrophes; hyphens separate words."""
    for match in _WORD.finditer(text):
        if surface := _tidy(match.group()[:LONGEST_WORD]):
            yield TextToken(surface, match.start(), match.end())


def word_count(text: str) -> int:
    """Return the number of words of a text."""
    return len(_WORD.findall(text))


def readings(text: str, language: str) -> Iterator[tuple[int, int, TokenAnalysis]]:
    """Return the words of a text with their offsets and analyses; `language` is that of the text."""
    start = 0
    alphabet = latin_alphabet(text) if language == "kk-Latn" else None
    decree = alphabet is Alphabet.DECREE_2017
    for paragraph in text.split("\n"):
        around = paragraph_language(paragraph, language)
        for match in _WORD.finditer(paragraph):
            surface = match.group()[:LONGEST_WORD]
            if decree and paragraph[match.end() : match.end() + 1] in _APOSTROPHES:
                surface += "'"  # this alphabet ends words in an apostrophe
            read = _read if len(surface) <= LONGEST_CACHED else _read.__wrapped__
            if reading := read(surface, around, alphabet):
                yield start + match.start(), start + match.end(), reading
        start += len(paragraph) + 1


def keys(text: str, language: str) -> list[str]:
    """Return the keys of a text's words, in order, as `readings` analyses them."""
    return [reading.key for _, _, reading in readings(text, language)]


def key(word: str, language: str) -> str:
    """Return the key of one word, as `tokens` yields it; words with digits stay, in lower case.

    The Latin alphabet of a single Kazakh word is detected by its own letters; `keys` detects it by the whole
    text.
    """
    way = "kk" if language in _KAZAKH_TAGS else language
    if not word:
        return ""
    return _key(_spell(word, way, latin_alphabet(word)), way)


def _tidy(surface: str) -> str:
    if surface.isascii():
        return surface
    return _plain(surface) if len(surface) <= LONGEST_CACHED else _plain.__wrapped__(surface)


@lru_cache(maxsize=1 << 16)
def _plain(surface: str) -> str:
    plain = _DROPPED.sub("", surface).replace("’", "'").replace("ʼ", "'")
    return _NO_WORD.sub("", unicodedata.normalize("NFKC", plain))


@lru_cache(maxsize=1 << 16)
def _read(written: str, around: str, alphabet: Alphabet | None) -> TokenAnalysis | None:
    if not (surface := _tidy(written)):
        return None
    way = _way(surface, around)
    word = _spell(surface, way, alphabet)
    return TokenAnalysis(way, word, _key(word, way))


def _way(surface: str, around: str) -> str:
    """Return the language by which a word is analysed in a paragraph of a language."""
    script = max(("Cyrl", "Latn", "Arab"), key=[script_of(c) for c in surface].count)
    if script == "Cyrl":
        kazakh_letters = not KAZAKH_LETTERS.isdisjoint(clean(surface).lower())
        return "kk" if around == "kk" or (kazakh_letters and around in {"ru", "en", UNDETERMINED, *_KAZAKH_TAGS}) else "ru"
    if script == "Latn":
        return {"kk-Latn": "kk", "ru": "en", "kk": "en", "kk-Arab": "en"}.get(around, around)
    return "kk" if around == "kk-Arab" else around


def _spell(surface: str, way: str, alphabet: Alphabet | None) -> str:
    """Return a word in lower case, and a Kazakh one in Cyrillic."""
    if way == "kk" and script_of(surface[0]) == "Arab":
        return from_arabic(surface)
    cleaned = clean(surface).lower()
    if way == "kk" and script_of(cleaned[0]) == "Latn":
        return from_latin(cleaned, alphabet or Alphabet.DECREE_2018)
    return cleaned


def _key(word: str, way: str) -> str:
    if any(c.isdigit() for c in word):
        return word.casefold()
    if way == "kk":
        return kazakh.key(word)
    if way == "ru":
        return str(_stemmers.russian.stemWord(word))
    plain = "".join(c for c in unicodedata.normalize("NFD", word.casefold()) if not unicodedata.combining(c))
    return str(_stemmers.english.stemWord(plain)) if way == "en" else plain
