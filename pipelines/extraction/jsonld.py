"""Read schema.org statements in a page's JSON-LD scripts; values of wrong types are ignored."""

from __future__ import annotations

import json
import re
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipelines.extraction.bounds import MOST_STATEMENTS, STATEMENT
from pipelines.extraction.own_address import Address, likeness, own_addresses
from pipelines.extraction.text_keys import shared_words
from pipelines.html_tree import unescaped
from storage.model.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml.html import HtmlElement

_MAX_SCRIPT = 2_000_000  # characters of a script
_MAX_NODES = 2_000  # objects of a script
_MAX_RAW = 4 * STATEMENT  # characters of a value as written, references and white space included
_ARTICLE = re.compile(r"Article$|BlogPosting$|^LiveBlogPosting$|^SocialMediaPosting$|^Report$|^NewsArticle")
_PAGE = frozenset(("WebPage", "ItemPage", "CreativeWork", "VideoObject"))
_ORGANISATION = re.compile(r"Organi[sz]ation$|^Corporation$|^WebSite$|^Brand$")
# Read from scripts that are no valid JSON.
_BROKEN_PAIR = re.compile(r'"(datePublished|dateModified)"\s*:\s*"([^"\\]{4,60})"')
_BROKEN_AUTHOR = re.compile(
    r'"author"\s{0,20}:\s{0,20}[\[{\s]{0,20}[^{}\[\]]{0,300}?"name"\s{0,20}:\s{0,20}"([^"\\]{4,100})"'
)
_TRAILING_COMMA = re.compile(r",\s{0,50}([}\]])")
_NAMES = ("name", "givenName", "familyName", "alternateName")
_PARTS_OF_NAME = ("givenName", "additionalName", "familyName")
_MAX_DEPTH = 4  # names inside names
_MAX_ARTICLES = 50  # article nodes that are compared
_SAME_STORY = 0.3  # share of common words, below which two headlines are of different stories
_COMMENT_START = re.compile(r"<!--|(?://\s*)?<!\[CDATA\[")
_COMMENT_END = ("-->", "]]>")
Node = dict[str, Any]
_LIST = re.compile("^ItemList$|^BreadcrumbList$")


@dataclass(frozen=True, slots=True)
class Statements:
    """The JSON-LD statements about a page's article.

    `article` is its node (empty if there is none), `by_id` all nodes by `@id`, `breadcrumbs` the names of the
    page's breadcrumbs, front page and article included.
    """

    article: Node
    by_id: dict[str, Node]
    breadcrumbs: tuple[str, ...] = ()

    def text(self, *keys: str) -> str:
        """Return the first text under one of the keys, references decoded, on one line; empty if none."""
        return next((text for key in keys for text in self.texts(key)), "")

    def texts(self, key: str) -> list[str]:
        """Return all texts under a key: strings, and the names of nodes."""
        return [text for value in _members(self.article.get(key)) for text in self._names(value)]

    def people(self) -> list[str]:
        """Return the names under `author`, else `creator`, without organisations."""
        for key in ("author", "creator"):
            nodes = [self._resolved(value) for value in _members(self.article.get(key))]
            names = [name for node in nodes if not _is_organisation(node) for name in self._names(node)]
            if names:
                return names
        return []

    def organisations(self) -> list[str]:
        """Return the names of the publisher and of authors that are organisations."""
        keys = ("publisher", "author", "sourceOrganization")
        nodes = [self._resolved(value) for key in keys for value in _members(self.article.get(key))]
        return [name for node in nodes if _is_organisation(node) for name in self._names(node)]

    def images(self) -> list[tuple[str, str]]:
        """Return address and caption of each image."""
        images = []
        for value in _listed(self.article.get("image")):
            node = self._resolved(value)
            if isinstance(node, dict):
                address = _string(node.get("url")) or _string(node.get("contentUrl"))
                images.append((address, _string(node.get("caption"))))
            else:
                images.append((_string(node), ""))
        return [(address, caption) for address, caption in images if address]

    def _resolved(self, value: object) -> object:
        """Return the node that a mere reference (`@id` without names) points to, else the value itself."""
        if not isinstance(value, dict) or not isinstance(value.get("@id"), str):
            return value
        if any(value.get(key) for key in _NAMES):
            return value
        return self.by_id.get(value["@id"], value)

    def _names(self, value: object, depth: int = 0) -> list[str]:
        """Return the names of a value.

        It may be a string, a node, a value object or list (JSON-LD 1.1, sections 9.4 and 9.7), or have names
        inside its name. A person's name in parts (https://schema.org/givenName) is joined.
        """
        node = self._resolved(value)
        if not isinstance(node, dict):
            text = _string(node)
            return [text] if text else []
        if depth == _MAX_DEPTH:
            return []
        for key in ("@value", "name"):
            members = _members(node.get(key))
            if names := [name for inner in members for name in self._names(inner, depth + 1)]:
                return names
        parts = (_first_string(node, key) for key in _PARTS_OF_NAME)
        name = " ".join(filter(None, parts)) or _first_string(node, "alternateName")
        return [name] if name else []


