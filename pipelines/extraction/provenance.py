"""Report the origin of each extracted field: override, selector, structured data or generic rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.extraction.declared_fields import DeclaredFields
from pipelines.extraction.metadata import Metadata, read_metadata
from pipelines.extraction.text_keys import text_key
from pipelines.rules import FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipelines.draft import Draft

OVERRIDE, SELECTOR, STATED, GENERIC = "override", "selector", "structured data", "generic"
_STRUCTURED = ("jsonld:", "meta:", "itemprop:")


@dataclass(frozen=True, slots=True)
class Provenance:
    """Origin of one field.

    `place` is one of the four constants above, empty for a field without values; `selector` is the layout's
    selector for the field, `matched` the number of elements that it selects.
    """

    field: str
    values: tuple[str, ...]
    place: str
    selector: str = ""
    matched: int = 0


def provenance(draft: Draft) -> tuple[Provenance, ...]:
    """Return the origin of each field of an extracted draft, in the order of `pipelines.rules.FIELDS`."""
    rules = draft.rules.extraction
    declared = DeclaredFields(draft.page, rules, rules.layout_at(draft.page.captured_at.date()))
    metadata = read_metadata(draft.page)
    return tuple(_provenance_of(field, draft, declared, metadata) for field in FIELDS)


def _provenance_of(field: str, draft: Draft, declared: DeclaredFields, metadata: Metadata) -> Provenance:
    values = _values(draft, field)
    selector = declared.layout.selectors.get(field, "")
    matched = len(declared.elements(field))
    origin = _origin(field, values, draft, declared, metadata) if values else ""
    return Provenance(field, values, origin, selector, matched)


def _values(draft: Draft, field: str) -> tuple[str, ...]:
    fields, first_image = draft.reading, next(iter(draft.reading.images), None)
    stamps = {"date": draft.published, "modified": draft.modified}
    if field in stamps:
        stamp = stamps[field]
        return (stamp.iso(),) if stamp else ()
    if field in {"caption", "credit"}:
        text = str(getattr(first_image, field)) if first_image else ""
        return (text,) if text else ()
    value = fields.text if field == "body" else getattr(fields, field)
    values = value.split("\n") if isinstance(value, str) else value
    return tuple(x for x in values if x)


def _origin(
    field: str, values: tuple[str, ...], draft: Draft, declared: DeclaredFields, metadata: Metadata
) -> str:
    """Return the origin of a field with values."""
    stamp = {"date": draft.published, "modified": draft.modified}.get(field)
    if stamp is not None:
        return _origin_of_date(stamp.found_in, declared.layout.selectors.get(field, ""))
    if declared.override(field):
        return OVERRIDE
    if field == "body":
        return SELECTOR if draft.reading.extractor == SELECTOR else GENERIC
    if _contains_any(declared.texts(field), values):
        return SELECTOR
    return STATED if _contains_any(_declared_values(field, metadata), values) else GENERIC


def _origin_of_date(found_in: str, selector: str) -> str:
    """Return the origin of a date.

    The generic rules, too, describe the element of a date as a selector; only the layout's own selector
    counts as one here.
    """
    if found_in == "override":
        return OVERRIDE
    if selector and found_in.removesuffix("@datetime") == f"selector:{selector}":
        return SELECTOR
    return STATED if found_in.startswith(_STRUCTURED) else GENERIC


def _declared_values(field: str, metadata: Metadata) -> Iterable[str]:
    return {
        "title": metadata.headlines,
        "lead": (metadata.description,),
        "authors": metadata.authors,
        "section": (metadata.section,),
        "tags": (*metadata.tags, *metadata.keywords),
    }.get(field, ())


def _contains_any(texts: Iterable[str], values: tuple[str, ...]) -> bool:
    """Return whether one of the texts contains one of the values, punctuation and case aside."""
    text_keys = [text_key(text) for text in texts if text]
    value_keys = [key for value in values if (key := text_key(value))]
    return any(key in text for key in value_keys for text in text_keys)
