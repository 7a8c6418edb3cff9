"""The sets of outcome kinds: each kind has its place, so that a new one cannot be forgotten."""

from __future__ import annotations

from collections import Counter

import pytest

from harvester.cli.reports import in_short
from pipelines.draft import Draft
from pipelines.page import Page
from pipelines.persistence import capture_result_of
from pipelines.rules import StageRules
from storage.model.captures import Outcome, OutcomeKind
from storage.model.runs import SourceTally
from tests.storage.conftest import SOURCE, Maker

PLACES = {
    OutcomeKind.NEW: ("stored", True, True),
    OutcomeKind.REVISED: ("stored", True, True),
    OutcomeKind.REVERTED: ("known", True, True),
    OutcomeKind.SHORTENED: ("known", True, False),
    OutcomeKind.UNCHANGED: ("known", True, True),
    OutcomeKind.ALIAS: ("known", True, True),
    OutcomeKind.OUT_OF_SCOPE: ("", True, False),
    OutcomeKind.WALLED: ("known", False, False),
    OutcomeKind.NOT_ARTICLE: ("", False, False),
    OutcomeKind.CHANNEL: ("", False, False),
    OutcomeKind.ROBOTS: ("", False, False),
    OutcomeKind.REDIRECT: ("", False, False),
    OutcomeKind.GONE: ("", False, False),
    OutcomeKind.REFUSED: ("failed", False, False),
    OutcomeKind.SERVER_ERROR: ("failed", False, False),
    OutcomeKind.UNREADABLE: ("failed", False, False),
}
"""By kind: the column of a tally that counts it, whether a page was read as an article, and whether its article stands."""


def test_every_kind_has_its_place() -> None:
    assert PLACES.keys() == set(OutcomeKind)


@pytest.mark.parametrize("kind", OutcomeKind)
def test_a_kind_is_in_the_sets_that_it_belongs_to(kind: OutcomeKind) -> None:
    column, reading, live = PLACES[kind]
    assert (kind.is_stored, kind.is_known, kind.is_failure) == (column == "stored", column == "known", column == "failed")
    assert (kind.is_reading, kind.is_live) == (reading, live)


@pytest.mark.parametrize("kind", OutcomeKind)
def test_a_tally_counts_a_kind_once(kind: OutcomeKind) -> None:
    short = in_short(SourceTally(outcomes=Counter({kind: 3})))  # type: ignore[arg-type]
    counted = ("stored", "known", "failed", "off_topic", "other")
    assert sum(short[name] for name in counted) == short["fetched"] == 3
    elsewhere = "off_topic" if kind is OutcomeKind.OUT_OF_SCOPE else "other"
    assert short[PLACES[kind][0] or elsewhere] == 3


@pytest.mark.parametrize("kind", OutcomeKind)
def test_whatever_was_read_counts_for_how_its_source_does(make: Maker, kind: OutcomeKind) -> None:
    capture = make.capture()
    page = Page(capture.url, b"", "text/html", capture.captured_at)
    draft = Draft(capture, page, StageRules(SOURCE), outcome=Outcome(kind), entry=1)
    assert (capture_result_of(draft).reading is not None) is PLACES[kind][1]
