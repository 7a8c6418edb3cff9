from __future__ import annotations

import itertools
import json
import sqlite3
from typing import TYPE_CHECKING

from storage.archive import Archive
from storage.query import ArticleQuery

if TYPE_CHECKING:
    from pathlib import Path

    from tests.end_to_end.conftest import Harvester
    from tests.site.server import Newsroom, Seen
    from tests.site.stories import ExpectedArticle

CHANNELS = ("/rss.xml", "/sitemap", "/lenta", "/events", "/atom", "/feed")


def is_channel(seen: Seen) -> bool:
    return any(part in seen.path for part in CHANNELS)


def test_a_crawl_archives_every_article_in_scope_field_by_field(harvester: Harvester, newsroom: Newsroom) -> None:
    report = harvester.report("crawl")
    expected = {article.url: article for article in newsroom.articles if article.in_scope}
    assert report["totals"]["stored"] == len(expected)
    with Archive.opened(harvester.archive) as archive:
        found = {article.url: article for article in archive.articles(ArticleQuery())}
    assert found.keys() == expected.keys()
    differences = {url: difference for url, gold in expected.items() if (difference := _difference(found[url], gold))}
    assert differences == {}


def _difference(article: object, gold: ExpectedArticle) -> dict[str, tuple[object, object]]:
    read = article.extraction  # type: ignore[attr-defined]
    image = read.images[0] if read.images else None
    pairs = {
        "title": (read.title, gold.title),
        "lead": (read.lead, gold.lead),
        "text": (read.text, gold.text),
        "authors": (list(read.authors), list(gold.authors)),
        "section": (read.section, gold.section),
        "tags": (list(read.tags), list(gold.tags)),
        "language": (read.language, gold.language),
        "published": (read.published.iso() if read.published else None, gold.published),
        "precision": (read.published.precision if read.published else None, gold.precision),
        "raw": (read.published.raw if read.published else None, gold.raw),
        "credit": (image.credit if image else "", gold.credit),
        "caption": (image.caption if image else "", gold.caption),
    }
    return {name: pair for name, pair in pairs.items() if (pair[0] or "") != (pair[1] or "")}


def test_every_capture_has_one_outcome_and_the_tally_sums_to_the_captures(harvester: Harvester) -> None:
    report = harvester.report("crawl")
    rows = sqlite3.connect(harvester.archive / "archive.sqlite3")
    captures = rows.execute("SELECT count(*) FROM captures").fetchone()[0]
    assert rows.execute("SELECT count(*), count(DISTINCT capture_id) FROM outcomes").fetchone() == (captures, captures)
    rows.close()
    assert captures == report["totals"]["captures"]
    for source in report["sources"].values():
        assert sum(source["outcomes"].values()) == source["captures"]
    assert harvester.report("verify")["damages"] == []


def test_a_second_crawl_of_an_unchanged_newsroom_asks_only_channels_and_conditionally(harvester: Harvester, newsroom: Newsroom) -> None:
    first = harvester.report("crawl")
    before = harvester.texts()
    newsroom.requests.clear()
    second = harvester.report("crawl", "--all")
    asked = [seen for seen in newsroom.requests.all() if seen.path != "/robots.txt"]
    assert asked
    assert all(is_channel(seen) for seen in asked), [seen.path for seen in asked]
    assert all("if-none-match" in seen.headers or "if-modified-since" in seen.headers for seen in asked)
    assert {seen.status for seen in asked} == {304}
    assert second["totals"]["stored"] == 0
    assert harvester.texts() == before
    rows = sqlite3.connect(harvester.archive / "archive.sqlite3")
    assert rows.execute("SELECT count(*) FROM revisions").fetchone()[0] == first["totals"]["stored"]
    rows.close()


def test_a_crawl_is_polite(harvester: Harvester, newsroom: Newsroom) -> None:
    harvester.run("crawl", "-q")
    seen = newsroom.requests.all()
    for host in {request.host for request in seen}:
        assert next(request for request in seen if request.host == host).path == "/robots.txt"
    assert not [request for request in seen if request.path.startswith("/deny/")]
    assert {request.headers["user-agent"] for request in seen} == {seen[0].headers["user-agent"]}
    assert "archive@example.org" in seen[0].headers["user-agent"]
    assert all("cookie" not in request.headers for request in seen)


def test_the_declared_delay_lies_between_two_requests(harvester: Harvester, newsroom: Newsroom) -> None:
    declaration = harvester.place / "sources" / "severny-vestnik.toml"
    declaration.write_text(declaration.read_text("utf-8").replace("delay = 0.0", "delay = 0.3"), "utf-8")
    harvester.run("crawl", "severny-vestnik", "--limit", "4", "-q")
    times = [seen.time for seen in newsroom.requests.all()]
    gaps = [after - before for before, after in itertools.pairwise(times)]
    assert len(gaps) > 5
    assert min(gaps) >= 0.3, gaps


