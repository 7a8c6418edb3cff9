from __future__ import annotations

import gzip
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from harvester.catalogue.declaration import Declaration
from harvester.fetching.captured_response import CapturedResponse
from harvester.response_handler import SEARCH_RECHECK, SourceContext, handle_response
from pipelines.draft import Draft
from pipelines.rules import StageRules
from storage.model.capture_result import CaptureResult
from storage.model.captures import Capture, OutcomeKind, WarcPointer
from storage.model.frontier import MAX_HOPS, FrontierEntry
from storage.model.sources import AddressKind, Channel, Items, Source, SourceKind
from storage.warc.response import WarcResponse

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
HOME = "https://vestnik.example/"
SOURCE = Source("vestnik", "Вестник", SourceKind.NEWSPAPER, HOME, ("ru",))
LISTING = Channel(AddressKind.LISTING, f"{HOME}news/", section="Новости", pages=f"{HOME}news/?page={{page}}")
DECLARATION = Declaration(SOURCE, (Channel(AddressKind.FEED, f"{HOME}rss.xml"), LISTING))
FRAME = SourceContext(DECLARATION, StageRules(SOURCE), timedelta(minutes=10))


def entry(
    url: str = f"{HOME}n/1", kind: AddressKind = AddressKind.ARTICLE, channel: str = f"{HOME}rss.xml", hops: int = 0
) -> FrontierEntry:
    return FrontierEntry(7, "vestnik", url, kind, channel, None, 0, hops, NOW)


def answer(
    status: int = 200,
    body: bytes = b"<html><p>x</p></html>",
    headers: tuple[tuple[str, str], ...] = (),
    url: str = f"{HOME}n/1",
    known: str = "",
) -> CapturedResponse:
    pointer = WarcPointer("a.warc.gz", 0, 1, "<urn:1>")
    capture = Capture("vestnik", url, NOW, status, "text/html", "sha256:A", pointer)
    return CapturedResponse(capture, WarcResponse("<urn:1>", url, NOW, status, "", headers, body, 0), known=known)


def settled(given: CapturedResponse, asked: FrontierEntry | None = None) -> CaptureResult:
    result = handle_response(given, asked or entry(), FRAME)
    assert isinstance(result, CaptureResult)
    return result


def test_the_page_of_an_article_becomes_a_draft() -> None:
    draft = handle_response(answer(), entry(), FRAME)
    assert isinstance(draft, Draft)
    assert (draft.page.body, draft.entry, draft.outcome) == (b"<html><p>x</p></html>", 7, None)


def test_content_codings_are_undone_before_reading() -> None:
    draft = handle_response(answer(body=gzip.compress(b"<html>"), headers=(("Content-Encoding", "gzip"),)), entry(), FRAME)
    assert isinstance(draft, Draft)
    assert draft.page.body == b"<html>"


@pytest.mark.parametrize("body", [gzip.compress(b"<html>" * 500)[:-20], b"\0no gzip", gzip.compress(b"x")[:-5] + b"\0\0\0\0\0"])
def test_a_broken_coding_is_never_taken_for_a_page(body: bytes) -> None:
    assert settled(answer(body=body, headers=(("Content-Encoding", "gzip"),))).outcome.kind is OutcomeKind.UNREADABLE


def test_a_text_without_the_coding_that_its_header_names_is_read_and_flagged() -> None:
    draft = handle_response(answer(headers=(("Content-Encoding", "gzip"),)), entry(), FRAME)
    assert isinstance(draft, Draft)
    assert (draft.page.body, draft.flags) == (b"<html><p>x</p></html>", ("coding_absent: gzip",))


def test_what_is_not_whole_is_never_read() -> None:
    given = answer(known="sha256:A")
    cut = settled(replace(given, capture=replace(given.capture, truncated="disconnect")))
    assert (cut.outcome.kind, cut.outcome.reason) == (OutcomeKind.UNREADABLE, "truncated: disconnect")


def test_a_page_that_may_be_cut_is_flagged() -> None:
    draft = handle_response(replace(answer(), doubtful=True), entry(), FRAME)
    assert isinstance(draft, Draft)
    assert draft.flags == ("maybe_truncated",)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (404, OutcomeKind.GONE),
        (410, OutcomeKind.GONE),
        (401, OutcomeKind.REFUSED),
        (403, OutcomeKind.REFUSED),
        (429, OutcomeKind.REFUSED),
        (451, OutcomeKind.REFUSED),
        (500, OutcomeKind.SERVER_ERROR),
        (503, OutcomeKind.SERVER_ERROR),
        (999, OutcomeKind.SERVER_ERROR),
        (204, OutcomeKind.SERVER_ERROR),
        (206, OutcomeKind.SERVER_ERROR),
    ],
)
def test_a_status_that_is_no_page(status: int, kind: OutcomeKind) -> None:
    result = settled(answer(status, b"<html>an article all the same</html>"))
    assert (result.outcome.kind, result.outcome.reason, result.entry) == (kind, f"status {status}", 7)


