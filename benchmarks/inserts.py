"""What storing an article costs beside the bare rows: the archive's transaction against plain SQLAlchemy Core.

Both write the same captures, extractions, articles, revisions and outcomes, one synced transaction an article, into a fresh SQLite
file. The archive also asks whether it knows the article, keeps its sketch and indexes its words. Run it with
`python -m benchmarks.inserts`.
"""

from __future__ import annotations

import random
import resource
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert

from benchmarks.export import WORDS
from pipelines.deciding import decide
from pipelines.fingerprints import content_digest, sketch, text_digest
from pipelines.urls import article_id
from storage.archive import Archive
from storage.database.engine import Database
from storage.database.schema import migrate
from storage.database.tables import ArticleRow, CaptureRow, ExtractionRow, OutcomeRow, RevisionRow, RunRow, SourceRow
from storage.model.articles import Extraction
from storage.model.capture_result import ArticleUpdate, CaptureResult
from storage.model.captures import Capture, WarcPointer
from storage.model.sources import Source, SourceKind
from storage.reader import DATABASE_NAME

if TYPE_CHECKING:
    from collections.abc import Callable

ARTICLES = 1000
SOURCE = Source("s", "Вестник", SourceKind.NEWSPAPER, "https://n.example/", ("ru",))
START = datetime(2026, 1, 1, tzinfo=UTC)


def drafts(count: int) -> list[tuple[Capture, ArticleUpdate]]:
    chance = random.Random(2026)
    made = []
    for number in range(1, count + 1):
        url, text = f"https://n.example/news/{number}", "\n".join(" ".join(chance.choices(WORDS, k=50)) + "." for _ in range(10))
        read = Extraction(title=f"{text[:60]} {number}", lead="", text=text, language="ru", text_sha256=text_digest(text), line="1")
        pointer = WarcPointer("a.warc.gz", number, 9, f"<urn:r{number}>")
        capture = Capture("s", url, START + timedelta(minutes=number), 200, "text/html", "sha256:A", pointer)
        made.append((capture, ArticleUpdate(article_id("s", url), url, read, content_digest(read), sketch=sketch(text))))
    return made


def by_the_archive(folder: Path, made: list[tuple[Capture, ArticleUpdate]]) -> float:
    with Archive.held(folder, "benchmark") as archive:
        archive.keep_source(SOURCE)
        run = archive.start_run("ingest", "benchmark")
        began = time.perf_counter()
        for capture, change in made:
            archive.record_capture(
                run, CaptureResult(capture, decide(change, archive.standing(capture, change.url, change.id)), change=change)
            )
        return time.perf_counter() - began


def by_core(folder: Path, made: list[tuple[Capture, ArticleUpdate]]) -> float:
    folder.mkdir()
    database = Database(folder / DATABASE_NAME)
    migrate(database)
    with database.connection() as connection:
        with connection.begin():
            connection.execute(insert(RunRow), [{"id": 1, "kind": "ingest", "started_at": START, "ended": "", "version": "1"}])
            shared = {"home": SOURCE.home, "languages": "ru", "timezone": SOURCE.timezone}
            connection.execute(insert(SourceRow), [{"id": "s", "name": SOURCE.name, "kind": SOURCE.kind.value, **shared}])
        began = time.perf_counter()
        for number, (capture, change) in enumerate(made, start=1):
            with connection.begin():
                for table, row in rows(number, capture, change).items():
                    connection.execute(insert(table), [row])
        seconds = time.perf_counter() - began
    database.close()
    return seconds


def rows(number: int, capture: Capture, change: ArticleUpdate) -> dict[Any, dict[str, Any]]:
    read, warc = change.extraction, capture.warc
    asked = {"source_id": "s", "url": capture.url, "captured_at": capture.captured_at, "status": 200, "content_type": "text/html"}
    place = {"warc_file": warc.file, "warc_offset": warc.offset, "warc_length": warc.length, "record_id": warc.record_id}
    said = {"title": read.title, "lead": "", "text": read.text, "language": "ru", "section": "", "text_sha256": read.text_sha256}
    face = {"language": "ru", "section": "", "extraction_id": number, "revisions": 1}
    return {
        CaptureRow: {"id": number, "run_id": 1, **asked, "payload_digest": "sha256:A", **place},
        ExtractionRow: {
            "id": number,
            "capture_id": number,
            "line": "1",
            "extractor": "",
            "content_sha256": change.content_sha256,
            **said,
        },
        ArticleRow: {
            "number": number,
            "id": change.id,
            "source_id": "s",
            "url": change.url,
            "state": "live",
            "first_seen_at": capture.captured_at,
            **face,
        },
        RevisionRow: {"article_number": number, "number": 1, "extraction_id": number, "captured_at": capture.captured_at},
        OutcomeRow: {"capture_id": number, "kind": "new", "reason": "", "article_number": number},
    }


def main() -> None:
    made = drafts(ARTICLES)
    contenders: list[tuple[str, Callable[[Path, list[tuple[Capture, ArticleUpdate]]], float]]] = [
        ("plain Core", by_core),
        ("the archive", by_the_archive),
    ]
    speeds = {}
    for name, write in contenders:
        with tempfile.TemporaryDirectory() as folder:
            speeds[name] = ARTICLES / write(Path(folder) / "archive", made)
        print(f"{name:12} {speeds[name]:8.0f} articles/s")
    print(f"{'ratio':12} {speeds['the archive'] / speeds['plain Core']:8.2f}")
    print(f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MiB")


if __name__ == "__main__":
    main()
