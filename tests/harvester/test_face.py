"""The public face: names that each load no more than they need, arguments checked at once, and plain values."""

from __future__ import annotations

import ast
import subprocess
import sys
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

import harvester
from harvester import Article, ArticleQuery, HarvesterError, Hit, NewsArchive, Story, load_catalogue, open_archive
from storage.errors import ArchiveUnusable, UsageError
from storage.export.corpus_row import corpus_row
from tests.archives import SmallArchive, small_archive


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> SmallArchive:
    return small_archive(tmp_path_factory.mktemp("face") / "archive")


class NotATime(datetime):
    """As pandas' NaT: a datetime that is not equal to itself."""

    def __ne__(self, other: object) -> bool:
        return True

    __hash__ = datetime.__hash__

    def __str__(self) -> str:
        return "NaT"


def test_the_face_is_what_scripts_may_rely_on() -> None:
    assert ArticleQuery(words="конституция").words == "конституция"
    assert "kazpravda" in load_catalogue().sources
    assert {*harvester.__all__} <= {*dir(harvester)}
    assert issubclass(UsageError, HarvesterError)
    assert {Article, Hit, Story} == {getattr(harvester, name) for name in ("Article", "Hit", "Story")}
    with pytest.raises(AttributeError, match="has no attribute 'open_archives'"):
        harvester.open_archives  # noqa: B018


def test_a_type_checker_sees_every_name_of_the_face_and_no_other() -> None:
    """A `__getattr__` that it sees would stand for every name, and a name that is not imported for it would be unknown."""
    source = ast.parse(Path(harvester.__file__).read_text("utf-8"))
    checked = next(x for x in source.body if isinstance(x, ast.If) and ast.unparse(x.test) == "TYPE_CHECKING")
    homes = {name.name: x.module for x in checked.body if isinstance(x, ast.ImportFrom) for name in x.names}
    assert homes == harvester._HOMES
    assert sorted([*homes, "__version__"]) == sorted(harvester.__all__)
    seen = [x for x in source.body if not (isinstance(x, ast.If) and ast.unparse(x.test) == "not TYPE_CHECKING")]
    assert "__getattr__" not in {x.name for part in seen for x in ast.walk(part) if isinstance(x, ast.FunctionDef)}
    assert all(getattr(harvester, name) is not None for name in harvester.__all__)


def test_importing_the_package_loads_nothing_heavy() -> None:
    heavy = "{'scrapy', 'sqlalchemy', 'trafilatura', 'dateparser', 'pydantic'}"
    asked = "harvester.ArticleQuery(languages='ru'), harvester.Article, harvester.Story"
    code = f"import harvester, sys; {asked}; print(sorted({heavy} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"


def test_reading_a_page_needs_no_database_and_no_crawler() -> None:
    code = "import sys, pipelines.extraction.extract, pipelines.dates.stage; print({'sqlalchemy', 'scrapy'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "set()"


def test_a_path_may_be_a_string_and_what_opens_is_to_read(kept: SmallArchive) -> None:
    for place in (str(kept.directory), kept.directory):
        with open_archive(place) as archive:
            assert type(archive) is NewsArchive
            assert not hasattr(archive, "start_run")
            assert archive.count(ArticleQuery()) == 3


