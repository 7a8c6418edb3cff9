from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipelines.draft import Draft
from pipelines.extraction.provenance import provenance
from pipelines.page import Page
from pipelines.pipeline import read
from pipelines.rules import ExtractionRules, Layout, StageRules
from storage.model.captures import Capture, WarcPointer
from storage.model.sources import Source, SourceKind

URL = "https://vesti.example/n/1/"
MOMENT = datetime(2026, 3, 12, tzinfo=UTC)
TEXT = "Участники прочли проект новой Конституции постатейно и записали двадцать вопросов к рабочей группе, которая соберется в пятницу."
HTML = f"""<html lang="ru"><head><title>Слово - Вести</title>
<meta property="og:title" content="Слово за участниками"><meta property="article:published_time" content="2026-03-11T10:00:00+05:00">
<meta name="author" content="Айгуль Сарбаева"></head>
<body><article><h1 class="t">Слово за участниками</h1><div class="when">11 марта 2026 г. 10:00</div><div class="by">Петр Лозовой</div>
<div class="text"><p>{TEXT}</p><p>{TEXT}</p><p>{TEXT}</p></div></article></body></html>"""


def places(selectors: dict[str, str], *, html: str = HTML, **overrides: object) -> dict[str, tuple[str, int]]:
    rules = ExtractionRules((Layout(selectors),), {name: lambda _page, value=value: value for name, value in overrides.items()})
    capture = Capture("vesti", URL, MOMENT, 200, "text/html", "", WarcPointer("", 0, 0, ""))
    line = StageRules(Source("vesti", "Вести", SourceKind.ONLINE, "https://vesti.example/"), rules)
    draft = read(Draft(capture, Page(URL, html.encode(), "text/html", MOMENT), line))
    return {x.field: (x.place, x.matched) for x in provenance(draft)}


def test_without_a_layout_fields_come_from_statements_and_the_generic_rules() -> None:
    found = places({})
    assert found["title"] == ("structured data", 0)
    assert found["date"] == ("structured data", 0)
    assert found["authors"] == ("structured data", 0)
    assert found["body"] == ("generic", 0)
    assert found["section"] == ("", 0)


@pytest.mark.parametrize("statement", ["", '<meta property="og:title" content="Слово за участниками">'])
def test_a_title_that_only_the_title_tag_or_a_heading_holds_is_no_structured_data(statement: str) -> None:
    html = HTML.replace('<meta property="og:title" content="Слово за участниками">', statement)
    assert places({}, html=html)["title"] == ("structured data" if statement else "generic", 0)


def test_a_matching_selector_is_reported_with_its_number_of_elements() -> None:
    found = places({"title": "h1.t", "date": ".when", "authors": ".by", "body": ".text p"})
    assert [found[x] for x in ("title", "date", "authors")] == [("selector", 1)] * 3
    assert found["body"] == ("selector", 3)


@pytest.mark.parametrize("field", ["title", "date", "authors"])
def test_a_selector_without_a_match_falls_through(field: str) -> None:
    assert places({field: ".gone"})[field] == ("structured data", 0)


def test_a_selector_without_a_value_is_not_reported_as_origin() -> None:
    found = places({"date": ".by", "body": "img, .by i"})
    assert (found["date"], found["body"]) == (("structured data", 1), ("generic", 0))


def test_an_override_precedes_a_selector() -> None:
    found = places({"title": "h1.t"}, title="Иначе", body=f"{TEXT}\n{TEXT}")
    assert found["title"] == ("override", 1)
    assert found["body"] == ("override", 0)
