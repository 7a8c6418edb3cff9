"""Whether the body of an answer is whole: judged when it is captured, ingested or recovered, and written down with the capture."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, NamedTuple

from storage.warc.codings import MAX_BODY_BYTES, MAX_SITEMAP_BYTES
from storage.warc.errors import BadCoding, BadPointer
from storage.warc.wholeness import has_html_end, has_own_end, looks_like_html

if TYPE_CHECKING:
    from storage.archive import Archive
    from storage.model.captures import Capture
    from storage.warc.response import WarcResponse

_PAGES_COMPARED = 3


class Wholeness(NamedTuple):
    """Why a body is not whole (as WARC-Truncated says it, empty where it is), and whether it may not be, for all that is known."""

    truncated: str = ""
    doubtful: bool = False


def judge(archive: Archive, source: str, response: WarcResponse, *, is_article: bool, partial: bool = False) -> Wholeness:
    """Judge the body of a response.

    `partial`: the connection closed without a sign that the body was over. Then a body is whole when its content coding or its
    format has an end and reaches it. A Content-Length that is too small cuts a page so that HTTP sees nothing: an HTML page without
    its end tag is not whole where an earlier capture of the address had one, or (`is_article`) the newest articles of the source have;
    where there is nothing to compare it is doubtful.
    """
    if response.truncated:
        return Wholeness(response.truncated)
    if response.status != HTTPStatus.OK or response.repeats_body:
        return Wholeness()
    try:
        body, absent = response.decoded(MAX_SITEMAP_BYTES if partial else MAX_BODY_BYTES)
    except BadCoding:
        return Wholeness("disconnect" if partial else "")  # unreadable anyway, or a sitemap whose length was declared
    if partial:
        is_coded = any(response.header_values("content-encoding")) and not absent
        return Wholeness("" if is_coded or has_own_end(body, response.content_type) else "disconnect")
    if not looks_like_html(body, response.content_type) or has_html_end(body):
        return Wholeness()
    return _compared(archive, source, response, is_article=is_article)


def _compared(archive: Archive, source: str, response: WarcResponse, *, is_article: bool) -> Wholeness:
    """Judge an HTML page without its end tag by what the source sent before."""
    own = [_has_end(archive, capture) for capture in archive.wholes_of(source, response.url, response.date, 1)]
    if any(own):
        return Wholeness("unspecified")
    if not is_article:
        return Wholeness()
    others = [_has_end(archive, capture) for capture in archive.newest_pages(source, _PAGES_COMPARED)]
    if not own and others and all(others):
        return Wholeness("unspecified")
    return Wholeness(doubtful=any(others) or len(others) < _PAGES_COMPARED)


def _has_end(archive: Archive, capture: Capture) -> bool:
    try:
        return has_html_end(archive.response(capture.warc).decoded_body)
    except (BadPointer, BadCoding):
        return False
