"""Степной курьер: an outlet with a deep archive, made by rule, whose articles are each announced in one place only."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Self
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

from tests.site.answers import Answer, conditional, found
from tests.site.outlet import sitemap
from tests.site.server import RequestLog, Seen
from tests.site.wire import serve_on

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

ZONE = ZoneInfo("Asia/Almaty")
PAGE = 20
"""Articles on a page of a listing, a search or an API."""
QUERY = "референдум"
CHANNELS = ("sitemap", "archive", "listing", "posts", "stream", "search")
_SHARES = (*(CHANNELS[:-1] * 4)[:19], "search")
"""Where each of twenty articles in a row is announced."""
_MONTHS = ("января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября", "декабря")

SOURCE = """
name     = "Степной курьер"
kind     = "newspaper"
home     = "{home}"
language = "ru"
discover = [
    {{ sitemap = "sitemap.xml" }},
    {{ archive = "archive/{{year}}/{{month}}/{{day}}/" }},
    {{ listing = "news/", pages = "news/page/{{page}}/" }},
    {{ api = "wp-json/posts?per_page=20&page={{page}}", url = "link", date = "date", title = "title.rendered" }},
    {{ api = "stream?skip={{offset}}", step = 20, items = "data.items", url = "/a/{{slug}}.html", date = "at" }},
    {{ search = "search?q={{query}}&page={{page}}" }},
]
articles = {{ allow = '^/a/[0-9]+-' }}
fetch    = {{ delay = 0.0 }}
keep     = "all"

