from __future__ import annotations

import gzip
import hashlib
import json
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
