"""What a page prints around its article: lead, byline, rubric, tags and the elements of dates, told by tag, relation and class."""

from __future__ import annotations

import re
from functools import cached_property, lru_cache
from itertools import chain, islice, takewhile
from typing import TYPE_CHECKING

from pipelines.extraction.boilerplate_lines import tags_of_line
from pipelines.extraction.byline_elements import byline_texts, pieces_of_text
from pipelines.extraction.class_names import named, names_of, within
from pipelines.extraction.places import Places
from pipelines.page import short_text

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_KINDS = {
    "author": r"authors?|bylines?|avtory?|autor|journalist|auth-name|name-auth|writers?|contributors?|reporter|columnist"
    r"|(?:created|posted|written|submitted)-?by",
    "tags": r"tags?|hashtags?|taglist|topics|tegi",
    "section": r"rubric|rubrics|rubrika|category|post-cat|cat-links?|kicker|eyebrow|section-?(?:name|title)",
    "lead": r"lead|lede|standfirst|anons|announce|annotation|dek|intro",
    "subtitle": r"deck|sub-?title|sub-?head(?:ing|line)?|excerpt|description|summary|preview-?text",
    "date": r"date|datetime|time|published|pubdate|posted(?:-on)?|created|timestamp",
}
_CLASSES = {kind: named(words) for kind, words in _KINDS.items()}
_LEADS = ("lead", "subtitle")
_ALSO_INSIDE = ("author", "rel-author", "tags", "rel-tag")  # what many sites print at the end of the body
_READ = (
    "a", "div", "span", "p", "time", "abbr", "li", "ul", "ol", "section", "address", "h2", "h3", "h4", "b", "strong", "em", "i", "small",
    "td", "cite", "dd",
)  # fmt: skip
_ELSEWHERE = ("nav", "footer", "aside", "script", "style")
_QUOTED = ("blockquote", "figure")  # inside a body: dates and names of other things
_DATES = ("date", "time")
_FULL_PARAGRAPH = 100  # characters; a date or a byline in a paragraph of its own has fewer
_MOST_LEVELS = 6  # from the body up to what holds the headline too
_LEVELS_WITHOUT_HEADLINE = 2
_LEAD_CHARS = range(30, 1200)
_LONGEST = {"author": 120, "section": 60, "date": 80, "line": 100, "paragraph": 250}
_LINES_AFTER, _LINES_BEFORE = 25, 4  # of the headline, among which a date is its own
_MOST_TAGS_IN_A_BOX = 40
_MOST_BYLINES = 8
_LEVELS_TO_LINK = 3
_MOST_BESIDE_A_NAME = 15  # characters in the link of an author
_MOST_OF_A_KIND = 500  # elements around an article
_MOST_BLOCKS = 2_000  # short ones, among which rubrics and tags may stand behind a label
_TAG_LINE = 2_000  # characters
_SECTION_LINE = re.compile(r"(?:рубрика|раздел|айдар(?:ы)?|бөлім|category|section)\s*:\s*(.+)", re.IGNORECASE)
_OF_AUTHOR = re.compile(r"/(?:authors?|avtor(?:y|s)?|journalists?)/")
_FURTHER = re.compile(
    r"(?:смотрите|читайте|другие|ещё|еще|похожие|по теме|материалы по|последние|комментари|пікір|оқи|тағы|соңғы|see also|related|more |read"
    r"|comments|latest)",
    re.IGNORECASE,
)
_TRAIL = named("bread-?crumbs?")
_LABELS = ("#", "т", "р", "а", "б", "м", "к", "t", "c", "s")  # with which labels of tags and rubrics begin


