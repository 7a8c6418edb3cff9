"""The first stage: extract the fields of an article from a page, or reject the page."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pipelines.extraction.agreement import headline_of, title_share
from pipelines.extraction.body import EXTRACTOR, SECOND_OPINION
from pipelines.extraction.bounds import enter
from pipelines.extraction.declared_fields import DeclaredFields
from pipelines.extraction.page_reader import PageReader
from storage.model.captures import Outcome, OutcomeKind

if TYPE_CHECKING:
    from pipelines.draft import Draft, ExtractedFields

GENERIC = (EXTRACTOR, SECOND_OPINION)
"""Values of `ExtractedFields.extractor` for bodies without a layout's selector or an override."""
SMALL_SHARE = 0.05
"""Share of a page's prose, below which a text without its title's words is not the article. Of 278 real
articles none had less than 0.087."""
_OWN_TITLE = 0.34  # share of the title's words, from which even a small text is the article: short news


def extract(draft: Draft) -> Draft:
    """Set `reading`, or the outcome of a page that is no article.

    Outcomes are `not-article` (`not-html`, `no-text`, `no-title`, `small-share`) and `unreadable`. No page
    content raises an error.

    Raises:
        Exception: the source's declaration is faulty: a selector that is none, an override that raises.
    """
    if draft.outcome is not None:
        return draft
    if not draft.page.is_html:
        return replace(draft, outcome=Outcome(OutcomeKind.NOT_ARTICLE, "not-html"))
    if draft.page.parse_limit:
        return replace(draft, outcome=Outcome(OutcomeKind.UNREADABLE, draft.page.parse_limit))
    page, rules = draft.page, draft.rules.extraction
    declared = DeclaredFields(page, rules, rules.layout_at(page.captured_at.date()))
    reader = PageReader(page, declared, draft.rules.source.name)
    reading = enter(reader.reading(), page.cuts)
    if reason := _rejection(reading, reader):
        return replace(draft, reading=reading, outcome=Outcome(OutcomeKind.NOT_ARTICLE, reason))
    return replace(draft, reading=reading)


def _rejection(reading: ExtractedFields, reader: PageReader) -> str:
    """Return why the extracted fields are no article; empty if they are one."""
    if not reading.text:
        return "no-text"
    if not reading.title:
        return "no-title"
    share = reader.generic.body.share if reading.extractor in GENERIC else 1.0
    if share < SMALL_SHARE and title_share(reading.text, headline_of(reading.title)) < _OWN_TITLE:
        share_of_prose = f"the text is {share:.1%} of the page's prose"
        return f"small-share: {share_of_prose}, and has too few of its title's words"
    return ""
