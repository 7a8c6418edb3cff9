from __future__ import annotations

import sqlite3
from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from tests.end_to_end.conftest import Harvester
    from tests.site.server import Newsroom
    from tests.site.stories import ExpectedArticle

VESTNIK = "severny-vestnik"


def of_vestnik(newsroom: Newsroom) -> list[ExpectedArticle]:
    """The articles of the newspaper, newest first, as a crawl asks for them."""
    return [x for x in newsroom.articles if x.outlet == VESTNIK]


def change(archive: Path, statement: str, urls: list[str]) -> None:
    rows = sqlite3.connect(archive / "archive.sqlite3")
    changed = rows.execute(f"{statement} WHERE url IN ({','.join('?' * len(urls))})", urls)
    assert changed.rowcount == len(urls)
    rows.commit()
    rows.close()


def audit(harvester: Harvester, *arguments: str) -> dict[str, Any]:
    (source,) = harvester.report("coverage", VESTNIK, *arguments)["sources"]
    return dict(source)


def closed_by_robots(audited: dict[str, Any]) -> str:
    (closed,) = [str(x["url"]) for x in audited["failures"] if x["reason"] == "robots_disallowed"]
    return closed


def with_twelve_gaps(harvester: Harvester, newsroom: Newsroom) -> list[ExpectedArticle]:
    """Crawl the newspaper but for twelve articles.

    Three were answered with 404 once and two have failed so often that they are asked no more; seven came later, in a run that was
    not to ask for articles, and three of those are lost from the frontier.
    """
    articles = of_vestnik(newsroom)
    gone, given_up, missed = articles[:3], articles[-2:], articles[4:11]
    for article in missed:
        newsroom.remove(VESTNIK, article.slug)
    for article in gone:
        newsroom.fail(article.url, 404)
    for article in given_up:
        newsroom.fail(article.url, 502, headers={"Retry-After": "7200"})
    harvester.run("crawl", VESTNIK, "-q", code=3)
    change(harvester.archive, "UPDATE frontier SET state = 'done', attempts = 10", [x.url for x in given_up])
    for article in missed:
        newsroom.restore(VESTNIK, article.slug)
    harvester.run("crawl", VESTNIK, "--all", "--limit", "0", "-q")
    change(harvester.archive, "DELETE FROM frontier", [x.url for x in missed[::3]])
    return [*gone, *given_up, *missed]


def test_twelve_hidden_gaps_are_found_by_day_and_closed(harvester: Harvester, newsroom: Newsroom) -> None:
    gaps = with_twelve_gaps(harvester, newsroom)
    newsroom.requests.clear()
    audited = audit(harvester)
    assert {x["url"] for x in audited["gaps"]} == {x.url for x in gaps}
    assert len(audited["gaps"]) == 12
    assert Counter(x["day"] for x in audited["gaps"]) == Counter(x.published[:10] for x in gaps)
    assert Counter(x["fate"] for x in audited["gaps"]) == {"failed": 5, "never-tried": 7}
    assert audited["total"]["reasons"] == {"gone: status 404": 3, "server-error: status 502": 2, "robots_disallowed": 1}

    failed = Counter(x["reason"] for x in audited["failures"])
    assert failed == audited["total"]["reasons"]
    assert {x["url"] for x in audited["failures"]} - {x.url for x in gaps} == {closed_by_robots(audited)}
    articles = of_vestnik(newsroom)
    total = audited["total"]
    assert total["listed"] == len(articles) + 1  # and the page that robots.txt closes
    assert total["archived"] + total["out_of_scope"] == len(articles) - 12
    assert total["archived"] == sum(x.in_scope for x in articles if x not in gaps)
    assert (total["failed"], total["never_tried"]) == (6, 7)
    for day in audited["days"]:
        assert day["listed"] == sum(day[x] for x in ("archived", "out_of_scope", "not_article", "failed", "never_tried"))
    assert sum(day["listed"] for day in audited["days"]) == total["listed"]
    assert newsroom.requests.all() == []

    assert audit(harvester, "--enqueue")["enqueued"] == 12
    assert newsroom.requests.all() == []
    harvester.run("crawl", VESTNIK, "-q")
    closed = audit(harvester)
    assert closed["gaps"] == []
    assert closed["total"]["archived"] == sum(x.in_scope for x in articles)
    assert closed["total"]["out_of_scope"] == sum(not x.in_scope for x in articles)
    assert closed["total"]["reasons"] == {"robots_disallowed": 1}
    assert {x.path for x in newsroom.requests.all() if "/n/" in x.path} == {"/" + x.url.split("/", 3)[3] for x in gaps}
    assert harvester.report("verify")["damages"] == []


def test_a_span_of_days_is_compared_and_enqueued_alone(harvester: Harvester, newsroom: Newsroom) -> None:
    gaps = with_twelve_gaps(harvester, newsroom)
    first, last = sorted(x.published[:10] for x in gaps)[2], sorted(x.published[:10] for x in gaps)[7]
    audited = audit(harvester, "--since", first, "--until", last, "--enqueue")
    within = {x.url for x in gaps if first <= x.published[:10] <= last}
    assert {x["url"] for x in audited["gaps"]} == within
    assert {first, last} <= {x["day"] for x in audited["days"]}
    assert all(first <= x["day"] <= last for x in audited["days"])
    newsroom.requests.clear()
    harvester.run("crawl", VESTNIK, "-q")
    asked = {x.path for x in newsroom.requests.all() if "/n/" in x.path}
    assert {"/" + url.split("/", 3)[3] for url in within} <= asked
    waiting = {x.url for x in gaps if x.published[:10] > last} | {x.url for x in gaps if x.published[:10] < first}
    given_up = {x["url"] for x in audit(harvester)["gaps"]}
    assert given_up <= waiting


def test_a_table_says_what_is_missing_and_what_to_do(harvester: Harvester, newsroom: Newsroom) -> None:
    with_twelve_gaps(harvester, newsroom)
    said = harvester.run("coverage").stdout.splitlines()
    assert said[0].split() == ["source", "day", "listed", "archived", "out", "of", "scope", "no", "article", "failed", "never", "tried"]
    assert said[1].split()[:2] == [VESTNIK, "all"]
    assert said[2] == f"{VESTNIK}: failed: 3 × gone: status 404, 2 × server-error: status 502, 1 × robots_disallowed"
    assert said[3] == f"{VESTNIK}: 12 gaps; --enqueue lets the next crawl ask for them."
    days = harvester.run("coverage", VESTNIK).stdout.splitlines()
    assert len(days) > len(said)
    assert max(map(len, days)) <= 110


def test_an_unknown_source_and_a_missing_archive_are_usage_errors(harvester: Harvester) -> None:
    assert "There is no archive" in harvester.run("coverage", code=2).stderr
    harvester.run("crawl", VESTNIK, "--limit", "1", "-q")
    assert "The nearest is severny-vestnik." in harvester.run("coverage", "severny-vestnick", code=2).stderr
    assert "Write a day as" in harvester.run("coverage", "--since", "yesterday", code=2).stderr
