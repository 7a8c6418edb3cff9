from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from storage.archive import Archive
from storage.database.tables import SourceRow
from storage.model.captures import LONGEST_REASON, LONGEST_VALIDATOR, Capture, Outcome, OutcomeKind, WarcPointer
from storage.model.sources import Source, SourceKind
from storage.model.text import bindable, one_line, storable

if TYPE_CHECKING:
    from pathlib import Path

ANY = st.text(st.characters(), max_size=60)


@given(ANY)
def test_storable_text_can_be_encoded_and_obeys_nobody(text: str) -> None:
    clean = storable(text)
    clean.encode("utf-8")
    assert all(char in "\t\n" or unicodedata.category(char) not in {"Cc", "Cs"} for char in clean)
    assert not {*"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufdd0\ufffe\uffff\U0010ffff"} & set(clean)
    assert storable(clean) == clean


def test_the_empty_text_is_storable() -> None:
    assert (storable(""), one_line("", 10)) == ("", "")


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("обычный текст\n\tс отступом", "обычный текст\n\tс отступом"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("a\x0bb\x0cc\x1dd\x85e", "a b c d e"),
        ("\ud83dx\udc00", "x"),
        ("😀 қазақ мəтіні e\u0301", "😀 қазақ мəтіні e\u0301"),
        ("می\u200cخواهم \u200f(قازاق)\u200e \u200dx", "می\u200cخواهم \u200f(قازاق)\u200e \u200dx"),
        ("\u202eобман\u202c \u2067и\u2069", "обман и"),
        ("\x1b]0;pwn\x07 \x9b31m", "]0;pwn 31m"),
    ],
)
def test_what_is_cleaned_and_what_stays(text: str, clean: str) -> None:
    assert storable(text) == clean


def test_a_line_is_collapsed_and_cut() -> None:
    assert one_line("  a \n\t b  c ", 3) == "a b"
    assert one_line("ab " * 10, 6) == "ab ab"
    assert len(one_line("x" * 10**6, 100)) == 100


def capture(**headers: str) -> Capture:
    moment, content_type = datetime(2026, 3, 3, tzinfo=UTC), headers.pop("content_type", "")
    return Capture("s", "https://e.kz/", moment, 200, content_type, "", WarcPointer("f", 0, 1, "r"), **headers)


def test_headers_are_cleaned_where_a_capture_is_made() -> None:
    made = capture(content_type="text/html\x00;\x85 charset=\x1butf-8", etag='"a\x00"', last_modified="x" * (LONGEST_VALIDATOR + 1))
    assert (made.content_type, made.etag, made.last_modified) == ("text/html; charset=utf-8", None, None)
    assert capture(etag='W/"abc"').etag == 'W/"abc"'


def test_reasons_are_cleaned_and_bounded() -> None:
    assert Outcome(OutcomeKind.REDIRECT, "to \ud800http://x/\n\x1b[0m").reason == "to http://x/ [0m"
    assert len(Outcome(OutcomeKind.UNREADABLE, "x" * 10_000).reason) == LONGEST_REASON


def test_nothing_throws_where_values_are_bound(tmp_path: Path) -> None:
    odd = Source("odd", "a\ud800b\x00c", SourceKind.ONLINE, "https://e.kz/\udfff")
    with Archive.held(tmp_path / "archive", "test") as archive:
        archive.keep_source(odd)
        with archive.database.read_session() as session:
            assert session.scalars(select(SourceRow.name).where(SourceRow.home == "https://e.kz/\udfff")).all() == ["abc"]


@given(ANY)
def test_what_was_cleaned_is_bound_as_it_is(text: str) -> None:
    assert bindable(storable(text)) == storable(text)
