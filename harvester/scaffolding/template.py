"""Draft of a declaration: TOML in which a comment gives the origin of each guess."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from harvester.scaffolding.site_features import languages_of, name_of, system_of
from harvester.scaffolding.url_patterns import InducedPattern, induce
from storage.model.sources import AddressKind

if TYPE_CHECKING:
    from collections.abc import Collection

    from harvester.scaffolding.autodiscovery import FoundChannel, SiteSurvey

COLUMN = 44
"""Column, counted from 0, at which comments begin."""

_LAYOUT = """\
# [[layout]]                                # CSS selectors, for fields that `harvester sources probe` shows missing or wrong
# title = "h1"
# body  = "article"
"""


@dataclass(frozen=True, slots=True)
class Stub:
    """A declaration as TOML, the induced article pattern, and the recognised publishing system.

    The pattern is None, and the system empty, where none was found.
    """

    toml: str
    induced: InducedPattern | None
    system: str


def stub_of(newcomer: SiteSurvey, families: Collection[str] = ()) -> Stub:
    """Return a draft declaration of a surveyed site; `families` are the names of the known families."""
    front, home = newcomer.front, newcomer.front.url
    name, where = name_of(front)
    languages = languages_of(front, newcomer.headlines, newcomer.articles) or ["ru"]
    induced, system = induce(newcomer.articles, newcomer.others), system_of(front)
    lines = [
        _line("name", _text(name), where),
        _line("kind", _text(_kind(home)), "a guess: official, agency, newspaper, broadcaster or online"),
        _line("home", _text(home), ""),
        *_family(system, families),
        _line("language", _text(languages[0]) if len(languages) == 1 else json.dumps(languages), "the headlines, and what the page says"),
        _line("timezone", _text("Asia/Almaty"), "assumed: the zone of the times that it prints"),
        "discover = [",
        *(_channel(x, home) for x in newcomer.channels),
        "]",
        *_articles(induced, len(set(newcomer.articles))),
        "",
    ]
    return Stub("\n".join(lines) + "\n" + _LAYOUT, induced, system)


def _line(key: str, value: str, why: str) -> str:
    written = f"{key:<8} = {value}"
    return f"{written:<{COLUMN - 2}}  # {why}" if why else written


def _text(value: str) -> str:
    """Return a TOML string. It is written as one of JSON, without DEL, which TOML does not allow unescaped."""
    return json.dumps(value.replace("\x7f", ""), ensure_ascii=False)


def _kind(home: str) -> str:
    host = urlsplit(home).hostname or ""
    return "official" if host == "gov.kz" or host.endswith(".gov.kz") else "online"


def _family(system: str, families: Collection[str]) -> list[str]:
    """Return the line of a family named after the recognised system; a comment if there is none.

    Empty when no system was recognised.
    """
    family = min((x for x in families if system and system in x), key=len, default="")
    if family:
        return [_line("family", _text(family), f"the markup is {system}'s")]
    return [f"# the markup is {system}'s; no family of that name is known"] if system else []


def _channel(channel: FoundChannel, home: str) -> str:
    pages = f", pages = {_text(_relative(channel.pages, home))}" if channel.pages else ""
    written = f"    {{ {channel.kind.value} = {_text(_relative(channel.url, home))}{pages} }},"
    articles = sum(x.kind is AddressKind.ARTICLE for x in channel.found)
    listed = f"; {channel.index_of} sitemaps, the newest lists {articles}" if channel.index_of else f"; lists {articles}"
    return f"{written:<{COLUMN - 2}}  # {channel.why}{listed if channel.kind is not AddressKind.LISTING else ''}"


def _relative(url: str, home: str) -> str:
    """Return the shortest spelling of a URL that resolves to it from `home`."""
    folder = home.rpartition("/")[0] + "/"
    root = "/".join(home.split("/", 3)[:3])
    shorter = (url.removeprefix(folder), url.removeprefix(root))
    return next((x for x in shorter if x and x != url and urljoin(home, x) == url), url)


def _articles(induced: InducedPattern | None, listed: int) -> list[str]:
    if induced is None:
        return ["# articles = { allow = '…' }  # no pattern was found: until one stands here, every page under home is a candidate"]
    quoted = f"'{induced.pattern}'" if "'" not in induced.pattern else _text(induced.pattern)
    told = f"matches {induced.matched} of {listed} listed addresses"
    wrong = f"; and section pages: {', '.join(induced.wrongly[:3])}" if induced.wrongly else ", and no section page"
    return [_line("articles", f"{{ allow = {quoted} }}", f"{told}{wrong}")]
