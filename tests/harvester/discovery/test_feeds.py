from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harvester.discovery import discovery_result as problems
from harvester.discovery.discovery_result import DiscoveryResult
from harvester.discovery.feeds import MAX_ENTRIES, read_feed
from storage.model.sources import AddressKind, Channel, DiscoveredUrl

CHANNEL = Channel(AddressKind.FEED, "https://a.kz/feeds/rss.xml", section="Новости")


def rss(*entries: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>t</title>{"".join(entries)}</channel></rss>'.encode()


def addresses(found: DiscoveryResult) -> list[str]:
    return [x.url for x in found.urls]


def test_an_entry_gives_address_date_and_title() -> None:
    body = rss(
        "<item><title> Сенат\n &amp; Мажилис </title><link>https://A.kz/n/1?utm_source=rss#top</link>"
        "<pubDate>Tue, 03 Mar 2026 14:05:00 +0500</pubDate></item>"
    )
    found = read_feed(body, CHANNEL)
    assert found.urls == (
        DiscoveredUrl(
            url="https://a.kz/n/1",
            kind=AddressKind.ARTICLE,
            channel=CHANNEL.url,
            dated=datetime(2026, 3, 3, 9, 5, tzinfo=UTC),
            title="Сенат & Мажилис",
            section="Новости",
        ),
    )
    assert not found.problems
    assert found.next_page is None


def test_atom_and_rdf() -> None:
    atom = (
        b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><link rel="self" href="/self"/><link href="/n/1"/><title>T</title>'
        b"<updated>2026-03-03T10:00:00+05:00</updated></entry></feed>"
    )
    one = read_feed(atom, CHANNEL).urls[0]
    assert (one.url, one.title, one.dated) == ("https://a.kz/n/1", "T", datetime(2026, 3, 3, 5, tzinfo=UTC))
    rdf = (
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        b'xmlns:dc="http://purl.org/dc/elements/1.1/"><item><link>https://a.kz/n/2</link><dc:date>2026-03-03</dc:date></item></rdf:RDF>'
    )
    assert [(x.url, x.dated) for x in read_feed(rdf, CHANNEL).urls] == [("https://a.kz/n/2", datetime(2026, 3, 3, tzinfo=UTC))]


ALTERNATE = '<link rel="alternate" type="text/html" href="/n/1"/>'


@pytest.mark.parametrize(
    "links",
    [
        ALTERNATE + '<link rel="enclosure" type="image/jpeg">/i/1.jpg</link>',
        '<link rel="enclosure" type="image/jpeg">/i/1.jpg</link>' + ALTERNATE,
        '<link rel="related">/other</link><link href="/n/1"/><link rel="thumbnail">/i/1.jpg</link>',
        ALTERNATE + '<link rel="self">/atom/1</link><link rel="replies" type="text/html">/n/1/comments</link>',
        '<link rel="http://www.iana.org/assignments/relation/alternate" href="/n/1"/><link rel="via">https://b.kz/</link>',
        '<link rel="alternate" type="image/jpeg" href="/i/1.jpg"/><link rel="Alternate" type="application/xhtml+xml" href="/n/1"/>',
        '<link rel="alternate" type="application/json" href="/n/1.json"/><link rel="edit">/edit/1</link>' + ALTERNATE,
        '<link rel="enclosure" type="audio/mpeg" href="/1.mp3">/1.mp3</link><id>https://a.kz/n/1</id>',
    ],
)
def test_the_page_of_an_entry_is_its_alternate(links: str) -> None:
    atom = f'<feed xmlns="http://www.w3.org/2005/Atom"><entry>{links}<title>T</title></entry></feed>'
    assert addresses(read_feed(atom.encode(), CHANNEL)) == ["https://a.kz/n/1"]
    within = links.replace("<link ", "<a:link ").replace("</link>", "</a:link>").replace("<id>", "<guid>").replace("</id>", "</guid>")
    mixed = f'<rss xmlns:a="http://www.w3.org/2005/Atom"><channel><item>{within}</item></channel></rss>'
    assert addresses(read_feed(mixed.encode(), CHANNEL)) == ["https://a.kz/n/1"]


def test_an_entry_with_nothing_but_a_picture_has_no_address() -> None:
    entry = '<entry><link rel="enclosure" type="image/jpeg">https://a.kz/i/1.jpg</link></entry>'
    found = read_feed(f'<feed xmlns="http://www.w3.org/2005/Atom">{entry}</feed>'.encode(), CHANNEL)
    assert (found.urls, found.problems) == ((), {problems.NO_ADDRESS: 1})


def test_good_entries_are_kept_and_each_bad_one_is_counted() -> None:
    links = [
        "https://a.kz/n/1",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https://a.kz/" + "x" * 3000,
        "http://[broken/",
        "https://user:pw@a.kz/n/2",
        "../n/3",
        "",
        "https://a.kz/n/1",
    ]
    found = read_feed(rss(*(f"<item><guid isPermaLink='false'>same</guid><link>{x}</link></item>" for x in links)), CHANNEL)
    assert addresses(found) == ["https://a.kz/n/1", "https://a.kz/n/3"]
    assert found.problems == {problems.NOT_WEB: 4, problems.TOO_LONG: 1, problems.NO_ADDRESS: 1}


def test_an_entry_without_link_or_guid_is_counted() -> None:
    found = read_feed(rss("<item><title>t</title></item>", "<item><guid>https://a.kz/n/1</guid></item>"), CHANNEL)
    assert addresses(found) == ["https://a.kz/n/1"]
    assert found.problems == {problems.NO_ADDRESS: 1}


@pytest.mark.parametrize(
    "date", ["Fri, 31 Feb 2026 99:00:00 GMT", "вчера", "", "Thu, 01 Jan 1970 00:00:00 GMT", "0000-00-00", "3026-01-01"]
)
def test_a_date_that_makes_no_sense_is_none(date: str) -> None:
    found = read_feed(rss(f"<item><link>https://a.kz/n/1</link><pubDate>{date}</pubDate></item>"), CHANNEL)
    assert [x.dated for x in found.urls] == [None]


def test_relative_addresses_resolve_against_where_the_feed_came_from() -> None:
    body = rss("<item><link>n/1</link></item>")
    assert addresses(read_feed(body, CHANNEL)) == ["https://a.kz/feeds/n/1"]
    assert addresses(read_feed(body, CHANNEL, at="https://a.kz/other/rss")) == ["https://a.kz/other/n/1"]


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", problems.EMPTY),
        (b" \n ", problems.EMPTY),
        (b"<!DOCTYPE html><html><body>no feed</body></html>", problems.WEB_PAGE),
        (b"{}", problems.NOT_XML),
        (b"<?xml version='1.0'?><data/>", problems.NOT_XML),
    ],
)
def test_what_is_no_feed_says_so(body: bytes, problem: str) -> None:
    assert read_feed(body, CHANNEL) == DiscoveryResult(problems=Counter([problem]))


