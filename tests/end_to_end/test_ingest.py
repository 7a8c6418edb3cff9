from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import jsonschema

from storage.export.corpus_row import schema
from tests.end_to_end.conftest import SHARED

if TYPE_CHECKING:
    from pathlib import Path

    from tests.end_to_end.conftest import Harvester


def test_the_example_article_comes_apart_cleanly(bare: Harvester, pages: Path) -> None:
    bare.run("ingest", str(pages / "seed.warc.gz"))
    lines = bare.run("export", "--output", "-").stdout.splitlines()
    assert len(lines) == 1
    row, gold = json.loads(lines[0]), json.loads((pages / "seed.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(schema()).validate(row)
    for name in ("url", "title", "lead", "authors", "section", "tags", "language"):
        assert row[name] == gold[name], name
    assert row["text"].split("\n") == gold["text"].split("\n")
    assert {key: row["published"][key] for key in gold["published"]} == gold["published"]
    assert [image["credit"] for image in row["images"]] == [gold["credit"]]
    assert row["source"] == {"id": "kazpravda", "name": "Казахстанская правда", "kind": "newspaper"}
    assert [topic["topic"] for topic in row["topics"]] == ["constitutional-reform"]
    counter = "6"
    assert counter not in [row["title"], row["lead"], row["section"], row["published"]["raw"], *row["authors"], *row["tags"]]
    assert counter not in row["text"].split("\n")


def test_real_pages_go_through_the_line_and_a_second_time_change_nothing(bare: Harvester, pages: Path) -> None:
    files = [str(pages / name) for name in ("benchmark.warc.gz", "russian.warc.gz")]
    report = bare.report("ingest", *files, "--any-source", "--keep", "all")
    assert report["totals"]["captures"] == 278
    assert sum(sum(source["outcomes"].values()) for source in report["sources"].values()) == 278
    again = bare.report("ingest", *files, "--any-source", "--keep", "all")
    assert again["totals"].get("captures", 0) == 0
    assert bare.report("verify")["damages"] == []
    bare.run("export", "--output", "corpus.jsonl")
    score = [sys.executable, str(SHARED / "tools" / "score.py"), str(bare.place / "corpus.jsonl")]
    scored = subprocess.run(score, capture_output=True, text=True, check=True).stdout
    found = {line.split(":")[0]: float(line.rsplit(" ", 1)[1]) for line in scored.splitlines()}
    assert found["aeb"] >= 0.965, scored


def test_pages_of_unknown_hosts_are_left_alone_unless_asked_for(bare: Harvester, pages: Path) -> None:
    report = bare.report("ingest", str(pages / "russian.warc.gz"))
    assert report["totals"].get("captures", 0) == 0
    assert list(report["files"].values()) == [{"unknown source": 97}]


def test_a_file_that_is_no_warc_is_named(bare: Harvester) -> None:
    (bare.place / "page.html").write_text("<html>", "utf-8")
    for name in ("page.html", "missing.warc.gz"):
        ran = bare.run("ingest", name, code=2)
        assert name in ran.stderr
        assert "Traceback" not in ran.stderr


def test_a_torn_file_costs_itself_and_the_report_is_printed(bare: Harvester, pages: Path) -> None:
    whole = (pages / "russian.warc.gz").read_bytes()
    (bare.place / "torn.warc.gz").write_bytes(whole[: len(whole) // 2])
    seed = str(pages / "seed.warc.gz")
    (bare.place / "page.warc").write_text("<html>", "utf-8")
    ran = bare.run("ingest", "page.warc", "torn.warc.gz", seed, "--any-source", "--keep", "all", "--json", code=2)
    report = json.loads(ran.stdout)
    assert "torn or corrupt at byte" in ran.stderr
    assert report["errors"].keys() == {"page.warc", "torn.warc.gz"}
    assert (report["exit_code"], report["files"][seed]["taken"]) == (2, 1)
    assert report["files"]["torn.warc.gz"]["damaged"] == 1
    assert len(bare.texts()) > 20
