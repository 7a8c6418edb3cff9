"""Induce a regular expression from the URLs of articles.

It matches them and others like them, and no section page.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Sequence

FEW = 3
"""Maximum number of words that a pattern lists for one place of the path; more are matched as any word."""

SMALL_SHARE = 0.1
"""Minimum share of the URLs for their shape to be part of the pattern."""

MOST_SHAPES = 3

_YEAR = re.compile(r"(?:19|20)\d\d")
_ENDING = re.compile(r"(?:\.(?:s?html?|php|aspx?))?/?")
_LONGEST_RUN = 4  # digits; if all numbers have at least this many, the pattern requires as many
_SLUGS = (r"[a-z0-9-]+", r"[a-z0-9_-]+", r"[\w-]+", r"[\w.,-]+")
_ANY = r"[^/?]+"
_NUMBERED = {r".*[^\d]-(\d+)": "{slug}-{run}", r"(\d+)-.*": "{run}-{slug}", r".*[^\d]_(\d+)": "{slug}_{run}"}


@dataclass(frozen=True, slots=True)
class _Address:
    """Path and query in parts, percent-decoded.

    `words` are those between slashes, `ending` is what follows the last one (`.html`, `/`), `query` the pairs
    of name and value.
    """

    words: tuple[str, ...]
    ending: str
    query: tuple[tuple[str, str], ...]

    @property
    def shape(self) -> tuple[int, str, tuple[str, ...]]:
        """Number of words, ending, and names of the query: URLs with the same shape share a pattern."""
        return len(self.words), self.ending, tuple(name for name, _ in self.query)


@dataclass(frozen=True, slots=True)
class InducedPattern:
    """A pattern, the number of URLs that it matches, and the section pages that it matches wrongly."""

    pattern: str
    matched: int
    wrongly: tuple[str, ...]


def induce(articles: Sequence[str], others: Sequence[str] = ()) -> InducedPattern | None:
    """Return a pattern of article URLs, for `articles.allow`; None where they have nothing in common.

    `others` are URLs that are, as far as known, no articles.
    """
    targets, wrong = [_target(x) for x in dict.fromkeys(articles)], [_target(x) for x in dict.fromkeys(others)]
    groups: defaultdict[tuple[int, str, tuple[str, ...]], list[_Address]] = defaultdict(list)
    for target in targets:
        address = _taken_apart(target)
        if address.words or address.query:
            groups[address.shape].append(address)
    large = [x for x in sorted(groups.values(), key=len, reverse=True) if len(x) >= max(2, SMALL_SHARE * len(targets))]
    parts = list(dict.fromkeys(_pattern(x, wrong) for x in large[:MOST_SHAPES]))
    if not parts:
        return None
    pattern = f"^{parts[0]}$" if len(parts) == 1 else f"^(?:{'|'.join(parts)})$"
    found = re.compile(pattern)
    matched = sum(found.search(x) is not None for x in targets)
    return InducedPattern(pattern, matched, tuple(x for x in wrong if found.search(x) and x not in targets))


def _target(url: str) -> str:
    split = urlsplit(url)
    return unquote(split.path) + (f"?{unquote(split.query)}" if split.query else "")


def _taken_apart(target: str) -> _Address:
    path, _, query = target.partition("?")
    ending = next((x[0] for x in _ENDING.finditer(path) if x.end() == len(path)), "")
    words = tuple(path.removesuffix(ending).removeprefix("/").split("/")) if path.removesuffix(ending).strip("/") else ()
    pairs = tuple((name, value) for name, _, value in (x.partition("=") for x in query.split("&")) if name)
    return _Address(words, ending, pairs)


def _pattern(group: list[_Address], wrong: list[str]) -> str:
    """Return the pattern of URLs of one shape.

    If it matches a URL of `wrong` as well, and all last words of the group have more hyphens than the last
    word of any such URL, the pattern requires as many hyphens as all of them have.
    """
    plain = _joined(group, _class([x.words[-1] for x in group], last=True) if group[0].words else "")
    mistaken = [_taken_apart(x) for x in wrong if re.fullmatch(plain, x)]
    if not mistaken or not group[0].words:
        return plain
    parts = min(x.words[-1].count("-") for x in group)
    if parts > max(x.words[-1].count("-") for x in mistaken):
        return _joined(group, rf"[^/?-]+(?:-[^/?-]+){{{parts},}}")
    return plain


def _joined(group: list[_Address], last: str) -> str:
    places = zip(*(x.words[:-1] for x in group), strict=True)
    words = [*(_class(list(values), last=False) for values in places), *([last] if last else [])]
    path = "".join(f"/{word}" for word in words)
    names = [name for name, _ in group[0].query]
    values = zip(*([value for _, value in x.query] for x in group), strict=True)
    query = "&".join(f"{re.escape(name)}={_value(list(found))}" for name, found in zip(names, values, strict=True))
    return (path or "/") + re.escape(group[0].ending if path else "") + (rf"\?{query}" if query else "")


def _value(values: list[str]) -> str:
    return r"\d+" if all(x.isdecimal() for x in values) else values[0] if len(set(values)) == 1 and values[0].isalpha() else "[^&]+"


def _class(values: list[str], *, last: bool) -> str:
    """Return a pattern for the words in one place of the path."""
    if all(x.isdecimal() for x in values):
        return _digits(values)
    counted = Counter(values)
    if not last and len(counted) <= FEW and (len(counted) == 1 or min(counted.values()) > 1):
        words = "|".join(re.escape(x).replace(r"\-", "-") for x in sorted(counted))
        return words if len(counted) == 1 else f"(?:{words})"
    slug = next((x for x in _SLUGS if all(re.fullmatch(x, value) for value in values)), _ANY)
    return _numbered(values, slug) if last else slug


def _digits(values: list[str]) -> str:
    if all(_YEAR.fullmatch(x) for x in values):
        return r"\d{4}"
    return r"\d{1,2}" if max(map(len, values)) <= len("31") else _run(values)


def _run(values: list[str]) -> str:
    return rf"\d{{{_LONGEST_RUN},}}" if min(map(len, values)) >= _LONGEST_RUN else r"\d+"


def _numbered(values: list[str], slug: str) -> str:
    """Return the pattern of a slug, with what all values have beside it.

    That is a number before or behind it, or a hexadecimal id of one length behind it, as some systems append.
    """
    for pattern, template in _NUMBERED.items():
        found = [re.fullmatch(pattern, x) for x in values]
        if all(found):
            return template.format(slug=slug, run=_run([x[1] for x in found if x]))
    tails = [x.rpartition("-")[2] for x in values]
    length = len(tails[0])
    hexadecimal = all(re.fullmatch(r"[0-9a-f]+", x) and len(x) == length for x in tails) and any(re.search(r"\d", x) for x in tails)
    return f"{slug}-[0-9a-f]{{{length}}}" if hexadecimal and length > _LONGEST_RUN else slug
