"""HTTP answers: validators, conditional requests, content coding."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

START = datetime(2026, 1, 1, tzinfo=UTC)
"""Last-Modified of what never changes."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers and body of a response, before transfer."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


def found(content_type: str, body: bytes, changed: datetime = START) -> Answer:
    """A 200 with ETag (a digest of the body) and Last-Modified."""
    etag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
    stamp = format_datetime(changed.astimezone(UTC), usegmt=True)
    return Answer(200, {"Content-Type": content_type, "ETag": etag, "Last-Modified": stamp}, body)


def gzipped(answer: Answer, accepted: str) -> Answer:
    """The answer in gzip coding, under an ETag of its own, when `accepted` (Accept-Encoding) names gzip; the same bytes every time."""
    if "ETag" not in answer.headers:
        return answer
    headers = {**answer.headers, "Vary": "Accept-Encoding"}
    if "gzip" not in accepted:
        return replace(answer, headers=headers)
    headers |= {"Content-Encoding": "gzip", "ETag": answer.headers["ETag"][:-1] + '-gzip"'}
    return replace(answer, headers=headers, body=gzip.compress(answer.body, mtime=0))


def conditional(answer: Answer, asked: Mapping[str, str]) -> Answer:
    """304 when the validators in `asked` (header names in lower case) still hold (RFC 9110, 13.2.2), else the answer itself."""
    etag, stamp = answer.headers.get("ETag"), answer.headers.get("Last-Modified")
    if answer.status != 200 or etag is None or stamp is None:
        return answer
    if "if-none-match" in asked:
        known = {tag.strip().removeprefix("W/") for tag in asked["if-none-match"].split(",")}
        unchanged = etag in known or "*" in known
    elif "if-modified-since" in asked:
        unchanged = _not_later(stamp, asked["if-modified-since"])
    else:
        unchanged = False
    if not unchanged:
        return answer
    kept = {name: value for name, value in answer.headers.items() if name in {"ETag", "Last-Modified", "Vary"}}
    return Answer(304, kept)


def _not_later(stamp: str, since: str) -> bool:
    try:
        return parsedate_to_datetime(stamp) <= parsedate_to_datetime(since)
    except (TypeError, ValueError):  # a broken or zoneless date is as good as none
        return False
