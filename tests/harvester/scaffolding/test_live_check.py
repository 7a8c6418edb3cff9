from __future__ import annotations

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest

from harvester.catalogue.declaration import Declaration
from harvester.fetching.live_response import LiveResponse
from harvester.response_handler import SourceContext
from harvester.scaffolding.live_check import ask_channel
from pipelines.rules import TopicRules, TopicTerm
from storage.model.sources import AddressKind, Channel, Source, SourceKind

if TYPE_CHECKING:
    from harvester.fetching.captured_response import CapturedResponse

TERMS = (TopicTerm("река*", "ru", 1.0),)


class Silent:
    """A client that writes down what it is asked, and gets no answer."""

    def __init__(self) -> None:
        self.robots: dict[str, CapturedResponse] = {}
        self.asked: list[str] = []

    async def ask(self, url: str, declaration: Declaration | None = None, kind: AddressKind = AddressKind.ARTICLE) -> LiveResponse:
        del declaration, kind
        self.asked.append(url)
        return LiveResponse(url, reason="timeout")


def asked(channel: Channel, *topics: TopicRules, languages: tuple[str, ...] = ("ru",)) -> tuple[list[str], str]:
    """What is asked of a channel, and what is wrong with it."""
    declaration = Declaration(Source("a", "A", SourceKind.ONLINE, "https://a.kz/", languages, "Asia/Almaty"), (channel,))
    client = Silent()
    checked = asyncio.run(ask_channel(client, channel, SourceContext(declaration, declaration.line_rules(topics))))
    return client.asked, checked.trouble


@pytest.mark.parametrize("languages", [("ru",), ("kk", "ru"), ("kk-Latn",)])
def test_a_search_is_asked_with_a_query_of_the_topics_and_never_with_a_term(languages: tuple[str, ...]) -> None:
    topic = TopicRules("water", "W", 1.0, TERMS, search=(("ru", "половодье в горах"), ("kk", "су тасқыны")))
    query = "половодье в горах" if languages == ("ru",) else "су тасқыны"
    search = Channel(AddressKind.SEARCH, "https://a.kz/s?q={query}&p={page}")
    assert asked(search, topic, languages=languages) == ([f"https://a.kz/s?q={quote(query)}&p=1"], "timeout")


@pytest.mark.parametrize("kind", [AddressKind.SEARCH, AddressKind.API])
def test_what_a_crawl_does_not_ask_for_want_of_queries_is_wrong(kind: AddressKind) -> None:
    kazakh = TopicRules("water", "W", 1.0, TERMS, search=(("kk", "су"),))
    addresses, trouble = asked(Channel(kind, "https://a.kz/s?q={query}"), kazakh, TopicRules("snow", "S", 1.0, TERMS))
    assert addresses == []
    assert trouble == "a crawl does not ask it: the topics water, snow have no query for it ([search], ru)"


def test_a_date_archive_is_asked_for_the_day_in_the_sources_zone() -> None:
    (address,), _ = asked(Channel(AddressKind.ARCHIVE, "https://a.kz/{year}/{month}/{day}"), TopicRules("water", "W", 1.0, TERMS))
    assert address == f"https://a.kz/{datetime.now(ZoneInfo('Asia/Almaty')):%Y/%m/%d}"
