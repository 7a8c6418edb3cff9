"""Read access to captures, their outcomes and their WARC records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.repositories import article_loader, articles, captures, failures, ingested, rejected, revision_lookup, robots, sightings
from storage.statistics import ArchiveStatistics
from storage.warc.digests import has_digest
from storage.warc.reader import read_response

if TYPE_CHECKING:
    from array import array
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from storage.model.articles import Extraction
    from storage.model.capture_result import RevisionContext
    from storage.model.captures import Capture, LastCapture, Outcome, OutcomeKind, WarcPointer
    from storage.model.failures import FailedCapture
    from storage.model.history import CaptureSighting, PageTimeline, StoredExtraction
    from storage.model.ingested import IngestedFile
    from storage.warc.response import WarcResponse

_MOST_REFERENCES = 5
_MOST_COMPARED = 5


class CaptureReader(ArchiveStatistics):
    """Queries for captures, their outcomes and their records."""

    warc_directory: Path

    def last_capture(self, source: str, url: str) -> LastCapture | None:
        """Return the newest complete and readable capture of a URL with status 200, and its outcome."""
        with self.database.read_session() as session:
            return captures.last_capture(session, source, url)

    def captured_as(self, record_id: str) -> Capture | None:
        """Return the capture with a WARC record id, or None."""
        with self.database.read_session() as session:
            return captures.captured_as(session, record_id)

    def origin_of(self, place: WarcPointer) -> IngestedFile | None:
        """Return the file from which a capture was ingested; None where it was fetched."""
        with self.database.read_session() as session:
            return ingested.origin_of(session, place)

    def ingested_files(self) -> list[IngestedFile]:
        """Return the files from which pages were ingested, oldest first."""
        with self.database.read_session() as session:
            return ingested.ingested_files(session)

    def reasons_in(self, run: int, kind: OutcomeKind) -> dict[str, int]:
        """Return the number of captures of a run with an outcome of this kind, by reason."""
        with self.database.read_session() as session:
            return ingested.reasons_in(session, run, kind)

    def wholes_of(self, source: str, url: str, before: datetime, limit: int) -> list[Capture]:
        """Return at most `limit` complete captures with body of a URL before a moment, newest first."""
        with self.database.read_session() as session:
            return captures.wholes_of(session, source, url, before, limit)

    def newest_pages(self, source: str, limit: int) -> list[Capture]:
        """Return the captures of the newest articles of a source, `limit` at most."""
        with self.database.read_session() as session:
            return captures.newest_pages(session, source, limit)

    def original_of(self, source: str, response: WarcResponse) -> Capture | None:
        """Return the capture that holds the body to which a revisit record refers, or None.

        It is the one that the record refers to; if that is a revisit as well, the one that this refers to, in
        at most _MOST_REFERENCES steps. For a record that names none, it is the newest earlier capture of the
        URL whose body has the record's digest, of at most _MOST_COMPARED.
        """
        original = response.original
        for _ in range(_MOST_REFERENCES):
            if original is None:
                return None
            with self.database.read_session() as session:
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
        """Return whether a WARC record is in the archive."""
        with self.database.read_session() as session:
            return captures.has_warc_record(session, record_id)

    def has_capture_at(self, place: WarcPointer) -> bool:
        """Return whether the record at this place of our own WARC files has a row."""
        with self.database.read_session() as session:
            return captures.number_at(session, place) is not None

    def failure_at(self, place: WarcPointer) -> FailedCapture | None:
        """Return the stored failure of the record at this place, or None."""
        with self.database.read_session() as session:
            return failures.find(session, place)

    def failed_captures(self) -> list[FailedCapture]:
        """Return all captures whose processing failed and did not succeed since, oldest first."""
        with self.database.read_session() as session:
            return failures.failed_captures(session)

    def failed_in(self, run: int) -> dict[str, int]:
        """Return the number of captures that could not be processed in a run, by source."""
        with self.database.read_session() as session:
            return failures.failed_in(session, run)

    def settled_until(self) -> dict[str, int]:
        """Return, by WARC file, the offset up to which every capture has an outcome."""
        with self.database.read_session() as session:
            return captures.settled_until(session)

    def warc_ends(self) -> dict[str, int]:
        """Return, by WARC file, the end in bytes of the last record that a row points at."""
        with self.database.read_session() as session:
            return captures.warc_ends(session)

    def warc_files_of(self, run: int) -> list[str]:
        """Return the WARC files that a run wrote to."""
        with self.database.read_session() as session:
            return captures.files_of(session, run)

    def last_robots(self, url: str) -> tuple[Capture, WarcPointer] | None:
        """Return the newest capture of a robots.txt and the WARC record with its body, or None."""
        with self.database.read_session() as session:
            return robots.newest(session, url)

    def captures(self, file: str | None = None) -> Iterator[Capture]:
        """Yield all captures, or those of one WARC file, in insertion order."""
        with self.database.read_session() as session:
            yield from self.database.guarded(captures.captures(session, file))

    def out_of_scope(self) -> Iterator[tuple[int, Capture, Outcome]]:
        """Yield (number, capture, outcome) of the captures that belong to no topic, by capture time.

        Each is loaded when it is yielded; memory grows by eight bytes per capture.
        """
        with self.database.read_session() as session:
            numbers = captures.out_of_scope(session)
        yield from self._with_outcomes(numbers)

    def rejected(self, topics: Sequence[str], sources: Sequence[str] = ()) -> array[int]:
        """Return numbers of page captures that belong to none of the topics, stored or not; newest first."""
        with self.database.read_session() as session:
            return rejected.rejected(session, sources, topics)

    def rejected_captures(self, numbers: Iterable[int]) -> Iterator[tuple[Capture, Outcome]]:
        """Yield capture and outcome of numbers that `rejected` returned.

        Each is loaded when it is yielded; see `storage.repositories.rejected.with_reason`.
        """
        for number in numbers:
            with self.database.read_session() as session:
                found = rejected.with_reason(session, number)
            yield found

    def unreadable_because(self, reason: str) -> Iterator[tuple[int, Capture, Outcome]]:
        """Yield (number, capture, outcome) of captures that are unreadable for a reason, by capture time."""
        with self.database.read_session() as session:
            numbers = captures.unreadable_because(session, reason)
        yield from self._with_outcomes(numbers)

    def _with_outcomes(self, numbers: Iterable[int]) -> Iterator[tuple[int, Capture, Outcome]]:
        for number in numbers:
            with self.database.read_session() as session:
                capture, outcome = captures.left_out(session, number)
            yield number, capture, outcome

    def newest_capture(self, url: str) -> tuple[Capture, Outcome] | None:
        """Return the newest capture of a URL with its outcome, or None."""
        with self.database.read_session() as session:
            number = captures.newest_of(session, url)
            return captures.with_outcome(session, number) if number is not None else None

    def standing(self, capture: Capture, url: str, article_id: str, *, reading: bool = True) -> RevisionContext:
        """Return what is stored of the page of a capture, by its canonical URL and that URL's article id.

        Without `reading`, the current revision and the streak of changes are left out.
        """
        with self.database.read_session() as session:
            return revision_lookup.standing(session, capture, url, article_id, reading=reading)

    def sightings(self, capture: Capture, url: str, article_id: str) -> list[CaptureSighting]:
        """Return the captures of a page, in their order."""
        with self.database.read_session() as session:
            return sightings.sightings(session, capture, url, article_id)

    def related(self, source: str, article_id: str, texts: Sequence[str], addresses: Sequence[str]) -> list[PageTimeline]:
        """Return the timelines of an article and of those of its source that may be the same article.

        See `storage.repositories.sightings.related`.
        """
        with self.database.read_session() as session:
            return sightings.related(session, source, article_id, texts, addresses)

    def readings(self, numbers: Sequence[int]) -> dict[int, StoredExtraction]:
        """Return stored extractions by their numbers."""
        with self.database.read_session() as session:
            return sightings.readings_by_number(session, numbers)

    def revision_readings(self, article_id: str) -> list[Extraction]:
        """Return the extraction of each revision of an article, oldest first; empty for an unknown id."""
        with self.database.read_session() as session:
            number = articles.number_by_id(session, article_id)
            return article_loader.revision_readings(session, number) if number is not None else []

    def past_readings(self, article_id: str) -> list[StoredExtraction]:
        """Return the extractions of an article's revisions but the current one, newest first."""
        with self.database.read_session() as session:
            return revision_lookup.past_readings(session, article_id)

    def response(self, pointer: WarcPointer) -> WarcResponse:
        """Return the archived response at a pointer; of a revisit record, with the body that it refers to.

        Raises:
            BadPointer: the file is missing, or no such record lies exactly there.
        """
        response = read_response(self.warc_directory / pointer.file, pointer.offset, pointer.length)
        if not response.repeats_body or response.original is None:
            return response
        with self.database.read_session() as session:
            held = captures.referred_to(session, response.original.url, response.original.date, response.original.record_id)
        if held is None or held.same_as is not None:
            return response
        return response.with_body_of(read_response(self.warc_directory / held.warc.file, held.warc.offset, held.warc.length))
