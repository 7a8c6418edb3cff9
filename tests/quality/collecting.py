"""Gold of collecting texts: digests, live blogs, press reviews, cards and reports that hold passages of stories of the newsroom."""

from __future__ import annotations

import random
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.quality.reprints import GoldText, edited, filler, retold, stories

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LANGUAGES = ("ru", "kk", "en")
WHOLE_COPIES = ("original", "agency", "edited 4 %", "edited 12 %", "new lead", "three paragraphs", "inside", "with cards", "speech report")
DIGESTS = ("digest", "live blog", "brief", "press review", "round-up")
QUOTING = (*DIGESTS, "long read", "with cards")
"""Kinds of texts that hold passages of other stories than their own."""

_BETWEEN = tomllib.loads(Path(__file__).with_name("collecting.toml").read_text("utf-8"))
_START = datetime(2026, 3, 10, tzinfo=UTC)

Story = dict[str, Any]


@dataclass(frozen=True)
class Collecting:
    """A text with the stories (by slug) of which it holds passages, its own story left out."""

    text: GoldText
    quoted: tuple[str, ...]


def collecting_gold(seed: int = 2026) -> tuple[list[GoldText], list[Collecting]]:
    """Stories with their whole copies and the texts that collect them, in any order; and the latter once more, with what they hold."""
    chance = random.Random(seed)
    told = {language: [*chance.sample(stories((language,)), 9), *_invented(language, chance)] for language in LANGUAGES}
    copies = [text for of_language in told.values() for story in of_language for text in _copies(story, chance)]
    made = [found for language, of_language in told.items() for found in _collecting(language, of_language, chance)]
    texts = [*copies, *(found.text for found in made)]
    chance.shuffle(texts)
    return texts, made


def _invented(language: str, chance: random.Random) -> Iterator[Story]:
    """Stories in words of the newsroom in any order: they share no run of words with another."""
    for number in range(21):
        paragraphs = [filler(language, chance) for _ in range(chance.randrange(4, 10))]
        title = " ".join(filler(language, chance).split()[:8])
        yield {"slug": f"invented-{language}-{number}", "language": language, "title": title, "paragraphs": paragraphs}


def _copies(story: Story, chance: random.Random) -> Iterator[GoldText]:
    language, paragraphs, hour = story["language"], story["paragraphs"], _hour(chance)
    yield GoldText(story["slug"], "original", "wire", language, story["title"], "\n".join(paragraphs), hour)
    others = ("agency", "edited 4 %", "edited 12 %", "new lead", "three paragraphs", "inside")
    for number, kind in enumerate(chance.sample(others, chance.randrange(1, 4))):
        text, later = retold(kind, paragraphs, language, chance), hour + timedelta(minutes=chance.randrange(3, 900))
        yield GoldText(story["slug"], kind, f"outlet{number}", language, story["title"], text, later)


def _collecting(language: str, told: list[Story], chance: random.Random) -> Iterator[Collecting]:
    """For every form several texts, each of other stories."""
    between = _BETWEEN[language]
    forms: dict[str, tuple[int, Callable[[Any, list[Story], random.Random], list[str]]]] = {
        "digest": (6, _digest), "live blog": (5, _live_blog), "brief": (3, _brief), "press review": (4, _press_review),
        "round-up": (3, _round_up), "long read": (3, _long_read), "with cards": (3, _with_cards), "speech report": (2, _speech_report),
    }  # fmt: skip
    for kind, (times, make) in forms.items():
        for number in range(times):
            most = {"long read": 1, "speech report": 1, "with cards": 3}.get(kind, 9)
            least = {"press review": 3, "round-up": 3}.get(kind, min(2, most))
            taken = chance.sample(told, chance.randrange(least, most + 1))
            text = "\n".join(make(between, taken, chance))
            has_own = kind in ("with cards", "speech report")
            story = taken[0]["slug"] if has_own else f"{kind} {language} {number}"
            quoted = tuple(x["slug"] for x in (taken[1:] if has_own else taken))
            title = taken[0]["title"] if has_own else f"{chance.choice(between['opening'])} {number}"
            yield Collecting(GoldText(story, kind, f"portal{number}", language, title, text, _hour(chance)), quoted)


def _hour(chance: random.Random) -> datetime:
    return _START + timedelta(minutes=chance.randrange(4000))


def _digest(between: Any, told: list[Story], chance: random.Random) -> list[str]:
    """Headline and lead of each story, sometimes with the paragraph after it."""
    items = [[story["title"], *story["paragraphs"][: chance.choice((1, 1, 2))]] for story in told]
    return [chance.choice(between["opening"]), *(line for item in items for line in item)]


def _live_blog(between: Any, told: list[Story], chance: random.Random) -> list[str]:
    """Leads under the time of day, with words of the outlet's own between them."""
    times = sorted(f"{chance.randrange(8, 23):02}:{chance.randrange(60):02}" for _ in told)
    lines = [between["live"][0]]
    for clock, story in zip(times, told, strict=True):
        lines.append(f"{clock} {edited(story['paragraphs'][0], 0.04, story['language'], chance)}")
        if chance.random() < 0.4:
            lines.append(between["live"][2])
    return [*lines, between["live"][1]]


def _brief(between: Any, told: list[Story], chance: random.Random) -> list[str]:
    """Leads as a list, without headlines."""
    mark = chance.choice(between["bullet"])
    return [f"{mark}{story['paragraphs'][0]}" for story in told]


def _press_review(between: Any, told: list[Story], chance: random.Random) -> list[str]:
    """Long passages from anywhere in a story, each introduced, with a paragraph of the reviewer's own after some."""
    lines = [chance.choice(between["opening"])]
    for number, story in enumerate(told):
        paragraphs = story["paragraphs"]
        first = chance.randrange(max(1, len(paragraphs) - 2))
        lines.append(between["review"][number % len(between["review"])])
        lines += [f"«{paragraph}»" for paragraph in paragraphs[first : first + max(3, len(paragraphs) // 2)]]
        if chance.random() < 0.5:
            lines.append(filler(story["language"], chance))
    return lines


def _round_up(between: Any, told: list[Story], chance: random.Random) -> list[str]:
    """The first three paragraphs of each story under its headline: a week told again."""
    parts = [[story["title"], *story["paragraphs"][:3]] for story in told]
    return [chance.choice(between["opening"]), *(line for part in parts for line in part)]


def _long_read(between: Any, told: list[Story], chance: random.Random) -> list[str]:
    """A long text of its own that quotes the lead of one story and the paragraph after it."""
    del between
    (story,) = told
    own = [filler(story["language"], chance) for _ in range(14)]
    place = chance.randrange(3, 12)
    return [*own[:place], *story["paragraphs"][:2], *own[place:]]


def _with_cards(between: Any, told: list[Story], chance: random.Random) -> list[str]:
    """A whole copy of one story, with cards that hold the leads of others."""
    first, *others = told
    text = edited("\n".join(first["paragraphs"]), 0.04, first["language"], chance).split("\n")
    return [*text, chance.choice(between["also"]), *(story["paragraphs"][0] for story in others)]


def _speech_report(between: Any, told: list[Story], chance: random.Random) -> list[str]:
    """A story quoted whole inside a report."""
    (story,) = told
    return [between["report"][0], *story["paragraphs"], between["report"][1], filler(story["language"], chance)]
