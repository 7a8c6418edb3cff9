"""What a page states about itself for machines: JSON-LD, OpenGraph and other meta tags, microdata."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pipelines.draft import RawDate
from pipelines.extraction.bounds import MOST_STATEMENTS, STATEMENT
from pipelines.extraction.class_names import words
from pipelines.extraction.jsonld import Statements, read_statements
from pipelines.extraction.places import OwnScope
from pipelines.html_tree import unescaped
from pipelines.page import short_text
from storage.model.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lxml.html import HtmlElement

    from pipelines.page import Page

_PUBLISHED = words(
    "article:published_time og:article:published_time og:published_time datepublished pubdate publishdate publish-date publication_date "
    "date dc.date.issued dc.date dcterms.created sailthru.date parsely-pub-date mediator_published_time"
)
_MODIFIED = words(
    "article:modified_time og:article:modified_time og:updated_time datemodified last-modified dcterms.modified dc.date.modified"
)
_AUTHOR = words(
    "author article:author og:article:author byl dc.creator dcterms.creator sailthru.author parsely-author mediator_author"
)
_SECTION = words("article:section og:article:section parsely-section sailthru.section mediator_theme")
_PROPERTIES = frozenset(("datePublished", "dateCreated", "dateModified", "headline", "articleSection"))
_MOST_PROPERTIES = 5_000
_MOST_HEADINGS = 20
_LONGEST_DATE = 200  # characters
_LONGEST_NAME = 100  # of a meta element


@dataclass(frozen=True, slots=True)
class Metadata:
    """A page's own statements. `headlines` are best first; `keywords` is what search engines are told, not what readers see."""

    headlines: tuple[str, ...]
    title_tag: str
    description: str
    authors: tuple[str, ...]
    section: str
    tags: tuple[str, ...]
    keywords: tuple[str, ...]
    published: tuple[RawDate, ...]
    modified: tuple[RawDate, ...]
    images: tuple[tuple[str, str], ...]
    site_names: tuple[str, ...]


def read_metadata(page: Page) -> Metadata:
    """The statements of a page, each empty where there is none. Never raises for a bad page."""
    own = OwnScope(page.tree) if "itemprop" in page.text else None
    title_tag, meta, marked = _title_tag(page.tree), _meta(page.tree, own), _microdata(page, own)
    stated = read_statements(page.tree, page.url, filter(None, (*_first_headings(page.tree), title_tag)))
    return Metadata(
        headlines=_distinct(
            (
                stated.text("headline"),
                *meta.get("og:title", ()),
                *marked.get("headline", ()),
                *meta.get("twitter:title", ()),
            )
        ),
        title_tag=title_tag,
        description=next(
            iter(
                _distinct(
                    (
                        stated.text("description"),
                        *meta.get("og:description", ()),
                        *meta.get("description", ()),
                    )
                )
            ),
            "",
        ),
        authors=_distinct(
            stated.people()
            or [name for key in _AUTHOR for name in meta.get(key, ()) if not _is_address(name)]
        ),
        section=next(iter(_section(stated, meta, marked)), ""),
        tags=_distinct(
            part
            for text in (
                *stated.texts("keywords"),
                *meta.get("article:tag", ()),
                *meta.get("og:article:tag", ()),
            )
            for part in _split(text)
        ),
        keywords=_distinct(
            part
            for key in ("news_keywords", "keywords")
            for text in meta.get(key, ())
            for part in _split(text)
        ),
        published=(
            *_dates("datePublished", stated, meta, _PUBLISHED, marked),
            *(RawDate(raw, "itemprop:dateCreated") for raw in marked.get("dateCreated", ())[:2]),
        ),
        modified=_dates("dateModified", stated, meta, _MODIFIED, marked),
        images=(*stated.images(), *((address, "") for address in meta.get("og:image", ()))),
        site_names=_distinct(
            (
                *meta.get("og:site_name", ()),
                *meta.get("application-name", ()),
                *stated.organisations(),
                *_host(page.url),
            )
        ),
    )


def _section(stated: Statements, meta: dict[str, list[str]], marked: dict[str, list[str]]) -> tuple[str, ...]:
    trail = stated.breadcrumbs[1:-1] if len(stated.breadcrumbs) > 2 else ()  # noqa: PLR2004 - home, section, the article itself
    return _distinct(
        (
            *stated.texts("articleSection"),
            *(text for key in _SECTION for text in meta.get(key, ())),
            *marked.get("articleSection", ()),
            *trail[-1:],
        )
    )


def _dates(
    name: str,
    stated: Statements,
    meta: dict[str, list[str]],
    keys: tuple[str, ...],
    marked: dict[str, list[str]],
) -> tuple[RawDate, ...]:
    found = [RawDate(raw, f"jsonld:{name}") for raw in stated.texts(name)[:1]]
    found += [RawDate(raw, f"meta:{key}") for key in keys for raw in meta.get(key, ())[:1]]
    found += [RawDate(raw, f"itemprop:{name}") for raw in marked.get(name, ())[:2]]
    return tuple(date for date in found if len(date.raw) <= _LONGEST_DATE)


def _title_tag(tree: HtmlElement) -> str:
    """The page's title; that of a picture inside it (an SVG has one, too) is none."""
    titles = (
        title for title in tree.iter("title") if next(title.iterancestors("svg", "symbol", "g"), None) is None
    )
    return next((short_text(title) for title in titles), "")


def _first_headings(tree: HtmlElement) -> list[str]:
    return [short_text(heading) for heading in islice(tree.iter("h1"), _MOST_HEADINGS)]


def _meta(tree: HtmlElement, own: OwnScope | None) -> dict[str, list[str]]:
    """Contents of the page's meta tags by lower-case name, the first of each; those of microdata where they are the article's."""
    found: dict[str, list[str]] = {}
    for tag in tree.iter("meta"):
        name = tag.get("property") or tag.get("name")
        if not name and (name := tag.get("itemprop")) and own is not None and not own.holds(tag):
            continue
        content = one_line(tag.get("content") or "", STATEMENT)
        if (
            name
            and content
            and len(values := found.setdefault(one_line(name, _LONGEST_NAME).lower(), [])) < MOST_STATEMENTS
        ):
            values.append(content)
    return found


def _microdata(page: Page, own: OwnScope | None) -> dict[str, list[str]]:
    """Values of the article's itemprop attributes by property, in page order; dates as printed for machines first."""
    found: dict[str, list[str]] = {}
    for element in islice(page.select("[itemprop]"), _MOST_PROPERTIES) if own is not None else ():
        for name in element.get("itemprop", "").split():
            if name in _PROPERTIES and own is not None and own.holds(element):
                values = (element.get("content"), element.get("datetime"), short_text(element))
                if len(known := found.setdefault(name, [])) < MOST_STATEMENTS:
                    known.extend(line for value in values if value and (line := one_line(value, STATEMENT)))
    return found


def _split(keywords: str) -> list[str]:
    """Keywords parted by commas or semicolons; entities are undone first, for they end in a semicolon."""
    return [part.strip() for part in unescaped(keywords).replace(";", ",").split(",")]


def _distinct(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))


def _is_address(text: str) -> bool:
    return "://" in text or text.startswith(("www.", "/", "@"))


def _host(url: str) -> tuple[str, ...]:
    """The host of an address, and its name without the domain."""
    try:
        host = (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ()
    return (host, *host.split(".")[-2:-1])
