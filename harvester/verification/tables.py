"""Comparison of the tables with each other: digests, redundant columns, and the search index."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harvester.verification.damage import Checked, Damage
from pipelines.fingerprints import content_digest, text_digest
from pipelines.pipeline_version import PIPELINE_VERSION
from storage.reader import DATABASE_NAME
from storage.repositories.articles import topics_digest
from storage.search.sqlite import words_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage.model.holdings import DigestedExtraction, ShownArticle
    from storage.reader import ArchiveReader


def check_readings(archive: ArchiveReader, checked: Checked) -> Iterator[Damage]:
    """Yield a damage for each extraction whose text or other content does not have its stored digest."""
    for kept in archive.kept_readings():
        checked.readings += 1
        what = _disagreement(kept)
        if what is not None:
            yield of_reading(what, kept)


def of_reading(what: str, kept: DigestedExtraction) -> Damage:
    """Return the damage of an extraction, with the place of its WARC record.

    The record may be sound, and then it can be extracted again.
    """
    where = f"read from {kept.warc.file}, offset {kept.warc.offset}"
    return Damage(f"{what}; {where}", DATABASE_NAME, article=kept.article, url=kept.url)


def _disagreement(kept: DigestedExtraction) -> str | None:
    if text_digest(kept.extraction.text) != kept.extraction.text_sha256:
        return "the stored text does not have its digest"
    if kept.extraction.line == PIPELINE_VERSION and content_digest(kept.extraction) != kept.content_sha256:
        return "the stored headline, dates or byline do not have their digest"
    return None


def check_articles(archive: ArchiveReader, checked: Checked) -> Iterator[Damage]:
    """Yield a damage for each difference of an article's row or search index entry from its extraction.

    Its topics are compared with their digest, and the stored number of revisions with their rows, too.
    """
    for shown in archive.shown_articles():
        checked.articles += 1
        for what in _faults(shown):
            yield of_reading(what, shown.reading)


def _faults(shown: ShownArticle) -> Iterator[str]:
    read, stamp = shown.reading.extraction, shown.reading.extraction.published
    repeated = {
        "language": (shown.language, read.language),
        "section": (shown.section, read.section),
        "moment of publication": (shown.published_at, stamp.moment if stamp else None),
        "day of publication": (shown.published_day, stamp.moment.date().isoformat() if stamp else None),
        "number of revisions": (shown.revisions, shown.counted),
    }
    for name, (says, is_) in repeated.items():
        if says != is_:
            yield f"the {name} by which it is found is {says}, not {is_}"
    topics = [(x.topic, x.score, x.matched) for x in shown.topics]
    if topics_digest(shown.reading.article, topics) != shown.topics_sha256:
        yield "its topics, their scores or terms do not have their digest"
    if shown.is_hidden:
        yield from ["it is an alias of another article, and in the search index"] if shown.indexed else []
    elif shown.indexed is None:
        yield "it is missing from the search index"
    elif read.line != PIPELINE_VERSION or _disagreement(shown.reading):
        # another version may have split words differently; or the text was changed, which is already reported
        return
    elif shown.indexed != words_of(read.title, read.lead, read.text, read.language):
        yield "the search index holds other words of it"
