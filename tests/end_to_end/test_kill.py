"""kill -9 at random moments: nothing acknowledged is lost, half there, or stored twice."""

from __future__ import annotations

import os
import random
import threading
from typing import TYPE_CHECKING

from storage.archive import Archive

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Harvester
    from tests.site.server import Newsroom

KILLS = 20


def test_twenty_kills_end_with_the_same_archive(harvester: Harvester, newsroom: Newsroom) -> None:
    expected = sum(article.in_scope for article in newsroom.articles)
    newsroom.delay_seconds = 0.03
    chance = random.Random(20260303)
    killed = 0
    for _ in range(KILLS):
        process = harvester.start("crawl", "--all", "-q")
        requests = chance.randint(1, 12)
        answered = threading.Event()
        seen = len(newsroom.requests.all())
        newsroom.hook = lambda _path, seen=seen, answered=answered, requests=requests: (  # type: ignore[misc]
            answered.set() if len(newsroom.requests.all()) - seen >= requests else None
        )
        answered.wait(timeout=chance.uniform(0.5, 2.5))
        if process.poll() is None:
            os.kill(process.pid, 9)
            killed += 1
        process.communicate()
    newsroom.hook = None
    newsroom.delay_seconds = 0.0
    assert killed >= KILLS // 2
    harvester.run("crawl", "--all", "-q")
    texts = harvester.texts()
    assert len(texts) == expected
    assert harvester.report("verify")["damages"] == []
    with Archive.opened(harvester.archive) as archive:
        runs = archive.last_runs(50)
        assert archive.waiting() == {}
    assert sum(run.ended == "killed" for run in runs) > 0
    never_killed = type(harvester)(harvester.place / "never-killed", harvester.variables)
    never_killed.place.mkdir()
    never_killed.run("crawl", "-q")
    assert texts == never_killed.texts()