def test_new_articles_are_found_through_a_listing_page_by_page(harvester: Harvester, newsroom: Newsroom) -> None:
    harvester.run("crawl", "qala-aqparat", "-q")
    pages = [seen.path for seen in newsroom.requests.all() if "page=" in seen.path]
    assert pages == ["/lenta/?page=2", "/lenta/?page=3", "/lenta/?page=4"]


def test_a_limit_is_kept_and_the_rest_remembered(harvester: Harvester, newsroom: Newsroom) -> None:
    limited = harvester.report("crawl", "--limit", "3")
    articles = [seen for seen in newsroom.requests.all() if not is_channel(seen) and seen.path != "/robots.txt"]
    assert len(articles) <= 3 * len(newsroom.outlets)
    assert limited["totals"]["stored"] < 39
    newsroom.requests.clear()
    harvester.run("crawl", "-q")
    assert len(harvester.texts()) == sum(article.in_scope for article in newsroom.articles)
    with Archive.opened(harvester.archive) as archive:
        assert archive.waiting() == {}


def test_what_belongs_to_no_topic_is_kept_on_demand(harvester: Harvester, newsroom: Newsroom) -> None:
    harvester.run("crawl", "--keep", "all", "-q")
    assert len(harvester.texts()) == len(newsroom.articles)


def test_a_server_error_is_tried_again_within_the_run(harvester: Harvester, newsroom: Newsroom) -> None:
    article = next(x for x in newsroom.articles if x.outlet == "palace-press" and x.in_scope)
    newsroom.fail(article.url, 502, times=1)
    report = harvester.report("crawl", "palace-press")
    assert report["sources"]["palace-press"]["outcomes"]["server-error"] == 1
    with Archive.opened(harvester.archive) as archive:
        assert archive.article(article.url)


def test_a_source_that_fails_is_named_and_harms_no_other(harvester: Harvester, newsroom: Newsroom) -> None:
    for address in ("/lenta/", "/atom.xml"):
        newsroom.fail(newsroom.home("qala-aqparat") + address[1:], 403, times=99)
    report = harvester.report("crawl", code=3)
    assert set(report["failing"]) == {"qala-aqparat"}
    assert "qala-aqparat" in report["why"]
    assert report["sources"]["palace-press"]["stored"] > 0


def test_an_edit_by_the_publisher_is_no_new_article(harvester: Harvester, newsroom: Newsroom) -> None:
    article = next(x for x in newsroom.articles if x.outlet == "severny-vestnik" and x.in_scope)
    harvester.run("crawl", "-q")
    newsroom.edit(article.outlet, article.slug, title="Совсем другой заголовок о новой Конституции")
    _ask_again(harvester.archive, article.url)
    report = harvester.report("crawl", "severny-vestnik")
    assert report["sources"]["severny-vestnik"]["outcomes"]["revised"] == 1
    assert harvester.report("show", article.url)["title"] == "Совсем другой заголовок о новой Конституции"
    assert len(harvester.report("show", article.url, "--revisions")["revisions"]) == 2


def _ask_again(archive: Path, url: str) -> None:
    rows = sqlite3.connect(archive / "archive.sqlite3")
    assert rows.execute("UPDATE frontier SET state = 'waiting', next_due = '2026-01-01 00:00:00' WHERE url = ?", [url]).rowcount == 1
    rows.commit()
    rows.close()


def test_quiet_is_silent_and_needs_no_environment(harvester: Harvester) -> None:
    first = harvester.run("crawl", "-q")
    assert (first.stdout, first.stderr) == ("", "harvester: There is no archive in archive yet: a new one is begun.\n")
    ran = harvester.run("crawl", "-q", "--existing")
    assert (ran.stdout, ran.stderr) == ("", "")


def test_a_dry_run_asks_nothing(harvester: Harvester, newsroom: Newsroom) -> None:
    ran = harvester.run("crawl", "--dry-run")
    assert "rss.xml" in ran.stdout
    assert newsroom.requests.all() == []
    assert not harvester.archive.exists()


def test_the_warc_holds_what_was_sent_and_other_tools_find_it(harvester: Harvester, newsroom: Newsroom) -> None:
    from warcio.archiveiterator import ArchiveIterator

    harvester.run("crawl", "-q")
    files = sorted((harvester.archive / "warc").glob("*.warc.gz"))
    with files[0].open("rb") as stream:
        kinds = [record.rec_type for record in ArchiveIterator(stream, check_digests="raise") if record.raw_stream.read() is not None]
    assert kinds.count("response") == kinds.count("request") == len(newsroom.requests.all())
    index = (harvester.archive / "warc" / files[0].name.replace(".warc.gz", ".cdxj")).read_text("utf-8").splitlines()
    assert len(index) == kinds.count("response")
    assert index == sorted(index)
    fields = json.loads(index[-1].split(" ", 2)[2])
    assert fields["filename"] == files[0].name
