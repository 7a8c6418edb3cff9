"""The archive: the one door through which all others read and write. It delegates; the work is done in the rooms below."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from storage import query as queries
from storage.database.engine import BUSY_SECONDS, Database
from storage.database.schema import migrate, require_current
from storage.errors import ArchiveUnusable
from storage.locking import hold
from storage.model.captures import OutcomeKind
from storage.model.settlement import Settlement, Standing
from storage.repositories import articles, captures, frontier, overview, reading, runs
from storage.search import sqlite as search

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from sqlalchemy.orm import Session

    from storage.model.articles import Article, Revision
    from storage.model.captures import Capture, Outcome
    from storage.model.frontier import FrontierEntry
    from storage.model.holdings import Holding, KeptReading
    from storage.model.runs import CrawlRun, SourceTally
    from storage.model.settlement import ArticleChange
    from storage.model.sources import AddressKind, DiscoveredUrl, Source

DATABASE_NAME = "archive.sqlite3"
WARC_FOLDER = "warc"
EXPORT_BATCH = 200


class Archive:
    """An archive in a directory: `archive.sqlite3` and `warc/`. Open it with `opened` to read or `held` to write."""

    def __init__(self, directory: Path, *, busy_seconds: float = BUSY_SECONDS) -> None:
        self.directory = directory
        self.warc_directory = directory / WARC_FOLDER
        self.database = Database(directory / DATABASE_NAME, busy_seconds=busy_seconds)

    @classmethod
    @contextmanager
    def opened(cls, directory: Path) -> Iterator[Archive]:
        """An existing archive, to read.

        Raises:
            ArchiveUnusable: there is none, or another version of the program wrote it.
        """
        if not (directory / DATABASE_NAME).is_file():
            raise ArchiveUnusable(f"There is no archive in {directory}.", "Make one with `harvester crawl`, or name one with --archive.")
        archive = cls(directory)
        try:
            require_current(archive.database)
            yield archive
        finally:
            archive.database.close()

    @classmethod
    @contextmanager
    def held(cls, directory: Path, purpose: str, *, busy_seconds: float = BUSY_SECONDS) -> Iterator[Archive]:
        """The archive, made if need be, held by this run alone; leases of killed runs are taken back.

        Raises:
            ArchiveBusy: another run holds it.
            ArchiveUnusable: the directory cannot be written.
        """
        try:
            (directory / WARC_FOLDER).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ArchiveUnusable(f"{directory} cannot be made: {error.strerror}.", "Choose another folder with --archive.") from error
        with hold(directory, purpose):
            archive = cls(directory, busy_seconds=busy_seconds)
            try:
                migrate(archive.database)
                archive.database.write(lambda session: (runs.close_abandoned(session, now()), frontier.release_all(session)))
                yield archive
            finally:
                archive.database.close()

    # ── runs ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def start_run(self, kind: str, version: str) -> int:
        """Open a run (`crawl` or `ingest`) and return its number."""
        return self.database.write(lambda session: runs.start_run(session, kind, now(), version))

    def finish_run(self, run: int, ended: str) -> None:
        """Close a run; leases that it did not acknowledge are taken back."""

        def work(session: Session) -> None:
            runs.finish_run(session, run, now(), ended)
            frontier.release_all(session)

        self.database.write(work)

    def run(self, run: int) -> CrawlRun:
        """A run with its tally."""
        with self.database.reading() as session:
            return runs.read_run(session, run)

    def last_runs(self, limit: int = 20) -> list[CrawlRun]:
        """The newest runs, newest first."""
        with self.database.reading() as session:
            return runs.last_runs(session, limit)

    def tally(self, run: int) -> dict[str, SourceTally]:
        """What a run did, by source."""
        with self.database.reading() as session:
            return runs.tally_of(session, run)

    def keep_source(self, source: Source) -> None:
        """Write a source down as it is declared today."""
        self.database.write(lambda session: runs.keep_source(session, source))

    # ── frontier ──────────────────────────────────────────────────────────────────────────────────────────────────

    def seed(self, run: int, source: str, channels: Sequence[DiscoveredUrl], *, early: bool) -> None:
        """Put the declared channels of a source into the frontier; known ones come round when due, or (early) at once."""

        def work(session: Session) -> None:
            moment = now()
            frontier.add_urls(session, run, source, channels, moment)
            frontier.wake(session, source, [channel.url for channel in channels], moment, early=early)

        self.database.write(work)

    def lease(self, run: int, source: str, limit: int, kinds: Sequence[AddressKind]) -> list[FrontierEntry]:
        """Lease due addresses of a source: channels first, then the newest articles."""
        return self.database.write(lambda session: frontier.lease(session, run, source, now(), limit, kinds))

    def next_due(self, source: str, kinds: Sequence[AddressKind]) -> datetime | None:
        """When the next waiting address of a source is due."""
        with self.database.reading() as session:
            return frontier.next_due(session, source, kinds)

    def entry_of(self, url: str) -> FrontierEntry | None:
        """The frontier's entry of an address."""
        with self.database.reading() as session:
            return frontier.find_entry(session, url)

    def failing(self, run: int) -> dict[str, list[tuple[str, str]]]:
        """By source, the addresses that a run asked and that are failing still, each with the reason."""
        with self.database.reading() as session:
            return frontier.failing_in(session, run)

    def waiting(self) -> dict[str, int]:
        """By source, how many addresses wait to be asked."""
        with self.database.reading() as session:
            return frontier.count_waiting(session)

    def unanswered(self, run: int, entry: FrontierEntry, reason: str, *, permanent: bool = False) -> None:
        """A request brought no response: written down, and tried again later unless that is pointless."""

        def work(session: Session) -> None:
            moment = now()
            captures.add_unanswered(session, run, entry.source, entry.url, moment, reason)
            if permanent:
                frontier.acknowledge(session, entry.id, reason)
            else:
                frontier.postpone(session, entry.id, reason, moment)

        self.database.write(work)

    # ── captures and articles ─────────────────────────────────────────────────────────────────────────────────────

    def validators(self, source: str, url: str) -> Capture | None:
        """The newest whole capture of an address."""
        with self.database.reading() as session:
            return captures.last_whole(session, source, url)

    def has_warc_record(self, record_id: str) -> bool:
        """Whether a WARC record is in the archive already."""
        with self.database.reading() as session:
            return captures.has_warc_record(session, record_id)

    def warc_ends(self) -> dict[str, int]:
        """By WARC file, the offset behind the last response that a row points at."""
        with self.database.reading() as session:
            return captures.warc_ends(session)

    def warc_files_of(self, run: int) -> list[str]:
        """The WARC files that a run wrote to."""
        with self.database.reading() as session:
            return captures.files_of(session, run)

    def captures(self, file: str | None = None) -> Iterator[Capture]:
        """All captures, or those of one WARC file, in the order in which they were written."""
        with self.database.reading() as session:
            yield from captures.captures(session, file)

    def standing(self, capture: Capture, change: ArticleChange) -> Standing:
        """What the archive knows of an article that was just read from a capture."""
        with self.database.reading() as session:
            number = articles.number_of(session, capture.source, change.id, change.url)
            if number is not None:
                around = articles.neighbours(session, number, capture.captured_at)
                return Standing(articles.article_id_of(session, number), "", around.before, around.after)
            twin = articles.twin_of(session, capture.source, change.extraction.title, change.extraction.text_sha256)
            return Standing(twin=articles.article_id_of(session, twin) if twin is not None else "")

    def settle(self, run: int, settlement: Settlement) -> None:
        """Write down a capture, its outcome and all that follows from it, in one transaction."""
        self.database.write(lambda session: _settle(session, run, settlement))

    # ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────

    def articles(self, query: queries.ArticleQuery) -> Iterator[Article]:
        """The articles that a query asks for, in the order in which they came, over one snapshot."""
        with self.database.reading() as session:
            batch: list[int] = []
            for number in queries.export_numbers(session, query):
                batch.append(number)
                if len(batch) == EXPORT_BATCH:
                    yield from reading.read_articles(session, batch)
                    session.expunge_all()
                    batch.clear()
            yield from reading.read_articles(session, batch)

    def hits(self, query: queries.ArticleQuery) -> list[queries.Hit]:
        """The articles that a query asks for, in its order, with snippets."""
        with self.database.reading() as session:
            return queries.hits(session, query)

    def count(self, query: queries.ArticleQuery) -> int:
        """How many articles a query asks for."""
        with self.database.reading() as session:
            return queries.count(session, query)

    def article(self, id_or_url: str) -> tuple[Article, list[Revision]] | None:
        """An article by its id, its address or an alias, with its revisions."""
        with self.database.reading() as session:
            number = articles.find_number(session, id_or_url)
            if number is None:
                return None
            return reading.read_articles(session, [number])[0], reading.read_revisions(session, number)

    def holdings(self) -> dict[str, Holding]:
        """By source, what the archive holds of it."""
        with self.database.reading() as session:
            return overview.holdings(session)

    def newest_runs(self) -> dict[str, CrawlRun]:
        """By source, the newest run that asked it."""
        with self.database.reading() as session:
            numbers = overview.newest_runs(session)
            read = {number: runs.read_run(session, number) for number in set(numbers.values())}
            return {source: read[number] for source, number in numbers.items()}

    def measure(self) -> dict[str, object]:
        """What tells one state of the archive from another, as JSON values."""
        with self.database.reading() as session:
            return overview.measure(session)

    def fate_of(self, url: str) -> tuple[datetime, Outcome] | None:
        """When an address was captured last, and what became of it."""
        with self.database.reading() as session:
            return overview.fate_of(session, url)

    def article_of_record(self, record_id: str) -> str:
        """The id of the article that a WARC record was read as; empty when it was none."""
        with self.database.reading() as session:
            return overview.article_of_record(session, record_id)

    def kept_readings(self) -> Iterator[KeptReading]:
        """Every extraction as it is stored, over one snapshot."""
        with self.database.reading() as session:
            yield from reading.kept_readings(session)

    def damage(self) -> Iterable[str]:
        """What is wrong inside the tables."""
        yield from self.database.damage()
        with self.database.reading() as session:
            for url in captures.without_outcome(session):
                yield f"the capture of {url} has no outcome"


