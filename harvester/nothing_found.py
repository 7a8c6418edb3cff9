"""Explanations of a query without results, and suggestions."""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from pipelines.months import period_named
from storage.article_query import ArticleQuery
from storage.search.loosening import phrases_wanted, without_quotes
from storage.search.parse import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from storage.reader import ArchiveReader

    NamesOfSources = Callable[[], Mapping[str, str]]

_NAMED = ("tags", "authors", "sections", "topics", "languages")
_ALIKE = 0.6
_MOST_SHOWN = 5


def why_nothing(archive: ArchiveReader, asked: ArticleQuery, declared: NamesOfSources = dict) -> str:
    """Return a sentence on why a query finds nothing: its first part without a match, with similar names.

    `declared` returns the names of the catalogue's sources by id; it is called only where a source of the
    query has no article.
    """
    if not archive.holdings():
        return "The archive holds no article yet: `harvester crawl` fills it."
    reason = _source(archive, asked, declared) or _name(archive, asked) or _days(asked) or _word(archive, asked.words)
    if reason:
        return f"Nothing found: {reason}"
    unfiltered = ArticleQuery(asked.words)
    if replace(asked, sort="newest", limit=None, collapse=False) != unfiltered and (without := archive.count(unfiltered)):
        return f"Nothing found; without the filters it would be {without}. Leave one out, or widen the dates."
    if reason := _phrase(archive, asked):
        return f"Nothing found: {reason}"
    return "Nothing found: all words must be there. Use fewer, or OR between those of which one is enough."


def unmatched(archive: ArchiveReader, asked: ArticleQuery, declared: NamesOfSources = dict) -> str:
    """Return the first source, name or word of a query that no article has, with similar ones; empty if none.

    Words beside an OR are never named: one of them is enough.
    """
    return _source(archive, asked, declared) or _name(archive, asked) or _word(archive, asked.words)


def _source(archive: ArchiveReader, asked: ArticleQuery, declared: NamesOfSources) -> str:
    for source in asked.sources:
        if not archive.count(ArticleQuery(sources=source)):
            return _why_no_source(archive, source, archive.source_names() | dict(declared()))
    return ""


def _why_no_source(archive: ArchiveReader, source: str, known: Mapping[str, str]) -> str:
    held, folded = archive.holdings(), source.casefold()
    same = next((id_ for id_, name in known.items() if folded in {id_.casefold(), name.casefold()}), "")
    if same:
        return f"{same} ({known[same]}) is declared, and the archive holds no article of it; `harvester crawl {same}` brings some."
    by_spelling = {spelling.casefold(): id_ for id_, name in known.items() for spelling in (name, id_)}
    containing = [id_ for spelling, id_ in by_spelling.items() if len(folded) > 2 and folded in spelling]  # noqa: PLR2004
    close = containing + [by_spelling[x] for x in get_close_matches(folded, by_spelling, n=_MOST_SHOWN, cutoff=_ALIKE)]
    near = sorted(dict.fromkeys(close), key=lambda id_: id_ not in held)[:3]
    hint = f"did you mean {_either(f'{id_} ({known[id_]})' for id_ in near)}?" if near else "see `harvester sources list`."
    return f"there is no source {source}; {hint}"


def _name(archive: ArchiveReader, asked: ArticleQuery) -> str:
    for what in _NAMED:
        for name in getattr(asked, what):
            alone: dict[str, Any] = {what: name}
            if archive.count(ArticleQuery(**alone)):
                continue
            held = archive.names_held(what)
            noun = what.removesuffix("s")
            if near := _near(name, held):
                shown = _either(f"{one} ({held[one]})" for one in near)
                return f"no article has the {noun} {name}; did you mean {shown}?"
            often = ", ".join(f"{one} ({held[one]})" for one in sorted(held, key=lambda x: (-held[x], x))[:_MOST_SHOWN])
            return f"no article has the {noun} {name}; " + (f"the most frequent are {often}." if held else f"none has a {noun}.")
    return ""


def _near(name: str, held: Mapping[str, int]) -> list[str]:
    """Return names that contain the given one, else those with a similar spelling of the whole or of a word.

    At most 3, the most frequent first.
    """
    folded = " ".join(name.casefold().split())
    parts = {one: {one.casefold(), *one.casefold().split()} for one in held}
    spellings = {part for of_one in parts.values() for part in of_one}
    close = set(get_close_matches(folded, spellings, n=_MOST_SHOWN, cutoff=0.75))
    containing = [one for one in held if folded in one.casefold()]
    alike = [one for one, of_one in parts.items() if close & of_one]
    return sorted(dict.fromkeys(containing or alike), key=lambda one: (-held[one], one))[:3]


def _word(archive: ArchiveReader, words: str) -> str:
    """Return the first word that is in no article, with similar words; empty where there is none."""
    if not words.strip():
        return ""
    wanted = [word for clause in parse(words).clauses if len(clause) == 1 for word in clause[0].words]
    for word in wanted:
        if archive.count(ArticleQuery(f'"{word}"')):
            continue
        near = archive.near_words(word)
        hint = f"; did you mean {_either(f'{one} ({count})' for one, count in near)}?" if near else "."
        return f"no article holds {word}{hint}"
    return ""


def _phrase(archive: ArchiveReader, asked: ArticleQuery) -> str:
    """Return how many articles have the words of a query's phrases apart.

    Empty where the query has no phrase, or no article has the words.
    """
    parsed = parse(asked.words) if asked.words.strip() else None
    words = without_quotes(parsed) if parsed and phrases_wanted(parsed) else ""
    if not words or not (count := archive.count(replace(asked, words=words))):
        return ""
    phrases = " or ".join(f"«{phrase}»" for phrase in phrases_wanted(parse(asked.words)))
    return f"no article has the words {phrases} in a row; apart, as `{words}`, {count} would be found."


def _days(asked: ArticleQuery) -> str:
    """Return the options for a month or a day among the words of a query.

    Empty where there is none, or a filter names days already.
    """
    period = "" if asked.since or asked.until else period_named(asked.words)
    return period and f"days are no words of a query; for articles published then: --since {period} --until {period}"


def _either(names: Iterable[str]) -> str:
    return " or ".join(names)
