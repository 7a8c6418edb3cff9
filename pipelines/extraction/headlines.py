"""Find the element of the headline, its text without labels, and the headline that a page declares."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from pipelines.extraction.bounds import HEADLINE
from pipelines.extraction.class_names import named, names_of, within
from pipelines.extraction.text_keys import shared_words, text_key
from pipelines.page import short_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from lxml.html import HtmlElement

_SAME_HEADLINE = 0.5  # share of a declared headline's words, from which a printed one is the same
_MAX_HEADINGS = 20  # `<h1>` elements, or links to the front page, that are looked at
_MAX_LINKS = 200  # links searched for those to the front page
_MAX_LABELS = 50  # elements inside a headline
_MAX_HREF = 200  # characters of a link's address
_PRINTING_TAGS = ("h2", "h3", "h4", "div", "p", "b", "strong", "font", "span", "td")
_ELSEWHERE = ("nav", "footer", "aside", "a", "head")
_SEPARATORS = (" | ", " — ", " – ", " - ", " :: ", " : ", ": ", " » ", " • ", " / ", ", ")
_MIN_WORDS = 3  # of a headline that is recognised as a part of the page's title
_LABEL_TAGS = frozenset(("a", "small", "sup", "time", "button", "i"))
_BADGE = named(
    "rubric|rubrika|category|badge|label|live|counter|views?|date|time|icon|tags?|comments?|status|kicker|new"
)
_MASTHEADS = frozenset(("nav", "footer", "aside"))
_LEVELS_TO_MASTHEAD = 20  # ancestors of a heading that are looked at
_FRONT_PAGE = re.compile(r"(?:https?://[^/?#]*)?/?(?:index\.(?:html?|php)|(?:ru|kk|kz|en)/?)?")
_LEADS_AWAY = re.compile("external|noopener|nofollow")
_OF_SITE = named("logo(?:type)?|site-?(?:title|name)|brand|masthead")
_SITES_TITLE = re.compile(
    r"(?:официальн|информационн|новостн)\w+ (?:\w+-)?(?:сайт|портал|ресурс|интернет|веб|агентств)"
    r"|ресми (?:сайт|портал|интернет|веб)|интернет-(?:портал|ресурс|газет|издани)"
    r"|ақпараттық (?:сайт|портал|агентті)|official (?:web ?site|portal|page)"
    r"|(?:^|[|:–—-]\s*)(?:главная(?: страница)?|басты бет|home ?page|welcome)\b",
    re.IGNORECASE,
)
"""Words of a title that names a whole site."""
_ELLIPSES = ("…", "...")


def printed_headline(
    tree: HtmlElement, stated: Sequence[str], title_tag: str, not_titles: frozenset[str]
) -> HtmlElement | None:
    """Return the element that prints the headline; None if unsure.

    First the `<h1>` that prints a declared headline (titles for search engines add words, feeds cut them),
    then the only `<h1>` of a page whose title and declarations name the site, then any element that prints a
    declared headline, or a part of the page's title, word for word.

    Args:
        tree: the page.
        stated: headlines of the page's structured data, without the site's name.
        title_tag: the page's `<title>`, without the site's name.
        not_titles: names of the site, case folded.
    """
    stated = [x for x in stated if x.casefold() not in not_titles]
    titles = (*stated, title_tag)
    headings = _headings(tree, not_titles)
    rated = [
        (max((shared_words(text, x) for x in titles if x), default=0.0), heading)
        for heading, text in headings.items()
    ]
    best = max(rated, key=lambda pair: pair[0], default=None)
    if best is not None and best[0] >= _SAME_HEADLINE:
        return best[1]
    title_keys = {text_key(part) for x in titles for part in _parts(x) if len(part.split()) >= _MIN_WORDS}
    in_title = next((heading for heading, text in headings.items() if text_key(text) in title_keys), None)
    if in_title is not None:
        return in_title
    own = [heading for heading in headings if not _is_masthead(heading)]
    if len(own) == 1 and _starts_title(headings[own[0]], title_tag):
        return own[0]
    word_for_word = _word_for_word(tree, [*stated, *_parts(title_tag)], after=own[0] if own else None)
    if len(own) == 1 and word_for_word is None:
        site_names = not_titles | _names_of_front_page(tree)
        own_titles = [x for x in stated if x.casefold() not in site_names]
        if _name_the_site([*own_titles, title_tag], headings[own[0]], site_names):
            return own[0]
    return word_for_word


def _headings(tree: HtmlElement, not_titles: frozenset[str]) -> dict[HtmlElement, str]:
    """Return the first `<h1>` elements with a text that is not the site's name."""
    texts = ((heading, short_text(heading)) for heading in tree.iter("h1"))
    own = ((heading, text) for heading, text in texts if text and text.casefold() not in not_titles)
    return dict(islice(own, _MAX_HEADINGS))


def _starts_title(heading: str, title_tag: str) -> bool:
    """Return whether a title is a heading of several words, a separator and more."""
    return " " in heading and any(title_tag.startswith(f"{heading}{mark}") for mark in _SEPARATORS)


