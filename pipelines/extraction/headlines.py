"""The headline: which element prints it, which of its words are not part of it, and which of a page's statements is whole."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from pipelines.extraction.bounds import HEADLINE
from pipelines.extraction.class_names import named, names_of, within
from pipelines.extraction.names import plain, shared_words
from pipelines.page import short_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from lxml.html import HtmlElement

_SAME_HEADLINE = 0.5  # share of a stated headline's words, from which a printed one is the same
_MOST_HEADINGS = 20
_MOST_LINKS = 200
_MOST_BADGES = 50  # elements inside a headline
_PRINTS = ("h2", "h3", "h4", "div", "p", "b", "strong", "font", "span", "td")
_ELSEWHERE = ("nav", "footer", "aside", "a", "head")
_SEPARATORS = (" | ", " — ", " – ", " - ", " :: ", " : ", ": ", " » ", " • ", " / ", ", ")
_FEWEST_WORDS = 3  # of a headline that is recognised by its place in the page's title
_BESIDE = frozenset(("a", "small", "sup", "time", "button", "i"))
_BADGE = named(
    "rubric|rubrika|category|badge|label|live|counter|views?|date|time|icon|tags?|comments?|status|kicker|new"
)
_MASTHEADS = frozenset(("nav", "footer", "aside"))
_LEVELS_TO_MASTHEAD = 20
_FRONT_PAGE = re.compile(r"(?:https?://[^/?#]*)?/?(?:index\.(?:html?|php)|(?:ru|kk|kz|en)/?)?")
_LEADS_AWAY = re.compile("external|noopener|nofollow")
_OF_SITE = named("logo(?:type)?|site-?(?:title|name)|brand|masthead")
_SITES_TITLE = re.compile(
    r"(?:официальн|информационн|новостн)\w+ (?:\w+-)?(?:сайт|портал|ресурс|интернет|веб|агентств)|ресми (?:сайт|портал|интернет|веб)"
    r"|интернет-(?:портал|ресурс|газет|издани)|ақпараттық (?:сайт|портал|агентті)|official (?:web ?site|portal|page)"
    r"|(?:^|[|:–—-]\s*)(?:главная(?: страница)?|басты бет|home ?page|welcome)\b",
    re.IGNORECASE,
)
"""Words of a title that names a whole site."""
_CUT = ("…", "...")


def printed_headline(
    tree: HtmlElement, stated: Sequence[str], title_tag: str, not_titles: frozenset[str]
) -> HtmlElement | None:
    """The element that prints a headline, None when unsure.

    First the `<h1>` that prints a stated one (SEO titles add words, feeds cut them), then the only `<h1>` of a page whose title and
    statements are the site's, then whatever else prints a stated headline, or a part of the page's title, word for word.
    """
    stated = [x for x in stated if x.casefold() not in not_titles]
    asked = (*stated, title_tag)
    texts = ((heading, text) for heading in tree.iter("h1") if (text := short_text(heading)))
    headings = dict(
        islice(
            ((heading, text) for heading, text in texts if text.casefold() not in not_titles), _MOST_HEADINGS
        )
    )
    rated = [
        (max((shared_words(text, x) for x in asked if x), default=0.0), heading)
        for heading, text in headings.items()
    ]
    best = max(rated, key=lambda pair: pair[0], default=None)
    if best is not None and best[0] >= _SAME_HEADLINE:
        return best[1]
    in_title = {plain(part) for x in asked for part in _parts(x) if len(part.split()) >= _FEWEST_WORDS}
    part = next((heading for heading, text in headings.items() if plain(text) in in_title), None)
    if part is not None:
        return part
    own = [heading for heading in headings if not _is_masthead(heading)]
    if (
        len(own) == 1
        and any(title_tag.startswith(f"{headings[own[0]]}{mark}") for mark in _SEPARATORS)
        and " " in headings[own[0]]
    ):
        return own[0]
    word_for_word = _word_for_word(tree, [*stated, *_parts(title_tag)], after=own[0] if own else None)
    if len(own) == 1 and word_for_word is None:
        names = not_titles | _names_of_front_page(tree)
        titles = [x for x in stated if x.casefold() not in names]
        if _are_the_sites([*titles, title_tag], headings[own[0]], names):
            return own[0]
    return word_for_word


def _are_the_sites(titles: Sequence[str], heading: str, not_titles: frozenset[str]) -> bool:
    """Whether titles and statements name the site and not the article whose heading this is, as where every page has the same.

    That is sure of a title of two words and of one that says so («Официальный сайт акимата») and has no word of the heading; any
    other gives way to a heading of three words or more, unless the page states it elsewhere, too.
    """
    title = titles[-1]
    stated = {plain(x) for x in titles[:-1]}
    if stated - {plain(title)}:
        return all(_SITES_TITLE.search(x) and not shared_words(heading, x) for x in titles if x)
    if (len(title.split()) < _FEWEST_WORDS and not stated) or title.casefold() in not_titles:
        return True
    says_so = _SITES_TITLE.search(title) is not None and not shared_words(heading, title)
    return says_so or (len(heading.split()) >= _FEWEST_WORDS and not stated)


def _names_of_front_page(tree: HtmlElement) -> frozenset[str]:
    """What links to the front page are called: the site's name."""
    links = (
        link
        for link in islice(tree.iter("a"), _MOST_LINKS)
        if _FRONT_PAGE.fullmatch((link.get("href") or "-")[:200])
    )
    return frozenset(text.casefold() for link in islice(links, _MOST_HEADINGS) if (text := short_text(link)))


def _is_masthead(heading: HtmlElement) -> bool:
    """Whether a heading is the site's own: in the page's head or foot, a link to the front page or to another site, or named so."""
    around = list(islice(heading.iterancestors(), _LEVELS_TO_MASTHEAD))
    if any(
        above.tag in _MASTHEADS or (above.tag == "header" and _is_body(above.getparent())) for above in around
    ):
        return True
    links = [*heading.iter("a"), *(above for above in around if above.tag == "a")]
    if any(
        _FRONT_PAGE.fullmatch((link.get("href") or "")[:200]) or _LEADS_AWAY.search(link.get("rel") or "")
        for link in links
    ):
        return True
    return any(_OF_SITE.search(names_of(element)) for element in (heading, *around[:1]))


def _is_body(element: HtmlElement | None) -> bool:
    return element is not None and element.tag == "body"


def headline_text(element: HtmlElement, stated: Iterable[str]) -> str:
    """The text of a headline's element; without rubrics, badges and counters inside it where the page states what is left."""
    whole = short_text(element)
    named_so = (
        inner for inner in element.iterdescendants() if inner.tag in _BESIDE or _BADGE.search(names_of(inner))
    )
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


def _word_for_word(tree: HtmlElement, asked: Iterable[str], after: HtmlElement | None) -> HtmlElement | None:
    """The first element below the heading `after` (the masthead stands above it), or anywhere, that prints a headline asked for."""
    wanted = [key for x in asked if len(x.split()) >= _FEWEST_WORDS and (key := plain(x))]
    if not wanted:
        return None
    elsewhere = within(tree, _ELSEWHERE)
    printed: dict[str, HtmlElement] = {}
    begun = after is None
    for element in tree.iter(*_PRINTS, "h1"):
        begun = begun or element is after
        if (
            begun
            and element.tag != "h1"
            and element.text
            and element not in elsewhere
            and len(element.text) <= HEADLINE
        ):
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
