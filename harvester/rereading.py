"""Extract archived captures again, as if they had just been fetched; no request is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harvester.fetching.captured_response import CapturedResponse
from harvester.response_handler import SourceContext, handle_response
from pipelines.draft import Draft

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harvester.catalogue.loader import Catalogue
    from pipelines.rules import TopicRules
    from storage.model.captures import Capture
    from storage.reader import ArchiveReader


def frame_of(source: str, catalogue: Catalogue, topics: Sequence[TopicRules], *, keep_all: bool) -> SourceContext:
    """Return the context of a source: its declaration and rules; generic ones if the catalogue lacks it."""
    declaration = catalogue.sources.get(source) or catalogue.generic(source)
    return SourceContext(declaration, declaration.line_rules(topics, keep_all=keep_all))


def reread(capture: Capture, source_context: SourceContext, archive: ArchiveReader) -> Draft | None:
    """Return the page of a capture as a draft for the pipeline; None where the capture holds no page.

    Raises:
        BadPointer: its WARC record is damaged or missing.
    """
    settled = handle_response(CapturedResponse(capture, archive.response(capture.warc)), None, source_context)
    return settled if isinstance(settled, Draft) else None
