"""Texts of elements that hold a byline."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from lxml import etree

from pipelines.page import short_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

    from pipelines.extraction.places import Places

_MAX_PIECE = 120  # characters kept of one piece of text
_MAX_PIECES = 40  # links, or pieces of text, that are read of one byline
_WORDLESS = frozenset({"script", "style", "noscript"})
_MAY_NAME_ANOTHER = re.compile(r"[,;&/|]|\b(?:and|и|және|мен)\b")
_AND_ANOTHER = re.compile(r"(?:\b(?:and|и|және|мен)|&)\s+([A-ZА-ЯЁӘҒҚҢӨҰҮІҺ][\w.-]* [A-ZА-ЯЁӘҒҚҢӨҰҮІҺ].*)")


def byline_texts(element: HtmlElement) -> list[str]:
    """Return the texts of a byline's links, or its whole text.

    Links are used where there are several, or one and nothing beside it that could name another person; a
    name without a link after the last linked one («and Bob Lee») is added. Of a box with a heading only that
    is read.
    """
    # The heading of a box with the author's portrait and life.
    heading = next(element.iter("h2", "h3", "h4", "h5"), None)
    if heading is not None and heading is not element and (text := short_text(heading)):
        return [text]
    links = [text for link in islice(element.iter("a"), _MAX_PIECES) if (text := short_text(link))]
    line = _separated_text(element)
    rest = line
    for link in links:
        rest = rest.replace(link, " ", 1)
    if len(links) > 1 or (len(links) == 1 and not _MAY_NAME_ANOTHER.search(rest)):
        unlinked = _AND_ANOTHER.search(rest)
        return [*links, unlinked[1]] if unlinked else links
    return [line]


def _separated_text(element: HtmlElement) -> str:
    """Return the text of a byline with a bar where two elements adjoin without white space.

    That is between two words: «Jane Roe» «Reporter».
    """
    pieces: list[str] = []
    for piece in islice(pieces_of_text(element), _MAX_PIECES):
        if pieces and pieces[-1][-1:].islower() and piece[:1].isupper():
            pieces.append(" | ")
        pieces.append(piece[: _MAX_PIECE + 1])
    text = short_text(element)
    separated = " ".join("".join(pieces).split())
    return separated if separated.replace(" | ", "") == text.replace(" | ", "") else text


def pieces_of_text(scope: HtmlElement, places: Places | None = None) -> Iterator[str]:
    """Yield the pieces of text below an element, in page order, without elements foreign to the article.

    XPath's `text()` would need quadratic time in the number of siblings, to sort them.
    """
    walk = etree.iterwalk(scope, events=("start", "end"))
    for event, element in walk:
        if event == "start":
            is_foreign = places is not None and element is not scope and places.is_foreign(element)
            if element.tag in _WORDLESS or is_foreign:
                walk.skip_subtree()
            elif element.text:
                yield element.text
        elif element.tail and element is not scope:
            yield element.tail
