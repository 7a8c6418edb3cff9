"""Comparison of article histories with their extractions: changed fields and silent changes.

The rules of a history are in docs/adr/0014.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harvester.verification.damage import Damage
from pipelines.deciding import changes_of
from pipelines.pipeline_version import PIPELINE_VERSION
from storage.model.capture_result import ArticleUpdate
from storage.reader import DATABASE_NAME

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage.reader import ArchiveReader
    from storage.repositories.revision_pairs import RevisionPair


def check_revisions(archive: ArchiveReader) -> Iterator[Damage]:
    """Yield a damage for each revision whose marks do not follow from its text and the text before.

    Extractions of another pipeline version are not compared: it may have applied other rules.
    """
    for pair in archive.revision_pairs():
        if pair.before.extraction.line == pair.after.extraction.line == PIPELINE_VERSION:
            for what in _faults(pair):
                yield Damage(what, DATABASE_NAME, article=pair.article, url=pair.url)


def _faults(pair: RevisionPair) -> Iterator[str]:
    read = ArticleUpdate(pair.article, pair.url, pair.after.extraction, pair.after.content_sha256)
    derived = changes_of(read, pair.before)
    if set(derived.changed) != set(pair.changed):
        yield f"revision {pair.number} changed {_fields(derived.changed)}, and the tables say {_fields(pair.changed)}"
    if derived.silent != pair.silent:
        has, says = ("no", "one") if derived.silent else ("an", "none")
        yield f"revision {pair.number} has {has} updated-at mark of its own, and the tables say that it has {says}"


def _fields(names: tuple[str, ...]) -> str:
    return ", ".join(names) or "nothing"
