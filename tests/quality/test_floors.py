"""The quality of the extraction may only rise: `floors.json` holds what was measured, rounded down, and the pages it was measured on."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from pipelines.extraction.extract import extract
from tests.quality.corpora import CORPORA, SHARED, read_corpus, shingle_f1

FLOORS = json.loads(Path(__file__).with_name("floors.json").read_text("utf-8"))


@pytest.mark.parametrize("name", CORPORA)
def test_extraction_stays_above_its_floor(name: str) -> None:
    file, floor = SHARED / CORPORA[name], FLOORS[name]
    if not file.exists():
        pytest.skip(f"the pages of the corpus {name} are not beside this checkout ({file.name})")
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    assert digest == floor["pages_sha256"], f"{file.name} is not the file that the floor was measured on: measure anew"
    f1 = shingle_f1((extract(gold.draft()).reading.text, gold.text) for gold in read_corpus(name))
    assert f1 >= floor["f1"], f"{name}: F1 fell to {f1:.4f}; the floor {floor['f1']} may only rise"


def test_the_score_tells_texts_apart() -> None:
    text = "one two three four five six seven"
    assert shingle_f1([(text, text)]) == 1.0
    assert shingle_f1([("", text)]) == 0.0
    assert 0 < shingle_f1([("one two three four five", text)]) < 1
