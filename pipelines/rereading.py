"""What the captures of a page are read as today: stored readings where they serve, else the archived bytes, read again."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING

from pipelines.draft import Draft
from pipelines.fingerprints import content_digest
from pipelines.history import CaptureExtraction, ExtractedCapture
from pipelines.page import Page
from pipelines.page_classification import PAYWALL
from storage.model.articles import Extraction
from storage.model.captures import OutcomeKind
from storage.model.history import ExtractionSummary, StoredExtraction
from storage.warc.errors import BadCoding, BadPointer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pipelines.rules import StageRules
    from storage.archive import Archive
    from storage.model.captures import Capture
    from storage.model.history import CaptureSighting


class Rereader:
    """Readings of one page as the line of version `line` reads them; `read` runs its pure stages."""

    def __init__(
        self, archive: Archive, rules: StageRules, line: str, read: Callable[[Draft], Draft]
    ) -> None:
        self._archive, self._rules, self._line, self._read = archive, rules, line, read

    def of(self, known: StoredExtraction) -> StoredExtraction:
        """The reading itself when this line made it, else one made anew from its capture (the old one, when that cannot be read)."""
        if known.extraction.line == self._line:
            return known
        draft = self._reread(known.capture)
        if draft is None:
            return known
        extraction = extraction_of(draft, self._line)
        return StoredExtraction(known.number, extraction, content_digest(extraction), known.capture)

    def all(
        self, sightings: Sequence[CaptureSighting], fresh: dict[int, CaptureExtraction]
    ) -> list[ExtractedCapture]:
        """The captures of a page with what they are read as; `fresh` are readings that are at hand, by place."""
        known = (sighting.known for sighting in sightings)
        stored = {
            one.content_sha256: one for one in known if one is not None and one.extraction.line == self._line
        }
        whole = {
            place: fresh[place] if place in fresh else self._reading(sighting, stored)
            for place, sighting in enumerate(sightings)
            if place in fresh or not is_repeat(sighting.capture)
        }
        seen: list[ExtractedCapture] = []
        for place, sighting in enumerate(sightings):
            if place in whole:
                seen.append(ExtractedCapture(sighting, whole[place]))
            else:
                original = _original(sighting, sightings)
                repeated = whole[original] if original is not None else self._as_marked(sighting, stored)
                seen.append(ExtractedCapture(sighting, _unstored(repeated), is_repeat=True))
        return seen

    def _as_marked(
        self, repeat: CaptureSighting, stored: dict[str, StoredExtraction]
    ) -> CaptureExtraction | None:
        """A repeat of a capture of another page, by the digest of what it was read as."""
        mark = repeat.mark
        known = stored.get(mark.content_sha256) if mark is not None and mark.line == self._line else None
        return CaptureExtraction(known.extraction, mark) if mark is not None and known is not None else None

    def _reading(
        self, sighting: CaptureSighting, stored: dict[str, StoredExtraction]
    ) -> CaptureExtraction | None:
        outcome, mark, known = sighting.outcome, sighting.mark, sighting.known
        if not (
            outcome.kind.is_reading
            or (outcome.kind is OutcomeKind.WALLED and outcome.reason.startswith(PAYWALL))
        ):
            return None
        if mark is not None and mark.line == self._line:
            if known is not None and known.content_sha256 == mark.content_sha256:
                return CaptureExtraction(known.extraction, mark, known.number)
            if mark.content_sha256 in stored:
                return self.stored_as(
                    sighting, CaptureExtraction(stored[mark.content_sha256].extraction, mark)
                )
        draft = self._reread(sighting.capture)
        if draft is not None:
            extraction = extraction_of(draft, self._line)
            return self.stored_as(sighting, CaptureExtraction(extraction, mark_of(draft, extraction)))
        if known is None:
            return None
        return CaptureExtraction(
            known.extraction,
            mark or ExtractionSummary(known.extraction.line, known.content_sha256),
            known.number,
        )

    def stored_as(self, sighting: CaptureSighting, reading: CaptureExtraction) -> CaptureExtraction:
        """The reading, with the number of what this line stored of the capture: a line stores one reading of each."""
        known = sighting.known
        return (
            replace(reading, number=known.number)
            if known is not None and known.extraction.line == self._line
            else reading
        )

    def _reread(self, capture: Capture) -> Draft | None:
        """The capture through the pure stages; None where its bytes are damaged or give no article today."""
        try:
            body = self._archive.response(capture.warc).decoded_body
        except (BadPointer, BadCoding):
            return None
        page = Page(
            url=capture.url, body=body, content_type=capture.content_type, captured_at=capture.captured_at
        )
        draft = self._read(Draft(capture=capture, page=page, rules=self._rules))
        return draft if draft.outcome is None and draft.reading.text else None


def is_repeat(capture: Capture) -> bool:
    """Whether a capture has no body of its own: the record refers to an earlier one."""
    return capture.status == HTTPStatus.NOT_MODIFIED or capture.same_as is not None


def _original(repeat: CaptureSighting, sightings: Sequence[CaptureSighting]) -> int | None:
    """The place of the capture whose body a capture repeats.

    Its record names the moment. An answer 304 of our own does not: it was asked with the validators of the newest whole answer
    that the archive had then.
    """
    whole = [place for place, one in enumerate(sightings) if _is_whole(one)]
    moment = repeat.capture.same_as
    if moment is not None:
        whole = [place for place in whole if sightings[place].capture.captured_at == moment]
        same = [
            place
            for place in whole
            if sightings[place].capture.payload_digest == repeat.capture.payload_digest
        ]
        return next(reversed(same or whole), None)
    if repeat.number is not None:
        whole = [place for place in whole if (sightings[place].number or repeat.number) < repeat.number]
    return next(reversed(whole), None)


def _is_whole(sighting: CaptureSighting) -> bool:
    """Whether later captures may refer to this one: it has a body of its own that could be read."""
    is_read = sighting.outcome.kind is not OutcomeKind.UNREADABLE
    return sighting.capture.status == HTTPStatus.OK and not is_repeat(sighting.capture) and is_read


def _unstored(reading: CaptureExtraction | None) -> CaptureExtraction | None:
    return CaptureExtraction(reading.extraction, reading.mark) if reading is not None else None


def mark_of(draft: Draft, extraction: Extraction) -> ExtractionSummary:
    """What is kept of a reading beside its text."""
    return ExtractionSummary(
        extraction.line, content_digest(extraction), bool(draft.wall), draft.out_of_scope
    )


def extraction_of(draft: Draft, line: str) -> Extraction:
    """What the pure stages of a version of the line read of a page."""
    reading = draft.reading
    return Extraction(
        title=reading.title,
        lead=reading.lead,
        text=reading.text,
        language=draft.language,
        authors=reading.authors,
        section=reading.section,
        tags=reading.tags,
        images=reading.images,
        published=draft.published,
        modified=draft.modified,
        text_sha256=draft.text_sha256,
        line=line,
        extractor=reading.extractor,
        languages=draft.languages,
    )
