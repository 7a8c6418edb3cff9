"""The quality of the extraction may only rise: `floors.json` holds what was measured, rounded down, and the pages it was measured on."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipelines.dates.stage import date
from pipelines.extraction.extract import extract
from tests.quality.corpora import CORPORA, SHARED, read_corpus, shingle_f1
from tests.quality.metadata import FIELDS, METADATA, right_shares

if TYPE_CHECKING:
    from pipelines.draft import Draft
    from tests.quality.corpora import GoldPage

FLOORS = json.loads(Path(__file__).with_name("floors.json").read_text("utf-8"))


@cache
def readings(name: str) -> list[tuple[GoldPage, Draft]]:
    """Every page of a corpus with what is read from it; both tests below ask for it, so that it is read once."""
    return [(gold, date(extract(gold.draft()))) for gold in read_corpus(name)]


def checked(name: str) -> dict[str, float]:
    """The floors of a corpus, measured on the pages that are here."""
    file, floor = SHARED / CORPORA[name], FLOORS[name]
    if not file.exists():
        pytest.skip(f"the pages of the corpus {name} are not beside this checkout ({file.name})")
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    assert digest == floor["pages_sha256"], f"{file.name} is not the file that the floor was measured on: measure anew"
    return {key: value for key, value in floor.items() if key != "pages_sha256"}


@pytest.mark.parametrize("name", CORPORA)
def test_extraction_stays_above_its_floor(name: str) -> None:
    floor = checked(name)
    f1 = shingle_f1((draft.reading.text, gold.text) for gold, draft in readings(name))
    assert f1 >= floor["f1"], f"{name}: F1 fell to {f1:.4f}; the floor {floor['f1']} may only rise"


@pytest.mark.parametrize("name", CORPORA)
def test_titles_authors_and_dates_stay_above_their_floors(name: str) -> None:
    checked(name)
    floor = FLOORS["metadata"]
    assert hashlib.sha256(METADATA.read_bytes()).hexdigest() == floor["gold_sha256"], "the gold was edited: measure anew"
    shares = right_shares(name, [draft for _, draft in readings(name)])
    below = {field: shares[field] for field in FIELDS if shares[field].share < floor[name][field]}
    assert not below, f"{name}: exactly right fell below {floor[name]}: {below}"


def test_the_score_tells_texts_apart() -> None:
    text = "one two three four five six seven"
    assert shingle_f1([(text, text)]) == 1.0
    assert shingle_f1([("", text)]) == 0.0
    assert 0 < shingle_f1([("one two three four five", text)]) < 1
