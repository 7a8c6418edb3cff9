"""Map a query word to every index key under which one of its forms may stand.

The index holds one light stem a word; what that stem keeps apart (Казахстан and Казахстане, Токаев and
Токаева) is joined in the query: pymorphy3 returns the forms of a Russian word, surnames get their own
endings, and Kazakh and Russian spellings of a name are tried for each other. At about 0.3 ms a new word this
finds every case form of the names, places and nouns measured.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from itertools import islice, product
from typing import Any

from storage.language import kazakh
from storage.language.scripts import KAZAKH_LETTERS, Alphabet, clean, from_arabic, from_latin, script_of
from storage.language.words import key

_SURNAME = re.compile("(.+(?:[ое]в|[иы]н))(?:а|у|ым|е|ой|ы|ых|ыми)?")
_SURNAME_ENDINGS = ("", "а", "у", "ым", "е", "ой", "ы", "ых", "ыми")
_KAZAKH_SURNAME = re.compile(".{2,}(?:ев|ов|ин)а?|.{3,}(?:бай|бек|хан|ұлы|қызы)")
_NAME_TAGS = frozenset({"Surn", "Name", "Patr", "Geox"})
_PERSON_TAGS = frozenset({"Surn", "Name", "Patr"})
_MAX_SPELLINGS = 64
_LIKELY = 0.05  # день is a form of деть as well, in one text of a thousand

_DERIVED = (
    ("конституция", "конституциялық"),
    ("парламент", "парламенттік", "парламентші"),
    ("сайлау", "сайлаушы"),
    ("мемлекет", "мемлекеттік"),
    ("азамат", "азаматтық"),
    ("құқық", "құқықтық"),
    ("депутат", "депутаттық"),
    ("президент", "президенттік"),
    ("халық", "халықтық"),
    ("партия", "партиялық"),
    ("қоғам", "қоғамдық"),
    ("облыс", "облыстық"),
)
"""Kazakh nouns and words derived from them, which the stemmer keeps apart; a query for one includes all."""
_SYNONYMS = {kazakh.key(word): frozenset(map(kazakh.key, family)) for family in _DERIVED for word in family}

_TO_RUSSIAN = {"ә": "а", "қ": "к", "ғ": "г", "ң": "н", "ұ": "у", "ү": "у", "һ": "х", "ө": "оу", "і": "иы"}
_TO_KAZAKH = {"к": "кқ", "г": "гғ"}
_MIN_NAME_KEY = 5  # shorter ones are words of their own (Астана would find ас, food)


@lru_cache(maxsize=1 << 12)
def query_keys(word: str) -> frozenset[str]:
    """Return every key under which forms of a word may stand in the index, in any language.

    `word` is one word as `tokens` yields it; a hyphenated one is split first.
    """
    return _query_keys(clean(word).lower()) - {""}


def _query_keys(word: str) -> frozenset[str]:
    if any(c.isdigit() for c in word):
        return frozenset({key(word, "und")})
    script = script_of(word[:1] or " ")
    if script == "Cyrl":
        return _cyrillic_keys(word)
    if script == "Latn":
        spelled = {key(from_latin(word, alphabet), "kk") for alphabet in Alphabet}
        return _with_derived(spelled) | {key(word, "en"), key(word, "und")}
    if script == "Arab":
        return _with_derived({key(from_arabic(word), "kk")}) | {key(word, "und")}
    return frozenset({key(word, "und")})


def russian_keys(word: str) -> frozenset[str]:
    """Return the keys of every form of a Russian word, surname paradigms included."""
    own, surname = key(word, "ru"), _SURNAME.fullmatch(word)
    found = {key(form.word, "ru") for parse in _parses(word) for form in parse.lexeme}
    if surname:  # Токаев is also the genitive plural of токай, and токая would lead to ток
        found = {x for x in found if len(x) > len(surname[1]) - 3 or not _is_another(x, word)}
        found.update(key(surname[1] + ending, "ru") for ending in _SURNAME_ENDINGS)
    return frozenset(found | {own})


def _is_another(found: str, word: str) -> bool:
    """Return whether a key is itself a word, and none of the words that this one may be a form of."""
    known = {x.normal_form for x in _morphology().parse(found) if x.is_known}
    return bool(known) and known.isdisjoint(x.normal_form for x in _parses(word))


def is_name(word: str) -> bool:
    """Return whether a word can be a name: by the dictionary, by a surname's ending, or as an initial."""
    lower = clean(word).lower()
    if len(lower.strip(".")) == 1 or _KAZAKH_SURNAME.fullmatch(lower):
        return word[:1].isupper()
    return any(_PERSON_TAGS & parse.tag.grammemes for parse in _parses(lower))


def _cyrillic_keys(word: str) -> frozenset[str]:
    found = _with_derived({key(word, "kk")})
    if KAZAKH_LETTERS.isdisjoint(word):
        loans = {key(parse.normal_form, "kk") for parse in _parses(word) if parse.is_known}  # as a Kazakh text has them
        loans = {x for x in loans if len(x) >= _MIN_NAME_KEY}
        return found | _with_derived(loans) | russian_keys(word) | _kazakh_spellings(word)
    stem = kazakh.stem(word)
    if _KAZAKH_SURNAME.fullmatch(stem):
        spellings = islice(product(*(_TO_RUSSIAN.get(c, c) for c in stem)), _MAX_SPELLINGS)
        found = found.union(*(russian_keys("".join(x)) for x in spellings))
    return found


def _with_derived(found: set[str]) -> frozenset[str]:
    return frozenset(found).union(*(_SYNONYMS.get(x, ()) for x in found))


def _kazakh_spellings(word: str) -> frozenset[str]:
    """Return the keys of a name's possible Kazakh spellings (Токаев: тоқаев).

    The fold of keys already joins а and ә, у, ұ and ү, и, ы and і.
    """
    names = {parse.normal_form for parse in _parses(word) if _NAME_TAGS & parse.tag.grammemes}
    if match := _SURNAME.fullmatch(word):
        names.update({match[1], match[1] + "а"})
    spellings = (islice(product(*(_TO_KAZAKH.get(c, c) for c in name)), _MAX_SPELLINGS) for name in names)
    found = {key("".join(x), "kk") for some in spellings for x in some}
    return frozenset(x for x in found if len(x) >= _MIN_NAME_KEY)


def _parses(word: str) -> list[Any]:
    return [x for x in _morphology().parse(word) if x.score >= _LIKELY]


@cache
def _morphology() -> Any:
    """Return the dictionary, loaded at the first Russian query word (0.1 to 0.3 s)."""
    import pymorphy3

    return pymorphy3.MorphAnalyzer(lang="ru")
