"""Schema.org statements in a page's JSON-LD scripts, whatever shape they are in: wrong types are no statements, broken JSON is none."""

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

_LONGEST_SCRIPT = 2_000_000  # characters
_MOST_NODES = 2_000
_RAW = 4 * STATEMENT  # characters of a value as it is written, references and white space included
_ARTICLE = re.compile(r"Article$|BlogPosting$|^LiveBlogPosting$|^SocialMediaPosting$|^Report$|^NewsArticle")
_PAGE = frozenset(("WebPage", "ItemPage", "CreativeWork", "VideoObject"))
_ORGANISATION = re.compile(r"Organi[sz]ation$|^Corporation$|^WebSite$|^Brand$")
_BROKEN_PAIR = re.compile(r'"(datePublished|dateModified)"\s*:\s*"([^"\\]{4,60})"')
_BROKEN_AUTHOR = re.compile(
    r'"author"\s{0,20}:\s{0,20}[\[{\s]{0,20}[^{}\[\]]{0,300}?"name"\s{0,20}:\s{0,20}"([^"\\]{4,100})"'
)
_LAST_COMMA = re.compile(r",\s{0,50}([}\]])")
_NAMES = ("name", "givenName", "familyName", "alternateName")
_PARTS_OF_NAME = ("givenName", "additionalName", "familyName")
_DEEPEST_NAME = 4  # names inside names
_MOST_ARTICLES = 50
_SAME_STORY = 0.3  # share of words that two headlines of one story have in common at least
_OPENING = re.compile(r"<!--|(?://\s*)?<!\[CDATA\[")
_CLOSING = ("-->", "]]>")

Node = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Statements:
    """What JSON-LD says about the article: its node (empty when there is none), nodes by `@id`, and the trail of breadcrumbs."""

    article: Node
    by_id: dict[str, Node]
    breadcrumbs: tuple[str, ...] = ()

    def text(self, *keys: str) -> str:
        """The first text under one of the keys, entities undone, on one line."""
        return next((text for key in keys for text in self.texts(key)), "")

    def texts(self, key: str) -> list[str]:
        """All texts under a key: strings, and the names of nodes."""
        return [text for value in _members(self.article.get(key)) for text in self._names(value)]

    def people(self) -> list[str]:
        """Names under `author` (or `creator`), without organisations."""
        for key in ("author", "creator"):
            nodes = [self._resolved(value) for value in _members(self.article.get(key))]
            persons = (
                node for node in nodes if not (isinstance(node, dict) and _is_type(node, _ORGANISATION))
            )
            if names := [name for node in persons for name in self._names(node)]:
                return names
        return []

    def organisations(self) -> list[str]:
        """Names of the publisher and of authors that are organisations."""
        keys = ("publisher", "author", "sourceOrganization")
        nodes = [self._resolved(value) for key in keys for value in _members(self.article.get(key))]
        return [
            name
            for node in nodes
            if isinstance(node, dict) and _is_type(node, _ORGANISATION)
            for name in self._names(node)
        ]

    def images(self) -> list[tuple[str, str]]:
        """Address and caption of each image."""
        found = []
        for value in _listed(self.article.get("image")):
            node = self._resolved(value)
            if isinstance(node, dict):
                found.append(
                    (
                        _string(node.get("url")) or _string(node.get("contentUrl")),
                        _string(node.get("caption")),
                    )
                )
            else:
                found.append((_string(node), ""))
        return [(address, caption) for address, caption in found if address]

    def _resolved(self, value: object) -> object:
        """A node in place of a mere reference to it, followed once."""
        if (
            isinstance(value, dict)
            and isinstance(value.get("@id"), str)
            and not any(value.get(key) for key in _NAMES)
        ):
            return self.by_id.get(value["@id"], value)
        return value

    def _names(self, value: object, depth: int = 0) -> list[str]:
        """The names of a value: a string, a node, a value object or list of JSON-LD 1.1 (sections 9.4 and 9.7), or names in names.

        A person may have a name in parts (schema.org/givenName), which are joined.
        """
        node = self._resolved(value)
        if not isinstance(node, dict):
            return [text] if (text := _string(node)) else []
        if depth == _DEEPEST_NAME:
            return []
        for key in ("@value", "name"):
            if names := [name for inner in _members(node.get(key)) for name in self._names(inner, depth + 1)]:
                return names
        parts = " ".join(
            part for key in _PARTS_OF_NAME if (part := _string(next(iter(_listed(node.get(key))), None)))
        )
        return (
            [parts or other]
            if parts or (other := _string(next(iter(_listed(node.get("alternateName"))), None)))
            else []
        )


