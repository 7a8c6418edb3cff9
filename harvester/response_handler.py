"""Classify a captured response. Used by crawl, WARC ingestion, crash recovery and re-extraction.

A channel, and a response that is no page, get their outcome at once; the page of an article becomes a draft
for the pipeline.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

from harvester.discovery import date_filter
from harvester.discovery.channels import discover
from harvester.discovery.discovery_result import FATAL
from harvester.discovery.pagination import is_further
from harvester.fetching.captured_response import largest_body
from harvester.fetching.revalidation import retry_after
from pipelines.draft import Draft
from pipelines.page import Page
from pipelines.urls import redirect_target
from storage.model.capture_result import CaptureResult
from storage.model.captures import Outcome, OutcomeKind
from storage.model.frontier import MAX_HOPS, MAX_SITEMAP_DEPTH, TOO_DEEP
from storage.model.sources import AddressKind, Channel, DiscoveredUrl
from storage.warc.errors import BadCoding

if TYPE_CHECKING:
    from datetime import datetime

    from harvester.catalogue.declaration import Declaration
    from harvester.fetching.captured_response import CapturedResponse
    from pipelines.rules import StageRules
    from storage.model.frontier import FrontierEntry

_GONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
_REFUSED = frozenset(
    {
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.PAYMENT_REQUIRED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.PROXY_AUTHENTICATION_REQUIRED,
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS,
    }
)
_REDIRECTS = frozenset(
    {
        HTTPStatus.MOVED_PERMANENTLY,
        HTTPStatus.FOUND,
        HTTPStatus.SEE_OTHER,
        HTTPStatus.TEMPORARY_REDIRECT,
        HTTPStatus.PERMANENT_REDIRECT,
    }
)
_LASTING = frozenset({OutcomeKind.SHORTENED, OutcomeKind.WALLED, OutcomeKind.REFUSED, OutcomeKind.GONE, OutcomeKind.UNREADABLE})
_LOGIN = re.compile(r"/(?:log-?in|sign-?in|auth|subscribe|podpiska|paywall)(?:[/?.]|$)", re.IGNORECASE)
SEARCH_RECHECK = timedelta(hours=6)
"""Minimum time between two requests of a site's own search."""


ROBOTS_PATH = "/robots.txt"


@dataclass(frozen=True, slots=True)
class SourceContext:
    """Per-source context: declaration, stage rules, minimum time between two requests of a channel."""

    declaration: Declaration
    rules: StageRules
    recheck: timedelta = timedelta(0)


def handle_response(answer: CapturedResponse, entry: FrontierEntry | None, source_context: SourceContext) -> CaptureResult | Draft:
    """Return the outcome of a response with what follows from it, or a draft for the pipeline."""
    unread = _by_status(answer, entry, source_context)
    if unread is not None:
        return _charged(unread, entry, source_context, answer.capture.captured_at)
    if answer.capture.truncated:
        cut = _outcome(answer, OutcomeKind.UNREADABLE, f"truncated: {answer.capture.truncated}")
        return _charged(cut, entry, source_context, answer.capture.captured_at)
    if entry is not None and entry.since is None and answer.known == answer.capture.payload_digest and not _failed_before(answer):
        return _charged(_same_again(answer, "same payload"), entry, source_context, answer.capture.captured_at)
    try:
        body, absent = answer.response.decoded(largest_body(entry.kind if entry else AddressKind.ARTICLE))
    except BadCoding as error:
        return _charged(_outcome(answer, OutcomeKind.UNREADABLE, error.reason), entry, source_context, answer.capture.captured_at)
    doubts = {"maybe_truncated": answer.doubtful, "digest_mismatch": bool(answer.response.failed_digests)}
    flags = (*(flag for flag, holds in doubts.items() if holds), *(f"coding_absent: {name}" for name in absent))
    if entry is not None and entry.kind is not AddressKind.ARTICLE:
        return _charged(_channel(answer, body, entry, source_context), entry, source_context, answer.capture.captured_at)
    page = Page(url=answer.capture.url, body=body, content_type=answer.capture.content_type, captured_at=answer.capture.captured_at)
    return Draft(capture=answer.capture, page=page, rules=source_context.rules, entry=entry.id if entry else None, flags=flags)


def _outcome(answer: CapturedResponse, kind: OutcomeKind, reason: str = "") -> CaptureResult:
    return CaptureResult(answer.capture, Outcome(kind, reason))


def _charged(capture_result: CaptureResult, entry: FrontierEntry | None, source_context: SourceContext, moment: datetime) -> CaptureResult:
    """Return the result with the frontier entry of the request, which it acknowledges.

    A channel gets the time of its next request. Without an entry, discovered URLs are dropped.
    """
    if entry is None:
        return replace(capture_result, found=(), further=None)
    due = None if entry.kind is AddressKind.ARTICLE else moment + _recheck(entry, source_context)
    return replace(capture_result, entry=entry.id, next_due=due)


def _recheck(entry: FrontierEntry, source_context: SourceContext) -> timedelta:
    """Return the minimum time until the next request of a channel.

    Longer for a site's own search, which costs it work, and each query is a request.
    """
    return max(source_context.recheck, SEARCH_RECHECK) if "{query}" in entry.channel else source_context.recheck


