"""What every declared source keeps to.

`known.json` holds what is publicly known of the sites (88 of them, gathered in November 2026): addresses of articles, which sites are
known in depth, and which channels and selectors rest on a single report.
"""

from __future__ import annotations

import json
import pickle
import re
import tomllib
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import pytest

from harvester.catalogue.check import check_catalogue
from harvester.catalogue.loader import BUILTIN, load_catalogue
from tests.golden.reading import pages

if TYPE_CHECKING:
    from harvester.catalogue.declaration import Declaration

CATALOGUE = load_catalogue()
KNOWN = [
    {**x, "id": next((y for y in CATALOGUE.sources if y.replace("-", "_") == x["id"]), x["id"])}
    for x in json.loads((Path(__file__).parent / "known.json").read_text("utf-8"))
]
DECLARED = [x for x in KNOWN if x["id"] in CATALOGUE.sources]
TABLES = ("articles", "fetch", "expect")  # each of their keys counts


def id_of(value: Any) -> str:
    return str(value["id"] if isinstance(value, dict) else value.id)


def text_of(declaration: Declaration) -> str:
    assert declaration.path is not None
    return declaration.path.read_text("utf-8")


def variants(url: str) -> list[str]:
    """Addresses under which the same article is met."""
    mark = "&" if "?" in url else "?"
    return [url, f"{url}#comments", f"{url}{mark}utm_source=share", f"{url}{mark}from=main", f"{url}{mark}print=1"]


def test_the_built_in_catalogue_has_no_fault() -> None:
    assert check_catalogue() == []


def test_the_catalogue_covers_sixty_sources_in_a_dozen_lines_each() -> None:
    assert len(CATALOGUE) >= 60
    assert median(sum(1 for line in text_of(x).splitlines() if line.strip()) for x in CATALOGUE) <= 12


def test_every_official_source_is_declared() -> None:
    official = "akorda primeminister govkz govkz_ksrk govkz_referendum cec mazhilis senate adilet egov legalacts kisi"
    assert set(official.split()) <= {x.id for x in CATALOGUE if x.source.kind == "official"}


@pytest.mark.parametrize("declaration", list(CATALOGUE), ids=id_of)
def test_a_declaration_is_short(declaration: Declaration) -> None:
    assert declaration.path is not None
    assert declaration.path.parent == BUILTIN
    table = tomllib.loads(text_of(declaration))
    assert sum(len(value) if key in TABLES else 1 for key, value in table.items()) <= 15
    assert declaration.channels


@pytest.mark.parametrize("declaration", list(CATALOGUE), ids=id_of)
def test_home_and_channels_are_no_articles(declaration: Declaration) -> None:
    further = [x.pages.replace("{page}", "7") for x in declaration.channels if x.pages]
    for url in (declaration.source.home, *(x.url for x in declaration.channels), *further):
        filled = re.sub(r"\{\w+\}", "12", url)
        assert CATALOGUE.of_url(filled) is None, filled


@pytest.mark.parametrize("declaration", [x for x in CATALOGUE if not x.enabled], ids=id_of)
def test_a_source_that_stays_out_says_why(declaration: Declaration) -> None:
    assert declaration.note


@pytest.mark.parametrize("known", DECLARED, ids=id_of)
def test_known_articles_are_recognised_and_by_one_source_only(known: dict[str, Any]) -> None:
    for url in (variant for address in known["addresses"] for variant in variants(address)):
        assert [x.id for x in CATALOGUE if x.is_article(url)] == [known["id"]], url
        found = CATALOGUE.of_url(url)
        assert found is not None
        assert found.id == known["id"]


@pytest.mark.parametrize("known", DECLARED, ids=id_of)
def test_what_rests_on_one_report_is_marked(known: dict[str, Any]) -> None:
    declaration = CATALOGUE.get(known["id"])
    channels = {re.split(r"[?{]", x.url)[0] for x in declaration.channels}
    selectors = {selector for layout in declaration.extraction.layouts for selector in layout.selectors.values()}
    if (channels | selectors) & set(known["reported"]):
        assert re.search(r"#.*\breported\b", text_of(declaration))


