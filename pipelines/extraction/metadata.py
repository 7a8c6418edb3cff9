"""Read a page's structured data: JSON-LD, OpenGraph and other meta tags, microdata."""

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
    "article:published_time og:article:published_time og:published_time datepublished pubdate publishdate "
    "publish-date publication_date "
    "date dc.date.issued dc.date dcterms.created sailthru.date parsely-pub-date mediator_published_time"
)
_MODIFIED = words(
    "article:modified_time og:article:modified_time og:updated_time datemodified last-modified "
    "dcterms.modified dc.date.modified"
)
_AUTHOR = words(
    "author article:author og:article:author byl dc.creator dcterms.creator sailthru.author parsely-author "
    "mediator_author"
)
_SECTION = words("article:section og:article:section parsely-section sailthru.section mediator_theme")
_PROPERTIES = frozenset(("datePublished", "dateCreated", "dateModified", "headline", "articleSection"))
_MAX_PROPERTIES = 5_000  # elements with `itemprop` that are read
_MAX_HEADINGS = 20  # `<h1>` elements that are compared with JSON-LD
_MAX_DATE = 200  # characters of a date
_MAX_NAME = 100  # characters of a meta element's name
_MIN_TRAIL = 3  # breadcrumbs with a section: front page, section, article


@dataclass(frozen=True, slots=True)
class Metadata:
    """Values of a page's structured data.

    `headlines` are sorted, best first; `keywords` are meant for search engines and not shown to readers;
    `images` are pairs of address and caption; `site_names` include the host.
    """

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
    """Return the structured data of a page, empty where there is none. Never raises for a bad page."""
    own = OwnScope(page.tree) if "itemprop" in page.text else None
    title_tag, meta, microdata = _title_tag(page.tree), _meta(page.tree, own), _microdata(page, own)
    jsonld = read_statements(page.tree, page.url, filter(None, (*_first_headings(page.tree), title_tag)))
    headlines = (
        jsonld.text("headline"),
        *meta.get("og:title", ()),
        *microdata.get("headline", ()),
        *meta.get("twitter:title", ()),
    )
    descriptions = (
        jsonld.text("description"),
        *meta.get("og:description", ()),
        *meta.get("description", ()),
    )
    authors = jsonld.people() or [
        name for key in _AUTHOR for name in meta.get(key, ()) if not _is_address(name)
    ]
    tags = (*jsonld.texts("keywords"), *meta.get("article:tag", ()), *meta.get("og:article:tag", ()))
    keywords = (*meta.get("news_keywords", ()), *meta.get("keywords", ()))
    created = microdata.get("dateCreated", ())[:2]
    site_names = (
        *meta.get("og:site_name", ()),
        *meta.get("application-name", ()),
        *jsonld.organisations(),
        *_host(page.url),
    )
    return Metadata(
        headlines=_distinct(headlines),
        title_tag=title_tag,
        description=next(filter(None, descriptions), ""),
        authors=_distinct(authors),
        section=_section(jsonld, meta, microdata),
        tags=_distinct(part for text in tags for part in _split(text)),
        keywords=_distinct(part for text in keywords for part in _split(text)),
        published=(
            *_dates("datePublished", jsonld, meta, _PUBLISHED, microdata),
            *(RawDate(raw, "itemprop:dateCreated") for raw in created),
        ),
        modified=_dates("dateModified", jsonld, meta, _MODIFIED, microdata),
        images=(*jsonld.images(), *((address, "") for address in meta.get("og:image", ()))),
        site_names=_distinct(site_names),
    )


def _section(jsonld: Statements, meta: dict[str, list[str]], microdata: dict[str, list[str]]) -> str:
    """Return the first section, of JSON-LD, meta elements, microdata, breadcrumbs; empty if there is none."""
    trail = jsonld.breadcrumbs[1:-1] if len(jsonld.breadcrumbs) >= _MIN_TRAIL else ()
    sections = (
        *jsonld.texts("articleSection"),
        *(text for key in _SECTION for text in meta.get(key, ())),
        *microdata.get("articleSection", ()),
        *trail[-1:],
    )
    return next(filter(None, sections), "")


def _dates(
    name: str,
    jsonld: Statements,
    meta: dict[str, list[str]],
    keys: tuple[str, ...],
    microdata: dict[str, list[str]],
) -> tuple[RawDate, ...]:
    """Return candidates for a date, by property `name` and meta elements `keys`, in order of preference."""
    dates = [RawDate(raw, f"jsonld:{name}") for raw in jsonld.texts(name)[:1]]
    dates += [RawDate(raw, f"meta:{key}") for key in keys for raw in meta.get(key, ())[:1]]
    dates += [RawDate(raw, f"itemprop:{name}") for raw in microdata.get(name, ())[:2]]
    return tuple(date for date in dates if len(date.raw) <= _MAX_DATE)


def _title_tag(tree: HtmlElement) -> str:
    """Return the page's title, without titles of SVG pictures inside it."""
    titles = tree.iter("title")
    own = (title for title in titles if next(title.iterancestors("svg", "symbol", "g"), None) is None)
    return next((short_text(title) for title in own), "")


def _first_headings(tree: HtmlElement) -> list[str]:
    return [short_text(heading) for heading in islice(tree.iter("h1"), _MAX_HEADINGS)]


def _meta(tree: HtmlElement, own: OwnScope | None) -> dict[str, list[str]]:
    """Return the contents of the page's meta elements by lower-case name, in page order.

    Those with `itemprop` only if they describe the article (`own` is None on pages without microdata).
    """
    contents: dict[str, list[str]] = {}
    for tag in tree.iter("meta"):
        name = tag.get("property") or tag.get("name")
        if not name:
            name = tag.get("itemprop")
            if name and own is not None and not own.holds(tag):
                continue
        content = one_line(tag.get("content") or "", STATEMENT)
        if name and content:
            values = contents.setdefault(one_line(name, _MAX_NAME).lower(), [])
            if len(values) < MOST_STATEMENTS:
                values.append(content)
    return contents


def _microdata(page: Page, own: OwnScope | None) -> dict[str, list[str]]:
    """Return the values of the article's `itemprop` attributes by property, in page order.

    Of one element the machine-readable value comes before its text.
    """
    properties: dict[str, list[str]] = {}
    if own is None:
        return properties
    for element in islice(page.select("[itemprop]"), _MAX_PROPERTIES):
        for name in element.get("itemprop", "").split():
            if name not in _PROPERTIES or not own.holds(element):
                continue
            texts = (element.get("content"), element.get("datetime"), short_text(element))
            values = properties.setdefault(name, [])
            if len(values) < MOST_STATEMENTS:
                values.extend(line for text in texts if text and (line := one_line(text, STATEMENT)))
    return properties


def _split(keywords: str) -> list[str]:
    """Split keywords at commas and semicolons; character references, which end in one, are decoded first."""
    return [part.strip() for part in unescaped(keywords).replace(";", ",").split(",")]


def _distinct(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))


def _is_address(text: str) -> bool:
    return "://" in text or text.startswith(("www.", "/", "@"))


def _host(url: str) -> tuple[str, ...]:
    """Return the host of an address, and its name without the top-level domain; empty if it has none."""
    try:
        host = (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ()
    return (host, *host.split(".")[-2:-1])
