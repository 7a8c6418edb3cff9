"""Probe a source: request its channels and one article, and report what is wrong with them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from harvester.scaffolding.live_check import ask_article, ask_channel, newest_of
from harvester.scaffolding.troubles import in_words
from pipelines.extraction.provenance import OVERRIDE, SELECTOR, Provenance, provenance
from storage.model.runs import ROBOTS_DISALLOWED
from storage.model.sources import AddressKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harvester.fetching.live_response import LiveClient
    from harvester.response_handler import SourceContext
    from harvester.scaffolding.live_check import CheckedArticle, CheckedChannel
    from pipelines.page import Page

MAX_CHANNELS = 12
"""Maximum number of channels requested in one probe, which is a sample and not a crawl."""

NEEDED = ("title", "body", "date")
"""Fields without which an article is of little use: their absence is a fault."""

_CHARSETS = (
    "utf-8",
    "utf-8-sig",
    "windows-1251",
    "koi8-r",
    "iso-8859-5",
    "cp866",
    "kz1048",
    "windows-1252",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
)
_SAID_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Probe:
    """Result of a probe. `faults` says what is wrong, one phrase each; empty when nothing is."""

    source: str
    channels: tuple[CheckedChannel, ...]
    article: CheckedArticle | None
    fields: tuple[Provenance, ...]
    robots: str
    charset: str
    faults: tuple[str, ...]


async def probe(asking: LiveClient, source_context: SourceContext, url: str | None = None) -> Probe:
    """Request the first page of the channels, and the newest article that they list.

    With a `url`, only that article is requested.
    """
    channels = [] if url else [await ask_channel(asking, x, source_context) for x in source_context.declaration.channels[:MAX_CHANNELS]]
    listed = [x for asked in channels for x in asked.found if x.kind is AddressKind.ARTICLE]
    chosen = url or (newest_of(listed).url if listed else "")
    article = await ask_article(asking, chosen, source_context) if chosen else None
    fields = _fields(article)
    page = article.draft.page if article and article.draft else None
    return Probe(
        source=source_context.declaration.id,
        channels=tuple(channels),
        article=article,
        fields=fields,
        robots=_robots(asking, article),
        charset=charset_of(page) if page else "",
        faults=tuple(_faults(channels, article, source_context)),
    )


def faults_of_article(article: CheckedArticle, source_context: SourceContext) -> list[str]:
    """Return what is wrong with an article that was requested, one phrase each; empty when nothing is."""
    if article.trouble:
        return [f"article {article.reply.at}: {in_words(article.trouble, article.reply.at)}"]
    fields = _fields(article)
    return [*_wrong_address(article, source_context), *_missing(fields), *_short(fields, source_context)]


def _fields(article: CheckedArticle | None) -> tuple[Provenance, ...]:
    return provenance(article.draft) if article and article.draft and article.draft.page.is_html else ()


def charset_of(page: Page) -> str:
    """Return the charset in which the page was read, and the one in its Content-Type where that is another.

    "mixed or damaged" when no charset of `_CHARSETS` decodes the page to the text that was read.
    """
    read = next((name for name in _CHARSETS if _reads(page, name)), "mixed or damaged")
    said = _SAID_CHARSET.search(page.content_type)
    return f"{read} (its header says {said[1]})" if said and said[1].lower() != read else read


def _reads(page: Page, charset: str) -> bool:
    try:
        return page.body.decode(charset) == page.text
    except UnicodeDecodeError:
        return False


def _robots(asking: LiveClient, article: CheckedArticle | None) -> str:
    """Return what robots.txt says of the article; empty where none was requested."""
    if article is None:
        return ""
    split = urlsplit(article.reply.at)
    answer = asking.robots.get(f"{split.scheme}://{split.netloc}")
    rules = f"robots.txt: status {answer.capture.status}" if answer else "no robots.txt was read"
    if article.reply.reason == ROBOTS_DISALLOWED:
        return f"disallowed ({rules})"
    return f"left alone: {article.reply.reason}" if article.reply.answer is None else f"allowed ({rules})"


def _faults(channels: list[CheckedChannel], article: CheckedArticle | None, source_context: SourceContext) -> Iterator[str]:
    yield from dict.fromkeys(_channel_fault(asked) for asked in channels if asked.trouble)
    if article is None:
        yield "no channel lists an article"
    else:
        yield from faults_of_article(article, source_context)


def _wrong_address(article: CheckedArticle, source_context: SourceContext) -> Iterator[str]:
    if not source_context.declaration.is_article(article.reply.at):
        yield f"{article.reply.at} is no article by the patterns of `articles`"


def _missing(fields: tuple[Provenance, ...]) -> Iterator[str]:
    """Yield needed fields without a value, or with one that is not from their declared selector or override."""
    for x in fields:
        if x.field in NEEDED and not x.values:
            yield f"no {x.field}"
        elif x.field in NEEDED and x.selector and x.place not in {SELECTOR, OVERRIDE}:
            yield f"the selector of {x.field} ({x.selector}) {'gives nothing' if x.matched else 'matches nothing'}: {x.place} answered"


def _channel_fault(asked: CheckedChannel) -> str:
    """Return what is wrong with a channel.

    If the host's name cannot be resolved, the text is the same for all channels of the host, so that it is
    reported once.
    """
    told = in_words(asked.trouble, asked.reply.at)
    return told if told != asked.trouble else f"{asked.channel.kind.value} {asked.channel.url}: {told}"


def _short(fields: tuple[Provenance, ...], source_context: SourceContext) -> Iterator[str]:
    promised = source_context.declaration.expect.body_chars or 0
    length = sum(len("\n".join(x.values)) for x in fields if x.field == "body")
    if 0 < length < promised:
        yield f"the text has {length} characters, {promised} are promised"
    if any("\ufffd" in value for x in fields for value in x.values):
        yield "letters could not be decoded"
