"""Ranges: how far back a backfill takes what a channel announces."""

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
    """What was found, without what is dated before a moment (the start of a day in `zone`); the undated is followed.

    An address is dated by its channel, else by a day that is a part of its path. A page that is dated wholly before the moment
    is the last.
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
    """The day that an address is filed under (`/2026/03/05/`, `/2026-03-05/`); None when there is none.

    Only whole folders count: a day inside a name may be that of an event.
    """
    found = _DAY_IN_PATH.search(urlsplit(url).path)
    try:
        return date(int(found[1]), int(found[3]), int(found[4])) if found else None
    except ValueError:
        return None
