from __future__ import annotations

import asyncio
import codecs
import gzip
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest
from scrapy import Request
from scrapy.exceptions import DownloadFailedError
from scrapy.http import Response
from scrapy.settings import Settings

from harvester.fetching.captured_response import CapturedResponse
from harvester.fetching.capturing import ANSWER, SOURCE
from harvester.fetching.guard import RequestBlocked
from harvester.fetching.robots import HEADROOM, ROBOTS, RobotsMiddleware
from harvester.fetching.robots_policy import MAX_BYTES, MIN_LIFETIME, only_groups_of, policy_of
from storage.model.captures import Capture, WarcPointer
from storage.model.frontier import LONGEST_PAUSE, FailureScope
from storage.warc.digests import payload_digest
from storage.warc.response import WarcResponse

if TYPE_CHECKING:
    from collections.abc import Sequence

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
HOST = "https://vestnik.example"
AGENT = "NewsHarvester/1.0 (+archive@example.org)"
OPEN = b"User-agent: *\nDisallow: /private/\n"
CLOSED = b"User-agent: *\nDisallow: /\n"


def answer(status: int = 200, body: bytes = OPEN, url: str = f"{HOST}/robots.txt", at: datetime = NOON, **headers: str) -> CapturedResponse:
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    capture = Capture("vestnik", url, at, status, "text/plain", payload_digest(body), WarcPointer("a.warc.gz", 0, 1, "<urn:1>"))
    return CapturedResponse(capture, WarcResponse("<urn:1>", url, at, status, "", named, body, 0))


# ── what an answer means ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "given",
    [
        answer(),
        answer(203),
        answer(204, b""),
        answer(body=b""),
        answer(body=codecs.BOM_UTF8 + OPEN.replace(b"\n", b"\r\n")),
        answer(body=codecs.BOM_UTF16_LE + OPEN.decode().encode("utf-16-le")),
        answer(body="# Только для роботов\n".encode("cp1251") + OPEN),
        answer(body=gzip.compress(OPEN), content_encoding="gzip"),
        answer(body=b"\n<!doctype html><html>not found</html>"),
        *(answer(status, CLOSED) for status in (400, 401, 403, 404, 410, 451)),
    ],
)
def test_a_host_that_says_nothing_against_it_may_be_asked(given: CapturedResponse) -> None:
    assert policy_of(given, AGENT).why_not(f"{HOST}/n/1", AGENT) is None


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        *((answer(status, OPEN), f"robots_unreachable: status {status}") for status in (206, 202, 304, 301, 408, 429, 500, 503, 599, 999)),
        (answer(body=gzip.compress(OPEN * 50)[:-9], content_encoding="gzip"), "robots_damaged: bad_encoding"),
        (answer(body=OPEN, content_encoding="foo"), "robots_damaged: bad_encoding"),
        (answer(body=gzip.compress(OPEN)), "robots_damaged: no text"),
        (answer(body=b"\x89PNG\r\n\x1a\n\x00\x00"), "robots_damaged: no text"),
        (answer(body=OPEN + b"\0"), "robots_damaged: no text"),
    ],
)
def test_a_host_whose_wishes_are_unknown_is_closed_and_what_waits_stays(given: CapturedResponse, reason: str) -> None:
    refusal = policy_of(given, AGENT).why_not(f"{HOST}/n/1", AGENT)
    assert refusal is not None
    assert refusal.reason.startswith(reason)
    assert refusal.scope is FailureScope.HOST


def test_what_is_disallowed_waits_for_other_rules() -> None:
    refusal = policy_of(answer(), AGENT).why_not(f"{HOST}/private/1", AGENT)
    assert refusal is not None
    assert (refusal.reason, refusal.scope) == ("robots_disallowed", FailureScope.RULE)


