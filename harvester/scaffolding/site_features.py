"""Features of a site, extracted from its front page.

Its name, languages, publishing system, feeds, links, and a listing with its further pages.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from pipelines.extraction.class_names import named, names_of
from pipelines.page import short_text
from pipelines.urls import canonical_url, is_web_address, path_and_query, site_of
from storage.language.detect import UNDETERMINED, language_of
from storage.language.tags import base_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lxml.html import HtmlElement

    from pipelines.page import Page

HEADLINE = 30
"""Minimum length in characters of a link's text to count as a headline."""

_FEED_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/rdf+xml", "text/xml"})
_COMMENTS = re.compile(r"comment|комментари", re.IGNORECASE)
_SYSTEMS = {
    "wordpress": re.compile(r"<meta\b[^<>]{1,1000}WordPress|/wp-content/|/wp-json/|/wp-includes/", re.IGNORECASE),
    "dle": re.compile(r"DataLife Engine|\bdle_root\b|/engine/classes/", re.IGNORECASE),
    "bitrix": re.compile(r"/bitrix/(?:js|cache|templates|components)/|1C-Bitrix", re.IGNORECASE),
    "joomla": re.compile(r"<meta\b[^<>]{1,1000}Joomla|/media/jui/|option=com_content|/media/vendor/joomla", re.IGNORECASE),
}
_TAG = re.compile(r"[a-z]{2,3}(?:-[A-Z][a-z]{3})?")
_FOLDERS = frozenset({"ru", "kk", "en"})
_SHARE = 0.2  # minimum share of the headlines for a language to be listed
_PAGED = re.compile(r"(?P<front>.*?)(?P<mark>[?&](?:page|p|PAGEN_1)=|/page[/-])(?P<number>\d{1,3})(?P<rest>/?)")
_MENU = named("menu|nav|navbar|navigation|header|footer|rubrics|breadcrumbs?|pagination")
_PARTED = re.compile(r"\s+[-|–—•:·]\s+")
_LETTERS = re.compile(r"[^a-z0-9]+")  # characters of a host that are no letters or digits
_DESCRIPTION = re.compile(
    r"\b(?:новост|лента\b|сайт|портал|газет|журнал|агентств|телеканал|главн|официальн|последни|сегодня"
    r"|жаңалық|газет|журнал|агентті|телеарна|басты|ресми|бүгін"
    r"|(?:news|newspaper|magazine|agency|channel|home|official|latest|today|main page|welcome)\b)",
    re.IGNORECASE,
)
"""Words with which the title of a front page describes the site, as opposed to naming it."""
_NEWS_PAGE = re.compile(
    r"/(?:novosti|news|lenta|last-?news|all-?news|latest|zhanalyktar|janalyqtar|zha[nң]alyqtar|новости|жаңалықтар)(?:/|\.html?)?$",
    re.IGNORECASE,
)
"""Path of a page that lists a site's news."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link within the site: its canonical URL, its text, and whether it is in a menu."""

    url: str
    text: str
    in_menu: bool


def feeds_of(page: Page) -> list[str]:
    """Return the feeds that the page links as its alternates, without those of comments."""
    feeds = []
    for link in page.tree.iter("link"):
        named = f"{link.get('title') or ''} {link.get('href') or ''}"
        if "alternate" in (link.get("rel") or "").lower().split() and (link.get("type") or "").lower() in _FEED_TYPES:
            address = urljoin(page.url, (link.get("href") or "").strip())
            if is_web_address(address) and not _COMMENTS.search(named):
                feeds.append(canonical_url(address))
    return list(dict.fromkeys(feeds))


def links_of(page: Page) -> list[Link]:
    """Return the links within the site, one for each URL, with its longest text."""
    found: dict[str, Link] = {}
    for element in page.tree.iter("a"):
        address = _joined(page.url, element.get("href") or "")
        if address and site_of(address) == site_of(page.url):
            link = Link(address, short_text(element), _in_menu(element))
            found[address] = max(found.get(address, link), link, key=lambda x: len(x.text))
    return list(found.values())


