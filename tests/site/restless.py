"""An outlet whose articles do not rest: what each address answers is set visit by visit, and noise is on every page.

Generated, not written: articles differ by their number. Adverts, counters, tokens and related links change at every request.
"""

from __future__ import annotations

import hashlib
import itertools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

from tests.site.answers import Answer, conditional
from tests.site.wire import LoopbackServer, serve_on

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from types import TracebackType

DECLARATION = """
name     = "Неспокойный вестник"
kind     = "newspaper"
home     = "{home}"
language = "ru"
timezone = "Asia/Almaty"
discover = [{{ feed = "rss.xml" }}]
articles = {{ allow = '^/n/\\d+$' }}
fetch    = {{ delay = 0.0 }}

[[layout]]
title    = "h1.headline"
lead     = ".lead"
body     = ".body"
date     = ".date"
authors  = ".author"
"""
HTML = {"Content-Type": "text/html; charset=utf-8"}


@dataclass(frozen=True, slots=True)
class Piece:
    """What the publisher has put at an address: the article, and how the address answers (`page` or one of the other ways)."""

    number: int
    title: str
    paragraphs: tuple[str, ...]
    answers: str = "page"
    votes: str = "87,15"

    def text(self) -> str:
        """The text that must be read."""
        return "\n".join(paragraph.replace("{votes}", self.votes) for paragraph in self.paragraphs)


def piece(number: int) -> Piece:
    """An article of the reform that no other number has."""
    words = [hashlib.sha256(f"{number}-{k}".encode()).hexdigest()[:7].translate(_LETTERS) for k in range(12)]
    paragraphs = (
        f"В округе {' '.join(words[:4])} обсудили новую Конституцию и референдум: за проект высказались {{votes}} процента участников.",
        f"– Основной закон меняет наш {words[4]} и {words[5]}, – сказал депутат {words[6].title()} на встрече в селе {words[7].title()}.",
        f"Следующая встреча о Курултае пройдет в доме культуры {words[8].title()}, где собираются {words[9]} и {words[10]} {words[11]}.",
    )
    return Piece(number, f"Встреча в округе {words[0].title()} о новой Конституции", paragraphs)


_LETTERS = str.maketrans("0123456789abcdef", "аоиеурлнтсвкмдпг")


