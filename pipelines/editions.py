"""Editions: what a page and its address tell about the same article in other languages.

Only clues: which of them lead to an article that the archive holds is found out when it is read.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from pipelines.urls import canonical_url, is_trap, path_and_query, site_of, with_encoded_query
from storage.language.tags import tag_of
from storage.model.editions import EditionClue, FoundIn, spelled_alike

if TYPE_CHECKING:
    from pipelines.draft import Draft
    from pipelines.page import Page
    from pipelines.rules import EditionRules

MOST_LINKS = 20
"""Versions that one page may name; no source publishes in more languages."""

_MOST_READ = 200  # link elements
_PAGES = (
    "",
    "text/html",
    "application/xhtml+xml",
)  # kinds of what a link leads to; feeds have languages, too


def find_editions(draft: Draft) -> Draft:
    """Sets the draft's clues to the versions of the article in other languages. Never raises for a bad page."""
    if draft.outcome is not None:
        return draft
    return replace(draft, editions=edition_clues(draft.page, draft.rules.editions))


def edition_clues(page: Page, rules: EditionRules) -> tuple[EditionClue, ...]:
    """The clues of a page, the surest first.

    Links with `hreflang` to articles on the source's hosts; the id in its address; its address without the folder of its language.
    """
    own = canonical_url(page.url)
    clues = [
        EditionClue(FoundIn.HREFLANG, url, language) for url, language in _links(page, own, rules).items()
    ]
    if shared := _shared_id(own, rules):
        clues.append(EditionClue(FoundIn.ID, shared))
    if path := _without_place(own, rules):
        clues.append(EditionClue(FoundIn.PATH, path))
    return tuple(clues)


def _links(page: Page, own: str, rules: EditionRules) -> dict[str, str]:
    """Canonical address and language of the versions that a page names, in its order."""
    base = next(
        (
            address
            for base in page.tree.iter("base")
            if (address := _address(page, page.url, base.get("href") or ""))
        ),
        page.url,
    )
    found: dict[str, str] = {}
    for link in [link for link in page.tree.iter("link") if link.get("hreflang")][:_MOST_READ]:
        language, address = tag_of(link.get("hreflang", "")), _address(page, base, link.get("href") or "")
        if (
            "alternate" not in (link.get("rel") or "").lower().split()
            or (link.get("type") or "").lower() not in _PAGES
        ):
            continue
        if (
            language
            and address
            and spelled_alike(address) != spelled_alike(own)
            and _is_article(address, rules)
        ):
            found.setdefault(address, language)
    return dict(list(found.items())[:MOST_LINKS])


def _address(page: Page, base: str, href: str) -> str:
    """The canonical address that a link leads to; empty where it is none that could be asked."""
    try:
        address = (
            canonical_url(with_encoded_query(urljoin(base, href.strip()), page.charset))
            if href.strip()
            else ""
        )
    except ValueError:
        return ""
    return "" if not address or is_trap(address) else address


def _is_article(url: str, rules: EditionRules) -> bool:
    """Whether an address can be an article of the source: on its hosts, of the shape of its articles, no front page."""
    site = site_of(url)
    if site not in rules.hosts and not (
        rules.articles is not None and any(site.endswith(f".{host}") for host in rules.hosts)
    ):
        return False
    if rules.articles is not None:
        return rules.articles.search(path_and_query(url)) is not None
    return urlsplit(url).path != "/" and spelled_alike(url) not in map(spelled_alike, rules.places.values())


def _shared_id(own: str, rules: EditionRules) -> str:
    if rules.articles is None or "id" not in rules.articles.groupindex:
        return ""
    found = rules.articles.search(path_and_query(own))
    return found["id"] or "" if found else ""


def _without_place(own: str, rules: EditionRules) -> str:
    """The address without the folder (or the parameter) of its edition, the longest that fits; empty outside all editions."""
    rests = []
    for place in rules.places.values():
        folder, _, parameter = spelled_alike(place).partition("?")
        path, _, query = spelled_alike(own).partition("?")
        parameters = query.split("&") if query else []
        if parameter and parameter not in parameters:
            continue
        if path.startswith(f"{folder.rstrip('/')}/"):
            kept = "&".join(x for x in parameters if x != parameter)
            rest = path[len(folder.rstrip("/")) + 1 :]
            rests.append((len(folder) + len(parameter), f"{rest}?{kept}" if kept else rest))
    return max(rests, default=(0, ""))[1]
