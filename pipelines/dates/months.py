"""Month names: Russian, English, Kazakh in three scripts, Kyrgyz; in their cases and usual abbreviations."""

from __future__ import annotations

import re

from pipelines.dates.spelling import fold

_RUSSIAN = (
    "январь января январе январю январем янв",
    "февраль февраля феврале февралю февралем фев февр",
    "март марта марте марту мартом мар",
    "апрель апреля апреле апрелю апрелем апр",
    "май мая мае маю маем",
    "июнь июня июне июню июнем июн",
    "июль июля июле июлю июлем июл",
    "август августа августе августу августом авг",
    "сентябрь сентября сентябре сентябрю сентябрем сен сент",
    "октябрь октября октябре октябрю октябрем окт",
    "ноябрь ноября ноябре ноябрю ноябрем ноя нояб",
    "декабрь декабря декабре декабрю декабрем дек",
)
_KAZAKH_SHORT = ("қаң қаңт", "ақп", "нау наур", "сәу", "мам", "мау маус", "шіл", "там", "қыр қырк", "қаз", "қар", "жел желт")
_ENGLISH = (
    "january jan", "february feb", "march mar", "april apr", "may", "june jun",
    "july jul", "august aug", "september sep sept", "october oct", "november nov", "december dec",
)  # fmt: skip

_KAZAKH = ("kantar", "akpan", "nauriz", "sauir", "mamir", "mausim", "silde", "tamiz", "kirkuie", "kazan", "karasa", "jeltoksan")
"""Stems in the fold of `spelling.fold`; kirkuie ends in k, or in g before a vowel."""
_KAZAKH_CASE = re.compile(r"(?:s?i)?(?:n?[dt][ae](?:gi|n)?|[gk][ae]|n[ae]n?|[ndt]in?|n)?")
"""Possessive, then locative (with -ғы), ablative, dative, genitive or accusative, folded."""

_KYRGYZ = re.compile(
    r"(январ|феврал|март|апрел|май|июн|июл|август|сентябр|октябр|ноябр|декабр)ь?"
    r"(?:(?:[иыу]н)?[дт][аеоө](?:г[иыу])?|[дтн][иыу]н)",
)
"""Russian names under Turkic endings (мартында, апрелдеги), as Kyrgyz has them."""
_KYRGYZ_NUMBERS = {word.split()[0].rstrip("ь"): number for number, word in enumerate(_RUSSIAN, 1)}

_NOT_MONTHS = frozenset({"казани", "казане", "казань", "казанью"})
"""The city of Kazan, which folds into the Kazakh October."""

_EXACT = {form: number for table in (_RUSSIAN, _KAZAKH_SHORT) for number, forms in enumerate(table, 1) for form in forms.split()}
_EXACT_ENGLISH = {form: number for number, forms in enumerate(_ENGLISH, 1) for form in forms.split()}


def english_month(word: str) -> int | None:
    """The number of an English month (which may stand before its day), or None."""
    return _EXACT_ENGLISH.get(word)


def month(word: str) -> int | None:
    """The number, 1 to 12, of a Russian, Kazakh or Kyrgyz month in any case or usual abbreviation, or None.

    `word` is tidied. A month word is no date: its readers ask for a day or a year beside it (қазан is also a cauldron).
    """
    if number := _EXACT.get(word.replace("ё", "е")):
        return number
    if word in _NOT_MONTHS:
        return None
    if kyrgyz := _KYRGYZ.fullmatch(word):
        return _KYRGYZ_NUMBERS[kyrgyz[1]]
    return _kazakh(fold(word))


def _kazakh(folded: str) -> int | None:
    for number, stem in enumerate(_KAZAKH, 1):
        if folded.startswith(stem):
            end = len(stem) + (stem == "kirkuie" and folded[len(stem) :][:1] in {"k", "g"})
            return number if _KAZAKH_CASE.fullmatch(folded, end) else None
    return None
