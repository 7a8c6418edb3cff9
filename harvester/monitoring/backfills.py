"""State of backfills at the end of a run: finished, or stopped by the article limit and resumable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from storage.errors import LimitReached, SourcesFailed
from storage.model.text import counted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from harvester.crawl_session import CrawlSession
    from storage.model.frontier import BackfillRemainder


@dataclass(frozen=True, slots=True)
class Progress:
    """State of a source's backfill.

    `since` is the day back to which it goes, in the source's time zone; `left` what it has still to request;
    `limited` whether the limit on articles stopped it.
    """

    source: str
    since: date
    left: BackfillRemainder
    limited: bool

    def report(self) -> dict[str, Any]:
        """Return the progress as a JSON object, without the source."""
        counts = {"finished": self.left.nothing, "pages_left": self.left.pages, "articles_left": self.left.articles}
        return {"since": self.since.isoformat(), **counts, "limited": self.limited}


def end_backfills(session: CrawlSession) -> list[Progress]:
    """Close the backfills that a run has finished, and return the progress of each, sorted by source."""
    progress = []
    for source, backfill in sorted(session.backfills.items()):
        left = session.archive.end_backfill(backfill)
        zone = ZoneInfo(session.catalogue.get(source).source.timezone)
        limited = source in session.full and not left.nothing
        progress.append(Progress(source, backfill.since.astimezone(zone).date(), left, limited))
    return progress


def limit_verdict(code: int, why: str, progress: Sequence[Progress]) -> tuple[int, str]:
    """Return exit code and reason of a run, given those that it has without regard to backfills.

    The code is 8 (`LimitReached`) if the limit stopped a backfill and the code is 0 or 3 (`SourcesFailed`);
    otherwise, such as after a signal or if every source failed, both are returned unchanged.
    """
    stopped = [x for x in progress if x.limited]
    if not stopped or code not in {0, SourcesFailed.exit_code}:
        return code, why
    told = "; ".join(
        f"{x.source} back to {x.since} ({counted(x.left.articles, 'article')} and {counted(x.left.pages, 'page')} wait)" for x in stopped
    )
    limit = f"the limit on articles stopped the backfill of {told}. Run the same command again to go on."
    return LimitReached.exit_code, f"{limit} {why}".strip()
