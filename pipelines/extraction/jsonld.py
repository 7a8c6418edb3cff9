"""Schema.org statements in a page's JSON-LD scripts, whatever shape they are in: wrong types are no statements, broken JSON is none."""

from __future__ import annotations

import json
import re
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipelines.extraction.bounds import MOST_STATEMENTS, STATEMENT
from pipelines.html_tree import unescaped
from storage.model.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

_LONGEST_SCRIPT = 2_000_000  # characters
_MOST_NODES = 2_000
_RAW = 4 * STATEMENT  # characters of a value as it is written, references and white space included
_ARTICLE = re.compile(r"Article$|BlogPosting$|^LiveBlogPosting$|^SocialMediaPosting$|^Report$|^NewsArticle")
_PAGE = frozenset(("WebPage", "ItemPage", "CreativeWork", "VideoObject"))
_ORGANISATION = re.compile(r"Organi[sz]ation$|^Corporation$|^WebSite$|^Brand$")
_BROKEN_PAIR = re.compile(r'"(datePublished|dateModified)"\s*:\s*"([^"\\]{4,60})"')
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
        return [text for value in _listed(self.article.get(key)) if (text := self._name(value))]

    def people(self) -> list[str]:
        """Names under `author` (or `creator`), without organisations."""
        for key in ("author", "creator"):
            nodes = [self._resolved(value) for value in _listed(self.article.get(key))]
            names = [self._name(node) for node in nodes if not (isinstance(node, dict) and _is_type(node, _ORGANISATION))]
            if any(names):
                return [name for name in names if name]
        return []

    def organisations(self) -> list[str]:
        """Names of the publisher and of authors that are organisations."""
        nodes = [self._resolved(value) for key in ("publisher", "author", "sourceOrganization") for value in _listed(self.article.get(key))]
        return [name for node in nodes if isinstance(node, dict) and _is_type(node, _ORGANISATION) and (name := self._name(node))]

    def images(self) -> list[tuple[str, str]]:
        """Address and caption of each image."""
        found = []
        for value in _listed(self.article.get("image")):
            node = self._resolved(value)
            if isinstance(node, dict):
                found.append((_string(node.get("url")) or _string(node.get("contentUrl")), _string(node.get("caption"))))
            else:
                found.append((_string(node), ""))
        return [(address, caption) for address, caption in found if address]

    def _resolved(self, value: object) -> object:
        """A node in place of a mere reference to it, followed once."""
        if isinstance(value, dict) and "name" not in value and "url" not in value and isinstance(value.get("@id"), str):
            return self.by_id.get(value["@id"], value)
        return value

    def _name(self, value: object) -> str:
        node = self._resolved(value)
        return _string(next(iter(_listed(node.get("name"))), None)) if isinstance(node, dict) else _string(node)


def read_statements(tree: HtmlElement, url: str) -> Statements:
    """The statements of all JSON-LD scripts of a page. Never raises for a bad script."""
    nodes: list[Node] = []
    broken: Node = {}
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower() or not script.text:
            continue
        source = _unwrapped(script.text[:_LONGEST_SCRIPT])
        try:
            nodes += _nodes(json.loads(source, strict=False))
        except (ValueError, RecursionError):
            for key, value in _BROKEN_PAIR.findall(source):
                broken.setdefault(key, value)
    by_id = {node["@id"]: node for node in reversed(nodes) if isinstance(node.get("@id"), str) and len(node) > 1}
    return Statements(_article(nodes, url) or broken, by_id, _breadcrumbs(nodes))


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


def _article(nodes: list[Node], url: str) -> Node:
    """The node of the page's own article: the one that names its address, else the outermost; a page's node for want of one."""
    articles = [node for node in nodes if _is_type(node, _ARTICLE)]
    if not articles:
        return next((node for node in nodes if _types(node) & _PAGE and ("datePublished" in node or "headline" in node)), {})
    return next((node for node in articles if _same_address(node, url)), articles[0])


def _same_address(node: Node, url: str) -> bool:
    page = node.get("mainEntityOfPage")
    addresses = (node.get("url"), node.get("@id"), page.get("@id") if isinstance(page, dict) else page)
    return any(isinstance(address, str) and address.split("#")[0].rstrip("/") == url.rstrip("/") for address in addresses)


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


def _string(value: object) -> str:
    return one_line(unescaped(value[:_RAW]), STATEMENT) if isinstance(value, str) else ""
