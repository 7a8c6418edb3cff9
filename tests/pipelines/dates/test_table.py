"""Every publication string of the shared table, against its gold date."""

from __future__ import annotations

import csv
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from pipelines.dates.parser import printed_dates
from pipelines.dates.stage import read_date
from pipelines.draft import RawDate
from pipelines.normalisation import tidy
from pipelines.rules import DateRules
from storage.model.articles import Precision

TABLE = Path(__file__).resolve().parents[3].parent / "shared" / "facts" / "dates.tsv"
ZONES = ("Asia/Almaty", "Asia/Aqtobe", "Europe/Moscow", "America/New_York")
RIGHT = 1.0
"""The share of strings that are read right, of those seen on real pages and of those made up alike; it may only rise."""
FOREIGN = 0.0
"""The share of strings that the strict shapes hand on to dateparser; it may only fall."""


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    if not TABLE.exists():
        pytest.skip("the shared table of date strings is not beside the checkout")
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def zone_of(gold: datetime) -> str:
    """The first zone whose offset at that wall time is the gold's (the table also gives +05 before Almaty had it)."""
    wall = gold.replace(tzinfo=None)
    return next((zone for zone in ZONES if wall.replace(tzinfo=ZoneInfo(zone)).utcoffset() == gold.utcoffset()), ZONES[0])


def is_right(row: dict[str, str]) -> bool:
    gold = datetime.fromisoformat(row["gold_iso"])
    reference = datetime.fromisoformat(row["reference_now"]) if row["reference_now"] else None
    aware = gold if gold.tzinfo else reference
    zone = zone_of(aware) if aware else ZONES[0]
    captured_at = reference or gold.replace(tzinfo=gold.tzinfo or ZoneInfo(zone)) + timedelta(days=30)
    stamp = read_date(RawDate(row["string"], "table"), DateRules(zone), captured_at)
    if stamp is None:
        return False
    if row["precision"] == "day":
        return stamp.precision is Precision.DAY and stamp.iso() == row["gold_iso"]
    return stamp.precision in {Precision.MINUTE, Precision.SECOND} and stamp.moment == gold


@pytest.mark.parametrize("origin", ["seen", "made"])
def test_table_is_read(rows: list[dict[str, str]], origin: str) -> None:
    asked = [row for row in rows if row["seen"] == origin]
    wrong = [row["string"] for row in asked if not is_right(row)]
    share = 1 - len(wrong) / len(asked)
    assert share >= RIGHT, f"{share:.3f} of {len(asked)} are right; wrong: {wrong}"


def test_strict_shapes_suffice_for_the_table(rows: list[dict[str, str]]) -> None:
    foreign = [row["string"] for row in rows if printed_dates(tidy(row["string"])) is None]
    share = len(foreign) / len(rows)
    assert share <= FOREIGN, f"dateparser is reached for {share:.3f} of {len(rows)}: {foreign}"