class VisibleFields:
    """The elements around an article's body, sorted by what their names say they hold."""

    def __init__(self, container: HtmlElement, headline: HtmlElement | None) -> None:
        self.headline = headline
        self.scope = _scope(container, headline)
        self.above_headline: set[HtmlElement] = set()
        self._places = Places([container] if headline is None else [container, headline])
        self._found: dict[str, list[HtmlElement]] = {
            kind: [] for kind in (*_KINDS, "rel-author", "rel-tag", "time")
        }
        elsewhere = within(self.scope, _ELSEWHERE) - _own_footers(container)
        self._inside, self._quoted = set(container.iter()), within(container, _QUOTED)
        parent = headline.getparent() if headline is not None else None
        beside_headline = set(parent.iter()) if parent is not None else set()
        head = parent.getparent() if parent is not None else None
        self._head = set(head.iter()) if head is not None else set()
        whole_page = self.scope.tag in {"body", "html"}
        above = headline is not None  # above the headline stands no lead, and in a whole page the masthead
        below = begun = (
            False  # nor does a lead stand below the body's first paragraph, nor a date below the first full one
        )
        for element in self.scope.iter(*_READ, "h1"):
            above = above and element is not headline
            if (
                (element.attrib or element.tag == "time")
                and element not in elsewhere
                and not (above and whole_page)
            ):
                if above:
                    self.above_headline.add(element)
                self._sort(
                    element,
                    lead_may_be=not (above or below),
                    date_may_be=not begun and (not above or element in beside_headline),
                )
            if element.tag == "p" and element in self._inside:
                below = True
                begun = begun or len(short_text(element, _FULL_PARAGRAPH + 1)) > _FULL_PARAGRAPH

    def _sort(self, element: HtmlElement, *, lead_may_be: bool, date_may_be: bool) -> None:
        """Keep an element under the kinds that its names tell, where something of that kind may stand; `date_may_be` inside the body."""
        outside, quoted = element not in self._inside, element in self._quoted
        for kind in _kinds(element):
            if kind in _LEADS:
                may_be = lead_may_be
            elif kind in _ALSO_INSIDE:
                may_be = (outside or not quoted) and (kind != "author" or self._is_byline(element))
            else:
                may_be = outside or (kind in _DATES and date_may_be and not quoted)
            if may_be and len(self._found[kind]) < _MOST_OF_A_KIND:
                self._found[kind].append(element)

    def _is_byline(self, element: HtmlElement) -> bool:
        """Whether an element named as an author's may be the article's: not far above its headline, and not in a link to another one."""
        if element in self.above_headline and element not in self._head:
            return False
        link = next(
            (above for above in islice(element.iterancestors(), _LEVELS_TO_LINK) if above.tag == "a"), None
        )
        return (
            link is None
            or len(short_text(link, _LONGEST["line"]))
            <= len(short_text(element, _LONGEST["line"])) + _MOST_BESIDE_A_NAME
        )

    def marked(self, *kinds: str) -> dict[str, list[HtmlElement]]:
        """The innermost elements of some kinds that belong to the article, in page order."""
        return {
            kind: [
                element for element in _innermost(self._found[kind]) if not self._places.is_foreign(element)
            ]
            for kind in kinds
        }

    def lead(self, description: str) -> HtmlElement | None:
        """The element that prints the lead: named so, or named as a subtitle and saying what the page's description says, if it has one."""
        start = description.rstrip(".… ")
        for element in (*self._found["lead"], *self._found["subtitle"]):
            text = short_text(element, _LEAD_CHARS.stop)
            if (
                len(text) in _LEAD_CHARS
                and (element in self._found["lead"] or text.startswith(start))
                and not self._is_listing(element)
            ):
                return element
        return None

    def _is_listing(self, element: HtmlElement) -> bool:
        """Whether an element is a link or a heading with company, as in a list of articles."""
        return (
            next(element.iter("h1", "h2", "h3", "time"), element) is not element
            or element.tag == "a"
            or self._places.is_foreign(element)
        )

    def authors(self) -> list[str]:
        """Texts of bylines, the surest kind first."""
        for kind in ("rel-author", "author"):
            bylines = [
                element for element in _innermost(self._found[kind]) if not self._places.is_foreign(element)
            ]
            if kind == "author" and len(bylines) > _MOST_BYLINES:  # a list of columnists
                continue
            texts = [
                text for byline in bylines for text in byline_texts(byline) if len(text) <= _LONGEST["author"]
            ]
            if texts:
                return texts
        return []

    def marked_authors(self) -> list[str]:
        """Texts of the elements that are marked as an author's, which may be nicknames."""
        elements = _innermost([*self._found["rel-author"], *self._found["author"]])
        return [
            short_text(element, _LONGEST["author"])
            for element in elements
            if not self._places.is_foreign(element)
        ]

    def tags(self) -> list[str]:
        """Texts of the links to the article's tags."""
        links = self._found["rel-tag"]
        if not links:
            boxes = (list(islice(box.iter("a"), _MOST_TAGS_IN_A_BOX + 1)) for box in self._found["tags"])
            links = next((box for box in boxes if 0 < len(box) <= _MOST_TAGS_IN_A_BOX), [])
        return [short_text(link) for link in links] or self._labelled_tags()

    def section(self) -> str:
        """The rubric printed at the article."""
        printed = (
            short_text(element, _LONGEST["line"])
            for element in self._found["section"]
            if not self._places.is_foreign(element)
        )
        labelled = (
            found[1]
            for line, _ in self._blocks
            if len(line) <= _LONGEST["section"] and (found := _SECTION_LINE.fullmatch(line))
        )
        return next(
            (text for text in (*printed, *labelled, self._trail()) if 0 < len(text) <= _LONGEST["section"]),
            "",
        )

    def _trail(self) -> str:
        """The last step before the article in the page's breadcrumbs; empty where they have none beside the front page."""
        boxes = filter(_is_trail, self.scope.getroottree().iter("ul", "ol", "div", "nav", "p"))
        links = islice(next(boxes, self.scope.makeelement("p")).iter("a"), _MOST_OF_A_KIND)
        steps = [text for link in links if (text := short_text(link))]
        headline = short_text(self.headline) if self.headline is not None else ""
        return next(
            (step for step in reversed(steps[1:]) if step != headline and len(step) <= _LONGEST["section"]),
            "",
        )

    def _labelled_tags(self) -> list[str]:
        """Tags behind a label in a line of their own, or hashtags: as links where they are links."""
        for line, element in self._blocks:
            if found := tags_of_line(line):
                return [short_text(link) for link in islice(element.iter("a"), _MOST_OF_A_KIND)] or found
        return []

    @cached_property
    def _blocks(self) -> list[tuple[str, HtmlElement]]:
        """Short blocks around the article with their texts: there rubrics and tags stand behind a label."""
        blocks = self.scope.iter("p", "div", "span", "li")
        short = (element for element in blocks if len(element) <= _MOST_TAGS_IN_A_BOX and _is_short(element))
        return [(short_text(element, _TAG_LINE), element) for element in islice(short, _MOST_BLOCKS)]

    def lines_near_headline(self) -> list[str]:
        """Pieces of text, one line each: the headline and what follows soon, what stands right before it, then what is farther below.

        The last end where other articles or comments begin.
        """
        start, below = self._start_of_headline, self.lines_below_headline()
        before = reversed(self._lines[max(0, start - _LINES_BEFORE) : start])
        farther = self._lines[start + len(below) : start + _LINES_AFTER]
        return [*below, *before, *takewhile(lambda line: _FURTHER.match(line) is None, farther)]

    def lines_below_headline(self) -> list[str]:
        """The headline's own piece of text and those that follow soon, up to the first that is plainly a paragraph."""
        start = self._start_of_headline
        following = self._lines[start : start + _LINES_AFTER]
        begun = (place for place, line in enumerate(following) if place and len(line) > _LONGEST["paragraph"])
        return following[: next(begun, _LINES_AFTER)]

    @cached_property
    def _lines(self) -> list[str]:
        return [line for text in pieces_of_text(self.scope, self._places) if (line := " ".join(text.split()))]

    @cached_property
    def _start_of_headline(self) -> int:
        text = short_text(self.headline) if self.headline is not None else ""
        opening = text.split(" ", 1)[0]
        places = [place for place, line in enumerate(self._lines) if opening and line.startswith(opening)]
        own = [place for place in places if text.startswith(self._lines[place])] or places[:1]
        return max(own, key=lambda place: len(self._lines[place]), default=0)


