"""Date limit of a backfill: which discovered URLs are recent enough."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from harvester.discovery.discovery_result import OLDER, DiscoveryResult

if TYPE_CHECKING:
    from storage.model.sources import DiscoveredUrl

_DAY_IN_PATH = re.compile(r"/((?:19|20)\d\d)([/-])(\d\d)\2(\d\d)(?=/|$)")


def since(found: DiscoveryResult, moment: datetime, zone: str) -> DiscoveryResult:
    """Drop what is dated before a moment (the start of a day in `zone`); undated URLs are kept.

    A URL is dated by its channel, else by a day in its path. A page on which everything is dated before the
    moment is the last.
    """
    day = moment.astimezone(ZoneInfo(zone)).date()
    kept = tuple(x for x in found.urls if not _is_before(x, moment, day))
    older = len(found.urls) - len(kept)
    problems = Counter(found.problems)
    if older:
        problems[OLDER] = older
    return DiscoveryResult(kept, problems, found.next_page if kept or not older else None)


def _is_before(discovered: DiscoveredUrl, moment: datetime, day: date) -> bool:
    if discovered.dated is not None:
        return discovered.dated < moment
    written = day_in_path(discovered.url)
    return written is not None and written < day


def day_in_path(url: str) -> date | None:
    """Return the day in a URL's path (`/2026/03/05/`, `/2026-03-05/`); None when there is none.

    Only whole path segments count: a day inside a slug may be that of an event.
    """
    found = _DAY_IN_PATH.search(urlsplit(url).path)
    try:
        return date(int(found[1]), int(found[3]), int(found[4])) if found else None
    except ValueError:
        return None
