from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.extraction.bylines import MOST_AUTHORS, people


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("Ербол Тишкамбаев", ("Ербол Тишкамбаев",)),
        ("Автор: Ербол Тишкамбаев", ("Ербол Тишкамбаев",)),
        ("Авторы: Анна Ким, Ержан Оспанов и Мария Ли", ("Анна Ким", "Ержан Оспанов", "Мария Ли")),
        ("By Jane Roe and John Doe", ("Jane Roe", "John Doe")),
        ("Жазған: Әсел Нұрланқызы", ("Әсел Нұрланқызы",)),
        ("Jane Roe | Staff Writer", ("Jane Roe",)),
        ("Казинформ", ()),
        ("Пресс-служба акимата", ()),
        ("Редакция", ()),
        ("admin", ()),
        ("CNN", ()),
        ("Вестник", ()),
        ("info@vestnik.example", ()),
        ("vestnik.kz", ()),
        ("12 марта 2026", ()),
        ("Кто построит парк?", ()),
        ("Фото: из архива", ()),
        ("", ()),
    ],
)
def test_people_in_bylines(byline: str, names: tuple[str, ...]) -> None:
    assert people([byline], ["Вестник"]) == names


def test_people_are_ordered_distinct_and_bounded() -> None:
    assert people(["Анна Ким", "Ержан Оспанов", "АННА КИМ"]) == ("Анна Ким", "Ержан Оспанов")
    assert len(people(f"Анна Ким{'а' * n}" for n in range(100))) == MOST_AUTHORS


@given(st.lists(st.text(max_size=80), max_size=5))
def test_any_byline_gives_names_without_surplus_blanks(texts: list[str]) -> None:
    for name in people(texts):
        assert name == " ".join(name.split())
        assert people([name]) in ((name,), ())


@pytest.mark.parametrize(
    "byline",
    [
        "МИА «Казинформ»",
        "BAQ.kz",
        "ҚазАқпарат",
        "Sputnik Казахстан",
        "Соб. корр.",
        "Собинформ",
        "Редакция Zakon.kz",
        "Kazinform",
        "Хабар 24",
        "Пресс-служба Акорды",
        "Ақорда баспасөз қызметі",
        "«Егемен Қазақстан»",
        "Egemen Qazaqstan",
        "Tengrinews",
        "КТК",
        "Служба новостей",
        "Отдел информации",
        "Меншікті тілші",
        "NUR.KZ",
        "Казахстанская правда",
        "Админ",
        "Global News",
        "МВД РК",
        "Орда",
        "ИА Kazakhstan Today",
        "Qazaqstan TV",
        "Atameken Business",
        "Алматы",
        "Фото автора",
        "Автор фото: М. Ли",
        "Наш корреспондент",
        "Читатель",
        "The Astana Times",
        "QazaqTimes",
        "Interline Pro Co",
        "Реклама на сайте",
        "Весь коллектив",
        "Л.А.",
        "Әлем жаңалықтары",
    ],
)
def test_agencies_outlets_places_and_editorial_staff_are_no_persons(byline: str) -> None:
    assert people([byline]) == ()


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("Султан Назарбаев, собкор по Алматинской области", ("Султан Назарбаев",)),
        ("Главный редактор Асель Омарова", ("Асель Омарова",)),
        ("доктор юридических наук Серик Жумабаев", ("Серик Жумабаев",)),
        ("Мадина Аскарова политолог", ("Мадина Аскарова",)),
        ("Арман Асқаров, заң ғылымдарының докторы", ("Арман Асқаров",)),
        ("Текст: Айгуль Ким Фото: Марат Ли", ("Айгуль Ким",)),
        ("Жазған: Ә. Серікұлы / Сурет: Б. Омаров", ("Ә. Серікұлы",)),
        ("Айгуль Ким | Караганда", ("Айгуль Ким",)),
        ("Айгуль Ким, «Казахстанская правда»", ("Айгуль Ким",)),
        ("Айгуль Ким - специально для «Вестника»", ("Айгуль Ким",)),
        ("Айгуль Ким <kim@vestnik.example>", ("Айгуль Ким",)),
        ("Иван Петров (Астана)", ("Иван Петров",)),
        ("Серикова А.К.", ("Серикова А.К.",)),
        ("Н.ҚАЛИЕВ, Алматы", ("Н.ҚАЛИЕВ",)),
        ("Нұрлан Серік ұлы", ("Нұрлан Серік ұлы",)),
        ("Абдулла ибн Ахмад аль-Хасан", ("Абдулла ибн Ахмад аль-Хасан",)),
        ("Мұхтар Құл-Мұхаммед", ("Мұхтар Құл-Мұхаммед",)),
        ("Айгүл Ким, Ержан Оспан және Анна Ли", ("Айгүл Ким", "Ержан Оспан", "Анна Ли")),
        ("Подготовила Жанна Ли", ("Жанна Ли",)),
        ("Analysis by Chris Doe", ("Chris Doe",)),
        ("By Assel Doe in Astana", ("Assel Doe",)),
        ("Jane Roe Monday, 3 March", ("Jane Roe",)),
    ],
)
def test_roles_places_and_credits_beside_a_name_are_removed(byline: str, names: tuple[str, ...]) -> None:
    assert people([byline]) == names