def _scope(container: HtmlElement, headline: HtmlElement | None) -> HtmlElement:
    """The nearest element around the body that holds the headline too; the body itself where that is the whole page."""
    above = set(headline.iterancestors()) if headline is not None else set()
    element = container
    for _ in range(_MOST_LEVELS if above else _LEVELS_WITHOUT_HEADLINE):
        parent = element.getparent()
        if element in above or parent is None or parent.tag == "html":
            break
        element = parent
    return element


def _own_footers(container: HtmlElement) -> set[HtmlElement]:
    """What is in the footers of the `<article>` elements around a body: bylines, dates and tags of many themes."""
    articles = [above for above in chain([container], container.iterancestors()) if above.tag == "article"]
    return {
        inner for article in articles for footer in article.iterchildren("footer") for inner in footer.iter()
    }


def _is_short(element: HtmlElement) -> bool:
    start = (element.text or "")[:_TAG_LINE].lstrip()
    return start[:1].lower() in _LABELS and len(start) <= _LONGEST["line"]


def _is_trail(element: HtmlElement) -> bool:
    names = (element.get("class"), element.get("id"))
    return (
        any(name and "rumb" in name.lower() for name in names)
        and _TRAIL.search(names_of(element)) is not None
    )


@lru_cache(maxsize=8192)
def _kinds_of(names: str) -> tuple[str, ...]:
    return tuple(kind for kind, pattern in _CLASSES.items() if pattern.search(names))


def _kinds(element: HtmlElement) -> list[str]:
    kinds = list(_kinds_of(names_of(element)))
    relation, prop = element.get("rel"), element.get("itemprop")
    if relation or prop:
        relations = f"{(relation or '')[:_TAG_LINE]} {(prop or '')[:_TAG_LINE]}".split()
        kinds += [f"rel-{kind}" for kind in ("author", "tag") if kind in relations]
    if element.tag == "time" or (element.tag == "abbr" and "date" in kinds):
        kinds.append("time")
    if element.tag == "a" and _OF_AUTHOR.search((element.get("href") or "")[:_TAG_LINE]):
        kinds.append("author")
    return kinds


def _innermost(elements: list[HtmlElement]) -> list[HtmlElement]:
    outer: set[HtmlElement] = set()
    for element in elements:
        for above in element.iterancestors():
            if above in outer:  # and so is all that is above it
                break
            outer.add(above)
    return [element for element in elements if element not in outer]