def _by_status(answer: CapturedResponse, entry: FrontierEntry | None, source_context: SourceContext) -> CaptureResult | None:
    """Return the outcome of a response by its status; None for status 200."""
    status, response = answer.capture.status, answer.response
    if status == HTTPStatus.OK:
        return None
    reason = f"status {status}"
    if status == HTTPStatus.NOT_MODIFIED:
        return _same_again(answer, reason) if answer.known else _outcome(answer, OutcomeKind.SERVER_ERROR, reason)
    if status in _REDIRECTS:
        return _redirect(answer, entry, source_context)
    later = retry_after(next(iter(response.header_values("retry-after")), None), answer.capture.captured_at)
    if status in _GONE or (status == HTTPStatus.BAD_REQUEST and _is_past_the_end(entry, source_context)):
        return _outcome(answer, OutcomeKind.GONE, reason)
    kind = OutcomeKind.REFUSED if status in _REFUSED else OutcomeKind.SERVER_ERROR
    return replace(_outcome(answer, kind, reason), not_before=later)


def _same_again(answer: CapturedResponse, reason: str) -> CaptureResult:
    """Return the outcome of a response equal to the last one: unchanged, or the lasting failure of that."""
    before = answer.before
    if before is not None and before.kind in _LASTING:
        return _outcome(answer, before.kind, before.reason)
    return _outcome(answer, OutcomeKind.UNCHANGED, reason)


def _failed_before(answer: CapturedResponse) -> bool:
    """Return whether the last complete response could not be read.

    The same bytes are then read again, and what fails again counts as a failure again.
    """
    return answer.before is not None and answer.before.kind.is_failure


def _is_past_the_end(entry: FrontierEntry | None, source_context: SourceContext) -> bool:
    """Return whether a further page of an API was requested.

    An API without such a page may respond with status 400 (WordPress does).
    """
    return entry is not None and entry.kind is AddressKind.API and is_further(_declared(entry, source_context), entry.url)


def _declared(entry: FrontierEntry, source_context: SourceContext) -> Channel:
    """Return the declared channel of an entry; a plain one where the declaration no longer has it."""
    return next((x for x in source_context.declaration.channels if x.url == entry.channel), Channel(entry.kind, entry.channel))


def _redirect(answer: CapturedResponse, entry: FrontierEntry | None, source_context: SourceContext) -> CaptureResult:
    location = next(iter(answer.response.header_values("location")), "")
    target = redirect_target(answer.capture.url, location)
    if not target:
        return _outcome(answer, OutcomeKind.REDIRECT, "nowhere")
    if entry is None:  # ingested, not requested
        of_article = source_context.declaration.is_article(answer.capture.url)
        led_away = _led_away(answer, target, source_context, of_article=True) if of_article else None
        return led_away or _outcome(answer, OutcomeKind.REDIRECT, f"to {target}")
    # no cookies are sent, so a site that requires its own redirects to itself
    if entry.hops >= MAX_HOPS or target == entry.url:
        return _outcome(answer, OutcomeKind.SERVER_ERROR, f"redirect_loop: to {target}")
    if led_away := _led_away(answer, target, source_context, of_article=entry.kind is AddressKind.ARTICLE):
        return led_away
    found = DiscoveredUrl(target, entry.kind, entry.channel, section=entry.section)
    return replace(_outcome(answer, OutcomeKind.REDIRECT, f"to {target}"), found=(found,), hops=entry.hops + 1)


def _led_away(answer: CapturedResponse, target: str, source_context: SourceContext, *, of_article: bool) -> CaptureResult | None:
    """Return the outcome of a redirect to a login or to what is no page of the source.

    None where it may be followed.
    """
    if of_article and _LOGIN.search(target):
        return _outcome(answer, OutcomeKind.WALLED, f"login: {target}")
    if not source_context.declaration.owns(target) or (of_article and not source_context.declaration.is_article(target)):
        return _outcome(answer, OutcomeKind.REDIRECT, f"not an article of this source: {target}")
    return None


def _channel(answer: CapturedResponse, body: bytes, entry: FrontierEntry, source_context: SourceContext) -> CaptureResult:
    """Read a channel: its articles, and its next page after them, are put into the frontier."""
    channel = _declared(entry, source_context)
    found = discover(body, answer.capture.content_type, source_context.declaration, entry.url, channel, answer.capture.captured_at)
    if entry.since is not None:
        found = date_filter.since(found, entry.since, source_context.declaration.source.timezone)
    problems = "; ".join(f"{problem} ({count})" for problem, count in sorted(found.problems.items()))
    if not found.urls and found.problems.keys() & FATAL:
        return _outcome(answer, OutcomeKind.UNREADABLE, problems)
    told = _outcome(answer, OutcomeKind.CHANNEL, f"{len(found.urls)} addresses" + (f"; {problems}" if problems else ""))
    deep = [x for x in found.urls if x.kind is AddressKind.SITEMAP] if entry.depth >= MAX_SITEMAP_DEPTH else []
    if deep:
        told = _outcome(answer, OutcomeKind.CHANNEL, f"{told.outcome.reason}; sitemaps {TOO_DEEP} ({len(deep)})")
        found = replace(found, urls=tuple(x for x in found.urls if x.kind is not AddressKind.SITEMAP))
    further = DiscoveredUrl(found.next_page, channel.kind, channel.url, section=channel.section) if found.next_page else None
    return replace(told, found=found.urls, further=further, depth=entry.depth + 1)