def test_an_article_is_plain_to_read(kept: SmallArchive) -> None:
    with open_archive(str(kept.directory)) as archive:
        articles = {article.id: article for article in archive.articles(ArticleQuery())}
        (hit,) = archive.hits(ArticleQuery("референдум"))
    article, undated = articles[kept.reform], articles[kept.odd]
    assert (article.title, article.language, article.section) == ("Референдум назначен на лето", "ru", "Политика")
    assert (article.lead, article.text.split("\n")[1]) == ("Дата названа.", "Референдум пройдёт летом.")
    assert (article.authors, article.tags) == (("Айгуль Ким",), ("реформа", "выборы"))
    assert article.day == date(2026, 3, 3)
    assert article.published == datetime.fromisoformat("2026-03-03T14:05+05:00")
    assert undated.day is undated.published is None
    assert article.as_row() == corpus_row(article)
    assert (str(hit.title), hit.id, hit.url, hit.day) == (article.title, article.id, article.url, article.day)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"languages": "ru"}, {"languages": ("ru",)}),
        ({"sources": ["a", "b"]}, {"sources": ("a", "b")}),
        ({"tags": {"реформа"}}, {"tags": ("реформа",)}),
        ({"authors": (name for name in ("Ким",))}, {"authors": ("Ким",)}),
        ({"topics": None}, {"topics": ()}),
        ({"topics": "Constitutional-Reform", "languages": ("kk-Latn", "EN_us")}, {"topics": ("constitutional-reform",)}),
        ({"kinds": "Agency", "states": ["GONE"]}, {"kinds": ("agency",), "states": ("gone",)}),
        ({"since": "2026-02-01", "until": date(2026, 2, 3)}, {"since": date(2026, 2, 1), "until": date(2026, 2, 3)}),
        ({"since": "2026-02", "until": "2026-02"}, {"since": date(2026, 2, 1), "until": date(2026, 2, 28)}),
        ({"since": "2024", "until": "2024"}, {"since": date(2024, 1, 1), "until": date(2024, 12, 31)}),
        ({"until": "2024-02", "seen_since": "2024-12"}, {"until": date(2024, 2, 29), "seen_since": date(2024, 12, 1)}),
    ],
)
def test_one_value_counts_as_one_of_several(fields: dict[str, Any], expected: dict[str, Any]) -> None:
    query = ArticleQuery(**fields)
    assert {name: getattr(query, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("fields", "error", "told"),
    [
        ({"languages": 1}, TypeError, "languages takes a string"),
        ({"sources": ["a", None]}, TypeError, "sources takes a string"),
        ({"tags": b"x"}, TypeError, "tags takes a string"),
        ({"words": None}, TypeError, "words takes one string"),
        ({"words": ["a", "b"]}, TypeError, "words takes one string"),
        ({"since": 20260101}, TypeError, "since takes a date"),
        ({"limit": "5"}, TypeError, "limit takes a number"),
        ({"limit": True}, TypeError, "limit takes a number"),
        ({"changed": "yes"}, TypeError, "changed takes True or False"),
        ({"language": "ru"}, TypeError, "unexpected keyword argument 'language'"),
        ({"sources": ""}, UsageError, "sources cannot hold an empty string"),
        ({"since": "01.02.2026"}, UsageError, "since cannot be '01.02.2026'"),
        ({"until": "yesterday"}, UsageError, "until cannot be 'yesterday'"),
        ({"until": "2026-13"}, UsageError, "until cannot be '2026-13'"),
        ({"edited_since": "2026-02-30"}, UsageError, "edited_since cannot be"),
        ({"gone_since": "0000"}, UsageError, "gone_since cannot be"),
        ({"since": datetime(2026, 1, 1)}, UsageError, "since cannot be the moment"),  # noqa: DTZ001
        ({"until": NotATime(2026, 1, 1)}, UsageError, "until cannot be NaT"),
        ({"languages": "russian"}, UsageError, "languages cannot hold 'russian'"),
        ({"states": "deleted"}, UsageError, "states cannot hold 'deleted'"),
        ({"since": "2026-03", "until": "2026-02"}, UsageError, "is later than until"),
        ({"words": "конституц*"}, UsageError, "stand for letters"),
        ({"words": "-закон"}, UsageError, "only excludes"),
        ({"sort": None}, UsageError, "sort cannot be None"),
    ],
)
def test_arguments_are_checked_at_once(fields: dict[str, Any], error: type[Exception], told: str) -> None:
    with pytest.raises(error, match=told):
        ArticleQuery(**fields)


def test_a_closed_archive_says_so(kept: SmallArchive) -> None:
    with open_archive(kept.directory) as archive:
        begun, waiting = archive.articles(ArticleQuery()), archive.articles(ArticleQuery())
        (article,) = islice(begun, 1)
    for late in (begun, waiting):
        with pytest.raises(ArchiveUnusable, match="archive was closed"):
            next(late)
    query = ArticleQuery()
    for ask, value in [(archive.count, query), (archive.hits, query), (archive.explain, query), (archive.stories, query)]:
        with pytest.raises(ArchiveUnusable, match="archive was closed"):
            ask(value)
    for ask, name in [(archive.response, article.warc), (archive.article, article), (archive.names, "tags"), (archive.near_words, "x")]:
        with pytest.raises(ArchiveUnusable, match="archive was closed"):
            ask(name)
    with pytest.raises(ArchiveUnusable, match="archive was closed"), archive:
        pass
