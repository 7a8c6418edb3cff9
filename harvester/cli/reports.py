"""Reports of runs: as a JSON object for machines, as a table for people."""

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
"""How serious an end is, by exit code; every other one is an error."""

COLUMNS = ("found", "fetched", "stored", "known", "off_topic", "other", "failed")
"""What a table shows of a tally, in this order."""


def in_short(tally: SourceTally) -> dict[str, int]:
    """A tally in seven numbers.

    Addresses found; answers fetched; of those, articles stored, known ones met again, articles on no topic, and others (feeds, pages
    without an article, redirects, what is gone); failures, which are the other answers and the requests that had none.
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
    """A tally as JSON: `outcomes` sums to `captures`."""
    return {
        **in_short(tally),
        "captures": tally.captures,
        "outcomes": {kind.value: count for kind, count in sorted(tally.outcomes.items())},
        "unanswered": dict(sorted(tally.unanswered.items())),
    }


def run_report(run: CrawlRun) -> dict[str, Any]:
    """A run as JSON."""
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
    """A crawl as JSON: the run, what is failing still, and how it ends."""
    still = {source: [{"url": url, "reason": reason} for url, reason in addresses] for source, addresses in failing.items()}
    return {**run_report(run), "failing": still, "exit_code": code, "why": why}


def failure_report(failed: FailedCapture) -> dict[str, Any]:
    """Return a capture that could not be processed as JSON."""
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
    """Return a file that pages were ingested from as JSON."""
    return {
        "name": file.name,
        "sha256": file.sha256,
        "bytes": file.size,
        "run": file.run,
        "ingested_at": file.ingested_at.isoformat(timespec="seconds"),
    }


def counted_columns(tally: Mapping[str, SourceTally]) -> tuple[str, ...]:
    """Return the columns of a tally in which some source has a number."""
    counts = [in_short(of_source) for of_source in tally.values()]
    return tuple(column for column in COLUMNS if any(short[column] for short in counts))


def tally_table(tally: Mapping[str, SourceTally], seconds: float | None = None, *, columns: Sequence[str] = COLUMNS) -> Table:
    """Per source the columns of its tally, and (while it runs) how many answers a minute."""
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
    """What a crawl has done so far."""
    return tally_table(session.tally, seconds)


def live_ingestion(session: CrawlSession, seconds: float) -> Text:
    """What an ingestion has done so far, in a line: what a file holds of which host says nothing of its pace."""
    tally = session.tally
    totals = [in_short(of_source) for of_source in tally.values()]
    captures, stored, failed = (sum(total[x] for total in totals) for x in ("fetched", "stored", "failed"))
    pace = captures / max(seconds, 1) * 60
    return Text(
        f"{counted(captures, 'page')} of {counted(len(tally), 'source')} read, {stored} stored, {failed} failed; {pace:.0f} a minute"
    )


def notes_report(session: CrawlSession) -> dict[str, int]:
    """What the run did beside its work, such as answers of a killed run that it read: how often, by what."""
    return dict(sorted(session.notes.items()))


def print_notes(console: Console, session: CrawlSession) -> None:
    """What the run did beside its work, a line each."""
    for what, count in sorted(session.notes.items()):
        console.print(f"{what}: {count}")


def log_end(run: CrawlRun, exit_code: int, why: str) -> None:
    """Log what a run did, a line for each source, and how it ended: a failure as an error, what is to be looked at as a warning."""
    for source, tally in sorted(run.tally.items()):
        counts = ", ".join(f"{column.replace('_', ' ')} {in_short(tally)[column]}" for column in COLUMNS)
        logger.info("run %d: %s: %s", run.id, source, counts)
    level = _END_LEVELS.get(exit_code, logging.ERROR)
    reasons = "; ".join(why.splitlines())
    logger.log(level, "run %d ends with exit code %d%s", run.id, exit_code, f": {reasons}" if reasons else "")


def print_tally(console: Console, run: CrawlRun) -> None:
    """What a run did, as a table."""
    console.print(tally_table(run.tally))
