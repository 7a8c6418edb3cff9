"""Compare URLs that a page declares with the page's own URL, whatever their spelling."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urljoin, urlsplit

from pipelines.urls import canonical_url

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lxml.html import HtmlElement

_HOST_PREFIX = re.compile(r"^(?:www|m|mobile|amp)\.")  # hosts of desktop, mobile and AMP editions
_AMP_OR_INDEX = re.compile(r"^/amp(?=/)|/amp$|\.amp(?=\.html?$|$)|/index\.(?:html?|php)$")


class Address(NamedTuple):
    """The parts of a URL that tell pages apart; all empty if it is no web address."""

    host: str
    path: str
    query: str


def own_addresses(tree: HtmlElement, url: str) -> list[Address]:
    """Return the URLs of a page: the one fetched, `<link rel=canonical>` and `og:url`."""
    head = tree.find("head")
    tags = list(head.iter("link", "meta")) if head is not None else []
    declared = [link.get("href") for link in tags if (link.get("rel") or "").lower() == "canonical"][:1]
    declared += [meta.get("content") for meta in tags if meta.get("property") == "og:url"][:1]
    candidates = (_address(url, url), *(_address(address, url) for address in declared if address))
    return [address for address in candidates if address.host]


def likeness(stated: Iterable[str], own: list[Address]) -> int:
    """Return how well one of the declared URLs matches one of the page's own.

    2: the same; 1: the same but for the query; 0: nothing declared; -1: another page.
    """
    if not own:
        return 0
    base = f"https://{own[0].host}{own[0].path}"
    addresses = [_address(address, base) for address in stated if address and not address.startswith("#")]
    pairs = ((address, page) for address in addresses if address.host for page in own)
    return max((_likeness(address, page) for address, page in pairs), default=0)


def _likeness(one: Address, other: Address) -> int:
    """Compare two addresses; see `likeness`."""
    if one[:2] != other[:2]:
        return -1
    if one.query == other.query:
        return 2
    return -1 if one.query and other.query else 1


def _address(address: str, base: str) -> Address:
    """Return the comparable parts of an address; all empty if it is no web address."""
    try:
        canonical = canonical_url(urljoin(base, address))
    except ValueError:
        return Address("", "", "")
    parts = urlsplit(canonical)
    path = _AMP_OR_INDEX.sub("", parts.path.rstrip("/"))
    return Address(_HOST_PREFIX.sub("", parts.netloc), path.rstrip("/"), parts.query)
