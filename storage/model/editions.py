"""Editions: the versions of one article in other languages, and how they were found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import product


def spelled_alike(url: str) -> str:
    """What the spellings of one address have in common: links often say http, or leave out `www.` or the slash at the end."""
    return url.partition("://")[2].removeprefix("www.").rstrip("/")


def spellings(url: str) -> tuple[str, ...]:
    """All spellings of an address: http and https, with and without `www.` and the slash at the end."""
    rest = spelled_alike(url)
    return tuple(f"{scheme}://{www}{rest}{slash}" for scheme, www, slash in product(("https", "http"), ("", "www."), ("", "/")))


class FoundIn(StrEnum):
    """What links two versions, the surest first."""

    HREFLANG = "hreflang"  # one of the pages names the other's address and language
    ID = "id"  # both addresses hold the same id
    PATH = "path"  # the addresses are the same but for the folder of the language


@dataclass(frozen=True, slots=True)
class EditionClue:
    """What one page tells about its other versions.

    `key` is the canonical address of the other version (hreflang), or what the addresses of all versions share (id, path).
    `language` is the BCP 47 tag that the page gives to the other version; empty where the clue names none.
    """

    found_in: FoundIn
    key: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Edition:
    """A version of an article in another language; `article` is its id, empty where the archive does not hold it."""

    language: str
    article: str
    url: str
    found_in: FoundIn
