"""Names without an element of their own: a labelled line near the headline, or a signature below the text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipelines.extraction.boilerplate_lines import is_noise
from pipelines.extraction.bylines import KIN, LABEL, people, spaced
from pipelines.extraction.date_patterns import looks_dated
from pipelines.extraction.text_keys import text_key
from pipelines.page import short_text
from storage.language.forms import is_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lxml.html import HtmlElement

_LABELLED = re.compile(rf"(?:{LABEL})\s*:|авторы?\s+[—–-]\s", re.IGNORECASE)
_WITHOUT_COLON = re.compile(  # labels that need no colon: a verb, or "by", before a capital letter
    r"(?i:(?:материал |интервью )?(?:подготовил|беседовал|записал|пров[её]л|вел)[аи]?"
    r"|жазған|дайындаған|сұхбаттасқан|әңгімелескен"
    r"|(?:(?:written|posted|reported|submitted|contributed|words|story|text|analysis|interview)\s+)?by)"
    r"\s+[A-ZА-ЯЁӘҒҚҢӨҰҮІҺ]"
)
_DATE_OR_PLACE = re.compile(r"\s+(?:on|at|in|\|)\s+")  # after the name
_LABEL_ALONE = re.compile(rf"(?:{LABEL})\s*:?", re.IGNORECASE)
_LABEL_AT_END = re.compile(r"\b(?:by|автор|авторы)\s*:?$", re.IGNORECASE)  # «Monday, March 2, 2026 by»
_BY_AFTER_DATE = re.compile(  # «March 2, 2026 by Jane Roe»
    r"\b(?:by|автор:)\s+([A-ZА-ЯЁӘҒҚҢӨҰҮІҺ][^:]{2,60})$"
)
_CAPITAL = re.compile(r"[A-ZА-ЯЁӘҒҚҢӨҰҮІҺ]")  # a label starts a line
_MAX_LINE = 120  # characters of a line with names
_LAST_LINES = 4  # lines of the body that may be a signature
_SURNAME_IN_CAPITALS = re.compile(r"\b[А-ЯЁӘҒҚҢӨҰҮІҺ]{2,}\b")  # in Latin script it may be an abbreviation
_BESIDE_A_NAME = re.compile(
    r"\s*(?:$|[A-ZА-ЯЁӘҒҚҢӨҰҮІҺ«\"(\d]|(?:г|с|п|ауыл|город|село)\b"
    r"|журналист|корр|собкор|обозрев|тілші|фото|сурет|специально)"
)
_EMPHASIS = frozenset(("b", "strong", "em", "i"))
_RIGHT_ALIGNED = re.compile(r"text-align\s*:\s*right")
_MIN_WORDS, _MAX_WORDS = 2, 4  # of a name without a label
_MAX_BLANKS_WITHOUT_COLON = 6  # in a line with a verb and no colon: «Беседовала Анна Ким, Астана»
_SENTENCE_MARKS = (".", "!", "?")


def labelled_names(lines: Sequence[str], sites: Iterable[str]) -> tuple[str, ...]:
    """Return the persons in the first line with a byline's label («Автор:», «Дайындаған»).

    A label alone on its line labels the next line.
    """
    for index, line in enumerate(lines):
        if len(line) > _MAX_LINE:
            continue
        names: tuple[str, ...] = ()
        if _LABEL_ALONE.fullmatch(line) or (_LABEL_AT_END.search(line) and looks_dated(line)):
            following = lines[index + 1 : index + 2]
            names = people([after for after in following if not after.endswith(_SENTENCE_MARKS)], sites)
        elif _CAPITAL.match(line):
            names = _names_after_label(line, sites)
        if not names:
            dated = _BY_AFTER_DATE.search(line)
            if dated is not None and looks_dated(line[: dated.start()]):
                names = people([dated[1]], sites)
        if names:
            return names
    return ()


def _names_after_label(line: str, sites: Iterable[str]) -> tuple[str, ...]:
    """Return the persons after a label at the beginning of a line."""
    head = _DATE_OR_PLACE.split(line, maxsplit=1)[0]
    is_short = head.count(" ") <= _MAX_BLANKS_WITHOUT_COLON and not line.endswith(_SENTENCE_MARKS)
    if _WITHOUT_COLON.match(line) is not None and is_short:
        return people([head], sites)
    return people([line], sites) if _LABELLED.match(line) else ()


def signature(paragraphs: Sequence[str], container: HtmlElement, sites: Sequence[str]) -> tuple[str, ...]:
    """Return the persons who sign an article in its last lines.

    A line is a signature if it is labelled, or if it holds only names and is set apart: in bold or italics,
    aligned right, or with surnames in capitals. Only noise, an outlet's name or another signature may follow.
    """
    last = [line for line in paragraphs if not is_noise(line)][-_LAST_LINES:]
    if labelled := labelled_names(last[::-1], sites):
        return labelled
    signed: list[str] = []
    for line in last[::-1]:
        names = _names_alone(line, sites)
        has_capitals = _SURNAME_IN_CAPITALS.search(line) is not None
        if names and (has_capitals or (_are_names(names) and _is_set_apart(names, container))):
            signed = [*names, *signed]
        elif signed or line.endswith((*_SENTENCE_MARKS, "…")) or len(line) > _MAX_LINE // 2:
            break
    return people(signed, sites)


def _names_alone(line: str, sites: Iterable[str]) -> tuple[str, ...]:
    """Return the persons in a line that otherwise holds only a place, role or outlet after a comma."""
    if len(line) > _MAX_LINE or line.endswith(("?", "!", "…", ":", ".»")):
        return ()
    names = people([line], sites)
    if any(not people([part], sites) and not _BESIDE_A_NAME.match(part) for part in line.split(",")):
        return ()
    if not names or not line.lstrip('«"(—–- ').startswith(names[0].split()[0]):
        return ()
    return names if all(map(_is_spelled_as_a_name, names)) else ()


def _is_spelled_as_a_name(name: str) -> bool:
    words = spaced(name).split()
    if not _MIN_WORDS <= len(words) <= _MAX_WORDS:
        return False
    return all(word[0].isupper() or word in KIN for word in words)


def _are_names(names: Iterable[str]) -> bool:
    """Return whether each holds a known first name or surname; a heading in bold has none («Парк Победы»)."""
    return all(any(is_name(word) for word in spaced(name).split()) for name in names)


def _is_set_apart(names: Iterable[str], container: HtmlElement) -> bool:
    """Return whether a short block with these names is in bold or italics, or aligned right."""
    keys = [text_key(name) for name in names]
    for element in container.iter("p", "div", "b", "strong", "em", "i"):
        right = element.get("align") == "right" or _RIGHT_ALIGNED.search(element.get("style") or "")
        if element.tag in _EMPHASIS or right:
            text = short_text(element)
            if len(text) <= _MAX_LINE and all(key in text_key(text) for key in keys):
                return True
    return False
