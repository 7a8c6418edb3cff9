"""Read-only archive for scripts.

Arguments are checked at once; an article is named by its id, the beginning of that, or its URL in any
spelling.
"""

from __future__ import annotations

import sys
from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self

from harvester import article_lookup, nothing_found
from storage.article_query import ArticleQuery
from storage.errors import UsageError
from storage.model.articles import Article, Revision
from storage.model.captures import WarcPointer
from storage.reader import ArchiveReader

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from storage.model.articles import Extraction
    from storage.model.clusters import Story, StoryCluster
    from storage.query import Hit
    from storage.warc.response import WarcResponse

NamedField = Literal["sources", "languages", "sections", "tags", "authors", "topics"]
"""Filters of ArticleQuery whose values are names that articles have."""

_FIELDS = ("sources", "languages", "sections", "tags", "authors", "topics")


def open_archive(directory: str | PathLike[str]) -> NewsArchive:
    """Open an existing archive for reading.

    A run may write to it meanwhile; it may be in a folder without write permission, or be a copy. Close it
    with `with open_archive(…) as archive:` or with `archive.close()`.

    Args:
        directory: the folder that holds `archive.sqlite3` and `warc/`.

    Raises:
        ArchiveUnusable: there is none, it cannot be read, or another version of the program or another
            program wrote it.
        DamageFound: `archive.sqlite3` is no database.
        DatabaseUnavailable: another program has locked it for a minute.
    """
    return NewsArchive(_folder(directory))


class NewsArchive:
    """An archive opened for reading, as returned by `open_archive`. Nothing can be written through it.

    An article is named by its id (in any case), by the beginning of its id (four digits or more), or by its
    URL in any spelling: with or without scheme, `www.`, a slash at its end, a fragment and tracking
    parameters; an `Article` may be passed as well.

    Every method raises ArchiveUnusable once the archive was closed, UsageError for an invalid argument, and
    DamageFound or DatabaseUnavailable where the tables cannot be read.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._reader = ArchiveReader.open(directory)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self.directory)!r})"

    def __enter__(self) -> Self:
        self._reader.database.require_open()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the archive; closing it again has no effect."""
        self._reader.close()

    def articles(self, query: ArticleQuery) -> Iterator[Article]:
        """Iterate over the articles that match a query, in the order of its `sort`, up to its limit.

        All are of one snapshot; about 200 articles are held at a time.

        Raises:
            ArchiveUnusable: at the next article, once the archive was closed.
        """
        return self._reader.articles(_query("articles", query))

    def hits(self, query: ArticleQuery) -> list[Hit]:
        """Return the articles that match a query, each with snippets in which the matching words are marked.

        They are in the order of the query's `sort`, up to its limit.
        """
        return self._reader.hits(_query("hits", query))

    def count(self, query: ArticleQuery) -> int:
        """Count the articles that match a query, whatever its limit."""
        return self._reader.count(_query("count", query))

    def count_undated(self, query: ArticleQuery) -> int:
        """Count the undated articles that the `since` or `until` of a query leaves out.

        0 where the query has neither, or has `undated`.
        """
        return self._reader.count_undated(_query("count_undated", query))

    def explain(self, query: ArticleQuery) -> str:
        """Explain why a query finds nothing, or which of its names or words no article has.

        Similar names or words are suggested. Empty where all of them are found. A misspelt word or name finds
        nothing and is no error: explain a query whose count is 0. The sentence is for people.
        """
        asked = _query("explain", query)
        why = nothing_found.unmatched if self._reader.count(asked) else nothing_found.why_nothing
        return why(self._reader, asked)

    def names(self, field: NamedField) -> dict[str, int]:
        """Return the values of a filter that articles have, with the number of articles, most frequent first.

        Args:
            field: `sources` (their ids), `languages`, `sections`, `tags`, `authors` or `topics`.

        Raises:
            UsageError: there is no such field.
        """
        self._reader.database.require_open()
        if field not in _FIELDS:
            raise UsageError(f"names has no {field!r}.", f"Choose one of: {', '.join(_FIELDS)}.")
        if field == "sources":
            held = {source: counts.articles for source, counts in self._reader.holdings().items() if counts.articles}
        else:
            held = self._reader.names_held(field)
        return dict(sorted(held.items(), key=lambda one: (-one[1], one[0])))

    def near_words(self, word: str) -> list[tuple[str, int]]:
        """Return words of the archive with a similar spelling, with the number of articles, nearest first."""
        return self._reader.near_words(_word(word))

    def article(self, name: str | Article) -> tuple[Article, list[Revision]] | None:
        """Return an article in its current state, with its revisions, oldest first.

        None where the archive has no such article.

        Args:
            name: its id, the beginning of its id, its URL or an alias in any spelling, or an Article.

        Raises:
            UsageError: several ids begin so.
        """
        return article_lookup.article_of(self._reader, _name("article", name))

    def revision_readings(self, name: str | Article) -> list[Extraction] | None:
        """Return the extraction of each revision of an article, oldest first.

        None where the archive has no such article.

        Args:
            name: as in `article`.
        """
        found = self.article(name)
        return self._reader.revision_readings(found[0].id) if found else None

    def cluster(self, name: str | Article) -> StoryCluster | None:
        """Return the cluster of reprints that an article belongs to.

        None where there is no such article, or nothing reprints it.

        Args:
            name: as in `article`, or the id of a cluster.
        """
        return article_lookup.cluster_of(self._reader, _name("cluster", name))

    def stories(self, query: ArticleQuery, limit: int | None = None) -> list[Story]:
        """Return the stories of the articles that match a query, by their last article, newest first.

        At most the newest 2,000 articles of the query are compared, fewer if its own limit is lower; its sort
        does not matter.

        Args:
            query: which articles are compared.
            limit: maximum number of stories; None for all.
        """
        return self._reader.stories(_query("stories", query), _most(limit))

    def response(self, capture: WarcPointer | Article | Revision) -> WarcResponse:
        """Return the archived response; the body of a revisit record is that of the record it refers to.

        Args:
            capture: a place in the WARC files, or an article or a revision: the capture from which it was
                extracted.

        Raises:
            BadPointer: the file is missing, or no such record lies exactly there.
        """
        self._reader.database.require_open()
        return self._reader.response(_pointer(capture))


