"""Short fields as sites print them: names of people, tags, titles with the site's name behind them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_AUTHORS = 20
MOST_TAGS = 50
LONGEST_TITLE = 500  # characters; no headline is longer, but hostile ones are
_LONGEST_NAME = 60
_LONGEST_TAG = 100
_MOST_WORDS = 5  # of a name: «Абдулла ибн Ахмад аль-Хасан» has four

_BY = re.compile(
    r"^\s*(?:автор(?:ы|лар|лары)?(?:\s+(?:статьи|текста|материала|публикации))?|текст|жазған|дайындаған|әңгімелескен|подготовил[аи]?|беседовал[аи]?"
    r"|корреспондент|written\s+by|posted\s+by|reported\s+by|story\s+by|by|author|authors|von|par|por|di)\b\s*[:—–-]?\s*",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"\s*[,;|•·/\n]\s*|\s+(?:and|и|және|мен|und|et|y|&)\s+")
_SURNAME_FIRST = re.compile(r"^[^\W\d_]+(?:-[^\W\d_]+)?,\s*[^\W\d_]\.(?:\s*[^\W\d_]\.)?$")
_NO_PERSON = re.compile(
    r"\b(?:агентств\w*|редакци\w+|редактор\w*|пресс-(?:служба|центр|секретарь)|министерств\w+|департамент\w*|акимат\w*|корреспондент\w*|собкор|новости|"
    r"соб\.? ?инф\w*|казинформ|kazinform|qazinform|казтаг|интерфакс\w*|тасс|риа|sputnik|тілші\w*|агенттігі|министрлігі|баспасөз|"
    r"admin\w*|administrator|editors?|editorial|staff|team|desk|newsroom|correspondents?|reporters?|writer|columnist|contributors?|agency|agencies|"
    r"press|reuters|afp|bloomberg|associated|guest|magazine|newspaper|news|media|tv|inc|ltd|llc)\b"
    r"|\.(?:kz|ru|ру|қаз|com|net|org|info|media)\b|https?:|www\.|^the\s|[@\d?!:©\"«»()<>{}_]|\[|\]",
    re.IGNORECASE,
)
_INTERNAL_TAG = re.compile(r"[@/_]|(?:section|category|type|tag|author|id)\s*:", re.IGNORECASE)  # labels of publishing systems
_LETTERS = re.compile(r"[^\W\d_]")
_NOT_WORD = re.compile(r"[\W_]+")


def people(texts: Iterable[str], not_people: Iterable[str] = ()) -> tuple[str, ...]:
    """Names of persons in bylines, in order, each once. `not_people` are names of the site and of its publisher."""
    others = {plain(name) for name in not_people}
    names: dict[str, str] = {}
    for text in texts:
        for name in _parts(_BY.sub("", " ".join(text.split()))):
            if plain(name) not in others and _is_person(name):
                names.setdefault(plain(name), name)
    return tuple(names.values())[:MOST_AUTHORS]


def _parts(byline: str) -> list[str]:
    if _SURNAME_FIRST.match(byline):
        return [byline]
    return [_BY.sub("", part).strip(" .:—–-()[]«»\"'") for part in _BETWEEN.split(byline)]


def _is_person(name: str) -> bool:
    words = name.split()
    if not 1 <= len(words) <= _MOST_WORDS or len(name) > _LONGEST_NAME or _NO_PERSON.search(name):
        return False
    if len(words) == 1 and name.isupper():  # CNN, DELFI
        return False
    return len(_LETTERS.findall(name)) > 1 and not words[0][0].islower() and 2 * sum(word[0].islower() for word in words) <= len(words)


def tags(texts: Iterable[str]) -> tuple[str, ...]:
    """Tags without their number sign, in order, each once."""
    found: dict[str, str] = {}
    for text in texts:
        tag = " ".join(text.split()).lstrip("#＃ ").rstrip(",; ")
        if tag and len(tag) <= _LONGEST_TAG and not _INTERNAL_TAG.match(tag):
            found.setdefault(tag.casefold(), tag)
    return tuple(found.values())[:MOST_TAGS]


def without_site(title: str, sites: Iterable[str]) -> str:
    """A `<title>` without the site's name behind it (or before it)."""
    known = {plain(site) for site in sites if site}
    for separator in (" | ", " — ", " – ", " - ", " :: ", " » ", " • ", " / "):
        head, found, tail = title.rpartition(separator)
        if found and head and plain(tail) in known:
            return head.strip()
        head, found, tail = title.partition(separator)
        if found and tail and plain(head) in known:
            return tail.strip()
    return title


def shared_words(printed: str, stated: str) -> float:
    """The share of a stated headline's words that the printed one has, 0 to 1."""
    there, asked = (set(_NOT_WORD.sub(" ", text.casefold()).split()) for text in (printed, stated))
    return len(there & asked) / len(asked) if asked else 0.0


def plain(text: str) -> str:
    """Letters and digits alone, case folded: what two spellings of one name have in common."""
    return _NOT_WORD.sub("", text.casefold())
