"""Which parts of a page belong to its article, and which to readers' comments, cards of other articles, and the site."""

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
    r"(?<!has-)(?<!no-)(?<!with-)comments?(?:list|s?-?area|-?block)?(?!-(?:open|closed|count|enabled|disabled|\d))|komment\w*|disqus\w*"
    r"|repl(?:y|ies)|respond|discussions?|responses?|otzyv\w*|pikir(?:ler)?|guestbook|feedback"
    r"|related|recommended|popular|latest|trending|teasers?|most-read|read-(?:also|more)|(?<!has-)(?<!no-)(?<!with-)sidebar"
    r"|login|(?<!name-)auth(?!-name)|user-?menu"
)
_SORTED_INTO = re.compile(
    r"\b(?:category|tag|term|type)-[\w-]+"
)  # WordPress names an article after its rubrics: category-discussions
_ARTICLE = re.compile(r"schema\.org/\w*(?:Article|Posting|Report)\b", re.IGNORECASE)
_ALSO_OWN = re.compile(r"schema\.org/(?:\w*Page|CreativeWork|Blog|WebSite)\b", re.IGNORECASE)
_REVIEW = re.compile(r"schema\.org/\w*Review\b", re.IGNORECASE)
_FOREIGN_SCOPE = re.compile(
    r"schema\.org/(?:User)?(?:Comments?|Answer)\b|data-vocabulary\.org/Comment", re.IGNORECASE
)
_ELSEWHERE = frozenset(("nav", "aside"))
_MOST_SCOPES = 200
_MOST_OF_A_CARD = 3  # paragraphs, headings
_SAME_HEADLINE = 0.5  # share of words
_FEW_HEADINGS = 3  # `<h1>` elements; where there are more, lists of articles have them, too
_LONGEST_NAME_IN_A_LINK = 50  # characters


class Places:
    """Tells foreign elements of one page; each element is looked at once, however often it is asked for.

    `own` are elements known to hold the article; they and what is around them are its own whatever their names are.
    """

    def __init__(self, own: Iterable[HtmlElement] = ()) -> None:
        self._foreign: dict[HtmlElement, bool] = {}
        for element in own:
            self._foreign |= dict.fromkeys([element, *element.iterancestors()], False)

    def is_foreign(self, element: HtmlElement) -> bool:
        """Whether an element is part of comments, of another article's card, or of a menu, by its own name or that of one around it."""
        chain: list[HtmlElement] = []
        inner: HtmlElement | None = element
        foreign = False
        while inner is not None and inner.tag != "body":
            if inner in self._foreign:
                foreign = self._foreign[inner]
                break
            chain.append(inner)
            inner = inner.getparent()
        for above in reversed(chain):
            foreign = foreign or _is_foreign_itself(above)
            self._foreign[above] = foreign
        return foreign


