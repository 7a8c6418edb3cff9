"""Request one channel or one article of a source and read the response as a crawl would.

Nothing is archived.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from harvester.discovery.channels import discover
from harvester.discovery.seeds import addresses_of, is_without_queries, why_without_queries
from harvester.fetching.live_response import LiveResponse
from harvester.response_handler import handle_response
from pipelines.draft import Draft
from pipelines.extraction.overrides import DeclaredFieldError, described
from pipelines.pipeline import read
from storage.model.captures import Outcome, OutcomeKind
from storage.model.frontier import NO_ARTICLES, FrontierEntry
from storage.model.sources import AddressKind

if TYPE_CHECKING:
    from harvester.fetching.live_response import LiveClient
    from harvester.response_handler import SourceContext
    from storage.model.sources import Channel, DiscoveredUrl

INDEX_DEPTH = 2
"""Maximum number of levels of sitemap indexes that are followed, by the newest sitemap of each."""

_UNDATED = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class CheckedChannel:
    """The URLs that a channel lists.

    `trouble` says why there are none, and is empty otherwise. `said` is the reason that a crawl would store
    with the response's outcome.
    """

    channel: Channel
    reply: LiveResponse
    found: tuple[DiscoveredUrl, ...] = ()
    said: str = ""
    trouble: str = ""

    @property
    def newest(self) -> datetime | None:
        """Newest date of the listed URLs; None when none has one."""
        return max((x.dated for x in self.found if x.dated), default=None)


@dataclass(frozen=True, slots=True)
class CheckedArticle:
    """The page of an article, as extracted.

    `draft` is None when there is no page or it cannot be extracted; `trouble` says why, or names the outcome
    of a page that is refused.
    """

    reply: LiveResponse
    draft: Draft | None = None
    trouble: str = ""


async def ask_channel(asking: LiveClient, channel: Channel, source_context: SourceContext) -> CheckedChannel:
    """Request the first page of a channel, as a crawl would; of a sitemap index, the newest sitemap as well.

    A search for which no topic has a query is not requested.
    """
    topics = source_context.rules.topics
    if is_without_queries(channel, source_context.declaration, topics):
        why = f"a crawl does not ask it: {why_without_queries(source_context.declaration, topics)}"
        return CheckedChannel(channel, LiveResponse(channel.url, reason=why), trouble=why)
    asked = await _ask_listed(asking, channel, first_address(channel, source_context), channel.kind, source_context)
    for _ in range(INDEX_DEPTH):
        inner = [x for x in asked.found if x.kind is not AddressKind.ARTICLE]
        if not inner or len(inner) < len(asked.found):
            break
        newest = newest_of(inner)
        asked = await _ask_listed(asking, channel, newest.url, newest.kind, source_context)
    if not asked.trouble and not asked.found:
        return replace(asked, trouble=f"lists no article ({asked.said}){_one_listed(asked, source_context)}")
    return asked


def _one_listed(asked: CheckedChannel, source_context: SourceContext) -> str:
    """Return a phrase that names one listed URL, if the source's patterns accept none of them as an article.

    Empty otherwise.
    """
    if NO_ARTICLES not in asked.said or asked.reply.answer is None:
        return ""
    anything = replace(source_context.declaration, allow=None, deny=None)
    answer = asked.reply.answer
    listed = discover(asked.reply.body, answer.capture.content_type, anything, asked.reply.at, asked.channel).urls
    return f", such as {listed[0].url}" if listed else ""


async def _ask_listed(asking: LiveClient, channel: Channel, url: str, kind: AddressKind, source_context: SourceContext) -> CheckedChannel:
    reply = await asking.ask(url, source_context.declaration, kind)
    if reply.answer is None:
        return CheckedChannel(channel, reply, trouble=reply.reason)
    entry = FrontierEntry(0, source_context.declaration.id, reply.at, kind, channel.url, channel.section, 0, 0, datetime.now(UTC))
    settled = handle_response(reply.answer, entry, source_context)
    assert not isinstance(settled, Draft), "a channel is settled at once"
    if settled.outcome.kind is not OutcomeKind.CHANNEL:
        return CheckedChannel(channel, reply, trouble=told(settled.outcome))
    return CheckedChannel(channel, reply, settled.found, settled.outcome.reason)


async def ask_article(asking: LiveClient, url: str, source_context: SourceContext) -> CheckedArticle:
    """Request an article and extract its page."""
    reply = await asking.ask(url, source_context.declaration)
    if reply.answer is None:
        return CheckedArticle(reply, trouble=reply.reason)
    settled = handle_response(reply.answer, None, source_context)
    if not isinstance(settled, Draft):
        return CheckedArticle(reply, trouble=told(settled.outcome))
    try:
        draft = read(settled)
    except DeclaredFieldError as error:  # a wrong selector or an override that raises is what the check is to report
        return CheckedArticle(reply, trouble=f"cannot be read: {error}")
    except Exception as error:  # noqa: BLE001  an error of our own code on one page must not end the probe either
        return CheckedArticle(reply, trouble=f"cannot be read: {described(error)}")
    return CheckedArticle(reply, draft, told(draft.outcome) if draft.outcome else "")


def told(outcome: Outcome) -> str:
    """Return an outcome as text: its kind and, if there is one, its reason."""
    return f"{outcome.kind.value}: {outcome.reason}" if outcome.reason else outcome.kind.value


def newest_of(found: list[DiscoveredUrl]) -> DiscoveredUrl:
    """Return the URL with the newest date; the first one if none is dated."""
    return max(found, key=lambda x: x.dated or _UNDATED)


def first_address(channel: Channel, source_context: SourceContext) -> str:
    """Return the first URL that a crawl would request of a channel today.

    Of a search it holds the topics' first query.
    """
    declaration = source_context.declaration
    today = datetime.now(ZoneInfo(declaration.source.timezone)).date()
    return next(url for url, _ in addresses_of(channel, declaration, source_context.rules.topics, today))
