from __future__ import annotations

import json
import sqlite3
import subprocess
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from harvester.verification.manifest import manifest_line
from storage.archive import Archive
from storage.locking import hold
from storage.warc.exchange import Exchange
from storage.warc.index import index_of
from storage.warc.repair import whole_members
from storage.warc.writer import WarcWriter
from tests.archives import SEEN

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.archives import SmallArchive
    from tests.harvester.cli.said import Said


def change(kept: SmallArchive, statement: str, *values: object) -> None:
    """Tamper with the tables."""
    with closing(sqlite3.connect(kept.directory / "archive.sqlite3")) as connection, connection:
        assert connection.execute(statement, values).rowcount == 1


def place_of(kept: SmallArchive, article: str) -> tuple[int, int]:
    """Offset and length of the capture that an article was read from last."""
    with Archive.opened(kept.directory) as archive:
        found = archive.article(article)
    assert found is not None
    return found[0].warc.offset, found[0].warc.length


def flip(path: Path, at: int) -> None:
    """Turn over one byte of a file."""
    content = bytearray(path.read_bytes())
    content[at] ^= 0xFF
    path.write_bytes(content)


def append(path: Path, tail: bytes) -> None:
    with path.open("ab") as file:
        file.write(tail)


def damaged(said: Said) -> list[str]:
    """The lines on damages, of which there must be some."""
    lines = said.out.splitlines()
    assert said.code == 7
    assert lines
    assert said.err.splitlines()[-1].startswith(f"harvester: {len(lines)} damage")
    return lines


def test_a_sound_archive_has_no_damage(harvester: Callable[..., Said], kept: SmallArchive) -> None:
    said = harvester("verify")
    assert (said.code, said.out) == (0, "")
    assert said.err == "No damage: 5 captures, 4 texts, 1 WARC files, 0.0 MiB checked.\n"
    told = harvester("verify", "--json").json
    assert (told["captures"], told["readings"], told["files"], told["bytes"]) == (5, 4, 1, kept.warc.stat().st_size)
    assert told["damages"] == told["notes"] == []


def test_quiet_is_silent(harvester: Callable[..., Said], kept: SmallArchive) -> None:
    del kept
    said = harvester("verify", "-q")
    assert (said.code, said.out, said.err) == (0, "", "")


