"""The versions of one article in several languages, found over real pages, whatever comes first."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Harvester
    from tests.site.server import Newsroom

RUSSIAN = "byuro-konstitucionnoy-reformy-pristupilo-k-rabote"
KAZAKH = "konstituciyalyq-reforma-byurosynyn-keneytilgen-otyrysy"
SHARED = {"en": "law-on-the-halyk-kenesi-adopted", "kk": "halyq-kenesinin-alghashqy-quramy-turaly"}


def rows(harvester: Harvester, *arguments: str) -> dict[str, Any]:
    """The exported articles by their slug."""
    lines = harvester.run("export", "--output", "-", *arguments).stdout.splitlines()
    return {row["url"].rsplit("/", 1)[1].rsplit("-", 1)[0]: row for row in map(json.loads, lines)}


@pytest.mark.parametrize("late", [(RUSSIAN, SHARED["en"]), (KAZAKH, SHARED["kk"])], ids=["named first", "naming first"])
def test_versions_are_linked_both_ways_whichever_comes_first(harvester: Harvester, newsroom: Newsroom, late: tuple[str, ...]) -> None:
    for slug in late:
        newsroom.remove("palace-press", slug)
    harvester.run("crawl", "palace-press", "-q")
    early = rows(harvester)
    assert all(edition["id"] is None for row in early.values() for edition in row["editions"])
    for slug in late:
        newsroom.restore("palace-press", slug)
    harvester.run("crawl", "palace-press", "--all", "-q")
    found = rows(harvester)
    russian, kazakh = found[RUSSIAN], found[KAZAKH]
    assert russian["editions"] == [{"language": "kk", "id": kazakh["id"], "url": kazakh["url"], "found_in": "hreflang"}]
    unheld = {
        "language": "en",
        "id": None,
        "url": f"{newsroom.home('palace-press')}en/bureau-begins-its-work-100001",
        "found_in": "hreflang",
    }
    assert kazakh["editions"] == [unheld, {"language": "ru", "id": russian["id"], "url": russian["url"], "found_in": "hreflang"}]
    law, rules = found[SHARED["en"]], found[SHARED["kk"]]
    assert law["editions"] == [{"language": "kk", "id": rules["id"], "url": rules["url"], "found_in": "id"}]
    assert rules["editions"] == [{"language": "en", "id": law["id"], "url": law["url"], "found_in": "id"}]
    assert [slug for slug, row in found.items() if row["editions"] and slug not in {RUSSIAN, KAZAKH, *SHARED.values()}] == []


def test_an_export_of_one_language_still_names_the_others_and_is_the_same_twice(harvester: Harvester) -> None:
    harvester.run("crawl", "palace-press", "-q")
    once = harvester.run("export", "--output", "-", "--language", "kk").stdout
    assert once == harvester.run("export", "--output", "-", "--language", "kk").stdout
    exported = rows(harvester, "--language", "kk")
    assert {row["language"] for row in exported.values()} == {"kk"}
    assert {row["languages"]["kk"] for row in exported.values()} == {1.0}
    assert [edition["language"] for edition in exported[KAZAKH]["editions"]] == ["en", "ru"]
    found = harvester.report("search", "--language", "kk", "--source", "palace-press")
    assert found["count"] == len(exported)


def test_show_lists_the_versions(harvester: Harvester) -> None:
    harvester.run("crawl", "palace-press", "-q")
    kazakh, russian = rows(harvester)[KAZAKH], rows(harvester)[RUSSIAN]
    shown = harvester.run("show", kazakh["id"]).stdout
    told = " ".join(shown.split())
    assert f"edition ru: {russian['url']}, id {russian['id']}, found by hreflang" in told.replace(" ", " ")
    assert "not in this archive, found by hreflang" in told
