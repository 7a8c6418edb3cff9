"""The newsroom: three outlets on three loopback addresses, with a log of every request and knobs for tests."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Self

from harvester.catalogue.topics import BUILTIN
from tests.site.answers import Answer, conditional, gzipped
from tests.site.palace_press import PalacePress
from tests.site.qala_aqparat import QalaAqparat
from tests.site.severny_vestnik import SevernyVestnik
from tests.site.wire import LoopbackServer, serve_on

if TYPE_CHECKING:
    from types import TracebackType

    from tests.site.outlet import Outlet
    from tests.site.stories import ExpectedArticle

Hook = Callable[[str], tuple[int, Mapping[str, str], bytes] | None]
"""Path with query in; status, headers and body out, sent as they are, or None for the newsroom's own answer."""

ADDRESSES = {"severny-vestnik": "127.0.0.1", "qala-aqparat": "127.0.0.2", "palace-press": "127.0.0.3"}
PORTS = {"severny-vestnik": 35599, "qala-aqparat": 35600, "palace-press": 35601}
"""The ports of the demonstration. Ids of articles are made of addresses: those in the documentation have these."""

_SOURCES = Path(__file__).parent / "sources"


@dataclass(frozen=True, slots=True)
class Seen:
    """One request: when it came (`time.monotonic`), to which `host:port`, and what it was answered. Header names are in lower case."""

    time: float
    host: str
    method: str
    path: str
    status: int
    headers: Mapping[str, str]