def read_statements(tree: HtmlElement, url: str, headlines: Iterable[str] = ()) -> Statements:
    """Return the statements of all JSON-LD scripts of a page. Never raises for a bad script.

    Args:
        tree: the page.
        url: the address that it was fetched from.
        headlines: what the page prints as headlines; they distinguish its own article from others.
    """
    nodes: list[Node] = []
    broken: Node = {}
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower() or not script.text:
            continue
        source = _unwrapped(script.text[:_MAX_SCRIPT])
        try:
            nodes += _nodes(_loaded(source))
        except (ValueError, RecursionError):
            for key, value in _BROKEN_PAIR.findall(source):
                broken.setdefault(key, value)
            if author := _BROKEN_AUTHOR.search(source):
                broken.setdefault("author", author[1])
    by_id: dict[str, Node] = {}
    for node in nodes:
        name = node.get("@id")
        if isinstance(name, str) and len(node) > len(by_id.get(name, {"@id": name})):
            by_id[name] = node
    article = _article(nodes, own_addresses(tree, url), list(headlines))
    return Statements(article or broken, by_id, _breadcrumbs(nodes))


def _loaded(source: str) -> object:
    """Return the value of a script.

    Commas before closing brackets are allowed, as in JavaScript.

    Raises:
        ValueError: it is no JSON even so.
        RecursionError: it nests too deep.
    """
    try:
        return json.loads(source, strict=False)
    except ValueError:
        return json.loads(_TRAILING_COMMA.sub(r"\1", source), strict=False)


def _unwrapped(source: str) -> str:
    """Return a script without the comment or CDATA section that hides it from old browsers."""
    source = source.strip()
    if start := _COMMENT_START.match(source):
        source = source[start.end() :]
    bare = source.rstrip("; \t\r\n")
    return bare[:-3].rstrip().removesuffix("//") if bare.endswith(_COMMENT_END) else source


def _nodes(value: object) -> Iterator[Node]:
    """Yield all objects inside a JSON value, the outermost first, without those of lists of other pages."""
    queue, count = deque([value]), 0
    while queue and count < _MAX_NODES:
        inner = queue.popleft()
        if isinstance(inner, dict):
            count += 1
            yield inner
            if not _is_type(inner, _LIST):
                queue += inner.values()
        elif isinstance(inner, list):
            queue += inner


def _article(nodes: list[Node], addresses: list[Address], headlines: list[str]) -> Node:
    """Return the node of the page's own article, else a node of the page; empty if there is none.

    That is the node with the page's address, else the one with its headline, else the first that names no
    other page. A node with another address and another headline is another article, even if it is the only
    one.
    """
    articles = [node for node in nodes if _is_type(node, _ARTICLE)]
    if not articles:
        pages = (node for node in nodes if _types(node) & _PAGE)
        return next((node for node in pages if "datePublished" in node or "headline" in node), {})
    rated = [
        (likeness(_addresses(node), addresses), _headline_share(node, headlines), node)
        for node in articles[:_MAX_ARTICLES]
    ]
    address_likeness, share, node = max(
        rated, key=lambda rating: (rating[0] > 0, rating[1] == 1.0, *rating[:2])
    )
    is_another = address_likeness < 0 and share < _SAME_STORY and headlines
    return {} if is_another else node


def _headline_share(node: Node, headlines: list[str]) -> float:
    """Return the greatest share of common words of a node's headline and the page's, 0 to 1.

    0.5 if one of them is missing.
    """
    stated = _string(node.get("headline")) or _string(node.get("name"))
    if not stated:
        return 0.5
    shares = (max(shared_words(printed, stated), shared_words(stated, printed)) for printed in headlines)
    return max(shares, default=0.5)


def _addresses(node: Node) -> list[str]:
    """Return the addresses that a node names as its own or its page's."""
    page = node.get("mainEntityOfPage")
    of_page = (page.get("@id"), page.get("url")) if isinstance(page, dict) else (page,)
    return [address for address in (node.get("url"), node.get("@id"), *of_page) if isinstance(address, str)]


def _breadcrumbs(nodes: list[Node]) -> tuple[str, ...]:
    """Return the names in the first list of breadcrumbs; empty if there is none."""
    for node in nodes:
        if "BreadcrumbList" in _types(node):
            steps = _listed(node.get("itemListElement"))
            names = [_breadcrumb_name(step) for step in steps if isinstance(step, dict)]
            return tuple(name for name in names if name)
    return ()


def _breadcrumb_name(step: Node) -> str:
    name, target = _string(step.get("name")), step.get("item")
    if not name and isinstance(target, dict):
        return _string(target.get("name"))
    return name


def _is_organisation(node: object) -> bool:
    return isinstance(node, dict) and _is_type(node, _ORGANISATION)


def _types(node: Node) -> set[str]:
    return {kind for kind in _listed(node.get("@type")) if isinstance(kind, str)}


def _is_type(node: Node, pattern: re.Pattern[str]) -> bool:
    return any(pattern.search(kind) for kind in _types(node))


def _listed(value: object) -> list[Any]:
    """Return a value as a list of at most MOST_STATEMENTS values; empty for None."""
    if isinstance(value, list):
        return value[:MOST_STATEMENTS]
    return [] if value is None else [value]


def _members(value: object) -> list[Any]:
    """Return the values under a key, and those of list and set objects of JSON-LD."""
    members: list[Any] = []
    for inner in _listed(value):
        wrapped = None
        if isinstance(inner, dict):
            wrapped = next((inner[key] for key in ("@list", "@set") if key in inner), None)
        members += [inner] if wrapped is None else _listed(wrapped)
    return members[:MOST_STATEMENTS]


def _first_string(node: Node, key: str) -> str:
    """Return the first value under a key if it is a string; else empty."""
    return _string(next(iter(_listed(node.get(key))), None))


def _string(value: object) -> str:
    return one_line(unescaped(value[:_MAX_RAW]), STATEMENT) if isinstance(value, str) else ""