def _folder(directory: object) -> Path:
    """Return the path of an archive.

    Raises:
        UsageError: it is no path, or an empty one.
    """
    if not isinstance(directory, (str, PathLike)) or not fspath(directory):
        raise UsageError(f"open_archive takes the path of a folder, not {_kind(directory)}.", 'Such as open_archive("archive").')
    return Path(directory)


def _query(method: str, query: object) -> ArticleQuery:
    """Return the query passed to a method.

    Raises:
        UsageError: it is no ArticleQuery; the hint shows how to write one.
    """
    if isinstance(query, ArticleQuery):
        return query
    words = query if isinstance(query, str) else "…"
    raise UsageError(f"{method} takes an ArticleQuery, not {_kind(query)}.", f"Write {method}(ArticleQuery({words!r})).")


def _name(method: str, name: object) -> str:
    """Return the name of an article passed to a method.

    Raises:
        UsageError: it is neither text nor an Article.
    """
    if isinstance(name, Article):
        return name.id
    if not isinstance(name, str):
        raise UsageError(f"{method} takes an id, an address or an Article, not {_kind(name)}.", "An Article has its .id and .url.")
    return name


def _word(word: object) -> str:
    if not isinstance(word, str):
        raise UsageError(f"near_words takes a word, not {_kind(word)}.")
    return word


def _most(limit: object) -> int:
    """Return a limit as a number; for None the maximum that `itertools.islice` accepts.

    Raises:
        UsageError: it is no number of stories.
    """
    if limit is None:
        return sys.maxsize
    if not isinstance(limit, int) or isinstance(limit, bool) or limit < 0:
        raise UsageError(f"limit cannot be {limit!r}.", "Give a number of stories, 0 or more; None for all.")
    return min(limit, sys.maxsize)


def _pointer(capture: object) -> WarcPointer:
    """Return the place of the capture of a pointer, an article or a revision.

    Raises:
        UsageError: it is none of them.
    """
    if isinstance(capture, (Article, Revision)):
        return capture.warc
    if not isinstance(capture, WarcPointer):
        raise UsageError(f"response takes a WarcPointer, an Article or a Revision, not {_kind(capture)}.", "Such as article.warc.")
    return capture


def _kind(value: object) -> str:
    """Return type and value of an argument for a message."""
    return "None" if value is None else f"the {type(value).__name__} {value!r:.80}"
