"""The reading side of the archive: everything that asks, nothing that writes. It delegates to the rooms below."""

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
    """Raise ArchiveUnusable where a directory holds no archive, or cannot be looked into."""
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
    """A folder as it was named, and where that is."""
    return str(directory) if directory.is_absolute() else f"{directory} ({directory.absolute()})"


class ArchiveReader(CaptureReader):
    """An archive in a directory, to read: `archive.sqlite3` and `warc/`. SQLite refuses to write through it."""

    def __init__(self, directory: Path, *, busy_seconds: float = BUSY_SECONDS) -> None:
        self.directory = directory
        self.warc_directory = directory / WARC_FOLDER
        self.database = DatabaseReader(directory / DATABASE_NAME, busy_seconds=busy_seconds)

    @staticmethod
    @contextmanager
    def opened(directory: str | PathLike[str]) -> Iterator[ArchiveReader]:
        """An existing archive, to read: also while a run writes to it, in a folder that cannot be written, or in a copy.

        Args:
            directory: the folder that holds `archive.sqlite3` and `warc/`.

        Yields:
            ArchiveReader: usable inside the `with` block; afterwards everything that asks it raises ArchiveUnusable.

        Raises:
            ArchiveUnusable: there is none, or another version of the program wrote it.
        """
        archive = ArchiveReader.open(directory)
        try:
            yield archive
        finally:
            archive.close()

    @classmethod
    def open(cls, directory: str | PathLike[str]) -> Self:
        """As `opened`, for who calls `close` when it was read."""
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
        """Close the archive; afterwards everything that asks it raises ArchiveUnusable."""
        self.database.close()

    # ── runs and frontier ─────────────────────────────────────────────────────────────────────────────────────────

    def run(self, run: int) -> CrawlRun:
        """A run with its tally."""
        with self.database.read_session() as session:
            return runs.read_run(session, run)

    def last_runs(self, limit: int = 20) -> list[CrawlRun]:
        """The newest runs, newest first."""
        with self.database.read_session() as session:
            return runs.last_runs(session, limit)

    def tally(self, run: int) -> dict[str, SourceTally]:
        """What a run did, by source."""
        with self.database.read_session() as session:
            return runs.tally_of(session, run)

    def newest_runs(self) -> dict[str, CrawlRun]:
        """By source, the newest run that asked it."""
        with self.database.read_session() as session:
            numbers = overview.newest_runs(session)
            read = {number: runs.read_run(session, number) for number in set(numbers.values())}
            return {source: read[number] for source, number in numbers.items()}

    def next_due(
        self, source: str, kinds: Sequence[AddressKind], backfill: Backfill | None = None, run: int | None = None
    ) -> datetime | None:
        """When the next waiting address of a source is due; of those that a backfill, and a run, may ask."""
        with self.database.read_session() as session:
            return frontier.next_due(session, source, kinds, backfill, run)

    def next_known(self, source: str, run: int | None = None) -> datetime | None:
        """When the next known article of a source is to be asked again (that a run may ask)."""
        with self.database.read_session() as session:
            return revisits.next_known(session, source, run)

    def resume_at(self, source: str) -> datetime | None:
        """Before which moment no request may go to a source, because its server asked for that."""
        with self.database.read_session() as session:
            return runs.resume_at(session, source)

    def last_start(self, run: int) -> datetime | None:
        """When the run before this one was started."""
        with self.database.read_session() as session:
            return runs.last_start(session, run)

    def entry_of(self, url: str) -> FrontierEntry | None:
        """The frontier's entry of an address."""
        with self.database.read_session() as session:
            return frontier.find_entry(session, url)

    def failing(self, run: int) -> dict[str, list[tuple[str, str]]]:
        """By source, the addresses that a run asked and that are failing still, each with the reason."""
        with self.database.read_session() as session:
            return frontier.failing_in(session, run)

    def waiting(self) -> dict[str, int]:
        """By source, how many addresses wait to be asked."""
        with self.database.read_session() as session:
            return frontier.count_waiting(session)

    # ── articles ──────────────────────────────────────────────────────────────────────────────────────────────────

    def articles(self, query: queries.ArticleQuery) -> Iterator[Article]:
        """The articles that a query asks for, one by one in the order of its `sort`, up to its limit, over one snapshot.

        About 200 articles are held at a time.

        Raises:
            ArchiveUnusable: at the next article, once the archive was closed.
        """
        with self.database.read_session() as session:
            yield from self.database.guarded(queries.articles(session, query))

    def count_undated(self, query: queries.ArticleQuery) -> int:
        """How many undated articles the `since` or `until` of a query leaves out; 0 where it has neither, or keeps them (`undated`)."""
        with self.database.read_session() as session:
            return queries.count_undated(session, query)

    def hits(self, query: queries.ArticleQuery) -> list[queries.Hit]:
        """The articles that a query asks for, in the order of its `sort`, up to its limit, with what was found in each."""
        with self.database.read_session() as session:
            return queries.hits(session, query)

    def count(self, query: queries.ArticleQuery) -> int:
        """How many articles a query asks for, whatever its limit."""
        with self.database.read_session() as session:
            return queries.count(session, query)

    def names_held(self, what: str) -> dict[str, int]:
        """By name, how many articles carry it; `what` is authors, tags, sections, languages or topics."""
        with self.database.read_session() as session:
            return vocabulary.held_names(session, what)

    def ids_beginning(self, beginning: str, limit: int) -> dict[str, str]:
        """By id, the headlines of the articles whose id begins with some hex digits, `limit` at most."""
        with self.database.read_session() as session:
            return vocabulary.ids_beginning(session, beginning, limit)

    def source_names(self) -> dict[str, str]:
        """By id, the names of the sources that the archive knows."""
        with self.database.read_session() as session:
            return vocabulary.source_names(session)

    def near_words(self, word: str) -> list[tuple[str, int]]:
        """Words of the archive that are spelled nearly as this one, each with how many articles hold it, the nearest first."""
        with self.database.read_session() as session:
            return near_words(session, word)

    def article(self, id_or_url: str) -> tuple[Article, list[Revision]] | None:
        """An article by its id, its address or an alias, with its revisions, oldest first; None where there is no such article."""
        with self.database.read_session() as session:
            number = articles.find_number(session, id_or_url)
            if number is None:
                return None
            return read_articles(session, [number])[0], article_loader.read_revisions(session, number)

    def cluster(self, name: str) -> StoryCluster | None:
        """The cluster of reprints that an article (by id, address or alias) belongs to, or that a cluster's id leads to."""
        with self.database.read_session() as session:
            return cluster_of(session, name)

    def stories(self, query: queries.ArticleQuery, limit: int) -> list[Story]:
        """The stories that the articles of a query tell, at most `limit`, the one with the newest last article first."""
        with self.database.read_session() as session:
            return stories(session, query, limit)


open_archive = ArchiveReader.opened
"""An existing archive, to read: `with open_archive("archive") as archive: …`."""
