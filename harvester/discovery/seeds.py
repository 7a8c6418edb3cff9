"""Seed URLs: where a run begins to read a source's channels."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote
from zoneinfo import ZoneInfo

from harvester.discovery.pagination import filled, first_page
from storage.model.sources import AddressKind, DiscoveredUrl

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from harvester.catalogue.declaration import Declaration
    from pipelines.rules import TopicRules
    from storage.model.sources import Channel

_DAY = timedelta(days=1)


def starts(declaration: Declaration, topics: Sequence[TopicRules], today: date, since: date | None = None) -> list[DiscoveredUrl]:
    """Return the first page of every channel, each URL once.

    A date archive is read for today and yesterday, or back to the day `since`; a pattern with `{query}` for
    each search query of the topics in the source's languages. `today` is the day in the source's zone.
    """
    found: dict[str, DiscoveredUrl] = {}
    for channel in declaration.channels:
        for url, day in addresses_of(channel, declaration, topics, today, since):
            dated = datetime.combine(day, time(), ZoneInfo(declaration.source.timezone)) if day else None
            found.setdefault(url, DiscoveredUrl(url, channel.kind, channel.url, dated, section=channel.section))
    return list(found.values())


def addresses_of(
    channel: Channel, declaration: Declaration, topics: Sequence[TopicRules], today: date, since: date | None = None
) -> Iterator[tuple[str, date | None]]:
    """Yield the addresses at which a run begins to read a channel of a source, each with the day that it stands for in a date archive.

    None for a channel with `{query}` when no topic has a query in a language of the source (see `is_without_queries`).
    """
    return _addresses(channel, queries_of(declaration.source.languages, topics), today, since)


def is_without_queries(channel: Channel, declaration: Declaration, topics: Sequence[TopicRules]) -> bool:
    """Whether a channel is searched by queries, and no topic has one in a language of the source: a crawl never asks it."""
    return "{query}" in channel.url and not queries_of(declaration.source.languages, topics)


def why_without_queries(declaration: Declaration, topics: Sequence[TopicRules]) -> str:
    """Say which topics lack queries, and in which languages."""
    named = f"the topic {topics[0].id} has" if len(topics) == 1 else f"the topics {', '.join(x.id for x in topics)} have"
    return f"{named} no query for it ([search], {' or '.join(declaration.source.languages)})"


def unasked_lines(declarations: Iterable[Declaration], topics: Sequence[TopicRules]) -> list[str]:
    """One line that names the sources whose search is not asked for want of queries; none where each is asked."""
    unasked = [x.id for x in declarations if any(is_without_queries(channel, x, topics) for channel in x.channels)]
    if not unasked:
        return []
    named = ", ".join(x.id for x in topics)
    return [
        f"the search of {', '.join(unasked)} is not asked: [search] of {named} holds no query in the source's languages (docs/topics.md)"
    ]


def queries_of(languages: Iterable[str], topics: Iterable[TopicRules]) -> list[str]:
    """Return the search queries for a source of these languages, each once.

    `kk-Latn` uses the queries of `kk` where it has none of its own.
    """
    declared = [pair for topic in topics for pair in topic.search]
    queries: dict[str, None] = {}
    for language in languages:
        tag = language if any(x == language for x, _ in declared) else language.partition("-")[0]
        queries |= dict.fromkeys(query for x, query in declared if x == tag)
    return list(queries)


def _addresses(channel: Channel, queries: Sequence[str], today: date, since: date | None) -> Iterator[tuple[str, date | None]]:
    values = first_page(channel)
    if channel.kind is AddressKind.ARCHIVE:
        for day in days_back(today, since or today - _DAY, by_month="{day}" not in channel.url):
            yield filled(channel.url, {**values, "year": f"{day:%Y}", "month": f"{day:%m}", "day": f"{day:%d}"}), day
    elif "{query}" in channel.url:
        for query in queries:
            yield filled(channel.url, {**values, "query": quote(query, safe="")}), None
    else:
        yield filled(channel.url, values), None


def days_back(today: date, since: date, *, by_month: bool) -> Iterator[date]:
    """Return the days from today back to a day, newest first; by month, the first day of each."""
    day = today
    while day >= since or (by_month and (day.year, day.month) == (since.year, since.month)):
        yield day.replace(day=1) if by_month else day
        day = (day.replace(day=1) if by_month else day) - _DAY
