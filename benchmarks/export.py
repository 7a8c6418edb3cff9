"""What writing an export costs beside reading its rows: seconds, ratio and peak memory, over 5,000 articles of 500 words.

    python benchmarks/export.py [ARTICLES]

Every run is a process of its own, so that peaks do not mix; time is CPU time, which a busy machine does not stretch.
"""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert

from storage.archive import Archive
from storage.database.engine import Database
from storage.database.schema import migrate
from storage.database.tables import ArticleRow, AuthorRow, CaptureRow, ExtractionRow, RunRow, SourceRow, TagRow, TopicRow
from storage.export.jsonl import write_corpus
from storage.query import ArticleQuery
from storage.reader import DATABASE_NAME

if TYPE_CHECKING:
    from storage.database.base import Base

ARTICLES = 5000
VOCABULARY = """закон реформа конституция парламент выборы область школа дорога урожай цена рынок бюджет министр депутат город
село весна жаңа заң сайлау мектеп халық облыс қала бағасы еліміз туралы қабылданды бойынша және үшін депутаттар"""
WORDS = VOCABULARY.split()
START = datetime(2026, 1, 1, tzinfo=UTC)
STAMP = '{"moment": "2026-01-01T10:00:00+05:00", "precision": "minute", "raw": "1 января 2026", "found_in": "time", "zone": "Asia/Almaty"}'


def main() -> None:
    if sys.argv[1:2] == ["--run"]:
        print(json.dumps(run(sys.argv[2], Path(sys.argv[3]))))
        return
    count = int(sys.argv[1]) if sys.argv[1:] else ARTICLES
    with tempfile.TemporaryDirectory() as folder:
        build(Path(folder), count)
        base = measure("read", folder)
        print(f"{count} articles; reading the rows alone: {base['seconds']:.2f} s, peak {base['peak']} MB")
        for name in ("corpus.jsonl", "corpus.jsonl.gz", "corpus.jsonl.zst"):
            done = measure(name, folder)
            ratio = done["seconds"] / base["seconds"]
            print(f"{name:17} {done['seconds']:6.2f} s  {ratio:5.2f} x  peak {done['peak']} MB  {done['bytes'] / 1e6:.1f} MB written")


def measure(what: str, folder: str) -> dict[str, Any]:
    done = subprocess.run([sys.executable, __file__, "--run", what, folder], check=True, capture_output=True, text=True)
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def run(what: str, folder: Path) -> dict[str, Any]:
    began, written = time.process_time(), 0
    with Archive.opened(folder) as archive:
        articles = archive.articles(ArticleQuery())
        if what == "read":
            for _ in articles:
                pass
        else:
            written = write_corpus(articles, folder / what, query={}, versions={}, archive={}).bytes
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {"seconds": time.process_time() - began, "peak": peak, "bytes": written}


def build(folder: Path, count: int) -> None:
    database = Database(folder / DATABASE_NAME)
    migrate(database)
    chance = random.Random(2026)
    shared = {"home": "https://n.example/", "languages": "ru kk", "timezone": "Asia/Almaty"}
    with database.connection() as connection, connection.begin():
        connection.execute(insert(RunRow), [{"id": 1, "kind": "crawl", "started_at": START, "ended": "finished", "version": "1"}])
        connection.execute(insert(SourceRow), [{"id": "s", "name": "Вестник", "kind": "newspaper", **shared}])
        for first in range(1, count + 1, 500):
            for table, rows in batch(chance, range(first, min(first + 500, count + 1))).items():
                connection.execute(insert(table), rows)
    database.close()


def batch(chance: random.Random, numbers: range) -> dict[type[Base], list[dict[str, Any]]]:
    rows: dict[type[Base], list[dict[str, Any]]] = {t: [] for t in (CaptureRow, ExtractionRow, ArticleRow, AuthorRow, TagRow, TopicRow)}
    for number in numbers:
        text = "\n".join(" ".join(chance.choices(WORDS, k=50)) + "." for _ in range(10))
        moment, url = START + timedelta(minutes=number), f"https://n.example/news/{number}"
        rows[CaptureRow].append(
            {"id": number, "run_id": 1, "source_id": "s", "url": url, "captured_at": moment, "status": 200, "content_type": "text/html"}
            | {"payload_digest": "sha256:A", "warc_file": "a.warc.gz", "warc_offset": number, "warc_length": 9, "record_id": f"r{number}"},
        )
        rows[ExtractionRow].append(
            {"id": number, "capture_id": number, "line": "1", "extractor": "1", "title": text[:60], "lead": text[:150], "text": text}
            | {"language": "ru", "section": "Право", "published": STAMP, "text_sha256": "0" * 64, "content_sha256": "0" * 64},
        )
        rows[ArticleRow].append(
            {"number": number, "id": f"a{number}", "source_id": "s", "url": url, "state": "live", "first_seen_at": moment, "language": "ru"}
            | {"section": "Право", "published_at": moment, "published_day": "2026-01-01", "extraction_id": number, "revisions": 1},
        )
        rows[AuthorRow].append({"extraction_id": number, "position": 0, "name": "Автор"})
        rows[TagRow] += [{"extraction_id": number, "position": place, "tag": tag} for place, tag in enumerate(("закон", "реформа"))]
        rows[TopicRow].append({"article_number": number, "topic": "reform", "score": 1.0, "matched": '["закон"]'})
    return rows


if __name__ == "__main__":
    main()
