"""Revisions of an article: their list, and the article as of one of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from rich.text import Text

from harvester.cli.histories import between
from storage.errors import UsageError
from storage.export.plain_text import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from storage.model.articles import Article, Revision
    from storage.model.captures import WarcPointer
    from storage.reader import ArchiveReader


def require_revision(article: str, number: int, count: int) -> None:
    """Check that an article (by its id) with `count` revisions has revision `number` (from 1).

    Raises:
        UsageError: it has none of that number.
    """
    if not 1 <= number <= count:
        hint = f"The article has {count}: see `harvester show {article} --revisions`."
        raise UsageError(f"There is no revision {number}.", hint)


def at_revision(archive: ArchiveReader, article: Article, revisions: Sequence[Revision], number: int) -> Article:
    """Return the article as of a revision (from 1): its text, and the capture that first showed it.

    Topics, reprints and excerpts are known for the newest text alone, so they are left out.

    Raises:
        UsageError: there is no such revision.
    """
    require_revision(article.id, number, len(revisions))
    revision = revisions[number - 1]
    return replace(
        article,
        extraction=archive.revision_readings(article.id)[number - 1],
        captured_at=revision.captured_at,
        payload_digest=revision.payload_digest,
        warc=revision.warc,
        revision=number,
        topics=(),
        cluster=None,
        excerpts=None,
        ingested_from=None,
    )


def place(pointer: WarcPointer) -> str:
    """Return the location of a WARC record: file, offset, length and record id."""
    return f"{pointer.file}, offset {pointer.offset}, length {pointer.length}, {pointer.record_id}"


def print_revisions(console: Console, revisions: Sequence[Revision]) -> None:
    """Print each revision on two lines.

    First line: number, first capture, headline and changes. Second line: digest of the text and location of
    the record.
    """
    for revision in revisions:
        seen = f"{revision.captured_at:%Y-%m-%d %H:%M:%S} UTC"
        console.print(f"{revision.number:>3}  {seen}  {plain(revision.title)}{_changes(revision)}")
        console.print(Text(f"     {revision.text_sha256}  {place(revision.warc)}", "dim"))


def _changes(revision: Revision) -> str:
    if not revision.changed:
        return ""
    silently = ", silently" if revision.silent else ""
    before = revision.previous_last_seen
    when = f", {between(before, revision.captured_at)}" if before else ""
    return f"  [{' '.join(revision.changed)}{silently}{when}]"


def revision_row(revision: Revision) -> dict[str, Any]:
    """Return a revision as JSON values. `previous_last_seen` is null for the first."""
    before = revision.previous_last_seen
    return {
        "number": revision.number,
        "captured_at": revision.captured_at.isoformat(timespec="seconds"),
        "title": revision.title,
        "text_sha256": revision.text_sha256,
        "changed": list(revision.changed),
        "silent": revision.silent,
        "warc": {
            "file": revision.warc.file,
            "offset": revision.warc.offset,
            "length": revision.warc.length,
            "record_id": revision.warc.record_id,
            "payload_digest": revision.payload_digest,
        },
        "previous_last_seen": before.isoformat(timespec="seconds") if before else None,
    }