def test_not_modified_counts_only_when_it_was_asked_for() -> None:
    assert settled(answer(304, b"", known="sha256:A")).outcome.kind is OutcomeKind.UNCHANGED
    assert settled(answer(304, b"")).outcome.kind is OutcomeKind.SERVER_ERROR


def test_retry_after_puts_the_address_off() -> None:
    assert settled(answer(503, headers=(("Retry-After", "120"),))).not_before == NOW + timedelta(seconds=120)


def redirected(location: str, asked: FrontierEntry | None = None) -> CaptureResult:
    return settled(answer(301, b"", (("Location", location),)), asked)


def test_a_redirect_within_the_source_is_a_new_address_in_the_frontier() -> None:
    result = redirected("/n/2")
    assert result.outcome.reason == f"to {HOME}n/2"
    assert ([x.url for x in result.found], result.hops) == ([f"{HOME}n/2"], 1)


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("https://elsewhere.example/n/1", "not an article of this source"),
        (HOME, "not an article of this source"),
        ("http://127.0.0.1/n/1", "not an article of this source"),
        ("javascript:alert(1)", "nowhere"),
        ("file:///etc/passwd", "nowhere"),
        ("", "nowhere"),
        ("http://[::1", "nowhere"),
        ("/n/" + "x" * 200_000, "nowhere"),
    ],
)
def test_a_redirect_elsewhere_is_written_down_and_not_followed(location: str, reason: str) -> None:
    result = redirected(location)
    assert result.outcome.kind is OutcomeKind.REDIRECT
    assert result.outcome.reason.startswith(reason)
    assert result.found == ()


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("/n/?tema=\xd0\xe5\xf4\xee\xf0\xec\xe0", "n/?tema=%D0%E5%F4%EE%F0%EC%E0"),
        ("/n/новая".encode().decode("latin-1"), "n/%D0%BD%D0%BE%D0%B2%D0%B0%D1%8F"),
        (
            "/index.php?option=com_content&view=article&id=41&catid=12&Itemid=1",
            "index.php?option=com_content&view=article&id=41&catid=12&Itemid=1",
        ),
    ],
)
def test_a_redirect_leads_where_a_browser_would_go(location: str, target: str) -> None:
    assert [x.url for x in redirected(location).found] == [HOME + target]


def test_a_sitemap_may_be_larger_than_a_page() -> None:
    entries = (
        b"".join(b"<url><loc>%sn/%d</loc></url>" % (HOME.encode(), number) for number in range(3))
        + (b"<url></url>" + b" " * 10_000) * 1_100
    )
    body = gzip.compress(b"<urlset>" + entries + b"</urlset>", 1)
    given = answer(body=body, headers=(("Content-Encoding", "gzip"),), url=f"{HOME}map.xml")
    as_sitemap = settled(given, entry(f"{HOME}map.xml", AddressKind.SITEMAP, f"{HOME}map.xml"))
    assert len(as_sitemap.found) == 3
    assert as_sitemap.outcome.reason == "3 addresses; entry without an address (1100)"
    for kind in (AddressKind.ARTICLE, AddressKind.FEED):
        assert settled(given, entry(f"{HOME}map.xml", kind)).outcome.reason.startswith("too_large: gzip: more than 10485760")


@pytest.mark.parametrize(("location", "hops"), [("/n/2", MAX_HOPS), ("/n/1", 0), ("/n/1#again", 0)])
def test_redirects_end_as_a_failure(location: str, hops: int) -> None:
    result = redirected(location, entry(hops=hops))
    assert result.outcome.kind is OutcomeKind.SERVER_ERROR
    assert result.outcome.reason.startswith("redirect_loop: to ")
    assert result.found == ()


FEED = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>x</title>
<item><title>A</title><link>https://vestnik.example/n/5</link></item></channel></rss>"""


def test_a_channel_comes_round_again_and_brings_addresses() -> None:
    asked = entry(f"{HOME}rss.xml", AddressKind.FEED)
    result = settled(answer(body=FEED, url=asked.url), asked)
    assert (result.outcome.kind, result.next_due) == (OutcomeKind.CHANNEL, NOW + timedelta(minutes=10))
    assert [x.url for x in result.found] == [f"{HOME}n/5"]
    assert settled(answer(body=FEED, url=asked.url, known="sha256:A"), asked).outcome.kind is OutcomeKind.UNCHANGED


