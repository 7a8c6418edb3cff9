"""Differences between two revisions of an article: word by word, as a unified diff, or as JSON."""

from __future__ import annotations

import re
import sys
from difflib import SequenceMatcher, unified_diff
from enum import StrEnum
from typing import TYPE_CHECKING

from rich.text import Text

from harvester.cli.rendering import plain
from harvester.cli.revisions import require_revision

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console

    from harvester.cli.options import Invocation
    from storage.model.articles import Extraction, Revision

_PIECE = re.compile(r"\w+|\s+|[^\w\s]")
_STYLES = {"delete": ("red strike", "[-{}-]"), "insert": ("green underline", "{{+{}+}}")}
"""Style of a change on a console with colours, and its wdiff marks on one without (`shows_colours`)."""


class DiffFormat(StrEnum):
    """Output format of differences."""

    WORDS = "words"
    UNIFIED = "unified"
    JSON = "json"


def show_diff(
    call: Invocation, article: str, readings: Sequence[Extraction], revisions: Sequence[Revision], pair: tuple[int, int], form: DiffFormat
) -> None:
    """Print the differences between two revisions (numbered from 1).

    Word by word, the fields come last that no revision between them counts as edited.

    Raises:
        UsageError: there is no such revision.
    """
    for number in pair:
        require_revision(article, number, len(readings))
    old, new = (readings[number - 1] for number in pair)
    if form is DiffFormat.JSON:
        call.as_json = True
        call.report({"id": article, "from": pair[0], "to": pair[1], "fields": list(_fields(old, new))})
    elif form is DiffFormat.UNIFIED:
        lines = unified_diff(_lines(old), _lines(new), f"revision {pair[0]}", f"revision {pair[1]}", lineterm="")
        sys.stdout.writelines(f"{plain(line)}\n" for line in lines)
    else:
        between = revisions[min(pair) : max(pair)]
        _print_words(call, old, new, {name for revision in between for name in revision.changed})


def _parts(read: Extraction) -> dict[str, str]:
    return {
        "title": read.title,
        "lead": read.lead,
        "text": read.text,
        "authors": ", ".join(read.authors),
        "published": read.published.iso() if read.published else "",
        "modified": read.modified.iso() if read.modified else "",
        "section": read.section,
        "tags": ", ".join(read.tags),
        "captions": "\n".join(filter(None, (f"{image.caption} {image.credit}".strip() for image in read.images))),
    }


def _lines(read: Extraction) -> list[str]:
    return [f"{name}: {line}" for name, value in _parts(read).items() for line in value.split("\n") if line]


def _fields(old: Extraction, new: Extraction) -> Iterator[dict[str, str]]:
    before, after = _parts(old), _parts(new)
    for name, value in before.items():
        if value != after[name]:
            yield {"field": name, "old": value, "new": after[name]}


def _print_words(call: Invocation, old: Extraction, new: Extraction, edited: set[str]) -> None:
    """Print the differences field by field.

    A field that differs but is not counted as edited is marked so: the time of an edit, or a byline that one
    page lacks.
    """
    differing = list(_fields(old, new))
    if not differing:
        call.say("The two revisions read alike.")
    edited |= {"lead"} if "text" in edited else set()
    for field in sorted(differing, key=lambda field: bool(edited) and field["field"] not in edited):
        remark = "" if not edited or field["field"] in edited else "  (differs too; not counted as an edit)"
        call.out.print(Text(field["field"], "bold").append(remark, "dim"))
        call.out.print(_words(plain(field["old"]), plain(field["new"]), coloured=shows_colours(call.out)))
        call.out.print()


def shows_colours(console: Console) -> bool:
    """Return whether a console shows colours: a terminal that has them, and NO_COLOR is not set."""
    return console.color_system is not None and not console.no_color


def _words(old: str, new: str, *, coloured: bool) -> Text:
    before, after = _PIECE.findall(old), _PIECE.findall(new)
    text = Text()
    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            text.append("".join(before[a:b]))
            continue
        for change, piece in (("delete", "".join(before[a:b])), ("insert", "".join(after[c:d]))):
            if piece:
                style, marks = _STYLES[change]
                text.append(piece if coloured else marks.format(piece), style if coloured else None)
    return text
