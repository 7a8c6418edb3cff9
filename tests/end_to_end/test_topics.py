"""Several topics at once, from a folder, on a crawl of the newsroom; judged again without a request."""

from __future__ import annotations

import json
import os
import signal
import threading
from typing import TYPE_CHECKING

from storage.archive import Archive

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Harvester
    from tests.site.server import Newsroom

EVERYTHING = 'name = "Всё"\nthreshold = 0\n[terms.ru]\n"абракадабра" = 1\n'
NOTHING = 'name = "Ничто"\nthreshold = 1\n[terms.ru]\n"абракадабра" = 1\n'


def on(harvester: Harvester, topic: str) -> set[str]:
    lines = harvester.run("export", "--topic", topic, "--output", "-").stdout.splitlines()
    return {json.loads(line)["url"] for line in lines}


def test_every_topic_gives_its_own_verdict_and_an_edit_needs_no_request(harvester: Harvester, newsroom: Newsroom) -> None:
    topics = harvester.place / "topics"
    reform = {article.url for article in newsroom.articles if article.in_scope}
    others = {article.url for article in newsroom.articles} - reform
    assert others
    (topics / "all.toml").write_text(NOTHING, "utf-8")
    judged = ("--topics", "topics", "--topic", "constitutional-reform", "--topic", "all")
    harvester.run("crawl", "-q", *judged)
    assert (on(harvester, "constitutional-reform"), on(harvester, "all")) == (reform, set())
    newsroom.requests.clear()
    (topics / "all.toml").write_text(EVERYTHING, "utf-8")
    report = harvester.report("topics", "rescore", *judged)
    assert report["topics"]["all"]["gained"] == len(newsroom.articles)
    assert report["outcomes"] == {"new": len(others)}
    assert newsroom.requests.all() == []
    assert (on(harvester, "constitutional-reform"), on(harvester, "all")) == (reform, reform | others)
    assert harvester.report("verify")["damages"] == []
    harvester.run("crawl", "-q", *judged)
    with Archive.opened(harvester.archive) as archive:
        assert archive.waiting() == {}
    (explained,) = harvester.report("topics", "explain", next(iter(others)), "--topics", "topics", "--topic", "all")["topics"]
    assert explained["belongs"]


def test_a_rescoring_that_is_killed_is_simply_repeated(harvester: Harvester, newsroom: Newsroom) -> None:
    topics = harvester.place / "topics"
    (topics / "all.toml").write_text(NOTHING, "utf-8")
    judged = ("--topics", "topics", "--topic", "all")
    harvester.run("crawl", "-q", *judged)
    (topics / "all.toml").write_text(EVERYTHING, "utf-8")
    process = harvester.start("topics", "rescore", *judged)
    while process.poll() is None and not _has_begun(harvester):
        threading.Event().wait(0.02)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    harvester.run("topics", "rescore", "-q", *judged)
    assert on(harvester, "all") == {article.url for article in newsroom.articles}
    assert harvester.report("verify")["damages"] == []


def _has_begun(harvester: Harvester) -> bool:
    """Whether a rescoring has stored its first article."""
    with Archive.opened(harvester.archive) as archive:
        return bool(archive.holdings())
