from __future__ import annotations

from datetime import UTC, datetime

from harvester.monitoring.health import Health, verdict
from storage.model.captures import OutcomeKind
from storage.model.health import PromiseState, Verdict
from storage.model.runs import CrawlRun, SourceTally

NOVEMBER = datetime(2026, 11, 20, 9, tzinfo=UTC)
FAILING = {"qala": [("https://qala.example/rss", "timeout")]}


def broken(promise: str, promised: str, told: str) -> PromiseState:
    return PromiseState(Verdict(promise, promised, "0", 20, kept=False, told=told), 7, 5, NOVEMBER)


def run(*outcomes: OutcomeKind) -> CrawlRun:
    tally = SourceTally()
    tally.outcomes.update(outcomes)
    return CrawlRun(7, "crawl", NOVEMBER, tally={"qala": tally})


def test_a_broken_promise_is_one_line_with_since_when() -> None:
    health = Health({"kazpravda": [broken("dated", "0.98", "dated 0.61, promised 0.98")]})
    assert health.lines == ["kazpravda: dated 0.61, promised 0.98; since 2026-11-20"]
    assert health.report()["broken"]["kazpravda"][0]["promised"] == "0.98"


def test_a_layout_that_changed_is_one_line() -> None:
    selectors = [broken(f"selector:{x}", f".{x}", f"the selector for {x} drifted") for x in ("authors", "body", "title")]
    health = Health({"vestnik": [broken("dated", "0.98", "dated 0.61, promised 0.98"), *selectors]})
    assert health.lines == [
        "vestnik: dated 0.61, promised 0.98; since 2026-11-20",
        "vestnik: the selector for body drifted; since 2026-11-20; the same for authors (`.authors`), title (`.title`)",
    ]


def test_the_exit_code_says_what_was_worst() -> None:
    well = run(OutcomeKind.NEW)
    assert verdict(well, {}) == (0, "")
    assert verdict(well, {}, broken=["a: x", "b: y"]) == (3, "a: x\nb: y")
    code, why = verdict(well, FAILING, broken=["a: x"])
    assert (code, why.splitlines()) == (3, ["1 of 1 sources failed: qala (timeout: https://qala.example/rss)", "a: x"])
    assert verdict(run(OutcomeKind.REFUSED), FAILING, broken=["a: x"])[0] == 9
    assert verdict(well, FAILING, 15, ["a: x"])[0] == 143
