"""Decide which parts of a page belong to its article, not to comments, other articles' cards or the site."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import chain, islice
from typing import TYPE_CHECKING

from pipelines.extraction.class_names import named, names_of
from pipelines.extraction.text_keys import shared_words
from pipelines.page import SHORT, short_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml.html import HtmlElement

_FOREIGN_NAMES = named(
    r"(?<!has-)(?<!no-)(?<!with-)comments?(?:list|s?-?area|-?block)?"
    r"(?!-(?:open|closed|count|enabled|disabled|\d))|komment\w*|disqus\w*"
    r"|repl(?:y|ies)|respond|discussions?|responses?|otzyv\w*|pikir(?:ler)?|guestbook|feedback"
    r"|related|recommended|popular|latest|trending|teasers?|most-read|read-(?:also|more)|(?<!has-)(?<!no-)(?<!with-)sidebar"
    r"|login|(?<!name-)auth(?!-name)|user-?menu"
)
# WordPress names an article after its categories: `category-discussions`.
_SORTED_INTO = re.compile(r"\b(?:category|tag|term|type)-[\w-]+")
_ARTICLE = re.compile(r"schema\.org/\w*(?:Article|Posting|Report)\b", re.IGNORECASE)
_ALSO_OWN = re.compile(r"schema\.org/(?:\w*Page|CreativeWork|Blog|WebSite)\b", re.IGNORECASE)
_REVIEW = re.compile(r"schema\.org/\w*Review\b", re.IGNORECASE)
_FOREIGN_SCOPE = re.compile(
    r"schema\.org/(?:User)?(?:Comments?|Answer)\b|data-vocabulary\.org/Comment", re.IGNORECASE
)
_ELSEWHERE = frozenset(("nav", "aside"))
_MAX_SCOPES = 200  # headings, or items of microdata, that are looked at
_MAX_OF_A_CARD = 3  # paragraphs, or headings, of another article's card
_SAME_HEADLINE = 0.5  # share of words, from which two headlines are the same
_FEW_HEADINGS = 3  # `<h1>` elements of a page's own; where there are more, lists of articles use them
_MAX_LINKED_NAME = 50  # characters of a link that may be a name; longer ones are headlines


class Places:
    """Detects elements of a page that are foreign to the article; each element is examined once.

    `own` are elements known to hold the article: they and their ancestors are its own whatever their names.
    """

    def __init__(self, own: Iterable[HtmlElement] = ()) -> None:
        self._foreign: dict[HtmlElement, bool] = {}
        for element in own:
            self._foreign |= dict.fromkeys([element, *element.iterancestors()], False)

    def is_foreign(self, element: HtmlElement) -> bool:
        """Return whether an element is inside comments, another article's card or a menu.

        Its own names decide, and those of its ancestors.
        """
        unknown: list[HtmlElement] = []
        inner: HtmlElement | None = element
        foreign = False
        while inner is not None and inner.tag != "body":
            if inner in self._foreign:
                foreign = self._foreign[inner]
                break
            unknown.append(inner)
            inner = inner.getparent()
        for above in reversed(unknown):
            foreign = foreign or _is_foreign_itself(above)
            self._foreign[above] = foreign
        return foreign


class OwnScope:
    """Decides which microdata of a page describe its article (https://html.spec.whatwg.org/#items)."""

    def __init__(self, tree: HtmlElement) -> None:
        headings = list(islice(tree.iter("h1"), _MAX_SCOPES))
        self._places = Places(headings if len(headings) <= _FEW_HEADINGS else ())
        self._scopes: dict[HtmlElement, bool] = {}
        self._article = self._choose(tree, headings)
        self._headings = frozenset(above for heading in headings for above in heading.iterancestors())

    def _choose(self, tree: HtmlElement, headings: list[HtmlElement]) -> HtmlElement | None:
        """Return the item of the page's own article.

        That is the one with the headline (printed or declared) or the marked body, else the largest. None if
        the page has a headline, and its items (cards of other articles) hold neither that nor half of the
        paragraphs.
        """
        scopes = islice(chain([tree], tree.iterfind(".//*[@itemscope]")), _MAX_SCOPES)
        articles = [item for item in scopes if _ARTICLE.search(item.get("itemtype") or "")]
        items = [item for item in articles if not self._places.is_foreign(item)]
        above_headings = {above for heading in headings for above in heading.iterancestors()}
        for item in items:
            if item in above_headings or item.find(".//*[@itemprop='articleBody']") is not None:
                return item
        own = next((item for item in items if _has_headline(item, headings)), None)
        if own is not None or not items:
            return own
        paragraphs = [sum(1 for _ in item.iter("p")) for item in items]
        most = max(paragraphs)
        enough = not headings or 2 * most >= sum(1 for _ in tree.iter("p"))
        return items[paragraphs.index(most)] if enough else None

    def holds(self, element: HtmlElement) -> bool:
        """Return whether a property (an element with `itemprop`) belongs to the page's own article."""
        scope = next(_scopes_around(element), None)
        if scope is None:
            if self._places.is_foreign(element):
                return False
            return not any(above.tag in _ELSEWHERE for above in element.iterancestors())
        if scope not in self._scopes:
            self._scopes[scope] = self._is_own(scope)
        return self._scopes[scope]

    def _is_own(self, scope: HtmlElement) -> bool:
        """Return whether an item of microdata describes the article."""
        kind = scope.get("itemtype") or ""
        if _ARTICLE.search(kind):
            return scope is self._article
        if self._places.is_foreign(scope):
            return False
        if _REVIEW.search(kind):
            return scope in self._headings
        return not kind or _ALSO_OWN.search(kind) is not None


def _has_headline(item: HtmlElement, headings: list[HtmlElement]) -> bool:
    """Return whether an item declares one of the headlines, or none and prints nothing."""
    declared = item.find(".//*[@itemprop='headline']")
    if declared is None:
        return not short_text(item, 1)
    headline = (declared.get("content") or "")[:SHORT] or short_text(declared)
    for text in map(short_text, headings):
        if max(shared_words(text, headline), shared_words(headline, text)) >= _SAME_HEADLINE:
            return True
    return False


def drop_foreign(tree: HtmlElement) -> None:
    """Remove comments, cards, menus and links with the text of a headline from a tree.

    Elements with an `<h1>` or most of the paragraphs are kept.
    """
    half = sum(1 for _ in tree.iter("p")) / 2
    foreign = [element for element in tree.iter() if element.tag != "body" and _is_foreign_itself(element)]
    foreign += [
        link for link in tree.iter("a") if len(short_text(link, _MAX_LINKED_NAME + 1)) > _MAX_LINKED_NAME
    ]
    for element in foreign:
        if element.getparent() is None or next(element.iter("h1"), None) is not None:
            continue
        if not half or sum(1 for _ in element.iter("p")) <= half:
            element.drop_tree()


def _scopes_around(element: HtmlElement) -> Iterator[HtmlElement]:
    return (above for above in element.iterancestors() if above.get("itemscope") is not None)


def _is_foreign_itself(element: HtmlElement) -> bool:
    """Return whether an element is foreign by its own microdata, names or content."""
    kind, prop = element.get("itemtype"), element.get("itemprop")
    if (kind and _FOREIGN_SCOPE.search(kind)) or (prop and "comment" in prop.split()):
        return True
    names = names_of(element)
    return (bool(names) and _names_foreign(names)) or (element.tag == "article" and _is_card(element))


@lru_cache(maxsize=8192)
def _names_foreign(names: str) -> bool:
    own_names = _SORTED_INTO.sub("", names) if "-" in names else names
    return _FOREIGN_NAMES.search(own_names) is not None


def _is_card(article: HtmlElement) -> bool:
    """Return whether an `<article>` is a link to another one.

    That is a linked heading other than an `<h1>`, with hardly a paragraph.
    """
    if next(article.iter("h1"), None) is not None:
        return False
    if sum(1 for _ in islice(article.iter("p"), _MAX_OF_A_CARD + 1)) > _MAX_OF_A_CARD:
        return False
    headings = islice(article.iter("h2", "h3", "h4", "h5"), _MAX_OF_A_CARD)
    return any(
        next(heading.iter("a"), None) is not None or next(heading.iterancestors("a"), None) is not None
        for heading in headings
    )
