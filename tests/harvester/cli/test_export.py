from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from storage.export.corpus_row import SCHEMA_NAME

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.archives import SmallArchive
    from tests.harvester.cli.said import Said

pytestmark = pytest.mark.usefixtures("kept")


def test_lines_go_to_stdout_and_the_report_to_stderr(harvester: Callable[..., Said], kept: SmallArchive) -> None:
    said = harvester("export")
    assert said.code == 0
    assert [json.loads(line)["id"] for line in said.out.splitlines()] == [kept.reform, kept.kazakh, kept.odd]
    assert said.err == f"3 articles, {len(said.raw)} bytes, sha256 {hashlib.sha256(said.raw).hexdigest()}\n"


def test_a_file_has_a_manifest_beside_it(harvester: Callable[..., Said], tmp_path: Path) -> None:
    said = harvester("export", "референдум", "--kind", "newspaper", "--output", "corpus.jsonl.gz")
    packed = (tmp_path / "corpus.jsonl.gz").read_bytes()
    (line,) = gzip.decompress(packed).splitlines()
    manifest = json.loads((tmp_path / "corpus.jsonl.gz.manifest.json").read_text())
    assert json.loads(line)["title"] == "Референдум назначен на лето"
    assert (said.code, said.out) == (0, "")
    assert (manifest["schema"], manifest["articles"], manifest["sha256"]) == (SCHEMA_NAME, 1, hashlib.sha256(packed).hexdigest())
    assert (manifest["query"]["words"], manifest["query"]["kinds"]) == ("референдум", ["newspaper"])
    assert manifest["archive"] == {"articles": 3, "captures": 5, "newest_run": 1, "newest_capture": "2026-03-10T06:05:00+00:00"}
    assert set(manifest["versions"]) == {"news-harvester", "line"}


def test_the_same_archive_gives_the_same_bytes(harvester: Callable[..., Said], tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        assert harvester("export", "-o", f"{name}/x.jsonl.zst").code == 0
    for name in ("x.jsonl.zst", "x.jsonl.zst.manifest.json"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_a_limit_takes_the_first_in_the_order_of_sort(harvester: Callable[..., Said], kept: SmallArchive) -> None:
    said = harvester("export", "--limit", "1", "--since", "2026-03-01")
    assert [json.loads(line)["id"] for line in said.out.splitlines()] == [kept.reform]


def test_json_is_the_report(harvester: Callable[..., Said], tmp_path: Path) -> None:
    said = harvester("export", "--json", "--output", "x.jsonl")
    assert (said.json["articles"], said.json["file"], said.json["complete"], said.err) == (3, "x.jsonl", True, "")
    assert said.json["sha256"] == hashlib.sha256((tmp_path / "x.jsonl").read_bytes()).hexdigest()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--json"], "Name a file with --output"),
        (["--output", "nowhere/x.jsonl"], "nowhere"),
        (["--since", "soon"], "--since cannot be 'soon'"),
        (["--format", "parquet"], "--format"),
        (["-o", "march.parquet"], "ends in .jsonl (JSON lines) or .csv"),
        (["-o", "march.csv", "--format", "jsonl"], "--format asks for jsonl"),
        (["--archive", "elsewhere"], "There is no archive in elsewhere"),
    ],
)
def test_what_cannot_be_done_is_refused(harvester: Callable[..., Said], arguments: list[str], message: str) -> None:
    said = harvester("export", *arguments)
    assert (said.code, said.out) == (2, "")
    assert message in said.err


def test_quiet_is_silent(harvester: Callable[..., Said]) -> None:
    said = harvester("export", "-q", "-o", "x.jsonl")
    assert (said.code, said.out, said.err) == (0, "", "")


def test_a_csv_has_all_rows_with_their_texts(harvester: Callable[..., Said], kept: SmallArchive, tmp_path: Path) -> None:
    said = harvester("export", "-o", "march.csv", "--provenance")
    assert (said.code, said.err.splitlines()[0][:22]) == (0, "march.csv: 3 articles,")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "march.csv").read_text("utf-8-sig"), newline="")))
    assert [row["id"] for row in rows] == [kept.reform, kept.kazakh, kept.odd]
    assert rows[0]["text"] == "Комиссия обсудила проект.\nРеферендум пройдёт летом."
    assert rows[2]["title"] == '\'=HYPERLINK("http://x")'
    manifest = json.loads((tmp_path / "march.csv.manifest.json").read_text())
    assert (manifest["schema"], manifest["columns"]) == ("news-harvester/article-csv/1", list(rows[0]))
    assert harvester("export", "--format", "csv", "--provenance").raw == (tmp_path / "march.csv").read_bytes()


