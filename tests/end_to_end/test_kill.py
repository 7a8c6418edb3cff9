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
    harvester.measured = False
    expected = sum(article.in_scope for article in newsroom.articles)
    newsroom.delay_seconds = 0.03
    chance = random.Random(20260303)
    killed = 0
    for attempt in range(KILLS):
        # the channels are the first seven, and the only ones once the archive is full (robots.txt is kept)
        requests = chance.randint(1, 6) if attempt % 2 or attempt >= KILLS / 2 else chance.randint(8, 20)
        killed += _killed_after(requests, harvester, newsroom, chance)
    newsroom.hook = None
    newsroom.delay_seconds = 0.0
    assert killed >= 0.75 * KILLS
    harvester.run("crawl", "--all", "-q")
    texts = harvester.texts()
    assert len(texts) == expected
    assert harvester.report("verify")["damages"] == []
    with Archive.opened(harvester.archive) as archive:
        runs = archive.last_runs(50)
        assert archive.waiting() == {}
    assert sum(run.ended == "killed" for run in runs) == killed
    never_killed = type(harvester)(harvester.place / "never-killed", harvester.variables)
    never_killed.place.mkdir()
    never_killed.run("crawl", "-q")
    assert texts == never_killed.texts()


def _killed_after(requests: int, harvester: Harvester, newsroom: Newsroom, chance: random.Random) -> bool:
    """Start a crawl and kill it a moment after so many requests; false when it came to its own end before."""
    answered = threading.Event()
    seen = len(newsroom.requests.all())
    newsroom.hook = lambda _path: answered.set() if len(newsroom.requests.all()) - seen >= requests else None
    process = harvester.start("crawl", "--all", "-q")
    while not answered.wait(0.05) and process.poll() is None:
        pass
    threading.Event().wait(chance.uniform(0, 0.05))
    alive = process.poll() is None
    if alive:
        os.kill(process.pid, 9)
    process.communicate()
    return alive
