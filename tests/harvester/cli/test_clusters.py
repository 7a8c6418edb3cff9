from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from harvester.cli.cluster import cluster_row, print_cluster
from harvester.cli.console import PlainConsole
from storage.archive import Archive
from storage.model.clusters import Membership, StoryCluster
from storage.model.reprints import ReprintKind
from tests.quality.reprints import GoldText, gold
from tests.quality.test_reprints import article_of, keep

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.harvester.cli.said import Said

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
DELHI, ALMATY = timezone(timedelta(hours=5, minutes=30)), timezone(timedelta(hours=5))
OUTLETS = ("wire", "paper", "city")
STORY, OTHER = [text for text in gold() if text.kind == "original"][:2]


@pytest.fixture
def ids(tmp_path: Path) -> list[str]:
    """A story, its reprint 50 hours later, and another story, in `archive/`."""
    texts = [
        GoldText("a", "original", "wire", STORY.language, "Первый заголовок", STORY.text, NOON),
        GoldText("b", "copy", "paper", STORY.language, "Второй заголовок", STORY.text, NOON + timedelta(hours=50)),
        GoldText("c", "original", "wire", OTHER.language, "Другой заголовок", OTHER.text, NOON + timedelta(hours=1)),
    ]
    with Archive.held(tmp_path / "archive", "test") as archive:
        keep(archive, texts)
    return [article_of(n, text) for n, text in enumerate(texts)]


def test_a_cluster_is_shown_by_time(harvester: Callable[..., Said], ids: list[str]) -> None:
    said = harvester("show", ids[1], "--cluster")
    head, first, _, second, address = said.out.splitlines()
    assert head.endswith(", 2 articles")
    assert first == "2026-03-03 12:00 UTC   original    100%  original        wire   Первый заголовок"
    assert second == "2026-03-05 14:00 UTC   +2 d 2 h    100%  verbatim copy   paper  Второй заголовок"
    assert address == f"    {ids[1]}  https://paper.example/b/1"
    assert harvester("show", head.split()[1].rstrip(","), "--cluster").out == said.out


def test_a_cluster_as_json(harvester: Callable[..., Said], ids: list[str]) -> None:
    shown = harvester("show", ids[0], "--cluster", "--json").json
    assert (shown["size"], shown["original"]) == (2, ids[0])
    assert [(x["id"], x["lag"], x["kind"], x["moment_is"]) for x in shown["members"]] == [
        (ids[0], 0, "original", "printed"),
        (ids[1], 180_000, "verbatim", "printed"),
    ]
    row = json.loads(harvester("search", "--source", "paper", "--format", "jsonl").out)
    member = {"lag": 180_000, "similarity": 1.0, "kind": "verbatim", "lag_range": None}
    assert row["cluster"] == {"id": shown["cluster"], "size": 2, "original": ids[0], **member}
    assert list(row["cluster"]) == ["id", "size", "original", "lag", "similarity", "kind", "lag_range"]


def member(name: str, kind: ReprintKind, moment: datetime, printed_day: str, *, printed: bool) -> Membership:
    lags = (timedelta(hours=10), timedelta(days=1, hours=10))
    return Membership(name, f"https://{name}.example/1", name, f"Из {name}", moment, printed, 1.0, kind, None, lags, printed_day)


def test_a_day_is_shown_as_a_day_and_only_what_has_no_date_by_its_first_sight() -> None:
    november = datetime(2026, 11, 29, 9, 7, tzinfo=UTC)
    members = (
        member("palace", ReprintKind.ORIGINAL, november, "2026-03-17", printed=False),
        member("north", ReprintKind.EDITED, datetime(2026, 3, 18, 5, tzinfo=UTC), "2026-03-18", printed=True),
        member("month", ReprintKind.EDITED, november, "2026-04", printed=False),
    )
    cluster = StoryCluster("c1", "palace", members)
    assert [line.split("  ")[0] for line in shown(cluster)[1::2]] == ["2026-03-17", "2026-03-18 05:00 UTC", "2026-04"]
    undated = member("none", ReprintKind.EDITED, november, "", printed=False)
    *_, line, _, note = shown(replace(cluster, members=(*members, undated)))
    assert line.startswith("2026-11-29 09:07 UTC*  ")
    assert note == "* when it was first seen: its source prints no date"
    assert [x["published_day"] for x in cluster_row(cluster)["members"]] == ["2026-03-17", "2026-03-18", "2026-04"]
    assert len({line.index("100%") for line in shown(cluster)[1::2]}) == 1, "columns are as wide as the longest lag"


def shown(cluster: StoryCluster) -> list[str]:
    written = io.StringIO()
    print_cluster(PlainConsole(written), cluster)
    return written.getvalue().splitlines()


