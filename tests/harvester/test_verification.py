"""The texts against the WARC: a text that was changed together with its digests is found, and nothing else is taken for that."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from harvester.catalogue.loader import load_catalogue
from harvester.config import Config
from harvester.crawl_session import CrawlSession
from harvester.ingestion import Ingested, ingest
from harvester.verification.damage import Checked
from harvester.verification.rereading import OTHER_LINE, UNDECLARED, UNREADABLE
from harvester.verification.verify import verify
from pipelines.fingerprints import content_digest, text_digest
from storage.errors import DamageFound
from storage.reader import open_archive
from storage.warc.exchange import Exchange
from storage.warc.writer import WarcWriter
from tests.archives import SEEN

if TYPE_CHECKING:
    from pathlib import Path

    from harvester.catalogue.loader import Catalogue
    from storage.model.articles import Extraction

SOURCE = """
name = "Вестник"
kind = "newspaper"
home = "https://vestnik.example/"
language = "ru"
discover = [{ feed = "rss.xml" }]
articles = { allow = '/news/' }
[[layout]]
body = ".text"
"""
PAGE = """<html lang="ru"><head><title>Референдум {n} назначен на весну</title></head><body><h1>Референдум {n} назначен на весну</h1>
<div class="text"><p>Комиссия обсудила проект {n} и приняла решение, о котором сообщили в пресс-службе.</p>
<p>Голосование пройдёт весной, как и было объявлено раньше, на всех участках страны.</p></div></body></html>"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an archive of three articles of a declared source, and one of a host that nobody declared."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "sources").mkdir()
    (folder / "sources" / "vestnik.toml").write_text(SOURCE, encoding="utf-8")
    (folder / "foreign").mkdir()
    with WarcWriter(folder / "foreign", software="test/1") as warc:
        for n, host in enumerate(("vestnik.example", "vestnik.example", "vestnik.example", "other.example")):
            header = (("Content-Type", "text/html; charset=utf-8"),)
            warc.write_exchange(Exchange(f"https://{host}/news/{n}", SEEN, 200, "OK", header, PAGE.format(n=n).encode()))
    (foreign,) = (folder / "foreign").glob("*.warc.gz")
    config = Config(archive=folder / "archive", keep="all")
    done: list[Ingested] = []
    with CrawlSession.begun(config, catalogue(folder), (), "ingest", any_source=True) as session:
        ingest(session, [foreign], done)
        assert done[0].counts["taken"] == 4
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path / "made")
    return tmp_path / "made"


def catalogue(folder: Path) -> Catalogue:
    return load_catalogue([folder / "sources"], builtin=False)


def verified(folder: Path, known: Catalogue | None = None, *, deep: bool = True) -> tuple[list[str], Checked]:
    checked = Checked()
    with open_archive(folder / "archive") as archive:
        return [str(x) for x in verify(archive, checked, (catalogue(folder) if known is None else known) if deep else None)], checked


def forge(folder: Path, **changes: object) -> str:
    """Change an extraction, and make every digest and the index agree with the change. Returns its article's id."""
    with open_archive(folder / "archive") as archive:
        kept = next(x for x in archive.kept_readings() if x.url.endswith("/news/1"))
    forged: Extraction = replace(kept.extraction, **changes)  # type: ignore[arg-type]
    forged = replace(forged, text_sha256=text_digest(forged.text))
    columns = {"title": forged.title, "text": forged.text, "text_sha256": forged.text_sha256, "content_sha256": content_digest(forged)}
    with closing(sqlite3.connect(folder / "archive" / "archive.sqlite3")) as tables, tables:
        (number,) = tables.execute("SELECT extraction_id FROM articles WHERE id = ?", (kept.article,)).fetchone()
        tables.execute(f"UPDATE extractions SET {', '.join(f'{x} = ?' for x in columns)} WHERE id = ?", (*columns.values(), number))
        if "text" in changes or "title" in changes:
            from storage.search.sqlite import words_of

            words = words_of(forged.title, forged.lead, forged.text, forged.language)
            rowid = "(SELECT number FROM articles WHERE id = ?)"
            tables.execute(f"UPDATE article_words SET title = ?, text = ? WHERE rowid = {rowid}", (*words, kept.article))
    return kept.article


