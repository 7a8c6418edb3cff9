from __future__ import annotations

import json
import pickle
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harvester.catalogue.check import check_catalogue
from harvester.catalogue.loader import BUILTIN, load_catalogue

if TYPE_CHECKING:
    from harvester.catalogue.declaration import Declaration

FACTS = Path(__file__).resolve().parents[2].parent / "shared" / "facts"
CATALOGUE = load_catalogue()


def test_the_built_in_catalogue_has_no_fault() -> None:
    assert check_catalogue() == []
    assert {"akorda", "inform", "kazpravda"} <= set(CATALOGUE.sources)


@pytest.mark.parametrize("declaration", list(CATALOGUE), ids=lambda x: x.id)
def test_a_declaration_is_short_and_its_channels_are_no_articles(declaration: Declaration) -> None:
    assert declaration.path is not None
    table = tomllib.loads(declaration.path.read_text("utf-8"))
    assert sum(len(x) if isinstance(x, dict) else 1 for x in table.values()) <= 15
    assert table["timezone"] == declaration.source.timezone
    for channel in declaration.channels:
        assert not declaration.is_article(channel.url)
    assert declaration.path.parent == BUILTIN


@pytest.mark.parametrize("declaration", list(CATALOGUE), ids=lambda x: x.id)
def test_the_articles_that_are_known_of_a_source_are_recognised(declaration: Declaration) -> None:
    if not FACTS.exists():
        pytest.skip("the shared facts about sources are not here")
    facts = {x["id"]: x for x in json.loads((FACTS / "sources.json").read_text("utf-8"))}[declaration.id]
    hosts = tuple(f"https://{x}/" for x in facts["domains"])
    rows = [json.loads(x) for x in (FACTS / "reform_articles.jsonl").read_text("utf-8").splitlines()]
    urls = [*facts["example_urls"], *(x["url"] for x in rows if x["url"].startswith(hosts))]
    assert urls
    assert [x for x in urls if not declaration.is_article(x) or CATALOGUE.of_url(x) is not declaration] == []


def test_pages_that_are_no_articles_are_not_taken_for_one() -> None:
    for url in (
        "https://kazpravda.kz/",
        "https://kazpravda.kz/rubrics/obshchestvo/",
        "https://kazpravda.kz/t/konstitutsiya",
        "https://www.inform.kz/lenta/?page=3",
        "https://www.inform.kz/ru/politika",
        "https://kaz.inform.kz/news/",
        "https://www.akorda.kz/ru/events?page=2",
        "https://www.akorda.kz/kz/events",
    ):
        assert CATALOGUE.of_url(url) is None, url


@pytest.mark.parametrize("declaration", [*CATALOGUE, CATALOGUE.generic("news.example")], ids=lambda x: x.id)
def test_rules_can_be_sent_to_another_process(declaration: Declaration) -> None:
    rules = declaration.line_rules([])
    assert pickle.loads(pickle.dumps(rules)) == rules