def test_a_digest_is_shown_with_what_it_collects(harvester: Callable[..., Said], tmp_path: Path) -> None:
    texts = [
        GoldText("a", "original", "wire", STORY.language, "Первый заголовок", STORY.text, NOON),
        GoldText("b", "original", "wire", OTHER.language, "Другой заголовок", OTHER.text, NOON + timedelta(hours=1)),
        GoldText("c", "digest", "paper", STORY.language, "Главное", f"{STORY.text}\n{OTHER.text}", NOON + timedelta(hours=9)),
    ]
    with Archive.held(tmp_path / "archive", "test") as archive:
        keep(archive, texts)
    ids = [article_of(n, text) for n, text in enumerate(texts)]
    said = harvester("show", ids[2], "--cluster")
    assert said.out.startswith("a digest: it holds passages of\n")
    assert "wire  Первый заголовок" in said.out
    assert "an excerpt of it stands in\n" in harvester("show", ids[0], "--cluster").out
    shown = harvester("show", ids[2], "--cluster", "--json").json["excerpts"]
    assert (shown["is_digest"], {x["article"] for x in shown["holds"]}, shown["stands_in"]) == (True, set(ids[:2]), [])
    row = json.loads(harvester("export", "--source", "paper").out)
    assert row["cluster"] is None
    assert {(x["id"], x["cluster"], x["kind"]) for x in row["excerpts"]} == {(name, None, "digest") for name in ids[:2]}
    assert list(row)[-1] == "excerpts"
    assert "digest of" in harvester("show", ids[2]).out


def test_an_article_without_reprints(harvester: Callable[..., Said], ids: list[str]) -> None:
    said = harvester("show", ids[2], "--cluster")
    assert (said.code, said.out, said.err) == (0, "", "No other article of this archive carries its text.\n")
    assert harvester("show", ids[2], "--cluster", "--json").json["cluster"] is None
    assert harvester("search", "--source", "wire", "--format", "jsonl", "--limit", "1").out.count('"cluster":null') == 1


@pytest.mark.parametrize("other", ["--revisions", "--html"])
def test_one_thing_is_shown_at_a_time(harvester: Callable[..., Said], ids: list[str], other: str) -> None:
    assert harvester("show", ids[0], "--cluster", other).code == 2


def test_an_unknown_article_has_no_cluster(harvester: Callable[..., Said], ids: list[str]) -> None:
    del ids
    said = harvester("show", "0000", "--cluster")
    assert (said.code, said.out) == (2, "")
    assert "The archive holds no article 0000." in said.err


def test_collapsed_hits_tell_how_often_they_were_reprinted(harvester: Callable[..., Said], ids: list[str]) -> None:
    said = harvester("search", "--collapse")
    assert f"{ids[0]}  https://wire.example/a/0  +1 reprint" in said.out
    assert ids[1] not in said.out
    assert said.err == "2 articles, 2 shown\n"
    assert "+1 reprint" in harvester("search").out


def test_the_article_names_its_reprints(harvester: Callable[..., Said], ids: list[str]) -> None:
    lines = harvester("show", ids[1]).out.splitlines()
    line = next(x for x in lines if x.startswith("reprints"))
    assert line.startswith("reprints    1, cluster ")
    assert line.endswith(f", original {ids[0]}")
    assert "copy        verbatim copy, 100% in common with the original, lag +2 d 2 h" in lines


def test_stories_list_who_told_them(harvester: Callable[..., Said], tmp_path: Path) -> None:
    told = "Комиссия приняла текст закона о Курултае и передала его депутатам, сообщил председатель Серик Оразов в Жезтау."
    again = "Депутаты получили от комиссии закон о Курултае. Текст принят, рассказал в Жезтау председатель Серик Оразов журналистам."
    texts = [
        GoldText("a", "told", "wire", "ru", "Закон о Курултае передан депутатам", told, NOON.astimezone(DELHI)),
        GoldText("b", "told", "paper", "ru", "Депутаты получили закон о Курултае", again, (NOON + timedelta(hours=2)).astimezone(ALMATY)),
        GoldText("c", "told", "paper", "ru", OTHER.title, OTHER.text, NOON),
    ]
    with Archive.held(tmp_path / "archive", "test") as archive:
        keep(archive, texts)
    said = harvester("stories", "--since", "2026-03-01")
    headline, first, second = said.out.splitlines()
    assert headline.startswith("Закон о Курултае передан депутатам  0.")
    assert first.startswith("    2026-03-03 12:00 UTC  ")
    assert second.startswith("    2026-03-03 14:00 UTC  "), "who was first is seen only in one zone"
    assert "wire  Закон о Курултае передан депутатам" in first
    assert "paper  Депутаты получили закон о Курултае" in second
    assert said.err == "1 story, among 3 articles\n"
    report = harvester("stories", "--json").json
    assert (report["articles"], report["stories"][0]["sources"]) == (3, ["paper", "wire"])
    assert [x["reprints"] for x in report["stories"][0]["articles"]] == [0, 0]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["закн"], "Nothing found: no article holds закн"),
        (["--until", "2026-03-01"], "Nothing found; without the filters it would be 3."),
        (["--source", "wire"], "Only one article was found, and a story takes two. Ask for more sources."),
        (["весна", "--since", "2026-03-01"], "Ask for fewer words or more days."),
        ([], "No two of the 3 articles found tell the same story; reprints count as one. A story is told"),
    ],
)
def test_what_makes_no_story_is_explained(harvester: Callable[..., Said], tmp_path: Path, arguments: list[str], told: str) -> None:
    texts = [
        "Паводок отступил: весна пришла в Жезтау рано, вода сошла за неделю, дорогу открыли.",
        "Команда проиграла матч со счётом два один, тренер недоволен защитой.",
        "Театр показал премьеру: за окном весна, зал полон до последнего ряда, артистов вызывали трижды.",
    ]
    with Archive.held(tmp_path / "archive", "test") as archive:
        keep(archive, [GoldText(f"s{n}", "told", OUTLETS[n], "ru", text[:12], text, NOON) for n, text in enumerate(texts)])
    said = harvester("stories", *arguments)
    assert (said.code, said.out) == (0, "")
    assert told in said.err
