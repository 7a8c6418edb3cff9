"""Models of a source's TOML file, of its layouts, and of a family: the keys and their types."""

from __future__ import annotations

import datetime as dt
import re
from itertools import pairwise
from typing import Annotated, Literal
from urllib.parse import urljoin
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from harvester.catalogue.json_paths import compiled, fields_of
from harvester.config import resembling
from pipelines.rules import FIELDS
from pipelines.urls import is_web_address
from storage.language.tags import base_of, tag_of
from storage.model.sources import CHANNEL_KINDS, AddressKind, SourceKind

_PLACEHOLDER = re.compile(r"\{(\w*)\}")
_PLACEHOLDERS: dict[AddressKind, tuple[frozenset[str], frozenset[str]]] = {
    AddressKind.SEARCH: (frozenset({"query", "page", "offset"}), frozenset({"query"})),
    AddressKind.ARCHIVE: (frozenset({"year", "month", "day", "page"}), frozenset({"year", "month"})),
    AddressKind.API: (frozenset({"query", "page", "offset"}), frozenset()),
}
"""By kind of channel: the placeholders that its URL may hold, and those that it must hold."""
_TURNED = frozenset({"page", "offset"})
"""A listing's `pages` holds one of these: the number of the page, or of the entries before it."""
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")  # the shape of a BCP 47 tag


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, OSError, ValueError):
        near = resembling(value, available_timezones())
        hint = f"the nearest is {near}" if near else "Kazakhstan's is Asia/Almaty"
        raise ValueError(f"is not an IANA time zone; {hint}") from None
    return value


def _language(value: str) -> str:
    if not _LANGUAGE.fullmatch(value):
        raise ValueError("must be a language tag such as ru, kk or kk-Latn")
    kept = tag_of(value)
    written = value.partition("-")[0]
    if base_of(value) != written or (kept != value and kept.lower() == value.lower()):
        raise ValueError(f"is written {kept}, not {value}")  # no query and no page of the language has another spelling
    return value


def _web_address(value: str) -> str:
    if not is_web_address(value):
        raise ValueError("must be an http or https address")
    return value


