"""Maximum lengths of what is taken from a page; `enter` cleans extracted fields and cuts them to these.

The readers of the fields take no more than these lengths from the page, so that their patterns run on
bounded text. What is cut off a stored field is noted in `ExtractedFields.cuts`, and so becomes part of the
outcome's reason.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pipelines.page import SHORT
from storage.model.articles import Image
from storage.model.text import one_line, storable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipelines.draft import ExtractedFields, RawDate

HEADLINE = SHORT - 2
"""Characters of a headline that is kept whole. The longest known ones have some 400; some sites put a whole
paragraph there. A text that fills SHORT was cut before, and may have lost a blank."""
CUT_HEADLINE = 500
"""Characters kept of a longer headline, where the page has no other one."""
LEAD = SHORT
BYLINE = 500
"""Characters of a byline that are read."""
SECTION = 200
"""Characters of a section, a tag, or the place of a date."""
CAPTION = 2_000
"""Characters of a caption, or of a credit."""
DATE = 400
"""Characters of a string that may be a date, hidden ones included; `pipelines.normalisation` reads at most
100 visible ones."""
ADDRESS = 2_000
"""Characters of the address of a picture; longer ones are dropped."""
STATEMENT = SHORT
"""Characters of one value of a meta element or of JSON-LD."""
MOST_STATEMENTS = 200
"""Maximum number of values read under one name."""


def enter(reading: ExtractedFields, cuts: Iterable[str] = ()) -> ExtractedFields:
    """Return the fields as they may be stored: each storable and within its bound.

    Args:
        reading: the fields as extracted.
        cuts: notes on what was left out of the page before.
    """
    notes = list(cuts)

    def short(name: str, text: str, limit: int) -> str:
        """Return a text cut to one line of at most `limit` characters, and note the cut."""
        line = one_line(text, limit)
        if len(text) > limit and len(line) < len(" ".join(text.split())):
            notes.append(f"{name} cut to {limit} characters")
        return line

    title, lead = storable(reading.title), storable(reading.lead)
    if len(lead) > LEAD:
        notes.append(f"lead cut to {LEAD} characters")
    return replace(
        reading,
        title=short("headline", title, HEADLINE if len(title) <= HEADLINE else CUT_HEADLINE),
        lead=lead[:LEAD],
        text=storable(reading.text),
        authors=_distinct(one_line(name, BYLINE) for name in reading.authors),
        section=short("section", storable(reading.section), SECTION),
        tags=_distinct(one_line(tag, SECTION) for tag in reading.tags),
        images=tuple(_image(image) for image in reading.images if len(image.url) <= ADDRESS),
        published=_dates(reading.published),
        modified=_dates(reading.modified),
        html_language=one_line(reading.html_language, SECTION),
        cuts=tuple(dict.fromkeys(notes)),
    )


def _distinct(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, texts)))


def _image(image: Image) -> Image:
    return Image(
        one_line(image.url, ADDRESS), one_line(image.caption, CAPTION), one_line(image.credit, CAPTION)
    )


def _dates(dates: Iterable[RawDate]) -> tuple[RawDate, ...]:
    """Drop candidates that are too long to be dates: half of a string could be parsed as another date."""
    fitting = (date for date in dates if len(date.raw) <= DATE)
    return tuple(
        replace(date, raw=storable(date.raw), found_in=one_line(date.found_in, SECTION)) for date in fitting
    )
