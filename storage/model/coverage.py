"""Coverage of a source: the URLs that its channels list, and what the archive holds of each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from storage.model.runs import ROBOTS_DISALLOWED

if TYPE_CHECKING:
    from storage.model.captures import Capture
    from storage.model.sources import AddressKind


class CoverageStatus(StrEnum):
    """Status of a URL that a channel lists. Every listed URL has exactly one."""

    ARCHIVED = "archived"  # the archive holds the article, maybe under another URL
    OUT_OF_SCOPE = "out-of-scope"  # captured; it belongs to no topic
    NOT_ARTICLE = "not-article"  # captured; there is no article on the page
    FAILED = "failed"  # requested, not received
    NEVER_TRIED = "never-tried"  # not requested yet


@dataclass(frozen=True, slots=True)
class ListedUrl:
    """A URL that a channel lists, with its status.

    `reason` is why fetching it failed (a short class, then detail after a colon), `day` the publication date
    printed on the page (ISO 8601). `waiting` is whether it is in the frontier and due to be requested
    (again).
    """

    fate: CoverageStatus
    reason: str = ""
    day: str | None = None
    waiting: bool = False

    @property
    def is_gap(self) -> bool:
        """Whether a new request may bring an article that no run is about to request.

        That is a URL never tried, or failed for good. One that robots.txt disallows is no gap, as it is not
        requested.
        """
        if self.fate is CoverageStatus.FAILED:
            return not self.waiting and self.reason != ROBOTS_DISALLOWED
        return self.fate is CoverageStatus.NEVER_TRIED


@dataclass(frozen=True, slots=True)
class ChannelCapture:
    """A captured response of a channel, with the kind and URL of the channel.

    `kind` and `channel` are None where the frontier does not hold the URL.
    """

    capture: Capture
    kind: AddressKind | None = None
    channel: str | None = None
