"""The archive as scripts read it: names as a person writes them, arguments that are told at once, and what is near."""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from harvester import ArchiveUnusable, ArticleQuery, NewsArchive, UsageError, open_archive
from harvester.cli.main import invoke
from tests.archives import SmallArchive, small_archive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

ADDRESSES = (
    "https://vestnik.example/news/1",
    "http://vestnik.example/news/1/",
    "vestnik.example/news/1",
    "//www.vestnik.example/news/1?utm_source=x&utm_medium=y#top",
    "  HTTPS://Vestnik.Example/news/1\n",
)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> SmallArchive:
    return small_archive(tmp_path_factory.mktemp("public") / "archive")


@pytest.fixture(scope="module")
def archive(kept: SmallArchive) -> Iterator[NewsArchive]:
    with open_archive(kept.directory) as opened:
        yield opened


def names_of(kept: SmallArchive) -> list[str]:
    return [*ADDRESSES, kept.reform, kept.reform.upper(), kept.reform[:7], kept.reform[:4].upper()]


def test_an_article_is_found_by_whatever_names_it(archive: NewsArchive, kept: SmallArchive) -> None:
    for name in names_of(kept):
        found = archive.article(name)
        assert found is not None, name
        assert (found[0].id, [x.number for x in found[1]]) == (kept.reform, [1, 2])
        readings = archive.revision_readings(name)
        assert readings is not None
        assert [x.title for x in readings] == ["Референдум назначен на весну", "Референдум назначен на лето"]
        assert archive.cluster(name) is None
        again = archive.article(found[0])
        assert again is not None
        assert again[0] == found[0]


@pytest.mark.parametrize("name", ["", "nosuch", "0000", "vestnik.example", "https://vestnik.example/news/11", "f" * 20])
def test_what_is_not_there_is_none(archive: NewsArchive, name: str) -> None:
    assert archive.article(name) is archive.revision_readings(name) is archive.cluster(name) is None


def test_a_beginning_of_several_ids_is_told(tmp_path: Path) -> None:
    made = small_archive(tmp_path / "archive")
    with closing(sqlite3.connect(made.directory / "archive.sqlite3")) as rows, rows:
        rows.execute("UPDATE articles SET id = ? WHERE id = ?", [f"{made.reform[:6]}{'0' * 14}", made.kazakh])
    with open_archive(made.directory) as opened, pytest.raises(UsageError, match="Several ids begin with"):
        opened.article(made.reform[:5].upper())


def test_a_cluster_has_its_own_id_too(tmp_path: Path) -> None:
    made = small_archive(tmp_path / "archive")
    with closing(sqlite3.connect(made.directory / "archive.sqlite3")) as rows, rows:
        rows.execute("INSERT INTO clusters (number, id) VALUES (1, ?)", ["ab" * 10])
        rows.execute("UPDATE memberships SET cluster_number = 1")
    with open_archive(made.directory) as opened:
        members = [opened.cluster(name) for name in ("AB" * 10, made.kazakh, "qala.example/n/1")]
    assert all(cluster is not None and cluster.id == "ab" * 10 for cluster in members)


def test_an_archive_is_closed_by_hand_or_by_with(kept: SmallArchive) -> None:
    archive = open_archive(str(kept.directory))
    assert archive.count(ArticleQuery()) == 3
    assert repr(archive) == f"NewsArchive({str(kept.directory)!r})"
    archive.close()
    archive.close()
    with pytest.raises(ArchiveUnusable, match="was closed"):
        archive.count(ArticleQuery())


def test_only_what_scripts_may_rely_on_is_there(archive: NewsArchive) -> None:
    assert {name for name in dir(archive) if not name.startswith("_")} == {
        *("article", "articles", "close", "cluster", "count", "count_undated", "directory", "explain", "hits", "names", "near_words"),
        *("response", "revision_readings", "stories"),
    }


@pytest.mark.parametrize("method", ["articles", "hits", "count", "count_undated", "stories", "explain"])
@pytest.mark.parametrize("query", ["референдум", None, ["a"], 5])
def test_what_is_no_query_is_told_at_once(archive: NewsArchive, method: str, query: Any) -> None:
    with pytest.raises(UsageError, match=f"{method} takes an ArticleQuery, not") as caught:
        getattr(archive, method)(query)
    assert f"{method}(ArticleQuery({query if isinstance(query, str) else '…'!r}))" in caught.value.hint


