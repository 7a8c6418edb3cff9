from __future__ import annotations

import gzip
import tracemalloc
from collections import Counter
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harvester.discovery import discovery_result as problems
from harvester.discovery.discovery_result import DiscoveryResult
from harvester.discovery.sitemaps import MAX_ENTRIES, read_sitemap
from storage.model.sources import AddressKind, Channel
from storage.warc.codings import MAX_SITEMAP_BYTES

CHANNEL = Channel(AddressKind.SITEMAP, "https://a.kz/sitemap.xml")
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
NS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'


def urlset(*entries: str) -> bytes:
    return f"{HEAD}<urlset {NS}>{''.join(f'<url>{x}</url>' for x in entries)}</urlset>".encode()


def test_addresses_with_their_last_change() -> None:
    found = read_sitemap(urlset("<loc>\n https://a.kz/n/1?a=1&amp;b=2 </loc><lastmod>2026-03-03T10:00:00+05:00</lastmod>"), CHANNEL)
    (one,) = found.urls
    assert (one.url, one.kind, one.channel) == ("https://a.kz/n/1?a=1&b=2", AddressKind.ARTICLE, CHANNEL.url)
    assert one.dated == datetime(2026, 3, 3, 5, tzinfo=UTC)
    assert not found.problems


@pytest.mark.parametrize(
    ("lastmod", "moment"),
    [
        ("2026-03-03", datetime(2026, 3, 3, tzinfo=UTC)),
        ("2026-03", datetime(2026, 3, 1, tzinfo=UTC)),
        ("2026-03-03T10:00Z", datetime(2026, 3, 3, 10, tzinfo=UTC)),
        ("2026-03-03T10:00:00.123+00:00", datetime(2026, 3, 3, 10, 0, 0, 123000, tzinfo=UTC)),
        ("2026-02-31", None),
        ("0001-01-01T00:00:00+05:00", None),
        ("+25:99", None),
        ("9" * 100_000, None),
        ("", None),
    ],
)
def test_dates(lastmod: str, moment: datetime | None) -> None:
    found = read_sitemap(urlset(f"<loc>https://a.kz/n/1</loc><lastmod>{lastmod}</lastmod>"), CHANNEL)
    assert [x.dated for x in found.urls] == [moment]


def test_a_news_sitemap_knows_title_and_publication() -> None:
    news = (
        "<news:news><news:publication><news:name>A</news:name></news:publication>"
        "<news:publication_date>2026-03-02</news:publication_date><news:title>Сенат</news:title></news:news>"
    )
    found = read_sitemap(urlset(f"<loc>https://a.kz/n/1</loc><lastmod>2026-03-05</lastmod>{news}"), CHANNEL)
    assert [(x.title, x.dated) for x in found.urls] == [("Сенат", datetime(2026, 3, 2, tzinfo=UTC))]


def test_addresses_of_pictures_and_translations_are_not_the_articles() -> None:
    extra = (
        '<image:image xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"><image:loc>https://a.kz/1.jpg</image:loc></image:image>'
        '<xhtml:link xmlns:xhtml="http://www.w3.org/1999/xhtml" rel="alternate" hreflang="kk" href="https://kaz.a.kz/n/1"/>'
    )
    found = read_sitemap(urlset("<loc>https://a.kz/n/1</loc>" + extra), CHANNEL)
    assert [x.url for x in found.urls] == ["https://a.kz/n/1"]


def test_an_index_leads_to_sitemaps() -> None:
    entry = "<sitemap><loc>/sitemap-{0}.xml</loc><lastmod>2026-0{0}-01</lastmod></sitemap>"
    body = f"{HEAD}<sitemapindex {NS}>{entry.format(1)}{entry.format(2)}{entry.format(1)}</sitemapindex>"
    found = read_sitemap(body.encode(), CHANNEL)
    assert [(x.url, x.kind, x.dated) for x in found.urls] == [
        ("https://a.kz/sitemap-1.xml", AddressKind.SITEMAP, datetime(2026, 1, 1, tzinfo=UTC)),
        ("https://a.kz/sitemap-2.xml", AddressKind.SITEMAP, datetime(2026, 2, 1, tzinfo=UTC)),
    ]


