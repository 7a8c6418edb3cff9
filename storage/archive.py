"""The archive: the one door through which all others read and write. It delegates; the work is done in the rooms below."""

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
    """An archive in a directory, to read and write: made by `held` alone. By `ladder` known articles are asked again.

    `unsettled` holds file and offset of the records that were written into a WARC file and have no outcome yet. `clock` says what
    time it is for all that is due, leased and postponed; `counter` counts what was written down since the archive was opened.
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
        """The archive, made if need be, held by this run alone; leases of killed runs are taken back.

        A command that took the lock of the directory before it loaded anything hands it over as `lock`.

        Articles that were stored before there were clusters are placed in them, some by each run.

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
        """Close a run; leases that it did not acknowledge are taken back.

        A run that leaves records without an outcome did not finish: the next one looks for them.
        """
        if self.unsettled and ended == FINISHED:
            ended = UNSETTLED
        self.database.write(lambda session: transactions.finish(session, run, ended, self.clock()))

    def resettle(self, number: int, capture_result: CaptureResult) -> None:
        """Write down what becomes of a capture that was out of scope, in one transaction; `number` is that of `out_of_scope`."""
        self.database.write(lambda session: transactions.resettle(session, number, capture_result, now()))

    def retake(self, verdicts: Mapping[str, Sequence[Relevance]], judged: Sequence[str]) -> None:
        """Replace the verdicts of the `judged` topics on articles (by id), in one transaction."""
        self.database.write(lambda session: transactions.retake(session, verdicts, judged))

    def keep_ingested_file(self, run: int, name: str, sha256: str, size: int) -> int:
        """Write down a file that pages are ingested from, where it is new; returns its number."""
        return self.database.write(lambda session: ingested.keep_file(session, run, name, sha256, size, self.clock()))

    def keep_origin(self, place: WarcPointer, file: int) -> None:
        """Write down which file an ingested capture came from, where that is not known."""
        self.database.write(lambda session: ingested.keep_origin(session, place, file))

    def keep_source(self, source: Source) -> None:
        """Write a source down as it is declared today."""
        self.database.write(lambda session: runs.keep_source(session, source))

    def seed(self, run: int, source: str, channels: Sequence[DiscoveredUrl], *, early: bool) -> None:
        """Put the declared channels of a source into the frontier; known ones come round when due, or (early) at once."""
        self.database.write(lambda session: transactions.seed(session, run, source, channels, self.clock(), early=early))

    def begin_backfill(self, run: int, source: str, since: datetime, starts: Sequence[DiscoveredUrl]) -> Backfill:
        """The unfinished backfill of a source to a moment, or a new one; `starts` are the channels' first pages."""
        return self.database.write(lambda session: backfills.begin(session, run, source, since, starts, self.clock()))

    def end_backfill(self, backfill: Backfill) -> BackfillRemainder:
        """What a backfill has still to ask; with nothing left it is finished."""
        return self.database.write(lambda session: backfills.end(session, backfill, self.clock()))

    def pass_over_older(self, backfill: Backfill) -> None:
        """Leave out the pages of a backfill that lie beyond its day, by what the pages before them brought."""
        self.database.write(lambda session: backfills.pass_over(session, backfill))

    def lease(
        self, run: int, source: str, limit: int, kinds: Sequence[AddressKind], backfill: Backfill | None = None
    ) -> list[FrontierEntry]:
        """Lease due addresses of a source: channels first, then the newest articles; in a backfill, what it may ask."""
        return self.database.write(lambda session: frontier.lease(session, run, source, self.clock(), limit, kinds, backfill))

    def lease_known(self, run: int, source: str, limit: int) -> list[FrontierEntry]:
        """Lease known articles of a source that are to be asked again, the longest overdue first."""
        return self.database.write(lambda session: revisits.lease_known(session, run, source, self.clock(), limit))

    def wake_known(self, source: str) -> None:
        """Let every article that the archive holds of a source be asked again now."""
        self.database.write(lambda session: revisits.wake_known(session, source, self.clock()))

    def unanswered(self, run: int, entry: FrontierEntry, reason: str, scope: FailureScope = FailureScope.REQUEST) -> None:
        """A request brought no response: written down, and asked again when its scope says."""
        moment = self.clock()
        self.database.write(lambda session: transactions.write_unanswered(session, run, entry, reason, moment, scope))
        self.counter.unanswered(entry.source, reason)

    def record_capture(self, run: int, capture_result: CaptureResult) -> None:
        """Write down a capture, its outcome and all that follows from it, in one transaction."""
        moment = self.clock()
        outcome, new = self.database.write(lambda session: transactions.record_capture(session, run, capture_result, moment, self.ladder))
        self.unsettled.discard(_place(capture_result.capture))
        self.counter.settled(capture_result.capture.source, outcome.kind, new)

    def record_failure(self, run: int, capture: Capture, entry: int | None, failure: Failure) -> None:
        """Write down that a capture could not even get its outcome; its frontier entry is postponed."""
        moment = self.clock()
        self.database.write(lambda session: transactions.record_failure(session, run, capture, entry, failure, moment))
        self.unsettled.discard(_place(capture))

    def begin_attempt(self, run: int, place: WarcPointer, source: str, url: str) -> None:
        """Write down, before a record is read, that it is about to be: a process that dies meanwhile leaves this behind."""
        attempt, moment = Failure(OPEN_ATTEMPT, "the process ended while the record was read"), self.clock()
        self.database.write(lambda session: failures.record(session, run, place, source, url, attempt, moment))

    def end_attempt(self, place: WarcPointer) -> None:
        """Forget an attempt that ended well."""
        self.database.write(lambda session: failures.forget(session, place, OPEN_ATTEMPT))

    def retry(self, source: str, outcome: str) -> None:
        """Make the addresses of a source due whose last outcome was this one, those that were given up included."""
        self.database.write(lambda session: frontier.retry(session, source, outcome, self.clock()))

    def hold_off(self, source: str, until: datetime) -> None:
        """Let no request go to a source before a moment, whichever run makes it."""
        self.database.write(lambda session: runs.hold_off(session, source, until))

    def wake_refused(self, host: str, *, rules_changed: bool) -> None:
        """Let the addresses of a host (`https://example.org`) be asked that it refused; by robots.txt only when it has other rules now."""
        moment = self.clock()
        self.database.write(lambda session: refusals.wake_refused(session, host, moment, rules_changed=rules_changed))

    def pull_back(self, recheck: timedelta) -> int:
        """Make due now what is due later than any interval allows, because a clock ran ahead; returns how much that was.

        `recheck` is how soon a channel is asked again.
        """
        moment = self.clock()
        return self.database.write(lambda session: transactions.pull_back(session, moment, recheck, self.ladder))

    def keep_verdicts(self, run: int, source: str, verdicts: Sequence[ExpectationResult]) -> None:
        """Write down how the promises of a source stand at the close of a run."""
        self.database.write(lambda session: health.keep_verdicts(session, run, source, verdicts))

    def enqueue(self, run: int, source: str, found: Sequence[DiscoveredUrl]) -> int:
        """Make addresses of articles due now, those that were given up as well; returns how many are new to the frontier."""
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
