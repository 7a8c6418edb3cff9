"""The first stage: reads a page into fields. Per field the override answers first, then the layout, structured data, the generic rules."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from pipelines.draft import ExtractedFields, RawDate
from pipelines.extraction.agreement import PageStatements, headline_of, title_share
from pipelines.extraction.body import EXTRACTOR, SECOND_OPINION, GenericReader
from pipelines.extraction.bounds import HEADLINE, SECTION, enter
from pipelines.extraction.date_patterns import full_date, is_same_day, looks_dated
from pipelines.extraction.declared_fields import DeclaredFields
from pipelines.extraction.headlines import headline_text, printed_headline, stated_headline
from pipelines.extraction.images import read_images
from pipelines.extraction.metadata import Metadata, read_metadata
from pipelines.extraction.names import nicknames, people, plain, tags, without_site
from pipelines.extraction.paragraphs import read_paragraphs
from pipelines.extraction.signatures import labelled_names, signature
from pipelines.extraction.visible_dates import VisibleDates
from pipelines.extraction.visible_fields import VisibleFields
from pipelines.page import short_text
from storage.model.captures import Outcome, OutcomeKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lxml.html import HtmlElement

    from pipelines.draft import Draft
    from pipelines.page import Page
    from storage.model.articles import Image

GENERIC = (EXTRACTOR, SECOND_OPINION)
"""What `Reading.extractor` says where no layout and no override answered."""
SMALL_SHARE = 0.05
"""Of a page's prose, which a text without its title's words must have to be its article. Of 278 real articles none had under 0.087."""
_OWN_TITLE = 0.34  # of the title's words, from which even a small text is the article: short news on a page with long teasers
_LONGEST_SECTION = 100  # characters
_NO_SECTION = frozenset(map(plain, ("Главная", "Home", "Басты бет", "Новости дня", "Main page")))
_SECTION_LABEL = re.compile(r"(?:рубрик[аи]|раздел|айдар[ы]?|category|section)\s*:\s*", re.IGNORECASE)
_HOME = re.compile(
    r"(?:главная|басты(?: бет)?|home)\b.{0,60}", re.IGNORECASE
)  # how breadcrumbs begin that are printed as text
_BESIDE_RUBRIC = re.compile(r"\s*[•·|]\s*")
_MOST_CANDIDATES = 8  # dates
_NEAR_THE_TOP = 3  # paragraphs among which the headline or the lead may stand a second time


def extract(draft: Draft) -> Draft:
    """Fills `reading`, or sets the outcome: `not-article` (`not-html`, `no-text`, `no-title`, `small-share`), or `unreadable`.

    Never raises for a bad page.

    A wrong selector or an override that raises is a broken declaration and does raise.
    """
    if draft.outcome is not None:
        return draft
    if not draft.page.is_html:
        return replace(draft, outcome=Outcome(OutcomeKind.NOT_ARTICLE, "not-html"))
    if draft.page.parse_limit:
        return replace(draft, outcome=Outcome(OutcomeKind.UNREADABLE, draft.page.parse_limit))
    page, rules = draft.page, draft.rules.extraction
    reader = _Reader(
        page, DeclaredFields(page, rules, rules.layout_at(page.captured_at.date())), draft.rules.source.name
    )
    reading = enter(reader.reading(), page.cuts)
    if reason := _no_article(reading, reader):
        return replace(draft, reading=reading, outcome=Outcome(OutcomeKind.NOT_ARTICLE, reason))
    return replace(draft, reading=reading)


def _no_article(reading: ExtractedFields, reader: _Reader) -> str:
    """Why a reading is none of an article; empty where it is one."""
    if not reading.text:
        return "no-text"
    if not reading.title:
        return "no-title"
    share = reader.generic.body.share if reading.extractor in GENERIC else 1.0
    if share < SMALL_SHARE and title_share(reading.text, headline_of(reading.title)) < _OWN_TITLE:
        return (
            f"small-share: the text is {share:.1%} of the page's prose, and has too few of its title's words"
        )
    return ""


@dataclass(frozen=True)
class _Reader:
    """One page being read; what several fields need is computed once. `site` is the outlet's name: no author and no part of a title."""

    page: Page
    answers: DeclaredFields
    site: str

    def reading(self) -> ExtractedFields:
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
            selectors=self.answers.selectors(),
        )

    # ── what several fields need ──

    @cached_property
    def metadata(self) -> Metadata:
        return read_metadata(self.page)

    @cached_property
    def sites(self) -> tuple[str, ...]:
        return (self.site, *self.metadata.site_names)

    @cached_property
    def headline(self) -> HtmlElement | None:
        selected = [element for element in self.answers.elements("title") if short_text(element)]
        if selected:
            return selected[0]
        return printed_headline(
            self.page.tree, self.stated, self.title_tag, frozenset(site.casefold() for site in self.sites)
        )

    @cached_property
    def stated(self) -> list[str]:
        """The headlines that the page states, without the site's name."""
        return [without_site(headline, self.sites) for headline in self.metadata.headlines]

    @cached_property
    def title_tag(self) -> str:
        return without_site(self.metadata.title_tag, self.sites)

    @cached_property
    def selected_body(self) -> list[HtmlElement]:
        return self.answers.elements("body")

    @cached_property
    def generic(self) -> GenericReader:
        said = PageStatements(
            next(filter(None, (*self.stated, self.title_tag)), ""), self.metadata.description
        )
        return GenericReader(self.page, self.headline, said)

    @cached_property
    def around(self) -> VisibleFields:
        container = self.selected_body[0] if self.selected_body else self.generic.body.container
        return VisibleFields(container, self.headline)

    @cached_property
    def printed_dates(self) -> VisibleDates:
        return VisibleDates(self.around)

    # ── fields ──

    def _title(self) -> str:
        """The first headline of a believable length, else the first there is, which is cut."""
        printed = (
            headline_text(self.headline, (*self.stated, self.title_tag)) if self.headline is not None else ""
        )
        given = (*self.answers.override("title")[:1], printed, stated_headline(self.stated, self.title_tag))
        return next((title for title in given if 0 < len(title) <= HEADLINE), next(filter(None, given), ""))

    @cached_property
    def _paragraphs(self) -> tuple[list[str], str]:
        """The body's paragraphs and who read them."""
        if given := self.answers.override("body"):
            return [
                line for text in given for part in text.split("\n") if (line := " ".join(part.split()))
            ], "override"
        if self.selected_body and (paragraphs := read_paragraphs(self.selected_body, self.answers.dropped())):
            return paragraphs, "selector"
        return list(self.generic.body.paragraphs), self.generic.body.extractor

    @cached_property
    def _lead_element(self) -> HtmlElement | None:
        selected = self.answers.elements("lead")
        return selected[0] if selected else self.around.lead(self.metadata.description)

    def _lead(self) -> str:
        if given := self.answers.texts("lead"):
            return "\n".join(given)
        return short_text(self._lead_element) if self._lead_element is not None else ""

    def _without_repeats(self, paragraphs: list[str], title: str, lead: str) -> Iterable[str]:
        """The paragraphs without a headline or a date above them, and without a lead that is printed outside the body, too."""
        bodies = set(
            self.selected_body or [self.generic.body.container]
            if "override" not in self._paragraphs[1]
            else []
        )
        around = (
            [self._lead_element, *self._lead_element.iterancestors()]
            if self._lead_element is not None
            else []
        )
        outside = bool(around) and (
            bodies.isdisjoint(around) or any(element.tag == "header" for element in around)
        )
        repeated = {
            plain(title),
            plain(headline_of(title)),
            *(plain(part) for part in lead.split("\n") if outside),
            *(plain(x.raw) for x in self._published),
        } - {""}
        trail = plain(title)
        return [
            text
            for place, text in enumerate(paragraphs)
            if place >= _NEAR_THE_TOP
            or not (plain(text) in repeated or (_HOME.match(text) and plain(text).endswith(trail)))
        ]

    def _authors(self) -> tuple[str, ...]:
        """Persons in the first byline there is; a byline that names only an agency is an answer, too."""
        stated = self.answers.texts("authors") or list(self.metadata.authors)
        if names := people(stated, self.sites):
            return names
        printed = self.around.authors()
        if names := people(printed, self.sites) or self._signed():
            return names
        guessed: tuple[str, ...] = ()
        if not any(printed) and {plain(name) for name in stated} <= set(map(plain, self.sites)):
            guessed = people([self.generic.guess_authors()], self.sites)
        return tuple(name for name in guessed if " " in name) or nicknames(
            [*stated, *self.around.marked_authors()], self.sites
        )

    def _signed(self) -> tuple[str, ...]:
        """Persons in a labelled line near the headline, else those who sign below the text."""
        near = [part for line in self.around.lines_near_headline() for part in line.split(" | ")]
        if names := labelled_names(near, self.sites):
            return names
        bodies = self.selected_body or [self.generic.body.container]
        return signature(self._paragraphs[0], bodies[-1], self.sites)

    def _section(self) -> str:
        excluded = {*map(plain, self.sites), *_NO_SECTION}
        if given := self.answers.text("section"):
            return _rubric(given[: SECTION + 1])
        for stated in (self.metadata.section, self.around.section()):
            text = _rubric(stated.split(",")[0])
            if text and len(text) <= _LONGEST_SECTION and plain(text) not in excluded:
                return text
        return ""

    def _tags(self) -> tuple[str, ...]:
        return tags(
            self.answers.texts("tags") or self.metadata.tags or self.around.tags() or self.metadata.keywords
        )

    def _modified(self) -> tuple[RawDate, ...]:
        stated = self.answers.dates("modified") or self.metadata.modified
        updated = None if stated else self.printed_dates.updated()
        return tuple(stated[:_MOST_CANDIDATES]) if updated is None else (updated,)

    def _images(self) -> tuple[Image, ...]:
        given = [self.answers.override(field) for field in ("caption", "credit")]
        found = read_images(
            self.page,
            self.around.scope,
            self.answers.elements("caption"),
            self.answers.elements("credit"),
            self.metadata.images,
        )
        if found and any(given):
            caption, credit = (next(iter(texts), "") for texts in given)
            return (
                replace(found[0], caption=caption or found[0].caption, credit=credit or found[0].credit),
                *found[1:],
            )
        return found

    @cached_property
    def _published(self) -> tuple[RawDate, ...]:
        """Candidates as the layout, the page's statements and its marked elements give them; others only where none looks like a date."""
        dates = [*self.answers.dates("date"), *self.metadata.published, *self.printed_dates.dates()]
        dated = [date for date in dates if looks_dated(date.raw)]
        if all(
            date.found_in.startswith("selector:") for date in dated
        ):  # which may be another's, or none that can be believed
            printed = self.printed_dates.date_near_headline()
            updated = self.printed_dates.updated()  # may stand in one line with the publication
            guessed = "" if printed or dated else self._guessed_date(updated)
            dates += [RawDate(raw, place) for raw, place in ((printed, "text"), (guessed, "htmldate")) if raw]
            dates += [updated] if updated and updated.found_in == "text" and not dated else []
        dates += self.printed_dates.clocks()
        first: dict[str, RawDate] = {}
        for date in dates:
            first.setdefault(date.raw, date)
        return tuple(first.values())[:_MOST_CANDIDATES]

    def _guessed_date(self, updated: RawDate | None) -> str:
        """The day that htmldate finds, unless it is the one that the page prints as an update's."""
        guessed = self.generic.guess_date()
        return "" if updated and guessed and is_same_day(updated.raw, guessed) else guessed


def _rubric(printed: str) -> str:
    """A rubric without its label, and without the date and the counter that stand beside it; empty where nothing else is there."""
    text = _SECTION_LABEL.sub("", printed)
    undated = [part for part in _BESIDE_RUBRIC.split(text) if not looks_dated(part)]
    text = undated[0] if undated and looks_dated(text) else text
    text = " ".join(text.replace(full_date(text), "").split()).strip(" ,—–-")
    return text if any(map(str.isalpha, text)) else ""
