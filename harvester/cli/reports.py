"""Reports on runs: a JSON object for programs, a table for users."""

from __future__ import annotations

import logging
from collections import Counter
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from harvester.monitoring.logs import RUNS
from storage.errors import LimitReached, SourcesFailed
from storage.interrupts import SIGNALS
from storage.model.captures import OutcomeKind
from storage.model.text import counted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import Console

    from harvester.crawl_session import CrawlSession
    from storage.model.failures import FailedCapture
    from storage.model.ingested import IngestedFile
    from storage.model.runs import CrawlRun, SourceTally

logger = logging.getLogger(RUNS)

_END_LEVELS = {
    0: logging.INFO,
    SourcesFailed.exit_code: logging.WARNING,
    LimitReached.exit_code: logging.WARNING,
    **{128 + number: logging.WARNING for number in SIGNALS},
}
"""Log level of the end of a run, by exit code; any other code is an error."""

COLUMNS = ("found", "fetched", "stored", "known", "off_topic", "other", "failed")
"""Columns of a table of tallies, in their order."""


def in_short(tally: SourceTally) -> dict[str, int]:
    """Return a tally as seven counts.

    URLs found; responses fetched; of those, articles stored, known ones fetched again, articles on no topic,
    and others (feeds, pages without an article, redirects, pages that are gone); failures, which are the
    other responses and the requests without one.
    """
    stored = sum(count for kind, count in tally.outcomes.items() if kind.is_stored)
    known = sum(count for kind, count in tally.outcomes.items() if kind.is_known)
    failed = sum(count for kind, count in tally.outcomes.items() if kind.is_failure)
    off_topic = tally.outcomes[OutcomeKind.OUT_OF_SCOPE]
    return {
        "found": tally.found,
        "fetched": tally.captures,
        "stored": stored,
        "known": known,
        "failed": tally.failures,
        "off_topic": off_topic,
        "other": tally.captures - stored - known - off_topic - failed,
    }


def tally_report(tally: SourceTally) -> dict[str, Any]:
    """Return a tally as JSON values; `outcomes` sums to `captures`."""
    return {
        **in_short(tally),
        "captures": tally.captures,
        "outcomes": {kind.value: count for kind, count in sorted(tally.outcomes.items())},
        "unanswered": dict(sorted(tally.unanswered.items())),
    }


def run_report(run: CrawlRun) -> dict[str, Any]:
    """Return a run as JSON values."""
    totals: Counter[str] = Counter()
    for tally in run.tally.values():
        totals.update({**in_short(tally), "captures": tally.captures})
    return {
        "command": run.kind,
        "run": run.id,
        "started_at": run.started_at.isoformat(timespec="seconds"),
        "finished_at": run.finished_at.isoformat(timespec="seconds") if run.finished_at else None,
        "ended": run.ended,
        "totals": dict(totals),
        "sources": {source: tally_report(tally) for source, tally in sorted(run.tally.items())},
    }


def crawl_report(run: CrawlRun, failing: Mapping[str, Sequence[tuple[str, str]]], code: int, why: str) -> dict[str, Any]:
    """Return a crawl as JSON values: the run, the URLs that still fail, the exit code and its reason."""
    still = {source: [{"url": url, "reason": reason} for url, reason in addresses] for source, addresses in failing.items()}
    return {**run_report(run), "failing": still, "exit_code": code, "why": why}


def failure_report(failed: FailedCapture) -> dict[str, Any]:
    """Return a capture that could not be processed as JSON values."""
    return {
        "source": failed.source,
        "url": failed.url,
        "stage": failed.failure.stage,
        "error": failed.failure.error,
        "attempts": failed.attempts,
        "version": failed.version,
        "first_at": failed.first_at.isoformat(timespec="seconds"),
        "at": failed.at.isoformat(timespec="seconds"),
        "warc": {"file": failed.place.file, "offset": failed.place.offset, "record_id": failed.place.record_id},
    }


def ingested_report(file: IngestedFile) -> dict[str, Any]:
    """Return an ingested file as JSON values."""
    return {
        "name": file.name,
        "sha256": file.sha256,
        "bytes": file.size,
        "run": file.run,
        "ingested_at": file.ingested_at.isoformat(timespec="seconds"),
    }


def counted_columns(tally: Mapping[str, SourceTally]) -> tuple[str, ...]:
    """Return the columns that are not 0 for every source."""
    counts = [in_short(of_source) for of_source in tally.values()]
    return tuple(column for column in COLUMNS if any(short[column] for short in counts))


def tally_table(tally: Mapping[str, SourceTally], seconds: float | None = None, *, columns: Sequence[str] = COLUMNS) -> Table:
    """Return a table of the columns of each source's tally.

    With `seconds` (the duration so far, while the run goes on), also the number of responses per minute.
    """
    table = Table(box=None, pad_edge=False, collapse_padding=True)
    table.add_column("source", overflow="fold")
    for column in (*columns, *(["per min"] if seconds is not None else [])):
        table.add_column(column.replace("_", " "), justify="right", no_wrap=True)
    for source, of_source in sorted(tally.items()):
        short = in_short(of_source)
        rate = [f"{of_source.captures / max(seconds, 1) * 60:.0f}"] if seconds is not None else []
        table.add_row(source, *(str(short[column]) for column in columns), *rate)
    return table


def live_table(session: CrawlSession, seconds: float) -> Table:
    """Return the tallies of a crawl so far."""
    return tally_table(session.tally, seconds)


def live_ingestion(session: CrawlSession, seconds: float) -> Text:
    """Return the totals of an ingestion so far on one line.

    There is no table by source: the hosts in a file say nothing about the rate.
    """
    tally = session.tally
    totals = [in_short(of_source) for of_source in tally.values()]
    captures, stored, failed = (sum(total[x] for total in totals) for x in ("fetched", "stored", "failed"))
    pace = captures / max(seconds, 1) * 60
    return Text(
        f"{counted(captures, 'page')} of {counted(len(tally), 'source')} read, {stored} stored, {failed} failed; {pace:.0f} a minute"
    )


def notes_report(session: CrawlSession) -> dict[str, int]:
    """Return the counts of side tasks of a run, such as reading the responses that a killed run left."""
    return dict(sorted(session.notes.items()))


def print_notes(console: Console, session: CrawlSession) -> None:
    """Print the counts of side tasks of a run, a line each."""
    for what, count in sorted(session.notes.items()):
        console.print(f"{what}: {count}")


def log_end(run: CrawlRun, exit_code: int, why: str) -> None:
    """Log the counts of a run, a line for each source, and its end.

    A failed run is an error; one with failed sources, a reached limit or a signal is a warning.
    """
    for source, tally in sorted(run.tally.items()):
        counts = ", ".join(f"{column.replace('_', ' ')} {in_short(tally)[column]}" for column in COLUMNS)
        logger.info("run %d: %s: %s", run.id, source, counts)
    level = _END_LEVELS.get(exit_code, logging.ERROR)
    reasons = "; ".join(why.splitlines())
    logger.log(level, "run %d ends with exit code %d%s", run.id, exit_code, f": {reasons}" if reasons else "")


def print_tally(console: Console, run: CrawlRun) -> None:
    """Print the tallies of a run as a table."""
    console.print(tally_table(run.tally))
