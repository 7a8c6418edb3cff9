from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from harvester.fetching.revalidation import MAX_RETRY_AFTER, conditional_headers, retry_after
from storage.model.captures import Capture, WarcPointer

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
KNOWN = Capture(
    "vestnik",
    "https://vestnik.example/n/1",
    NOW,
    200,
    "text/html",
    "sha256:A",
    WarcPointer("a.warc.gz", 0, 1, "<urn:1>"),
    '"tag"',
    "Tue, 03 Mar 2026 11:00:00 GMT",
)


def test_known_addresses_are_asked_whether_they_have_changed() -> None:
    assert conditional_headers(KNOWN) == {"If-None-Match": '"tag"', "If-Modified-Since": "Tue, 03 Mar 2026 11:00:00 GMT"}
    assert conditional_headers(replace(KNOWN, etag=None)) == {"If-Modified-Since": "Tue, 03 Mar 2026 11:00:00 GMT"}
    assert conditional_headers(None) == {}


def test_endless_validators_are_not_sent_back() -> None:
    assert conditional_headers(replace(KNOWN, etag='"' + "x" * 60_000 + '"', last_modified=None)) == {}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("120", NOW + timedelta(seconds=120)),
        (" 5 ", NOW + timedelta(seconds=5)),
        ("Tue, 03 Mar 2026 12:30:00 GMT", NOW + timedelta(minutes=30)),
        ("Tue, 03 Mar 2026 11:30:00 GMT", NOW),
        ("31536000", NOW + MAX_RETRY_AFTER),
        ("9" * 400, None),
        ("soon", None),
        ("-5", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_kept_to_within_reason(value: str | None, expected: datetime | None) -> None:
    assert retry_after(value, NOW) == expected
