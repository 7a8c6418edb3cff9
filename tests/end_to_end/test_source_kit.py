"""The source kit, live on the newsroom: what is looked at, what is said about it, and what is never asked."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING

import pytest

from tests.site.answers import Answer
from tests.site.wire import serve_on

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.end_to_end.conftest import Harvester
    from tests.site.server import Newsroom


@pytest.fixture
def canary() -> Iterator[tuple[str, list[str]]]:
    """A server on loopback that is not allowed, and what it was asked."""
    asked: list[str] = []

    def respond(_method: str, target: str, _headers: Mapping[str, str]) -> Answer:
        asked.append(target)
        return Answer(200, {"Content-Type": "text/html"}, b"<html><body>secret</body></html>")

    server = serve_on("127.0.0.9", respond)
    yield f"http://{server.netloc}/", asked
    server.close()


@pytest.fixture
def newcomer(harvester: Harvester) -> Harvester:
    """The command line, with no declarations yet."""
    del harvester.variables["HARVESTER_SOURCES"]
    harvester.variables["HARVESTER_CRAWL__DELAY"] = "0"
    return harvester


def test_a_probe_reads_every_channel_and_the_newest_article_and_leaves_nothing_behind(harvester: Harvester, newsroom: Newsroom) -> None:
    report = harvester.report("sources", "probe", "severny-vestnik")
    assert (report["looks_right"], report["faults"]) == (True, [])
    assert [(x["kind"], len(x["articles"]), x["trouble"]) for x in report["channels"]] == [("feed", 10, None), ("sitemap", 6, None)]
    newest = next(x for x in newsroom.articles if x.outlet == "severny-vestnik")
    article, fields = report["article"], {x["field"]: x for x in report["article"]["fields"]}
    assert (article["url"], article["charset"], article["language"]) == (newest.url, "windows-1251", "ru")
    assert article["robots"] == "allowed (robots.txt: status 200)"
    assert (fields["title"]["values"], fields["title"]["place"]) == ([newest.title], "selector")
    assert (fields["date"]["raw"], fields["date"]["found_in"]) == (newest.raw, "selector:time.article__date")
    assert "\n".join(fields["body"]["values"]) == newest.text
    assert "конституция" in article["topics"][0]["matched"]
    assert not harvester.archive.exists()
    lines = harvester.run("sources", "probe", "severny-vestnik").stdout.splitlines()
    assert lines[-1] == "looks right"


def test_a_probe_of_one_article_asks_that_article_alone(harvester: Harvester, newsroom: Newsroom) -> None:
    article = next(x for x in newsroom.articles if x.outlet == "qala-aqparat")
    harvester.run("sources", "probe", "qala-aqparat", article.url)
    assert [seen.path for seen in newsroom.requests.all()] == ["/robots.txt", "/" + article.url.split("/", 3)[3]]


def test_a_probe_says_what_is_wrong(harvester: Harvester, newsroom: Newsroom, tmp_path: Path) -> None:
    declaration = tmp_path / "sources" / "severny-vestnik.toml"
    text = declaration.read_text("utf-8").replace("time.article__date", "time.published").replace("body_chars = 200", "body_chars = 99999")
    declaration.write_text(text, "utf-8")
    newsroom.fail("/sitemap.xml", 500)
    said = harvester.run("sources", "probe", "severny-vestnik", code=3).stdout.splitlines()[-1]
    assert said.startswith("wrong: ")
    assert "/sitemap.xml: server-error: status 500" in said
    assert "the selector of date (time.published) matches nothing: generic answered" in said
    assert "99999 are promised" in said
    report = harvester.report("sources", "probe", "severny-vestnik", newsroom.deny_url("severny-vestnik"), code=3)
    assert report["article"]["robots"] == "disallowed (robots.txt: status 200)"
    assert not newsroom.requests.requests_for(newsroom.deny_url("severny-vestnik"))


def test_a_probe_needs_a_source_and_a_web_address(harvester: Harvester) -> None:
    assert "The nearest is" in harvester.run("sources", "probe", "severny", code=2).stderr
    assert "no http or https address" in harvester.run("sources", "probe", "severny-vestnik", "file:///etc/passwd", code=2).stderr


def test_nothing_of_the_kit_asks_an_address_that_is_not_allowed(harvester: Harvester, canary: tuple[str, list[str]]) -> None:
    url, asked = canary
    refused = harvester.run("sources", "new", url, "--id", "canary", code=3).stderr
    assert "blocked_address" in refused
    assert "allow_addresses" in refused
    assert "blocked_address" in harvester.run("sources", "probe", "severny-vestnik", url, code=3).stdout
    assert "blocked_address" in harvester.run("sources", "golden", "record", "severny-vestnik", url, "x", code=3).stderr
    assert asked == []


def test_a_site_cannot_lead_the_kit_to_an_address_that_is_not_allowed(
    newcomer: Harvester, newsroom: Newsroom, canary: tuple[str, list[str]]
) -> None:
    url, asked = canary
    front = f'<html><head><link rel="alternate" type="application/rss+xml" href="{url}rss"></head><body>x</body></html>'.encode()
    newsroom.hook = lambda path: (
        (200, {"Content-Type": "text/html"}, front)
        if path == "/"
        else (200, {"Content-Type": "text/plain"}, f"Sitemap: {url}sitemap.xml\n".encode())
        if path == "/robots.txt"
        else (302, {"Location": f"{url}feed"}, b"")
    )
    newcomer.run("sources", "new", newsroom.home("palace-press"), "--id", "lured", "--sources", "lured")
    assert asked == []


def test_a_site_without_feeds_and_sitemaps_gets_the_listing_whose_pages_it_turns(newcomer: Harvester, newsroom: Newsroom) -> None:
    newsroom.hook = lambda path: (404, {}, b"") if "sitemap" in path or "feed" in path or "rss" in path else None
    home = newsroom.home("palace-press")
    report = newcomer.report("sources", "new", home, "--id", "palace", "--sources", "found")
    declared = tomllib.loads((newcomer.place / "found" / "palace.toml").read_text("utf-8"))
    assert declared["discover"] == [{"listing": "ru/events", "pages": "ru/events?page={page}"}]
    assert report["allow"] == r"^/ru/[a-z0-9-]+-\d{4,}$"
    assert declared["language"] == "ru"


def test_a_new_source_overwrites_nothing_and_repeats_none(harvester: Harvester, newsroom: Newsroom) -> None:
    taken = harvester.place / "mine" / "taken.toml"
    taken.parent.mkdir()
    taken.write_text("", "utf-8")
    home = newsroom.home("palace-press")
    assert "is there already" in harvester.run("sources", "new", home, "--id", "taken", "--sources", "mine", code=2).stderr
    taken.unlink()
    assert "declared already, as palace-press" in harvester.run("sources", "new", home, "--id", "other", "--sources", "mine", code=2).stderr
    assert "is no id" in harvester.run("sources", "new", home, "--id", "Ünfug", "--sources", "mine", code=2).stderr
    assert newsroom.requests.all() == []


def test_a_golden_page_beside_the_declarations_is_held_by_check(harvester: Harvester, newsroom: Newsroom, tmp_path: Path) -> None:
    article = next(x for x in newsroom.articles if x.outlet == "severny-vestnik")
    harvester.run("sources", "golden", "record", "severny-vestnik", article.url, "novost")
    assert "is there already" in harvester.run("sources", "golden", "record", "severny-vestnik", article.url, "novost", code=2).stderr
    harvester.run("sources", "check")
    declaration = tmp_path / "sources" / "severny-vestnik.toml"
    declaration.write_text(declaration.read_text("utf-8").replace("h1.article__title", "a.article__rubric"), "utf-8")
    assert f'title reads "{article.section}", expected is "{article.title}"' in harvester.run("sources", "check", code=2).stdout
    changed = harvester.report("sources", "golden", "diff", code=3)["pages"]
    assert changed[0]["fields"]["title"] == {"expected": article.title, "read": article.section}
    assert "+ " in harvester.run("sources", "golden", "accept", "severny-vestnik").stdout
    harvester.run("sources", "check")
    assert "There is no golden page" in harvester.run("sources", "golden", "diff", "qala-aqparat", code=2).stderr


def test_a_crawl_says_which_search_it_does_not_ask(harvester: Harvester, newsroom: Newsroom, tmp_path: Path) -> None:
    """A topic without queries, and a source that has nothing but a search."""
    declaration = tmp_path / "sources" / "severny-vestnik.toml"
    declaration.write_text(
        re.sub("discover = .*", 'discover = [{ search = "novosti/?q={query}" }]', declaration.read_text("utf-8")), "utf-8"
    )
    (tmp_path / "water.toml").write_text('name = "W"\nthreshold = 1\n[terms.ru]\n"вода" = 1\n', "utf-8")
    harvester.variables["HARVESTER_TOPIC"] = str(tmp_path / "water.toml")
    said = harvester.run("crawl", "severny-vestnik", "--all").stderr
    assert "the search of severny-vestnik is not asked: [search] of water holds no query" in said
    assert "Nothing was due" not in said
    assert "a crawl does not ask it: the topic water has no query" in harvester.run("sources", "probe", "severny-vestnik", code=3).stdout
    assert newsroom.requests.all() == []


def test_a_crawl_says_that_no_listed_address_is_an_article_and_a_probe_shows_one(harvester: Harvester, tmp_path: Path) -> None:
    declaration = tmp_path / "sources" / "severny-vestnik.toml"
    right = declaration.read_text("utf-8")
    declaration.write_text(right.replace("allow = '/n/[a-z0-9-]+/$'", "allow = '/article/[0-9]+$'"), "utf-8")
    told = "severny-vestnik: no address that its channels list matches its article patterns"
    assert told in harvester.run("crawl", "severny-vestnik").stderr
    probed = harvester.run("sources", "probe", "severny-vestnik", code=3).stdout
    assert re.search(r"lists no article \(0 addresses; .*\), such as http://\S+/n/[a-z0-9-]+/", probed)
    declaration.write_text(right, "utf-8")
    assert told not in harvester.run("crawl", "severny-vestnik", "--all", "--limit", "1").stderr


def test_a_golden_page_is_recorded_with_what_is_wrong_with_it_and_not_while_it_cannot_be_read(
    harvester: Harvester, newsroom: Newsroom, tmp_path: Path
) -> None:
    front = newsroom.home("severny-vestnik") + "?p=1"  # without a query it would be refused as a front page
    override = tmp_path / "sources" / "severny-vestnik.py"
    override.write_text("def authors(page):\n    return page.select('time')[99].text\n")
    record = ("sources", "golden", "record", "severny-vestnik", front, "front")
    refused = harvester.run(*record, code=3).stderr
    assert f"cannot be read: {override}, line 2: authors raised IndexError: list index out of range." in refused
    assert not (tmp_path / "sources" / "golden").exists()
    override.unlink()
    said = harvester.run(*record).stderr
    assert f"wrong: {front} is no article by the patterns of `articles`; " in said
    override.write_text("def title(page):\n    raise RuntimeError('no title')\n")
    for command in ("diff", "accept"):
        broken = harvester.run("sources", "golden", command, code=2)
        assert f"{override}, line 2: title raised RuntimeError: no title." in broken.stderr
        assert "bug" not in broken.stderr
