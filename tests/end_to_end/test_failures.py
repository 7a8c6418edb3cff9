"""An error of the program on one page, as an operator meets it: named, and tried again when somebody asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.end_to_end.forking import FAULTS
from tests.pages import WrittenPage, write_pages

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Harvester
    from tests.site.server import Newsroom

VESTNIK = "severny-vestnik"
BROKEN = "def title(page):\n    raise LookupError('broken \\x1b[31m on purpose')\n"


def test_a_page_that_broke_is_named_by_status_and_tried_again_on_request(harvester: Harvester, newsroom: Newsroom) -> None:
    article = next(x for x in newsroom.articles if x.outlet == VESTNIK and x.in_scope)
    page = WrittenPage(article.url, article.title, tuple(article.text.split("\n")), 0)
    override = harvester.place / "sources" / f"{VESTNIK}.py"
    override.write_text(BROKEN, "utf-8")
    file = str(write_pages(harvester.place / "foreign", [page]))
    ran = harvester.run("ingest", file, "--keep", "all", code=3)
    assert "`harvester crawl --retry unreadable`" in ran.stderr
    assert "Traceback" not in ran.stderr

    status = harvester.run("status").stdout
    assert f"failed  {VESTNIK}: {article.url}: extract: DeclaredFieldError: {override}, line 2: title raised LookupError: broken" in status
    assert "\x1b" not in status
    (failed,) = harvester.report("status")["failed"]
    assert (failed["stage"], failed["attempts"], failed["url"]) == ("extract", 1, article.url)
    assert harvester.report("verify")["damages"] == []

    override.unlink()
    harvester.run("ingest", file, "--keep", "all")
    assert harvester.report("status")["failed"], "not tried again without being asked to"
    harvester.run("crawl", VESTNIK, "--limit", "0", "--keep", "all", "--retry", "unreadable")
    assert harvester.report("status")["failed"] == []
    assert len(harvester.texts()) == 1


IN_THE_ENGINE = (
    "harvester.spiders.source_spider harvester.spiders.scheduler harvester.spiders.source_scheduler"
    " harvester.response_handler harvester.discovery pipelines.pipeline"
)
LAST_RESORT = (
    "harvester.spiders.source_spider.SourceSpider.go_on_after_error",
    "harvester.spiders.scheduler.RunScheduler.lost",
    "harvester.spiders.source_scheduler.SourceScheduler.lost",
)
"""What runs when a callback has raised: where that raises, too, the source waits for an hour."""


def test_errors_in_a_running_crawl_are_said_and_cost_one_more_try(harvester: Harvester, newsroom: Newsroom) -> None:
    """Crawls in which each function that the engine calls raises once, until none raises for the first time; then one without errors."""
    met = harvester.place / "raised"
    met.write_text("\n".join(LAST_RESORT) + "\n", "utf-8")
    harvester.variables[FAULTS] = f"{met} {IN_THE_ENGINE}"
    codes, raised = [], [0]
    while len(raised) == 1 or raised[-1] > raised[-2]:
        process = harvester.start("crawl", "--all", "--retry", "unreadable")
        process.communicate(timeout=240)
        codes.append(process.returncode)
        raised.append(len(met.read_text("utf-8").split()))
    assert raised[-1] > 40, "the engine calls more functions than that"
    assert set(codes[:-1]) <= {1, 3, 9}, "no error under an exit code that says that all went well"
    assert codes[0] == 1
    assert len(harvester.texts()) == sum(article.in_scope for article in newsroom.articles)
    assert harvester.report("status")["failed"] == []
    assert harvester.report("verify")["damages"] == []
