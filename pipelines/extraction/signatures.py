"""Names that stand in no element of their own: a labelled line near the headline, and the signature under the last paragraph."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipelines.extraction.boilerplate_lines import is_noise
from pipelines.extraction.date_patterns import looks_dated
from pipelines.extraction.names import KIN, LABEL, people, plain, spaced
from pipelines.page import short_text
from storage.language.forms import is_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lxml.html import HtmlElement

_LABELLED = re.compile(rf"(?:{LABEL})\s*:|авторы?\s+[—–-]\s", re.IGNORECASE)
_TOLD = re.compile(
    r"(?i:(?:материал |интервью )?(?:подготовил|беседовал|записал|пров[её]л|вел)[аи]?|жазған|дайындаған|сұхбаттасқан|әңгімелескен"
    r"|(?:(?:written|posted|reported|submitted|contributed|words|story|text|analysis|interview)\s+)?by)"
    r"\s+[A-ZА-ЯЁӘҒҚҢӨҰҮІҺ]"
)
_WHEN_OR_WHERE = re.compile(r"\s+(?:on|at|in|\|)\s+")  # behind the name
_LABEL_ALONE = re.compile(rf"(?:{LABEL})\s*:?", re.IGNORECASE)
_LABEL_AT_END = re.compile(r"\b(?:by|автор|авторы)\s*:?$", re.IGNORECASE)  # «Monday, March 2, 2026 by»
_BY_BEHIND_A_DATE = re.compile(
    r"\b(?:by|автор:)\s+([A-ZА-ЯЁӘҒҚҢӨҰҮІҺ][^:]{2,60})$"
)  # «March 2, 2026 by Jane Roe»
_LABEL_WORD = re.compile(r"[A-ZА-ЯЁӘҒҚҢӨҰҮІҺ]")  # a label opens a line
_LONGEST_LINE = 120  # characters
_LAST_LINES = 4  # of the body, among which a signature stands
_SURNAME_IN_CAPITALS = re.compile(r"\b[А-ЯЁӘҒҚҢӨҰҮІҺ]{2,}\b")  # in Latin letters it may be an abbreviation
_BESIDE_A_NAME = re.compile(
    r"\s*(?:$|[A-ZА-ЯЁӘҒҚҢӨҰҮІҺ«\"(\d]|(?:г|с|п|ауыл|город|село)\b|журналист|корр|собкор|обозрев|тілші|фото|сурет|специально)"
)
_LOUD = frozenset(("b", "strong", "em", "i"))
_TO_THE_RIGHT = re.compile(r"text-align\s*:\s*right")
_FEWEST_WORDS, _MOST_WORDS = 2, 4  # of an unlabelled name
_MOST_WORDS_TOLD = 6  # of a line with a verb and no colon: «Беседовала Анна Ким, Астана»


def labelled_names(lines: Sequence[str], sites: Iterable[str]) -> tuple[str, ...]:
    """Persons in the first line that opens with a byline's label («Автор:», «Дайындаған»), or in the line after a label alone."""
    for place, line in enumerate(lines):
        if len(line) > _LONGEST_LINE:
            continue
        names: tuple[str, ...] = ()
        if _LABEL_ALONE.fullmatch(line) or (_LABEL_AT_END.search(line) and looks_dated(line)):
            names = people(
                [after for after in lines[place + 1 : place + 2] if not after.endswith((".", "!", "?"))],
                sites,
            )
        elif _LABEL_WORD.match(line):
            head = _WHEN_OR_WHERE.split(line, maxsplit=1)[0]
            told = (
                _TOLD.match(line) is not None
                and head.count(" ") <= _MOST_WORDS_TOLD
                and not line.endswith((".", "!", "?"))
            )
            names = people([head if told else line], sites) if told or _LABELLED.match(line) else ()
        if not names and (found := _BY_BEHIND_A_DATE.search(line)) and looks_dated(line[: found.start()]):
            names = people([found[1]], sites)
        if names:
            return names
    return ()


def signature(paragraphs: Sequence[str], container: HtmlElement, sites: Sequence[str]) -> tuple[str, ...]:
    """Persons who sign an article in its last lines.

    A line signs when it is labelled, or when it is nothing but names and is set apart: in bold or italics, to the right, or with
    surnames in capitals. What follows it may only be noise, an outlet's name, or another signature.
    """
    last = [line for line in paragraphs if not is_noise(line)][-_LAST_LINES:]
    if names := labelled_names(last[::-1], sites):
        return names
    found: list[str] = []
    for line in last[::-1]:
        names = _names_alone(line, sites)
        if names and (
            _SURNAME_IN_CAPITALS.search(line) or (_are_names(names) and _is_set_apart(names, container))
        ):
            found = [*names, *found]
        elif found or line.endswith((".", "!", "?", "…")) or len(line) > _LONGEST_LINE // 2:
            break
    return people(found, sites)


def _names_alone(line: str, sites: Iterable[str]) -> tuple[str, ...]:
    """The persons in a line that holds nothing else but a place, a role or an outlet behind a comma."""
    if len(line) > _LONGEST_LINE or line.endswith(("?", "!", "…", ":", ".»")):
        return ()
    names = people([line], sites)
    if any(not people([part], sites) and not _BESIDE_A_NAME.match(part) for part in line.split(",")):
        return ()
    opens = line.lstrip('«"(—–- ').startswith(names[0].split()[0]) if names else False
    return names if opens and all(map(_is_spelled_as_a_name, names)) else ()


def _is_spelled_as_a_name(name: str) -> bool:
    words = spaced(name).split()
    return _FEWEST_WORDS <= len(words) <= _MOST_WORDS and all(
        word[0].isupper() or word in KIN for word in words
    )


def _are_names(names: Iterable[str]) -> bool:
    """Whether each has a word that is a first name or surname: a heading in bold has none («Парк Победы»)."""
    return all(any(is_name(word) for word in spaced(name).split()) for name in names)


def _is_set_apart(names: Iterable[str], container: HtmlElement) -> bool:
    """Whether a short block with these names is in bold or italics, or stands to the right."""
    wanted = [plain(name) for name in names]
    for element in container.iter("p", "div", "b", "strong", "em", "i"):
        right = element.get("align") == "right" or _TO_THE_RIGHT.search(element.get("style") or "")
        if element.tag in _LOUD or right:
            text = short_text(element)
            if len(text) <= _LONGEST_LINE and all(name in plain(text) for name in wanted):
                return True
    return False
