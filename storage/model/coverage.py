"""Coverage: what a source's channels list, and what the archive has of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from storage.model.runs import ROBOTS_DISALLOWED

if TYPE_CHECKING:
    from storage.model.captures import Capture
    from storage.model.sources import AddressKind


class CoverageStatus(StrEnum):
    """What became of an address that a channel lists. Every one has exactly one."""

    ARCHIVED = "archived"  # the archive holds the article, maybe under another address
    OUT_OF_SCOPE = "out-of-scope"  # captured; it belongs to no topic
    NOT_ARTICLE = "not-article"  # captured; there is no article on the page
    FAILED = "failed"  # asked, and not received
    NEVER_TRIED = "never-tried"  # not asked yet


@dataclass(frozen=True, slots=True)
class ListedUrl:
    """A listed address and its fate.

    `reason` says why it failed (a short class, and after a colon detail), `day` when it was published (ISO 8601), as the page
    said it, `waiting` whether it stands in the frontier to be asked (again).
    """

    fate: CoverageStatus
    reason: str = ""
    day: str | None = None
    waiting: bool = False

    @property
    def is_gap(self) -> bool:
        """Whether asking (again) may bring an article that no run is about to ask for: never tried, or failed for good.

        What robots.txt closes is no gap: it will not be asked.
        """
        if self.fate is CoverageStatus.FAILED:
            return not self.waiting and self.reason != ROBOTS_DISALLOWED
        return self.fate is CoverageStatus.NEVER_TRIED


@dataclass(frozen=True, slots=True)
class ChannelCapture:
    """An answer of a channel: its capture, and the kind and address of the channel (None where the frontier does not know it)."""

    capture: Capture
    kind: AddressKind | None = None
    channel: str | None = None
