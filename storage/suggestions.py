"""Suggestions for a word that no article holds: words of the archive with nearly the same spelling."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from storage.language.words import readings
from storage.repositories.article_loader import read_articles
from storage.search.spelling import nearest_keys
from storage.search.sqlite import holding

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

_LOOKED_AT = 5


def near_words(session: Session, word: str) -> list[tuple[str, int]]:
    """Return words as written in articles, each with the number of articles that hold a form of it.

    The most frequent first; three at most. Only those with the fewest slips are returned.
    """
    found: dict[str, tuple[str, int]] = {}
    for key, count in nearest_keys(session, word):
        if surface := _as_written(session, key):
            found.setdefault(surface.casefold(), (surface, count))
    return list(found.values())


def _as_written(session: Session, key: str) -> str:
    """Return the shortest form of a key in some articles: in most languages, the dictionary form.

    Empty where none is found.
    """
    forms: Counter[str] = Counter()
    for article in read_articles(session, holding(session, key, _LOOKED_AT)):
        text = f"{article.title}\n{article.lead}\n{article.text}"
        forms.update(text[start:end] for start, end, reading in readings(text, article.language) if reading.key == key)
    return min(forms, key=lambda form: (len(form), form != form.lower(), -forms[form], form), default="")
