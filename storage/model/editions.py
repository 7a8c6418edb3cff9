"""Editions: versions of one article in other languages, and how they were found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import product


def spelled_alike(url: str) -> str:
    """Return what all spellings of a URL share.

    The scheme, `www.` and a trailing slash are removed, as links often use http, or leave out `www.` or the
    slash.
    """
    return url.partition("://")[2].removeprefix("www.").rstrip("/")


def spellings(url: str) -> tuple[str, ...]:
    """Return all spellings of a URL: http and https, with and without `www.` and a trailing slash."""
    rest = spelled_alike(url)
    return tuple(f"{scheme}://{www}{rest}{slash}" for scheme, www, slash in product(("https", "http"), ("", "www."), ("", "/")))


class FoundIn(StrEnum):
    """Evidence that links two versions, the surest first."""

    HREFLANG = "hreflang"  # one of the pages names the other's URL and language
    ID = "id"  # both URLs hold the same id
    PATH = "path"  # the URLs are the same except for the language's folder


@dataclass(frozen=True, slots=True)
class EditionClue:
    """Evidence on one page of its other versions.

    `key` is the canonical URL of the other version (hreflang), or what the URLs of all versions share (id,
    path). `language` is the BCP 47 tag that the page gives to the other version; empty where the evidence
    names none.
    """

    found_in: FoundIn
    key: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Edition:
    """A version of an article in another language.

    `article` is its id, empty where the archive does not hold it.
    """

    language: str
    article: str
    url: str
    found_in: FoundIn
