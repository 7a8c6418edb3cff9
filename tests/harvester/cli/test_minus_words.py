from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harvester.cli.minus_words import joined

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.archives import SmallArchive
    from tests.harvester.cli.said import Said

pytestmark = pytest.mark.usefixtures("kept")


@pytest.mark.parametrize(
    "typed",
    [
        ["референдум", "-АЭС"],
        ["-АЭС", "референдум"],
        ["референдум", "-основной закон"],
        ["референдум", "-«основной закон»"],
        ["референдум", "-vote", "-мектеп"],
        ["референдум", "--source", "vestnik", "-2024", "-қ"],
        ["-v", "референдум", "-опрос", "--limit=5", "-qv"],
        ["референдум", "--", "-АЭС"],
        ["референдум", "--АЭС"],
        ["референдум -АЭС"],
        ["-АЭС референдум"],
    ],
)
def test_words_to_leave_out_are_taken_as_they_are_typed(harvester: Callable[..., Said], kept: SmallArchive, typed: list[str]) -> None:
    said = harvester("search", *typed)
    assert (said.code, kept.reform in said.out) == (0, True)


@pytest.mark.parametrize("typed", [["-референдум"], ["-пройдёт летом"], ["-лето"], ["-школа", "-референдума"], ["--комиссия"]])
def test_what_is_left_out_is_not_found(harvester: Callable[..., Said], typed: list[str]) -> None:
    said = harvester("search", "проект", *typed)
    assert (said.code, said.out) == (0, "")
    assert "Nothing found" in said.err


def test_every_command_with_a_query_takes_them(harvester: Callable[..., Said], kept: SmallArchive) -> None:
    for command in ("search", "export", "stories"):
        assert harvester(command, "референдум", "-АЭС").code == 0
    assert kept.reform in harvester("export", "референдум", "-АЭС").out
    assert harvester("export", "референдум", "-летом").out == ""


def test_a_file_is_an_option_and_a_word_like_one_is_none(harvester: Callable[..., Said]) -> None:
    assert "corpus.jsonl: 1 article" in harvester("export", "референдум", "-ocorpus.jsonl").err
    assert harvester("export", "референдум", "-opposition").out != ""


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (["-source", "qala"], "did you mean --source?"),
        (["-sorce", "qala"], "did you mean --source?"),
        (["-limit", "3"], "did you mean --limit?"),
        (["-language=kk"], "did you mean --language?"),
        (["-n", "5"], "No such option: -n"),
        (["--lmit", "1"], "--limit"),
        (["--limit", "-1"], "--limit"),
        (["--sort"], "--sort"),
    ],
)
def test_slips_of_options_are_named(harvester: Callable[..., Said], typed: list[str], told: str) -> None:
    said = harvester("search", "референдум", *typed)
    assert (said.code, said.out) == (2, "")
    assert told in said.err


@pytest.mark.parametrize("typed", ["конституц*", "а | б", "(а OR б) в", "закон –право", "title:закон", "закон NOT право", '"закон'])
def test_signs_that_mean_nothing_here_are_refused(harvester: Callable[..., Said], typed: str) -> None:
    for command in ("search", "export", "stories"):
        said = harvester(command, typed)
        assert (said.code, said.out) == (2, "")
        assert "bug" not in said.err


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        (["основной закон"], "основной закон"),
        (["референдум", "основной закон"], 'референдум "основной закон"'),
        (["референдум", "-основной закон"], 'референдум -"основной закон"'),
        (["референдум", '"основной закон" право'], 'референдум "основной закон" право'),
        (["а OR б", "в -г"], "а OR б в -г"),
        ([], ""),
    ],
)
def test_the_quotes_of_the_shell_are_put_back(typed: list[str], text: str) -> None:
    assert joined(typed) == text