def test_a_flipped_byte_is_told_with_file_offset_and_article(harvester: Callable[..., Said], kept: SmallArchive) -> None:
    offset, length = place_of(kept, kept.kazakh)
    flip(kept.warc, offset + length // 2)
    (line,) = damaged(harvester("verify"))
    assert line.startswith(f"{kept.warc.name}, offset {offset}: ")
    assert line.endswith(f"(article {kept.kazakh}, https://qala.example/n/1)")
    (told,) = harvester("verify", "--json").json["damages"]
    assert (told["file"], told["offset"], told["article"]) == (kept.warc.name, offset, kept.kazakh)


def test_a_damaged_request_is_told(harvester: Callable[..., Said], kept: SmallArchive) -> None:
    offset, length = place_of(kept, kept.kazakh)
    flip(kept.warc, offset + length + 40)  # the request stands behind its response
    (line,) = damaged(harvester("verify"))
    assert line.startswith(f"{kept.warc.name}, offset {offset + length}: ")
    assert line.endswith("bytes that are no whole WARC record")


def test_a_cut_file_is_told_for_every_capture_that_is_gone(harvester: Callable[..., Said], kept: SmallArchive) -> None:
    offset, length = place_of(kept, kept.odd)
    content = kept.warc.read_bytes()
    kept.warc.write_bytes(content[: offset + length // 2])
    lines = damaged(harvester("verify"))
    assert [line.partition("(")[2] for line in lines] == [
        f"article {kept.odd}, https://vestnik.example/news/2)",
        f"article {kept.reform}, https://vestnik.example/news/1)",
        "https://vestnik.example/about)",
    ]


def test_a_cut_request_of_an_acknowledged_response_is_damage(harvester: Callable[..., Said], kept: SmallArchive) -> None:
    kept.warc.write_bytes(kept.warc.read_bytes()[:-10])
    (line,) = damaged(harvester("verify"))
    assert line.endswith("bytes that are no whole WARC record")


def test_a_missing_file_is_told_in_one_line(harvester: Callable[..., Said], kept: SmallArchive) -> None:
    name = kept.warc.name
    kept.warc.unlink()
    (line,) = damaged(harvester("verify"))
    assert line == f"{name}: the file is missing, and with it 5 captures, of which 3 articles were read"


def test_a_missing_folder_is_told(harvester: Callable[..., Said], kept: SmallArchive) -> None:
    kept.warc.unlink()
    (kept.directory / "warc").rename(kept.directory / "crow")
    lines = damaged(harvester("verify"))
    assert len(lines) == 2
    assert "the file is missing" in lines[1]


@pytest.mark.parametrize(
    ("column", "value", "what"),
    [
        ("payload_digest", "sha256:AAAA", "the digest of the body differs"),
        ("url", "https://qala.example/n/2", "the record is of another address"),
        ("record_id", "<urn:uuid:0>", "another record lies there"),
        ("warc_offset", 1, "offset 1: "),
    ],
)
def test_a_row_that_says_something_else_than_its_record(
    harvester: Callable[..., Said], kept: SmallArchive, column: str, value: object, what: str
) -> None:
    change(kept, f"UPDATE captures SET {column} = ? WHERE url = 'https://qala.example/n/1'", value)
    (line,) = damaged(harvester("verify"))
    assert what in line
    assert f"article {kept.kazakh}" in line


@pytest.mark.parametrize(
    ("column", "what"),
    [("text", "the stored text does not have its digest"), ("title", "the stored headline, dates or byline do not have their digest")],
)
def test_a_changed_reading_is_told(harvester: Callable[..., Said], kept: SmallArchive, column: str, what: str) -> None:
    change(kept, f"UPDATE extractions SET {column} = {column} || ' не' WHERE language = 'kk'")
    (line,) = damaged(harvester("verify"))
    assert line.startswith(f"{kept.warc.name}, offset {place_of(kept, kept.kazakh)[0]}: {what} (article {kept.kazakh}, ")


def test_an_older_revision_is_checked_too(harvester: Callable[..., Said], kept: SmallArchive) -> None:
    change(kept, "UPDATE extractions SET text = 'x' WHERE title LIKE '%весну'")
    (line,) = damaged(harvester("verify"))
    assert f"article {kept.reform}" in line


def test_a_capture_without_outcome_is_told(harvester: Callable[..., Said], kept: SmallArchive) -> None:
    change(kept, "DELETE FROM outcomes WHERE kind = 'not-article'")
    assert damaged(harvester("verify")) == ["the capture of https://vestnik.example/about has no outcome"]


def test_a_row_that_nobody_of_us_wrote_is_told(harvester: Callable[..., Said], kept: SmallArchive) -> None:
    change(kept, "UPDATE extractions SET published = '{' WHERE language = 'kk'")
    assert all(line.startswith("a row cannot be read: ") for line in damaged(harvester("verify")))


def test_a_broken_page_of_the_database_is_told_and_the_files_are_checked_all_the_same(
    harvester: Callable[..., Said], kept: SmallArchive
) -> None:
    with closing(sqlite3.connect(kept.directory / "archive.sqlite3")) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'extractions'").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    content = bytearray((kept.directory / "archive.sqlite3").read_bytes())
    content[(page - 1) * size : page * size] = b"\xff" * size
    (kept.directory / "archive.sqlite3").write_bytes(content)
    flip(kept.warc, 40)
    lines = damaged(harvester("verify"))
    assert any("is damaged" in line for line in lines)
    assert lines[-1].startswith(f"{kept.warc.name}, offset 0: ")


def test_garbage_between_records_is_told(harvester: Callable[..., Said], kept: SmallArchive) -> None:
    append(kept.warc, b"garbage")
    (line,) = damaged(harvester("verify"))
    assert line.endswith("7 bytes that are no whole WARC record")


@pytest.mark.parametrize("torn", ["half", "zeros"])
def test_what_a_killed_run_leaves_is_no_damage(harvester: Callable[..., Said], kept: SmallArchive, torn: str) -> None:
    if torn == "half":
        offset, length = place_of(kept, kept.kazakh)
        append(kept.warc, kept.warc.read_bytes()[offset : offset + length // 2])
    else:
        append(kept.warc, bytes(5000))
    said = harvester("verify")
    assert (said.code, said.out) == (0, "")
    assert "of a torn record at the end, which the next run cuts off" in said.err


def test_an_answer_that_no_row_points_at_is_a_note(harvester: Callable[..., Said], kept: SmallArchive) -> None:
    with WarcWriter(kept.directory / "warc", software="test/1") as warc:
        warc.write_exchange(Exchange("https://qala.example/n/9", SEEN, 200, "OK", (), b"<html></html>"))
    said = harvester("verify", "--json")
    assert said.code == 0
    assert said.json["notes"] == [f"{kept.warc.name}: 1 responses that no row points at; a run was killed, or is under way"]
    assert len(list(whole_members(kept.warc))) == 1 + 2 * 6


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("DELETE FROM article_words", "it is missing from the search index"),
        ("UPDATE article_words SET title = 'снег'", "the search index holds other words of it"),
        ("UPDATE article_words SET text = text || ' снег'", "the search index holds other words of it"),
        ("UPDATE topics SET score = 99", "its topics, their scores or terms do not have their digest"),
        ("UPDATE topics SET matched = '[]'", "its topics, their scores or terms do not have their digest"),
        ("UPDATE articles SET topics_sha256 = NULL", "its topics, their scores or terms do not have their digest"),
        ("DELETE FROM topics", "its topics, their scores or terms do not have their digest"),
        ("INSERT INTO topics SELECT number, 'other', 1, '[]' FROM articles", "its topics, their scores or terms do not have their digest"),
        ("UPDATE articles SET published_day = '1999-01-01'", "the day of publication by which it is found is 1999-01-01, not 2026-03-02"),
        ("UPDATE articles SET published_at = '1999-01-01'", "the moment of publication by which it is found is 1999-01-01"),
        ("UPDATE articles SET language = 'en'", "the language by which it is found is en, not kk"),
        ("UPDATE articles SET section = 'Спорт'", "the section by which it is found is Спорт, not Қоғам"),
        ("UPDATE articles SET revisions = 7", "the number of revisions by which it is found is 7, not 1"),
        ("UPDATE articles SET state = 'gone'", "the state gone is not what its captures showed last"),
        ("UPDATE article_states SET state = 'gone'", "the state live is not what its captures showed last"),
        ("UPDATE article_states SET state = 'dead'", "dead is no state"),
        ("UPDATE article_states SET last_seen = '1999-01-01'", "a state ends before it begins"),
        ("UPDATE articles SET extraction_id = 1", "what is shown is none of its revisions"),
        (
            "INSERT INTO aliases (source_id, url, article_number) SELECT 'vestnik', url, number FROM articles WHERE source_id = 'qala'",
            "is of another source than its article",
        ),
        (
            "INSERT INTO aliases (source_id, url, article_number) SELECT source_id, url, number FROM articles",
            "is the article's own address",
        ),
        ("UPDATE outcomes SET kind = 'odd'", "odd is no outcome"),
        ("UPDATE outcomes SET article_number = NULL", "the outcome new names no article"),
        ("UPDATE outcomes SET article_number = 2", "names an article of another source"),
        ("UPDATE frontier SET state = 'leased'", "leased is leased by no run"),
        ("UPDATE frontier SET state = 'lost'", "lost is no state of an address"),
        ("UPDATE frontier SET kind = 'letter'", "letter is no kind of address"),
        ("UPDATE frontier SET checks = -1", "below zero"),
        ("UPDATE captures SET status = 404 WHERE status = 200", "the record's status is 200, that of the row 404"),
        ("UPDATE captures SET captured_at = '2026-03-01 00:00:00.000000'", "the row of 2026-03-01"),
        ("UPDATE captures SET same_as = captured_at", "the record refers to another earlier capture than the row"),
        ("DELETE FROM article_words_docsize", "articles of the search index have no length"),
        ("DELETE FROM article_words_data WHERE id > 10", ""),
        ("INSERT INTO article_words_content VALUES (99, 'снег', 'снег')", "entries of the search index are of no article"),
    ],
)
def test_whatever_is_changed_in_the_tables_is_told(harvester: Callable[..., Said], kept: SmallArchive, statement: str, what: str) -> None:
    assert harvester("verify", "-q").code == 0
    with closing(sqlite3.connect(kept.directory / "archive.sqlite3")) as connection, connection:
        connection.execute(statement)
    assert any(what in line for line in damaged(harvester("verify")))


def test_a_changed_list_of_the_index_is_told(harvester: Callable[..., Said], kept: SmallArchive) -> None:
    """The keys are as they were, and no query finds one of them any more."""
    with closing(sqlite3.connect(kept.directory / "archive.sqlite3")) as connection, connection:
        (number, title, text) = connection.execute("SELECT rowid, title, text FROM article_words LIMIT 1").fetchone()
        connection.execute("DELETE FROM article_words WHERE rowid = ?", (number,))
        connection.execute("INSERT INTO article_words_content VALUES (?, ?, ?)", (number, title, text))
        connection.execute("INSERT INTO article_words_docsize VALUES (?, ?)", (number, b"\x05\x0a"))
    (line,) = damaged(harvester("verify"))
    assert "index" in line


def cdxj(kept: SmallArchive) -> Path:
    return index_of(kept.warc)


@pytest.mark.parametrize(
    ("change_lines", "what"),
    [
        (lambda lines: lines[1:], "the index has 4 lines for 5 captures"),
        (lambda lines: [*lines, lines[-1]], "the index has 6 lines for 5 captures"),
        (lambda lines: [lines[0].replace(b"200", b"404"), *lines[1:]], "or other lines than these have"),
        (lambda lines: lines[::-1], "out of its order"),
        (lambda lines: [*lines, b"zzz\n"], "line 6 of the index cannot be read"),
    ],
    ids=["fewer", "more", "other", "order", "rubbish"],
)
def test_an_index_of_a_warc_file_that_says_something_else_is_told(
    harvester: Callable[..., Said], kept: SmallArchive, change_lines: Callable[[list[bytes]], list[bytes]], what: str
) -> None:
    cdxj(kept).write_bytes(b"".join(change_lines(cdxj(kept).read_bytes().splitlines(keepends=True))))
    (line,) = damaged(harvester("verify"))
    assert line.startswith(f"{cdxj(kept).name}: ")
    assert what in line


def test_an_index_that_is_missing_or_behind_or_old_is_a_note(harvester: Callable[..., Said], kept: SmallArchive) -> None:
    last = max(json.loads(line.split(b" ", 2)[2])["offset"] for line in cdxj(kept).read_bytes().splitlines())
    lines = cdxj(kept).read_bytes().splitlines(keepends=True)
    unmodified = b'zz)/ 20260301000000 {"status": "304", "offset": "0"}\n'
    for content, note in (
        (b"".join(x for x in lines if f'"{last}"'.encode() not in x), "the index does not know the newest 1 captures"),
        (b"".join([*lines, unmodified]), "put 1 answers without a body (304) into the index"),
        (None, "there is no such index yet"),
    ):
        cdxj(kept).unlink() if content is None else cdxj(kept).write_bytes(content)
        said = harvester("verify", "--json")
        assert (said.code, len(said.json["notes"])) == (0, 1)
        assert note in said.json["notes"][0]


@pytest.mark.parametrize("byte", range(3, 10))
def test_a_changed_gzip_header_is_told(harvester: Callable[..., Said], kept: SmallArchive, byte: int) -> None:
    offset, length = place_of(kept, kept.kazakh)
    for at in (offset, offset + length):  # a response, and its request
        flip(kept.warc, at + byte)
        assert any(f"offset {at}: " in line for line in damaged(harvester("verify")))
        flip(kept.warc, at + byte)


def test_it_waits_for_nobody(harvester: Callable[..., Said], kept: SmallArchive) -> None:
    with Archive.held(kept.directory, "crawl"), closing(sqlite3.connect(kept.directory / "archive.sqlite3")) as writer:
        writer.execute("BEGIN IMMEDIATE")
        assert harvester("verify").code == 0
        assert harvester("search").code == 0


def test_no_archive_is_an_error(harvester: Callable[..., Said]) -> None:
    assert harvester("verify").code == 2


def test_a_manifest_is_what_sha256sum_checks(harvester: Callable[..., Said], kept: SmallArchive, tmp_path: Path) -> None:
    said = harvester("verify", "--manifest", "manifest.txt")
    assert said.code == 0, said.err
    checked = subprocess.run(
        ["sha256sum", "--check", "--strict", tmp_path / "manifest.txt"], cwd=kept.directory, capture_output=True, check=True
    )
    names = {line.rpartition(b": ")[0].decode() for line in checked.stdout.splitlines()}
    assert {"archive.sqlite3", f"warc/{kept.warc.name}"} <= names
    assert not names & {".lock", "archive.sqlite3-shm", "manifest.txt"}
    assert names == {line.partition("  ")[2] for line in harvester("verify", "-q", "--manifest", "-").out.splitlines()}


def test_a_changed_file_is_found_by_the_manifest(harvester: Callable[..., Said], kept: SmallArchive) -> None:
    harvester("verify", "--manifest", "archive/manifest.txt")
    kept.warc.write_bytes(kept.warc.read_bytes() + b"x")
    ran = subprocess.run(["sha256sum", "--check", "manifest.txt"], cwd=kept.directory, capture_output=True, check=False)
    assert ran.returncode == 1
    assert f"warc/{kept.warc.name}: FAILED" in ran.stdout.decode()


def test_no_manifest_is_written_over_or_of_a_damaged_or_busy_archive(
    harvester: Callable[..., Said], kept: SmallArchive, tmp_path: Path
) -> None:
    (tmp_path / "old.txt").write_text("digests of last year", "utf-8")
    assert "is there already" in harvester("verify", "--manifest", "old.txt").err
    assert (tmp_path / "old.txt").read_text("utf-8") == "digests of last year"
    with hold(kept.directory, "test"):
        assert harvester("verify", "--manifest", "new.txt").code == 6
    assert harvester("verify", "--json", "--manifest", "-").code == 2
    kept.warc.unlink()
    assert harvester("verify", "--manifest", "new.txt").code == 7
    assert not (tmp_path / "new.txt").exists()


@pytest.mark.parametrize(
    ("path", "line"),
    [("a b.txt", "00  a b.txt"), ("новое.gz", "00  новое.gz"), ("a\\b", "\\00  a\\\\b"), ("a\nb", "\\00  a\\nb")],
)
def test_names_are_escaped_as_sha256sum_does(path: str, line: str) -> None:
    assert manifest_line("00", path) == line
