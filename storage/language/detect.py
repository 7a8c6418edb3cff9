"""Detect the language of a text: Russian, Kazakh in any of its scripts, English, or what its page declares.

Kazakh and Russian are told apart at 4 % of the letters ә ғ қ ң ө ұ ү і һ, measured by paragraph: Kazakh
sentences hold 5.7 % or more in 99 of 100 cases, Russian ones 1.5 % at most. Paragraphs vote by their number
of letters. English is recognised by its commonest words, so that a Latin text in another language is not
classified as English.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

from storage.language.scripts import KAZAKH_LETTERS, LONGEST_CACHED, Alphabet, clean, fold, from_latin, script_of
from storage.language.tags import base_of

UNDETERMINED = "und"

_KAZAKH_SHARE = 0.04
_RUSSIAN_SHARE = 0.015
_FOREIGN_SHARE = 0.004  # of letters that give another Cyrillic language away
_HARD_SIGN_SHARE = 0.008  # ъ is a common vowel of Bulgarian
_ARABIC_SHARE = 0.05  # of the letters that Kazakh has and Arabic has not
_ENGLISH_SHARE = 0.1
_KAZAKH_WORD_SHARE = 0.04
_KAZAKH_LETTER_WORDS = 0.25  # of the words of a Kazakh text hold a Kazakh letter, and usually more than half do
_KAZAKH_TITLE_WORDS = 0.4  # of a text too short to measure letters
_ENOUGH_LETTERS = 40
_ENOUGH_TO_DOUBT = 100  # letters with hardly an English word, in a text said to be English

_FOREIGN_LETTERS = {"uk": "їєґ", "tg": "ҷӣӯ", "uz": "ҳ", "be": "ў", "ba": "ҡҙҫ", "tt": "җ", "sr": "ђћџјљњ"}
_FOREIGN = {letter: tag for tag, letters in _FOREIGN_LETTERS.items() for letter in letters}
"""Letters that neither Russian nor Kazakh has, with the Cyrillic language that each one proves."""
_CYRILLIC_TAGS = frozenset({"ru", "kk", "ky", "bg", "mn", "mk", *_FOREIGN_LETTERS})
_KYRGYZ_LETTERS = frozenset("ңөү")  # shared with Kazakh, which never does with these alone
_KAZAKH_ARABIC = "ەۇۋڭۆ"

_WORD = re.compile(r"[^\W\d_]+(?:['’ʼ][^\W\d_]*)*")
_ENGLISH = "the of and to that for is with by has have had from said are this which its were their who would could"
_RUSSIAN = "в на и с не по что о об к из за для от до у а но как после при"
_KAZAKH = "және мен бен пен бұл үшін туралы бойынша деп осы бір болды болып еді екен жаңа халық қазақстан астана дейін кейін"
_ENGLISH_WORDS, _RUSSIAN_WORDS = frozenset(_ENGLISH.split()), frozenset(_RUSSIAN.split())
_KAZAKH_WORDS = frozenset(map(fold, _KAZAKH.split()))

_C = "[bcdfghjklmnpqrstvxzğñş]"
_UMLAUT = re.compile("[äöüğñş]")
_ALPHABET_LETTERS: tuple[tuple[Alphabet, tuple[re.Pattern[str], ...]], ...] = (
    (Alphabet.DECREE_2018, (re.compile("[áǵńóúý]|ı(?=[aeouy])|(?<=[aeouy])ı"),)),
    (Alphabet.DRAFT_2021, (re.compile("ū"),)),
    (Alphabet.DRAFT_2021, (_UMLAUT, re.compile(f"{_C}y{_C}"))),
    (Alphabet.TURKISH, (_UMLAUT, re.compile("[ïw]"))),
    (Alphabet.TURKISH, (re.compile(f"{_C}ı{_C}"),)),
    (Alphabet.DRAFT_2021, (re.compile("[äöüğşı]"),)),
    (Alphabet.DECREE_2017, (re.compile("[aginoscuy]['’ʼ]"),)),
)
"""Patterns of each alphabet, the most reliable first; all patterns of a row must match, in any order."""
_NOT_KAZAKH_LATIN = re.compile("[əřěůőűßœ]")
_KAZAKH_Q = re.compile("q(?!u)|qu(?=[bcdfghjklmnprstvz])")
_KAZAKH_Q_SHARE = 0.008


def language_of(text: str, hint: str = "") -> str:
    """Return the language of a text as a BCP 47 tag: ru, kk, kk-Latn, kk-Arab, en, another one, or `und`.

    `hint` is what the page or its source declares (`kk-KZ`, `kz`); it decides only where the text does not.
    """
    hint = base_of(hint)
    votes: Counter[str] = Counter()
    for paragraph in text.splitlines():
        if len(paragraph) >= _ENOUGH_LETTERS:
            votes[_sure(paragraph, hint == "kk")] += len(paragraph)
    winner = votes.most_common(1)[0][0] if votes else ""
    return winner or _sure(text, hint == "kk") or _likely(text, hint)


def paragraph_language(paragraph: str, article_language: str) -> str:
    """Return the language of a paragraph: its own where it is sure, else that of its article."""
    if len(paragraph) < _ENOUGH_LETTERS:
        return article_language
    return _sure(paragraph, article_language.startswith("kk")) or article_language


def latin_alphabet(text: str) -> Alphabet | None:
    """Return the Kazakh alphabet of a Latin text; None when it is not Kazakh."""
    text = text.lower()
    if _NOT_KAZAKH_LATIN.search(text):
        return None
    written = next((alphabet for alphabet, marks in _ALPHABET_LETTERS if all(mark.search(text) for mark in marks)), None)
    if written and written is not Alphabet.DECREE_2017 and len(_KAZAKH_Q.findall(text)) > _KAZAKH_Q_SHARE * len(text):
        return written
    words = _WORD.findall(text)
    common = [x for x in words if len(x) <= LONGEST_CACHED and _is_common_kazakh(x, written or Alphabet.DECREE_2018)]
    sure = len(set(common)) > 1 and len(common) >= _KAZAKH_WORD_SHARE * len(words)
    return (written or Alphabet.DECREE_2018) if sure else None


@lru_cache(maxsize=1 << 16)
def _is_common_kazakh(word: str, alphabet: Alphabet) -> bool:
    return fold(from_latin(word, alphabet)) in _KAZAKH_WORDS


def _letters(text: str) -> tuple[dict[str, int], str, int]:
    """Count the letters of a text; return the counts, the script of the commonest letter, and the total."""
    counts = {c: n for c, n in Counter(text.lower()).items() if c.isalpha()}
    return counts, script_of(max(counts, key=counts.__getitem__)) if counts else "", sum(counts.values())


def _sure(text: str, says_kazakh: bool) -> str:  # noqa: FBT001
    """Return the language that a text proves by itself; empty when it is too short or unclear.

    `says_kazakh` is whether its page declares Kazakh.
    """
    return (_remembered if len(text) <= _LONGEST_REMEMBERED else _judged)(text, says_kazakh)


_LONGEST_REMEMBERED = 4_000  # characters: what the cache may hold is bounded


@lru_cache(maxsize=256)  # an article's language is asked first, then that of each of its paragraphs
def _remembered(text: str, says_kazakh: bool) -> str:  # noqa: FBT001
    return _judged(text, says_kazakh)


def _judged(text: str, says_kazakh: bool) -> str:  # noqa: FBT001
    counts, script, letters = _letters(text)
    if letters < _ENOUGH_LETTERS:
        return ""
    if script == "Cyrl":
        tag = _cyrillic(counts, letters)
        return "" if tag == "kk" and _kazakh_words(text) < _KAZAKH_LETTER_WORDS else tag
    if script == "Latn":
        return _latin(text)
    kazakh = sum(counts.get(c, 0) for c in _KAZAKH_ARABIC) >= _ARABIC_SHARE * letters or says_kazakh
    return "kk-Arab" if script == "Arab" and kazakh and counts.get("ې", 0) < _FOREIGN_SHARE * letters else ""  # ې is Uyghur


def _cyrillic(counts: dict[str, int], letters: int) -> str:
    foreign = [c for c in counts.keys() & _FOREIGN.keys() if counts[c] >= _FOREIGN_SHARE * letters]
    if foreign:
        return _FOREIGN[max(foreign, key=counts.__getitem__)]
    kazakh = counts.keys() & KAZAKH_LETTERS
    share = sum(counts[c] for c in kazakh) / letters
    if share > _RUSSIAN_SHARE:
        if kazakh <= _KYRGYZ_LETTERS:
            return "ky"
        return "kk" if share >= _KAZAKH_SHARE else ""
    if counts.get("ъ", 0) >= _HARD_SIGN_SHARE * letters and "ы" not in counts and "э" not in counts:
        return "bg"
    return "ru"


def _kazakh_words(text: str) -> float:
    """Return the share of words with a Kazakh letter.

    A Kazakh name or quotation may lift a short Russian text over the share of letters.
    """
    words = _WORD.findall(text)
    return sum(not KAZAKH_LETTERS.isdisjoint(clean(x).lower()) for x in words) / max(len(words), 1)


def _english_share(text: str) -> float:
    words = _WORD.findall(text.lower())
    return sum(x in _ENGLISH_WORDS for x in words) / max(len(words), 1)


def _latin(text: str) -> str:
    if _english_share(text) >= _ENGLISH_SHARE:
        return "en"
    return "kk-Latn" if latin_alphabet(text) else ""


def _likely(text: str, hint: str) -> str:
    """Return the likeliest language of a text that proves none: short, mixed, without own letters."""
    _, script, letters = _letters(text)
    if script == "Cyrl":
        return _likely_cyrillic(text, hint)
    if script == "Latn":
        return _latin(text) or _likely_latin(text, letters, hint)
    return "kk-Arab" if script == "Arab" and hint == "kk" else hint or UNDETERMINED


def _likely_cyrillic(text: str, hint: str) -> str:
    if _kazakh_words(text) >= _KAZAKH_TITLE_WORDS:
        return "kk"
    russian = not _RUSSIAN_WORDS.isdisjoint(x.lower() for x in _WORD.findall(text))
    return "ru" if russian or hint not in _CYRILLIC_TAGS else hint


def _likely_latin(text: str, letters: int, hint: str) -> str:
    if hint == "kk":
        return "kk-Latn"
    if hint == "en":
        unlike = letters >= _ENOUGH_TO_DOUBT and _english_share(text) < _ENGLISH_SHARE / 4
    else:
        unlike = letters >= _ENOUGH_LETTERS and hint in _CYRILLIC_TAGS
    return UNDETERMINED if unlike else hint or UNDETERMINED