class RequestLog:
    """The requests that the newsroom has answered, oldest first. Safe to read while it serves."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: list[Seen] = []

    def add(self, seen: Seen) -> None:
        """Write a request down."""
        with self._lock:
            self._seen.append(seen)

    def all(self) -> list[Seen]:
        """Every request."""
        with self._lock:
            return list(self._seen)

    def requests_for(self, path: str) -> list[Seen]:
        """The requests for a path (with its query, if it has one), or for a whole address."""
        return [seen for seen in self.all() if path in {seen.path, f"http://{seen.host}{seen.path}"}]

    def clear(self) -> None:
        """Forget every request."""
        with self._lock:
            self._seen.clear()


class Newsroom:
    """Three outlets that serve while the context lasts.

    `delay_seconds` is waited before every answer; `hook` may answer in the newsroom's place; `requests` is the log.
    Outlets are named by id: severny-vestnik, qala-aqparat, palace-press. `ports` are the ports to serve at, by outlet, where they are
    free; any free ones by default.
    """

    def __init__(self, ports: Mapping[str, int] | None = None) -> None:
        self._ports = ports or {}
        self.delay_seconds = 0.0
        self.hook: Hook | None = None
        self.requests = RequestLog()
        self._outlets: dict[str, Outlet] = {outlet.id: outlet for outlet in (SevernyVestnik(), QalaAqparat(), PalacePress())}
        self._servers: dict[str, LoopbackServer] = {}
        self._lock = threading.Lock()
        self._failures: dict[str, deque[Answer]] = {}
        self._closing = threading.Event()

    def __enter__(self) -> Self:
        for name, outlet in self._outlets.items():
            server = serve_on(ADDRESSES[name], partial(self._respond, outlet), self._ports.get(name, 0))
            self._servers[name] = server
            outlet.home = f"http://{server.netloc}/"
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._closing.set()
        for server in self._servers.values():
            server.close()

    @property
    def outlets(self) -> list[str]:
        """The ids of the outlets."""
        return list(self._outlets)

    @property
    def addresses(self) -> list[str]:
        """`host:port` of every outlet, as HARVESTER_ALLOW_ADDRESSES wants them."""
        return [server.netloc for server in self._servers.values()]

    @property
    def articles(self) -> list[ExpectedArticle]:
        """What a right extraction of every article that stands now gives, by outlet, newest first."""
        return [outlet.expected(story) for outlet in self._outlets.values() for story in outlet.live]

    def home(self, outlet: str) -> str:
        """The address of an outlet's front page."""
        return self._outlets[outlet].home

    def pretend(self, homes: Mapping[str, str]) -> None:
        """Give outlets their addresses without serving them: what they would answer is asked with `answer_to`."""
        for outlet, home in homes.items():
            self._outlets[outlet].home = home

    def answer_to(self, url: str) -> tuple[int, str, bytes]:
        """Status, content type and body of the answer to an address of an outlet."""
        outlet = next(x for x in self._outlets.values() if url.startswith(x.home))
        answer = outlet.answer("/" + url.removeprefix(outlet.home))
        return answer.status, answer.headers["Content-Type"], answer.body

    def deny_url(self, outlet: str) -> str:
        """The address that the outlet's channels name, its declaration takes for an article, and its robots.txt closes."""
        return self.home(outlet) + self._outlets[outlet].deny[1:]

    def write_sources(self, directory: Path) -> list[Path]:
        """Write the declaration of every outlet into a directory, made if need be."""
        directory.mkdir(parents=True, exist_ok=True)
        written = []
        for name in self._outlets:
            template = (_SOURCES / f"{name}.toml").read_text(encoding="utf-8")
            path = directory / f"{name}.toml"
            path.write_text(template.replace("{home}", self.home(name)), encoding="utf-8")
            written.append(path)
        return written

    def write_topic(self, directory: Path) -> Path:
        """Write the built-in topic into a directory, with the newsroom's hosts where those of Kazakhstan stand."""
        directory.mkdir(parents=True, exist_ok=True)
        topic = (BUILTIN / "constitutional-reform.toml").read_text(encoding="utf-8")
        hosts = "".join(f'"{address}", ' for address in ADDRESSES.values())
        assert topic.count("\nhosts = [") == 1
        path = directory / "constitutional-reform.toml"
        path.write_text(topic.replace("\nhosts = [", f"\nhosts = [{hosts}"), encoding="utf-8")
        return path

    def edit(self, outlet: str, slug: str, *, title: str | None = None, paragraphs: Iterable[str] | None = None) -> None:
        """Change a published article: its page, its entries in channels, its validators."""
        with self._lock:
            self._outlets[outlet].edit(slug, title, paragraphs)

    def remove(self, outlet: str, slug: str) -> None:
        """Take an article away: 404 at its address, gone from the channels."""
        with self._lock:
            self._outlets[outlet].remove(slug)

    def restore(self, outlet: str, slug: str) -> None:
        """Bring a removed article back."""
        with self._lock:
            self._outlets[outlet].restore(slug)

    def redesign(self, outlet: str) -> None:
        """Give every page of an outlet its newer layout."""
        with self._lock:
            self._outlets[outlet].redesigned = True

    def fail(self, path: str, status: int, times: int = 1, headers: Mapping[str, str] | None = None) -> None:
        """Answer a path (at every outlet, without its query) or a whole address with a status so many times, then as before."""
        answer = Answer(status, {"Content-Type": "text/plain; charset=utf-8", **(headers or {})}, f"{status}\n".encode())
        with self._lock:
            self._failures.setdefault(path, deque()).extend([answer] * times)

    def _respond(self, outlet: Outlet, method: str, target: str, headers: Mapping[str, str]) -> Answer:
        arrived = time.monotonic()
        self._closing.wait(self.delay_seconds)
        answer = self._answer(outlet, target, headers)
        self.requests.add(Seen(arrived, self._servers[outlet.id].netloc, method, target, answer.status, headers))
        return answer

    def _answer(self, outlet: Outlet, target: str, headers: Mapping[str, str]) -> Answer:
        custom = self.hook(target) if self.hook else None
        if custom is not None:
            return Answer(*custom)
        failure = self._next_failure(target.partition("?")[0], outlet.home + target[1:])
        if failure is not None:
            return failure
        answer = outlet.answer(target)
        if outlet.compresses and not answer.headers["Content-Type"].startswith("image/"):
            answer = gzipped(answer, headers.get("accept-encoding", ""))
        return conditional(answer, headers)

    def _next_failure(self, *names: str) -> Answer | None:
        with self._lock:
            waiting = next((self._failures[name] for name in names if self._failures.get(name)), None)
            return waiting.popleft() if waiting else None
