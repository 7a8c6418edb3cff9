"""docs/query.md: every example is asked of a small archive."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harvester.cli.main import invoke
from storage.archive import Archive
from storage.errors import UsageError
from storage.model.captures import OutcomeKind
from storage.query import ArticleQuery
from storage.search.parse import parse
from storage.warc.writer import WarcWriter
from tests.archives import VESTNIK, SmallArchive, reading, stamp

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "query.md").read_text("utf-8")
TEXTS = {
    "law": "Комиссия обсудила новую конституцию. Токаев говорил об основном законе и о выборах.",
    "poll": "Конституция и референдум: Токаев назвал день. Строить ли АЭС, спросят отдельно.",
    "vote": "Выборы и референдум пройдут в один день, сообщает kazinform.kz.",
    "sport": "Выборы главы федерации. Закон основной игры: спорт и референдум болельщиков.",
    "kazakh": "Ата заңымыз — Конституция. Сайлау өтті.",
}
FOUND = {
    "конституция": {"law", "poll", "kazakh"},
    "Токаев выборы": {"law"},
    "выборы OR референдум": {"law", "poll", "vote", "sport"},
    "Токаев выборы OR референдум": {"law", "poll"},
    '"основной закон"': {"law"},
    "референдум -АЭС": {"vote", "sport"},
    'референдум -"основной закон"': {"poll", "vote", "sport"},
    'выборы OR "основной закон" -спорт': {"law", "vote"},
    "выборы AND референдум": {"vote", "sport"},
    "Ата-Заң": {"kazakh"},
}


def rows(heading: str) -> list[list[str]]:
    """The rows of the table under a heading, their cells without backquotes."""
    section = re.search(rf"^## {heading}\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert section is not None
    lines = [line for line in section[1].splitlines() if line.startswith("| `")]
    return [[cell.strip().replace(r"\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    made = SmallArchive(tmp_path_factory.mktemp("query") / "archive")
    with Archive.held(made.directory, "crawl") as held, WarcWriter(held.warc_directory, software="test/1") as warc:
        made.run = held.start_run("crawl", "1.0")
        held.keep_source(VESTNIK)
        for name, text in TEXTS.items():
            read = reading(name, text, "kk" if name == "kazakh" else "ru", published=stamp(2026, 3, 3))
            made._keep(held, warc, VESTNIK, f"https://vestnik.example/{name}", read, OutcomeKind.NEW)
        yield held


@pytest.mark.parametrize("typed", [row[0].strip("`") for row in rows("Words")])
def test_an_example_finds_what_it_says(archive: Archive, typed: str) -> None:
    assert {article.title for article in archive.articles(ArticleQuery(typed))} == FOUND[typed]


@pytest.mark.parametrize(("typed", "instead"), [(row[0].strip("`"), row[2].strip("`")) for row in rows("What is refused")])
def test_what_is_refused_is_and_what_stands_beside_it_is_not(typed: str, instead: str) -> None:
    with pytest.raises(UsageError):
        parse(typed)
    if instead.startswith("--author"):
        assert ArticleQuery(authors=instead.split()[1]).authors == ("Ким",)
    elif not instead.startswith("harvester"):
        assert parse(instead).clauses


def test_every_filter_is_on_the_page() -> None:
    named = {option for row in rows("Filters") for option in re.findall(r"--[a-z-]+", row[0])}
    filters = {"words", "sort", "limit", "collapse"}
    singular = {"--" + name.replace("_", "-").removesuffix("s") for name in ArticleQuery().as_dict() if name not in filters}
    assert named == {"--undated" if name == "--undated" else name for name in singular}


def test_the_commands_run(tmp_path: Path, archive: Archive, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("HARVESTER_ARCHIVE", str(archive.directory))
    monkeypatch.chdir(tmp_path)
    lines = [line for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()]
    assert len(lines) >= 7
    for line in lines:
        assert invoke(shlex.split(line, comments=True)[1:]) == 0, line
        assert "Traceback" not in capfd.readouterr().err
    assert (tmp_path / "new.jsonl.gz").exists()
