"""Find clues in a page and its URL to versions of the article in other languages.

Whether a clue leads to an article of the archive is decided when it is used.
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
"""Maximum number of versions that one page may name; no source publishes in more languages."""

_MAX_READ = 200  # `<link hreflang>` elements that are read
# Types of the targets of links; feeds have a `hreflang`, too.
_PAGE_TYPES = ("", "text/html", "application/xhtml+xml")


def find_editions(draft: Draft) -> Draft:
    """Set the draft's clues to versions of the article in other languages. Never raises for a bad page."""
    if draft.outcome is not None:
        return draft
    return replace(draft, editions=edition_clues(draft.page, draft.rules.editions))


def edition_clues(page: Page, rules: EditionRules) -> tuple[EditionClue, ...]:
    """Return the clues of a page, the most certain first.

    Links with `hreflang` to articles on the source's hosts; the id in its URL; its URL without the folder of
    its language.
    """
    own = canonical_url(page.url)
    clues = [
        EditionClue(FoundIn.HREFLANG, url, language) for url, language in _links(page, own, rules).items()
    ]
    if article_id := _article_id(own, rules):
        clues.append(EditionClue(FoundIn.ID, article_id))
    if path := _without_edition(own, rules):
        clues.append(EditionClue(FoundIn.PATH, path))
    return tuple(clues)


def _links(page: Page, own: str, rules: EditionRules) -> dict[str, str]:
    """Return canonical URL and language of the versions that a page names, in page order."""
    bases = (_address(page, page.url, element.get("href") or "") for element in page.tree.iter("base"))
    base = next(filter(None, bases), page.url)
    languages: dict[str, str] = {}
    for link in [link for link in page.tree.iter("link") if link.get("hreflang")][:_MAX_READ]:
        language, address = tag_of(link.get("hreflang", "")), _address(page, base, link.get("href") or "")
        is_alternate = "alternate" in (link.get("rel") or "").lower().split()
        if not is_alternate or (link.get("type") or "").lower() not in _PAGE_TYPES:
            continue
        if not language or not address or spelled_alike(address) == spelled_alike(own):
            continue
        if _is_article(address, rules):
            languages.setdefault(address, language)
    return dict(list(languages.items())[:MOST_LINKS])


def _address(page: Page, base: str, href: str) -> str:
    """Return the canonical URL of a link; empty if it cannot be fetched or looks endless."""
    href = href.strip()
    if not href:
        return ""
    try:
        address = canonical_url(with_encoded_query(urljoin(base, href), page.charset))
    except ValueError:
        return ""
    return "" if is_trap(address) else address


def _is_article(url: str, rules: EditionRules) -> bool:
    """Return whether a URL may be an article of the source.

    It is on one of its hosts, has the form of its articles, and is no front page.
    """
    site = site_of(url)
    if site not in rules.hosts:
        # With a pattern of articles, subdomains belong to the source, too.
        is_subdomain = any(site.endswith(f".{host}") for host in rules.hosts)
        if rules.articles is None or not is_subdomain:
            return False
    if rules.articles is not None:
        return rules.articles.search(path_and_query(url)) is not None
    return urlsplit(url).path != "/" and spelled_alike(url) not in map(spelled_alike, rules.places.values())


def _article_id(own: str, rules: EditionRules) -> str:
    """Return the group `id` of the pattern of articles in a URL; empty if there is none."""
    if rules.articles is None or "id" not in rules.articles.groupindex:
        return ""
    match = rules.articles.search(path_and_query(own))
    return (match["id"] or "") if match else ""


def _without_edition(own: str, rules: EditionRules) -> str:
    """Return the URL without the folder (or parameter) of its edition, the longest that matches.

    Empty if it is in no edition.
    """
    remainders = []
    for place in rules.places.values():
        folder, _, parameter = spelled_alike(place).partition("?")
        path, _, query = spelled_alike(own).partition("?")
        parameters = query.split("&") if query else []
        if parameter and parameter not in parameters:
            continue
        if path.startswith(f"{folder.rstrip('/')}/"):
            kept = "&".join(x for x in parameters if x != parameter)
            remainder = path[len(folder.rstrip("/")) + 1 :]
            remainders.append((len(folder) + len(parameter), f"{remainder}?{kept}" if kept else remainder))
    return max(remainders, default=(0, ""))[1]
