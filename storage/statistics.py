"""Read-only statistics: counts per source, integrity, source health, coverage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.repositories import article_loader, captures, coverage, health, overview, revision_pairs, soundness, states, takedowns, visits
from storage.search import integrity
from storage.search import sqlite as search

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date, datetime, tzinfo

    from storage.database.engine import DatabaseReader
    from storage.model.captures import Capture, Outcome
    from storage.model.coverage import ChannelCapture, ListedUrl
    from storage.model.health import PromiseState, SelectorCount, SourceStats
    from storage.model.holdings import DigestedExtraction, Growth, ShownArticle, SourceCounts


class ArchiveStatistics:
    """Statistics for status, verification, expectations and coverage."""

    database: DatabaseReader

    # ── overview and soundness ────────────────────────────────────────────────────────────────────────────────────

    def holdings(self) -> dict[str, SourceCounts]:
        """Return the number of articles and the newest day by source."""
        with self.database.read_session() as session:
            return overview.holdings(session)

    def last_successes(self) -> dict[str, datetime]:
        """Return the moment of the newest readable capture by source."""
        with self.database.read_session() as session:
            return overview.last_successes(session)

    def growth(self, since: datetime) -> Growth:
        """Return the number of captures, in all and by runs that started since a moment."""
        with self.database.read_session() as session:
            return overview.growth(session, since)

    def measure(self) -> dict[str, object]:
        """Return values that identify a state of the archive, for JSON."""
        with self.database.read_session() as session:
            return overview.measure(session)

    def damage(self) -> Iterable[str]:
        """Yield what is wrong inside the tables."""
        yield from self.database.damage()
        with self.database.read_session() as session:
            for url in captures.without_outcome(session):
                yield f"the capture of {url} has no outcome"
            yield from soundness.nonsense(session)
            for article in states.misderived(session):
                yield f"the states of an article are not those that its captures show (article {article})"

    def revision_pairs(self) -> Iterator[revision_pairs.RevisionPair]:
        """Each later revision with what its article showed before, over one snapshot."""
        with self.database.read_session() as session:
            yield from revision_pairs.revision_pairs(session)

    def index_damage(self) -> Iterator[str]:
        """Yield what is wrong inside the search index; `shown_articles` checks that it holds the right words."""
        with self.database.read_session() as session:
            yield from integrity.index_damage(session)

    def shown_articles(self) -> Iterator[ShownArticle]:
        """Yield every article with what its row repeats of other tables, over one snapshot."""
        with self.database.read_session() as session:
            yield from article_loader.shown_articles(session, search.indexed)

    def captures_by_offset(self, file: str) -> Iterator[Capture]:
        """Yield the captures of one WARC file in the order of their offsets."""
        with self.database.read_session() as session:
            yield from captures.by_offset(session, file)

    def lying_in(self, file: str) -> tuple[int, int]:
        """Return the number of captures in a WARC file, and of the articles read from them."""
        with self.database.read_session() as session:
            return captures.lying_in(session, file)

    def kept_readings(self) -> Iterator[DigestedExtraction]:
        """Yield every stored extraction, over one snapshot."""
        with self.database.read_session() as session:
            yield from article_loader.kept_readings(session)

    def fate_of(self, url: str) -> tuple[datetime, Outcome] | None:
        """Return when a URL was captured last, and that capture's outcome."""
        with self.database.read_session() as session:
            return overview.fate_of(session, url)

    def article_of_record(self, record_id: str) -> str:
        """Return the id of the article read from a WARC record; empty when there is none."""
        with self.database.read_session() as session:
            return overview.article_of_record(session, record_id)

    def mass_takedowns(self, run: int) -> dict[str, tuple[int, int]]:
        """Return (gone, requested) by source where a run, or a week, found more gone than is plausible."""
        with self.database.read_session() as session:
            return takedowns.taken_down_lately(session, run) | visits.mass_takedowns(session, run)

    def turned_away(self, run: int) -> dict[str, tuple[int, int]]:
        """Return (leading nowhere, requested) of a run's new URLs by source, where it is most of them."""
        with self.database.read_session() as session:
            return takedowns.turned_away(session, run)

    def too_deep(self, run: int) -> dict[str, int]:
        """Return, by source, the number of sitemaps of a run whose own sitemaps were too deep to be followed."""
        with self.database.read_session() as session:
            return takedowns.too_deep(session, run)

    def without_articles(self, run: int) -> list[str]:
        """The sources whose channels listed addresses in a run, none of which is an article, and of which none was ever found."""
        with self.database.read_session() as session:
            return takedowns.without_articles(session, run)

    # ── health ────────────────────────────────────────────────────────────────────────────────────────────────────

    def vitals(self, run: int, source: str, zone: tzinfo, today: date) -> SourceStats:
        """Return the statistics that expectations are checked against; `today` is in the source's zone."""
        with self.database.read_session() as session:
            return health.vitals(session, run, source, zone, today)

    def selector_history(self, source: str, selectors: Mapping[str, str]) -> dict[str, list[SelectorCount]]:
        """Return, by field, how often this selector matched, run by run, newest first."""
        with self.database.read_session() as session:
            return health.selector_history(session, source, selectors)

    def page_history(self, run: int, source: str) -> list[SelectorCount]:
        """Return, run by run, newest first, the pages from article URLs and how many were read as articles."""
        with self.database.read_session() as session:
            return health.page_history(session, run, source)

    def promises(self) -> dict[str, list[PromiseState]]:
        """Return the state of each checked expectation by source."""
        with self.database.read_session() as session:
            return health.promise_states(session)

    def newest_days(self, today: date) -> dict[str, date]:
        """Return the last day of publication of the articles read of each source, stored or not."""
        with self.database.read_session() as session:
            return health.newest_days(session, today)

    def channels_due(self) -> dict[str, datetime]:
        """Return when the next channel or waiting URL of each source is due."""
        with self.database.read_session() as session:
            return coverage.next_dues(session)

    # ── coverage ──────────────────────────────────────────────────────────────────────────────────────────────────

    def channel_answers(self, source: str) -> Iterator[ChannelCapture]:
        """Yield the distinct captures of a source's channels, newest first."""
        with self.database.read_session() as session:
            yield from coverage.channel_answers(session, source)

    def found_articles(self, source: str) -> Iterator[tuple[str, datetime | None]]:
        """Return the article URLs that a source's channels ever listed, with the channels' own dates."""
        with self.database.read_session() as session:
            yield from coverage.found_articles(session, source)

    def fates(self, source: str, urls: Sequence[str]) -> dict[str, ListedUrl]:
        """Return the coverage status of each of these URLs."""
        with self.database.read_session() as session:
            return coverage.fates(session, source, urls)
