"""An error in any function costs the capture that met it at most one more try: never the run, the next one, or the archive.

Functions raise in turn while single pages are captured, asked again and ingested, and all of them in whole runs of every kind.
"""

from __future__ import annotations

import ast
from collections import Counter
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest

from harvester.config import Config
from harvester.coverage import DayRange, addresses, audit
from harvester.crawl_session import CrawlSession
from harvester.ingestion import ingest
from harvester.monitoring.health import close_health
from harvester.rescoring import Rescored, rescore
from harvester.verification.damage import Checked
from harvester.verification.verify import verify
from pipelines.rules import TopicRules, TopicTerm
from storage.archive import Archive
from storage.model.sources import AddressKind, DiscoveredUrl
from storage.query import ArticleQuery
from storage.warc.exchange import Exchange
from tests.crawls import CATALOGUE, HOST, Site, crawl
from tests.faults import Injected, functions_called, name_of, public_functions, raising
from tests.pages import WrittenPage, write_pages

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

STAGES = (
    "pipelines.extraction.extract",
    "pipelines.page_classification",
    "pipelines.dates.stage",
    "pipelines.relevance",
    "pipelines.fingerprints",
    "pipelines.editions",
    "pipelines.deduplication",
    "pipelines.persistence",
    "harvester.response_handler",
    "harvester.crawl_session",
    "harvester.ingestion",
)
STORAGE = ("storage.archive", "storage.transactions", "storage.histories", "storage.repositories", "storage.clustering", "storage.search")
WRITERS = ("storage.warc.writer", "storage.warc.records", "storage.warc.appending", "storage.warc.exchange")
RUNS = (
    *(f"storage.{name}" for name in ("archive", "transactions", "histories", "repositories", "clustering.assignment", "search")),
    *(
        f"harvester.{name}"
        for name in ("crawl_session", "recovery", "rescoring", "ingestion", "spiders.scheduler", "spiders.source_scheduler")
    ),
)
"""What whole runs call beside the pure stages and the writers of records, which every capture meets alike."""
BEGIN = datetime(2026, 3, 10, 6, tzinfo=UTC)
REFORM = TopicRules("reform", "Реформа", 1.0, (TopicTerm("референдум", "ru", 1.0),))
WEATHER = TopicRules("weather", "Погода", 1.0, (TopicTerm("погода", "ru", 1.0),))


def page(number: int, word: str = "первый") -> bytes:
    paragraphs = "".join(f"<p>Абзац {n} о новости номер {number}: {word} вариант текста, в котором достаточно слов.</p>" for n in range(6))
    title = f"Заголовок новости {number}"
    return f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>{paragraphs}</article></body></html>".encode()


class Newsroom:
    """Captures pages into a run as a crawl does, each a minute after the one before it, and ingests files."""

    def __init__(self, session: CrawlSession, folder: Path) -> None:
        self.session, self.folder, self.captured, self.files = session, folder, 0, 0
        session.archive.clock = lambda: BEGIN + timedelta(days=40 * self.captured)

    def fetch(self, url: str, body: bytes) -> None:
        """Find an address, lease it, capture the response and process it to its end."""
        self.captured += 1
        archive, run = self.session.archive, self.session.run
        with suppress(Injected):  # an error outside of the processing itself: Scrapy logs it and goes on; the record is recovered
            self.session.source_context("vestnik")
            archive.seed(run, "vestnik", [DiscoveredUrl(url, AddressKind.ARTICLE, f"{HOST}/rss.xml")], early=True)
            leased = [*archive.lease_known(run, "vestnik", 1), *archive.lease(run, "vestnik", 1, [AddressKind.ARTICLE])]
            entry = next((entry for entry in leased if entry.url == url), archive.entry_of(url))
            moment, headers = BEGIN + timedelta(minutes=self.captured), (("Content-Type", "text/html; charset=utf-8"),)
            answer = self.session.capture("vestnik", Exchange(url, moment, 200, "", headers, body), partial=False)
            self.session.receive_whole(answer, entry)

    def visit_twice(self) -> None:
        """A fresh capture, then a revisit that brings another text."""
        number = self.captured
        self.fetch(f"{HOST}/n/{number}", page(number))
        self.fetch(f"{HOST}/n/{number}", page(number, "исправленный"))

    def write_file(self) -> Path:
        """Write a WARC file of one page."""
        self.files += 1
        number = 1_000_000 + self.files
        paragraphs = tuple(f"Абзац {n} из файла {self.files}, чтобы хватило слов на текст." for n in range(6))
        written = WrittenPage(f"{HOST}/n/{number}", f"Из файла {self.files}", paragraphs, self.files)
        return write_pages(self.folder / f"file{self.files}", [written])


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(archive=tmp_path / "archive", keep="all")


