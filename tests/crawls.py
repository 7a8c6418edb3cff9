"""A crawl without a network: scheduler and run do what they do in a crawl, and a site that is a table answers.

The site has every kind of channel and of answer, and changes from day to day: pages are edited, moved, taken down, closed by
robots.txt, unreachable for a while.
"""

from __future__ import annotations

import re
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

from harvester.catalogue.declaration import Declaration
from harvester.catalogue.loader import Catalogue
from harvester.spiders.scheduler import RunScheduler
from harvester.spiders.source_scheduler import Budget, Revisit
from storage.errors import ends_run
from storage.model.frontier import FailureScope
from storage.model.sources import AddressKind, Channel, Source, SourceKind
from storage.warc.exchange import Exchange

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harvester.crawl_session import CrawlSession
    from storage.model.frontier import FrontierEntry

HOST = "https://vestnik.example"
DECLARATION = Declaration(
    Source("vestnik", "Вестник", SourceKind.NEWSPAPER, f"{HOST}/", ("ru",), "Asia/Almaty"),
    (
        Channel(AddressKind.FEED, f"{HOST}/rss.xml"),
        Channel(AddressKind.SITEMAP, f"{HOST}/map.xml"),
        Channel(AddressKind.LISTING, f"{HOST}/news", pages=f"{HOST}/news?page={{page}}"),
    ),
    allow=re.compile(r"/n/\d+$"),
)
CATALOGUE = Catalogue(MappingProxyType({"vestnik": DECLARATION}))
BUDGET = Budget(articles=100, known=100)
RECHECK = timedelta(minutes=10)
_MOST_STEPS = 500
_HTML = "text/html; charset=utf-8"
_XML = "application/xml"
_LOST = {
    5: ("timeout", FailureScope.REQUEST),
    6: ("robots_disallowed", FailureScope.RULE),
    7: ("dns", FailureScope.NAME),
    8: ("robots_unreachable", FailureScope.HOST),
    9: ("blocked_address", FailureScope.ADDRESS),
}
"""Articles that bring no response on days with an even number, the last of them on no day."""


@dataclass(frozen=True)
class Response:
    """What the site answers: a status, a body with its type, where a redirect leads, and for how many seconds to wait."""

    status: int
    body: bytes = b""
    content_type: str = _HTML
    location: str = ""
    retry_after: int = 0

    def exchange(self, url: str, moment: datetime) -> Exchange:
        """Return it as the exchange that a crawl captures."""
        headers = [("Content-Type", self.content_type), *([("Location", self.location)] if self.location else [])]
        return Exchange(url, moment, self.status, "", tuple(headers), self.body)


