from __future__ import annotations

from typing import TYPE_CHECKING

from storage.archive import Archive
from storage.query import ArticleQuery

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Harvester
    from tests.site.server import Newsroom
    from tests.site.stories import ExpectedArticle

VESTNIK = "severny-vestnik"
NEW = 8


def newest(newsroom: Newsroom) -> list[ExpectedArticle]:
    return [x for x in newsroom.articles if x.outlet == VESTNIK][:NEW]


def test_a_changed_layout_is_named_and_nothing_is_lost(harvester: Harvester, newsroom: Newsroom) -> None:
    later = newest(newsroom)
    for article in later:
        newsroom.remove(VESTNIK, article.slug)
    first = harvester.report("crawl")
    assert (first["broken"], first["why"]) == ({}, "")
    for article in later:
        newsroom.restore(VESTNIK, article.slug)
    newsroom.redesign(VESTNIK)

    second = harvester.report("crawl", "--all", code=3)
    body = next(x for x in second["broken"][VESTNIK] if x["promise"] == "selector:body")
    seen = first["sources"][VESTNIK]["stored"] + first["sources"][VESTNIK]["outcomes"].get("out-of-scope", 0)
    assert body["told"] == (
        f"the selector for body, `div.article__body`, matched 0 of {NEW} pages (before: {seen} of {seen}); extraction fell back"
    )
    assert (body["kept"], body["before"]) == (False, f"{seen} of {seen}")
    (line,) = second["why"].splitlines()
    assert line.startswith(f"{VESTNIK}: {body['told']}; since ")
    assert "; the same for " in line
    assert "title (`h1.article__title`)" in line
    named = {x["promise"] for x in second["broken"][VESTNIK]}
    assert {"selector:title", "selector:body", "selector:date", "selector:lead"} <= named
    assert set(second["broken"]) == {VESTNIK}

    with Archive.opened(harvester.archive) as archive:
        texts = {x.url: x.extraction.text for x in archive.articles(ArticleQuery(sources=(VESTNIK,)))}
    gold = {x.url: x.text for x in newsroom.articles if x.outlet == VESTNIK and x.in_scope}
    assert texts.keys() == gold.keys()
    for article in later:
        if article.in_scope:
            for paragraph in article.text.split("\n"):
                assert paragraph in texts[article.url]

    status = harvester.report("status")
    (row,) = [x for x in status["sources"] if x["id"] == VESTNIK]
    assert {x["promise"] for x in row["promises"] if not x["kept"]} == named
    assert row["failing_since"] == body["since"][:10]


def test_a_drift_stays_broken_until_the_selector_answers_again(harvester: Harvester, newsroom: Newsroom) -> None:
    later = newest(newsroom)
    for article in later:
        newsroom.remove(VESTNIK, article.slug)
    harvester.run("crawl", VESTNIK, "-q")
    newsroom.redesign(VESTNIK)
    for article in later[2:]:
        newsroom.restore(VESTNIK, article.slug)
    broken = harvester.report("crawl", VESTNIK, "--all", code=3)["broken"][VESTNIK]
    for article in later[:2]:
        newsroom.restore(VESTNIK, article.slug)
    again = harvester.report("crawl", VESTNIK, "--all", code=3)["broken"][VESTNIK]
    since = {x["promise"]: x["since_run"] for x in broken}
    assert {x["promise"]: x["since_run"] for x in again if x["promise"] in since} == since
    assert next(x for x in again if x["promise"] == "selector:body")["measured"] == "0 of 8"


def test_a_broken_promise_is_one_line_and_exit_code_3(harvester: Harvester) -> None:
    declaration = harvester.place / "sources" / f"{VESTNIK}.toml"
    declaration.write_text(declaration.read_text("utf-8").replace("body_chars = 200", "body_chars = 90000"), "utf-8")
    ran = harvester.run("crawl", "-q", code=3)
    assert ran.stdout == ""
    begun, line = ran.stderr.splitlines()
    assert "a new one is begun" in begun
    assert line.startswith(f"harvester: {VESTNIK}: body_chars ")
    assert "promised 90000; since 20" in line


def test_pages_that_others_captured_say_nothing_of_how_a_source_does(harvester: Harvester) -> None:
    harvester.run("crawl", VESTNIK, "-q")
    (file,) = (harvester.archive / "warc").glob("*.warc.gz")
    other = harvester.place / "other"
    report = harvester.report("ingest", str(file), "--archive", str(other))
    assert report["totals"]["stored"] > 0
    with Archive.opened(other) as archive:
        assert archive.selector_history(VESTNIK, {"body": "div.article__body"}) == {"body": []}
        assert archive.page_history(report["run"], VESTNIK) == []


def test_a_source_that_fails_is_told_with_since_when(harvester: Harvester, newsroom: Newsroom) -> None:
    harvester.run("crawl", VESTNIK, "-q")
    newsroom.fail(newsroom.home(VESTNIK) + "rss.xml", 403, times=99, headers={"Retry-After": "7200"})
    report = harvester.report("crawl", VESTNIK, "--all", code=3)
    assert "1 of 1 sources failed" in report["why"]
    assert "answers" not in [x["promise"] for x in report["broken"].get(VESTNIK, [])], "told once"
    (row,) = harvester.report("status")["sources"]
    (answers,) = [x for x in row["promises"] if x["promise"] == "answers"]
    assert (answers["kept"], answers["since_run"]) == (False, report["run"])
    assert answers["told"].startswith("1 failing (refused: http://127.0.0.1:")
