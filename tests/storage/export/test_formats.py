from __future__ import annotations

import csv
import gzip
import io
import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.errors import UsageError
from storage.export.corpus_row import corpus_row
from storage.export.flat_row import COLUMNS, PROVENANCE_COLUMNS, cell
from storage.export.formats import CommaSeparated, ExportFormat, JsonLines, format_of
from storage.export.json_text import json_line
from storage.export.jsonl import write_corpus
from storage.model.articles import DateStamp, Precision
from storage.model.ingested import IngestedFile

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from storage.model.articles import Article

UNDO = re.compile(r"^'(?='*[=+\-@\t\r\n＝＋－＠])")
"""As docs/fields.md gives it."""
FILE = IngestedFile(1, "2026.warc.gz", "ab" * 32, 7, 1, datetime(2026, 3, 3, tzinfo=UTC))


def table(*articles: Article, provenance: bool = False) -> list[dict[str, str]]:
    writer = CommaSeparated(provenance=provenance)
    written = writer.heading() + b"".join(map(writer.line, articles))
    return list(csv.DictReader(io.StringIO(written.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize(
    ("name", "asked", "meant"),
    [
        (None, None, "jsonl"),
        (None, ExportFormat.CSV, "csv"),
        ("a.jsonl", None, "jsonl"),
        ("a.jsonl.gz", None, "jsonl"),
        ("МАРТ.CSV", None, "csv"),
        ("наурыз.2026.csv.GZ", None, "csv"),
        ("dir.d/a.csv.zst", ExportFormat.CSV, "csv"),
        ("corpus", ExportFormat.CSV, "csv"),
        ("corpus.gz", ExportFormat.JSONL, "jsonl"),
    ],
)
def test_the_suffix_decides(name: str | None, asked: ExportFormat | None, meant: str) -> None:
    assert format_of(name, asked) == meant


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("a.parquet", None),
        ("a.json", None),
        ("a.xlsx", ExportFormat.CSV),
        ("a.tsv.gz", None),
        ("a", None),
        ("a.gz", None),
        ("a.csv.zip", None),
        ("a.csv", ExportFormat.JSONL),
        ("a.jsonl.gz", ExportFormat.CSV),
    ],
)
def test_other_names_are_refused_with_those_that_work(name: str, asked: ExportFormat | None) -> None:
    with pytest.raises(UsageError) as caught:
        format_of(name, asked)
    assert name in caught.value.message
    assert ".csv" in caught.value.hint or ".jsonl" in caught.value.hint


def test_a_table_that_excel_opens(article: Article) -> None:
    writer = CommaSeparated()
    written = writer.heading() + writer.line(article)
    assert written.startswith(b"\xef\xbb\xbfid,url,source,")
    assert written.endswith(b"\r\n")
    (row,) = table(article)
    assert tuple(row) == COLUMNS
    assert row["text"] == article.text
    assert (row["published"], row["published_day"], row["published_precision"]) == ("2026-03-03T05:00:00+05:00", "2026-03-03", "minute")
    assert (row["authors"], row["words"], row["cluster"], row["state"]) == ("Ербол Әлиев; А. Автор", "10", "", "live")
    assert row["last_seen_at"] == "2026-03-03T10:30:20+00:00"


@pytest.mark.parametrize(("precision", "printed"), [(Precision.DAY, "2026-03-03"), (Precision.MONTH, "2026-03")])
def test_days_are_days_whatever_is_printed(article: Article, with_text: Callable[..., Article], precision: Precision, printed: str) -> None:
    stamp = article.extraction.published
    assert isinstance(stamp, DateStamp)
    dated, undated = table(with_text(published=replace(stamp, precision=precision)), with_text(published=None))
    assert (dated["published"], dated["published_day"]) == (printed, "2026-03-03")
    assert undated["published"] == undated["published_day"] == undated["published_precision"] == ""


@pytest.mark.parametrize(
    "text", ["=1+1", "+7 701", "- Сіз қайдасыз?", "@cmd", "＝1", "－да", "'=x", "''@x", "'ұлт'", "a=b", "«=»", 'a,"b"', "a\nb", "a; b", ""]
)
def test_no_text_is_computed_and_every_text_comes_back(with_text: Callable[..., Article], text: str) -> None:
    (row,) = table(with_text(text=text))
    assert not row["text"].startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))
    assert UNDO.sub("", row["text"]) == text


@given(st.text(st.sampled_from("'=+-@ab\n＝ ,\""), max_size=6))
def test_any_guarded_text_comes_back(text: str) -> None:
    assert UNDO.sub("", cell(text, lines=True)) == text


def test_broken_characters_break_no_reader(with_text: Callable[..., Article]) -> None:
    (row,) = table(with_text(text="a\0b\ud800c\x1b\u202e", title="x\r\n=1"))
    assert (row["text"], row["title"]) == ("a b\ufffdc ", "x  =1")


def test_texts_that_excel_cannot_hold_are_named_and_whole(with_text: Callable[..., Article]) -> None:
    writer = CommaSeparated()
    fits, long, wide = with_text(text="ы" * 32_767), with_text(text="ы" * 32_768), with_text(text="🌾" * 16_384)
    writer.line(fits)
    assert writer.warning() == ""
    assert "ы" * 32_768 in writer.line(replace(long, id="long")).decode()
    assert "1 article has more than 32,767 characters in a cell, which Excel cannot hold: long." in writer.warning()
    for number in range(6):
        writer.line(replace(wide, id=f"w{number}"))
    assert "7 articles have" in writer.warning()
    assert "long, w0, w1, w2, w3 and 2 more" in writer.warning()


def test_provenance_is_at_the_end_and_only_on_request(article: Article) -> None:
    ingested = replace(article, ingested_from=FILE)
    assert JsonLines().line(ingested) == JsonLines().line(article) == json_line(corpus_row(article))
    told = b',"ingested_from":{"file":"2026.warc.gz","sha256":"%s"}}\n' % (b"ab" * 32)
    assert JsonLines(provenance=True).line(ingested).endswith(told)
    assert JsonLines(provenance=True).line(article).endswith(b',"ingested_from":null}\n')
    rows = table(ingested, article, provenance=True)
    assert tuple(rows[0]) == COLUMNS + PROVENANCE_COLUMNS
    assert [row["ingested_file"] for row in rows] == ["2026.warc.gz", ""]


def test_a_kept_file_is_untouched_also_one_that_came_meanwhile(tmp_path: Path, article: Article) -> None:
    output = tmp_path / "a.csv.gz"

    def write(articles: list[Article] | map[Article], *, keep_existing: bool) -> None:
        write_corpus(articles, output, query={}, versions={}, archive={}, writer=CommaSeparated(), keep_existing=keep_existing)

    def meanwhile(one: Article) -> Article:
        output.write_bytes(b"of another")
        return one

    with pytest.raises(UsageError, match="exists; --force replaces it"):
        write(map(meanwhile, [article]), keep_existing=True)
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv.gz"]
    with pytest.raises(UsageError, match="exists"):
        write([article], keep_existing=True)
    assert output.read_bytes() == b"of another"
    write([article], keep_existing=False)
    assert gzip.decompress(output.read_bytes()).count(b"\r\n") == 2