def _pattern(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise ValueError(f"is not a regular expression: {error}") from None
    return value


def _json_path(value: str) -> str:
    if value:
        compiled(value)
    return value


def _json_address(value: str) -> str:
    """Check a path, or a URL template whose fields are paths; return it unchanged.

    Raises:
        ValueError: a path is not valid.
    """
    for path in fields_of(value) or [value]:
        compiled(path)
    return value


Text = Annotated[str, Field(min_length=1)]
Pattern = Annotated[Text, AfterValidator(_pattern)]
JsonPath = Annotated[str, AfterValidator(_json_path)]
Share = Annotated[float, Field(ge=0, le=1)]
Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class _Table(BaseModel):
    """A table of TOML: strict types, no unknown keys."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")


class ChannelSpec(_Table):
    """One channel, with its URL relative to `home`.

    `pages` is the URL pattern of a listing's further pages. The URL of a search, a date archive or an API may
    be a pattern itself (see `storage.model.sources.Channel`, also for the meaning of `first`, `step`,
    `items`, `url`, `date` and `title`).
    """

    feed: Text | None = None
    sitemap: Text | None = None
    listing: Text | None = None
    search: Text | None = None
    archive: Text | None = None
    api: Text | None = None
    section: Text | None = None
    pages: Text | None = None
    first: Annotated[int, Field(ge=0, le=1)] = 1
    step: Annotated[int, Field(ge=0)] = 0
    items: JsonPath = ""
    url: Annotated[Text, AfterValidator(_json_address)] | None = None
    date: JsonPath = ""
    title: JsonPath = ""

    @property
    def kind(self) -> AddressKind:
        """Kind of the channel."""
        return next(x for x in CHANNEL_KINDS if getattr(self, x) is not None)

    @property
    def address(self) -> str:
        """URL or URL pattern as written in the declaration."""
        return str(getattr(self, self.kind))

    @model_validator(mode="after")
    def _one_kind(self) -> ChannelSpec:
        if sum(getattr(self, x) is not None for x in CHANNEL_KINDS) != 1:
            raise ValueError(f"must name exactly one of {', '.join(CHANNEL_KINDS[:-1])} and {CHANNEL_KINDS[-1]}")
        turned = [x for x in _PLACEHOLDER.findall(self.pages or "") if x in _TURNED]
        if self.pages is not None and (self.listing is None or len(turned) != 1):
            raise ValueError("pages belongs to a listing and holds {page} or {offset} once")
        allowed, needed = _PLACEHOLDERS.get(self.kind, (frozenset(), frozenset()))
        found = _PLACEHOLDER.findall(self.address)
        if len(found) != len(set(found)) or not needed <= set(found) <= allowed:
            raise ValueError(_placeholder_fault(self.kind, allowed, needed))
        if (self.step > 0) != ("offset" in [*found, *turned]):
            raise ValueError("step belongs to an address (of a listing: pages) with {offset}: it says how many entries a page holds")
        if self.api is None and (self.items or self.url or self.date or self.title):
            raise ValueError("items, url, date and title belong to an api")
        if self.api is not None and self.url is None:
            raise ValueError("an api needs url: where an entry of its answer holds the article's address")
        return self


def _placeholder_fault(kind: AddressKind, allowed: frozenset[str], needed: frozenset[str]) -> str:
    if not allowed:
        return f"the address of a {kind} holds no {{…}}"
    may, must = (", ".join(f"{{{x}}}" for x in sorted(names)) for names in (allowed, needed))
    return f"the address of {kind} must hold {must or 'no placeholder'} and may hold {may}, each once"


class ArticlesSpec(_Table):
    """Patterns, searched in path and query, that decide which URLs are articles."""

    allow: Pattern | None = None
    deny: Pattern | None = None


class FetchSpec(_Table):
    """How the source is requested.

    `delay` and `timeout` are in seconds. `browser` is for pages that only scripts make.
    """

    delay: Seconds | None = None
    browser: bool = False
    timeout: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None


class Expect(_Table):
    """Expectations of a source, checked when a run closes.

    `per_day`: the fewest and the most articles a day. `dated` and `byline`: the minimum share of articles
    with a date, with an author. `body_chars`: the minimum length of an article's text in characters.
    `in_scope`: the minimum share of articles that belong to the topic. `silence_days`: the maximum number of
    days without a new article.
    """

    per_day: Annotated[list[Annotated[int, Field(ge=0)]], Field(min_length=2, max_length=2)] | None = None
    dated: Share | None = None
    byline: Share | None = None
    body_chars: Annotated[int, Field(ge=0)] | None = None
    in_scope: Share | None = None
    silence_days: Annotated[int, Field(ge=1)] | None = None

    @field_validator("per_day")
    @classmethod
    def _ascending(cls, value: list[int] | None) -> list[int] | None:
        if value and value[0] > value[1]:
            raise ValueError("must be the fewest, then the most")
        return value


class LayoutSpec(_Table):
    """CSS selectors by field, the elements to `drop` first, and the last day of capture for which they hold."""

    title: Text | None = None
    lead: Text | None = None
    body: Text | None = None
    date: Text | None = None
    modified: Text | None = None
    authors: Text | None = None
    section: Text | None = None
    tags: Text | None = None
    caption: Text | None = None
    credit: Text | None = None
    drop: Text | None = None
    until: dt.date | None = None

    @property
    def selectors(self) -> dict[str, str]:
        """Selector by field (see `pipelines.rules.FIELDS`)."""
        return {x: getattr(self, x) for x in FIELDS if getattr(self, x) is not None}


class FamilySpec(_Table):
    """Keys that the sources of a family share; a source's own keys win.

    `editions`: by language, the folder or URL below which its edition is found, so that versions of one
    article are recognised.
    """

    language: Annotated[list[Annotated[str, AfterValidator(_language)]], BeforeValidator(_listed), Field(min_length=1)] | None = None
    timezone: Annotated[str, AfterValidator(_zone)] = "Asia/Almaty"
    discover: Annotated[list[ChannelSpec], Field(min_length=1)] | None = None
    articles: ArticlesSpec = ArticlesSpec()
    editions: dict[Annotated[str, AfterValidator(_language)], Text] = {}
    fetch: FetchSpec = FetchSpec()
    expect: Expect = Expect()
    keep: Literal["relevant", "all"] = "relevant"
    layout: list[LayoutSpec] = []

    @field_validator("layout", mode="before")
    @classmethod
    def _list_of_tables(cls, value: object) -> object:
        if isinstance(value, dict):
            raise ValueError("must be a list of tables: write [[layout]]")  # noqa: TRY004  pydantic lets a TypeError through
        return value

    @field_validator("layout")
    @classmethod
    def _newest_first(cls, value: list[LayoutSpec]) -> list[LayoutSpec]:
        days = [x.until or dt.date.max for x in value]
        if any(older >= newer for newer, older in pairwise(days)):
            raise ValueError("must stand newest first, each older one with an earlier `until`")
        return value


class SourceSpec(FamilySpec):
    """Complete declaration of one source."""

    name: Text
    kind: Annotated[SourceKind, Field(strict=False)]
    home: Annotated[str, AfterValidator(_web_address)]
    family: Text | None = None
    language: Annotated[list[Annotated[str, AfterValidator(_language)]], BeforeValidator(_listed), Field(min_length=1)]
    discover: Annotated[list[ChannelSpec], Field(min_length=1)]
    enabled: bool = True
    note: str = ""

    @model_validator(mode="after")
    def _absolute_channels(self) -> SourceSpec:
        for i, channel in enumerate(self.discover):
            for written in (channel.address, channel.pages or ""):
                if not is_web_address(urljoin(self.home, written)):
                    raise ValueError(f"discover[{i}] leads to no http or https address")
        return self
