"""Alternate URLs of an article: another form (AMP, print, `/index.php/`), or another script of Kazakh.

Such a page is an alias of its article, not a reprint: the URL differs only by a mark of the form, and
headline and text are the same when both are transliterated to one script.
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
"""Least share of the longer text's words in the other form, which may lack a caption or a template's line."""

SAME_IN_ANOTHER_SCRIPT = 0.75
"""The same for another script: foreign names and abbreviations are not transliterated letter by letter."""

_MARKS = ("amp", "print", "index.php")
_PARAMETERS = ("amp", "amp=1", "print", "print=1", "print=y", "print=Y", "outputType=amp")
_SCRIPTS = (
    *("kz", "kk", "kaz", "qz", "qaz", "lat", "latyn", "kk-latn", "kz-latn"),
    *("arab", "tote", "kk-arab", "kk-cyrl", "cyr"),
)
"""Names of Kazakh editions of any script, as the first label of a host or the first folder of a path."""


def other_addresses(canonical: str, language: str) -> tuple[str, ...]:
    """Return canonical URLs at which an article may be in another form, or in another script if in Kazakh."""
    split = urlsplit(canonical)
    host, path = split.netloc, _without_marks(split.path)
    parameters = [x for x in split.query.split("&") if x and x not in _PARAMETERS]
    variants = [(host, marked, parameters) for marked in _marked(path)]
    variants += [(host, path, [*parameters, mark]) for mark in _PARAMETERS]
    if language.partition("-")[0] == "kk":
        scripts = _in_other_scripts(host, path)
        variants += [(other_host, other_path, parameters) for other_host, other_path in scripts]
    urls = dict.fromkeys(
        urlunsplit((split.scheme, netloc, folder, "&".join(query), "")) for netloc, folder, query in variants
    )
    urls.pop(canonical, None)
    return tuple(urls)


def is_same_article(one: Extraction, other: Extraction) -> bool:
    """Return whether two pages show one article: in one script the same headline, nearly the same words."""
    if keys(one.title, one.language) != keys(other.title, other.language):
        return False
    words, others = Counter(keys(one.text, one.language)), Counter(keys(other.text, other.language))
    longer = max(words.total(), others.total())
    needed = SAME_FORM if one.language == other.language else SAME_IN_ANOTHER_SCRIPT
    return bool(longer) and (words & others).total() >= needed * longer


def _without_marks(path: str) -> str:
    """Return the path without folders that only name the form: the first, the second, or the last."""
    segments = path.split("/")
    last = len(segments) - (2 if path.endswith("/") else 1)
    kept = (x for index, x in enumerate(segments) if x not in _MARKS or index not in {1, 2, last})
    return "/".join(kept) or "/"


def _marked(path: str) -> Iterator[str]:
    """Yield a path with and without trailing slash, and with each mark where sites put it."""
    bare = path.rstrip("/")
    yield from (bare or "/", f"{bare}/")
    first, slash, rest = bare.lstrip("/").partition("/")
    for mark in ("amp", "print"):
        yield from (f"/{mark}{path}", f"{bare}/{mark}", f"{bare}/{mark}/")
        if slash:
            yield f"/{first}/{mark}/{rest}{path[len(bare) :]}"
    yield f"/index.php{path}"


def _in_other_scripts(host: str, path: str) -> Iterator[tuple[str, str]]:
    """Yield hosts and paths of the other Kazakh editions: either the host differs or the first folder."""
    label, _, domain = host.partition(".")
    domain = domain if label in {*_SCRIPTS, "www"} and "." in domain else host
    folder, _, rest = path.lstrip("/").partition("/")
    bare = f"/{rest}" if folder in _SCRIPTS else path
    for name in ("", "www", *_SCRIPTS):
        for other_path in (path, bare, f"/kz{bare}", f"/kk{bare}"):
            yield f"{name}.{domain}".lstrip("."), other_path
    yield from ((host, f"/{name}{bare}") for name in _SCRIPTS)
