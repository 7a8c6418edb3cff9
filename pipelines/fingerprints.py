"""Fingerprints of a text: a digest to detect changes, and a sketch to find texts that share parts with it."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from dataclasses import replace
from typing import TYPE_CHECKING

from storage.language.shingles import kept, plain_words, runs_of

if TYPE_CHECKING:
    from pipelines.draft import Draft
    from storage.model.articles import Extraction


def fingerprint(draft: Draft) -> Draft:
    """Set the digest and the sketch of the draft's text."""
    if draft.outcome:
        return draft
    return replace(draft, text_sha256=text_digest(draft.reading.text), sketch=sketch(draft.reading.text))


def text_digest(text: str) -> str:
    """Return the SHA-256 (hex) of a text in NFC with white space collapsed, and no other normalisation."""
    return hashlib.sha256(" ".join(unicodedata.normalize("NFC", text).split()).encode()).hexdigest()


def content_digest(extraction: Extraction) -> str:
    """Return the SHA-256 (hex) of everything in an article that a publisher can change."""
    published, modified = extraction.published, extraction.modified
    content = [
        extraction.title,
        extraction.lead,
        extraction.text,
        extraction.authors,
        published.iso() if published else "",
        modified.iso() if modified else "",
        extraction.section,
        extraction.tags,
        [(image.url, image.caption, image.credit) for image in extraction.images],
    ]
    serialised = json.dumps(content, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return hashlib.sha256(serialised).hexdigest()


def sketch(text: str) -> frozenset[int]:
    """Return the containment sketch of a text: signed 64-bit hashes of every eighth run of four words.

    Words are case folded, ё is е; a run is kept or not by its hash. Two sketches that share half of the
    smaller one belong to copies of one text: that finds at least .95 of reprints, edited by up to 12 % or cut
    to three paragraphs, without a false pair in 3,286 texts. Empty for fewer than four words.
    """
    return frozenset(kept(runs_of(plain_words(text))))