[[layout]]
title = "h1"
body  = "article"
date  = "time"
"""


@dataclass(frozen=True, slots=True)
class Piece:
    """An article: its number (0 is the newest), the moment of publication, and where alone it is announced."""

    number: int
    published: datetime
    channel: str

    @property
    def path(self) -> str:
        """Its path; no part of it is a date."""
        return f"/a/{100_000 - self.number}-zametka.html"


class SteppeCourier:
    """The outlet, serving while the context lasts: `per_day` articles on each of the `days` up to `today`.

    `hook` sees every path before it is answered; `requests` is the log.
    """

    def __init__(self, days: int, per_day: int, today: date) -> None:
        noon = datetime.combine(today, time(12), ZONE)
        self.pieces = [
            Piece(i, noon - timedelta(days=i // per_day, minutes=i % per_day), _SHARES[i % len(_SHARES)]) for i in range(days * per_day)
        ]
        self.requests = RequestLog()
        self.hook: Callable[[str], None] = lambda _path: None
        self._by_path = {piece.path: piece for piece in self.pieces}

    def __enter__(self) -> Self:
        self._server = serve_on("127.0.0.1", self._respond)
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.close()

    @property
    def address(self) -> str:
        """`host:port`."""
        return self._server.netloc

    def write_source(self, directory: Path) -> None:
        """Write the declaration into a directory, made if need be."""
        directory.mkdir(parents=True, exist_ok=True)
        (directory / "steppe-courier.toml").write_text(SOURCE.format(home=f"http://{self.address}/"), encoding="utf-8")

    def since(self, day: date) -> list[Piece]:
        """The articles from a day on."""
        return [piece for piece in self.pieces if piece.published.date() >= day]

    def of(self, channel: str) -> list[Piece]:
        """The articles that a channel announces, newest first."""
        return [piece for piece in self.pieces if piece.channel == channel]

    def paths(self, *, articles: bool) -> list[str]:
        """The paths that were asked, articles or pages of channels, in order; robots.txt is neither."""
        return [seen.path for seen in self.requests.all() if seen.path.startswith("/a/") is articles and seen.path != "/robots.txt"]

    def _respond(self, method: str, target: str, headers: Mapping[str, str]) -> Answer:
        started = datetime.now(ZONE).timestamp()
        self.hook(target)
        answer = conditional(self._answer(target), headers)
        self.requests.add(Seen(started, self.address, method, target, answer.status, headers))
        return answer

    def _answer(self, target: str) -> Answer:
        parts = urlsplit(target)
        if parts.path in self._by_path:
            return _html(_page(self._by_path[parts.path]))
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        folder, *rest = parts.path.strip("/").removesuffix(".xml").split("/")
        answers: dict[str, Callable[[], Answer]] = {
            "archive": lambda: self._links(x for x in self.of("archive") if f"{x.published:%Y/%m/%d}" == "/".join(rest)),
            "news": lambda: self._links(_part(self.of("listing"), int(rest[1]) if rest else 1)),
            "search": lambda: self._links(_part(self.of("search"), int(asked["page"])) if asked["q"] == QUERY else []),
            "wp-json": lambda: self._posts(int(asked["page"])),
            "stream": lambda: self._stream(int(asked["skip"])),
        }
        return answers.get(folder, lambda: self._sitemap(folder))()

    def _sitemap(self, name: str) -> Answer:
        months: dict[str, list[tuple[str, datetime]]] = {}
        for piece in self.of("sitemap"):
            months.setdefault(f"sitemap-{piece.published:%Y-%m}", []).append((f"http://{self.address}{piece.path}", piece.published))
        if name in months:
            return found("application/xml", sitemap(months[name]).encode())
        if name != "sitemap":
            return Answer(404, {"Content-Type": "text/html"})
        children = "".join(
            f"<sitemap><loc>http://{self.address}/{child}.xml</loc><lastmod>{entries[0][1].isoformat()}</lastmod></sitemap>"
            for child, entries in months.items()
        )
        return found("application/xml", f"<sitemapindex>{children}</sitemapindex>".encode())

    def _links(self, pieces: Iterable[Piece]) -> Answer:
        """A web page of links, with a sidebar of the newest article of all."""
        links = "".join(f'<li><a href="{piece.path}">Заметка</a></li>' for piece in pieces)
        aside = f'<aside><a href="{self.of("listing")[0].path}">Главное</a></aside>'
        return _html(f'<html><body><a href="/news/">Новости</a><ul>{links}</ul>{aside}</body></html>')

    def _posts(self, number: int) -> Answer:
        """WordPress's answer: moments without a zone, titles with references, a refusal past the end."""
        title = {"rendered": "&laquo;Заметка&raquo;"}
        pieces = _part(self.of("posts"), number)
        posts = [{"link": f"http://{self.address}{x.path}", "date": f"{x.published:%Y-%m-%dT%H:%M:%S}", "title": title} for x in pieces]
        return _json(posts) if posts else Answer(400, {"Content-Type": "application/json"}, b'{"code": "rest_post_invalid_page_number"}')

    def _stream(self, skip: int) -> Answer:
        """An answer with its list deep inside, addresses as names, moments as seconds."""
        pieces = self.of("stream")[skip : skip + PAGE]
        entries = [{"slug": x.path[3:-5], "at": int(x.published.timestamp())} for x in pieces]
        return _json({"data": {"items": entries, "total": len(self.of("stream"))}})


def _part(pieces: list[Piece], number: int) -> list[Piece]:
    return pieces[(number - 1) * PAGE : number * PAGE]


def _page(piece: Piece) -> str:
    printed = f"{piece.published.day} {_MONTHS[piece.published.month - 1]} {piece.published:%Y, %H:%M}"
    return (
        f"<!DOCTYPE html><html><head><title>Заметка номер {piece.number}</title></head><body><h1>Заметка номер {piece.number}</h1>"
        f"<time>{printed}</time><article><p>В селе номер {piece.number} сегодня открыли новый мост через реку, сообщили жители.</p>"
        "<p>По мосту уже прошли первые машины, а вечером на берегу соберутся все, кто его строил.</p></article></body></html>"
    )


def _html(body: str) -> Answer:
    return found("text/html; charset=utf-8", body.encode())


def _json(value: object) -> Answer:
    return found("application/json", json.dumps(value).encode())
