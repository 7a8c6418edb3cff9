"""Read access to the archive: each query runs in one read transaction, over one snapshot of the tables."""

from __future__ import annotations

import stat
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Self

from storage import query as queries
from storage.capture_reader import CaptureReader
from storage.clustering.cluster_view import cluster_of
from storage.clustering.marks import read_articles
from storage.database.engine import BUSY_SECONDS, DatabaseReader
from storage.database.schema import require_current
from storage.errors import ArchiveUnusable
from storage.repositories import article_loader, articles, frontier, overview, revisits, runs, vocabulary
from storage.stories import stories
from storage.suggestions import near_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from os import PathLike

    from storage.model.articles import Article, Revision
    from storage.model.clusters import Story, StoryCluster
    from storage.model.frontier import Backfill, FrontierEntry
    from storage.model.runs import CrawlRun, SourceTally
    from storage.model.sources import AddressKind

DATABASE_NAME = "archive.sqlite3"
WARC_FOLDER = "warc"


def require_archive(directory: Path) -> None:
    """Check that a directory holds an archive.

    Raises:
        ArchiveUnusable: it holds none, or cannot be read.
    """
    if _holds_archive(directory):
        return
    hint = "Make one with `harvester crawl` or `harvester ingest`, or name its folder (on the command line with --archive)."
    near = filter(_holds_archive, (directory / "archive", directory.parent, directory.parent.parent))
    if (place := next(near, None)) is not None:
        hint = f"There is one in {_place(place)}."
    raise ArchiveUnusable(f"There is no archive in {_place(directory)}.", hint)