def begun(config: Config, topics: tuple[TopicRules, ...] = (), *, retry: bool = False) -> AbstractContextManager[CrawlSession]:
    return CrawlSession.begun(config, CATALOGUE, topics, "crawl", any_source=True, retry=retry)


def outcome_or_failure_of_every_record(archive: Archive) -> None:
    """Every capture has exactly one outcome; what has no capture is among the failures."""
    assert list(archive.damage()) == []
    tally: Counter[str] = Counter()
    for run in archive.last_runs(10_000):
        for of_source in run.tally.values():
            tally.update({kind.value: count for kind, count in of_source.outcomes.items()})
    assert tally.total() == sum(1 for _ in archive.captures())


def whole_after_all(config: Config) -> set[str]:
    """Try again what failed, without errors now; the archive is whole, and nothing is left. Returns the titles that it holds."""
    with begun(config, retry=True) as session:
        outcome_or_failure_of_every_record(session.archive)
        assert session.archive.failed_captures() == [], "tried again without the error, everything succeeds"
    checked = Checked()
    with Archive.opened(config.archive) as archive:
        assert [str(damage) for damage in verify(archive, checked, CATALOGUE)] == []
        titles = {article.extraction.title for article in archive.articles(ArticleQuery())}
    assert checked.notes == [], "every record in the WARC files has its row"
    return titles


@pytest.mark.parametrize("modules", [STAGES, STORAGE, WRITERS], ids=["stages", "storage", "writers"])
def test_an_error_anywhere_costs_one_capture_at_most(config: Config, tmp_path: Path, modules: tuple[str, ...]) -> None:
    with begun(config) as session:
        room = Newsroom(session, tmp_path)
        room.visit_twice()
        file = room.write_file()
        targets = functions_called(lambda: (room.visit_twice(), ingest(session, [file], [])), public_functions(*modules))
        assert len(targets) > 5, "processing calls more functions than that"
        met = 0
        for target in targets:
            file = room.write_file()
            with raising([target]) as once:
                room.visit_twice()
            with suppress(Injected), raising([target], times=None) as always:
                ingest(session, [file], [])
            met += bool(once or always)
        assert met > len(targets) * 0.8, "all but functions that only some texts need"
        room.fetch(f"{HOST}/n/99", page(99))
        assert session.archive.article(f"{HOST}/n/99")
    assert len(whole_after_all(config)) > len(targets)


# ── whole runs ────────────────────────────────────────────────────────────────────────────────────────────────────────


def foreign_pages(number: int) -> list[WrittenPage]:
    """Return what a file with this number holds: a known page, two spellings of one address, one text at two addresses, reprints,
    a copy that becomes a digest."""
    words = Random(number)
    first, second, third = (["".join(words.choices("абвгдежзиклмнопр", k=7)) for _ in range(120)] for _ in range(3))
    own = 10_000 * number
    one, two = f"Заголовок {first[0]}", f"Заголовок {second[0]}"
    pages = [
        (f"{HOST}/n/1", f"Прежний заголовок {number}", first[:60], -90_000),
        (f"{HOST}/n/{own + 1}", one, first[60:], 100),
        (f"{HOST}/n/{own + 1}".replace("https", "http"), one, first[60:], 50),
        (f"{HOST}/n/{own + 2}", two, second[60:], 10),
        (f"{HOST}/n/{own + 3}", two, second[60:], 11),
        (f"{HOST}/n/{own + 3}", two, third[60:], 20),
        *((f"https://a{n}.example/{number}", one, [*third[:36], *first[36:]], 30 + n) for n in range(2)),
        *((f"https://b{n}.example/{number}", one, [*first[:-36], *third[-36:]], 40 + n) for n in range(2)),
        (f"https://c.example/{number}", one, first, 60),
        (f"https://d.example/{number}", two, second, 61),
        (f"https://e.example/{number}", two, second, 62),
        (f"https://e.example/{number}", two, third, 70),
        (f"https://f.example/{number}", one, first, 71),
        (f"https://f.example/{number}", "Главное за день", [*second, *third], 80),
    ]
    return [WrittenPage(url, title, (f"О референдуме {' '.join(text)}.",), minutes) for url, title, text, minutes in pages]