@pytest.mark.parametrize("body", [b"", b"<html><body>Sorry</body></html>"])
def test_a_channel_that_is_none_is_a_failure(body: bytes) -> None:
    asked = entry(f"{HOME}rss.xml", AddressKind.FEED)
    result = settled(answer(body=body, url=asked.url), asked)
    assert (result.outcome.kind, result.found) == (OutcomeKind.UNREADABLE, ())
    assert result.outcome.reason


def test_a_listing_leads_to_its_next_page() -> None:
    asked = entry(LISTING.url, AddressKind.LISTING, LISTING.url)
    result = settled(answer(body=b'<html><a href="/n/5">A</a></html>', url=asked.url), asked)
    assert result.further is not None
    assert (result.further.url, result.further.channel) == (f"{HOME}news/?page=2", LISTING.url)
    asked = replace(asked, url=result.further.url)
    result = settled(answer(body=b'<html><a href="/n/6">A</a></html>', url=asked.url), asked)
    assert result.further is not None
    assert result.further.url == f"{HOME}news/?page=3"
    assert settled(answer(body=b"<html></html>", url=asked.url), asked).further is None


SINCE = datetime(2026, 3, 1, tzinfo=UTC)


def test_a_backfill_reads_a_page_that_it_knows_and_leaves_out_what_is_older() -> None:
    asked = replace(entry(f"{HOME}rss.xml", AddressKind.FEED), since=SINCE)
    old = FEED.replace(b"<item>", b"<item><pubDate>Sat, 28 Feb 2026 10:00:00 GMT</pubDate>")
    result = settled(answer(body=FEED, url=asked.url, known="sha256:A"), asked)
    assert [x.url for x in result.found] == [f"{HOME}n/5"]
    result = settled(answer(body=old, url=asked.url), asked)
    assert (result.found, result.outcome.reason) == ((), "0 addresses; older than asked for (1)")
    assert [x.url for x in settled(answer(body=old, url=asked.url), replace(asked, since=None)).found] == [f"{HOME}n/5"]


API = Channel(AddressKind.API, f"{HOME}api?page={{page}}", items=Items(url="link", date="date"))
API_FRAME = replace(FRAME, declaration=Declaration(SOURCE, (API,)))


def test_a_page_of_an_api_that_is_dated_wholly_before_the_day_is_the_last() -> None:
    asked = replace(entry(f"{HOME}api?page=2", AddressKind.API, API.url), since=SINCE)
    for day, further in (("2026-02-28", None), ("2026-03-02", f"{HOME}api?page=3")):
        body = f'[{{"link": "/n/5", "date": "2026-02-27"}}, {{"link": "/n/6", "date": "{day}"}}]'.encode()
        result = handle_response(answer(body=body, url=asked.url), asked, API_FRAME)
        assert isinstance(result, CaptureResult)
        assert (result.further and result.further.url) == further
        assert result.further is None or (result.further.kind, result.further.channel) == (AddressKind.API, API.url)


@pytest.mark.parametrize(
    ("path", "kind"),
    [("api?page=2", OutcomeKind.GONE), ("api?page=1", OutcomeKind.SERVER_ERROR), ("n/1", OutcomeKind.SERVER_ERROR)],
)
def test_an_api_refuses_the_page_after_its_last_as_a_bad_request(path: str, kind: OutcomeKind) -> None:
    asked = entry(HOME + path, AddressKind.API if "api" in path else AddressKind.ARTICLE, API.url)
    result = handle_response(answer(400, b"{}", url=asked.url), asked, API_FRAME)
    assert isinstance(result, CaptureResult)
    assert result.outcome.kind is kind


def test_nothing_is_put_into_the_frontier_by_pages_that_nobody_asked_for() -> None:
    result = handle_response(answer(301, b"", (("Location", "/n/2"),)), None, FRAME)
    assert isinstance(result, CaptureResult)
    assert (result.found, result.entry) == ((), None)


def test_a_search_comes_round_no_sooner_than_after_six_hours() -> None:
    pattern = f"{HOME}search?q={{query}}"
    asked = entry(f"{HOME}search?q=x", AddressKind.SEARCH, pattern)
    result = settled(answer(body=b"<html><a href='/n/5'>x</a></html>", url=asked.url), asked)
    assert result.next_due == NOW + SEARCH_RECHECK
