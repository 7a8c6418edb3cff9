"""docs/add-a-source.md, followed literally: only the host is another one, because the newsroom is on loopback."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

import pytest

from storage.archive import Archive
from storage.query import ArticleQuery
from tests.end_to_end.conftest import ROOT, Harvester

if TYPE_CHECKING:
    from pathlib import Path

    from tests.site.server import Newsroom

HOST = "https://palace-press.example/"
FENCE = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"# (\S+\.toml)(, as it was written)?\n")
CODE = re.compile(r"# exit code (\d+)")


@pytest.fixture
def reader(newsroom: Newsroom, tmp_path: Path) -> Harvester:
    """Someone who reads the page, in an empty folder."""
    return Harvester(
        tmp_path,
        {
            "HARVESTER_ALLOW_ADDRESSES": ",".join(newsroom.addresses),
            "HARVESTER_TOPIC": str(newsroom.write_topic(tmp_path / "topics")),
            "HARVESTER_CONTACT": "archive@example.org",
            "HARVESTER_CRAWL__DELAY": "0",
        },
    )


def blocks(newsroom: Newsroom) -> list[tuple[str, str]]:
    """The fenced blocks of the walk: language and text."""
    page = (ROOT / "docs" / "add-a-source.md").read_text("utf-8")
    walk = page.split("## In ten minutes\n", 1)[1].split("\n## ", 1)[0].replace(HOST, newsroom.home("palace-press"))
    assert "palace-press.example" not in walk
    return FENCE.findall(walk)


def run_all(reader: Harvester, lines: str) -> str:
    said = ""
    for line in lines.splitlines():
        words = shlex.split(line, comments=True)
        assert words[0] == "harvester", line
        code = CODE.search(line)
        process = reader.run(*words[1:], code=int(code[1]) if code else 0)
        said = process.stdout
        assert "Traceback" not in process.stderr
    return said


def test_the_page_leads_to_articles_in_the_archive(reader: Harvester, newsroom: Newsroom) -> None:
    said, kinds = "", []
    for language, text in blocks(newsroom):
        kinds.append(language)
        if language == "sh":
            said = run_all(reader, text)
        elif language == "text":
            assert said.endswith(text), said
        else:
            named = FILE.match(text)
            assert named, text
            path, body = reader.place / named[1], text[named.end() :]
            if named[2]:
                assert path.read_text("utf-8") == body
            else:
                path.write_text(body, "utf-8")
    assert kinds == ["sh", "toml", "sh", "text", "toml", "sh", "text", "sh"]
    with Archive.opened(reader.archive) as archive:
        articles = list(archive.articles(ArticleQuery()))
    assert len(articles) == 5
    assert {article.source.name for article in articles} == {"Palace Press"}
    assert all(article.extraction.published for article in articles)
    assert (reader.place / "my-sources" / "golden" / "palace-press" / "quram" / "page.html").is_file()


def test_the_walk_asks_a_handful_of_addresses_and_only_what_robots_allow(reader: Harvester, newsroom: Newsroom) -> None:
    (_, first), *_ = blocks(newsroom)
    run_all(reader, first)
    asked = [seen.path for seen in newsroom.requests.all()]
    assert asked[0] == "/robots.txt"
    assert len(asked) <= 15
    assert not any(path.startswith("/deny/") for path in asked)
    assert all(seen.headers["user-agent"].startswith("NewsHarvester/") for seen in newsroom.requests.all())