class Restless:
    """The outlet, serving while the context lasts. `pieces` is what stands now; the knobs below change how it answers.

    `ballast` are characters of script state on every page, for pages of a realistic size.
    """

    def __init__(self, count: int, ballast: int = 0) -> None:
        self.pieces = {number: piece(number) for number in range(1, count + 1)}
        self.ballast = ballast
        self.down = False
        self.all_missing = False
        self.redesigned = False
        self.lying: set[int] = set()
        self.noisy = True
        self.sent = 0
        self.requests: list[tuple[str, int]] = []
        self._clock = itertools.count()
        self._server: LoopbackServer | None = None

    def __enter__(self) -> Self:
        self._server = serve_on("127.0.0.4", self._respond)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        assert self._server is not None
        self._server.close()

    @property
    def address(self) -> str:
        """`host:port`."""
        assert self._server is not None
        return self._server.netloc

    def url(self, number: int) -> str:
        """The address of an article."""
        return f"http://{self.address}/n/{number}"

    def change(self, number: int, **changed: object) -> None:
        """Change what stands at an address."""
        self.pieces[number] = replace(self.pieces[number], **changed)  # type: ignore[arg-type]

    def write_source(self, folder: Path) -> None:
        """Write the declaration into a folder, made if need be."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "restless.toml").write_text(DECLARATION.format(home=f"http://{self.address}/"), encoding="utf-8")

    def _respond(self, _method: str, target: str, headers: Mapping[str, str]) -> Answer:
        answer = self._answer(target, headers)
        self.sent += len(answer.body) + sum(len(name) + len(value) + 4 for name, value in answer.headers.items())
        self.requests.append((target, answer.status))
        return answer

    def _answer(self, target: str, headers: Mapping[str, str]) -> Answer:
        if self.down:
            return Answer(503, HTML, b"down")
        if target == "/robots.txt":
            return Answer(200, {"Content-Type": "text/plain"}, b"User-agent: *\nDisallow: /deny/\n")
        if target == "/rss.xml":
            links = "".join(f"<item><link>{self.url(number)}</link><title>{number}</title></item>" for number in self.pieces)
            feed = f'<?xml version="1.0"?><rss version="2.0"><channel><title>x</title>{links}</channel></rss>'
            return conditional(_tagged(Answer(200, {"Content-Type": "application/rss+xml"}, feed.encode())), headers)
        if target == "/":
            return Answer(200, HTML, self._front().encode())
        number = int(target.rpartition("/")[2]) if target.startswith("/n/") and target[3:].isdigit() else 0
        return self._article(number, headers) if number in self.pieces else Answer(404, HTML, b"<html><h1>404</h1></html>")

    def _article(self, number: int, headers: Mapping[str, str]) -> Answer:
        here = self.pieces[number]
        if self.all_missing or here.answers in {"404", "410"}:
            return Answer(404 if self.all_missing else int(here.answers), HTML, b"<html><h1>404</h1></html>")
        if here.answers == "home":
            return Answer(302, {**HTML, "Location": "/"}, b"")
        if here.answers.startswith("to "):
            return Answer(301, {**HTML, "Location": f"/n/{here.answers[3:]}"}, b"")
        if here.answers == "missing":
            return Answer(200, HTML, "<html><title>Страница не найдена</title><h1>Страница не найдена</h1><p>Увы.</p></html>".encode())
        answer = Answer(200, HTML, self._page(here).encode())
        if not self.noisy:
            answer = _tagged(answer)
        if number in self.lying:
            answer = _with_validators(answer, "never changes")
        return conditional(answer, headers)

    def _page(self, here: Piece) -> str:
        noise = next(self._clock) if self.noisy else 0
        paragraphs = here.text().split("\n")
        body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
        if here.answers == "paywall":
            body = f"<p>{paragraphs[0]}</p><p>Полный текст доступен только подписчикам. Оформите подписку.</p>"
        head = f"<html lang=ru><head><title>{here.title} - Неспокойный вестник</title><meta name=csrf content={noise:x}></head><body>"
        ad = f"<div class=banner><a href=/ad/{noise}>Реклама {noise}</a></div>"
        related = f"<div class=related><p>Читайте также:</p><a href=/n/{noise % 9 + 1}>Другая новость {noise}</a></div>"
        if self.redesigned:
            article = (
                f"<main><section class=top><h1>{here.title}</h1><time class=when>3 марта 2026 г. 5:00</time><i class=seen>{noise}</i>"
                f"</section><article><div class=post-content>{body}</div></article></main>"
            )
        else:
            article = (
                f"<h1 class=headline>{here.title}</h1><span class=date>3 марта 2026 г. 5:00</span><span class=views>{noise}</span>"
                f"<a class=author>Лариса Векшина</a><div class=body>{body}</div>"
            )
        state = hashlib.shake_256(str(here.number).encode()).hexdigest(self.ballast // 2)
        return f"{head}{ad}{article}{related}<script type=application/json>{state}</script></body></html>"

    def _front(self) -> str:
        links = "".join(f"<a href=/n/{number}>Новость {number}</a>" for number in self.pieces)
        return f"<html><title>Неспокойный вестник</title><body>{links}</body></html>"


def _tagged(answer: Answer) -> Answer:
    return _with_validators(answer, hashlib.sha256(answer.body).hexdigest()[:16])


def _with_validators(answer: Answer, tag: str) -> Answer:
    stamp = "Thu, 01 Jan 2026 00:00:00 GMT"
    return Answer(answer.status, {**answer.headers, "ETag": f'"{tag}"', "Last-Modified": stamp}, answer.body)
