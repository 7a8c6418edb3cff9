"""Detect boxes: elements that hold no text of the article, by tag, class, id and visibility.

A name alone decides little. Generated ids of headings (`popular-vote`), classes of prose (`follow-up`) and
inline links contain the words of boxes, too; and the article itself may be in an element that is named or
tagged as a box. `weights` decides, by the text in each of these elements, which ones are boxes.
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
    r"display\s*:\s*none|visibility\s*:\s*hidden|(?<![\w-])opacity\s*:\s*0?\.?0*\s*(?:;|!|$)"
    r"|font-size\s*:\s*0(?:px|em|pt|%)?\s*(?:;|!|$)"
    r"|(?:left|top|right|text-indent|margin-left)\s*:\s*-\d{4,}"
    r"|(?<![\w-])(?:max-)?height\s*:\s*0(?:px)?\s*;[^<>]{0,200}overflow\s*:\s*hidden"
    r"|overflow\s*:\s*hidden\s*;[^<>]{0,200}(?<![\w-])(?:max-)?(?:height|width)\s*:\s*0(?:px)?\s*(?:;|!|$)"
    r"|clip\s*:\s*rect\(\s*0",
    re.IGNORECASE,
)
INLINE = frozenset(
    words(
        "a span b i em strong u font abbr mark dfn small cite q sup sub label button ins bdi data var kbd "
        "code nobr"
    )
)
_LINKING = frozenset(words("a abbr dfn mark em strong b i cite q"))
_ENDS = (".", "!", "?", "…", ":", "|", "•", "·", "/", "»", ")")
_CONTINUES = ",;.:!?)»”’…—–-("
_MAX_CONTEXT = 20  # characters looked at before and after an inline element
_LINK_SEPARATORS = "|•·/"  # between the links of a list
_MAX_QUESTION = 300  # characters of a button that is a heading
_TOGGLES = ("aria-expanded", "aria-controls")
_NO_QUESTION = re.compile(
    r"показать|скрыть|ещё|еще|больше|show|hide|more|less|menu|меню|мәзір|поиск|search|іздеу|share|подел"
    r"|бөлісу|закрыть|close|жабу|коммент|comment|пікір|войти|login|sign|подпис|subscribe",
    re.IGNORECASE,
)
_QUESTION_NAMES = re.compile(r"(?<![a-z])(?:accordion|faq|question|vopros|spoiler)")


def box_of(element: HtmlElement) -> Box:
    """Return the kind of box by an element's own tag, names and visibility, whatever it contains.

    NONE for an inline element inside a sentence, unless it is invisible.
    """
    tag, get = element.tag, element.get
    kind, hiding = _marked(tag, get("class"), get("id"), get("hidden"), get("style"))
    if hiding == HIDDEN or (hiding == ALOUD and not _is_initial(element)):
        return Box.HIDDEN if tag not in WHOLE else Box.NONE
    if kind and ((tag in INLINE and in_sentence(element)) or (tag == "button" and is_question(element))):
        return Box.NONE
    return kind


@lru_cache(maxsize=16384)
def _marked(
    tag: str, classes: str | None, identity: str | None, hidden: str | None, style: str | None
) -> tuple[Box, str]:
    """Return the kind of box by tag and names, and how its attributes hide it (HIDDEN, ALOUD or "").

    It is hidden by the attribute `hidden`, its style, or a class that hides it on all screens. `aria-hidden`
    hides from screen readers only; `hidden=until-found` is shown to those who search the page
    (https://html.spec.whatwg.org/multipage/interaction.html#the-hidden-attribute).
    """
    kind, hiding = of_classes(tag, classes)
    if identity:
        kind = max(kind, of_identity(tag, identity))
    is_hidden = hidden is not None and hidden.strip().lower() != "until-found"
    if is_hidden or (style and _HIDING.search(style[:LONGEST])):
        hiding = HIDDEN
    return kind, hiding


def in_sentence(element: HtmlElement) -> bool:
    """Return whether an inline element is inside a sentence, or ends one that began before it."""
    tail = (element.tail or "").lstrip()[:_MAX_CONTEXT]
    letter = next((char for char in tail if char.isalpha()), "")
    is_before_text = letter != "" and tail[0] not in _LINK_SEPARATORS
    if is_before_text and (element.tag in _LINKING or letter.islower() or tail[0] in _CONTINUES):
        return True
    before = _text_before(element).rstrip()[-_MAX_CONTEXT:]
    return any(map(str.isalpha, before)) and not before.endswith(_ENDS)


def _text_before(element: HtmlElement) -> str:
    """Return the text between an element and its previous sibling, or the start of its parent."""
    previous = element.getprevious()
    if previous is not None:
        return previous.tail or ""
    parent = element.getparent()
    return (parent.text or "") if parent is not None else ""


def is_question(button: HtmlElement) -> bool:
    """Return whether a button is a heading that unfolds the answer below it, as in lists of questions."""
    parent = button.getparent()
    if parent is not None and (parent.tag in HEADINGS or parent.tag in ("summary", "dt")):
        return True
    if not (any(name in button.attrib for name in _TOGGLES) or _QUESTION_NAMES.search(names_of(button))):
        return False
    text = short_text(button, _MAX_QUESTION + 1)
    return " " in text and len(text) <= _MAX_QUESTION and _NO_QUESTION.search(text) is None


def _is_initial(element: HtmlElement) -> bool:
    """Return whether a text for screen readers is the first letter of a word, shown as a picture.

    The rest of the word follows the element.
    """
    text, tail = short_text(element, 2), element.tail or ""
    if len(text) != 1 or not tail[:1].isalpha():
        return False
    picture = element.getprevious()
    return picture is None or picture.get("aria-hidden") != "true" or not short_text(picture, 1)
