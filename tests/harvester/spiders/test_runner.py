"""How a crawl ends, by what the engine did."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from harvester.monitoring.health import verdict
from harvester.spiders.runner import CrawlEnding, _ending
from storage.model.captures import OutcomeKind
from storage.model.runs import CrawlRun, SourceTally

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)


def ended(error: BaseException | None = None) -> Any:
    """A finished task, failed or not."""

    async def run() -> asyncio.Future[None]:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if error is None:
            future.set_result(None)
        else:
            future.set_exception(error)
            future.exception()
        return future

    return asyncio.run(run())


def spider(reason: str = "finished", **errors: int) -> Any:
    scheduler = SimpleNamespace(
        limits_reached=lambda: {"vestnik": ["50 sitemaps were asked"]},
        postponed=lambda: {"qala": NOW},
        warnings=["a clock"],
        is_offline=False,
    )
    return SimpleNamespace(ended=reason, errors=Counter(errors), scheduler=scheduler)


def well() -> CrawlRun:
    tally = SourceTally()
    tally.outcomes[OutcomeKind.NEW] = 1
    return CrawlRun(1, "crawl", NOW, tally={"vestnik": tally})


@pytest.mark.parametrize(
    ("of", "task", "told"),
    [
        (None, ended(OSError(24, "Too many open files")), "the engine failed: OSError"),
        (None, ended(), "the engine did not come to its end"),
        (spider(""), ended(), "the engine did not come to its end"),
        (spider("closespider_errorcount"), ended(), "the engine ended early: closespider_errorcount"),
        (spider(), ended(ValueError("x")), "the engine failed: ValueError: x"),
        (
            spider(ValueError=2, KeyError=1),
            ended(),
            "3 errors in the program, and what they met is not settled: KeyError (1), ValueError (2)",
        ),
    ],
)
def test_an_engine_that_failed_is_never_all_well(of: Any, task: Any, told: str) -> None:
    ending = _ending(of, task, interrupted=False)
    assert ending.trouble[0].startswith(told)
    code, why = verdict(well(), {}, trouble=ending.trouble)
    assert code == 1
    assert told in why


def test_a_crawl_that_came_to_its_end_says_what_it_left() -> None:
    ending = _ending(spider(), ended(), interrupted=False)
    assert ending.trouble == ()
    assert ending.lines() == ["vestnik: 50 sitemaps were asked", "a clock"]
    assert ending.report()["postponed"] == {"qala": "2026-03-03T12:00:00+00:00"}
    assert verdict(well(), {}, broken=ending.lines())[0] == 3
    assert verdict(well(), {}, broken=CrawlEnding().lines()) == (0, "")


def test_an_interrupted_crawl_is_no_failure_of_the_engine() -> None:
    for reason in ("", "shutdown"):
        ending = _ending(spider(reason), ended(), interrupted=True)
        assert (ending.trouble, ending.limits) == ((), {})
    assert verdict(well(), {}, 15, trouble=["x"])[0] == 143
