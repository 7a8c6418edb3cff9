"""The articles of the newsroom, as they lie in `articles/<outlet>.toml`, and what should be read from their pages."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Almaty")
_ARTICLES = Path(__file__).parent / "articles"


@dataclass(frozen=True, slots=True)
class Story:
    """An article as its outlet holds it.

    `date` is local: a datetime, or a date where the outlet prints no time of day. `version` counts the changes made to the
    story while the newsroom runs. `image` says whether a picture stands with it, `related` names stories of the same outlet.
    Stories of one `event` are versions of one article; `versions` names those that the page links to, by language.
    """

    slug: str
    language: str
    title: str
    date: datetime | date
    paragraphs: tuple[str, ...]
    in_scope: bool
    lead: str = ""
    rubric: str = ""
    authors: tuple[str, ...] = ()
    modified: datetime | None = None
    views: int = 0
    credit: str = ""
    caption: str = ""
    tags: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    image: bool = True
    event: str = ""
    versions: dict[str, str] = field(default_factory=dict)
    version: int = field(default=0, compare=False)

    @property
    def published(self) -> datetime:
        """The moment of publication, aware; midnight where only the day is known."""
        moment = self.date if isinstance(self.date, datetime) else datetime.combine(self.date, time())
        return moment.replace(tzinfo=ZONE)

    @property
    def changed(self) -> datetime:
        """The moment of the last change, aware: an hour later with every version."""
        moment = self.modified.replace(tzinfo=ZONE) if self.modified else self.published
        return moment + timedelta(hours=self.version)


@dataclass(frozen=True, slots=True)
class ExpectedArticle:
    """What a right extraction of an article's page gives, field by field.

    `text` holds paragraphs parted by newlines; `published` is ISO 8601 with offset, or a date alone where `precision` is `day`;
    `raw` is the date as printed; `modified` is ISO 8601 or empty; `image` is an absolute address or empty.
    """

    outlet: str
    slug: str
    url: str
    language: str
    title: str
    lead: str
    text: str
    authors: tuple[str, ...]
    section: str
    tags: tuple[str, ...]
    credit: str
    caption: str
    image: str
    published: str
    precision: str
    raw: str
    modified: str
    in_scope: bool


@lru_cache
def stories(outlet: str) -> tuple[Story, ...]:
    """The stories of an outlet, newest first."""
    blocks = tomllib.loads((_ARTICLES / f"{outlet}.toml").read_text(encoding="utf-8"))["article"]
    return tuple(sorted(map(_story, blocks), key=lambda story: (story.published, story.slug), reverse=True))


def _story(block: dict[str, Any]) -> Story:
    values: Any = {key: tuple(value) if isinstance(value, list) else value for key, value in block.items()}
    return Story(**values)
