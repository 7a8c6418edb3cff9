"""Month names with cases and abbreviations.

Russian, English, Kazakh in three scripts, Kyrgyz, Uzbek in two.
"""

from __future__ import annotations

import re
from functools import lru_cache

from pipelines.normalisation import fold

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
_KAZAKH_SHORT = (
    *("қаң қаңт", "ақп", "нау наур", "сәу", "мам", "мау маус"),
    *("шіл", "там", "қыр қырк", "қаз", "қар", "жел желт"),
)
_UZBEK_SHORT = ("yan", "fev", "", "", "", "iyn", "iyl", "avg", "sen", "okt", "noy", "dek")
_ENGLISH = (
    "january jan", "february feb", "march mar", "april apr", "may", "june jun",
    "july jul", "august aug", "september sep sept", "october oct", "november nov", "december dec",
)  # fmt: skip

_KAZAKH = (
    *("kantar", "akpan", "nauriz", "sauir", "mamir", "mausim"),
    *("silde", "tamiz", "kirkuie", "kazan", "karasa", "jeltoksan"),
)
"""Stems as `normalisation.fold` spells them; kirkuie ends in k, or in g before a vowel."""
_KAZAKH_CASE = re.compile(r"(?:s?i)?(?:n?[dt][ae](?:gi|n)?|[gk][ae]|n[ae]n?|[ndt]in?|n)?")
"""Possessive, then locative (with -ғы), ablative, dative, genitive or accusative, folded."""

_RUSSIAN_STEMS = "январ|феврал|март|апрел|май|июн|июл|август|сентябр|октябр|ноябр|декабр"
_BORROWED = re.compile(
    rf"({_RUSSIAN_STEMS})ь?(?:(?:[иыу]н)?[дт][аеоө](?:г[иыу]|н)?|[дтн][иыу]н|[гк][ае]|ни(?:нг)?)?"
)
"""Russian names with Turkic endings: Kyrgyz (мартында, апрелдеги), Cyrillic Uzbek (январда, мартнинг)."""
_BORROWED_NUMBERS = {stem: number for number, stem in enumerate(_RUSSIAN_STEMS.split("|"), 1)}

_UZBEK = re.compile(
    r"(?:(yanvar)|(fevral)|(mart)|(aprel)|(may)|(iyun)|(iyul)|(avgust)|(senty?abr)|(okty?abr)|(noyabr)|(dekabr))"
    r"(?:(?:in)?da(?:gi|n)?|ga|ni(?:ng)?)?"
)
"""Uzbek names in Latin script: 17-mart, 2026-yil; martda, martning, martdagi."""

_KYRGYZ_OLD = (
    *("үчтүн айы", "бирдин айы", "жалган куран", "чын куран", "бугу", "кулжа", "теке"),
    *("баш оона", "аяк оона", "тогуздун айы", "жетинин айы", "бештин айы"),
)
"""Names of the Kyrgyz calendar, which some papers print beside the Russian ones."""
MONTH_PHRASES = {name: number for number, name in enumerate(_KYRGYZ_OLD, 1) if " " in name}
"""Numbers of months whose name has two words."""

_NOT_MONTHS = frozenset({"казани", "казане", "казань", "казанью"})
"""Forms of the city of Kazan, which `fold` spells like the Kazakh October."""

_EXACT = {
    form: number
    for table in (_RUSSIAN, _KAZAKH_SHORT, _UZBEK_SHORT)
    for number, forms in enumerate(table, 1)
    for form in forms.split()
} | {name: number for number, name in enumerate(_KYRGYZ_OLD, 1) if " " not in name}
_EXACT_ENGLISH = {form: number for number, forms in enumerate(_ENGLISH, 1) for form in forms.split()}


def english_month(word: str) -> int | None:
    """Return the number of an English month, or None. Only these may come before their day."""
    return _EXACT_ENGLISH.get(word)


def month(word: str) -> int | None:
    """Return the number, 1 to 12, of a Russian, Kazakh, Kyrgyz or Uzbek month; None for other words.

    `word` is in any case or usual abbreviation, normalised by `tidy`. The word alone is no date (қазан also
    means cauldron): callers require a day or a year beside it.
    """
    if number := _EXACT.get(word.replace("ё", "е")):
        return number
    if word in _NOT_MONTHS:
        return None
    if borrowed := _BORROWED.fullmatch(word):
        return _BORROWED_NUMBERS[borrowed[1]]
    if uzbek := _UZBEK.fullmatch(word):
        return uzbek.lastindex
    return _kazakh(fold(word))


def _kazakh(folded: str) -> int | None:
    for number, stem in enumerate(_KAZAKH, 1):
        if folded.startswith(stem):
            end = len(stem) + (stem == "kirkuie" and folded[len(stem) :][:1] in {"k", "g"})
            return number if _KAZAKH_CASE.fullmatch(folded, end) else None
    return None


@lru_cache(maxsize=4096)
def names_month(word: str) -> bool:
    """Return whether a printed word, of one script, is the name or abbreviation of a month."""
    lower = word.lower()
    return english_month(lower) is not None or month(lower) is not None


_PERIOD = re.compile(r"(?<![\w-])((?:19|20)\d\d-[01]\d(?:-[0-3]\d)?)(?![\w-])")
_MONTH_OF_YEAR = re.compile(
    r"(?P<month>[^\W\d_]{3,20})\s+(?P<year>(?:19|20)\d\d)(?!\d)"
    r"|(?<!\d)(?P<year_before>(?:19|20)\d\d)\s+(?:жыл\w*|ж\.)\s+(?P<month_behind>[^\W\d_]{3,20})"
)


def period_named(text: str) -> str:
    """Return the first day or month with its year in a text, as `2026-03-15` or `2026-03`; else empty."""
    if period := _PERIOD.search(text):
        return period[1]
    for found in _MONTH_OF_YEAR.finditer(text.lower()):
        name = found["month"] or found["month_behind"]
        if number := month(name) or english_month(name):
            return f"{found['year'] or found['year_before']}-{number:02}"
    return ""
