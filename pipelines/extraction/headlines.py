"""The headline: which element prints it, which of its words are not part of it, and which of a page's statements is whole."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from pipelines.extraction.bounds import HEADLINE
from pipelines.extraction.marks import named, names_of, within
from pipelines.extraction.names import plain, shared_words
from pipelines.page import short_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from lxml.html import HtmlElement

_SAME_HEADLINE = 0.5  # share of a stated headline's words, from which a printed one is the same
_MOST_HEADINGS = 20
_MOST_BADGES = 50  # elements inside a headline
_PRINTS = ("h2", "h3", "h4", "div", "p", "b", "strong", "font", "span", "td")
_ELSEWHERE = ("nav", "footer", "aside", "a", "head")
_SEPARATORS = (" | ", " — ", " – ", " - ", " :: ", " : ", ": ", " » ", " • ", " / ", ", ")
_FEWEST_WORDS = 3  # of a headline that is recognised by its place in the page's title
_BESIDE = frozenset(("a", "small", "sup", "time", "button", "i"))
_BADGE = named("rubric|rubrika|category|badge|label|live|counter|views?|date|time|icon|tags?|comments?|status|kicker|new")
_CUT = ("…", "...")


def printed_headline(tree: HtmlElement, stated: Sequence[str], title_tag: str, not_titles: frozenset[str]) -> HtmlElement | None:
    """The element that prints a headline, None when unsure.

    First the `<h1>` that prints a stated one (SEO titles add words, feeds cut them), then the only `<h1>` of a page that states
    none (a title of two words is the site's), then whatever else prints a stated headline, or a part of the page's title, word for word.
    """
    asked = (*stated, title_tag)
    texts = ((heading, text) for heading in tree.iter("h1") if (text := short_text(heading)))
    headings = dict(islice(((heading, text) for heading, text in texts if text.casefold() not in not_titles), _MOST_HEADINGS))
    rated = [(max((shared_words(text, x) for x in asked if x), default=0.0), heading) for heading, text in headings.items()]
    best = max(rated, key=lambda pair: pair[0], default=None)
    if best is not None and best[0] >= _SAME_HEADLINE:
        return best[1]
    tells_nothing = len(title_tag.split()) < _FEWEST_WORDS or title_tag.casefold() in not_titles
    if len(headings) == 1 and not any(stated) and tells_nothing:
        return next(iter(headings))
    return _word_for_word(tree, [*stated, *_parts(title_tag)]) if not headings else None


def headline_text(element: HtmlElement, stated: Iterable[str]) -> str:
    """The text of a headline's element; without rubrics, badges and counters inside it where the page states what is left."""
    whole = short_text(element)
    named_so = (inner for inner in element.iterdescendants() if inner.tag in _BESIDE or _BADGE.search(names_of(inner)))
    beside = list(islice(named_so, _MOST_BADGES))
    left = whole
    for text in filter(None, map(short_text, beside)):
        left = " ".join(left.replace(text, " ", 1).split())
    return left if left and left != whole and plain(left) in {plain(x) for x in stated if x} else whole


def stated_headline(stated: Sequence[str], title_tag: str) -> str:
    """The first headline that a page states, or the whole of it where that one is cut; else its title."""
    fitting = [x for x in (*stated, title_tag) if x and len(x) <= HEADLINE]
    first = next(iter(fitting), "") or next(filter(None, (*stated, title_tag)), "")
    if first.endswith(_CUT):
        start = first.rstrip("…. ")
        return next((x for x in fitting if x.startswith(start) and not x.endswith(_CUT)), first)
    return first


def _word_for_word(tree: HtmlElement, asked: Iterable[str]) -> HtmlElement | None:
    wanted = [key for x in asked if len(x.split()) >= _FEWEST_WORDS and (key := plain(x))]
    if not wanted:
        return None
    elsewhere = within(tree, _ELSEWHERE)
    printed: dict[str, HtmlElement] = {}
    for element in tree.iter(*_PRINTS):
        if element.text and element not in elsewhere and len(element.text) <= HEADLINE:
            printed.setdefault(plain(element.text), element)
    return next((printed[key] for key in wanted if key in printed), None)


def _parts(title: str) -> Iterator[str]:
    """A title, and what stands before or behind the marks that part it from the site's words, the longest first."""
    if len(title) > HEADLINE:
        return
    yield title
    parts = set()
    for separator in _SEPARATORS:
        pieces = title.split(separator)
        parts |= {separator.join(pieces[:end]) for end in range(1, len(pieces))}
        parts |= {separator.join(pieces[start:]) for start in range(1, len(pieces))}
    yield from sorted(parts, key=lambda part: (-len(part), part))