def _in_menu(element: HtmlElement) -> bool:
    return any(x.tag in {"nav", "header", "footer"} or _MENU.search(names_of(x)) for x in element.iterancestors())


def system_of(page: Page) -> str:
    """Return the publishing system recognised in the markup: wordpress, dle, bitrix, joomla, or empty."""
    return next((name for name, marks in _SYSTEMS.items() if marks.search(page.text)), "")


def name_of(page: Page) -> tuple[str, str]:
    """Return the outlet's name and where it was found: og:site_name, a part of the title, or the host.

    Of the parts of a title ("Вести дня – газета района") it is the one that the host names too, else the one
    that does not describe the site or begin in lower case: of two such parts the last ("События - Вести
    дня"), of more the shortest.
    """
    for meta in page.tree.iter("meta"):
        if (meta.get("property") or meta.get("name") or "").lower() == "og:site_name" and (meta.get("content") or "").strip():
            return " ".join(meta.get("content", "").split()), "og:site_name"
    title = next((short_text(x) for x in page.tree.iter("title")), "")
    parts = [x for x in _PARTED.split(title) if x.strip()]
    if not parts:
        return site_of(page.url), "the host"
    host = _LETTERS.sub("", source_id(page.url))
    named = [x for x in parts if host and host in _LETTERS.sub("", x.lower())] if not _DESCRIPTION.search(host) else []
    own = named or [x for x in parts if not (_DESCRIPTION.search(x) or x[0].islower())] or parts
    return (own[-1] if len(own) == 2 else min(own, key=len)), "<title>"  # noqa: PLR2004


def languages_of(page: Page, headlines: Sequence[str], articles: Sequence[str]) -> list[str]:
    """Return language tags, the main one first.

    In this order: those of the headlines (each at least `_SHARE` of them), of the folders of the articles,
    and those that the page declares of itself and its alternates.
    """
    said = base_of(page.tree.get("lang") or "")
    written = Counter(language_of(x, said) for x in headlines)
    folders = Counter(tag for x in articles if (tag := base_of(urlsplit(x).path.split("/")[1])) in _FOLDERS)
    common = [tag for tag, count in written.most_common() if count >= _SHARE * written.total()]
    common += [tag for tag, count in folders.most_common() if count > 1]
    alternates = [base_of(x.get("hreflang") or "") for x in page.tree.iter("link") if "alternate" in (x.get("rel") or "").lower()]
    return list(dict.fromkeys(x for x in (*common, said, *alternates) if _TAG.fullmatch(x) and x != UNDETERMINED))


def news_page_of(links: Iterable[Link]) -> str:
    """Return the shortest linked URL that looks like a page of news; empty when there is none."""
    pages = [x.url for x in links if _NEWS_PAGE.search(path_and_query(x.url))]
    return min(pages, key=len, default="")


def listing_of(links: Iterable[Link], page: Page) -> tuple[str, str]:
    """Return the first listing of which the page links further pages, and the pattern of their URLs.

    Both are empty when there is none.
    """
    for link in links:
        found = _PAGED.fullmatch(link.url)
        if found:
            return found["front"] or page.url, f"{found['front']}{found['mark']}{{page}}{found['rest']}"
    return "", ""


def source_id(url: str) -> str:
    """Return an id from a host, without `www.` and its last part (`gov.kz` and the like count as one)."""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    labels = host.split(".")
    shortened = labels[: -2 if labels[-2:-1] in (["gov"], ["com"], ["org"], ["edu"], ["mil"]) and len(labels) > 2 else -1]  # noqa: PLR2004
    kept = labels if labels[-1].isdecimal() else shortened or labels
    return re.sub(r"[^a-z0-9-]+", "-", "-".join(kept).lower()).strip("-")


def _joined(base: str, written: str) -> str:
    """Return the canonical URL of a link; empty when it is no http or https URL."""
    try:
        address = urljoin(base, written.strip())
        return canonical_url(address) if written.strip() and not written.startswith("#") and is_web_address(address) else ""
    except ValueError:
        return ""
