from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from harvester.catalogue.declaration import Declaration
from harvester.catalogue.loader import Catalogue
from harvester.monitoring.health import ANSWERS, Health, close_health, is_reminder, verdict
from storage.archive import Archive
from storage.model.capture_result import CaptureResult
from storage.model.captures import Outcome, OutcomeKind
from storage.model.health import ExpectationResult, PromiseState
from storage.model.runs import CrawlRun, SourceTally
from storage.model.sources import AddressKind, Channel, DiscoveredUrl
from tests.storage.conftest import SOURCE, Maker

if TYPE_CHECKING:
    from pathlib import Path

NOVEMBER = datetime(2026, 11, 20, 9, tzinfo=UTC)
FAILING = {"qala": [("https://qala.example/rss", "timeout")]}


def broken(promise: str, promised: str, told: str) -> PromiseState:
    return PromiseState(ExpectationResult(promise, promised, "0", 20, kept=False, told=told), 7, 5, NOVEMBER)


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


DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("last", "now", "every", "said"),
    [
        (timedelta(0), timedelta(minutes=15), DAY, False),
        (timedelta(hours=23, minutes=45), timedelta(hours=24), DAY, True),
        (timedelta(hours=24), timedelta(hours=24, minutes=15), DAY, False),
        (timedelta(hours=20), timedelta(days=9), DAY, True),
        (timedelta(0), timedelta(minutes=15), timedelta(0), True),
        (timedelta(minutes=45), timedelta(minutes=65), timedelta(hours=1), True),
        (timedelta(minutes=5), timedelta(minutes=20), timedelta(hours=1), False),
    ],
)
def test_a_reminder_comes_once_a_period(last: timedelta, now: timedelta, every: timedelta, said: bool) -> None:  # noqa: FBT001
    assert is_reminder(NOVEMBER, NOVEMBER + last, NOVEMBER + now, every) is said


def test_what_stands_is_no_news_and_still_counts() -> None:
    health = Health({"a": [broken("dated", "1", "dated 0"), broken("pages", "x", "0 pages")]}, standing={("a", "dated"), ("b", ANSWERS)})
    assert [line.split(";")[0] for line in health.news] == ["a: 0 pages"]
    assert len(health.lines) == 2
    assert health.known_failing == {"b"}


def test_sources_that_are_known_to_fail_are_not_named_again() -> None:
    well = run(OutcomeKind.NEW)
    assert verdict(well, FAILING, known={"qala"}) == (3, "")
    assert verdict(well, FAILING, broken=["a: x"], known={"qala"}) == (3, "a: x")
    code, why = verdict(well, FAILING | {"new": [("https://new.example/", "dns")]}, known={"qala"})
    assert (code, why) == (3, "2 of 2 sources failed, 1 of them newly: new (dns: https://new.example/)")
    assert verdict(run(OutcomeKind.REFUSED), FAILING, known={"qala"}) == (9, "")


@pytest.mark.parametrize(
    ("reasons", "chosen", "said"),
    [
        (["timeout"], 1, "every source failed: s0 (timeout: https://s0.example/)"),
        (["dns"], 1, "every source failed: s0: the name s0.example cannot be resolved; is this machine online?"),
        (["timeout"], 82, "every source failed (1 of 1 that were due): s0 (timeout: https://s0.example/)"),
        (["dns"] * 82, 82, "every source failed (82): names cannot be resolved; is this machine online?"),
        (["dns"] * 3, 82, "every source failed (3 of 3 that were due): names cannot be resolved; is this machine online?"),
        (
            ["dns"] * 4 + ["timeout"] * 3 + ["connection: refused"],
            8,
            "every source failed (8): names cannot be resolved (4), timeout (3), connection (1); `harvester status --broken` lists them",
        ),
    ],
)
def test_every_source_failed_in_one_short_sentence(reasons: list[str], chosen: int, said: str) -> None:
    failing = {f"s{n}": [(f"https://s{n}.example/", reason)] for n, reason in enumerate(reasons)}
    nothing = CrawlRun(7, "crawl", NOVEMBER, tally={source: SourceTally() for source in failing})
    assert verdict(nothing, failing, chosen=chosen) == (9, said)


def asked(archive: Archive, make: Maker, *, answers: bool, reason: str = "timeout") -> Health:
    """A run in which the one source answers at its feed, or does not for a reason."""
    number = archive.start_run("crawl", "test")
    archive.keep_source(SOURCE)
    feed = DiscoveredUrl(address := "https://vestnik.example/rss", AddressKind.FEED, address)
    archive.seed(number, SOURCE.id, [feed], early=True)
    (entry,) = archive.lease(number, SOURCE.id, 1, [AddressKind.FEED])
    if answers:
        archive.record_capture(number, CaptureResult(make.capture("rss"), Outcome(OutcomeKind.CHANNEL), entry.id))
    else:
        archive.unanswered(number, entry, reason)
    catalogue = Catalogue({SOURCE.id: Declaration(SOURCE, (Channel(AddressKind.FEED, feed.url),))})
    health = close_health(archive, catalogue, number, DAY)
    archive.finish_run(number, "finished")
    return health


def test_a_promise_is_reported_when_it_breaks_and_when_it_is_kept_again(tmp_path: Path) -> None:
    with Archive.held(tmp_path / "archive", "test") as archive:
        make = Maker()
        healths = [asked(archive, make, answers=answers) for answers in (True, False, False, True, True, False)]
    assert [x.known_failing for x in healths] == [set(), set(), {"vestnik"}, set(), set(), set()]
    mended = [x.mended_lines for x in healths]
    assert [len(lines) for lines in mended] == [0, 0, 0, 1, 0, 0]
    assert mended[3][0].startswith("vestnik: every address was answered; kept again, broken since 20")
    assert healths[3].report()["kept_again"]["vestnik"][0]["promise"] == "answers"


def test_a_source_that_fails_for_another_reason_is_reported_again(tmp_path: Path) -> None:
    reasons = ["dns", "dns", "robots_unreachable: status 503", "robots_unreachable: timeout", "dns"]
    with Archive.held(tmp_path / "archive", "test") as archive:
        known = [asked(archive, Maker(), answers=False, reason=reason).known_failing for reason in reasons]
    assert known == [set(), {"vestnik"}, set(), {"vestnik"}, set()]
