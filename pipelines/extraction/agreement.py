"""Which of two readings of a page is its article: what agrees better with the page's title, its lead and the other reading's length."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.extraction.sentences import is_sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

_WORD = re.compile(r"\w+")
_RUN = 3  # words that stand in a row
_STEM = 5  # letters of a word that its inflected forms share
_FEWEST_LETTERS = 4  # of a title's word that tells something
_MOST_CHARS = 100_000  # of a reading that are compared
_SAME = 0.8  # share of one reading's runs that the other one has, from which it stands in it
_CLEARLY = 0.25  # by which the agreement with title and lead must be better
_MORE = 1.3  # times as many characters of sentences, from which a longer reading adds some
_MOSTLY = 0.7  # share of what is added that must be sentences
SHORT = 500
"""Characters of a text, below which a longer one that holds it may be the whole of it."""
_STUB = 250  # characters of sentences in a reading that hardly is an article
_LONGER = 4  # how often another reading must have as many to stand for it
_HALF = 0.5  # of a longer reading that stands in boxes, from which it adds nothing
_BEGINNING = 60  # characters
_PARTING = re.compile(r"(?<=\s)(?:::+|[|—–:/»•-])(?=\s)|\.{3,}+")
_LONGEST_TITLE = 1_000  # characters
_FEWEST_WORDS = 3


@dataclass(frozen=True, slots=True)
class PageStatements:
    """What a page says of its article: its headline, and the description that many sites make of the lead."""

    title: str = ""
    description: str = ""


NOTHING = PageStatements()


def better(opinion: Sequence[str], kept: Sequence[str], said: PageStatements, boxed: str = "") -> bool:
    """Whether a second reading is to be taken instead of the one that was kept, both as paragraphs.

    It is where the kept one is empty, where it adds sentences to a short text (and not those of `boxed`, the text in the page's boxes), or
    where the two differ and it clearly agrees better with title and lead; and instead of a stub wherever it agrees no worse.
    """
    if not kept:
        return _sentences(opinion, said) > 0
    if not opinion:
        return False
    our_runs, their_runs = _runs(_words(kept)), _runs(_words(opinion))
    shared = len(our_runs & their_runs)
    ours, theirs = _sentences(kept, said), _sentences(opinion, said)
    if shared >= _SAME * len(their_runs):
        return len(kept) == 1 < len(opinion) and shared >= _SAME * len(our_runs)
    if shared >= _SAME * len(our_runs):
        if _standing_in(boxed, opinion) > _HALF * sum(map(len, opinion)):
            return False
        added = sum(map(len, opinion)) - sum(map(len, kept))
        return sum(map(len, kept)) < SHORT and theirs >= _MORE * ours and theirs - ours >= _MOSTLY * added
    gain = _agreement(opinion, said) - _agreement(kept, said)
    return gain > _CLEARLY or (ours < _STUB and theirs >= _LONGER * ours and gain > -_CLEARLY)


def _standing_in(text: str, paragraphs: Sequence[str]) -> int:
    """Characters of the paragraphs whose beginning stands in a text."""
    return sum(len(part) for part in paragraphs if part[:_BEGINNING] in text)


def title_share(text: str, title: str) -> float:
    """The share of a title's words that a text has in any form, 0 to 1."""
    wanted = {word[:_STEM] for word in _words([title]) if len(word) >= _FEWEST_LETTERS}
    return _share(wanted & {word[:_STEM] for word in _words([text])}, wanted)


def headline_of(title: str) -> str:
    """A page's title up to the sign behind which the site's name follows, where that leaves some words."""
    first = _PARTING.split(title[:_LONGEST_TITLE], maxsplit=1)[0].strip()
    return first if len(first.split()) >= _FEWEST_WORDS else title


def _sentences(paragraphs: Sequence[str], said: PageStatements) -> int:
    """Characters of the paragraphs that are sentences, without title and lead."""
    return sum(map(len, _told(paragraphs, said)))


def _told(paragraphs: Sequence[str], said: PageStatements) -> list[str]:
    return [
        part
        for part in paragraphs
        if is_sentence(part) and part not in said.description and part not in said.title
    ]


def _agreement(paragraphs: Sequence[str], said: PageStatements) -> float:
    """How much of the title, and (half as much) of the lead, the sentences of a text have: 0 to 1.5. The lead itself is none of them."""
    text = _told(paragraphs, said)
    lead = _runs(_words([said.description])) if said.description != said.title else set()
    return (
        title_share("\n".join(text), headline_of(said.title)) + _share(lead & _runs(_words(text)), lead) / 2
    )


def _share(found: set[str] | set[tuple[str, ...]], of: set[str] | set[tuple[str, ...]]) -> float:
    return len(found) / len(of) if of else 0.0


def _words(paragraphs: Sequence[str]) -> list[str]:
    return _WORD.findall("\n".join(paragraphs)[:_MOST_CHARS].lower())


def _runs(text: list[str]) -> set[tuple[str, ...]]:
    return set(zip(*(text[start:] for start in range(_RUN)), strict=False))
