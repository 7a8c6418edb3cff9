"""Comparison of extractions with the WARC: each capture is extracted again by the same pipeline version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harvester.rereading import frame_of, reread
from harvester.verification.tables import of_reading
from harvester.verification.wording import counted, was
from pipelines.fingerprints import content_digest
from pipelines.pipeline import read
from pipelines.pipeline_version import PIPELINE_VERSION
from pipelines.rereading import extraction_of
from storage.warc.errors import BadPointer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harvester.catalogue.loader import Catalogue
    from harvester.response_handler import SourceContext
    from harvester.verification.damage import Checked, Damage
    from storage.model.holdings import DigestedExtraction
    from storage.reader import ArchiveReader

OTHER_LINE = "read by another version of the line"
UNDECLARED = "of a source that the catalogue does not know"
ELSEWHERE = "of captures whose body lies in another"
UNREADABLE = "of captures that cannot be read"


def check_against_warc(archive: ArchiveReader, catalogue: Catalogue, checked: Checked) -> Iterator[Damage]:
    """Yield a damage for each text that the same pipeline version extracts differently today.

    This finds a text that was changed together with its digests. Extractions of another version cannot be
    compared and are counted in `checked.not_reread`, as are captures that cannot be read, which the check of
    the WARC files reports. The declarations must be those with which the archive was made: other selectors
    extract another text.
    """
    frames: dict[str, SourceContext] = {}
    for kept in archive.kept_readings():
        source = kept.capture.source
        if why := _why_not(kept, catalogue):
            checked.not_reread[why] += 1
            continue
        if source not in frames:
            frames[source] = frame_of(source, catalogue, (), keep_all=True)
        try:
            what = _difference(kept, frames[source], archive)
        except BadPointer:
            checked.not_reread[UNREADABLE] += 1
            continue
        except Exception as error:  # noqa: BLE001  one page must not end the check of all others
            what = f"reading its capture again failed ({type(error).__name__}: {error})"
        checked.reread += 1
        if what is not None:
            yield of_reading(what, kept)
    for why, count in sorted(checked.not_reread.items()):
        remedy = "; --sources names the folder of its declaration" if why == UNDECLARED else ""
        checked.notes.append(f"{counted(count, 'text')} {why} {was(count)} not compared with the WARC{remedy}")


def _why_not(kept: DigestedExtraction, catalogue: Catalogue) -> str:
    if kept.extraction.line != PIPELINE_VERSION:
        return OTHER_LINE
    if kept.capture.same_as is not None:
        return ELSEWHERE
    source = kept.capture.source
    # sources under the generic rules have a host name as id, declared ones never
    is_host = "." in source or ":" in source
    return "" if source in catalogue.sources or is_host else UNDECLARED


def _difference(kept: DigestedExtraction, source_context: SourceContext, archive: ArchiveReader) -> str | None:
    draft = reread(kept.capture, source_context, archive)
    if draft is None:
        return "its capture holds no page, so the stored text was not read from it"
    draft = read(draft)
    if draft.outcome is not None:
        why = f"{draft.outcome.kind.value}: {draft.outcome.reason}"
        return f"its capture reads as no article ({why}), so the stored text was not read from it"
    again = extraction_of(draft, PIPELINE_VERSION)
    if again.text_sha256 != kept.extraction.text_sha256:
        return "the stored text is not what its capture reads as"
    if content_digest(again) != kept.content_sha256:
        return "the stored headline, dates, byline, tags or pictures are not what its capture reads as"
    if again.language != kept.extraction.language:
        return "the stored language is not what its capture reads as"
    return None if again.extractor == kept.extraction.extractor else "another extractor is named than the one that reads its capture"
