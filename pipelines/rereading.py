"""Extract the captures of a page with the present pipeline: from the archive's extractions, or its bytes."""

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
    """Extractions of one page by the pipeline of version `line`; `read` runs its pure stages."""

    def __init__(
        self, archive: Archive, rules: StageRules, line: str, read: Callable[[Draft], Draft]
    ) -> None:
        self._archive, self._rules, self._line, self._read = archive, rules, line, read

    def of(self, known: StoredExtraction) -> StoredExtraction:
        """Return an extraction by this version.

        That is `known` itself, or a new extraction of its capture; `known` if the capture cannot be read.
        """
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
        """Return the captures of a page with their extractions by this version.

        Args:
            sightings: the captures, in order.
            fresh: extractions that were just made, by index of their capture.
        """
        known = (sighting.known for sighting in sightings)
        stored = {
            extraction.content_sha256: extraction
            for extraction in known
            if extraction is not None and extraction.extraction.line == self._line
        }
        with_body = {
            index: fresh[index] if index in fresh else self._reading(sighting, stored)
            for index, sighting in enumerate(sightings)
            if index in fresh or not is_repeat(sighting.capture)
        }
        extracted: list[ExtractedCapture] = []
        for index, sighting in enumerate(sightings):
            if index in with_body:
                extracted.append(ExtractedCapture(sighting, with_body[index]))
                continue
            original = _original(sighting, sightings)
            repeated = with_body[original] if original is not None else self._by_digest(sighting, stored)
            extracted.append(ExtractedCapture(sighting, _unstored(repeated), is_repeat=True))
        return extracted

    def _by_digest(
        self, repeat: CaptureSighting, stored: dict[str, StoredExtraction]
    ) -> CaptureExtraction | None:
        """Return the extraction of a repeat whose original is a capture of another page, by its digest."""
        mark = repeat.mark
        if mark is None or mark.line != self._line:
            return None
        known = stored.get(mark.content_sha256)
        return CaptureExtraction(known.extraction, mark) if known is not None else None

    def _reading(
        self, sighting: CaptureSighting, stored: dict[str, StoredExtraction]
    ) -> CaptureExtraction | None:
        """Return the extraction of a capture with a body; None if it gives no article."""
        outcome, mark, known = sighting.outcome, sighting.mark, sighting.known
        is_paywalled = outcome.kind is OutcomeKind.WALLED and outcome.reason.startswith(PAYWALL)
        if not outcome.kind.is_reading and not is_paywalled:
            return None
        if mark is not None and mark.line == self._line:
            if known is not None and known.content_sha256 == mark.content_sha256:
                return CaptureExtraction(known.extraction, mark, known.number)
            if mark.content_sha256 in stored:
                extraction = stored[mark.content_sha256].extraction
                return self.with_number(sighting, CaptureExtraction(extraction, mark))
        draft = self._reread(sighting.capture)
        if draft is not None:
            extraction = extraction_of(draft, self._line)
            return self.with_number(sighting, CaptureExtraction(extraction, summary_of(draft, extraction)))
        if known is None:
            return None
        summary = mark or ExtractionSummary(known.extraction.line, known.content_sha256)
        return CaptureExtraction(known.extraction, summary, known.number)

    def with_number(self, sighting: CaptureSighting, reading: CaptureExtraction) -> CaptureExtraction:
        """Return the extraction with the number of the one that this version stored of the capture, if any.

        A version stores one extraction of each capture.
        """
        known = sighting.known
        if known is None or known.extraction.line != self._line:
            return reading
        return replace(reading, number=known.number)

    def _reread(self, capture: Capture) -> Draft | None:
        """Run the pure stages on a capture; None if its bytes are damaged or it gives no article."""
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
    """Return whether a capture has no body of its own: the record refers to an earlier one."""
    return capture.status == HTTPStatus.NOT_MODIFIED or capture.same_as is not None


def _original(repeat: CaptureSighting, sightings: Sequence[CaptureSighting]) -> int | None:
    """Return the index of the capture whose body a capture repeats; None if it is not among them.

    A WARC record names its moment. A 304 of our own does not: the request had the validators of the newest
    complete response that the archive had then.
    """
    complete = [index for index, sighting in enumerate(sightings) if _is_complete(sighting)]
    moment = repeat.capture.same_as
    if moment is not None:
        digest = repeat.capture.payload_digest
        complete = [index for index in complete if sightings[index].capture.captured_at == moment]
        same = [index for index in complete if sightings[index].capture.payload_digest == digest]
        return next(reversed(same or complete), None)
    if repeat.number is not None:
        number = repeat.number
        complete = [index for index in complete if (sightings[index].number or number) < number]
    return next(reversed(complete), None)


def _is_complete(sighting: CaptureSighting) -> bool:
    """Return whether later captures may refer to this one: it has a body that could be read."""
    is_readable = sighting.outcome.kind is not OutcomeKind.UNREADABLE
    return sighting.capture.status == HTTPStatus.OK and not is_repeat(sighting.capture) and is_readable


def _unstored(reading: CaptureExtraction | None) -> CaptureExtraction | None:
    return CaptureExtraction(reading.extraction, reading.mark) if reading is not None else None


def summary_of(draft: Draft, extraction: Extraction) -> ExtractionSummary:
    """Return what is stored about an extraction for each capture, beside its text."""
    return ExtractionSummary(
        extraction.line, content_digest(extraction), bool(draft.wall), draft.out_of_scope
    )


def extraction_of(draft: Draft, line: str) -> Extraction:
    """Return what the pure stages extracted, for version `line` of the pipeline."""
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
