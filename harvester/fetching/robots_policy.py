"""Policy of a robots.txt response (RFC 9309), without network.

| response | policy |
|---|---|
| 200, 203 with rules | the rules of the first 500 KiB hold |
| 200 with a web page, 204, 4xx | nothing is disallowed |
| 408, 425, 429, 5xx, other statuses, none | unreachable: the host is closed for this run |
| a body that is no text, or cannot be decoded | damaged: the same |
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

from protego import Protego

from harvester.fetching.guard import RequestBlocked
from storage.model.frontier import FailureScope
from storage.model.runs import ROBOTS_DISALLOWED
from storage.warc.errors import BadCoding

if TYPE_CHECKING:
    from harvester.fetching.captured_response import CapturedResponse

logger = logging.getLogger(__name__)

MAX_BYTES = 500 * 1024
"""Bytes of a robots.txt that are parsed (RFC 9309, section 2.5)."""

MAX_LIFETIME = timedelta(hours=24)
"""Time a robots.txt is cached (RFC 9309, section 2.4)."""

MIN_LIFETIME = timedelta(hours=1)
"""Least time a robots.txt is cached; most systems that send `no-cache` send it with every page, so it is not
meant."""

_RULES = frozenset({HTTPStatus.OK, HTTPStatus.NON_AUTHORITATIVE_INFORMATION})
_NOTHING = frozenset({HTTPStatus.NO_CONTENT})
_BUSY = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})
_MAX_AGE = re.compile(r"max-age\s{0,9}=\s{0,9}\"?(\d{1,9})", re.IGNORECASE)
_NO_STORE = re.compile(r"no-(?:store|cache)", re.IGNORECASE)
_MAX_CACHE_CONTROL = 1000  # characters that are looked at
_AGENT_LINE = re.compile(r"[\s\ufeff]{0,99}user[- ]?agent(?:\s{0,9}:|\s)(.{0,500})", re.IGNORECASE)
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1f]")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Policy:
    """Rules of a host for robots (None: everything is allowed), or why the host is closed.

    `kept`: it comes from the cache. `expires` is when it must be fetched again; None: not in this run.
    `delay` is its Crawl-delay in seconds. `answer` identifies the response: its status and the digest of its
    body.
    """

    rules: Protego | None = None
    refusal: tuple[str, FailureScope] | None = None
    kept: bool = False
    expires: datetime | None = None
    delay: float | None = None
    answer: tuple[int, str] = (0, "")

    def why_not(self, url: str, user_agent: str) -> RequestBlocked | None:
        """Return why a URL is refused; empty when it is allowed."""
        if self.refusal is not None:
            return RequestBlocked(*self.refusal)
        if self.rules is not None and not self.rules.can_fetch(url, user_agent):
            return RequestBlocked(ROBOTS_DISALLOWED, FailureScope.RULE)
        return None


def closed(reason: str) -> Policy:
    """Return the policy of a host whose robots.txt is unknown: closed in this run, and in no other."""
    return Policy(refusal=(reason, FailureScope.HOST))


def policy_of(answer: CapturedResponse, user_agent: str) -> Policy:
    """Return the policy of a response to a request for a robots.txt; the caller follows redirects."""
    status, answered = answer.capture.status, (answer.capture.status, answer.capture.payload_digest)
    is_client_error = HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
    if status in _NOTHING or (is_client_error and status not in _BUSY):  # RFC 9309, 2.3.1.3
        return Policy(expires=expiry(answer), answer=answered)
    if status not in _RULES:
        return closed(f"robots_unreachable: status {status}")
    try:
        text = _text(answer.response.decoded_body)
    except BadCoding as error:
        return closed(f"robots_damaged: {error.reason}"[:200])
    if text is None:
        return closed("robots_damaged: no text")
    if text.lstrip().startswith("<"):
        logger.warning("%s is a web page, not rules: nothing is disallowed", answer.capture.url)
        return Policy(expires=expiry(answer), answer=answered)
    rules = Protego.parse(only_groups_of(text, user_agent))
    return Policy(rules, expires=expiry(answer), delay=rules.crawl_delay(user_agent), answer=answered)


def expiry(answer: CapturedResponse) -> datetime:
    """Return until when a response is cached: a day, or less by its Cache-Control."""
    said = ",".join(answer.response.header_values("cache-control"))[:_MAX_CACHE_CONTROL]
    age = _MAX_AGE.search(said)
    lifetime = timedelta(seconds=int(age[1])) if age else MAX_LIFETIME
    if _NO_STORE.search(said):
        lifetime = MIN_LIFETIME
    return answer.capture.captured_at + min(max(lifetime, MIN_LIFETIME), MAX_LIFETIME)


def is_fresh(answer: CapturedResponse, now: datetime | None = None) -> bool:
    """Return whether a cached response is valid; one from the future (a clock that ran ahead) is not."""
    now = now or datetime.now(UTC)
    return answer.capture.captured_at <= now < expiry(answer)


def _text(body: bytes) -> str | None:
    """Return the part of a body that is parsed, as text; None where it is none (RFC 9309 asks for UTF-8)."""
    body = body[:MAX_BYTES]
    if body.startswith(_UTF16):
        return body[: len(body) // 2 * 2].decode("utf-16", "replace")
    if _CONTROLS.search(body):
        return None
    return body.decode("utf-8-sig", "replace")


def only_groups_of(text: str, user_agent: str) -> str:
    """Return the text with the names of other agents replaced by one.

    The parser's time grows with names times rules otherwise.
    """
    ours = user_agent.lower()
    lines = []
    for line in text.splitlines():
        found = _AGENT_LINE.match(line)
        if found:
            name = found[1].partition("#")[0].strip().lower()
            plain = name.replace("*", "").strip()
            if name != "*" and (not plain or plain not in ours):
                line = "User-agent: -another-"  # noqa: PLW2901  the line as the parser shall see it
        lines.append(line)
    return "\n".join(lines)
