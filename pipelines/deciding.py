"""Decide the outcome of an extraction, given what its article showed before."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pipelines.change_detection import FEW_TOKENS, changed_tokens, changes, is_shortened
from storage.model.capture_result import UNSTABLE
from storage.model.captures import Outcome, OutcomeKind

if TYPE_CHECKING:
    from storage.model.capture_result import ArticleUpdate, RevisionContext
    from storage.model.history import StoredExtraction

NOISY_AFTER = 3
"""Number of revisions in a row, after which a change of a few words counts as a token that changes at every
fetch."""


def decide(change: ArticleUpdate, context: RevisionContext, out_of_scope: str = "") -> Outcome:
    """Return the outcome of an article, given what the archive knows of it.

    A known article is followed even if an edit takes it out of its topic; `out_of_scope` is the reason why a
    new one is not stored (empty: it is).
    """
    if not context.article:
        if out_of_scope:
            return Outcome(OutcomeKind.OUT_OF_SCOPE, out_of_scope)
        return Outcome(OutcomeKind.NEW, article=change.id)
    before = context.before
    if before is None:
        return Outcome(OutcomeKind.REVISED, article=context.article)
    if is_same(change, before):
        return Outcome(OutcomeKind.UNCHANGED, article=context.article)
    return _outcome_of_edit(change, before, context)


def _outcome_of_edit(change: ArticleUpdate, before: StoredExtraction, context: RevisionContext) -> Outcome:
    """Return the outcome of an article whose extraction differs from the one before."""
    if change.paywalled and len(change.extraction.text) < len(before.extraction.text):
        return Outcome(OutcomeKind.WALLED, "paywall", article=context.article)
    if is_shortened(before.extraction, change.extraction):
        return Outcome(OutcomeKind.SHORTENED, "most of the text is missing", article=context.article)
    changed = changes(before.extraction, change.extraction)
    may_be_noise = context.streak >= NOISY_AFTER and changed == ("text",)
    if may_be_noise and changed_tokens(before.extraction, change.extraction) <= FEW_TOKENS:
        reason = f"{UNSTABLE}: a few words change at every fetch"
        return Outcome(OutcomeKind.UNCHANGED, reason, article=context.article)
    reason = " ".join(changed) + _suspicion(change, before)
    return Outcome(OutcomeKind.REVISED, reason, article=context.article)


def _suspicion(change: ArticleUpdate, before: StoredExtraction) -> str:
    """Return a flag if the publication date is earlier than before; else empty."""
    now, then = change.extraction.published, before.extraction.published
    return "; date_suspect: published went back" if now and then and now.moment < then.moment else ""


def is_same(change: ArticleUpdate, known: StoredExtraction) -> bool:
    """Return whether an extraction is the same as a known one, by its digest or apart from noise."""
    return known.content_sha256 == change.content_sha256 or not changes(known.extraction, change.extraction)


def changes_of(change: ArticleUpdate, before: StoredExtraction) -> ArticleUpdate:
    """Return the update with the fields that the publisher changed.

    `silent` is set if the page's updated-at mark is missing or did not change.
    """
    now, then = change.extraction.modified, before.extraction.modified
    is_silent = now is None or (then is not None and now.iso() == then.iso())
    return replace(change, changed=changes(before.extraction, change.extraction), silent=is_silent)
