"""Ingestion: pages in WARC files that others made, through the same line. The same file twice changes nothing."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from storage.warc.foreign import iterate

if TYPE_CHECKING:
    from pathlib import Path

    from harvester.harvest import Harvest
    from storage.warc.response import WarcResponse


def ingest(harvest: Harvest, path: Path) -> Counter[str]:
    """Take the pages of one file over into the archive.

    Each response of a known source (of any host, when the run says so) is copied into the archive's own WARC first and then read.
    Returns how many were `taken`, `known` already, of an `unknown source`, or skipped as no response, by reason.

    Raises:
        UsageError: the file is missing, no WARC, or torn; what was read before the tear is kept.
    """
    counts: Counter[str] = Counter()
    skipped: Counter[str] = Counter()
    try:
        for response in iterate(path, skipped):
            counts[_take(harvest, response)] += 1
    finally:
        counts.update(skipped)
    return counts


def _take(harvest: Harvest, response: WarcResponse) -> str:
    declaration = harvest.catalogue.of_url(response.url)
    if declaration is None and not harvest.any_source:
        return "unknown source"
    if harvest.archive.has_warc_record(response.record_id):
        return "known"
    pointer = harvest.warc.copy_response(response)
    answer = harvest.answer(harvest.source_of(response.url), response, pointer)
    harvest.receive_whole(answer, None)
    return "taken"