def test_gzip_is_known_by_its_bytes() -> None:
    body = urlset("<loc>https://a.kz/n/1</loc>")
    assert read_sitemap(gzip.compress(body), CHANNEL) == read_sitemap(body, CHANNEL)


@pytest.mark.parametrize("size", [1, 7, 64, 200, 5000])
@pytest.mark.parametrize("tail", [b"", b"\0" * 64, b"<!-- cached by a plugin -->\n"])
def test_gzip_of_several_members_is_read_to_its_end(size: int, tail: bytes) -> None:
    body = urlset(*(f"<loc>https://a.kz/n/{i}</loc>" for i in range(9)))
    packed = b"".join(gzip.compress(body[at : at + size]) for at in range(0, len(body), size))
    assert read_sitemap(packed + tail, CHANNEL) == read_sitemap(body, CHANNEL)


def test_a_member_that_is_cut_is_damage() -> None:
    body = urlset("<loc>https://a.kz/n/1</loc>")
    packed = gzip.compress(body[:40]) + gzip.compress(body[40:])
    assert read_sitemap(packed[:-9], CHANNEL) == DiscoveryResult(problems=Counter([problems.BAD_GZIP]))


def test_members_without_end_are_refused() -> None:
    packed = gzip.compress(urlset()) + gzip.compress(b"") * 110_000
    assert read_sitemap(packed, CHANNEL) == DiscoveryResult(problems=Counter([problems.BAD_GZIP]))