@pytest.mark.parametrize("known", [x for x in KNOWN if x["deep"]], ids=id_of)
def test_a_source_that_is_known_in_depth_has_a_golden_page(known: dict[str, Any]) -> None:
    assert known["id"] in {page.parent.name for page in pages()}


@pytest.mark.parametrize(
    "url",
    [
        "https://kazpravda.kz/",
        "https://kazpravda.kz/rubrics/obshchestvo/",
        "https://kazpravda.kz/t/konstitutsiya",
        "https://kazpravda.kz/search?q=%D0%BA%D0%BE%D0%BD%D1%81%D1%82%D0%B8%D1%82%D1%83%D1%86%D0%B8%D1%8F",
        "https://www.inform.kz/lenta/?page=3",
        "https://www.inform.kz/ru/politika",
        "https://kaz.inform.kz/news/",
        "https://www.akorda.kz/ru/events?page=2",
        "https://www.akorda.kz/kz/events",
        "https://www.akorda.kz/ru/legal_acts",
        "https://primeminister.kz/ru/news?page=12",
        "https://www.gov.kz/memleket/entities/astana/press/news?lang=kk",
        "https://www.gov.kz/memleket/entities/ksrk/documents/details/1181269",
        "https://www.election.gov.kz/rus/news/releases/index.php?PAGEN_1=2",
        "https://adilet.zan.kz/rus/docs/K950001000_/download/docx",
        "https://www.kt.kz/rus/politics/",
        "https://www.azattyq.org/z/360",
        "https://sputnik.kz/20260316/",
        "https://24.kz/ru/news/social/itemlist/tag/123456-konstitutsiya",
        "https://khabar.kz/ru/news?start=20",
        "https://almaty.tv/ru/news/politika",
        "https://astanatv.kz/kz/news",
    ],
)
def test_pages_that_are_no_articles_are_not_taken_for_one(url: str) -> None:
    assert CATALOGUE.of_url(url) is None


@pytest.mark.parametrize(
    ("url", "source"),
    [
        ("https://www.gov.kz/memleket/entities/ksrk/press/news/details/1181270?lang=ru", "govkz_ksrk"),
        ("https://www.gov.kz/memleket/entities/mfa/press/news/details/1181271", "govkz_mfa"),
        ("https://www.gov.kz/memleket/entities/pavlodar/press/news/details/1181272?lang=kk", "govkz"),
        ("https://qz.inform.kz/news/jana-konstitutsiia-jobasy-9daa6b", "inform"),
        ("https://www.inform.kz/amp/novaya-konstitutsiya_a3720001", "inform"),
        ("https://rus.azattyq.org/amp/33654597.html", "azattyq"),
        ("https://www.azattyq.org/a/33654597.html", "azattyq"),
        ("https://sputnik.kz/20260316/Жаңа-конституция-61909240.html", "sputnik"),
        ("https://24.kz/kz/zha-aly-tar/kogam/767772-Jana-konstitutsiya", "24kz"),
        ("https://khabar.kz/kk/news/kogam/182267-zha-a-konstitutsiya", "khabar"),
        ("https://node2.akorda.kz/en/1-1525938", "akorda"),
    ],
)
def test_editions_and_twins_belong_to_their_source(url: str, source: str) -> None:
    assert [x.id for x in CATALOGUE if x.is_article(url)] == [source]


@pytest.mark.parametrize("declaration", [*CATALOGUE, CATALOGUE.generic("news.example")], ids=id_of)
def test_rules_can_be_sent_to_another_process(declaration: Declaration) -> None:
    rules = declaration.line_rules([])
    assert pickle.loads(pickle.dumps(rules)) == rules
