"""Parse the JSON responses of a site's own API into discovered URLs."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from harvester.catalogue.json_paths import fields_of, filled, value_at
from harvester.discovery.discovery_result import NO_ENTRIES, NOT_ENTRY, NOT_JSON, TOO_MANY, ChannelParseError, DiscoveryResult, UrlCollector
from harvester.discovery.sniffing import unpacked
from pipelines.dates.stage import read_date
from pipelines.draft import RawDate
from pipelines.html_tree import unescaped
from pipelines.rules import DateRules

if TYPE_CHECKING:
    from collections.abc import Mapping

    from storage.model.sources import Channel, Source

MAX_ENTRIES = 5000
"""Entries read from one response, from its start."""

_TAG = re.compile(r"<[^<>]*>")
_YEARS = range(1990, 2100)  # a date outside them is a mistake
_MILLISECONDS = 100_000_000_000  # as seconds, in the year 5138
_MAX_DATE = 100  # characters
_LONGEST_TITLE = 5_000  # with its tags


def read_api(body: bytes, channel: Channel, source: Source, captured_at: datetime) -> DiscoveryResult:
    """Return the entries of a response at `channel.items`: URL, date (UTC) and title.

    Relative URLs resolve against the source's home. Times without a zone are read in the source's zone; a
    date without a year is resolved against `captured_at` (aware). What cannot be read is a problem in the
    result, never an error.
    """
    basket = UrlCollector(channel, source.home)
    try:
        entries = _entries(_parsed(body), channel.items.path)
    except ChannelParseError as problem:
        basket.problems[str(problem)] += 1
        return basket.found()
    if len(entries) > MAX_ENTRIES:
        basket.problems[TOO_MANY] += len(entries) - MAX_ENTRIES
    for entry in entries[:MAX_ENTRIES]:
        if isinstance(entry, dict):
            moment = _moment(value_at(entry, channel.items.date), source.timezone, captured_at) if channel.items.date else None
            title = _title(value_at(entry, channel.items.title)) if channel.items.title else None
            basket.put(_address(entry, channel.items.url), dated=moment, title=title)
        else:
            basket.problems[NOT_ENTRY] += 1
    return basket.found()


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(unpacked(body))
    except ChannelParseError:
        raise
    except (ValueError, RecursionError):
        raise ChannelParseError(NOT_JSON) from None


def _entries(answer: Any, path: str) -> list[Any]:
    """Return the declared list; of an object in its place, its values.

    PHP writes an array with gaps in its keys as an object.
    """
    found = value_at(answer, path) if path else answer
    if isinstance(found, dict) and all(key.isdecimal() for key in found):
        found = list(found.values())
    if not isinstance(found, list):
        raise ChannelParseError(NO_ENTRIES)
    return found


def _address(entry: Mapping[str, Any], url: str) -> str | None:
    """Return the URL of an entry, or a template filled with its fields; None when a field is missing."""
    fields = fields_of(url)
    if not fields:
        return _text(value_at(entry, url))
    values = {field: text for field in fields if (text := _text(value_at(entry, field)))}
    return filled(url, values) if len(values) == len(set(fields)) else None


def _text(value: Any) -> str | None:
    """Return a string or a whole number as text."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if abs(value) < 10**18 else None
    return value.strip() if isinstance(value, str) else None


def _title(value: Any) -> str | None:
    """Return a title without tags and character references; some sites escape the references twice."""
    return _TAG.sub("", unescaped(unescaped(value[:_LONGEST_TITLE]))) if isinstance(value, str) else None


def _moment(value: Any, zone: str, captured_at: datetime) -> datetime | None:
    """Return a moment from seconds or milliseconds since 1970, or from a printed date."""
    if isinstance(value, str) and value.strip().isdecimal() and value.isascii() and len(value) <= len(str(_MILLISECONDS)) + 1:
        value = int(value)
    if isinstance(value, str) and value.strip() and len(value) <= _MAX_DATE:
        stamp = read_date(RawDate(value, "api"), DateRules(zone), captured_at)
        return stamp.moment.astimezone(UTC) if stamp else None
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return None
    try:
        moment = datetime.fromtimestamp(value / 1000 if abs(value) >= _MILLISECONDS else value, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return moment if moment.year in _YEARS else None