def test_rules_count_up_to_a_size() -> None:
    late = b"User-agent: *\n" + b"# filling\n" * (MAX_BYTES // 10) + b"Disallow: /n/\n"
    assert policy_of(answer(body=late), AGENT).why_not(f"{HOST}/n/1", AGENT) is None


@pytest.mark.parametrize(
    ("said", "lifetime"),
    [
        ("", timedelta(hours=24)),
        ("max-age=7200", timedelta(hours=2)),
        ("public, MAX-AGE = 7200", timedelta(hours=2)),
        ("max-age=31536000", timedelta(hours=24)),
        ("max-age=0", MIN_LIFETIME),
        ("no-cache, max-age=99999", MIN_LIFETIME),
        ("max-age=soon", timedelta(hours=24)),
        ("max-age=" + "9" * 5000, timedelta(hours=24)),
    ],
)
def test_a_robots_txt_is_kept_for_its_lifetime(said: str, lifetime: timedelta) -> None:
    assert policy_of(answer(cache_control=said), AGENT).expires == NOON + lifetime


@pytest.mark.parametrize("said", ["-5", "nan", "inf", "soon", "1e999", "", "1,5"])
def test_a_crawl_delay_that_is_none_does_no_harm(said: str) -> None:
    policy = policy_of(answer(body=f"User-agent: *\nCrawl-delay: {said}\nDisallow: /private/\n".encode()), AGENT)
    assert policy.delay is None
    assert policy.why_not(f"{HOST}/private/1", AGENT) is not None


@pytest.mark.parametrize("name", ["newsharvester", "NewsHarvester/1.0", "*", "NEWSHARVESTER*"])
def test_groups_for_us_are_kept_among_those_for_others(name: str) -> None:
    body = f"User-agent: bingbot\nUser agent Yandex\nDisallow: /n/\n\nUser-agent: other\nuser-agent: {name} # us\nDisallow: /private/\n"
    policy = policy_of(answer(body=body.encode()), AGENT)
    assert policy.why_not(f"{HOST}/n/1", AGENT) is None
    assert policy.why_not(f"{HOST}/private/1", AGENT) is not None


@pytest.mark.parametrize(
    "body",
    [
        "".join(f"User-agent: bot{n}\n" for n in range(12_000)) + "Disallow: /a\n" * 12_000,
        "User-agent: *\n" * 16_000 + "Disallow: /a\n" * 16_000,
        "User-agent: *\n" + "".join(f"Disallow: /*{n}*a*b*c$\n" for n in range(20_000)),
        "User-agent: *\nDisallow: /" + "*a" * 200_000,
        "User-agent: *\nDisallow: /" + "%" * 400_000,
        "User-agent" + " " * 400_000 + ": x\nDisallow: /n\n",
        " " * 500_000,
    ],
    ids=["names", "stars", "wildcards", "one-wildcard", "percent", "blanks", "nothing"],
)
def test_rules_are_read_in_time_that_grows_with_them(body: str) -> None:
    begun = time.process_time()
    policy_of(answer(body=body.encode()), AGENT).why_not(f"{HOST}/n/{'a' * 1900}", AGENT)
    assert time.process_time() - begun < 10  # a fraction of a second each; what is quadratic takes minutes


def test_names_of_others_become_one() -> None:
    assert only_groups_of("User-agent: bingbot\nUser-agent: yandex\n", AGENT).splitlines() == ["User-agent: -another-"] * 2


# ── when it is asked for ──────────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class World:
    """A host, an archive that keeps its robots.txt, and a clock."""

    site: dict[str, CapturedResponse | Exception] = field(default_factory=dict)
    kept: dict[str, CapturedResponse] = field(default_factory=dict)
    now: datetime = NOON
    asked: Counter[str] = field(default_factory=Counter)
    held_off: dict[str, datetime] = field(default_factory=dict)
    opened: list[tuple[str, bool]] = field(default_factory=list)
    slots: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        downloader = SimpleNamespace(per_slot_settings={}, slots=self.slots)
        engine = SimpleNamespace(download_async=self.download, downloader=downloader)
        settings = Settings({"USER_AGENT": AGENT, "DOWNLOAD_DELAY": 2.0})
        self.downloader = downloader
        self.middleware = RobotsMiddleware(cast("Any", SimpleNamespace(settings=settings, engine=engine, spider=self)), self.clock)

    def clock(self) -> datetime:
        return self.now

    async def download(self, request: Request) -> Response:
        assert request.meta[ROBOTS]
        self.asked[request.url] += 1
        await asyncio.sleep(0)
        given = self.site.get(request.url, answer(404, b"", request.url, self.now))
        if isinstance(given, Exception):
            raise given
        request.meta[ANSWER] = given
        return Response(request.url, request=request)

    def receive_robots(self, given: CapturedResponse) -> None:
        self.kept[given.capture.url] = given

    def kept_robots(self, url: str) -> CapturedResponse | None:
        return self.kept.get(url)

    def host_opened(self, host: str, *, rules_changed: bool) -> None:
        self.opened.append((host, rules_changed))

    def hold_off(self, source: str, until: datetime) -> None:
        self.held_off[source] = until

    def ask(self, *urls: str, source: str = "vestnik") -> list[str]:
        """Why these addresses are refused, asked at once; empty where they are not."""

        async def one(url: str) -> str:
            try:
                await self.middleware.process_request(Request(url, meta={SOURCE: source}))
            except RequestBlocked as refusal:
                return f"{refusal.scope}: {refusal.reason}"
            return ""

        async def all_() -> Sequence[str]:
            return await asyncio.gather(*map(one, urls))

        return list(asyncio.run(all_()))


ROBOTS_TXT = f"{HOST}/robots.txt"


def test_it_is_asked_for_once_however_many_requests_wait() -> None:
    world = World({ROBOTS_TXT: answer()})
    assert world.ask(f"{HOST}/n/1", f"{HOST}/n/2", f"{HOST}/private/3") == ["", "", "rule: robots_disallowed"]
    assert world.asked == {ROBOTS_TXT: 1}
    assert world.opened == [(HOST, True)]


@pytest.mark.parametrize(
    ("kept", "asked"),
    [
        (answer(at=NOON - timedelta(hours=23)), 0),
        (answer(404, b"", at=NOON - timedelta(hours=23)), 0),
        (answer(at=NOON - timedelta(hours=25)), 1),
        (answer(at=NOON - timedelta(hours=2), cache_control="max-age=600"), 1),
        (answer(at=NOON + timedelta(days=3650)), 1),
        (answer(503, at=NOON - timedelta(minutes=1)), 1),
        (answer(body=b"\0", at=NOON - timedelta(minutes=1)), 1),
    ],
)
def test_a_kept_one_allows_as_long_as_it_lives(kept: CapturedResponse, asked: int) -> None:
    world = World({ROBOTS_TXT: answer(body=OPEN)}, {ROBOTS_TXT: kept})
    assert world.ask(f"{HOST}/n/1") == [""]
    assert world.asked.total() == asked


def test_a_kept_one_never_refuses_by_itself() -> None:
    world = World({ROBOTS_TXT: answer(body=OPEN)}, {ROBOTS_TXT: answer(body=CLOSED, at=NOON - timedelta(minutes=1))})
    assert world.ask(f"{HOST}/n/1", f"{HOST}/n/2") == ["", ""]
    assert world.asked == {ROBOTS_TXT: 1}
    assert world.opened == [(HOST, True)]
    world = World({ROBOTS_TXT: answer(body=CLOSED)}, {ROBOTS_TXT: answer(body=CLOSED, at=NOON - timedelta(minutes=1))})
    assert world.ask(f"{HOST}/n/1", f"{HOST}/n/2") == ["rule: robots_disallowed"] * 2
    assert world.asked == {ROBOTS_TXT: 1}
    assert world.opened == [(HOST, False)]


def test_a_permission_does_not_outlive_its_day_within_a_long_run() -> None:
    world = World({ROBOTS_TXT: answer(body=CLOSED, at=NOON + timedelta(hours=2))}, {ROBOTS_TXT: answer(at=NOON - timedelta(hours=23))})
    assert world.ask(f"{HOST}/n/1") == [""]
    world.now += timedelta(hours=2)
    assert world.ask(f"{HOST}/n/2") == ["rule: robots_disallowed"]
    assert world.asked == {ROBOTS_TXT: 1}


@pytest.mark.parametrize(
    ("first", "reason"),
    [
        (DownloadFailedError("gone"), "robots_unreachable: connection"),
        (RequestBlocked("blocked_address: 10.0.0.1", FailureScope.ADDRESS), "blocked_address: 10.0.0.1"),
        (answer(302, b"", location="/robots.txt"), "robots_unreachable: too many redirects"),
        (answer(302, b"", location="http://[::1"), "robots_unreachable: leads nowhere"),
        (answer(302, b""), "robots_unreachable: status 302"),
    ],
)
def test_a_robots_txt_that_cannot_be_had_closes_the_host_for_the_run(first: CapturedResponse | Exception, reason: str) -> None:
    world = World({ROBOTS_TXT: first})
    assert world.ask(f"{HOST}/n/1") == [f"host: {reason}"]
    asked = world.asked.total()
    assert world.ask(f"{HOST}/n/2") == [f"host: {reason}"]
    assert world.asked.total() == asked <= 6
    assert world.opened == []


def test_redirects_are_followed_in_the_archive_too() -> None:
    elsewhere = "https://www.vestnik.example/robots.txt"
    site: dict[str, CapturedResponse | Exception] = {ROBOTS_TXT: answer(301, b"", location=elsewhere), elsewhere: answer(url=elsewhere)}
    world = World(site)
    assert world.ask(f"{HOST}/private/1", f"{HOST}/n/1") == ["rule: robots_disallowed", ""]
    again = World(site, world.kept)
    assert again.ask(f"{HOST}/n/1") == [""]
    assert again.asked.total() == 0


@pytest.mark.parametrize("kept", [True, False])
def test_a_crawl_delay_slows_the_host_down(kept: bool) -> None:  # noqa: FBT001
    given = answer(body=b"User-agent: *\nCrawl-delay: 10\n")
    world = World({ROBOTS_TXT: given}, {ROBOTS_TXT: given} if kept else {})
    world.slots["vestnik.example"] = SimpleNamespace(delay=2.3)
    assert world.ask(f"{HOST}/n/1", f"{HOST}/n/2") == ["", ""]
    assert world.slots["vestnik.example"].delay == 10 * HEADROOM
    assert world.downloader.per_slot_settings["vestnik.example"]["delay"] == 10 * HEADROOM
    assert world.held_off == {}


def test_a_crawl_delay_below_the_declared_one_changes_nothing() -> None:
    world = World({ROBOTS_TXT: answer(body=b"User-agent: *\nCrawl-delay: 0.5\n")})
    world.ask(f"{HOST}/n/1")
    assert world.downloader.per_slot_settings["vestnik.example"]["delay"] == 2.0


@pytest.mark.parametrize(("seconds", "pause"), [(100_000, timedelta(seconds=100_000)), (10**12, LONGEST_PAUSE)])
def test_with_a_crawl_delay_of_a_day_a_host_is_asked_once(seconds: int, pause: timedelta) -> None:
    world = World({ROBOTS_TXT: answer(body=f"User-agent: *\nCrawl-delay: {seconds}\n".encode())})
    assert world.ask(f"{HOST}/n/1") == [""]
    assert world.downloader.per_slot_settings == {}
    world.now += timedelta(seconds=5)
    (refused,) = world.ask(f"{HOST}/n/2", source="another")
    assert refused.startswith("host: crawl_delay")
    assert world.held_off == {"vestnik": NOON + pause, "another": NOON + pause}
