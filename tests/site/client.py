"""A plain reader of the newsroom: addresses, feeds, sitemaps and listings, by the standard library and lxml."""

from __future__ import annotations

import gzip
import http.client
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from lxml import etree, html

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.site.server import Newsroom
    from tests.site.stories import ExpectedArticle

OUTLETS = ("severny-vestnik", "qala-aqparat", "palace-press")
LISTED = {"qala-aqparat": ".allNewsCard a", "palace-press": "div.card h3 a"}


@dataclass(frozen=True)
class Response:
    status: int
    headers: Mapping[str, str]
    body: bytes


def fetch(url: str, headers: Mapping[str, str] | None = None, method: str = "GET") -> Response:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=5)
    try:
        connection.request(method, parts.path + (f"?{parts.query}" if parts.query else ""), headers=dict(headers or {}))
        answer = connection.getresponse()
        return Response(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
    finally:
        connection.close()


def of(newsroom: Newsroom, outlet: str) -> list[ExpectedArticle]:
    return [x for x in newsroom.articles if x.outlet == outlet]


def declared(newsroom: Newsroom, outlet: str, folder: Path) -> dict[str, Any]:
    written = {path.stem: path for path in newsroom.write_sources(folder)}
    return tomllib.loads(written[outlet].read_text(encoding="utf-8"))


def read_sitemap(url: str) -> dict[str, str]:
    """Address and date of every page in a sitemap, indexes followed."""
    answer = fetch(url)
    assert answer.status == 200
    tree = etree.fromstring(gzip.decompress(answer.body) if url.endswith(".gz") else answer.body)
    if etree.QName(tree).localname == "sitemapindex":
        return {k: v for child in tree.iterfind("{*}sitemap/{*}loc") for k, v in read_sitemap(str(child.text)).items()}
    return {
        x.findtext("{*}loc", ""): x.findtext("{*}lastmod", "") or x.findtext("{*}news/{*}publication_date", "") for x in tree.iter("{*}url")
    }


def read_feed(url: str) -> list[str]:
    tree = etree.fromstring(fetch(url).body)
    return [str(x.text) for x in tree.iterfind("channel/item/link")] + [str(x.get("href")) for x in tree.iterfind("{*}entry/{*}link")]


def listing_pages(first: str, pages: str, outlet: str) -> list[list[str]]:
    """The article addresses of each page of a listing, up to the first page that has none."""
    found: list[list[str]] = []
    while True:
        url = first if not found else pages.replace("{page}", str(len(found) + 1))
        answer = fetch(url)
        links = [urljoin(url, str(x.get("href"))) for x in html.fromstring(answer.body).cssselect(LISTED[outlet])]
        if not links:
            return found
        found.append(links)


def announced(newsroom: Newsroom, outlet: str, folder: Path) -> set[str]:
    source = declared(newsroom, outlet, folder)
    found: set[str] = set()
    for channel in source["discover"]:
        kind, address = next((k, urljoin(source["home"], v)) for k, v in channel.items() if k in {"feed", "sitemap", "listing"})
        if kind == "feed":
            found |= set(read_feed(address))
        elif kind == "sitemap":
            found |= set(read_sitemap(address))
        else:
            found |= {x for page in listing_pages(address, urljoin(source["home"], channel["pages"]), outlet) for x in page}
    return found