@pytest.mark.parametrize(
    ("ask", "told"),
    [
        (lambda archive: archive.article(5), "article takes an id, an address or an Article, not the int 5"),
        (lambda archive: archive.revision_readings(None), "takes an id, an address or an Article, not None"),
        (lambda archive: archive.cluster(["a"]), "cluster takes an id"),
        (lambda archive: archive.response("a"), "response takes a WarcPointer, an Article or a Revision, not the str 'a'"),
        (lambda archive: archive.names("words"), "names has no 'words'"),
        (lambda archive: archive.near_words(None), "near_words takes a word, not None"),
        (lambda archive: archive.stories(ArticleQuery(), -1), "limit cannot be -1"),
        (lambda archive: archive.stories(ArticleQuery(), "5"), "limit cannot be '5'"),
        (lambda archive: archive.stories(ArticleQuery(), True), "limit cannot be True"),
        (lambda _: open_archive(""), "open_archive takes the path of a folder"),
        (lambda _: open_archive(None), "takes the path of a folder, not None"),  # type: ignore[arg-type]
    ],
)
def test_a_wrong_argument_is_told(archive: NewsArchive, ask: Callable[[Any], object], told: str) -> None:
    with pytest.raises(UsageError, match=told):
        ask(archive)


def test_responses_by_pointer_article_and_revision(archive: NewsArchive, kept: SmallArchive) -> None:
    found = archive.article(kept.reform)
    assert found is not None
    article, (first, last) = found
    response = archive.response(article)
    assert response == archive.response(article.warc) == archive.response(last)
    assert response.decoded_body == kept.pages["https://vestnik.example/news/1"]
    assert "весну".encode() in archive.response(first).body
    assert response.header_values("Content-Type") == response.header_values("CONTENT-type") == ["text/html; charset=utf-8"]
    assert "block" not in repr(response)


def test_stories_need_no_limit_and_take_any(archive: NewsArchive) -> None:
    assert archive.stories(ArticleQuery()) == archive.stories(ArticleQuery(), 10**20) == []


def test_names_of_the_archive_the_most_frequent_first(archive: NewsArchive) -> None:
    assert list(archive.names("sources").items()) == [("vestnik", 2), ("qala", 1)]
    assert list(archive.names("languages").items()) == [("ru", 2), ("kk", 1)]
    assert archive.names("authors") == {"Айгуль Ким": 1}
    assert archive.near_words("комисия") == [("Комиссия", 1)]


@pytest.mark.parametrize(
    ("query", "told"),
    [
        (ArticleQuery("рефрендум"), "Nothing found: no article holds рефрендум; did you mean Референдум (1)?"),
        (ArticleQuery(sources="vestnk"), "Nothing found: there is no source vestnk; did you mean vestnik (Северный вестник)?"),
        (
            ArticleQuery(topics="Constitutional"),
            "Nothing found: no article has the topic constitutional; did you mean constitutional-reform",
        ),
        (ArticleQuery(languages="rus"), "Nothing found: no article has the language rus; did you mean ru (2)?"),
        (ArticleQuery("референдум", sources="qala"), "Nothing found; without the filters it would be 1."),
        (ArticleQuery("референдум мектеп"), "Nothing found: all words must be there."),
        (ArticleQuery(sources=("qala", "nosuchthing")), "there is no source nosuchthing"),
        (ArticleQuery("референдум", tags=("выборы", "выбор")), "no article has the tag выбор; did you mean выборы (1)?"),
    ],
)
def test_a_query_that_finds_nothing_is_explained(archive: NewsArchive, query: ArticleQuery, told: str) -> None:
    assert archive.explain(query).startswith(told)


def test_a_query_that_finds_all_that_it_names_needs_no_explanation(archive: NewsArchive) -> None:
    query = ArticleQuery("референдум OR банан", languages="RU", topics="CONSTITUTIONAL-reform", authors="Ким")
    assert (archive.count(query), archive.explain(query)) == (1, "")


def test_where_an_archive_lies_is_told(kept: SmallArchive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ArchiveUnusable) as caught:
        open_archive("nowhere")
    assert caught.value.message == f"There is no archive in nowhere ({tmp_path / 'nowhere'})."
    assert "`harvester ingest`" in caught.value.hint
    monkeypatch.chdir(kept.directory.parent.parent)
    folder = kept.directory.parent.name
    for place in (folder, f"{folder}/archive/warc", f"{folder}/archive/archive.sqlite3", f"{folder}/archive/warc/{kept.warc.name}"):
        with pytest.raises(ArchiveUnusable) as caught:
            open_archive(place)
        assert caught.value.hint == f"There is one in {folder}/archive ({kept.directory})."


@pytest.mark.skipif(os.getuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_read(tmp_path: Path) -> None:
    small_archive(tmp_path / "archive")
    (tmp_path / "archive").chmod(0)
    with pytest.raises(ArchiveUnusable, match="cannot be read: Permission denied"):
        open_archive(tmp_path / "archive")
    (tmp_path / "archive").chmod(0o755)


def test_the_lines_of_articles_are_the_export(archive: NewsArchive, kept: SmallArchive, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    lines = [article.as_line() for article in archive.articles(ArticleQuery())]
    assert invoke(["export", "--archive", str(kept.directory), "-q"]) == 0
    assert b"".join(lines) == capfdbinary.readouterr().out
    assert [json.loads(line) for line in lines] == [article.as_row() for article in archive.articles(ArticleQuery())]