def test_a_sound_archive_reads_as_it_was_read(folder: Path) -> None:
    damages, checked = verified(folder)
    assert damages == []
    assert (checked.reread, checked.not_reread, checked.notes) == (4, {}, [])


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"text": "Голосование отменено."}, "the stored text is not what its capture reads as"),
        (
            {"title": "Референдум отменён"},
            "the stored headline, dates, byline, tags or pictures are not what its capture reads as",
        ),
    ],
)
def test_what_was_changed_together_with_its_digests_is_found_by_reading_again(folder: Path, changes: dict[str, str], what: str) -> None:
    article = forge(folder, **changes)
    assert verified(folder, deep=False)[0] == []
    (line,) = verified(folder)[0]
    assert what in line
    assert f"article {article}" in line


def test_what_another_version_read_is_counted_and_not_compared(folder: Path) -> None:
    forge(folder, text="Голосование отменено.")
    with closing(sqlite3.connect(folder / "archive" / "archive.sqlite3")) as tables, tables:
        tables.execute("UPDATE extractions SET line = '0'")
    damages, checked = verified(folder)
    assert damages == []
    assert (checked.reread, checked.not_reread) == (0, {OTHER_LINE: 4})
    assert checked.notes == ["4 texts read by another version of the line were not compared with the WARC"]


def test_a_source_that_is_not_declared_is_not_read_by_other_rules(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    damages, checked = verified(folder, load_catalogue([tmp_path / "none"], builtin=False))
    assert damages == []
    assert (checked.reread, checked.not_reread) == (1, {UNDECLARED: 3})
    assert checked.notes[0].endswith("; --sources names the folder of its declaration")


def test_another_extractor_than_the_one_that_reads_a_capture_is_found(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "archive" / "archive.sqlite3")) as tables, tables:
        tables.execute("UPDATE extractions SET extractor = 'own/9' WHERE id = 2")
    assert verified(folder, deep=False)[0] == []
    (line,) = verified(folder)[0]
    assert line.startswith("archive.sqlite3: another extractor is named than the one that reads its capture; read from ingest-")


def test_a_damaged_record_is_told_once(folder: Path) -> None:
    with open_archive(folder / "archive") as archive:
        warc = next(iter(archive.kept_readings())).warc
    path = folder / "archive" / "warc" / warc.file
    content = bytearray(path.read_bytes())
    content[warc.offset + warc.length // 2] ^= 0xFF
    path.write_bytes(content)
    damages, checked = verified(folder)
    assert len(damages) == 1
    assert checked.not_reread == {UNREADABLE: 1}


def test_the_command_ends_with_7_and_tells_the_counts(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from harvester.cli.main import invoke

    named = ["--archive", str(folder / "archive"), "--sources", str(folder / "sources"), "--only-given-sources"]
    assert invoke(["verify", "--deep", *named]) == 0
    assert "4 texts read again" in capsys.readouterr().err
    forge(folder, text="Голосование отменено.")
    assert invoke(["verify", *named]) == 0
    capsys.readouterr()
    assert invoke(["verify", "--deep", "--json", *named]) == 7
    told = json.loads(capsys.readouterr().out)
    assert (told["reread"], len(told["damages"])) == (4, 1)


@pytest.mark.parametrize("lost", ["the end", "the file"])
def test_a_warc_file_that_lost_a_row_s_record_ends_a_run_before_anything_is_appended(folder: Path, lost: str) -> None:
    (warc,) = (folder / "archive" / "warc").glob("*.warc.gz")
    with open_archive(folder / "archive") as archive:
        end = archive.warc_ends()[warc.name]
    warc.unlink() if lost == "the file" else warc.write_bytes(warc.read_bytes()[: end - 1])
    before = {path.name: path.read_bytes() for path in warc.parent.iterdir()}
    config = Config(archive=folder / "archive", keep="all")
    with pytest.raises(DamageFound, match=warc.name), CrawlSession.begun(config, catalogue(folder), (), "ingest"):
        pytest.fail("begun")
    assert {path.name: path.read_bytes() for path in warc.parent.iterdir()} == before
    with open_archive(folder / "archive") as archive:
        assert [run.kind for run in archive.last_runs()] == ["ingest"]


def test_an_index_that_was_deleted_is_made_anew_by_the_next_run(folder: Path) -> None:
    (index,) = (folder / "archive" / "warc").glob("*.cdxj")
    before = index.read_bytes()
    index.unlink()
    with CrawlSession.begun(Config(archive=folder / "archive", keep="all"), catalogue(folder), (), "ingest"):
        pass
    assert index.read_bytes() == before
