"""The fuzz target: bytes in, an outcome out, through every stage into a real archive. `python -m tests.fuzz.target SECONDS [SEED]`
runs it for longer and keeps what it finds."""

from __future__ import annotations

import re
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from harvester.catalogue.declaration import Declaration
from harvester.catalogue.topics import find_topic
from harvester.fetching.captured_response import CapturedResponse
from harvester.response_handler import SourceContext, handle_response
from pipelines.draft import Draft
from pipelines.pipeline import STAGES, RunContext, run_line
from pipelines.rules import ExtractionRules, Layout, StageRules
from storage.archive import Archive
from storage.model.captures import Capture, Outcome, WarcPointer
from storage.model.sources import AddressKind, Channel, DiscoveredUrl, Items, Source, SourceKind
from storage.warc.response import WarcResponse
from tests.fuzz.inputs import HOME, SEEDS, Input, golden, keep, mutated

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCE = Source("vestnik", "Вестник", SourceKind.NEWSPAPER, HOME, ("ru",))
CHANNELS = (
    Channel(AddressKind.FEED, f"{HOME}rss.xml"),
    Channel(AddressKind.SITEMAP, f"{HOME}sitemap.xml"),
    Channel(AddressKind.LISTING, f"{HOME}news/", pages=f"{HOME}news/?page={{page}}"),
    Channel(AddressKind.SEARCH, f"{HOME}search?q=a"),
    Channel(AddressKind.ARCHIVE, f"{HOME}2026/03/"),
    Channel(AddressKind.API, f"{HOME}api?page=1", items=Items(title="title", date="date")),
)
SELECTORS = {
    "title": "h1",
    "lead": ".lead",
    "body": "article",
    "date": ".date",
    "authors": "b",
    "section": "title",
    "caption": "figcaption",
}
RULES = StageRules(SOURCE, topics=(find_topic("constitutional-reform"),), keep_all=True)
FRAMES = [
    SourceContext(Declaration(SOURCE, CHANNELS), replace(RULES, extraction=ExtractionRules(layouts)))
    for layouts in ((), (Layout(SELECTORS),))
]
BROKEN = re.compile(rf"(?:{'|'.join(STAGES)}): \w+: ")
"""How the line says that a page broke a stage."""

CPU_FOR_ANY = 3.0
CPU_FOR_A_BYTE = 0.0001
"""Seconds that an answer may take: what any may, and for each byte (a page takes some 2 µs, a feed 10 µs a byte)."""


class Broke(AssertionError):
    """An input that broke something."""


@dataclass
class Target:
    """An archive that takes answers, each a minute after the one before it."""

    archive: Archive
    run: int
    at: datetime = datetime(2026, 3, 3, 12, tzinfo=UTC)
    number: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    frames: list[SourceContext] = field(default_factory=lambda: FRAMES)

    def take(self, case: Input) -> Outcome:
        """Settle an answer to its end. Raises what breaks, and `Broke` where a stage broke or took too long."""
        self.number += 1
        start = time.process_time()
        outcome = self._settled(case)
        seconds = time.process_time() - start
        self.outcomes[outcome.kind.value] = self.outcomes.get(outcome.kind.value, 0) + 1
        if BROKEN.match(outcome.reason):
            raise Broke(outcome.reason)
        if seconds > CPU_FOR_ANY + CPU_FOR_A_BYTE * len(case.body):
            raise Broke(f"{len(case.body)} bytes took {seconds:.1f} s")
        return outcome

    def _settled(self, case: Input) -> Outcome:
        channel = next((x for x in CHANNELS if x.kind is case.kind), None)
        url = channel.url if channel else f"{HOME}n/{self.number % 40}"
        answer = self._answer(url, case)
        entry = self.archive.entry_of(url) if channel else None
        result = handle_response(answer, entry, self.frames[self.number % len(self.frames)])
        if isinstance(result, Draft):
            draft = run_line(result, RunContext(self.archive, self.run))
            assert draft.outcome is not None
            return draft.outcome
        self.archive.record_capture(self.run, result)
        return result.outcome

    def _answer(self, url: str, case: Input) -> CapturedResponse:
        moment = self.at + timedelta(minutes=self.number)
        pointer = WarcPointer("a.warc.gz", self.number, 1, f"<urn:{self.number}>")
        headers = (("Content-Type", case.content_type), ("ETag", case.content_type))
        response = WarcResponse(pointer.record_id, url, moment, 200, "OK", headers, case.body, 0)
        digest = f"sha256:{sha256(case.body).hexdigest()}"
        return CapturedResponse(
            Capture("vestnik", url, moment, 200, case.content_type, digest, pointer, case.content_type, case.content_type), response
        )


@contextmanager
def target(folder: Path) -> Iterator[Target]:
    """A target over a new archive."""
    with Archive.held(folder / "archive", "test") as archive:
        run = archive.start_run("crawl", "test")
        archive.keep_source(SOURCE)
        archive.seed(run, "vestnik", [DiscoveredUrl(x.url, x.kind, x.url) for x in CHANNELS], early=True)
        yield Target(archive, run)


def main(seconds: float, seed: int) -> None:
    chance, end, seeds = Random(seed), time.monotonic() + seconds, [*SEEDS, *golden()]
    with tempfile.TemporaryDirectory() as folder, target(Path(folder)) as taking:
        while time.monotonic() < end:
            case = mutated(chance, seeds)
            try:
                taking.take(case)
            except Exception as error:  # noqa: BLE001  whatever breaks is what is looked for
                name = sha256(case.body).hexdigest()[:12]
                keep(name, case)
                sys.stdout.write(f"{case.kind.value}.{name}: {type(error).__name__}: {str(error)[:300]}\n")
                sys.stdout.flush()
        sys.stdout.write(f"{taking.number} answers: {taking.outcomes}\n")


if __name__ == "__main__":
    main(float(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else int(time.time()))
