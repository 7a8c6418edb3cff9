"""The texts of an element that holds a byline."""

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

_LONGEST = 120  # characters
_MOST_PIECES = 40  # links, or pieces of text
_WORDLESS = frozenset({"script", "style", "noscript"})
_ANOTHER = re.compile(r"[,;&/|]|\b(?:and|и|және|мен)\b")
_AND_ANOTHER = re.compile(r"(?:\b(?:and|и|және|мен)|&)\s+([A-ZА-ЯЁӘҒҚҢӨҰҮІҺ][\w.-]* [A-ZА-ЯЁӘҒҚҢӨҰҮІҺ].*)")


def byline_texts(element: HtmlElement) -> list[str]:
    """The links of a byline where there are several, or one and nothing that could name another person; else its whole text.

    A name without a link behind the last linked one («and Bob Lee») is kept; of a box with a heading, only that is read.
    """
    heading = next(element.iter("h2", "h3", "h4", "h5"), None)  # of a box with a portrait and a life
    if heading is not None and heading is not element and (text := short_text(heading)):
        return [text]
    links = [text for link in islice(element.iter("a"), _MOST_PIECES) if (text := short_text(link))]
    line = _parted(element)
    rest = line
    for link in links:
        rest = rest.replace(link, " ", 1)
    alone = len(links) == 1 and not _ANOTHER.search(rest)
    if alone or len(links) > 1:
        unlinked = _AND_ANOTHER.search(rest)
        return [*links, unlinked[1]] if unlinked else links
    return [line]


def _parted(element: HtmlElement) -> str:
    """The text of a byline, with a bar where two elements meet without a blank between two words («Jane Roe» «Reporter»)."""
    pieces: list[str] = []
    for piece in islice(pieces_of_text(element), _MOST_PIECES):
        if pieces and pieces[-1][-1:].islower() and piece[:1].isupper():
            pieces.append(" | ")
        pieces.append(piece[: _LONGEST + 1])
    text = short_text(element)
    parted = " ".join("".join(pieces).split())
    return parted if parted.replace(" | ", "") == text.replace(" | ", "") else text


def pieces_of_text(scope: HtmlElement, places: Places | None = None) -> Iterator[str]:
    """The pieces of text below an element, in page order, without what `places` tells to be foreign.

    XPath's `text()` takes the square of the number of siblings to sort them.
    """
    walk = etree.iterwalk(scope, events=("start", "end"))
    for event, element in walk:
        if event == "start":
            if element.tag in _WORDLESS or (
                places is not None and element is not scope and places.is_foreign(element)
            ):
                walk.skip_subtree()
            elif element.text:
                yield element.text
        elif element.tail and element is not scope:
            yield element.tail
