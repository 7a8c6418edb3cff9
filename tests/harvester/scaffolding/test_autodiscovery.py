from __future__ import annotations

import gzip
from datetime import UTC, datetime

import pytest

from harvester.scaffolding.autodiscovery import sitemaps_named
from storage.warc.response import WarcResponse

ROBOTS = b"User-agent: *\nDisallow:\nSitemap: https://a.example/sitemap.xml\n sitemap:https://a.example/news.xml\nSitemap: /relative.xml\n"
NAMED = ["https://a.example/sitemap.xml", "https://a.example/news.xml"]


def robots(body: bytes, *headers: tuple[str, str], status: int = 200) -> WarcResponse:
    return WarcResponse("<urn:x>", "https://a.example/robots.txt", datetime(2026, 3, 3, tzinfo=UTC), status, "OK", headers, body, 0)


@pytest.mark.parametrize(
    ("answer", "named"),
    [
        (robots(ROBOTS), NAMED),
        (robots(gzip.compress(ROBOTS), ("Content-Encoding", "gzip")), NAMED),
        (robots(b"no gzip", ("Content-Encoding", "gzip")), []),
        (robots(ROBOTS, status=404), []),
    ],
)
def test_the_sitemaps_of_a_robots_txt_in_any_coding(answer: WarcResponse, named: list[str]) -> None:
    assert sitemaps_named(answer) == named
