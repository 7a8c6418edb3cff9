"""What the topic that ships takes in and leaves out, on real articles; `floors.json` may only rise."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from harvester.catalogue.topics import BUILTIN, load_topic
from pipelines.draft import Draft, ExtractedFields
from pipelines.extraction.extract import extract
from pipelines.page import Page
from pipelines.relevance import judge
from pipelines.rules import StageRules
from storage.model.captures import Capture, WarcPointer
from storage.model.sources import Source, SourceKind
from tests.quality.corpora import CORPORA, SHARED, read_pages

ARTICLES = SHARED.parent / "facts" / "reform_articles.jsonl"
FLOORS = json.loads(Path(__file__).with_name("floors.json").read_text("utf-8"))
REFORM = load_topic(BUILTIN / "constitutional-reform.toml")
RULES = StageRules(Source("corpus", "Corpus", SourceKind.ONLINE, "https://corpus.example/"), topics=(REFORM,))


def draft_of(page: Page) -> Draft:
    pointer = WarcPointer("corpus.warc.gz", 0, 0, "")
    return Draft(Capture("corpus", page.url, page.captured_at, 200, page.content_type, "", pointer), page, RULES)


def test_articles_of_the_reform_are_in_scope() -> None:
    if not ARTICLES.exists():
        pytest.skip(f"the known articles are not beside this checkout ({ARTICLES.name})")
    floor = FLOORS["relevance"]
    digest = hashlib.sha256(ARTICLES.read_bytes()).hexdigest()
    assert digest == floor["articles_sha256"], f"{ARTICLES.name} is not the file that the floor was measured on: measure anew"
    rows = [json.loads(line) for line in ARTICLES.read_text("utf-8").splitlines()]
    missed = []
    for row in rows:
        page = Page(row["url"], b"", "text/html", datetime(2026, 3, 1, tzinfo=UTC))
        reading = ExtractedFields(title=row["title"], text=row["text"], html_language=row["language"])
        if not judge(replace(draft_of(page), reading=reading)).topics:
            missed.append(row["url"])
    share = 1 - len(missed) / len(rows)
    assert share >= floor["in_scope"], f"{share:.4f} in scope; the floor {floor['in_scope']} may only rise: {missed}"


def test_pages_about_other_things_are_out_of_scope() -> None:
    absent = [file for file in CORPORA.values() if not (SHARED / file).exists()]
    if absent:
        pytest.skip(f"the pages are not beside this checkout ({', '.join(absent)})")
    pages = [page for file in CORPORA.values() for page in read_pages(SHARED / file)]
    taken = [page.url for page in pages if judge(extract(draft_of(page))).topics]
    share = 1 - len(taken) / len(pages)
    floor = FLOORS["relevance"]["out_of_scope"]
    assert share >= floor, f"{share:.4f} out of scope; the floor {floor} may only rise: {taken}"
