from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.harvester.cli.said import Said

pytestmark = pytest.mark.usefixtures("kept")


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["рефрендум"], "no article holds рефрендум; did you mean Референдум (1)?"),
        (["комисия"], "did you mean Комиссия (1)?"),
        (["комсисия", "проект"], "did you mean Комиссия (1)?"),
        (["мектпе"], "did you mean мектеп (1)?"),
        (["референдум", "банан"], "no article holds банан."),
        (["референдум", "мектеп"], "all words must be there"),
        (["референдум", "since", "2026-03"], "for articles published then: --since 2026-03 --until 2026-03"),
        (["референдум о мектеп в марте 2026 года?"], "--since 2026-03 --until 2026-03"),
        (["референдум мектеп March 2027"], "--since 2027-03"),
        (["референдум", "мектеп", "2026"], "no article holds 2026."),
        (["2026 жылғы наурызда мектеп референдум"], "--since 2026-03 --until 2026-03"),
        (['"комиссия летом"'], "no article has the words «комиссия летом» in a row; apart, as `комиссия летом`, 1 would be found."),
        (["комиссия/летом"], "no article has the words «комиссия летом» in a row"),
        (['"комиссия летом" -"проект комиссия"'], 'apart, as `комиссия летом -"проект комиссия"`'),
        (['"летом мектеп"'], "all words must be there"),
        (["--source", "vestnk"], "did you mean vestnik (Северный вестник)"),
        (["--source", "вестник"], "did you mean vestnik (Северный вестник)"),
        (["--source", "akorda"], "akorda (Акорда) is declared, and the archive holds no article of it"),
        (["--source", "nosuchthing"], "there is no source nosuchthing; see `harvester sources list`."),
        (["--author", "Кима"], "did you mean Айгуль Ким (1)?"),
        (["--author", "айгул"], "did you mean Айгуль Ким (1)?"),
        (["--tag", "РЕФОРМЫ"], "did you mean реформа (1)?"),
        (["--tag", "выбор"], "did you mean выборы (1)?"),
        (["--section", "политик"], "did you mean Политика (1)?"),
        (["--topic", "reform"], "did you mean constitutional-reform (1)?"),
        (["--language", "en"], "the most frequent are ru (2), kk (1)."),
        (["референдум", "--source", "qala"], "without the filters it would be 1"),
    ],
)
def test_what_is_near_is_named(harvester: Callable[..., Said], arguments: list[str], hint: str) -> None:
    said = harvester("search", *arguments)
    assert (said.code, said.out) == (0, "")
    assert hint in said.err


@pytest.mark.parametrize(
    "filters",
    [
        ["--source", "VESTNIK"],
        ["--source", "северный вестник"],
        ["--source", "vestnik.example"],
        ["--source", "HTTP://www.vestnik.example"],
        ["--author", "КИМ"],
        ["--author", "Ким Айгуль"],
        ["--language", "RU", "--section", "ПОЛИТИКА"],
        ["--kind", "Newspaper", "--state", "LIVE", "--tag", "Выборы"],
    ],
)
def test_names_in_any_case_and_part_are_found(harvester: Callable[..., Said], filters: list[str]) -> None:
    assert "1 article, 1 shown" in harvester("search", "референдум", *filters).err
