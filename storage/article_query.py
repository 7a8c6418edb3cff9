"""ArticleQuery: a validated selection of articles, the query language of all interfaces to the archive."""

from __future__ import annotations

import re
import sys
from calendar import monthrange
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from storage.errors import UsageError
from storage.model.articles import ArticleState
from storage.model.sources import SourceKind

SORTS = ("newest", "rank")

Names = Iterable[str] | str | None
"""One name, several, or none."""

Day = date | str | None
"""A day; as a string also a month or a year (`2026-03-15`, `2026-03`, `2026`)."""

_Check = Callable[[str, object], object]

_LANGUAGE = re.compile(r"(?:[a-z]{2,3}|[ix](?=[-_]))(?:[-_][a-z0-9]{1,8})*", re.IGNORECASE | re.ASCII)
"""A BCP 47 tag (RFC 5646, section 2.1).

Primary language subtags have two or three letters: none of the longer ones that the standard reserves is
registered.
"""

_PERIOD = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)


@dataclass(frozen=True, slots=True, init=False)
class ArticleQuery:
    """A selection of articles. All filters must match; the values of one filter are alternatives.

    Args:
        words: words, phrases and exclusions as docs/query.md describes them, at most 256 characters; empty
            means filters alone.
        sources: ids, names or home pages of sources, in any case.
        since: the first day of publication, as the source printed it; a month or a year means its first day.
            An undated article matches no day.
        until: the last day of publication; a month or a year means its last day.
        languages: BCP 47 tags in any case, such as `ru`; `kk` also means `kk-Latn` and `kk-Arab`. The name of
            a language is not a tag.
        sections: whole names of sections in any case.
        tags: whole tags in any case.
        authors: names in any case; one word of a name is enough, such as the surname.
        kinds: kinds of sources: official, agency, newspaper, broadcaster, online.
        topics: ids of topics in any case.
        states: states of articles at their URL: live, gone, soft-gone, paywalled, blocked, moved.
        changed: only those edited by the publisher.
        silent: only those edited at least once without an updated-at mark.
        sort: `newest` (undated articles last) or `rank`, which orders the newest 1,000 matches; older ones
            follow.
        limit: the maximum number of articles; None for all.
        collapse: of the matching reprints of one text, only the earliest.
        edited_since: only those whose publisher's edit was first captured on this day (UTC) or later.
        gone_since: only those that are gone or soft-gone now, and were first seen so on this day (UTC) or
            later.
        seen_since: only those that the archive first saw on this day (UTC) or later.
        undated: keep undated articles where `since` or `until` would leave them out.

    Where several values are possible, a single string counts as one value, and None as no value. Days may be
    strings.

    Raises:
        UsageError: a value that is not valid for its field, or words that cannot be searched; the message
            names the field.
        TypeError: a value of another type than the field's.
    """

    words: str
    sources: tuple[str, ...]
    since: date | None
    until: date | None
    languages: tuple[str, ...]
    sections: tuple[str, ...]
    tags: tuple[str, ...]
    authors: tuple[str, ...]
    kinds: tuple[str, ...]
    topics: tuple[str, ...]
    states: tuple[str, ...]
    changed: bool
    silent: bool
    sort: str
    limit: int | None
    collapse: bool
    edited_since: date | None
    gone_since: date | None
    seen_since: date | None
    undated: bool

    def __init__(  # noqa: PLR0913, PLR0917  one parameter a filter; scripts pass them by name
        self,
        words: str = "",
        sources: Names = (),
        since: Day = None,
        until: Day = None,
        languages: Names = (),
        sections: Names = (),
        tags: Names = (),
        authors: Names = (),
        kinds: Names = (),
        topics: Names = (),
        states: Names = (),
        changed: bool = False,  # noqa: FBT001, FBT002  the order of the fields is that of older versions
        silent: bool = False,  # noqa: FBT001, FBT002
        sort: str = "newest",
        limit: int | None = None,
        collapse: bool = False,  # noqa: FBT001, FBT002
        *,
        edited_since: Day = None,
        gone_since: Day = None,
        seen_since: Day = None,
        undated: bool = False,
    ) -> None:
        given = locals()
        for field in fields(self):
            object.__setattr__(self, field.name, _CHECKS[field.name](field.name, given[field.name]))
        if self.since and self.until and self.since > self.until:
            raise UsageError(f"since ({self.since}) is later than until ({self.until}).", "Exchange the two dates.")

    def as_dict(self) -> dict[str, object]:
        """Return the query as JSON values, every field of it, dates in ISO 8601."""
        values: dict[str, Any] = {field.name: getattr(self, field.name) for field in fields(self)}
        return {
            name: value.isoformat() if isinstance(value, date) else list(value) if isinstance(value, tuple) else value
            for name, value in values.items()
        }


