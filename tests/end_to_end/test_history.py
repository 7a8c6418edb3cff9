"""What the news does after it is published: eight visits to an outlet that does not rest."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.deciding import NOISY_AFTER
from storage.archive import Archive
from storage.model.captures import OutcomeKind
from storage.query import ArticleQuery
from tests.end_to_end.conftest import Harvester
from tests.site.restless import Piece, Restless

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from storage.model.articles import Article

COUNT = 60
TOPIC = """
name = "Реформа"
threshold = 1.0
[terms.ru]
"конституция" = 1.0
"""


class Visits:
    """The command line, pointed at the outlet, visit after visit."""

    def __init__(self, harvester: Harvester, outlet: Restless) -> None:
        self.harvester, self.outlet = harvester, outlet

    def visit(self, code: int = 0) -> dict[str, Any]:
        report: dict[str, Any] = self.harvester.report("crawl", "--all", "--revisit", "all", code=code)
        return report

    def outcomes(self, report: dict[str, Any]) -> Counter[str]:
        return Counter(report["sources"]["restless"]["outcomes"])

    def articles(self) -> dict[int, Article]:
        with Archive.opened(self.harvester.archive) as archive:
            return {int(article.url.rpartition("/")[2]): article for article in archive.articles(ArticleQuery())}


@pytest.fixture
def place(tmp_path: Path) -> Harvester:
    (tmp_path / "reform.toml").write_text(TOPIC, "utf-8")
    variables = {
        "HARVESTER_SOURCES": str(tmp_path / "sources"),
        "HARVESTER_ONLY_GIVEN_SOURCES": "true",
        "HARVESTER_TOPIC": str(tmp_path / "reform.toml"),
    }
    return Harvester(tmp_path, variables, measured=False)


def visits(place: Harvester, outlet: Restless) -> Visits:
    outlet.write_source(place.place / "sources")
    place.variables["HARVESTER_ALLOW_ADDRESSES"] = outlet.address
    return Visits(place, outlet)


@pytest.fixture
def outlet() -> Iterator[Restless]:
    with Restless(COUNT) as serving:
        yield serving


def states(article: Article) -> list[str]:
    return [span.state.value for span in article.states]


def test_eight_visits_to_an_outlet_that_does_not_rest(place: Harvester, outlet: Restless) -> None:
    place.variables["HARVESTER_REVISIT__UNCONDITIONAL"] = "3"
    outlet.lying = {4}
    news = visits(place, outlet)
    good = {number: here.text() for number, here in outlet.pieces.items()}
    assert news.outcomes(news.visit())["new"] == COUNT

    assert news.outcomes(news.visit())["unchanged"] == COUNT + 1, "noise is no edit, and the feed is the same"

    outlet.change(1, title="Совсем другой заголовок о новой Конституции")
    outlet.change(2, paragraphs=(*outlet.pieces[2].paragraphs[:2], "Третий абзац переписан: о Конституции спорят до вечера."))
    outlet.change(3, votes="87,51")
    outlet.change(4, paragraphs=(*outlet.pieces[4].paragraphs, "Поправка: встреча о Конституции перенесена."))
    for number, answers in {5: "404", 6: "410", 7: "home", 8: "missing", 9: "paywall", 10: "to 61"}.items():
        outlet.change(number, answers=answers)
    outlet.pieces[61] = Piece(61, outlet.pieces[10].title, outlet.pieces[10].paragraphs)
    visited = news.visit()
    assert [news.outcomes(visited)[kind] for kind in ("revised", "gone", "walled", "alias")] == [3, 3, 1, 1]
    found = news.articles()
    expected = {5: "gone", 6: "gone", 7: "soft-gone", 8: "soft-gone", 9: "paywalled", 10: "moved"}
    assert {number: article.state.value for number, article in found.items() if article.state.value != "live"} == expected
    _begin_with(visited, [found[number] for number in expected])

    outlet.change(2, paragraphs=_paragraphs(good[2]))
    outlet.change(5, answers="page")
    fourth = news.outcomes(news.visit())
    assert (fourth["revised"], fourth["reverted"]) == (1, 1), "the lying one by the unconditional check; one edit was taken back"
    found = news.articles()
    assert (found[2].revision, found[2].revisions, found[2].extraction.text) == (1, 2, good[2])
    assert states(found[5]) == ["live", "gone", "live"]

    outlet.down = True
    down = news.visit(code=9)
    assert down["totals"]["stored"] == 0
    outlet.down = False

    outlet.redesigned = True
    sixth = news.outcomes(news.visit(code=3))  # the selectors of its layout answer no more, and that is told
    assert (sixth["revised"], sixth["reverted"], sixth["new"]) == (0, 0, 0)

    outlet.all_missing = True
    seventh = news.visit(code=3)
    assert "none of them is marked as gone" in seventh["why"]
    outlet.all_missing = False

    outlet.change(9, answers="page")
    news.visit(code=3)
    found = news.articles()
    assert {number: article.state.value for number, article in found.items() if article.state.value != "live"} == {
        6: "gone",
        7: "soft-gone",
        8: "soft-gone",
        10: "moved",
    }
    assert states(found[9]) == ["live", "paywalled", "live"]
    assert states(found[11]) == ["live"]
    revised = {number: article.revisions for number, article in found.items() if article.revisions > 1}
    assert revised == {1: 2, 2: 2, 3: 2, 4: 2}
    assert [(edit.changed, edit.silent) for edit in found[3].edits] == [(("text",), True)]
    lost = {number for number, text in good.items() if found[number].extraction.text != text} - {3, 4}
    assert lost == set(), "no good text is lost"
    assert "87,51" in found[3].extraction.text
    assert place.report("verify")["damages"] == []
    _ask(place)


def _begin_with(visited: dict[str, Any], articles: list[Article]) -> None:
    """A state begins with the visit that first showed it."""
    for article in articles:
        assert visited["started_at"] <= article.states[-1].since.isoformat(timespec="seconds") <= visited["finished_at"]


def _ask(place: Harvester) -> None:
    """What a researcher sees of it."""
    silent = place.report("search", "--silent")
    assert {row["url"].rpartition("/")[2] for row in silent["articles"]} >= {"3"}
    assert place.report("search", "--state", "gone")["count"] == 1
    third = next(row for row in silent["articles"] if row["url"].endswith("/n/3"))
    words = place.run("show", third["id"], "--diff", "1", "2").stdout
    assert "[-15-]{+51+}" in words
    unified = place.run("show", third["id"], "--diff", "1", "2", "--format", "unified").stdout
    assert "--- revision 1" in unified
    assert "+text: В округе" in unified
    told = place.report("show", third["id"], "--diff", "1", "2")
    assert [field["field"] for field in told["fields"]] == ["text"]
    assert "There is no revision 9" in place.run("show", third["id"], "--diff", "1", "9", code=2).stderr


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(text.split("\n"))


def test_a_page_that_alternates_between_two_texts_makes_two_revisions(place: Harvester) -> None:
    with Restless(3) as outlet:
        news = visits(place, outlet)
        first, second = outlet.pieces[1].paragraphs, (*outlet.pieces[1].paragraphs[:2], "Другой узел отдает другой абзац о Конституции.")
        kinds = []
        for paragraphs in (first, second, first, second, first, second):
            outlet.change(1, paragraphs=paragraphs)
            kinds.append({kind for kind in news.outcomes(news.visit()) if kind in {"new", "revised", "reverted"}})
        assert kinds == [{"new"}, {"revised"}, {"reverted"}, {"reverted"}, {"reverted"}, {"reverted"}]
        article = news.articles()[1]
        assert (article.revision, article.revisions) == (2, 2)


def test_a_number_that_changes_at_every_fetch_makes_no_storm(place: Harvester) -> None:
    with Restless(2) as outlet:
        news = visits(place, outlet)
        for votes in range(10, 19):
            outlet.change(1, votes=f"{votes},15")
            news.visit()
        assert news.articles()[1].revisions == 1 + NOISY_AFTER


def test_new_articles_come_before_known_ones_and_a_budget_bounds_those(place: Harvester) -> None:
    place.variables |= {"HARVESTER_REVISIT__BUDGET": "4", "HARVESTER_REVISIT__LADDER": "1m for 1d"}
    with Restless(10) as outlet:
        news = visits(place, outlet)
        news.visit()
        with Archive.held(place.archive, "test") as archive:
            archive.wake_known("restless")
        outlet.pieces |= {number: Piece(number, f"Новая встреча {number}", outlet.pieces[1].paragraphs) for number in (11, 12)}
        outlet.requests.clear()
        place.run("crawl", "--all", "-q")
        asked = [path for path, _ in outlet.requests if path.startswith("/n/")]
        assert set(asked[:2]) == {"/n/11", "/n/12"}
        assert len(asked) == 2 + 4
        outlet.requests.clear()
        place.run("crawl", "--all", "--revisit", "none", "-q")
        assert [path for path, _ in outlet.requests if path.startswith("/n/")] == []


def test_a_second_visit_to_hundreds_of_unchanged_articles_costs_next_to_nothing(place: Harvester) -> None:
    with Restless(200, ballast=60_000) as outlet:
        outlet.noisy = False
        news = visits(place, outlet)
        assert news.outcomes(news.visit())["new"] == 200
        first_sent, first_kept = outlet.sent, _warc_bytes(place)
        outlet.sent = 0
        second = news.outcomes(news.visit())
        assert second[OutcomeKind.UNCHANGED] == 201
        assert outlet.sent < 0.03 * first_sent
        assert _warc_bytes(place) - first_kept < 0.02 * first_kept


def test_the_same_body_again_is_kept_as_a_revisit_record(place: Harvester) -> None:
    from warcio.archiveiterator import ArchiveIterator

    with Restless(2) as outlet:
        outlet.noisy = False
        place.variables["HARVESTER_REVISIT__UNCONDITIONAL"] = "1"
        news = visits(place, outlet)
        news.visit()
        news.visit()
    (file,) = (place.archive / "warc").glob("*.warc.gz")
    with file.open("rb") as stream:
        profiles = Counter(
            record.rec_headers.get_header("WARC-Profile") for record in ArchiveIterator(stream) if record.rec_type == "revisit"
        )
    assert profiles["http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"] >= 2
    assert place.report("verify")["damages"] == []


def _warc_bytes(place: Harvester) -> int:
    return sum(path.stat().st_size for path in (place.archive / "warc").glob("*.warc.gz"))