@dataclass
class Site:
    """The site on its `day` (0 and up); `now` is the clock of whoever asks."""

    day: int = 0
    now: datetime = datetime(2026, 3, 3, 12, tzinfo=UTC)
    asked: Counter[str] = field(default_factory=Counter)

    def clock(self) -> datetime:
        """Return what time it is."""
        return self.now

    def next_day(self) -> None:
        """Let the site change, and time pass until everything is due."""
        self.day += 1
        self.now += timedelta(days=40)

    def expected(self) -> set[str]:
        """Return the titles of all articles that can ever be read, as they are after the first day."""
        return {self._title(number) for number in (1, 2, 3, 5, 6, 7, 8, 10, 11, 14)}

    def answer(self, url: str) -> Response | tuple[str, FailureScope]:
        """Answer a request, or say why there is no response and what that tells of."""
        self.now += timedelta(seconds=1)
        self.asked[url] += 1
        path = url.removeprefix(HOST)
        if path.startswith("/n/"):
            return self._article(int(path.removeprefix("/n/")))
        return self._channel(path)

    def _channel(self, path: str) -> Response:
        if path == "/rss.xml":
            items = "".join(f"<item><title>Т</title><link>{HOST}/n/{n}</link></item>" for n in (1, 2, 3, 4))
            return Response(200, f"<rss version='2.0'><channel><title>В</title>{items}</channel></rss>".encode(), _XML)
        if path == "/map.xml":
            return Response(200, f"<sitemapindex><sitemap><loc>{HOST}/map-2.xml</loc></sitemap></sitemapindex>".encode(), _XML)
        if path == "/map-2.xml":
            dated = "".join(f"<url><loc>{HOST}/n/{n}</loc><lastmod>2026-03-02</lastmod></url>" for n in (5, 6, 7, 8, 9))
            return Response(200, f"<urlset>{dated}</urlset>".encode(), _XML)
        links = {"/news": (10,), "/news?page=2": (11,), "/news?page=3": ()}.get(path, ())
        return Response(200, ("<h1>Новости</h1>" + "".join(f"<p><a href='/n/{n}'>Новость номер {n}</a></p>" for n in links)).encode())

    def _article(self, number: int) -> Response | tuple[str, FailureScope]:
        if number in _LOST and (self.day % 2 == 0 or number == 9):
            return _LOST[number]
        if number == 3 and self.day % 2:
            return Response(404, b"<html>no such page</html>")
        if number == 4:
            return Response(301, location=f"{HOST}/n/14")
        if number == 10 and self.day % 2 == 0:
            return Response(503, b"<html>later</html>", retry_after=20)
        return Response(200, self._page(number, self.day if number == 2 else 0))

    def _page(self, number: int, edition: int) -> bytes:
        title, topic = self._title(number), "о погоде" if number == 11 else "о референдуме"
        text = "".join(
            f"<p>Абзац {n} новости номер {number} {topic}: вариант {edition}, и слов в нём достаточно для текста.</p>" for n in range(6)
        )
        time = f"<time datetime='2026-03-02T1{number % 10}:00:00+05:00'>2 марта 2026</time>"
        return f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>{time}{text}</article></body></html>".encode()

    @staticmethod
    def _title(number: int) -> str:
        return f"Заголовок новости {number}"


def crawl(session: CrawlSession, site: Site, *, since: date | None = None, revisit: Revisit = Revisit.ALL) -> Counter[str]:
    """Crawl the site to its end, or back to a day; returns the errors that a crawl would have logged and counted, by type.

    Whatever a single answer meets is counted, and the crawl goes on; what is raised where addresses are taken ends it, as there.
    """
    errors: Counter[str] = Counter()
    session.archive.clock = site.clock
    scheduler = RunScheduler(session.archive, session.run, [DECLARATION], BUDGET, site.clock)
    with _counted(errors):
        session.source_context("vestnik")
        scheduler.begin((), early=True, revisit=revisit, since=since, recheck=RECHECK)
        session.archive.wake_refused(HOST, rules_changed=True)
        _ask_until_nothing_is_due(session, scheduler, site, errors)
    with _counted(errors):
        for backfill in scheduler.backfills.values():
            session.archive.end_backfill(backfill)
    return errors


def _ask_until_nothing_is_due(session: CrawlSession, scheduler: RunScheduler, site: Site, errors: Counter[str]) -> None:
    for _ in range(_MOST_STEPS):
        entries = list(scheduler.take())
        for entry in entries:
            _ask(session, scheduler, site, entry, errors)
        wait = scheduler.wait()
        if wait is None:
            return
        site.now += timedelta(0) if entries else wait + timedelta(milliseconds=10)
    raise AssertionError("the crawl does not end")


def _ask(session: CrawlSession, scheduler: RunScheduler, site: Site, entry: FrontierEntry, errors: Counter[str]) -> None:
    """Ask one address, as the spider and its middlewares do."""
    response = site.answer(entry.url)
    with _counted(errors):
        if isinstance(response, tuple):
            scheduler.unanswered(entry, *response)
            return
        try:
            answer = session.capture(entry.source, response.exchange(entry.url, site.now), partial=False)
        except Exception as error:
            if ends_run(error):
                raise
            errors[type(error).__name__] += 1
            scheduler.unanswered(entry, f"connection: {type(error).__name__}", FailureScope.REQUEST)
            return
        try:
            session.receive_whole(answer, entry)
        finally:
            later = site.now + timedelta(seconds=response.retry_after) if response.retry_after else None
            scheduler.answered(entry, response.status, len(response.body), later)


@contextmanager
def _counted(errors: Counter[str]) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        if ends_run(error):
            raise
        errors[type(error).__name__] += 1
