"""Read the fields of one page.

Per field the source's override comes first, then its layout, the page's structured data, the generic rules.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from pipelines.draft import ExtractedFields, RawDate
from pipelines.extraction.agreement import PageStatements, headline_of
from pipelines.extraction.body import GenericReader
from pipelines.extraction.bounds import HEADLINE, SECTION
from pipelines.extraction.bylines import nicknames, people
from pipelines.extraction.date_patterns import is_same_day, looks_dated
from pipelines.extraction.headlines import headline_text, printed_headline, stated_headline
from pipelines.extraction.images import read_images
from pipelines.extraction.metadata import Metadata, read_metadata
from pipelines.extraction.paragraphs import read_paragraphs
from pipelines.extraction.sections import NO_SECTION, section_name
from pipelines.extraction.signatures import labelled_names, signature
from pipelines.extraction.tags import tags
from pipelines.extraction.text_keys import text_key
from pipelines.extraction.titles import without_site
from pipelines.extraction.visible_dates import VisibleDates
from pipelines.extraction.visible_fields import VisibleFields
from pipelines.page import short_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lxml.html import HtmlElement

    from pipelines.extraction.declared_fields import DeclaredFields
    from pipelines.page import Page
    from storage.model.articles import Image

_MAX_SECTION = 100  # characters
_BREADCRUMBS = re.compile(  # printed as a text that starts with the front page
    r"(?:главная|басты(?: бет)?|home)\b.{0,60}", re.IGNORECASE
)
_MAX_DATES = 8  # candidates for one date
_TOP_PARAGRAPHS = 3  # first paragraphs, which may repeat headline, lead or date


@dataclass(frozen=True)
class PageReader:
    """Reads one page; what several fields need is computed once.

    `site` is the name of the source: never an author, nor a part of a title.
    """

    page: Page
    declared: DeclaredFields
    site: str

    def reading(self) -> ExtractedFields:
        """Return the fields as extracted, not yet bounded."""
        title, lead = self._title(), self._lead()
        paragraphs, extractor = self._paragraphs
        return ExtractedFields(
            title=title,
            lead=lead,
            text="\n".join(self._without_repeats(paragraphs, title, lead)),
            authors=self._authors(),
            section=self._section(),
            tags=self._tags(),
            images=self._images(),
            published=self._published,
            modified=self._modified(),
            html_language=(self.page.tree.get("lang") or "").strip(),
            extractor=extractor,
            selectors=self.declared.selectors(),
        )

    # ── what several fields need ──

    @cached_property
    def metadata(self) -> Metadata:
        """What the page declares in structured data."""
        return read_metadata(self.page)

    @cached_property
    def sites(self) -> tuple[str, ...]:
        """All names of the site: the source's and those that the page declares."""
        return (self.site, *self.metadata.site_names)

    @cached_property
    def headline(self) -> HtmlElement | None:
        """The element that prints the headline; None if there is none or it is unsure."""
        selected = [element for element in self.declared.elements("title") if short_text(element)]
        if selected:
            return selected[0]
        site_keys = frozenset(site.casefold() for site in self.sites)
        return printed_headline(self.page.tree, self.stated, self.title_tag, site_keys)

    @cached_property
    def stated(self) -> list[str]:
        """The headlines that the page declares, without the site's name."""
        return [without_site(headline, self.sites) for headline in self.metadata.headlines]

    @cached_property
    def title_tag(self) -> str:
        """The page's `<title>`, without the site's name."""
        return without_site(self.metadata.title_tag, self.sites)

    @cached_property
    def selected_body(self) -> list[HtmlElement]:
        """The elements that the layout selects as the body."""
        return self.declared.elements("body")

    @cached_property
    def generic(self) -> GenericReader:
        """The page read by the generic rules."""
        title = next(filter(None, (*self.stated, self.title_tag)), "")
        return GenericReader(self.page, self.headline, PageStatements(title, self.metadata.description))

    @cached_property
    def visible(self) -> VisibleFields:
        """The elements of fields that the page prints around the body."""
        container = self.selected_body[0] if self.selected_body else self.generic.body.container
        return VisibleFields(container, self.headline)

    @cached_property
    def visible_dates(self) -> VisibleDates:
        """The dates that the page prints around the body."""
        return VisibleDates(self.visible)

    # ── fields ──

    def _title(self) -> str:
        """Return the first headline of a plausible length, else the first one, which is cut later."""
        printed = ""
        if self.headline is not None:
            printed = headline_text(self.headline, (*self.stated, self.title_tag))
        declared = self.declared.override("title")[:1]
        candidates = (*declared, printed, stated_headline(self.stated, self.title_tag))
        fitting = (title for title in candidates if 0 < len(title) <= HEADLINE)
        return next(fitting, next(filter(None, candidates), ""))

    @cached_property
    def _paragraphs(self) -> tuple[list[str], str]:
        """The body's paragraphs, and the value of `ExtractedFields.extractor`."""
        if values := self.declared.override("body"):
            lines = (" ".join(part.split()) for text in values for part in text.split("\n"))
            return [line for line in lines if line], "override"
        if self.selected_body:
            paragraphs = read_paragraphs(self.selected_body, self.declared.dropped())
            if paragraphs:
                return paragraphs, "selector"
        return list(self.generic.body.paragraphs), self.generic.body.extractor

    @cached_property
    def _lead_element(self) -> HtmlElement | None:
        selected = self.declared.elements("lead")
        return selected[0] if selected else self.visible.lead(self.metadata.description)

    def _lead(self) -> str:
        """Return the declared lead, else the printed one; empty if there is none."""
        if texts := self.declared.texts("lead"):
            return "\n".join(texts)
        return short_text(self._lead_element) if self._lead_element is not None else ""

    def _without_repeats(self, paragraphs: list[str], title: str, lead: str) -> Iterable[str]:
        """Return the paragraphs without a headline, date or breadcrumbs at the top.

        Without the lead, too, where it is printed outside the body.
        """
        repeated = {
            text_key(title),
            text_key(headline_of(title)),
            *(text_key(x.raw) for x in self._published),
        }
        if self._is_lead_outside_body():
            repeated |= {text_key(part) for part in lead.split("\n")}
        repeated.discard("")
        title_key = text_key(title)
        top = [
            text
            for text in paragraphs[:_TOP_PARAGRAPHS]
            if text_key(text) not in repeated
            and not (_BREADCRUMBS.match(text) and text_key(text).endswith(title_key))
        ]
        return [*top, *paragraphs[_TOP_PARAGRAPHS:]]

    def _is_lead_outside_body(self) -> bool:
        """Return whether the lead's element is outside the body, or in a `<header>` of it."""
        if self._lead_element is None:
            return False
        bodies: set[HtmlElement] = set()
        if "override" not in self._paragraphs[1]:
            bodies.update(self.selected_body or [self.generic.body.container])
        enclosing = [self._lead_element, *self._lead_element.iterancestors()]
        return bodies.isdisjoint(enclosing) or any(element.tag == "header" for element in enclosing)

    def _authors(self) -> tuple[str, ...]:
        """Return the persons of the first byline there is; a byline of an agency alone ends the search."""
        stated = self.declared.texts("authors") or list(self.metadata.authors)
        if names := people(stated, self.sites):
            return names
        printed = self.visible.authors()
        if names := people(printed, self.sites) or self._signed():
            return names
        guessed: tuple[str, ...] = ()
        if not any(printed) and {text_key(name) for name in stated} <= set(map(text_key, self.sites)):
            guessed = people([self.generic.guess_authors()], self.sites)
        full_names = tuple(name for name in guessed if " " in name)
        return full_names or nicknames([*stated, *self.visible.marked_authors()], self.sites)

    def _signed(self) -> tuple[str, ...]:
        """Return the persons in a labelled line near the headline, else those who sign below the text."""
        near = [part for line in self.visible.lines_near_headline() for part in line.split(" | ")]
        if names := labelled_names(near, self.sites):
            return names
        bodies = self.selected_body or [self.generic.body.container]
        return signature(self._paragraphs[0], bodies[-1], self.sites)

    def _section(self) -> str:
        """Return the declared section, else a plausible one of structured data, else of the page."""
        excluded = {*map(text_key, self.sites), *NO_SECTION}
        if declared := self.declared.text("section"):
            return section_name(declared[: SECTION + 1])
        for stated in (self.metadata.section, self.visible.section()):
            text = section_name(stated.split(",")[0])
            if text and len(text) <= _MAX_SECTION and text_key(text) not in excluded:
                return text
        return ""

    def _tags(self) -> tuple[str, ...]:
        own = self.declared.texts("tags") or self.metadata.tags or self.visible.tags()
        return tags(own or self.metadata.keywords)

    def _modified(self) -> tuple[RawDate, ...]:
        """Return candidates for the date of the last update."""
        stated = self.declared.dates("modified") or self.metadata.modified
        updated = None if stated else self.visible_dates.updated()
        return tuple(stated[:_MAX_DATES]) if updated is None else (updated,)

    def _images(self) -> tuple[Image, ...]:
        """Return the pictures; overrides replace caption and credit of the first."""
        declared = [self.declared.override(field) for field in ("caption", "credit")]
        images = read_images(
            self.page,
            self.visible.scope,
            self.declared.elements("caption"),
            self.declared.elements("credit"),
            self.metadata.images,
        )
        if not images or not any(declared):
            return images
        caption, credit = (next(iter(texts), "") for texts in declared)
        first = images[0]
        first = replace(first, caption=caption or first.caption, credit=credit or first.credit)
        return (first, *images[1:])

    @cached_property
    def _published(self) -> tuple[RawDate, ...]:
        """Candidates for the publication date: of the layout, structured data and elements of dates.

        Lines of text and htmldate are tried only if none of these looks like a date, or only selectors,
        whose date may be another's or implausible.
        """
        dates = [*self.declared.dates("date"), *self.metadata.published, *self.visible_dates.dates()]
        dated = [date for date in dates if looks_dated(date.raw)]
        if all(date.found_in.startswith("selector:") for date in dated):
            dates += self._fallback_dates(has_dates=bool(dated))
        dates += self.visible_dates.clocks()
        distinct: dict[str, RawDate] = {}
        for date in dates:
            distinct.setdefault(date.raw, date)
        return tuple(distinct.values())[:_MAX_DATES]

    def _fallback_dates(self, *, has_dates: bool) -> Iterable[RawDate]:
        """Yield the date near the headline, else htmldate's, and an update printed on the same line."""
        printed = self.visible_dates.date_near_headline()
        updated = self.visible_dates.updated()
        guessed = "" if printed or has_dates else self._guessed_date(updated)
        if printed:
            yield RawDate(printed, "text")
        if guessed:
            yield RawDate(guessed, "htmldate")
        if updated and updated.found_in == "text" and not has_dates:
            yield updated

    def _guessed_date(self, updated: RawDate | None) -> str:
        """Return the day that htmldate finds, unless the page prints it as that of an update."""
        guessed = self.generic.guess_date()
        return "" if updated and guessed and is_same_day(updated.raw, guessed) else guessed