def first_day(name: str, value: object) -> date | None:
    """Return the day that a value of a field or an option names, of a month or year its first; None for None.

    Raises:
        UsageError: a string that names no day, or a datetime.
        TypeError: any other type.
    """
    return _day(name, value, is_last=False)


def last_day(name: str, value: object) -> date | None:
    """Return the day that a value of a field or an option names, of a month or year its last; None for None.

    Raises:
        UsageError: a string that names no day, or a datetime.
        TypeError: any other type.
    """
    return _day(name, value, is_last=True)


def _day(name: str, value: object, *, is_last: bool) -> date | None:
    if value is None:
        return None
    if isinstance(value, datetime):
        if value != value:  # noqa: PLR0124  pandas' NaT is a datetime, and not equal to itself
            raise UsageError(f"{name} cannot be {value}.", "Give a day, or None for no limit.")
        raise UsageError(f"{name} cannot be the moment {value.isoformat()}.", "Give a day, such as its .date().")
    if isinstance(value, date):
        return value
    if not isinstance(value, str):
        raise _wrong(name, value, "a date, or a string such as '2026-03-15'")
    match = _PERIOD.fullmatch(value.strip())
    try:
        year, month, day = (int(part) if part else None for part in match.groups()) if match else (0, 0, 0)
        month = month if month is not None else 12 if is_last else 1
        return date(year or 0, month, day if day is not None else monthrange(year or 0, month)[1] if is_last else 1)
    except ValueError as error:
        raise UsageError(f"{name} cannot be {value!r}.", "Write a day as 2026-03-15, a month as 2026-03, or a year as 2026.") from error


def _searchable(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise _wrong(name, value, "one string")
    if value.strip():
        from storage.search.parse import parse  # loads the stemmers, which a query without words does not need

        parse(value)
    return value


def _names(name: str, value: object) -> tuple[str, ...]:
    if value is None:
        return ()
    values = _listed(value)
    for one in values:
        if not isinstance(one, str):
            raise _wrong(name, one, "a string, or several strings in a list or tuple")
        if not one.strip():
            raise UsageError(f"{name} cannot hold an empty string.", "Leave it out.")
    return tuple(str(one) for one in values)


def _listed(value: object) -> list[object]:
    if isinstance(value, Iterable) and not isinstance(value, (str, bytes)):
        return list(value)
    return [value]


def _languages(name: str, value: object) -> tuple[str, ...]:
    tags = tuple(one.strip() for one in _names(name, value))
    if wrong := next((one for one in tags if not _LANGUAGE.fullmatch(one)), None):
        hint = "Write a language tag, such as ru, kk or kk-Latn; several in a list (in a shell, the option for each)."
        raise UsageError(f"{name} cannot hold {wrong!r}.", hint)
    return tags


def _folded_names(name: str, value: object) -> tuple[str, ...]:
    return tuple(one.strip().lower() for one in _names(name, value))


def _one_of(valid: Iterable[str]) -> _Check:
    choices = [str(choice) for choice in valid]

    def check(name: str, value: object) -> tuple[str, ...]:
        folded = _folded_names(name, value)
        if wrong := next((one for one in folded if one not in choices), None):
            raise UsageError(f"{name} cannot hold {wrong!r}.", f"Choose of: {', '.join(choices)}.")
        return folded

    return check


def _flag(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise _wrong(name, value, "True or False")
    return value


def _sort(name: str, value: object) -> str:
    if value not in SORTS:
        raise UsageError(f"{name} cannot be {value!r}.", f"Choose one of: {', '.join(SORTS)}.")
    return str(value)


def _limit(name: str, value: object) -> int | None:
    if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
        raise _wrong(name, value, "a number of articles, or None")
    if value is not None and not 0 <= value <= sys.maxsize:
        raise UsageError(f"{name} cannot be {value}.", "Give a number of articles, 0 or more; None for all.")
    return value


def _wrong(name: str, value: object, wanted: str) -> TypeError:
    return TypeError(f"ArticleQuery: {name} takes {wanted}, not {value!r} ({type(value).__name__}).")


_CHECKS: dict[str, _Check] = {
    "words": _searchable,
    **dict.fromkeys(("sources", "sections", "tags", "authors"), _names),
    "languages": _languages,
    "topics": _folded_names,
    **dict.fromkeys(("since", "edited_since", "gone_since", "seen_since"), first_day),
    "until": last_day,
    "kinds": _one_of(SourceKind),
    "states": _one_of(ArticleState),
    **dict.fromkeys(("changed", "silent", "collapse", "undated"), _flag),
    "sort": _sort,
    "limit": _limit,
}
