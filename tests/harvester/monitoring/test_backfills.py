from __future__ import annotations

from datetime import date

import pytest

from harvester.monitoring.backfills import Progress, limit_verdict
from storage.model.frontier import BackfillRemainder

FINISHED = Progress("a", date(2025, 9, 1), BackfillRemainder(0, 0), limited=False)
WAITING = Progress("b", date(2025, 9, 1), BackfillRemainder(1, 0), limited=False)
STOPPED = Progress("c", date(2025, 9, 1), BackfillRemainder(3, 40), limited=True)


@pytest.mark.parametrize(
    ("code", "progress", "ended"),
    [
        (0, [], 0),
        (0, [FINISHED, WAITING], 0),
        (0, [FINISHED, STOPPED], 8),
        (3, [WAITING], 3),
        (3, [STOPPED], 8),
        (9, [STOPPED], 9),
        (130, [STOPPED], 130),
    ],
)
def test_a_limit_is_told_unless_the_run_ended_for_a_graver_reason(code: int, progress: list[Progress], ended: int) -> None:
    assert limit_verdict(code, "", progress)[0] == ended


def test_the_message_says_what_waits_and_what_to_do_and_keeps_the_other_reason() -> None:
    _, why = limit_verdict(3, "1 of 2 sources failed: d", [FINISHED, STOPPED])
    assert why == (
        "the limit on articles stopped the backfill of c back to 2025-09-01 (40 articles and 3 pages wait). "
        "Run the same command again to go on. 1 of 2 sources failed: d"
    )


def test_a_backfill_as_json() -> None:
    assert STOPPED.report() == {"since": "2025-09-01", "finished": False, "pages_left": 3, "articles_left": 40, "limited": True}
