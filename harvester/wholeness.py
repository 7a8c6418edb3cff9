"""Check whether the body of a response is whole.

Done when it is captured, ingested or recovered; the result is stored with the capture.
"""

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
    """Result of a check.

    `truncated` is the reason as in WARC-Truncated, empty for a whole body; `doubtful`: the body may be cut,
    but this cannot be decided.
    """

    truncated: str = ""
    doubtful: bool = False


def judge(archive: Archive, source: str, response: WarcResponse, *, is_article: bool, partial: bool = False) -> Wholeness:
    """Return whether the body of a response is whole.

    `partial`: the connection closed without a sign that the body was complete. Then a body is whole if its
    content coding or its format marks its end and the mark is there. A Content-Length that is too small cuts
    a page unnoticed by HTTP: an HTML page without its end tag is not whole if an earlier capture of the URL
    had one, or (`is_article`) if the newest articles of the source have; where there is nothing to compare it
    with it is doubtful.
    """
    if response.truncated:
        return Wholeness(response.truncated)
    if response.status != HTTPStatus.OK or response.repeats_body:
        return Wholeness()
    try:
        body, absent = response.decoded(MAX_SITEMAP_BYTES if partial else MAX_BODY_BYTES)
    except BadCoding:
        # unreadable in any case, or a sitemap of declared length
        return Wholeness("disconnect" if partial else "")
    if partial:
        is_coded = any(response.header_values("content-encoding")) and not absent
        return Wholeness("" if is_coded or has_own_end(body, response.content_type) else "disconnect")
    if not looks_like_html(body, response.content_type) or has_html_end(body):
        return Wholeness()
    return _compared(archive, source, response, is_article=is_article)


def _compared(archive: Archive, source: str, response: WarcResponse, *, is_article: bool) -> Wholeness:
    """Check an HTML page without its end tag against earlier captures of its URL and of the source."""
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