class Works:
    """An archive that is crawled, walked back, ingested into, rescored and audited, a run each, as its site changes from day to day."""

    def __init__(self, config: Config, folder: Path) -> None:
        self.config, self.folder, self.site, self.files = config, folder, Site(), 0

    def all(self) -> list[Callable[[], object]]:
        """Return one day's runs."""
        return [self.crawl, self.walk_back, self.ingest, self.rescore, self.enqueue_gaps]

    def crawl(self) -> Counter[str]:
        with begun(self.config, (REFORM,)) as session:
            errors = crawl(session, self.site)
            close_health(session.archive, CATALOGUE, session.run)
            session.archive.tally(session.run)
            return errors

    def walk_back(self) -> Counter[str]:
        with begun(self.config, (REFORM,)) as session:
            session.archive.retry("vestnik", "unreadable")
            return crawl(session, self.site, since=date(2026, 3, 1))

    def ingest(self) -> None:
        self.files += 1
        file = write_pages(self.folder / f"works{self.files}", foreign_pages(self.files))
        with begun(self.config, (REFORM,)) as session:
            ingest(session, [file, *self._known(session.archive)], [])

    def _known(self, archive: Archive) -> list[Path]:
        """A file with the first record of the archive that was fetched: it is known, and came from no file."""
        capture = next((x for x in archive.captures() if x.ingested_from is None), None)
        if capture is None:
            return []
        place, file = capture.warc, self.folder / f"known{self.files}.warc.gz"
        file.write_bytes((archive.warc_directory / place.file).read_bytes()[place.offset : place.offset + place.length])
        return [file]

    def rescore(self) -> None:
        with begun(self.config, (REFORM, WEATHER)) as session:
            rescore(session.archive, [REFORM, WEATHER], session.source_context, Rescored(), run=session.run)

    def enqueue_gaps(self) -> None:
        with begun(self.config, (REFORM,)) as session:
            gaps = audit(session.archive, CATALOGUE.get("vestnik"), DayRange()).gaps
            session.archive.enqueue(session.run, "vestnik", list(addresses(gaps)))


def writing_functions(folder: Path) -> set[str]:
    """Return the public functions of a package whose text writes: it inserts, updates, deletes, or changes a row."""
    found = set()
    for path in sorted(folder.glob("*.py")):
        module = ".".join(path.with_suffix("").parts[-3:])
        found |= {f"{module}.{node.name}" for node in ast.parse(path.read_text("utf-8")).body if _writes(node)}
    return found


def _writes(node: ast.stmt) -> bool:
    if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
        return False
    calls = {ast.unparse(call.func) for call in ast.walk(node) if isinstance(call, ast.Call)}
    changed = any(isinstance(x, ast.Attribute) and isinstance(x.ctx, ast.Store) for x in ast.walk(node))
    return changed or bool(calls & {"insert", "update", "delete", "session.add", "session.add_all", "session.delete"})


@pytest.mark.timeout(900)  # 150 runs: 30 seconds where nothing else runs
def test_every_function_may_fail_once_in_runs_of_every_kind(tmp_path: Path) -> None:
    """Runs of every kind, again and again, until every function that they call has raised once; then one more of each."""
    works = Works(Config(archive=tmp_path / "archive"), tmp_path)
    waiting = {name_of(function): function for function in public_functions(*RUNS)}
    raised: set[str] = set()
    quiet_days = 0
    while quiet_days < 2:
        before = len(raised)
        for work in works.all():
            with suppress(Injected), raising([waiting[name] for name in sorted(waiting.keys() - raised)]) as now:
                work()
            raised |= now.keys()
        works.site.next_day()
        quiet_days = quiet_days + 1 if len(raised) == before else 0

    missing = writing_functions(Path("storage/repositories").resolve()) - raised
    assert sorted(missing) == []
    for work in works.all():
        assert not work()
    assert works.site.expected() <= whole_after_all(works.config)
