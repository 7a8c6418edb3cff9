"""Read what a page prints around its article: lead, byline, section, tags and elements of dates.

They are found by tag, relation and class.
"""

from __future__ import annotations

import re
from functools import cached_property
from itertools import chain, islice, takewhile
from typing import TYPE_CHECKING

from pipelines.extraction.boilerplate_lines import tags_of_line
from pipelines.extraction.byline_elements import byline_texts, pieces_of_text
from pipelines.extraction.class_names import innermost, named, names_of, within
from pipelines.extraction.field_kinds import KINDS, kinds_of
from pipelines.extraction.places import Places
from pipelines.page import short_text

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_LEADS = ("lead", "subtitle")
_ALSO_INSIDE = ("author", "rel-author", "tags", "rel-tag")  # printed at the end of the body by many sites
_READ = (
    *("a", "div", "span", "p", "time", "abbr", "li", "ul", "ol", "section", "address"),
    *("h2", "h3", "h4", "b", "strong", "em", "i", "small", "td", "cite", "dd"),
)
_ELSEWHERE = ("nav", "footer", "aside", "script", "style")
_QUOTED = ("blockquote", "figure")  # inside a body: their dates and names are not the article's
_DATES = ("date", "time")
_FULL_PARAGRAPH = 100  # characters; a date or byline in a paragraph of its own has fewer
_MAX_LEVELS = 6  # from the body up to the element that also holds the headline
_LEVELS_WITHOUT_HEADLINE = 2  # the same if the headline is unknown
_LEAD_CHARS = range(30, 1200)
_MAX_CHARS = {"author": 120, "section": 60, "date": 80, "line": 100, "paragraph": 250}
_LINES_AFTER = 25  # lines after the headline that may hold the article's date
_LINES_BEFORE = 4  # the same before it
_MAX_TAGS_IN_A_BOX = 40  # links; a box with more is a cloud of all tags
_MAX_BYLINES = 8  # elements; more are a list of columnists
_LEVELS_TO_LINK = 3  # ancestors of a byline that may be a link
_MAX_BESIDE_A_NAME = 15  # characters in an author's link beside the name
_MAX_OF_A_KIND = 500  # elements of one kind, or links in one box, that are kept
_MAX_BLOCKS = 2_000  # short blocks that are searched for labels of sections and tags
_MAX_TAG_LINE = 2_000  # characters of such a block
_SECTION_LINE = re.compile(r"(?:рубрика|раздел|айдар(?:ы)?|бөлім|category|section)\s*:\s*(.+)", re.IGNORECASE)
_OTHER_ARTICLES = re.compile(  # headings of lists of articles, and of comments
    r"(?:смотрите|читайте|другие|ещё|еще|похожие|по теме|материалы по|последние|комментари|пікір|оқи"
    r"|тағы|соңғы|see also|related|more |read"
    r"|comments|latest)",
    re.IGNORECASE,
)
_TRAIL = named("bread-?crumbs?")
_LABELS = ("#", "т", "р", "а", "б", "м", "к", "t", "c", "s")  # first letters of labels of tags and sections


