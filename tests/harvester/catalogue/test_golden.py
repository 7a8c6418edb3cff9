from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from harvester.catalogue.golden import accept, differences, expected, golden_faults, golden_pages, record
from harvester.catalogue.loader import Catalogue, load_catalogue
from harvester.catalogue.topics import find_topic
from pipelines.page import Page
from storage.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

TOPICS = (find_topic("constitutional-reform"),)
MOMENT = datetime(2026, 3, 12, 13, 40, 5, 999, tzinfo=UTC)
URL = "https://vesti.example/n/slovo/"
HTML = """<html lang="ru"><head><title>Слово</title></head><body><h1>Слово за участниками</h1><time>вчера, 10:00</time>
<div class="text"><p>Участники прочли проект новой Конституции Казахстана постатейно и записали вопросы.</p></div></body></html>"""
SOURCE = """name = "Вести"
kind = "online"
home = "https://vesti.example/"
language = "ru"
discover = [{ feed = "rss.xml" }]
articles = { allow = '^/n/' }
[[layout]]
title = "h1"
body = ".text"
date = "time"
"""


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    (tmp_path / "vesti.toml").write_text(SOURCE, "utf-8")
    return load_catalogue([tmp_path], builtin=False)


@pytest.fixture
def golden(tmp_path: Path, catalogue: Catalogue) -> Path:
    """A page in `golden/vesti/slovo`."""
    folder = tmp_path / "golden" / "vesti" / "slovo"
    record(folder, Page(URL, HTML.encode(), "text/html", MOMENT), catalogue.get("vesti"), catalogue, TOPICS)
    return folder


def test_a_recorded_page_reads_as_it_was_read_at_the_moment_of_its_capture(golden: Path, catalogue: Catalogue) -> None:
    assert expected(golden)["captured_at"] == "2026-03-12T13:40:05+00:00"
    assert expected(golden)["published"] == ["2026-03-11T10:00:00+05:00", "вчера, 10:00", "selector:time"]
    assert differences(golden, catalogue, TOPICS) == {}
    assert golden_pages(golden.parents[1], "vesti") == [golden]
    assert golden_pages(golden.parents[1], "other") == []


def test_a_page_is_never_recorded_over_another(golden: Path, catalogue: Catalogue) -> None:
    before = (golden / "page.html").read_bytes()
    with pytest.raises(UsageError, match="there already"):
        record(golden, Page(URL, b"<p>other", "text/html", MOMENT), catalogue.get("vesti"), catalogue, TOPICS)
    assert (golden / "page.html").read_bytes() == before


BROKEN = "def authors(page):\n    script = page.select('script')[7]\n    return script.text\n"


def test_a_page_is_not_recorded_while_an_override_fails(tmp_path: Path, catalogue: Catalogue) -> None:
    """Nothing is left of it, and once the override is corrected, the same name can be used."""
    folder, page = tmp_path / "golden" / "vesti" / "slovo", Page(URL, HTML.encode(), "text/html", MOMENT)
    (tmp_path / "vesti.py").write_text(BROKEN)
    broken = load_catalogue([tmp_path], builtin=False)
    with pytest.raises(UsageError, match=r"vesti\.py, line 2: authors raised IndexError: list index out of range\."):
        record(folder, page, broken.get("vesti"), broken, TOPICS)
    assert not folder.exists()
    record(folder, page, catalogue.get("vesti"), catalogue, TOPICS)
    (fault,) = golden_faults(folder.parents[1], broken, TOPICS)
    assert fault.startswith(f"{folder}: {URL} cannot be read: {tmp_path / 'vesti.py'}, line 2: authors raised IndexError")


@pytest.mark.parametrize("lost", ["page.html", "expected.json"])
def test_half_a_page_can_be_recorded_again(golden: Path, catalogue: Catalogue, lost: str) -> None:
    (golden / lost).unlink()
    if lost == "expected.json":
        with pytest.raises(UsageError, match="is missing") as caught:
            differences(golden, catalogue, TOPICS)
        assert caught.value.hint == f"Take {golden} away, or record the page again under its name."
    record(golden, Page(URL, HTML.encode(), "text/html", MOMENT), catalogue.get("vesti"), catalogue, TOPICS)
    assert differences(golden, catalogue, TOPICS) == {}


def test_what_reads_differently_is_told_and_can_be_accepted(golden: Path, catalogue: Catalogue) -> None:
    fields = expected(golden) | {"title": "Другое", "authors": ["Никто Никакой"]}
    (golden / "expected.json").write_text(json.dumps(fields), "utf-8")
    assert differences(golden, catalogue, TOPICS) == {"title": ("Другое", "Слово за участниками"), "authors": (["Никто Никакой"], [])}
    faults = list(golden_faults(golden.parents[1], catalogue, TOPICS))
    assert faults == [
        f'{golden}: title reads "Слово за участниками", expected is "Другое".',
        f'{golden}: authors reads [], expected is ["Никто Никакой"].',
    ]
    accept(golden, catalogue, TOPICS)
    assert differences(golden, catalogue, TOPICS) == {}


def test_a_page_may_be_expected_to_be_refused(tmp_path: Path, catalogue: Catalogue) -> None:
    folder = tmp_path / "golden" / "vesti" / "empty"
    record(
        folder,
        Page(URL, b"<html><body><div class='text'></div></body></html>", "text/html", MOMENT),
        catalogue.get("vesti"),
        catalogue,
        TOPICS,
    )
    assert expected(folder)["outcome"] == "not-article"
    assert differences(folder, catalogue, TOPICS) == {}


@pytest.mark.parametrize("written", ["", "[]", "{}", '{"url": "https://x.example/", "captured_at": "yesterday"}'])
def test_a_file_that_cannot_be_understood_is_named(golden: Path, catalogue: Catalogue, written: str) -> None:
    (golden / "expected.json").write_text(written, "utf-8")
    (fault,) = golden_faults(golden.parents[1], catalogue, TOPICS)
    assert "expected.json" in fault


def test_a_page_of_an_unknown_source_is_a_fault(golden: Path, catalogue: Catalogue) -> None:
    golden.parent.rename(golden.parents[1] / "vesty")
    (fault,) = golden_faults(golden.parents[1], catalogue, TOPICS)
    assert "There is no source vesty. The nearest is vesti." in fault


def test_a_page_whose_address_the_patterns_do_not_take_is_a_fault(tmp_path: Path, catalogue: Catalogue) -> None:
    for name, url in (("slovo", URL), ("novost", "https://vesti.example/news/novost"), ("other", "https://other.example/n/1")):
        record(
            tmp_path / "golden" / "vesti" / name, Page(url, HTML.encode(), "text/html", MOMENT), catalogue.get("vesti"), catalogue, TOPICS
        )
    faults = list(golden_faults(tmp_path / "golden", catalogue, TOPICS))
    assert [fault.split(": ", 1)[1] for fault in faults] == [
        "https://vesti.example/news/novost is no article of vesti by its patterns (`articles`).",
        "https://other.example/n/1 is no article of vesti by its patterns (`articles`).",
    ]
