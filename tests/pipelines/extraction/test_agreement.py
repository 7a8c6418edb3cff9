"""The choice between two texts of a page."""

from __future__ import annotations

import pytest

from pipelines.extraction.agreement import PageStatements, better, headline_of, title_share
from pipelines.extraction.sentences import has_verb, is_reported, is_sentence

SAID = PageStatements(
    "Кворум объяснили на сходе", "Юристы рассказали, когда референдум считается состоявшимся, и как начнётся подсчёт голосов."
)
NEWS = (
    "Юристы напомнили, что референдум считается состоявшимся при участии больше половины граждан.",
    "Кворум объяснили жителям на сходе в школе, и подсчёт начнётся сразу после закрытия участков.",
)
REST = ("Пенсионер принёс брошюру прежних лет и насчитал в ней больше сотни отличий от проекта.",) * 2
COOKIES = ("Этот сайт использует файлы cookie, чтобы запоминать ваши настройки и считать посещения.",) * 9
MENU = ("К содержанию",)


@pytest.mark.parametrize(
    ("opinion", "kept", "taken"),
    [
        (NEWS, (), True),
        (MENU, (), False),  # no sentence
        ((), NEWS, False),
        (NEWS, MENU, True),  # a stub gives way
        (COOKIES, NEWS, False),
        (NEWS, COOKIES, True),  # title and lead are in the one, and not in the other
        (NEWS + REST, NEWS, True),  # more of a short text
        (NEWS, NEWS + REST, False),
        (NEWS + REST * 9, (NEWS + REST) * 3, False),  # a long text is not made longer
        ((" ".join(NEWS),), NEWS, False),  # the same, in one piece
        (NEWS, (" ".join(NEWS),), True),
        ((*MENU, *NEWS), NEWS, False),  # adds no sentence
    ],
)
def test_the_text_that_agrees_better_is_chosen(opinion: tuple[str, ...], kept: tuple[str, ...], taken: bool) -> None:  # noqa: FBT001
    assert better(opinion, kept, SAID) is taken


def test_text_in_boxes_adds_nothing() -> None:
    assert not better(NEWS + COOKIES, NEWS, SAID, boxed=" ".join(COOKIES))


@pytest.mark.parametrize(
    ("title", "headline"),
    [
        ("Парк у реки расширят | Вестник", "Парк у реки расширят"),
        ("Парк у реки расширят :: Агентство новостей", "Парк у реки расширят"),
        ("Вестник — Парк у реки расширят", "Вестник — Парк у реки расширят"),
        ("Парк у реки-2", "Парк у реки-2"),
        (" " * 5_000, " " * 5_000),
    ],
)
def test_a_title_loses_the_site_s_name(title: str, headline: str) -> None:
    assert headline_of(title) == headline


def test_a_title_s_words_match_in_any_inflected_form() -> None:
    assert title_share("В Конституцию внесли поправки.", "Конституция и выборы") == 0.5
    assert title_share("", "Конституция") == title_share("Текст", "") == 0


@pytest.mark.parametrize(
    ("line", "verb"),
    [
        ("Фото с места опубликовала пресс-служба.", True),
        ("Бұл туралы әкімдік хабарлады.", True),
        ("The lists were published on Friday.", True),
        ("Фото пресс-службы акимата области.", False),
        ("Фото из журнала «Вокруг света».", False),
        ("Photo courtesy of United Press International.", False),
        ("Фото опубликовала пресс-служба акимата", False),  # no full stop
    ],
)
def test_a_verb_is_recognised_by_its_ending(line: str, verb: bool) -> None:  # noqa: FBT001
    assert has_verb(line) is verb


def test_sentences() -> None:
    assert is_sentence("Жители посёлка обсудили проект нового парка.")
    assert not is_sentence("Жители посёлка обсудили проект нового парка")
    assert not is_sentence("Да, это так.")
    assert is_reported("Следите за уровнем воды в канале, попросили жителей в акимате.")
    assert not is_reported("Следите за новостями в нашем телеграм-канале каждый день.")
