"""The reading side of the archive: everything that asks, nothing that writes. It delegates to the rooms below."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from storage import query as queries
from storage.auditing import ArchiveAuditor
from storage.clustering.reading import cluster_of
from storage.database.engine import BUSY_SECONDS, DatabaseReader
from storage.database.schema import require_current
from storage.errors import ArchiveUnusable
from storage.repositories import articles, captures, failures, frontier, overview, reading, revisits, robots, runs, sightings, standing
from storage.stories import stories
from storage.warc.digests import has_digest
from storage.warc.reader import read_response

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from storage.model.articles import Article, Extraction, Revision
    from storage.model.captures import Capture, Outcome, WarcPointer, Whole
    from storage.model.clusters import Story, StoryCluster
    from storage.model.failures import FailedCapture
    from storage.model.frontier import Backfill, FrontierEntry
    from storage.model.history import Known, PageTimeline, Sighting
    from storage.model.runs import CrawlRun, SourceTally
    from storage.model.settlement import Standing
    from storage.model.sources import AddressKind
    from storage.warc.response import WarcResponse

DATABASE_NAME = "archive.sqlite3"
WARC_FOLDER = "warc"
EXPORT_BATCH = 200
_MOST_REFERENCES = 5
_MOST_COMPARED = 5


def require_archive(directory: Path) -> None:
    """Raise ArchiveUnusable where a directory holds no archive."""
    if not (directory / DATABASE_NAME).is_file():
        raise ArchiveUnusable(f"There is no archive in {directory}.", "Make one with `harvester crawl`, or name one with --archive.")


class ArchiveReader(ArchiveAuditor):
    """An archive in a directory, to read: `archive.sqlite3` and `warc/`. SQLite refuses to write through it."""

    def __init__(self, directory: Path, *, busy_seconds: float = BUSY_SECONDS) -> None:
        self.directory = directory
        self.warc_directory = directory / WARC_FOLDER
        self.database = DatabaseReader(directory / DATABASE_NAME, busy_seconds=busy_seconds)

    @staticmethod
    @contextmanager
    def opened(directory: Path) -> Iterator[ArchiveReader]:
        """An existing archive, to read: also while a run writes to it, in a folder that cannot be written, or in a copy.

        Raises:
            ArchiveUnusable: there is none, or another version of the program wrote it.
        """
        require_archive(directory)
        archive = ArchiveReader(directory)
        try:
            require_current(archive.database)
            yield archive
        finally:
            archive.database.close()

    # ── runs and frontier ─────────────────────────────────────────────────────────────────────────────────────────

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

    def newest_runs(self) -> dict[str, CrawlRun]:
        """By source, the newest run that asked it."""
        with self.database.reading() as session:
            numbers = overview.newest_runs(session)
            read = {number: runs.read_run(session, number) for number in set(numbers.values())}
            return {source: read[number] for source, number in numbers.items()}

    def next_due(
        self, source: str, kinds: Sequence[AddressKind], backfill: Backfill | None = None, run: int | None = None
    ) -> datetime | None:
        """When the next waiting address of a source is due; of those that a backfill, and a run, may ask."""
        with self.database.reading() as session:
            return frontier.next_due(session, source, kinds, backfill, run)

    def next_known(self, source: str, run: int | None = None) -> datetime | None:
        """When the next known article of a source is to be asked again (that a run may ask)."""
        with self.database.reading() as session:
            return revisits.next_known(session, source, run)

    def resume_at(self, source: str) -> datetime | None:
        """Before which moment no request may go to a source, because its server asked for that."""
        with self.database.reading() as session:
            return runs.resume_at(session, source)

    def last_start(self, run: int) -> datetime | None:
        """When the run before this one was started."""
        with self.database.reading() as session:
            return runs.last_start(session, run)

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

    # ── captures ──────────────────────────────────────────────────────────────────────────────────────────────────

    def last_whole(self, source: str, url: str) -> Whole | None:
        """The newest whole capture of an address, and what became of it."""
        with self.database.reading() as session:
            return captures.last_whole(session, source, url)

    def captured_as(self, record_id: str) -> Capture | None:
        """The capture with a WARC record id."""
        with self.database.reading() as session:
            return captures.captured_as(session, record_id)

    def wholes_of(self, source: str, url: str, before: datetime, limit: int) -> list[Capture]:
        """The newest whole captures of an address before a moment that hold their body themselves, `limit` at most."""
        with self.database.reading() as session:
            return captures.wholes_of(session, source, url, before, limit)

    def newest_pages(self, source: str, limit: int) -> list[Capture]:
        """The captures that the newest articles of a source were read from, `limit` at most."""
        with self.database.reading() as session:
            return captures.newest_pages(session, source, limit)

    def original_of(self, source: str, response: WarcResponse) -> Capture | None:
        """The capture that holds the body which a revisit record says is the same.

        It is the one that the record refers to, or that this one refers to in turn; of a record that names none, the newest
        one of the address before it whose body has the digest.
        """
        original = response.original
        for _ in range(_MOST_REFERENCES):
            if original is None:
                return None
            with self.database.reading() as session:
                found = captures.referred_to(session, original.url, original.date, original.record_id)
            if found is None or found.same_as is None:
                break
            original = read_response(self.warc_directory / found.warc.file, found.warc.offset, found.warc.length).original
        else:
            return None
        if found is None and original.date is None and not original.record_id:
            earlier = self.wholes_of(source, original.url, response.date, _MOST_COMPARED)
            return next((x for x in earlier if has_digest(self.response(x.warc).body, response.declared_digest)), None)
        return found

    def has_warc_record(self, record_id: str) -> bool:
        """Whether a WARC record is in the archive already."""
        with self.database.reading() as session:
            return captures.has_warc_record(session, record_id)

    def has_capture_at(self, place: WarcPointer) -> bool:
        """Return whether the record at this place of our own WARC files has a row."""
        with self.database.reading() as session:
            return captures.number_at(session, place) is not None

    def failure_at(self, place: WarcPointer) -> FailedCapture | None:
        """Return what was written down of a record whose processing failed, or None."""
        with self.database.reading() as session:
            return failures.find(session, place)

    def failed_captures(self) -> list[FailedCapture]:
        """Return all captures whose processing failed and did not succeed since, oldest first."""
        with self.database.reading() as session:
            return failures.failed_captures(session)

    def failed_in(self, run: int) -> dict[str, int]:
        """Return how many captures could not be processed in a run, by source."""
        with self.database.reading() as session:
            return failures.failed_in(session, run)

    def settled_until(self) -> dict[str, int]:
        """By WARC file, the offset up to which every answer is known to be settled."""
        with self.database.reading() as session:
            return captures.settled_until(session)

    def warc_ends(self) -> dict[str, int]:
        """By WARC file, the end in bytes of the last record that a row points at."""
        with self.database.reading() as session:
            return captures.warc_ends(session)

    def warc_files_of(self, run: int) -> list[str]:
        """The WARC files that a run wrote to."""
        with self.database.reading() as session:
            return captures.files_of(session, run)

    def last_robots(self, url: str) -> tuple[Capture, WarcPointer] | None:
        """The newest capture of a robots.txt, and the WARC record that holds its body."""
        with self.database.reading() as session:
            return robots.newest(session, url)

    def captures(self, file: str | None = None) -> Iterator[Capture]:
        """All captures, or those of one WARC file, in the order in which they were written."""
        with self.database.reading() as session:
            yield from captures.captures(session, file)

    def out_of_scope(self) -> Iterator[tuple[int, Capture, Outcome]]:
        """The captures that belong to no topic, in the order of their moments, with their numbers; each is looked up when it comes.

        Memory grows by eight bytes a capture.
        """
        with self.database.reading() as session:
            numbers = captures.out_of_scope(session)
        yield from self._with_outcomes(numbers)

    def unreadable_because(self, reason: str) -> Iterator[tuple[int, Capture, Outcome]]:
        """The captures that could not be read for a reason, as `out_of_scope` gives those that belong to no topic."""
        with self.database.reading() as session:
            numbers = captures.unreadable_because(session, reason)
        yield from self._with_outcomes(numbers)

    def _with_outcomes(self, numbers: Iterable[int]) -> Iterator[tuple[int, Capture, Outcome]]:
        for number in numbers:
            with self.database.reading() as session:
                capture, outcome = captures.left_out(session, number)
            yield number, capture, outcome

    def newest_capture(self, url: str) -> tuple[Capture, Outcome] | None:
        """The newest capture of an address, and what became of it."""
        with self.database.reading() as session:
            number = captures.newest_of(session, url)
            return captures.with_outcome(session, number) if number is not None else None

    def standing(self, capture: Capture, url: str, article_id: str, *, reading: bool = True) -> Standing:
        """What the archive knows of the page of a capture, by its canonical address and the id that belongs to that.

        Without `reading`, what its article shows, and how restless it has been, is left out.
        """
        with self.database.reading() as session:
            return standing.standing(session, capture, url, article_id, reading=reading)

    def sightings(self, capture: Capture, url: str, article_id: str) -> list[Sighting]:
        """The captures that the archive holds of the same page, in their order."""
        with self.database.reading() as session:
            return sightings.sightings(session, capture, url, article_id)

    def related(self, source: str, article_id: str, texts: Sequence[str], addresses: Sequence[str]) -> list[PageTimeline]:
        """What articles of a source showed that may be the same as one; see `storage.repositories.sightings.related`."""
        with self.database.reading() as session:
            return sightings.related(session, source, article_id, texts, addresses)

    def readings(self, numbers: Sequence[int]) -> dict[int, Known]:
        """Stored readings by their numbers."""
        with self.database.reading() as session:
            return sightings.readings_by_number(session, numbers)

    def revision_readings(self, article_id: str) -> list[Extraction]:
        """What was read of each revision of an article, oldest first."""
        with self.database.reading() as session:
            number = articles.number_by_id(session, article_id)
            return reading.revision_readings(session, number) if number is not None else []

    def past_readings(self, article_id: str) -> list[Known]:
        """The readings of an article's revisions that are not its face, newest first."""
        with self.database.reading() as session:
            return standing.past_readings(session, article_id)

    def response(self, pointer: WarcPointer) -> WarcResponse:
        """The archived response at its pointer; where its record refers to another for its body, with that body.

        Raises:
            BadPointer: the file is missing, or no such record lies exactly there.
        """
        response = read_response(self.warc_directory / pointer.file, pointer.offset, pointer.length)
        if not response.repeats_body or response.original is None:
            return response
        with self.database.reading() as session:
            held = captures.referred_to(session, response.original.url, response.original.date, response.original.record_id)
        if held is None or held.same_as is not None:
            return response
        return response.with_body_of(read_response(self.warc_directory / held.warc.file, held.warc.offset, held.warc.length))

    # ── articles ──────────────────────────────────────────────────────────────────────────────────────────────────

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

    def cluster(self, name: str) -> StoryCluster | None:
        """The cluster of reprints that an article (by id, address or alias) belongs to, or that a cluster's id leads to."""
        with self.database.reading() as session:
            return cluster_of(session, name)

    def stories(self, query: queries.ArticleQuery, limit: int) -> list[Story]:
        """The stories that the articles of a query tell, the newest first, up to a number of them."""
        with self.database.reading() as session:
            return stories(session, query, limit)


open_archive = ArchiveReader.opened
"""An existing archive, to read: `with open_archive(Path("archive")) as archive: …`."""