class OwnScope:
    """Tells which microdata of a page describe its article (https://html.spec.whatwg.org/#items)."""

    def __init__(self, tree: HtmlElement) -> None:
        headings = [heading for heading, _ in zip(tree.iter("h1"), range(_MOST_SCOPES), strict=False)]
        self._places = Places(headings if len(headings) <= _FEW_HEADINGS else ())
        self._scopes: dict[HtmlElement, bool] = {}
        self._article = self._choose(tree, headings)
        self._headings = frozenset(above for heading in headings for above in heading.iterancestors())

    def _choose(self, tree: HtmlElement, headings: list[HtmlElement]) -> HtmlElement | None:
        """The item of the page's own article: the one with the headline (printed or stated) or the marked body, else the largest.

        None where the page has a headline, and its items (cards of other articles) hold neither that nor half of the paragraphs.
        """
        every = chain([tree], tree.iterfind(".//*[@itemscope]"))
        items = [
            item
            for item, _ in zip(every, range(_MOST_SCOPES), strict=False)
            if _ARTICLE.search(item.get("itemtype") or "")
        ]
        items = [item for item in items if not self._places.is_foreign(item)]
        around = {above for heading in headings for above in heading.iterancestors()}
        own = next(
            (
                item
                for item in items
                if item in around or item.find(".//*[@itemprop='articleBody']") is not None
            ),
            None,
        )
        own = own if own is not None else next((item for item in items if _tells_of(item, headings)), None)
        if own is not None or not items:
            return own
        paragraphs = [sum(1 for _ in item.iter("p")) for item in items]
        most = max(paragraphs)
        enough = not headings or 2 * most >= sum(1 for _ in tree.iter("p"))
        return items[paragraphs.index(most)] if enough else None

    def holds(self, element: HtmlElement) -> bool:
        """Whether a property (an element with `itemprop`) is one of the page's own article."""
        scope = next(_scopes_around(element), None)
        if scope is None:
            return not self._places.is_foreign(element) and not any(
                above.tag in _ELSEWHERE for above in element.iterancestors()
            )
        if scope not in self._scopes:
            self._scopes[scope] = self._is_own(scope)
        return self._scopes[scope]

    def _is_own(self, scope: HtmlElement) -> bool:
        kind = scope.get("itemtype") or ""
        if _ARTICLE.search(kind):
            return scope is self._article
        if self._places.is_foreign(scope):
            return False
        if _REVIEW.search(kind):
            return scope in self._headings
        return not kind or _ALSO_OWN.search(kind) is not None


def _tells_of(item: HtmlElement, headings: list[HtmlElement]) -> bool:
    """Whether an item states one of the headlines, or states things without printing any."""
    stated = item.find(".//*[@itemprop='headline']")
    if stated is None:
        return not short_text(item, 1)
    headline = (stated.get("content") or "")[:SHORT] or short_text(stated)
    printed = (short_text(heading) for heading in headings)
    return any(
        max(shared_words(text, headline), shared_words(headline, text)) >= _SAME_HEADLINE for text in printed
    )


def drop_foreign(tree: HtmlElement) -> None:
    """Take comments, cards, menus and links with the text of a headline out of a tree, unless a heading or most paragraphs are in them."""
    most = sum(1 for _ in tree.iter("p")) / 2
    chosen = [element for element in tree.iter() if element.tag != "body" and _is_foreign_itself(element)]
    chosen += [
        link
        for link in tree.iter("a")
        if len(short_text(link, _LONGEST_NAME_IN_A_LINK + 1)) > _LONGEST_NAME_IN_A_LINK
    ]
    for element in chosen:
        parent = element.getparent()
        if (
            parent is not None
            and next(element.iter("h1"), None) is None
            and (not most or sum(1 for _ in element.iter("p")) <= most)
        ):
            element.drop_tree()


def _scopes_around(element: HtmlElement) -> Iterator[HtmlElement]:
    return (above for above in element.iterancestors() if above.get("itemscope") is not None)


def _is_foreign_itself(element: HtmlElement) -> bool:
    kind, prop = element.get("itemtype"), element.get("itemprop")
    if (kind and _FOREIGN_SCOPE.search(kind)) or (prop and "comment" in prop.split()):
        return True
    names = names_of(element)
    return (bool(names) and _names_foreign(names)) or (element.tag == "article" and _is_card(element))


@lru_cache(maxsize=8192)
def _names_foreign(names: str) -> bool:
    return _FOREIGN_NAMES.search(_SORTED_INTO.sub("", names) if "-" in names else names) is not None


def _is_card(article: HtmlElement) -> bool:
    """Whether an `<article>` is a link to another one: under a linked heading that is no `<h1>`, with hardly a paragraph."""
    if (
        next(article.iter("h1"), None) is not None
        or sum(1 for _ in islice(article.iter("p"), _MOST_OF_A_CARD + 1)) > _MOST_OF_A_CARD
    ):
        return False
    headings = islice(article.iter("h2", "h3", "h4", "h5"), _MOST_OF_A_CARD)
    return any(
        next(heading.iter("a"), None) is not None or next(heading.iterancestors("a"), None) is not None
        for heading in headings
    )
