"""Twins: one article in another form (AMP, print, behind `/index.php/`) or in another script of Kazakh, at an address that says so.

Such a page is an alias of its article, not a reprint: the address differs in nothing but a mark of the form, and headline and text
are the same when both are read in one script.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from storage.language.words import keys

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage.model.articles import Extraction

SAME_FORM = 0.9
"""Share of the longer text's words that another form has, too: a caption or a line of the template may be missing."""

SAME_IN_ANOTHER_SCRIPT = 0.75
"""The same for another script: foreign names and abbreviations do not come back letter by letter."""

_MARKS = ("amp", "print", "index.php")
_PARAMETERS = ("amp", "amp=1", "print", "print=1", "print=y", "print=Y", "outputType=amp")
_SCRIPTS = (
    "kz",
    "kk",
    "kaz",
    "qz",
    "qaz",
    "lat",
    "latyn",
    "kk-latn",
    "kz-latn",
    "arab",
    "tote",
    "kk-arab",
    "kk-cyrl",
    "cyr",
)
"""Names of a Kazakh edition, whatever its script, as the first label of a host or the first folder of a path."""


def other_addresses(canonical: str, language: str) -> tuple[str, ...]:
    """Canonical addresses at which an article may stand in another form or, when it is in Kazakh, in another script."""
    split = urlsplit(canonical)
    host, path = split.netloc, _without_marks(split.path)
    parameters = [x for x in split.query.split("&") if x and x not in _PARAMETERS]
    places = [(host, marked, parameters) for marked in _marked(path)]
    places += [(host, path, [*parameters, mark]) for mark in _PARAMETERS]
    if language.partition("-")[0] == "kk":
        places += [(other, kept, parameters) for other, kept in _in_other_scripts(host, path)]
    found = dict.fromkeys(
        urlunsplit((split.scheme, other, kept, "&".join(query), "")) for other, kept, query in places
    )
    found.pop(canonical, None)
    return tuple(found)


def is_same_article(one: Extraction, other: Extraction) -> bool:
    """Whether two pages show one article: the same headline and all but the same words, both read in one script."""
    if keys(one.title, one.language) != keys(other.title, other.language):
        return False
    words, others = Counter(keys(one.text, one.language)), Counter(keys(other.text, other.language))
    longer = max(words.total(), others.total())
    least = SAME_FORM if one.language == other.language else SAME_IN_ANOTHER_SCRIPT
    return bool(longer) and (words & others).total() >= least * longer


def _without_marks(path: str) -> str:
    """The path without a folder that only names the form: the first, the second, or the last."""
    segments = path.split("/")
    last = len(segments) - (2 if path.endswith("/") else 1)
    return (
        "/".join(x for place, x in enumerate(segments) if x not in _MARKS or place not in {1, 2, last}) or "/"
    )


def _marked(path: str) -> Iterator[str]:
    """A path, with and without a slash at its end, and with each mark in the places where sites put it."""
    bare = path.rstrip("/")
    yield from (bare or "/", f"{bare}/")
    first, slash, rest = bare.lstrip("/").partition("/")
    for mark in ("amp", "print"):
        yield from (f"/{mark}{path}", f"{bare}/{mark}", f"{bare}/{mark}/")
        if slash:
            yield f"/{first}/{mark}/{rest}{path[len(bare) :]}"
    yield f"/index.php{path}"


def _in_other_scripts(host: str, path: str) -> Iterator[tuple[str, str]]:
    """The hosts and paths that name a Kazakh edition where this one does, or beside it: either the host changes or the folder."""
    label, _, domain = host.partition(".")
    domain = domain if label in {*_SCRIPTS, "www"} and "." in domain else host
    folder, _, rest = path.lstrip("/").partition("/")
    bare = f"/{rest}" if folder in _SCRIPTS else path
    for name in ("", "www", *_SCRIPTS):
        for kept in (path, bare, f"/kz{bare}", f"/kk{bare}"):
            yield f"{name}.{domain}".lstrip("."), kept
    yield from ((host, f"/{name}{bare}") for name in _SCRIPTS)