def large(size: int, entry: str) -> bytes:
    """A sitemap of about `size` bytes between two entries of its own."""
    filling = f"<url>{entry}</url>\n" * (size // (len(entry) + 12))
    return f"{HEAD}<urlset {NS}><url><loc>https://a.kz/n/1</loc></url>{filling}<url><loc>https://a.kz/n/2</loc></url></urlset>".encode()


def test_a_sitemap_of_fifty_megabytes_is_read_in_little_memory() -> None:
    body = large(MAX_SITEMAP_BYTES - 1000, f"<loc>https://a.kz/photo/1.html</loc><priority>0.1</priority>{' ' * 2000}")
    packed = gzip.compress(body, 1)
    tracemalloc.start()
    found = read_sitemap(packed, CHANNEL)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [x.url for x in found.urls] == ["https://a.kz/n/1", "https://a.kz/photo/1.html", "https://a.kz/n/2"]
    assert not found.problems
    assert peak < 8 * 1024 * 1024
    assert read_sitemap(packed + gzip.compress(b" " * 9000), CHANNEL) == DiscoveryResult(problems=Counter([problems.TOO_LARGE]))


@pytest.mark.parametrize(("root", "entry"), [("sitemapindex", "sitemap")])
def test_entries_beyond_what_is_read_are_counted(root: str, entry: str) -> None:
    many = f"<{root}>{f'<{entry}/>' * (MAX_ENTRIES + 70_000)}</{root}>".encode()
    assert read_sitemap(many, CHANNEL).problems == {problems.NO_ADDRESS: MAX_ENTRIES, problems.TOO_MANY: 70_000}


@pytest.mark.parametrize(
    ("hostile", "problem"),
    [
        (b"<url>" + b"<loc/>" * 200_000, problems.TOO_COMPLEX),
        (b"<url " + b" ".join(b'a%d="%s"' % (i, b">" * 300) for i in range(400)) + b"/>", problems.TOO_COMPLEX),
        (b"<url><loc>" + b" " * 2_000_000 + b"</loc></url>", problems.TOO_COMPLEX),
        (b"<url/>" * 30_000 + b'<!DOCTYPE x [<!ENTITY a "b">]>', problems.ENTITIES),
        (b"".join(b'<u xmlns:n%d="http://a.kz/%d"/>' % (i, i) for i in range(8000)), problems.TOO_COMPLEX),
    ],
    ids=["elements", "attributes", "text", "entities", "namespaces"],
)
def test_what_no_parser_can_bear_is_refused_wherever_it_stands(hostile: bytes, problem: str) -> None:
    good = b"<url><loc>https://a.kz/n/1</loc></url>" * 4000
    assert read_sitemap(b"<urlset>" + good + hostile + b"</urlset>", CHANNEL) == DiscoveryResult(problems=Counter([problem]))


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 300), st.sampled_from(["utf-8", "utf-8-sig", "windows-1251", "utf-16"]))
def test_letters_and_references_at_the_border_of_a_piece_stay_whole(shift: int, charset: str) -> None:
    entry = "<loc>https://a.kz/n/{}</loc><news:news><news:title>Сенат &#171;{}&#187; &amp; мәжіліс</news:title></news:news>"
    entries = "".join(f"<url>{entry.format(i, i)}</url>" for i in range(1500))
    body = f'<?xml version="1.0" encoding="{charset.removesuffix("-sig")}"?><urlset {NS}>{" " * shift}{entries}</urlset>'
    expected = [f"Сенат «{i}» & мәжіліс" for i in range(1500)]
    if charset == "windows-1251":
        body, expected = body.replace("мәжіліс", "маслихат"), [x.replace("мәжіліс", "маслихат") for x in expected]
    assert [x.title for x in read_sitemap(body.encode(charset), CHANNEL).urls] == expected


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", problems.EMPTY),
        (gzip.compress(b""), problems.EMPTY),
        (gzip.compress(b"x" * 1000)[:20], problems.BAD_GZIP),
        (b"\x1f\x8bnonsense", problems.BAD_GZIP),
        (gzip.compress(b"<urlset><url>" * 9 + b"<loc/>" * (MAX_SITEMAP_BYTES // 6)), problems.TOO_COMPLEX),
        (b"<html><title>404</title></html>", problems.WEB_PAGE),
        (b"https://a.kz/n/1", problems.NOT_XML),
        (b'<!DOCTYPE urlset [<!ENTITY x SYSTEM "file:///etc/passwd">]><urlset><url><loc>&x;</loc></url></urlset>', problems.ENTITIES),
    ],
)
def test_what_is_no_sitemap_says_so(body: bytes, problem: str) -> None:
    assert read_sitemap(body, CHANNEL) == DiscoveryResult(problems=Counter([problem]))


def test_an_external_document_type_is_not_fetched_and_includes_are_not_followed() -> None:
    body = (
        b'<!DOCTYPE urlset SYSTEM "file:///etc/passwd"><urlset xmlns:xi="http://www.w3.org/2001/XInclude">'
        b'<url><loc>https://a.kz/n/1</loc></url><url><loc><xi:include href="/etc/passwd" parse="text"/></loc></url></urlset>'
    )
    found = read_sitemap(body, CHANNEL)
    assert [x.url for x in found.urls] == ["https://a.kz/n/1"]
    assert found.problems == {problems.NO_ADDRESS: 1}


def test_of_a_broken_sitemap_the_readable_part_counts() -> None:
    body = b"\n " + urlset(*(f"<loc>https://a.kz/n/{i}</loc>" for i in range(3)))
    found = read_sitemap(body[: body.index(b"/n/2")], CHANNEL)
    assert {"https://a.kz/n/0", "https://a.kz/n/1"} <= {x.url for x in found.urls}
    assert found.problems[problems.MALFORMED] == 1


def test_bad_addresses_are_counted() -> None:
    found = read_sitemap(urlset("<loc>ftp://a.kz/1</loc>", "<loc/>", "", "<loc>https://a.kz/n/1</loc>"), CHANNEL)
    assert [x.url for x in found.urls] == ["https://a.kz/n/1"]
    assert found.problems == {problems.NOT_WEB: 1, problems.NO_ADDRESS: 2}


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=80))
def test_nothing_that_begins_like_a_sitemap_raises(rest: bytes) -> None:
    read_sitemap(b"<urlset><url><loc>" + rest, CHANNEL)
    read_sitemap(gzip.compress(b"<sitemapindex>" + rest), CHANNEL)
