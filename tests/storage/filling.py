"""An archive of many articles, written straight into the tables: what a decision about clusters looks at, and no more."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert

from storage.database.cluster_tables import BoilerplateRow, ClusterRow, MembershipRow, SketchRow
from storage.database.tables import ArticleRow, CaptureRow, ExtractionRow, RunRow, SourceRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

START = datetime(2026, 1, 1, tzinfo=UTC)
SHINGLES = 38  # of an article of 300 words
PHRASES = 500  # shingles that many articles have; a fifth of them is known for boilerplate
IN_A_CLUSTER = 4  # every fourth article is one of a cluster of four


def fill(session: Session, first: int, count: int, text: str, common: Sequence[int] = ()) -> None:
    """Articles numbered from `first`, with sketches of their own, phrases in common, and clusters among them.

    Of the shingles in `common` each article takes one now and then, so that a text that has them all meets candidates.
    """
    chance = random.Random(first)
    rows: dict[Any, list[dict[str, Any]]] = {
        table: [] for table in (CaptureRow, ExtractionRow, ArticleRow, SketchRow, ClusterRow, MembershipRow)
    }
    if first == 1:
        session.execute(insert(RunRow), [{"id": 1, "kind": "crawl", "started_at": START, "ended": "", "version": "1"}])
        session.execute(insert(SourceRow), [{"id": "s", "name": "S", "kind": "online", "home": "", "languages": "ru", "timezone": "UTC"}])
        session.execute(insert(BoilerplateRow), [{"shingle": -8 * (n + 1)} for n in range(PHRASES // 5)])
    for number in range(first, first + count):
        cluster = number // 16 + 1 if number % 16 < IN_A_CLUSTER else None
        if cluster and number % 16 == 0:
            rows[ClusterRow].append({"number": cluster, "id": f"cluster {cluster}"})
        moment = START + timedelta(minutes=number)
        rows[CaptureRow].append(_capture(number, moment))
        rows[ExtractionRow].append(_extraction(number, text))
        rows[ArticleRow].append(_article(number, moment))
        text_of = random.Random(cluster) if cluster else chance
        shingles = {8 * text_of.getrandbits(58) for _ in range(SHINGLES)} | {-8 * chance.randrange(1, PHRASES) for _ in range(3)}
        shingles |= set(chance.sample(common, 1)) if common and number % 50 == 0 else set()
        rows[SketchRow] += [{"shingle": shingle, "article_number": number} for shingle in shingles]
        placed = cluster if cluster and cluster * 16 - 16 >= first else None
        rows[MembershipRow].append({"article_number": number, "cluster_number": placed, "similarity": 1.0, "kind": "verbatim"})
    for table, values in rows.items():
        if values:
            session.execute(insert(table), values)


def _capture(number: int, moment: datetime) -> dict[str, Any]:
    place = {"warc_file": "filled.warc.gz", "warc_offset": number, "warc_length": 1, "record_id": f"<urn:filled:{number}>"}
    asked = {"run_id": 1, "source_id": "s", "url": f"https://s.example/{number}", "captured_at": moment, "status": 200}
    return {"id": number, **asked, "content_type": "text/html", "payload_digest": "sha256:A", **place}


def _extraction(number: int, text: str) -> dict[str, Any]:
    read = {"line": "1", "extractor": "", "title": f"Заголовок {number}", "lead": "", "text": text, "language": "ru", "section": ""}
    return {"id": number, "capture_id": number, **read, "text_sha256": str(number), "content_sha256": str(number)}


def _article(number: int, moment: datetime) -> dict[str, Any]:
    face = {"state": "live", "language": "ru", "section": "", "extraction_id": number, "revisions": 1}
    known = {"number": number, "id": f"filled {number}", "source_id": "s", "url": f"https://s.example/{number}"}
    return {**known, "first_seen_at": moment, "published_at": moment, "published_day": moment.date().isoformat(), **face}