def now() -> datetime:
    """This moment, aware, in UTC."""
    return datetime.now(UTC)


def _settle(session: Session, run: int, settlement: Settlement) -> None:
    capture, outcome = settlement.capture, settlement.outcome
    number = captures.add_capture(session, run, capture)
    article = _change(session, number, settlement) if settlement.change else None
    captures.add_outcome(session, number, outcome, article)
    moment = now()
    new = frontier.add_urls(session, run, capture.source, settlement.found, moment, settlement.hops)
    frontier.come_round(session, capture.source, settlement.found, moment)
    if settlement.further is not None and new:
        frontier.add_urls(session, run, capture.source, [settlement.further], moment)
        frontier.wake(session, capture.source, [settlement.further.url], moment, early=True)
    if settlement.entry is None:
        return
    if outcome.kind.is_failure:
        frontier.postpone(session, settlement.entry, outcome.kind, moment, settlement.not_before)
    else:
        frontier.acknowledge(session, settlement.entry, outcome.kind, settlement.next_due)


def _change(session: Session, capture_number: int, settlement: Settlement) -> int:
    capture, change, kind = settlement.capture, settlement.change, settlement.outcome.kind
    assert change is not None
    number = articles.number_by_id(session, settlement.outcome.article or change.id)
    if kind in {OutcomeKind.NEW, OutcomeKind.REVISED}:
        number = _revise(session, capture_number, capture, change, number)
    assert number is not None, "an outcome names an article that the archive holds"
    if kind is OutcomeKind.ALIAS:
        articles.add_alias(session, capture.source, change.url, number)
    articles.seen_since(session, number, capture.captured_at)
    return number


def _revise(session: Session, capture_number: int, capture: Capture, change: ArticleChange, number: int | None) -> int:
    extraction = change.extraction
    extraction_number = articles.add_extraction(session, capture_number, extraction, change.content_sha256)
    if number is None:
        number = articles.add_article(session, change.id, change.url, capture.source, extraction_number, capture.captured_at)
    if articles.add_revision(session, number, extraction_number, capture.captured_at):
        articles.show(session, number, extraction_number, extraction)
        articles.set_topics(session, number, change.topics)
        articles.set_sketch(session, number, change.sketch)
        search.remove(session, number)
        search.index(session, number, extraction.title, extraction.lead, extraction.text, extraction.language)
    return number
