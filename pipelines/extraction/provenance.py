"""Where each field of a reading came from: an override, a selector, the page's own statements, or the generic rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.extraction.declared_fields import DeclaredFields
from pipelines.extraction.metadata import Metadata, read_metadata
from pipelines.extraction.names import plain
from pipelines.rules import FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipelines.draft import Draft

OVERRIDE, SELECTOR, STATED, GENERIC = "override", "selector", "structured data", "generic"
_STATEMENTS = ("jsonld:", "meta:", "itemprop:")


@dataclass(frozen=True, slots=True)
class Provenance:
    """One field: its values, which of the four answered (empty: none did), its selector, and how many elements that matched."""

    field: str
    values: tuple[str, ...]
    place: str
    selector: str = ""
    matched: int = 0


def provenance(draft: Draft) -> tuple[Provenance, ...]:
    """The fields of a draft that has been read (see pipelines.rules.FIELDS), in their order."""
    rules = draft.rules.extraction
    answers = DeclaredFields(draft.page, rules, rules.layout_at(draft.page.captured_at.date()))
    stated = read_metadata(draft.page)
    return tuple(_of(field, _values(draft, field), draft, answers, stated) for field in FIELDS)


def _of(field: str, values: tuple[str, ...], draft: Draft, answers: DeclaredFields, stated: Metadata) -> Provenance:
    selector = answers.layout.selectors.get(field, "")
    matched = len(answers.elements(field))
    return Provenance(field, values, _place(field, values, draft, answers, stated) if values else "", selector, matched)


def _values(draft: Draft, field: str) -> tuple[str, ...]:
    read, first_image = draft.reading, next(iter(draft.reading.images), None)
    stamps = {"date": draft.published, "modified": draft.modified}
    if field in stamps:
        stamp = stamps[field]
        return (stamp.iso(),) if stamp else ()
    if field in {"caption", "credit"}:
        text = str(getattr(first_image, field)) if first_image else ""
        return (text,) if text else ()
    value = read.text if field == "body" else getattr(read, field)
    return tuple(x for x in (value.split("\n") if isinstance(value, str) else value) if x)


def _place(field: str, values: tuple[str, ...], draft: Draft, answers: DeclaredFields, stated: Metadata) -> str:
    stamp = {"date": draft.published, "modified": draft.modified}.get(field)
    if stamp is not None:
        return _place_of_date(stamp.found_in, answers.layout.selectors.get(field, ""))
    if answers.override(field):
        return OVERRIDE
    if field == "body":
        return SELECTOR if draft.reading.extractor == SELECTOR else GENERIC
    if _among(values, answers.texts(field)):
        return SELECTOR
    return STATED if _among(values, _statements(field, stated)) else GENERIC


def _place_of_date(found_in: str, selector: str) -> str:
    """The generic rules name the element that they found as a selector, too; only the declared one counts as such."""
    if found_in == "override":
        return OVERRIDE
    if selector and found_in.removesuffix("@datetime") == f"selector:{selector}":
        return SELECTOR
    return STATED if found_in.startswith(_STATEMENTS) else GENERIC


def _statements(field: str, stated: Metadata) -> Iterable[str]:
    return {
        "title": stated.headlines,
        "lead": (stated.description,),
        "authors": stated.authors,
        "section": (stated.section,),
        "tags": (*stated.tags, *stated.keywords),
    }.get(field, ())


def _among(values: tuple[str, ...], texts: Iterable[str]) -> bool:
    """Whether one of the texts holds one of the values, however it is punctuated."""
    spelled = [plain(text) for text in texts if text]
    return any(plain(value) in text for value in values if plain(value) for text in spelled)
