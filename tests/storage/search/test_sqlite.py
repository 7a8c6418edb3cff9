from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from storage.errors import UsageError
from storage.search.parse import ParsedQuery, QueryTerm, parse
from storage.search.phrases import places
from storage.search.sqlite import SPELLED_OUT, candidates, confirmed, index, match_expression, ranks, remove

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from storage.database.engine import Database

ARTICLES = {
    1: ("ru", "Новая Конституция принята", "Что изменится", "Народ проголосовал за новую редакцию.\nЕщё раз о реформе."),
    2: ("ru", "Погода", "", "О конституционной реформе говорили в Астане.\nРеформа конституционная, а закон прежний."),
    3: ("kk", "Жаңа Конституция туралы", "", "Қазақстанның мектептерінде сайлаушылар жиналды.\nБалаларымыздың болашағы туралы айтылды."),
    4: ("ru", "Токаева встретили", "Касым-Жомарт Токаев прибыл", "Ёлка стоит в парке. Выборы прошли."),
    5: ("ru", "Закон", "О новом", "законе и о выборах. Конституция не менялась."),
}


@pytest.fixture(scope="module")
def session(database: Database) -> Iterator[Session]:
    def fill(session: Session) -> None:
        for number, (language, title, lead, body) in ARTICLES.items():
            index(session, number, title, lead, body, language)

    database.write(fill)
    with database.read_session() as session:
        yield session


def found(session: Session, typed: str) -> list[int]:
    parsed = parse(typed)
    return confirmed(session, parsed, sorted(session.scalars(candidates(parsed))))


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        ("конституцией", [1, 3, 5]),
        ("Конституция", [1, 3, 5]),
        ("КОНСТИТУЦИИ реформами", [1]),
        ("токаев", [4]),
        ("Тоқаев", [4]),
        ("елка", [4]),
        ("ёлки", [4]),
        ("еще", [1]),
        ("мектеп", [3]),
        ("Қазақстан", [3]),
        ("балалар", [3]),
        ("сайлаушы", [3]),
        ("выборы OR мектептер", [3, 4, 5]),
        ("конституция -закон", [1, 3]),
        ("конституция -закон -мектеп", [1]),
        ("слон", []),
    ],
)
def test_a_word_finds_its_forms(session: Session, typed: str, numbers: list[int]) -> None:
    assert found(session, typed) == numbers


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        ("«конституционная реформа»", [2]),
        ("«реформа конституционная»", [2]),
        ("«реформой закона»", []),
        ("«реформы конституция»", []),
        ("Касым-Жомарта", [4]),
        ("«новая конституция» OR «конституционные реформы»", [1, 2]),
        ("конституция -«новой конституции»", [3, 5]),
        ("закон -«конституционных реформ»", [5]),
    ],
)
def test_a_phrase_finds_inflected_words_in_this_order_only(session: Session, typed: str, numbers: list[int]) -> None:
    assert found(session, typed) == numbers


def test_a_phrase_does_not_reach_over_lead_paragraphs_or_headline(session: Session) -> None:
    assert found(session, "новый закон") == [5]
    assert found(session, "«новый закон»") == []  # the lead ends, the text begins
    assert found(session, "«Астана реформа»") == []  # two paragraphs
    assert found(session, "конституционный -«Астана реформа»") == [2]


def test_long_phrases_are_confirmed_too(session: Session) -> None:
    many = frozenset({"народ", *(f"к{n}" for n in range(SPELLED_OUT))})
    voted = parse("проголосовал").clauses[0][0].keys[0]
    for order, expected in (((many, voted), [1]), ((voted, many), [])):
        phrase = ParsedQuery(((QueryTerm(("a", "b"), order),),))
        assert " AND " in match_expression(phrase)
        assert list(session.scalars(candidates(phrase))) == [1]
        assert confirmed(session, phrase, [1]) == expected


def test_a_key_is_never_syntax() -> None:
    query = ParsedQuery(((QueryTerm(("x",), (frozenset({'a" OR "b', "NOT"}),)),),))
    assert match_expression(query) == '("NOT" OR "a"" OR ""b")'


def test_occurrences_of_a_phrase_do_not_overlap() -> None:
    term = QueryTerm(("a", "a"), (frozenset("a"), frozenset("a")))
    assert list(places(term, list("aaabaaa"))) == [0, 4]
    assert list(places(term, list("ba"))) == []


def test_the_headline_weighs_more(session: Session) -> None:
    rank = ranks(session, parse("конституция"), [1, 3, 5])
    assert set(rank) == {1, 3, 5}
    assert rank[5] > rank[1]
    assert ranks(session, parse("конституция"), [1]) == {1: rank[1]}


def test_indexing_again_replaces_and_removing_removes(database: Database) -> None:
    parsed = parse("верблюд")

    def numbers() -> list[int]:
        with database.read_session() as session:
            return list(session.scalars(candidates(parsed)))

    database.write(lambda session: index(session, 90, "Верблюды", "", "идут", "ru"))
    assert numbers() == [90]
    database.write(lambda session: index(session, 90, "Кони", "", "идут", "ru"))
    assert numbers() == []
    database.write(lambda session: (index(session, 90, "Верблюды", "", "", "ru"), remove(session, 90)))
    assert numbers() == []


def test_a_broken_text_can_be_indexed(database: Database) -> None:
    def work(session: Session) -> list[int]:
        index(session, 91, "Заголовок\nв две строки", "", "Мамонт\ud800\0бежал \u200b\n\n\n", "und")
        found = list(session.scalars(candidates(parse("мамонт строка"))))
        remove(session, 91)
        return found

    assert database.write(work) == [91]


def test_the_index_is_sound_for_sqlite(session: Session) -> None:
    session.execute(text("SELECT count(*) FROM article_words")).scalar_one()
    assert session.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"


def test_the_longest_query_is_within_the_limits_of_fts5(session: Session) -> None:
    assert found(session, " ".join("абвгдежзиклмнопрстуфхцчшэюя" * 5)[:256]) == []
    assert found(session, ("ев OR " * 43)[:256]) == []
    assert found(session, "выборы " + ("-б " * 80)) == [4, 5]


@settings(max_examples=150, deadline=None)
@given(
    typed=st.text(max_size=120)
    | st.lists(
        st.sampled_from(["закон", "Токаев", '"', "«", "»", "-", "OR", "NEAR(", ")", "*", "^", "title:", "a'b", "é", "AND", "NOT", " "]),
        max_size=12,
    ).map("".join)
    | st.lists(
        st.sampled_from(["закон", '-"новый закон"', "«о законе»", "OR", "AND", "NOT", "ıo'", "1:2", "ٴ", "{a}", "+"]), max_size=8
    ).map(" ".join),
)
def test_any_text_runs_or_is_refused(session: Session, typed: str) -> None:
    try:
        parsed = parse(typed)
    except UsageError:
        return
    numbers = list(session.scalars(candidates(parsed)))
    assert set(confirmed(session, parsed, numbers)) <= set(ranks(session, parsed, numbers))
