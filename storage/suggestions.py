"""What a word that is in no article may have been meant for: words of the archive that are spelled nearly as it is."""

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
    """Words as they stand in articles, each with how many articles hold a form of it, the nearest first; three at most."""
    found: dict[str, tuple[str, int]] = {}
    for key, count in nearest_keys(session, word):
        if surface := _as_written(session, key):
            found.setdefault(surface.casefold(), (surface, count))
    return list(found.values())


def _as_written(session: Session, key: str) -> str:
    """The shortest of the forms of a key in some articles: in most languages the one that dictionaries have."""
    forms: Counter[str] = Counter()
    for article in read_articles(session, holding(session, key, _LOOKED_AT)):
        text = f"{article.title}\n{article.lead}\n{article.text}"
        forms.update(text[start:end] for start, end, reading in readings(text, article.language) if reading.key == key)
    return min(forms, key=lambda form: (len(form), form != form.lower(), -forms[form], form), default="")
