"""`harvester sources probe`: request channels and one article of a source, show what is extracted."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from harvester.cli.options import (
    ConfigOption,
    Invocation,
    JsonOption,
    OnlySourcesOption,
    QuietOption,
    SourcesOption,
    TopicOption,
    VerboseOption,
)
from harvester.scaffolding.troubles import hint_of, in_words
from pipelines.urls import canonical_url, is_web_address
from storage.errors import SourcesFailed, UsageError
from storage.export.plain_text import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harvester.scaffolding.live_check import CheckedArticle, CheckedChannel
    from harvester.scaffolding.probe import Probe
    from pipelines.draft import Draft
    from pipelines.extraction.provenance import Provenance

_SHOWN = 90  # characters of a value at most
_LEAST = 30  # characters of a value, however narrow the terminal
_INDENT = 12  # columns before a value: two, the field's name, one


def probe(
    source: Annotated[str, typer.Argument(help="The id of a source.", metavar="SOURCE")],
    url: Annotated[
        str | None, typer.Argument(help="The article to look at; the newest that is listed, when left out.", metavar="URL")
    ] = None,
    *,
    topic: TopicOption = None,
    config: ConfigOption = None,
    sources: SourcesOption = None,
    only_given_sources: OnlySourcesOption = False,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = 0,
) -> int:
    """Ask a source's channels and one article, live, and show what is read and from where; exit code 3 when something is missing."""
    from harvester.cli.live_questions import ask_live  # imports Scrapy and the pipeline, which few commands need
    from harvester.response_handler import SourceContext
    from harvester.scaffolding.probe import probe as look

    call = Invocation.begin(
        config, as_json=json, quiet=quiet, verbose=verbose, topic=topic, sources=sources, only_given_sources=only_given_sources
    )
    declaration = call.catalogue.get(source)
    source_context = SourceContext(declaration, declaration.line_rules(call.topics))
    address = web_address(url) if url else None
    found = ask_live(call, call.catalogue, lambda asking: look(asking, source_context, address), browser=declaration.browser)
    call.report(_report(found))
    if not call.as_json and not (call.quiet and not found.faults):
        for line in _lines(found, call.out.width):
            call.out.print(plain(line))
    return SourcesFailed.exit_code if found.faults else 0


def web_address(written: str) -> str:
    """Return a URL of the command line in canonical form.

    Raises:
        UsageError: it is no http or https URL.
    """
    if not is_web_address(written):
        raise UsageError(f"{written} is no http or https address.", "Write it whole, such as https://example.org/.")
    return canonical_url(written)


# ── for machines ───────────────────────────────────────────────────────────────────────────────────────────────────


def _report(found: Probe) -> dict[str, Any]:
    return {
        "command": "sources probe",
        "source": found.source,
        "looks_right": not found.faults,
        "faults": list(found.faults),
        "channels": [_channel_report(x) for x in found.channels],
        "article": _article_report(found) if found.article else None,
    }


def _channel_report(asked: CheckedChannel) -> dict[str, Any]:
    return {
        "kind": asked.channel.kind.value,
        "url": asked.channel.url,
        "asked": asked.reply.at,
        "seconds": round(asked.reply.seconds, 3),
        "trouble": asked.trouble or None,
        "articles": [x.url for x in asked.found],
        "newest": asked.newest.isoformat() if asked.newest else None,
    }


def _article_report(found: Probe) -> dict[str, Any]:
    article = found.article
    assert article is not None
    draft = article.draft
    stamps = {"date": draft.published, "modified": draft.modified} if draft else {}
    return {
        "url": article.reply.at,
        "trouble": article.trouble or None,
        "status": article.reply.answer.capture.status if article.reply.answer else None,
        "seconds": round(article.reply.seconds, 3),
        "bytes": len(article.reply.body),
        "robots": found.robots,
        "charset": found.charset or None,
        "language": draft.language if draft else None,
        "fields": [
            asdict(x) | ({"raw": stamp.raw, "found_in": stamp.found_in} if (stamp := stamps.get(x.field)) else {}) for x in found.fields
        ],
        "topics": [asdict(x) for x in draft.topics] if draft else [],
        "out_of_scope": draft.out_of_scope or None if draft else None,
    }


# ── for people ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _lines(found: Probe, width: int) -> Iterator[str]:
    """Yield the lines of a probe; values are cut so that their lines fit the width of a terminal."""
    for asked in found.channels:
        yield f"{asked.channel.kind.value:<8} {asked.channel.url}  {_listed(asked)}"
    if found.article is not None:
        yield f"article  {found.article.reply.at}"
        yield from (f"  {name:<9} {text}" for name, text in _article(found, found.article, width - _INDENT))
    yield f"wrong: {'; '.join(found.faults)}" if found.faults else "looks right"
    troubles = [(x.trouble, x.reply.at) for x in found.channels]
    troubles += [(found.article.trouble, found.article.reply.at)] if found.article else []
    yield from filter(None, dict.fromkeys(hint_of(trouble, url, "") for trouble, url in troubles))


def _listed(asked: CheckedChannel) -> str:
    if asked.trouble:
        return asked.trouble if in_words(asked.trouble, asked.reply.at) == asked.trouble else "not asked"
    newest = f", the newest of {asked.newest:%Y-%m-%d %H:%M} UTC" if asked.newest else ""
    return f"{asked.said}{newest} ({asked.reply.seconds:.2f} s)"


def _article(found: Probe, article: CheckedArticle, room: int) -> Iterator[tuple[str, str]]:
    answer, draft = article.reply.answer, article.draft
    yield "robots", found.robots
    if answer is None:
        return
    length = len(article.reply.body)
    yield (
        "answer",
        f"status {answer.capture.status}, {article.reply.content_type or 'no type'}, {length:,} bytes, {article.reply.seconds:.2f} s",
    )
    if draft is None:
        return
    yield "charset", found.charset
    yield from ((x.field, _field(x, draft, room)) for x in found.fields)
    yield "language", draft.language or "not judged"
    yield "topics", _verdict(draft)


def _field(x: Provenance, draft: Draft, room: int) -> str:
    selected = f"{x.selector} matches {x.matched}" if x.selector else "no selector"
    if not x.values:
        return f"—  ({selected})"
    joined = " · ".join(x.values)
    size = f" [{len(x.values)} paragraphs, {len(joined):,} characters]" if x.field == "body" else ""
    stamp = {"date": draft.published, "modified": draft.modified}.get(x.field)
    raw = f" from «{stamp.raw}» in {stamp.found_in}" if stamp else ""
    origin = f"{size}{raw}  ({x.place}{f': {selected}' if x.selector else ''})"
    most = max(_LEAST, min(_SHOWN, room - len(origin)))
    shown = joined if len(joined) <= most else f"{joined[: most - 1].rstrip()}…"
    return f"{shown}{origin}"


def _verdict(draft: Draft) -> str:
    if draft.topics:
        return "; ".join(f"{x.topic} {x.score:.1f}: {', '.join(x.matched)}" for x in draft.topics)
    return f"out of scope: {draft.out_of_scope}" if draft.out_of_scope else "not judged"