def _name_the_site(titles: Sequence[str], heading: str, not_titles: frozenset[str]) -> bool:
    """Return whether declared headlines and page title (the last of `titles`) name the site.

    So they do where every page has the same title. Sure signs are a title of at most two words, and one with
    the words of a site («Официальный сайт акимата») and no word of the heading. Any other title gives way to
    a heading of at least three words, unless the page declares a headline, too.
    """
    title = titles[-1]
    declared_keys = {text_key(x) for x in titles[:-1]}
    if declared_keys - {text_key(title)}:
        return all(_SITES_TITLE.search(x) and not shared_words(heading, x) for x in titles if x)
    if (len(title.split()) < _MIN_WORDS and not declared_keys) or title.casefold() in not_titles:
        return True
    says_so = _SITES_TITLE.search(title) is not None and not shared_words(heading, title)
    return says_so or (len(heading.split()) >= _MIN_WORDS and not declared_keys)


def _names_of_front_page(tree: HtmlElement) -> frozenset[str]:
    """Return the texts of links to the front page, case folded: names of the site."""
    links = (
        link
        for link in islice(tree.iter("a"), _MAX_LINKS)
        if _FRONT_PAGE.fullmatch((link.get("href") or "-")[:_MAX_HREF])
    )
    return frozenset(text.casefold() for link in islice(links, _MAX_HEADINGS) if (text := short_text(link)))


def _is_masthead(heading: HtmlElement) -> bool:
    """Return whether a heading is the site's own.

    That is in the page's header or footer, a link to the front page or to another site, or named as a logo.
    """
    ancestors = list(islice(heading.iterancestors(), _LEVELS_TO_MASTHEAD))
    for ancestor in ancestors:
        if ancestor.tag in _MASTHEADS or (ancestor.tag == "header" and _is_body(ancestor.getparent())):
            return True
    for link in (*heading.iter("a"), *(ancestor for ancestor in ancestors if ancestor.tag == "a")):
        if _FRONT_PAGE.fullmatch((link.get("href") or "")[:_MAX_HREF]):
            return True
        if _LEADS_AWAY.search(link.get("rel") or ""):
            return True
    return any(_OF_SITE.search(names_of(element)) for element in (heading, *ancestors[:1]))


def _is_body(element: HtmlElement | None) -> bool:
    return element is not None and element.tag == "body"


def headline_text(element: HtmlElement, stated: Iterable[str]) -> str:
    """Return the text of the headline's element.

    Without sections, badges and counters inside it, if the page declares what then remains as its headline.
    """
    whole = short_text(element)
    labels = (
        inner
        for inner in element.iterdescendants()
        if inner.tag in _LABEL_TAGS or _BADGE.search(names_of(inner))
    )
    rest = whole
    for text in filter(None, map(short_text, list(islice(labels, _MAX_LABELS)))):
        rest = " ".join(rest.replace(text, " ", 1).split())
    if not rest or rest == whole:
        return whole
    return rest if text_key(rest) in {text_key(x) for x in stated if x} else whole


def stated_headline(stated: Sequence[str], title_tag: str) -> str:
    """Return the first headline of believable length that a page declares, else its title.

    One that is cut with an ellipsis gives way to another that continues it.
    """
    fitting = [x for x in (*stated, title_tag) if x and len(x) <= HEADLINE]
    first = next(iter(fitting), "") or next(filter(None, (*stated, title_tag)), "")
    if first.endswith(_ELLIPSES):
        start = first.rstrip("…. ")
        return next((x for x in fitting if x.startswith(start) and not x.endswith(_ELLIPSES)), first)
    return first


def _word_for_word(tree: HtmlElement, titles: Iterable[str], after: HtmlElement | None) -> HtmlElement | None:
    """Return the first element that prints one of the titles.

    Only elements after the heading `after` are searched, if given: the site's header is above it.
    """
    keys = [key for x in titles if len(x.split()) >= _MIN_WORDS and (key := text_key(x))]
    if not keys:
        return None
    elsewhere = within(tree, _ELSEWHERE)
    printed: dict[str, HtmlElement] = {}
    started = after is None
    for element in tree.iter(*_PRINTING_TAGS, "h1"):
        started = started or element is after
        if not started or element.tag == "h1" or not element.text or element in elsewhere:
            continue
        if len(element.text) <= HEADLINE:
            printed.setdefault(text_key(element.text), element)
    return next((printed[key] for key in keys if key in printed), None)


def _parts(title: str) -> Iterator[str]:
    """Yield a title, and its parts before or after separators, the longest first; none if it is too long."""
    if len(title) > HEADLINE:
        return
    yield title
    parts = set()
    for separator in _SEPARATORS:
        pieces = title.split(separator)
        parts |= {separator.join(pieces[:end]) for end in range(1, len(pieces))}
        parts |= {separator.join(pieces[start:]) for start in range(1, len(pieces))}
    yield from sorted(parts, key=lambda part: (-len(part), part))
