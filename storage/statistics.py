"""What is asked of an archive as a whole: what it holds, whether it is sound, how its sources do, what it lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.repositories import article_loader, captures, coverage, health, overview, soundness, takedowns, visits
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
    """The questions of status, verification, expectations and coverage."""

    database: DatabaseReader

    # ── overview and soundness ────────────────────────────────────────────────────────────────────────────────────

    def holdings(self) -> dict[str, SourceCounts]:
        """By source, what the archive holds of it."""
        with self.database.read_session() as session:
            return overview.holdings(session)

    def last_successes(self) -> dict[str, datetime]:
        """By source, the moment of its newest capture that could be read."""
        with self.database.read_session() as session:
            return overview.last_successes(session)

    def growth(self, since: datetime) -> Growth:
        """How many captures there are, and how many came with runs that started since a moment."""
        with self.database.read_session() as session:
            return overview.growth(session, since)

    def measure(self) -> dict[str, object]:
        """What tells one state of the archive from another, as JSON values."""
        with self.database.read_session() as session:
            return overview.measure(session)

    def damage(self) -> Iterable[str]:
        """What is wrong inside the tables."""
        yield from self.database.damage()
        with self.database.read_session() as session:
            for url in captures.without_outcome(session):
                yield f"the capture of {url} has no outcome"
            yield from soundness.nonsense(session)

    def index_damage(self) -> Iterator[str]:
        """What is wrong inside the search index; whether it holds the right words is another question (`shown_articles`)."""
        with self.database.read_session() as session:
            yield from integrity.index_damage(session)

    def shown_articles(self) -> Iterator[ShownArticle]:
        """Every article with what its row repeats of other tables, over one snapshot."""
        with self.database.read_session() as session:
            yield from article_loader.shown_articles(session, search.indexed)

    def captures_by_offset(self, file: str) -> Iterator[Capture]:
        """The captures of one WARC file in the order in which they lie there."""
        with self.database.read_session() as session:
            yield from captures.by_offset(session, file)

    def lying_in(self, file: str) -> tuple[int, int]:
        """How many captures lie in a WARC file, and how many articles were read from them."""
        with self.database.read_session() as session:
            return captures.lying_in(session, file)

    def kept_readings(self) -> Iterator[DigestedExtraction]:
        """Every extraction as it is stored, over one snapshot."""
        with self.database.read_session() as session:
            yield from article_loader.kept_readings(session)

    def fate_of(self, url: str) -> tuple[datetime, Outcome] | None:
        """When an address was captured last, and what became of it."""
        with self.database.read_session() as session:
            return overview.fate_of(session, url)

    def article_of_record(self, record_id: str) -> str:
        """The id of the article that a WARC record was read as; empty when it was none."""
        with self.database.read_session() as session:
            return overview.article_of_record(session, record_id)

    def mass_takedowns(self, run: int) -> dict[str, tuple[int, int]]:
        """By source, (not there any more, asked), where a run, or the last week, found more gone than can be believed."""
        with self.database.read_session() as session:
            return takedowns.taken_down_lately(session, run) | visits.mass_takedowns(session, run)

    def turned_away(self, run: int) -> dict[str, tuple[int, int]]:
        """By source, (leading nowhere, asked) of the new addresses that a run asked, where it is most of them."""
        with self.database.read_session() as session:
            return takedowns.turned_away(session, run)

    def too_deep(self, run: int) -> dict[str, int]:
        """By source, how many sitemaps of a run named others that were left out, because they are nested too deep."""
        with self.database.read_session() as session:
            return takedowns.too_deep(session, run)

    def without_articles(self, run: int) -> list[str]:
        """The sources whose channels listed addresses in a run, none of which is an article, and of which none was ever found."""
        with self.database.read_session() as session:
            return takedowns.without_articles(session, run)

    # ── health ────────────────────────────────────────────────────────────────────────────────────────────────────

    def vitals(self, run: int, source: str, zone: tzinfo, today: date) -> SourceStats:
        """What there is to judge a source by at the close of a run; `today` is in its zone."""
        with self.database.read_session() as session:
            return health.vitals(session, run, source, zone, today)

    def selector_history(self, source: str, selectors: Mapping[str, str]) -> dict[str, list[SelectorCount]]:
        """By field: how often this selector answered, run by run, newest first."""
        with self.database.read_session() as session:
            return health.selector_history(session, source, selectors)

    def page_history(self, run: int, source: str) -> list[SelectorCount]:
        """Run by run, newest first: pages from addresses of articles, and how many were read as articles."""
        with self.database.read_session() as session:
            return health.page_history(session, run, source)

    def promises(self) -> dict[str, list[PromiseState]]:
        """By source, how each promise stands that was judged."""
        with self.database.read_session() as session:
            return health.promise_states(session)

    def newest_days(self, today: date) -> dict[str, date]:
        """By source, the last day on which an article was published that was read, stored or not."""
        with self.database.read_session() as session:
            return health.newest_days(session, today)

    def channels_due(self) -> dict[str, datetime]:
        """By source, when the next of its channels or waiting addresses is due."""
        with self.database.read_session() as session:
            return coverage.next_dues(session)

    # ── coverage ──────────────────────────────────────────────────────────────────────────────────────────────────

    def channel_answers(self, source: str) -> Iterator[ChannelCapture]:
        """Every answer of a source's channels that says something of its own, newest first."""
        with self.database.read_session() as session:
            yield from coverage.channel_answers(session, source)

    def found_articles(self, source: str) -> Iterator[tuple[str, datetime | None]]:
        """The addresses of articles that a source's channels ever brought into the frontier, with the channel's own dates."""
        with self.database.read_session() as session:
            yield from coverage.found_articles(session, source)

    def fates(self, source: str, urls: Sequence[str]) -> dict[str, ListedUrl]:
        """What became of each of these addresses."""
        with self.database.read_session() as session:
            return coverage.fates(session, source, urls)