def test_a_feed_without_entries_is_no_problem() -> None:
    assert read_feed(rss(), CHANNEL) == DiscoveryResult()


def test_of_a_truncated_feed_the_readable_part_counts() -> None:
    body = rss(*(f"<item><link>https://a.kz/n/{i}</link></item>" for i in range(5)))
    found = read_feed(body[: body.index(b"/n/4")], CHANNEL)
    assert {"https://a.kz/n/0", "https://a.kz/n/3"} <= set(addresses(found))
    assert found.problems[problems.MALFORMED] == 1


def test_windows_1251_by_declaration() -> None:
    body = "<?xml version='1.0' encoding='windows-1251'?><rss><channel><item><title>Сенат</title><link>/n/1</link></item></channel></rss>"
    assert read_feed(body.encode("cp1251"), CHANNEL).urls[0].title == "Сенат"


LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(10))
    + "]><rss><channel><item><title>&k;</title><link>https://a.kz/n/1</link></item></channel></rss>"
)


@pytest.mark.parametrize(
    "body",
    [
        LAUGHS.encode(),
        LAUGHS.lower().encode().replace(b"entity", b"EnTiTy"),
        LAUGHS.encode("utf-16"),
        b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><channel><item><title>&x;</title></item></channel></rss>',
        b'<!DOCTYPE r [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x.dtd">%x;]><rss></rss>',
    ],
)
def test_declared_entities_are_refused(body: bytes) -> None:
    assert read_feed(body, CHANNEL) == DiscoveryResult(problems=Counter([problems.ENTITIES]))


def test_a_feed_is_never_taken_for_a_name_of_something_to_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    name = "<rss>"
    Path(name).write_bytes(rss("<item><link>https://a.kz/secret</link></item>"))
    assert read_feed(name.encode(), CHANNEL).urls == ()


def test_a_huge_feed_is_read_from_its_start_and_the_rest_is_counted() -> None:
    found = read_feed(rss(*(f"<item><link>https://a.kz/n/{i}</link></item>" for i in range(MAX_ENTRIES + 7))), CHANNEL)
    assert len(found.urls) == MAX_ENTRIES
    assert found.problems == {problems.TOO_MANY: 7}


PIECES = st.sampled_from(
    """<rss>|<feed xmlns='http://www.w3.org/2005/Atom'>|<channel>|<item>|</item>|<link>|</link>|<link href='http://[x'/>|<![CDATA[|]]>|&#0;
    &nbsp;|http://[|<pubDate>|</pubDate>|99999999999999999999|<title type='xhtml'>|<!--|\x00|ж|/n/1|<guid>|</guid>|xml:base='http://['
    <media:content url='x'>|<?xml version='1.0' encoding='nope'?>|-0001-01-01T""".replace("\n    ", "|").split("|")
)


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=25).map(lambda x: "<rss><channel>" + "".join(x)))
def test_nothing_that_looks_like_a_feed_raises(text: str) -> None:
    read_feed(text.encode(), CHANNEL)
