"""Whether an address that a page states is the page's own, however it is written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urljoin, urlsplit

from pipelines.urls import canonical_url

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lxml.html import HtmlElement

_EDITION = re.compile(r"^(?:www|m|mobile|amp)\.")
_AMP = re.compile(r"^/amp(?=/)|/amp$|\.amp(?=\.html?$|$)|/index\.(?:html?|php)$")


class Address(NamedTuple):
    """An address without what may differ between two ways to one page; empty where it is none."""

    host: str
    path: str
    query: str


def own_addresses(tree: HtmlElement, url: str) -> list[Address]:
    """The addresses of a page: the one that was asked for, `<link rel=canonical>` and `og:url`."""
    head = tree.find("head")
    tags = list(head.iter("link", "meta")) if head is not None else []
    stated = [link.get("href") for link in tags if (link.get("rel") or "").lower() == "canonical"][:1]
    stated += [meta.get("content") for meta in tags if meta.get("property") == "og:url"][:1]
    every = (_address(url, url), *(_address(address, url) for address in stated if address))
    return [address for address in every if address.host]


def likeness(stated: Iterable[str], own: list[Address]) -> int:
    """How sure it is that one of the addresses is the page's: 2 the same, 1 but for its parameters, 0 nothing stated, -1 another page."""
    if not own:
        return 0
    base = f"https://{own[0].host}{own[0].path}"
    given = [_address(address, base) for address in stated if address and not address.startswith("#")]
    return max((_likeness(address, page) for address in given if address.host for page in own), default=0)


def _likeness(one: Address, other: Address) -> int:
    if one[:2] != other[:2]:
        return -1
    if one.query == other.query:
        return 2
    return -1 if one.query and other.query else 1


def _address(address: str, base: str) -> Address:
    try:
        canonical = canonical_url(urljoin(base, address))
    except ValueError:
        return Address("", "", "")
    parts = urlsplit(canonical)
    path = _AMP.sub("", parts.path.rstrip("/"))
    return Address(_EDITION.sub("", parts.netloc), path.rstrip("/"), parts.query)