def _holds_archive(directory: Path) -> bool:
    try:
        return stat.S_ISREG((directory / DATABASE_NAME).stat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        hint = "Check the owner and permissions of the folder."
        raise ArchiveUnusable(f"{_place(directory)} cannot be read: {error.strerror}.", hint) from error


def _place(directory: Path) -> str:
    """Return a folder as it was named, followed by its absolute path where that differs."""
    return str(directory) if directory.is_absolute() else f"{directory} ({directory.absolute()})"


class ArchiveReader(CaptureReader):
    """Read access to an archive directory: `archive.sqlite3` and `warc/`.

    SQLite refuses writes on its connections.
    """

    def __init__(self, directory: Path, *, busy_seconds: float = BUSY_SECONDS) -> None:
        self.directory = directory
        self.warc_directory = directory / WARC_FOLDER
        self.database = DatabaseReader(directory / DATABASE_NAME, busy_seconds=busy_seconds)

    @staticmethod
    @contextmanager
    def opened(directory: str | PathLike[str]) -> Iterator[ArchiveReader]:
        """Open an existing archive for reading.

        It works while a run writes to the archive, in a folder without write permission, and on a copy.

        Args:
            directory: the folder that holds `archive.sqlite3` and `warc/`.

        Yields:
            ArchiveReader: usable inside the `with` block; afterwards every method that reads the tables
                raises ArchiveUnusable.

        Raises:
            ArchiveUnusable: there is no archive, or another version of the program wrote it.
        """
        archive = ArchiveReader.open(directory)
        try:
            yield archive
        finally:
            archive.close()

    @classmethod
    def open(cls, directory: str | PathLike[str]) -> Self:
        """Open an existing archive like `opened`; the caller has to call `close`.

        Raises:
            ArchiveUnusable: there is no archive, or another version of the program wrote it.
        """
        place = Path(directory)
        require_archive(place)
        archive = cls(place)
        try:
            require_current(archive.database)
        except BaseException:
            archive.close()
            raise
        return archive

    def close(self) -> None:
        """Close the archive; afterwards every method that reads the tables raises ArchiveUnusable."""
        self.database.close()

    # ── runs and frontier ─────────────────────────────────────────────────────────────────────────────────────────

    def run(self, run: int) -> CrawlRun:
        """Return a run with its tally."""
        with self.database.read_session() as session:
            return runs.read_run(session, run)

    def last_runs(self, limit: int = 20) -> list[CrawlRun]:
        """Return the newest `limit` runs, newest first."""
        with self.database.read_session() as session:
            return runs.last_runs(session, limit)

    def tally(self, run: int) -> dict[str, SourceTally]:
        """Return the counts of a run by source."""
        with self.database.read_session() as session:
            return runs.tally_of(session, run)

    def newest_runs(self) -> dict[str, CrawlRun]:
        """Return, by source, the newest run that requested anything from it."""
        with self.database.read_session() as session:
            numbers = overview.newest_runs(session)
            read = {number: runs.read_run(session, number) for number in set(numbers.values())}
            return {source: read[number] for source, number in numbers.items()}

    def next_due(
        self, source: str, kinds: Sequence[AddressKind], backfill: Backfill | None = None, run: int | None = None
    ) -> datetime | None:
        """Return when the next waiting URL of a source is due; None where none waits.

        With `backfill` or `run`, only the URLs that these may request count.
        """
        with self.database.read_session() as session:
            return frontier.next_due(session, source, kinds, backfill, run)

    def next_known(self, source: str, run: int | None = None) -> datetime | None:
        """Return when the next known article of a source is due for a check that `run` may make, or None."""
        with self.database.read_session() as session:
            return revisits.next_known(session, source, run)

    def resume_at(self, source: str) -> datetime | None:
        """Return until when no request may go to a source at its server's request; None for no pause."""
        with self.database.read_session() as session:
            return runs.resume_at(session, source)

    def last_start(self, run: int) -> datetime | None:
        """Return when the run before this one started; None for the first."""
        with self.database.read_session() as session:
            return runs.last_start(session, run)

    def entry_of(self, url: str) -> FrontierEntry | None:
        """Return the frontier entry of a URL, or None."""
        with self.database.read_session() as session:
            return frontier.find_entry(session, url)

    def failing(self, run: int) -> dict[str, list[tuple[str, str]]]:
        """Return, by source, (URL, reason) of the URLs that a run requested and that still fail."""
        with self.database.read_session() as session:
            return frontier.failing_in(session, run)

    def waiting(self) -> dict[str, int]:
        """Return the number of URLs waiting to be requested, by source."""
        with self.database.read_session() as session:
            return frontier.count_waiting(session)

    # ── articles ──────────────────────────────────────────────────────────────────────────────────────────────────

    def articles(self, query: queries.ArticleQuery) -> Iterator[Article]:
        """Yield the articles that match a query, in the order of its `sort`, up to its limit.

        They are read from one snapshot. About 200 articles are held in memory at a time.

        Raises:
            ArchiveUnusable: at the next article, once the archive was closed.
        """
        with self.database.read_session() as session:
            yield from self.database.guarded(queries.articles(session, query))

    def count_undated(self, query: queries.ArticleQuery) -> int:
        """Return the number of articles that `since` or `until` excludes only because they are undated.

        0 for a query without either, or with `undated`.
        """
        with self.database.read_session() as session:
            return queries.count_undated(session, query)

    def hits(self, query: queries.ArticleQuery) -> list[queries.Hit]:
        """Return the articles that match a query with their matches.

        They are in the order of its `sort`, up to its limit.
        """
        with self.database.read_session() as session:
            return queries.hits(session, query)

    def count(self, query: queries.ArticleQuery) -> int:
        """Return the number of articles that match a query, regardless of its limit."""
        with self.database.read_session() as session:
            return queries.count(session, query)

    def names_held(self, what: str) -> dict[str, int]:
        """Return the number of articles by name.

        `what` is authors, tags, sections, languages or topics.
        """
        with self.database.read_session() as session:
            return vocabulary.held_names(session, what)

    def ids_beginning(self, beginning: str, limit: int) -> dict[str, str]:
        """Return the headlines of articles whose id begins with these hex digits, by id; at most `limit`."""
        with self.database.read_session() as session:
            return vocabulary.ids_beginning(session, beginning, limit)

    def source_names(self) -> dict[str, str]:
        """Return the names of the sources in the archive, by id."""
        with self.database.read_session() as session:
            return vocabulary.source_names(session)

    def near_words(self, word: str) -> list[tuple[str, int]]:
        """Return words of the archive that are spelled nearly like this one.

        Each has the number of articles that contain it; the nearest is first.
        """
        with self.database.read_session() as session:
            return near_words(session, word)

    def article(self, id_or_url: str) -> tuple[Article, list[Revision]] | None:
        """Return an article by its id, URL or alias, with its revisions, oldest first.

        None where there is no such article.
        """
        with self.database.read_session() as session:
            number = articles.find_number(session, id_or_url)
            if number is None:
                return None
            return read_articles(session, [number])[0], article_loader.read_revisions(session, number)

    def cluster(self, name: str) -> StoryCluster | None:
        """Return the cluster of reprints of an article (by id, URL or alias), or the cluster with this id.

        None where there is none; the id of a merged cluster leads to the one that it was merged into.
        """
        with self.database.read_session() as session:
            return cluster_of(session, name)

    def stories(self, query: queries.ArticleQuery, limit: int) -> list[Story]:
        """Return at most `limit` stories of a query's articles, latest last article first."""
        with self.database.read_session() as session:
            return stories(session, query, limit)


open_archive = ArchiveReader.opened
"""Open an existing archive for reading: `with open_archive("archive") as archive: …`."""