def read_statements(tree: HtmlElement, url: str, headlines: Iterable[str] = ()) -> Statements:
    """The statements of all JSON-LD scripts of a page. Never raises for a bad script.

    `headlines` are what the page prints as such; they tell its own article from others that it states.
    """
    nodes: list[Node] = []
    broken: Node = {}
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower() or not script.text:
            continue
        source = _unwrapped(script.text[:_LONGEST_SCRIPT])
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
    return Statements(
        _article(nodes, own_addresses(tree, url), list(headlines)) or broken, by_id, _breadcrumbs(nodes)
    )


def _loaded(source: str) -> object:
    """The value of a script; a comma before a closing bracket, which JSON forbids and JavaScript allows, is overlooked."""
    try:
        return json.loads(source, strict=False)
    except ValueError:
        return json.loads(_LAST_COMMA.sub(r"\1", source), strict=False)


def _unwrapped(source: str) -> str:
    """A script without the comment or CDATA section that hides it from old browsers."""
    source = source.strip()
    if opening := _OPENING.match(source):
        source = source[opening.end() :]
    bare = source.rstrip("; \t\r\n")
    return bare[:-3].rstrip().removesuffix("//") if bare.endswith(_CLOSING) else source


def _nodes(value: object) -> Iterator[Node]:
    """All objects inside a JSON value, the outermost first, entries of lists of other pages left out."""
    waiting, count = deque([value]), 0
    while waiting and count < _MOST_NODES:
        inner = waiting.popleft()
        if isinstance(inner, dict):
            count += 1
            yield inner
            if not _is_type(inner, _LIST):
                waiting += inner.values()
        elif isinstance(inner, list):
            waiting += inner


_LIST = re.compile("^ItemList$|^BreadcrumbList$")


def _article(nodes: list[Node], addresses: list[Address], headlines: list[str]) -> Node:
    """The node of the page's own article; a page's node for want of one.

    It is the one that names the page's address, else the one with its headline, else the first that names no other page. An article
    of another address and another headline is another one, also where it is alone.
    """
    articles = [node for node in nodes if _is_type(node, _ARTICLE)]
    if not articles:
        return next(
            (
                node
                for node in nodes
                if _types(node) & _PAGE and ("datePublished" in node or "headline" in node)
            ),
            {},
        )
    rated = [
        (likeness(_addresses(node), addresses), _shares_headline(node, headlines), node)
        for node in articles[:_MOST_ARTICLES]
    ]
    like, told, node = max(rated, key=lambda rating: (rating[0] > 0, rating[1] == 1.0, *rating[:2]))
    return {} if like < 0 and told < _SAME_STORY and headlines else node


def _shares_headline(node: Node, headlines: list[str]) -> float:
    """How far a node's headline is one of the page's, 0 to 1; 0.5 where it has none."""
    stated = _string(node.get("headline")) or _string(node.get("name"))
    if not stated:
        return 0.5
    return max(
        (max(shared_words(printed, stated), shared_words(stated, printed)) for printed in headlines),
        default=0.5,
    )


def _addresses(node: Node) -> list[str]:
    page = node.get("mainEntityOfPage")
    inner = (page.get("@id"), page.get("url")) if isinstance(page, dict) else (page,)
    return [address for address in (node.get("url"), node.get("@id"), *inner) if isinstance(address, str)]


def _breadcrumbs(nodes: list[Node]) -> tuple[str, ...]:
    for node in nodes:
        if "BreadcrumbList" in _types(node):
            steps = [step for step in _listed(node.get("itemListElement")) if isinstance(step, dict)]
            target = [step.get("item") for step in steps]
            names = [
                _string(step.get("name")) or (_string(to.get("name")) if isinstance(to, dict) else "")
                for step, to in zip(steps, target, strict=True)
            ]
            return tuple(name for name in names if name)
    return ()


def _types(node: Node) -> set[str]:
    return {kind for kind in _listed(node.get("@type")) if isinstance(kind, str)}


def _is_type(node: Node, pattern: re.Pattern[str]) -> bool:
    return any(pattern.search(kind) for kind in _types(node))


def _listed(value: object) -> list[Any]:
    if isinstance(value, list):
        return value[:MOST_STATEMENTS]
    return [] if value is None else [value]


def _members(value: object) -> list[Any]:
    """The values under a key, those of a list or set object of JSON-LD as well."""
    found: list[Any] = []
    for inner in _listed(value):
        wrapped = (
            next((inner[key] for key in ("@list", "@set") if key in inner), None)
            if isinstance(inner, dict)
            else None
        )
        found += [inner] if wrapped is None else _listed(wrapped)
    return found[:MOST_STATEMENTS]


def _string(value: object) -> str:
    return one_line(unescaped(value[:_RAW]), STATEMENT) if isinstance(value, str) else ""
