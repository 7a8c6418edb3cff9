"""Boxes: elements of a page that hold no text of its article, told by tag, class, id and visibility.

A name alone decides little. Generated ids of headings (`popular-vote`), classes of prose (`follow-up`) and inline links in a sentence
hold the words of boxes, too; and the article itself may stand in an element that is named or tagged as a box. `weights` decides, with
the text that each one holds, which of these elements are boxes.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from pipelines.extraction.box_names import (
    ALOUD,
    HEADINGS,
    HIDDEN,
    LONGEST,
    WHOLE,
    Box,
    of_classes,
    of_identity,
)
from pipelines.extraction.class_names import names_of, words
from pipelines.page import short_text

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|(?<![\w-])opacity\s*:\s*0?\.?0*\s*(?:;|!|$)|font-size\s*:\s*0(?:px|em|pt|%)?\s*(?:;|!|$)"
    r"|(?:left|top|right|text-indent|margin-left)\s*:\s*-\d{4,}|(?<![\w-])(?:max-)?height\s*:\s*0(?:px)?\s*;[^<>]{0,200}overflow\s*:\s*hidden"
    r"|overflow\s*:\s*hidden\s*;[^<>]{0,200}(?<![\w-])(?:max-)?(?:height|width)\s*:\s*0(?:px)?\s*(?:;|!|$)|clip\s*:\s*rect\(\s*0",
    re.IGNORECASE,
)
INLINE = frozenset(
    words(
        "a span b i em strong u font abbr mark dfn small cite q sup sub label button ins bdi data var kbd code nobr"
    )
)
_LINKING = frozenset(words("a abbr dfn mark em strong b i cite q"))
_ENDS = (".", "!", "?", "…", ":", "|", "•", "·", "/", "»", ")")
_CONTINUES = ",;.:!?)»”’…—–-("


def box_of(element: HtmlElement) -> Box:
    """What an element is by its tag, names and visibility, whatever it holds. One inside a sentence is none, unless it is invisible."""
    tag, get = element.tag, element.get
    found, hiding = _marked(tag, get("class"), get("id"), get("hidden"), get("style"))
    if hiding == HIDDEN or (hiding == ALOUD and not _is_initial(element)):
        return Box.HIDDEN if tag not in WHOLE else Box.NONE
    if found and ((tag in INLINE and in_sentence(element)) or (tag == "button" and is_question(element))):
        return Box.NONE
    return found


@lru_cache(maxsize=16384)
def _marked(
    tag: str, classes: str | None, identity: str | None, hidden: str | None, style: str | None
) -> tuple[Box, str]:
    """What an element's tag and names say that it is, and whom its attributes hide it from (HIDDEN, ALOUD or nobody).

    It is hidden by the attribute `hidden`, its style, or a class that hides (not only on some screens). `aria-hidden` only hides from
    screen readers, and `hidden=until-found` from nobody who looks for it
    (https://html.spec.whatwg.org/multipage/interaction.html#the-hidden-attribute).
    """
    found, hiding = of_classes(tag, classes)
    if identity:
        found = max(found, of_identity(tag, identity))
    if (hidden is not None and hidden.strip().lower() != "until-found") or (
        style and _HIDING.search(style[:LONGEST])
    ):
        hiding = HIDDEN
    return found, hiding


def in_sentence(element: HtmlElement) -> bool:
    """Whether an inline element stands in the middle of a sentence, or ends one that was begun before it."""
    tail = (element.tail or "").lstrip()[:20]
    letter = next((char for char in tail if char.isalpha()), "")
    if (
        letter
        and (element.tag in _LINKING or letter.islower() or tail[0] in _CONTINUES)
        and tail[0] not in "|•·/"
    ):
        return True
    before = element.getprevious()
    parent = element.getparent()
    text = before.tail if before is not None else parent.text if parent is not None else ""
    started = (text or "").rstrip()[-20:]
    return any(map(str.isalpha, started)) and not started.endswith(_ENDS)


_LONGEST_QUESTION = 300  # characters
_TOGGLES = ("aria-expanded", "aria-controls")
_NO_QUESTION = re.compile(
    r"показать|скрыть|ещё|еще|больше|show|hide|more|less|menu|меню|мәзір|поиск|search|іздеу|share|подел|бөлісу|закрыть|close|жабу|коммент|comment|пікір"
    r"|войти|login|sign|подпис|subscribe",
    re.IGNORECASE,
)
_QUESTION_NAMES = re.compile(r"(?<![a-z])(?:accordion|faq|question|vopros|spoiler)")


def is_question(button: HtmlElement) -> bool:
    """Whether a button is a heading that unfolds the answer below it, as in lists of questions."""
    parent = button.getparent()
    if parent is not None and (parent.tag in HEADINGS or parent.tag in ("summary", "dt")):
        return True
    if not (any(name in button.attrib for name in _TOGGLES) or _QUESTION_NAMES.search(names_of(button))):
        return False
    text = short_text(button, _LONGEST_QUESTION + 1)
    return " " in text and len(text) <= _LONGEST_QUESTION and _NO_QUESTION.search(text) is None


def _is_initial(element: HtmlElement) -> bool:
    """Whether a text for screen readers alone is the first letter of a word that goes on behind it, which a picture shows."""
    text, tail = short_text(element, 2), element.tail or ""
    if len(text) != 1 or not tail[:1].isalpha():
        return False
    before = element.getprevious()
    return before is None or before.get("aria-hidden") != "true" or not short_text(before, 1)