class VisibleFields:
    """The elements around an article's body, sorted by the fields that their names denote.

    Args:
        container: the element of the article's body.
        headline: the element that prints the headline, if known.

    `scope` is the element around both; `above_headline` are its elements before the headline.
    """

    def __init__(self, container: HtmlElement, headline: HtmlElement | None) -> None:
        self.headline = headline
        self.scope = _scope(container, headline)
        self.above_headline: set[HtmlElement] = set()
        self._places = Places([container] if headline is None else [container, headline])
        self._by_kind: dict[str, list[HtmlElement]] = {
            kind: [] for kind in (*KINDS, "rel-author", "rel-tag", "time")
        }
        self._inside, self._quoted = set(container.iter()), within(container, _QUOTED)
        parent = headline.getparent() if headline is not None else None
        grandparent = parent.getparent() if parent is not None else None
        self._beside_headline = set(parent.iter()) if parent is not None else set()
        self._near_headline = set(grandparent.iter()) if grandparent is not None else set()
        self._sort_elements(elsewhere=within(self.scope, _ELSEWHERE) - _own_footers(container))

    def _sort_elements(self, elsewhere: set[HtmlElement]) -> None:
        """Sort the elements of the scope except those `elsewhere`: menus, footers, scripts.

        No lead is above the headline or below the body's first paragraph, no date below its first full
        paragraph. In a whole page, everything above the headline is the site's header.
        """
        headline, inside, beside_headline = self.headline, self._inside, self._beside_headline
        is_whole_page = self.scope.tag in {"body", "html"}
        is_above = headline is not None
        is_below_paragraph = is_below_full_paragraph = False
        for element in self.scope.iter(*_READ, "h1"):
            is_above = is_above and element is not headline
            is_candidate = (element.attrib or element.tag == "time") and element not in elsewhere
            if is_candidate and not (is_above and is_whole_page):
                if is_above:
                    self.above_headline.add(element)
                self._sort(
                    element,
                    may_be_lead=not (is_above or is_below_paragraph),
                    may_be_date=not is_below_full_paragraph and (not is_above or element in beside_headline),
                )
            if element.tag == "p" and element in inside:
                is_below_paragraph = True
                if not is_below_full_paragraph:
                    start = short_text(element, _FULL_PARAGRAPH + 1)
                    is_below_full_paragraph = len(start) > _FULL_PARAGRAPH

    def _sort(self, element: HtmlElement, *, may_be_lead: bool, may_be_date: bool) -> None:
        """Keep an element under each kind that its names denote and that may be at its position.

        `may_be_date` is about elements inside the body; outside it dates are always kept.
        """
        outside, quoted = element not in self._inside, element in self._quoted
        for kind in kinds_of(element):
            if kind in _LEADS:
                may_be = may_be_lead
            elif kind in _ALSO_INSIDE:
                may_be = (outside or not quoted) and (kind != "author" or self._is_byline(element))
            else:
                may_be = outside or (kind in _DATES and may_be_date and not quoted)
            if may_be and len(self._by_kind[kind]) < _MAX_OF_A_KIND:
                self._by_kind[kind].append(element)

    def _is_byline(self, element: HtmlElement) -> bool:
        """Return whether an element named as an author's may be the article's.

        It is not far above the headline, and not in a link to another article.
        """
        if element in self.above_headline and element not in self._near_headline:
            return False
        ancestors = islice(element.iterancestors(), _LEVELS_TO_LINK)
        link = next((above for above in ancestors if above.tag == "a"), None)
        if link is None:
            return True
        limit = _MAX_CHARS["line"]
        return len(short_text(link, limit)) <= len(short_text(element, limit)) + _MAX_BESIDE_A_NAME

    def marked(self, *kinds: str) -> dict[str, list[HtmlElement]]:
        """Return the innermost elements of some kinds that belong to the article, in page order."""
        return {kind: self._own(innermost(self._by_kind[kind])) for kind in kinds}

    def _own(self, elements: list[HtmlElement]) -> list[HtmlElement]:
        return [element for element in elements if not self._places.is_foreign(element)]

    def lead(self, description: str) -> HtmlElement | None:
        """Return the element that prints the lead; None if there is none.

        It is named so, or named as a subtitle and starts with the page's description.
        """
        start = description.rstrip(".… ")
        for element in (*self._by_kind["lead"], *self._by_kind["subtitle"]):
            text = short_text(element, _LEAD_CHARS.stop)
            is_lead = element in self._by_kind["lead"] or text.startswith(start)
            if len(text) in _LEAD_CHARS and is_lead and not self._is_listing(element):
                return element
        return None

    def _is_listing(self, element: HtmlElement) -> bool:
        """Return whether an element is a link or holds headings or times, as in a list of articles."""
        if element.tag == "a" or next(element.iter("h1", "h2", "h3", "time"), element) is not element:
            return True
        return self._places.is_foreign(element)

    def authors(self) -> list[str]:
        """Return the texts of bylines: of links with `rel=author`, else of elements named so."""
        for kind in ("rel-author", "author"):
            bylines = self._own(innermost(self._by_kind[kind]))
            if kind == "author" and len(bylines) > _MAX_BYLINES:
                continue
            texts = [text for byline in bylines for text in byline_texts(byline)]
            short = [text for text in texts if len(text) <= _MAX_CHARS["author"]]
            if short:
                return short
        return []

    def marked_authors(self) -> list[str]:
        """Return the texts of elements that are marked as an author's, which may be nicknames."""
        elements = innermost([*self._by_kind["rel-author"], *self._by_kind["author"]])
        return [short_text(element, _MAX_CHARS["author"]) for element in self._own(elements)]

    def tags(self) -> list[str]:
        """Return the texts of the links to the article's tags."""
        links = self._by_kind["rel-tag"]
        if not links:
            boxes = (list(islice(box.iter("a"), _MAX_TAGS_IN_A_BOX + 1)) for box in self._by_kind["tags"])
            links = next((box for box in boxes if 0 < len(box) <= _MAX_TAGS_IN_A_BOX), [])
        return [short_text(link) for link in links] or self._labelled_tags()

    def section(self) -> str:
        """Return the section printed at the article; empty if there is none."""
        limit = _MAX_CHARS["section"]
        own = (element for element in self._by_kind["section"] if not self._places.is_foreign(element))
        printed = (short_text(element, _MAX_CHARS["line"]) for element in own)
        lines = (_SECTION_LINE.fullmatch(line) for line, _ in self._blocks if len(line) <= limit)
        labelled = (match[1] for match in lines if match)
        candidates = (*printed, *labelled, self._last_breadcrumb())
        return next((text for text in candidates if 0 < len(text) <= limit), "")

    def _last_breadcrumb(self) -> str:
        """Return the last of the page's breadcrumbs before the article; empty for the front page alone."""
        boxes = filter(_is_trail, self.scope.getroottree().iter("ul", "ol", "div", "nav", "p"))
        links = islice(next(boxes, self.scope.makeelement("p")).iter("a"), _MAX_OF_A_KIND)
        steps = [text for link in links if (text := short_text(link))]
        headline = short_text(self.headline) if self.headline is not None else ""
        own = (step for step in reversed(steps[1:]) if step != headline)
        return next((step for step in own if len(step) <= _MAX_CHARS["section"]), "")

    def _labelled_tags(self) -> list[str]:
        """Return tags after a label in a line of their own, or hashtags: of links if the line has any."""
        for line, element in self._blocks:
            if tags := tags_of_line(line):
                return [short_text(link) for link in islice(element.iter("a"), _MAX_OF_A_KIND)] or tags
        return []

    @cached_property
    def _blocks(self) -> list[tuple[str, HtmlElement]]:
        """Texts and elements of short blocks around the article, which may hold labelled sections or tags."""
        blocks = self.scope.iter("p", "div", "span", "li")
        short = (element for element in blocks if len(element) <= _MAX_TAGS_IN_A_BOX and _is_short(element))
        return [(short_text(element, _MAX_TAG_LINE), element) for element in islice(short, _MAX_BLOCKS)]

    def lines_near_headline(self) -> list[str]:
        """Return pieces of text, one line each, in the order in which dates are searched in them.

        First the headline and the lines below it, then those right before it, the nearest first, then those
        farther below, up to the start of other articles or comments.
        """
        start, below = self._start_of_headline, self.lines_below_headline()
        before = reversed(self._lines[max(0, start - _LINES_BEFORE) : start])
        farther = self._lines[start + len(below) : start + _LINES_AFTER]
        return [*below, *before, *takewhile(lambda line: _OTHER_ARTICLES.match(line) is None, farther)]

    def lines_below_headline(self) -> list[str]:
        """Return the headline's piece of text and those after it, up to the first clear paragraph."""
        start = self._start_of_headline
        following = self._lines[start : start + _LINES_AFTER]
        limit = _MAX_CHARS["paragraph"]
        paragraphs = (index for index, line in enumerate(following) if index and len(line) > limit)
        return following[: next(paragraphs, _LINES_AFTER)]

    @cached_property
    def _lines(self) -> list[str]:
        """All pieces of text of the scope that are the article's."""
        return [line for text in pieces_of_text(self.scope, self._places) if (line := " ".join(text.split()))]

    @cached_property
    def _start_of_headline(self) -> int:
        """The index of the headline's first line; 0 if it is not found."""
        text = short_text(self.headline) if self.headline is not None else ""
        first_word = text.split(" ", 1)[0]
        if not first_word:
            return 0
        starts = [index for index, line in enumerate(self._lines) if line.startswith(first_word)]
        own = [index for index in starts if text.startswith(self._lines[index])] or starts[:1]
        return max(own, key=lambda index: len(self._lines[index]), default=0)


