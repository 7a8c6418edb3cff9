"""Reprint gold of our own: every story of the newsroom that is in Russian or Kazakh, reprinted by other outlets in every usual way.

The stories are hand-written, about an invented reform; what outlets do to them is done here, by a fixed seed. Every text ends in a
passage of background that dozens of other stories end in, too.
"""

from __future__ import annotations

import random
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

STORIES = Path(__file__).resolve().parents[1] / "site" / "articles"
KINDS = ("agency", "edited 4 %", "edited 12 %", "new lead", "three paragraphs", "inside")

_LEFT_OUT = ("byuro-podvelo-itogi-golosovaniya", "byuro-prinyalo-protokoly-vseh-komissiy")
"""A reprint of another story of the newsroom, and an article about the same event in its own words."""
_AROUND = tomllib.loads(Path(__file__).with_name("reprints.toml").read_text("utf-8"))
"""By language: a `prefix` and a `tail` of an agency, paragraphs of `background`, and `leads` that fit any story."""


@dataclass(frozen=True)
class GoldText:
    """One text of the gold: the story it tells, how it was made (`original`, or one of KINDS), by whom, and when it was published."""

    story: str
    kind: str
    outlet: str
    language: str
    title: str
    text: str
    published: datetime


def gold(seed: int = 2026) -> list[GoldText]:
    """All texts, in the order in which a crawl might come by them: any."""
    chance = random.Random(seed)
    made = [text for article in stories() for text in _reprints(article, chance)]
    chance.shuffle(made)
    return made


@cache
def stories(languages: tuple[str, ...] = ("ru", "kk")) -> list[dict[str, Any]]:
    """The newsroom's articles in some languages, without the two that repeat what another tells."""
    found = [article for file in sorted(STORIES.glob("*.toml")) for article in tomllib.loads(file.read_text("utf-8"))["article"]]
    return [x for x in found if x["language"] in languages and x["slug"] not in _LEFT_OUT]


def _reprints(article: dict[str, Any], chance: random.Random) -> Iterator[GoldText]:
    language, paragraphs, story, title = article["language"], article["paragraphs"], article["slug"], article["title"]
    hour = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=chance.randrange(20_000))
    background = chance.choice(_AROUND[language]["background"])
    yield GoldText(story, "original", "wire", language, title, "\n".join([*paragraphs, background]), hour)
    for number, kind in enumerate((*KINDS, "edited 4 %", "edited 12 %", "agency")):
        told = retold(kind, paragraphs, language, chance)
        ending = chance.choice((background, chance.choice(_AROUND[language]["background"])))
        headline = edited(title, 0.3, language, chance) if chance.random() < 0.5 else title
        hour += timedelta(minutes=chance.randrange(5, 400))
        yield GoldText(story, kind, f"outlet{number}", language, headline, f"{told}\n{ending}", hour)


def retold(kind: str, paragraphs: list[str], language: str, chance: random.Random) -> str:
    text, around = "\n".join(paragraphs), _AROUND[language]
    if kind == "agency":
        return f"{around['prefix'].format(day=chance.randrange(1, 29))}{text}\n{around['tail']}"
    if kind.startswith("edited"):
        return edited(text, int(kind.split()[1]) / 100, language, chance)
    if kind == "new lead":
        return "\n".join([chance.choice(around["leads"]), *paragraphs[1:]])
    if kind == "three paragraphs":
        return "\n".join(paragraphs[:3])
    filling = [filler(language, chance) for _ in range(8)]
    place = chance.randrange(2, 7)
    return "\n".join([*filling[:place], edited(text, 0.04, language, chance), *filling[place:]])


def filler(language: str, chance: random.Random) -> str:
    """A paragraph of its own: 30 to 60 words of a language in any order."""
    return " ".join(chance.choices(_vocabulary(language), k=chance.randrange(30, 60))).capitalize() + "."


def edited(text: str, share: float, language: str, chance: random.Random) -> str:
    """The text with a share of its words, numbers aside, replaced by others of its language."""
    lines = [line.split(" ") for line in text.split("\n")]
    places = [(i, j) for i, line in enumerate(lines) for j, word in enumerate(line) if word.isalpha()]
    for i, j in chance.sample(places, min(len(places), round(share * sum(map(len, lines))))):
        lines[i][j] = chance.choice(_vocabulary(language))
    return "\n".join(" ".join(line) for line in lines)


@cache
def _vocabulary(language: str) -> list[str]:
    said = " ".join(paragraph for story in stories((language,)) for paragraph in story["paragraphs"])
    return sorted({word.lower() for word in said.split() if word.isalpha() and len(word) > 2})
