"""Choose between two extracted texts of a page, by overlap with each other, page title and description."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.extraction.sentences import is_sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

_WORD = re.compile(r"\w+")
_RUN_WORDS = 3  # words of a shingle; texts are compared by these
_STEM_LETTERS = 5  # leading letters of a word, shared by its inflected forms
_MIN_TITLE_LETTERS = 4  # letters of a title's word that is compared
_MAX_CHARS = 100_000  # characters of a text that are compared
_SAME_SHARE = 0.8  # share of one text's shingles in the other, from which the first is part of the second
_CLEAR_GAIN = 0.25  # difference of `_agreement` (0 to 1.5) that decides for one of two different texts
_LONGER_FACTOR = 1.3  # ratio of characters in sentences, from which the longer text adds content
_MIN_ADDED_SENTENCES = 0.7  # share of the added characters that are in sentences
SHORT = 500
"""Characters of a text, below which a longer text that contains it may be the complete one."""
_STUB = 250  # characters in sentences, below which a text is hardly an article
_STUB_FACTOR = 4  # ratio of characters in sentences, from which another text replaces a stub
_MAX_BOXED_SHARE = 0.5  # share of a longer text inside boxes, above which it adds nothing
_PREFIX_CHARS = 60  # characters of a paragraph that are searched in a text
_SITE_SEPARATOR = re.compile(r"(?<=\s)(?:::+|[|—–:/»•-])(?=\s)|\.{3,}+")
_MAX_TITLE = 1_000  # characters of a page title that are looked at
_MIN_HEADLINE_WORDS = 3  # words of a headline before the separator


@dataclass(frozen=True, slots=True)
class PageStatements:
    """Headline and description that a page declares; many sites repeat the lead in the description."""

    title: str = ""
    description: str = ""


NO_STATEMENTS = PageStatements()


def better(
    candidate: Sequence[str], kept: Sequence[str], statements: PageStatements, boxed: str = ""
) -> bool:
    """Return whether the paragraphs `candidate` should replace the paragraphs `kept`.

    True where `kept` is empty; where `candidate` contains a short `kept` and adds sentences (that are not
    part of `boxed`, the text of the page's boxes); where the two differ and `candidate` agrees clearly
    better with title and description; and for a stub unless `candidate` agrees clearly worse.
    """
    if not kept:
        return _sentence_chars(candidate, statements) > 0
    if not candidate:
        return False
    kept_runs, candidate_runs = _runs(_words(kept)), _runs(_words(candidate))
    shared = len(kept_runs & candidate_runs)
    kept_chars = _sentence_chars(kept, statements)
    candidate_chars = _sentence_chars(candidate, statements)
    if shared >= _SAME_SHARE * len(candidate_runs):
        # The same words: only a text that is split into paragraphs is better than one in a single block.
        return len(kept) == 1 < len(candidate) and shared >= _SAME_SHARE * len(kept_runs)
    if shared >= _SAME_SHARE * len(kept_runs):
        if _chars_contained(boxed, candidate) > _MAX_BOXED_SHARE * sum(map(len, candidate)):
            return False
        gained = candidate_chars - kept_chars
        added = sum(map(len, candidate)) - sum(map(len, kept))
        is_short = sum(map(len, kept)) < SHORT
        is_longer = candidate_chars >= _LONGER_FACTOR * kept_chars
        return is_short and is_longer and gained >= _MIN_ADDED_SENTENCES * added
    gain = _agreement(candidate, statements) - _agreement(kept, statements)
    replaces_stub = kept_chars < _STUB and candidate_chars >= _STUB_FACTOR * kept_chars
    return gain > _CLEAR_GAIN or (replaces_stub and gain > -_CLEAR_GAIN)


def _chars_contained(text: str, paragraphs: Sequence[str]) -> int:
    """Return the number of characters of the paragraphs whose first characters occur in a text."""
    return sum(len(part) for part in paragraphs if part[:_PREFIX_CHARS] in text)


def title_share(text: str, title: str) -> float:
    """Return the share of a title's longer words that a text has in any inflected form, 0 to 1."""
    wanted = {word[:_STEM_LETTERS] for word in _words([title]) if len(word) >= _MIN_TITLE_LETTERS}
    return _share(wanted & {word[:_STEM_LETTERS] for word in _words([text])}, wanted)


def headline_of(title: str) -> str:
    """Return a page title up to the separator before the site's name; all of it if few words remain."""
    first = _SITE_SEPARATOR.split(title[:_MAX_TITLE], maxsplit=1)[0].strip()
    return first if len(first.split()) >= _MIN_HEADLINE_WORDS else title


def _sentence_chars(paragraphs: Sequence[str], statements: PageStatements) -> int:
    """Return the number of characters in sentences, without those of title and description."""
    return sum(map(len, _own_sentences(paragraphs, statements)))


def _own_sentences(paragraphs: Sequence[str], statements: PageStatements) -> list[str]:
    """Return the paragraphs that are sentences and not part of title or description."""
    return [
        part
        for part in paragraphs
        if is_sentence(part) and part not in statements.description and part not in statements.title
    ]


def _agreement(paragraphs: Sequence[str], statements: PageStatements) -> float:
    """Return the share of the title's words in the sentences, plus half that of the description: 0 to 1.5.

    A description that repeats the title counts nothing; sentences copied from it are not counted either.
    """
    sentences = _own_sentences(paragraphs, statements)
    lead: set[tuple[str, ...]] = set()
    if statements.description != statements.title:
        lead = _runs(_words([statements.description]))
    lead_share = _share(lead & _runs(_words(sentences)), lead)
    return title_share("\n".join(sentences), headline_of(statements.title)) + lead_share / 2


def _share(part: set[str] | set[tuple[str, ...]], whole: set[str] | set[tuple[str, ...]]) -> float:
    return len(part) / len(whole) if whole else 0.0


def _words(paragraphs: Sequence[str]) -> list[str]:
    return _WORD.findall("\n".join(paragraphs)[:_MAX_CHARS].lower())


def _runs(words: list[str]) -> set[tuple[str, ...]]:
    """Return the sets of `_RUN_WORDS` consecutive words (shingles)."""
    return set(zip(*(words[start:] for start in range(_RUN_WORDS)), strict=False))
