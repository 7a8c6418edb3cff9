"""URLs of a channel's pages, by the placeholders `{page}` and `{offset}` of its pattern."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipelines.urls import address_pattern, canonical_url

if TYPE_CHECKING:
    from collections.abc import Mapping

    from storage.model.sources import Channel

_PLACEHOLDER = re.compile(r"\{(\w+)\}")


def filled(pattern: str, values: Mapping[str, str]) -> str:
    """Return a pattern with its placeholders replaced; those without a value stay."""
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), pattern)


def first_page(channel: Channel) -> dict[str, str]:
    """Return the values of `{page}` and `{offset}` on a channel's first page."""
    return {"page": str(channel.first), "offset": "0"}


def next_address(channel: Channel, url: str) -> str | None:
    """Return the URL of the page after the one at `url`; None where the channel has no further pages.

    A URL of a listing that does not match its page pattern is the first page.
    """
    pattern = channel.pages or channel.url
    values = _values(pattern, url)
    if channel.pages:
        values = values or first_page(channel)
    if values is None or not values.keys() & {"page", "offset"}:
        return None
    steps = {"page": 1, "offset": channel.step}
    return filled(pattern, {name: str(int(value) + steps[name]) if name in steps else value for name, value in values.items()})


def is_further(channel: Channel, url: str) -> bool:
    """Return whether a URL is a page of the channel after its first."""
    values = _values(channel.pages or channel.url, url) or {}
    return any(values[name] != value for name, value in first_page(channel).items() if name in values)


def _values(pattern: str, url: str) -> dict[str, str] | None:
    """Return the values of a pattern's placeholders in a URL; None when the URL does not match it."""
    try:
        found = re.fullmatch(address_pattern(pattern), canonical_url(url))
    except ValueError:
        return None
    return dict(zip(_PLACEHOLDER.findall(pattern), found.groups(), strict=False)) if found else None
