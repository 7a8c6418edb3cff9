"""One article as one line of the corpus: its keys, their order, and their schema."""

from __future__ import annotations

import json
from datetime import UTC
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from storage.export.json_text import json_line
from storage.language.words import word_count
from storage.model.reprints import ReprintKind

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from storage.model.articles import Article, ClusterMark, DateStamp, Edit, StateSpan
    from storage.model.clusters import Membership

SCHEMA_NAME = "news-harvester/article/1"
"""The schema's name.

Later fields are added at the end of a line under the same name, so a reader must ignore unknown keys; the
number is increased only when a key changes its meaning or is removed.
"""


def corpus_line(article: Article) -> bytes:
    """Return the article as the line of a JSONL export, line feed included."""
    return json_line(corpus_row(article))


def corpus_row(article: Article) -> dict[str, object]:
    """Return the article as JSON values, keys in the order of the schema.

    `captured_at` and `first_seen_at` are UTC, whole seconds, with the offset `+00:00`, as all moments here
    have an offset; `words` is the number of words of `text`; `cluster` is null where nothing reprints the
    article.
    """
    read, source, warc = article.extraction, article.source, article.warc
    return {
        "id": article.id,
        "url": article.url,
        "source": {"id": source.id, "name": source.name, "kind": source.kind.value},
        "language": read.language,
        "title": read.title,
        "lead": read.lead,
        "text": read.text,
        "authors": list(read.authors),
        "section": read.section,
        "tags": list(read.tags),
        "images": [{"url": image.url, "caption": image.caption, "credit": image.credit} for image in read.images],
        "published": _stamp(read.published),
        "modified": _stamp(read.modified),
        "captured_at": moment(article.captured_at),
        "first_seen_at": moment(article.first_seen_at),
        "topics": [{"topic": x.topic, "score": x.score, "matched": list(x.matched)} for x in article.topics],
        "revision": article.revision,
        "revisions": article.revisions,
        "state": article.state.value,
        "cluster": _cluster(article.cluster),
        "text_sha256": read.text_sha256,
        "words": word_count(read.text),
        "extraction": {"line": read.line, "extractor": read.extractor},
        "warc": {
            "file": warc.file,
            "offset": warc.offset,
            "length": warc.length,
            "record_id": warc.record_id,
            "payload_digest": article.payload_digest,
        },
        "languages": dict(read.languages),
        "editions": [
            {"language": x.language, "id": x.article or None, "url": x.url, "found_in": x.found_in.value} for x in article.editions
        ],
        "edits": [_edit(edit) for edit in article.edits],
        "states": [_span(span) for span in article.states],
        "excerpts": excerpt_rows(article),
    }


def provenance_row(article: Article) -> dict[str, object]:
    """Return `corpus_row` with the places of its evidence in files.

    The first capture of each state gets `file` and `offset`, which depend on how an archive was made. `ingested_from`, the last
    key, is the file that the shown capture was ingested from: None where it was fetched, or where that was not stored.
    """
    origin = article.ingested_from
    ingested_from = {"file": origin.name, "sha256": origin.sha256} if origin else None
    states = [{**_span(span), "file": span.warc.file, "offset": span.warc.offset} for span in article.states]
    return {**corpus_row(article), "states": states, "ingested_from": ingested_from}


def excerpt_rows(article: Article) -> list[dict[str, object]]:
    """Return the texts of other clusters of which passages occur in an article, the most complete first.

    `kind` is `digest` where the article collects unrelated texts, else `excerpt`.
    """
    shared = article.excerpts
    if shared is None:
        return []
    kind = ReprintKind.DIGEST if shared.is_digest else ReprintKind.EXCERPT
    return [{"id": x.article, "cluster": x.cluster or None, "kind": kind.value, "share": x.share} for x in shared.held]


def _span(span: StateSpan) -> dict[str, object]:
    return {
        "state": span.state.value,
        "since": moment(span.since),
        "last_seen": moment(span.last_seen),
        "record_id": span.warc.record_id,
        "status": span.status,
    }


def _edit(edit: Edit) -> dict[str, object]:
    return {
        "revision": edit.revision,
        "captured_at": moment(edit.captured_at),
        "changed": list(edit.changed),
        "silent": edit.silent,
        "previous_last_seen": moment(edit.previous_last_seen),
    }


@cache
def schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a line."""
    loaded: dict[str, Any] = json.loads((files("storage.export") / "article.schema.json").read_text(encoding="utf-8"))
    return loaded


def _cluster(mark: ClusterMark | None) -> dict[str, object] | None:
    if mark is None:
        return None
    return {"id": mark.id, "size": mark.size, "original": mark.original, **member_row(mark)}


def member_row(member: ClusterMark | Membership) -> dict[str, object]:
    """Return the relation of an article to its cluster; lags in seconds, null where they are unknown."""
    return {
        "lag": _seconds(member.lag) if member.lag is not None else None,
        "similarity": member.similarity,
        "kind": member.kind.value,
        "lag_range": [_seconds(lag) for lag in member.lag_range] if member.lag_range else None,
    }


def _seconds(lag: timedelta) -> int:
    return round(lag.total_seconds())


def _stamp(stamp: DateStamp | None) -> dict[str, str] | None:
    if stamp is None:
        return None
    return {"at": stamp.iso(), "precision": stamp.precision.value, "raw": stamp.raw, "found_in": stamp.found_in, "zone": stamp.zone}


def moment(at: datetime) -> str:
    """Return a moment as ISO 8601 in UTC, to the second."""
    return at.astimezone(UTC).isoformat(timespec="seconds")
