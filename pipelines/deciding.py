"""Deciding: what a reading of a page is, given what its article showed before."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pipelines.change_detection import FEW_TOKENS, changes, is_shortened, touched
from storage.model.capture_result import UNSTABLE
from storage.model.captures import Outcome, OutcomeKind

if TYPE_CHECKING:
    from storage.model.capture_result import ArticleUpdate, RevisionContext
    from storage.model.history import StoredExtraction

RESTLESS = 3
"""After so many revisions in a row, a change of a few words is taken for a token that changes at every fetch."""


def decide(change: ArticleUpdate, standing: RevisionContext, out_of_scope: str = "") -> Outcome:
    """The outcome for a page that was read as an article, given what the archive knows of it.

    A known article is followed even when an edit takes it out of its topic.
    """
    if not standing.article:
        return (
            Outcome(OutcomeKind.OUT_OF_SCOPE, out_of_scope)
            if out_of_scope
            else Outcome(OutcomeKind.NEW, article=change.id)
        )
    before = standing.before
    if before is None:
        return Outcome(OutcomeKind.REVISED, article=standing.article)
    if is_same(change, before):
        return Outcome(OutcomeKind.UNCHANGED, article=standing.article)
    return _of_another_text(change, before, standing)


def _of_another_text(change: ArticleUpdate, before: StoredExtraction, standing: RevisionContext) -> Outcome:
    if change.paywalled and len(change.extraction.text) < len(before.extraction.text):
        return Outcome(OutcomeKind.WALLED, "paywall", article=standing.article)
    if is_shortened(before.extraction, change.extraction):
        return Outcome(OutcomeKind.SHORTENED, "most of the text is missing", article=standing.article)
    changed = changes(before.extraction, change.extraction)
    if (
        standing.streak >= RESTLESS
        and changed == ("text",)
        and touched(before.extraction, change.extraction) <= FEW_TOKENS
    ):
        return Outcome(
            OutcomeKind.UNCHANGED, f"{UNSTABLE}: a few words change at every fetch", article=standing.article
        )
    return Outcome(
        OutcomeKind.REVISED, " ".join(changed) + _suspicion(change, before), article=standing.article
    )


def _suspicion(change: ArticleUpdate, before: StoredExtraction) -> str:
    """A flag for a publication date that went back."""
    now, then = change.extraction.published, before.extraction.published
    return "; date_suspect: published went back" if now and then and now.moment < then.moment else ""


def is_same(change: ArticleUpdate, known: StoredExtraction) -> bool:
    """Whether a reading says the same as a known one: by its digest, or but for noise."""
    return known.content_sha256 == change.content_sha256 or not changes(known.extraction, change.extraction)


def changes_of(change: ArticleUpdate, before: StoredExtraction) -> ArticleUpdate:
    """The change, with the fields that its publisher changed, and whether an updated-at mark tells of it."""
    told = change.extraction.modified
    then = before.extraction.modified
    unmarked = told is None or (then is not None and told.iso() == then.iso())
    return replace(change, changed=changes(before.extraction, change.extraction), silent=unmarked)
