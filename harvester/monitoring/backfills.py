"""How backfills stand at the end of a run: finished, or stopped by the limit and to be gone on with."""

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
    """A source's backfill to a day: what it has still to ask, and whether it was the limit on articles that stopped it."""

    source: str
    since: date
    left: BackfillRemainder
    limited: bool

    def report(self) -> dict[str, Any]:
        """As JSON."""
        counts = {"finished": self.left.nothing, "pages_left": self.left.pages, "articles_left": self.left.articles}
        return {"since": self.since.isoformat(), **counts, "limited": self.limited}


def end_backfills(session: CrawlSession) -> list[Progress]:
    """Close the backfills that a run brought to their end, and say how each stands."""
    progress = []
    for source, backfill in sorted(session.backfills.items()):
        left = session.archive.end_backfill(backfill)
        zone = ZoneInfo(session.catalogue.get(source).source.timezone)
        limited = source in session.full and not left.nothing
        progress.append(Progress(source, backfill.since.astimezone(zone).date(), left, limited))
    return progress


def limit_verdict(code: int, why: str, progress: Sequence[Progress]) -> tuple[int, str]:
    """Exit code and reason of a run in which the limit stopped backfills: 8, unless it was interrupted or every source failed."""
    stopped = [x for x in progress if x.limited]
    if not stopped or code not in {0, SourcesFailed.exit_code}:
        return code, why
    told = "; ".join(
        f"{x.source} back to {x.since} ({counted(x.left.articles, 'article')} and {counted(x.left.pages, 'page')} wait)" for x in stopped
    )
    limit = f"the limit on articles stopped the backfill of {told}. Run the same command again to go on."
    return LimitReached.exit_code, f"{limit} {why}".strip()
