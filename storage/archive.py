"""Write side of the archive: each method is one transaction of `storage.transactions` or a repository."""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

from storage import transactions
from storage.clustering.backlog import catch_up
from storage.database.engine import BUSY_SECONDS, Database
from storage.database.schema import migrate
from storage.errors import ArchiveUnusable
from storage.locking import hold
from storage.model.failures import OPEN_ATTEMPT, Failure
from storage.model.frontier import FailureScope
from storage.model.revisits import RevisitSchedule
from storage.model.runs import FINISHED, UNSETTLED, RunCounter
from storage.reader import DATABASE_NAME, WARC_FOLDER, ArchiveReader, open_archive
from storage.repositories import backfills, coverage, failures, frontier, health, ingested, refusals, revisits, runs

__all__ = ["Archive", "now", "open_archive"]

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import timedelta
    from pathlib import Path

    from storage.locking import Lock
    from storage.model.articles import Relevance
    from storage.model.capture_result import CaptureResult
    from storage.model.captures import Capture, WarcPointer
    from storage.model.frontier import Backfill, BackfillRemainder, FrontierEntry
    from storage.model.health import ExpectationResult
    from storage.model.sources import AddressKind, DiscoveredUrl, Source


class Archive(ArchiveReader):
    """An archive in a directory, open for reading and writing; made by `held` alone.

    `ladder` is the schedule by which known articles are checked again. `unsettled` holds file and offset of
    the records that were written to a WARC file and have no outcome yet. `clock` is the time for all that is
    due, leased and postponed; `counter` counts what was written since the archive was opened.
    """

    ladder = RevisitSchedule()
    database: Database

    def __init__(self, directory: Path, *, busy_seconds: float = BUSY_SECONDS) -> None:
        super().__init__(directory, busy_seconds=busy_seconds)
        self.database = Database(directory / DATABASE_NAME, busy_seconds=busy_seconds)
        self.unsettled: set[tuple[str, int]] = set()
        self.clock: Callable[[], datetime] = now
        self.counter = RunCounter()

    @classmethod
    @contextmanager
    def held(
        cls,
        directory: Path,
        purpose: str,
        *,
        lock: Lock | None = None,
        busy_seconds: float = BUSY_SECONDS,
        ladder: RevisitSchedule | None = None,
    ) -> Iterator[Self]:
        """Open the archive for this run alone, made if need be; leases of killed runs are released.

        A command that locked the directory before it loaded anything passes the `lock` on. Articles stored
        before there were clusters are assigned to them, some by each run.

        Raises:
            ArchiveBusy: another run holds it.
            ArchiveUnusable: the directory cannot be written.
        """
        with hold(directory, purpose) if lock is None or lock.directory != directory else nullcontext():
            _make_warc_folder(directory)
            archive = cls(directory, busy_seconds=busy_seconds)
            archive.ladder = ladder or cls.ladder
            try:
                migrate(archive.database)
                archive.database.write(lambda session: transactions.take_over(session, now()))
                catch_up(archive.database)
                yield archive
            finally:
                archive.database.close()

    def start_run(self, kind: str, version: str) -> int:
        """Open a run (`crawl`, `ingest`, `rescore` or `coverage`) and return its number."""
        return self.database.write(lambda session: runs.start_run(session, kind, self.clock(), version))

    def finish_run(self, run: int, ended: str) -> None:
        """Close a run; leases that it did not acknowledge are released.

        A run that leaves records without an outcome is stored as unfinished: the next one looks for them.
        """
        if self.unsettled and ended == FINISHED:
            ended = UNSETTLED
        self.database.write(lambda session: transactions.finish(session, run, ended, self.clock()))

    def resettle(self, number: int, capture_result: CaptureResult) -> None:
        """Write the new outcome of a capture that was out of scope; `number` is that of `out_of_scope`."""
        self.database.write(lambda session: transactions.resettle(session, number, capture_result, now()))

    def retake(self, verdicts: Mapping[str, Sequence[Relevance]], judged: Sequence[str]) -> None:
        """Replace the decisions of the `judged` topics on articles (by id)."""
        self.database.write(lambda session: transactions.retake(session, verdicts, judged))

    def keep_ingested_file(self, run: int, name: str, sha256: str, size: int) -> int:
        """Store a file that pages are ingested from, where it is new; returns its number."""
        return self.database.write(lambda session: ingested.keep_file(session, run, name, sha256, size, self.clock()))

    def keep_origin(self, place: WarcPointer, file: int) -> None:
        """Store which file an ingested capture came from, where that is not known."""
        self.database.write(lambda session: ingested.keep_origin(session, place, file))

    def keep_source(self, source: Source) -> None:
        """Store a source as it is declared today."""
        self.database.write(lambda session: runs.keep_source(session, source))

    def seed(self, run: int, source: str, channels: Sequence[DiscoveredUrl], *, early: bool) -> None:
        """Put a source's channels into the frontier; known ones become due in time, or (early) at once."""
        self.database.write(lambda session: transactions.seed(session, run, source, channels, self.clock(), early=early))

    def begin_backfill(self, run: int, source: str, since: datetime, starts: Sequence[DiscoveredUrl]) -> Backfill:
        """Return the unfinished backfill of a source to a moment, or a new one from the pages `starts`."""
        return self.database.write(lambda session: backfills.begin(session, run, source, since, starts, self.clock()))

    def end_backfill(self, backfill: Backfill) -> BackfillRemainder:
        """Return what a backfill has still to request; with nothing left it is finished."""
        return self.database.write(lambda session: backfills.end(session, backfill, self.clock()))

    def pass_over_older(self, backfill: Backfill) -> None:
        """Skip the pages of a backfill beyond its day, by what the pages before them listed."""
        self.database.write(lambda session: backfills.pass_over(session, backfill))

    def lease(
        self, run: int, source: str, limit: int, kinds: Sequence[AddressKind], backfill: Backfill | None = None
    ) -> list[FrontierEntry]:
        """Lease due URLs of a source: channels first, then the newest articles; within a backfill's limits."""
        return self.database.write(lambda session: frontier.lease(session, run, source, self.clock(), limit, kinds, backfill))

    def lease_known(self, run: int, source: str, limit: int) -> list[FrontierEntry]:
        """Lease known articles of a source that are due, the longest overdue first."""
        return self.database.write(lambda session: revisits.lease_known(session, run, source, self.clock(), limit))

    def wake_known(self, source: str) -> None:
        """Make every known article of a source due now."""
        self.database.write(lambda session: revisits.wake_known(session, source, self.clock()))

    def unanswered(self, run: int, entry: FrontierEntry, reason: str, scope: FailureScope = FailureScope.REQUEST) -> None:
        """Store a request that brought no response; its scope decides when it is tried again."""
        moment = self.clock()
        self.database.write(lambda session: transactions.write_unanswered(session, run, entry, reason, moment, scope))
        self.counter.unanswered(entry.source, reason)

    def record_capture(self, run: int, capture_result: CaptureResult) -> None:
        """Write a capture, its outcome and all that follows from it, in one transaction."""
        moment = self.clock()
        outcome, new = self.database.write(lambda session: transactions.record_capture(session, run, capture_result, moment, self.ladder))
        self.unsettled.discard(_place(capture_result.capture))
        self.counter.settled(capture_result.capture.source, outcome.kind, new)

    def record_failure(self, run: int, capture: Capture, entry: int | None, failure: Failure) -> None:
        """Store that a capture got no outcome; its frontier entry is postponed."""
        moment = self.clock()
        self.database.write(lambda session: transactions.record_failure(session, run, capture, entry, failure, moment))
        self.unsettled.discard(_place(capture))

    def begin_attempt(self, run: int, place: WarcPointer, source: str, url: str) -> None:
        """Store, before a record is read, that it is about to be; a process that dies leaves this behind."""
        attempt, moment = Failure(OPEN_ATTEMPT, "the process ended while the record was read"), self.clock()
        self.database.write(lambda session: failures.record(session, run, place, source, url, attempt, moment))

    def end_attempt(self, place: WarcPointer) -> None:
        """Delete an attempt that ended well."""
        self.database.write(lambda session: failures.forget(session, place, OPEN_ATTEMPT))

    def retry(self, source: str, outcome: str) -> None:
        """Make the URLs of a source due whose last outcome was this one, given-up ones included."""
        self.database.write(lambda session: frontier.retry(session, source, outcome, self.clock()))

    def hold_off(self, source: str, until: datetime) -> None:
        """Store that no run may send a request to a source before a moment."""
        self.database.write(lambda session: runs.hold_off(session, source, until))

    def wake_refused(self, host: str, *, rules_changed: bool) -> None:
        """Release the refused URLs of a host (`https://example.org`); robots.txt must have changed first."""
        moment = self.clock()
        self.database.write(lambda session: refusals.wake_refused(session, host, moment, rules_changed=rules_changed))

    def pull_back(self, recheck: timedelta) -> int:
        """Make due now what is due later than any interval allows (a clock ran ahead); returns how much.

        `recheck` is the shortest interval between two requests of a channel.
        """
        moment = self.clock()
        return self.database.write(lambda session: transactions.pull_back(session, moment, recheck, self.ladder))

    def keep_verdicts(self, run: int, source: str, verdicts: Sequence[ExpectationResult]) -> None:
        """Store the state of a source's expectations at the end of a run."""
        self.database.write(lambda session: health.keep_verdicts(session, run, source, verdicts))

    def enqueue(self, run: int, source: str, found: Sequence[DiscoveredUrl]) -> int:
        """Make article URLs due now, given-up ones included; returns how many are new to the frontier."""
        return self.database.write(lambda session: coverage.enqueue(session, run, source, found, now()))


def _place(capture: Capture) -> tuple[str, int]:
    return capture.warc.file, capture.warc.offset


def _make_warc_folder(directory: Path) -> None:
    try:
        (directory / WARC_FOLDER).mkdir(exist_ok=True)
    except OSError as error:
        raise ArchiveUnusable(f"{directory} cannot be written: {error.strerror}.", "Check its owner and permissions.") from error


def now() -> datetime:
    """This moment, aware, in UTC."""
    return datetime.now(UTC)