def _scope(container: HtmlElement, headline: HtmlElement | None) -> HtmlElement:
    """Return the nearest ancestor of the body that also holds the headline.

    At most a few levels up; `<body>` at most.
    """
    above = set(headline.iterancestors()) if headline is not None else set()
    element = container
    for _ in range(_MAX_LEVELS if above else _LEVELS_WITHOUT_HEADLINE):
        parent = element.getparent()
        if element in above or parent is None or parent.tag == "html":
            break
        element = parent
    return element


def _own_footers(container: HtmlElement) -> set[HtmlElement]:
    """Return what is in the footers of `<article>` elements around a body: bylines, dates, tags."""
    articles = (above for above in chain([container], container.iterancestors()) if above.tag == "article")
    footers = (footer for article in articles for footer in article.iterchildren("footer"))
    return {element for footer in footers for element in footer.iter()}


def _is_short(element: HtmlElement) -> bool:
    """Return whether a block starts with a letter of a label, and its first text is short."""
    start = (element.text or "")[:_MAX_TAG_LINE].lstrip()
    return start[:1].lower() in _LABELS and len(start) <= _MAX_CHARS["line"]


def _is_trail(element: HtmlElement) -> bool:
    """Return whether an element holds the breadcrumbs."""
    names = (element.get("class"), element.get("id"))
    if not any(name and "rumb" in name.lower() for name in names):  # cheaper than the pattern
        return False
    return _TRAIL.search(names_of(element)) is not None
