from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.draft import Draft, ExtractedFields
from pipelines.fingerprints import fingerprint, sketch, text_digest
from pipelines.page import Page
from pipelines.rules import StageRules
from storage.model.captures import Capture, Outcome, OutcomeKind, WarcPointer
from storage.model.sources import Source, SourceKind

TEXT = " ".join(f"слово{n} и ещё дело{n % 17} тут" for n in range(120))


@pytest.fixture
def draft() -> Draft:
    moment = datetime(2026, 3, 3, tzinfo=UTC)
    address = "https://paper.example/1"
    capture = Capture("paper", address, moment, 200, "text/html", "sha256:A", WarcPointer("a.warc.gz", 0, 1, "<urn:1>"))
    source = Source("paper", "Paper", SourceKind.NEWSPAPER, "https://paper.example/")
    return Draft(capture, Page(address, b"", "text/html", moment), StageRules(source), ExtractedFields(title="Заголовок", text=TEXT))


def test_the_digest_normalises_only_nfc_and_white_space() -> None:
    assert text_digest("Один два\nтри") == hashlib.sha256("Один два три".encode()).hexdigest()


def test_the_digest_overlooks_whitespace_and_composition_only() -> None:
    assert text_digest(" Йод\u00a0и\t\n вода ") == text_digest("И\u0306од и вода")
    assert len({text_digest(x) for x in ("Ёлка", "Елка", "ёлка", "Ёлка.", "")}) == 5


def test_sketches_of_copies_share_most() -> None:
    cut = sketch(" ".join(TEXT.split()[:200]))
    assert cut
    assert cut <= sketch(TEXT) <= sketch("Агентство сообщает: " + TEXT)
    assert sketch(TEXT.upper().replace("Ё", "Е").replace(" ", ", ")) == sketch(TEXT)


def test_sketches_of_different_texts_share_nothing() -> None:
    assert not sketch(TEXT) & sketch(TEXT.replace("слово", "речь").replace("дело", "вещь"))


def test_one_shingle_in_eight_is_kept() -> None:
    words = [f"w{n}" for n in range(8003)]
    assert 800 < len(sketch(" ".join(words))) < 1200


def test_sketches_are_the_same_for_ever() -> None:
    text = " ".join(f"w{n}" for n in range(40))
    assert sketch(text) == {-7832272329328566000, 7346773994723795128, 8256003448153758376}


def test_a_short_text_has_an_empty_sketch() -> None:
    assert sketch("") == sketch("одно два три") == frozenset()


@given(st.text())
def test_hashes_fit_sqlite(text: str) -> None:
    assert all(-(1 << 63) <= x < 1 << 63 and x % 8 == 0 for x in sketch(text * 3))


def test_the_stage_fills_in_both(draft: Draft) -> None:
    done = fingerprint(draft)
    assert done == replace(draft, text_sha256=text_digest(TEXT), sketch=sketch(TEXT))


def test_the_stage_leaves_an_ended_draft_alone(draft: Draft) -> None:
    ended = replace(draft, outcome=Outcome(OutcomeKind.NOT_ARTICLE))
    assert fingerprint(ended) is ended