def test_an_existing_file_is_kept_unless_forced(harvester: Callable[..., Said], tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_text("cited")
    said = harvester("export", "-o", "x.jsonl")
    assert (said.code, said.out) == (2, "")
    assert "exists; --force replaces it" in said.err
    assert (tmp_path / "x.jsonl").read_text() == "cited"
    assert harvester("export", "-o", "x.jsonl", "--force").code == 0
    assert len((tmp_path / "x.jsonl").read_bytes().splitlines()) == 3
    assert harvester("export", "-o", "/dev/stdout").raw == (tmp_path / "x.jsonl").read_bytes()


def test_a_link_is_written_through_unless_it_names_a_corpus(harvester: Callable[..., Said], tmp_path: Path) -> None:
    corpus, link = tmp_path / "2026.csv", tmp_path / "latest.csv"
    corpus.write_text("notes")
    link.symlink_to(corpus.name)
    assert harvester("export", "-o", "latest.csv").code == 0
    assert (link.is_symlink(), len(corpus.read_bytes().splitlines()) > 3) == (True, True)
    written = corpus.read_bytes()
    said = harvester("export", "банан", "-o", "latest.csv")
    assert (said.code, "exists; --force replaces it" in said.err, corpus.read_bytes()) == (2, True, written)
    assert harvester("export", "банан", "-o", "latest.csv", "--force").code == 0
    assert corpus.read_bytes() != written


@pytest.mark.parametrize("output", ["-", "x.jsonl", "x.csv"])
def test_an_export_of_nothing_warns(harvester: Callable[..., Said], output: str) -> None:
    said = harvester("export", "банан", "-o", output)
    assert said.code == 0
    assert "warning: 0 articles. Nothing found: no article holds банан" in said.err
    assert harvester("export", "банан", "-q", "-o", output, "--force").err == ""


def test_what_a_reader_has_to_know_is_in_the_json_too(harvester: Callable[..., Said], kept: SmallArchive) -> None:
    assert harvester("export", "--json", "-o", "all.csv").json["warnings"] == []
    (none,) = harvester("export", "банан", "--json", "-o", "none.csv").json["warnings"]
    assert none.startswith("0 articles. Nothing found: no article holds банан")
    with closing(sqlite3.connect(kept.directory / "archive.sqlite3")) as tables, tables:
        tables.execute("UPDATE extractions SET text = ?", ("слово " * 6_000,))
    (long,) = harvester("export", "--json", "-o", "long.csv").json["warnings"]
    assert long.startswith("3 articles have more than 32,767 characters in a cell")
    assert harvester("export", "--json", "-o", "long.jsonl").json["warnings"] == []


def test_lines_come_in_the_order_asked_for(harvester: Callable[..., Said]) -> None:
    for order in ("newest", "rank"):
        found = harvester("search", "мектеп OR комиссия OR снег", "--sort", order, "--format", "jsonl")
        assert harvester("export", "мектеп OR комиссия OR снег", "--sort", order).raw == found.raw


def test_the_view_corpus_has_the_values_of_the_table(harvester: Callable[..., Said], kept: SmallArchive) -> None:
    rows = {row["id"]: row for row in csv.DictReader(io.StringIO(harvester("export", "--format", "csv").raw.decode("utf-8-sig")))}
    with closing(sqlite3.connect(kept.directory / "archive.sqlite3")) as tables:
        tables.row_factory = sqlite3.Row
        seen = [dict(row) for row in tables.execute("SELECT * FROM corpus")]
    assert {row["id"] for row in seen} == set(rows)
    for row in seen:
        assert set(row) <= set(rows[row["id"]])
        if row["id"] != kept.odd:  # its cells are guarded
            assert {name: "" if value is None else str(value) for name, value in row.items()} == {n: rows[row["id"]][n] for n in row}
