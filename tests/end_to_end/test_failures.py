"""An error of the program on one page, as an operator meets it: named, and tried again when somebody asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
    assert f"failed  {VESTNIK}: {article.url}: extract: LookupError: broken" in status
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
