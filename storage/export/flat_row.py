"""One article as a row of a table: columns of one type each, for CSV."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from storage.export.corpus_row import moment
from storage.export.plain_text import plain, plain_cell
from storage.language.words import word_count

if TYPE_CHECKING:
    from storage.model.articles import Article

COLUMNS = (
    "id", "url", "source", "source_name", "kind", "language", "published", "published_day", "published_precision", "modified",
    "title", "lead", "text", "authors", "section", "tags", "topics", "words", "state", "first_seen_at", "last_seen_at", "captured_at",
    "revision", "revisions", "cluster", "cluster_size", "cluster_kind", "text_sha256", "payload_digest",
    "warc_file", "warc_offset", "warc_length", "record_id",
)  # fmt: skip

PROVENANCE_COLUMNS = ("ingested_file", "ingested_sha256")
"""Columns that follow on request."""

_FORMULA = re.compile(r"'*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
"""Beginnings of a text that a spreadsheet would compute, or that looks guarded already.

Source: https://owasp.org/www-community/attacks/CSV_Injection, full-width signs included. Both kinds are
guarded with an apostrophe, so that removing one apostrophe restores every text.
"""


def flat_row(article: Article) -> dict[str, str | int | None]:
    """Return the article by column: `COLUMNS`, then `PROVENANCE_COLUMNS`. None where a value is not known.

    Lists are joined by `; `. `published` and `modified` are ISO 8601 with the precision that the page prints,
    `published_day` is always a day (of a month alone, its first), moments are UTC. Texts are not guarded yet:
    see `cell`.
    """
    read, cluster, origin = article.extraction, article.cluster, article.ingested_from
    return {
        "id": article.id,
        "url": article.url,
        "language": read.language,
        "title": read.title,
        "lead": read.lead,
        "text": read.text,
        "section": read.section,
        "words": word_count(read.text),
        "state": article.state.value,
        "source": article.source.id,
        "source_name": article.source.name,
        "kind": article.source.kind.value,
        "published": read.published.iso() if read.published else None,
        "published_day": read.published.moment.date().isoformat() if read.published else None,
        "published_precision": read.published.precision.value if read.published else None,
        "modified": read.modified.iso() if read.modified else None,
        "authors": "; ".join(read.authors),
        "tags": "; ".join(read.tags),
        "topics": "; ".join(topic.topic for topic in article.topics),
        "first_seen_at": moment(article.first_seen_at),
        "last_seen_at": moment(max(span.last_seen for span in article.states)) if article.states else None,
        "captured_at": moment(article.captured_at),
        "revision": article.revision,
        "revisions": article.revisions,
        "cluster": cluster.id if cluster else None,
        "cluster_size": cluster.size if cluster else None,
        "cluster_kind": cluster.kind.value if cluster else None,
        "text_sha256": read.text_sha256,
        "payload_digest": article.payload_digest,
        "warc_file": article.warc.file,
        "warc_offset": article.warc.offset,
        "warc_length": article.warc.length,
        "record_id": article.warc.record_id,
        "ingested_file": origin.name if origin else None,
        "ingested_sha256": origin.sha256 if origin else None,
    }


def cell(value: str | int | None, *, lines: bool = False) -> str:
    """Return a value as text of a CSV cell, without control characters.

    A text that a spreadsheet would compute is prefixed with an apostrophe.

    Args:
        value: one value of `flat_row`; None is an empty cell, a number is never guarded.
        lines: keep line feeds, as in the text of an article; otherwise they become spaces.
    """
    if not isinstance(value, str):
        return "" if value is None else str(value)
    text = plain(value) if lines else plain_cell(value)
    return f"'{text}" if _FORMULA.match(text) else text
