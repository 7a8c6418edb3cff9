from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.search.parse import parse
from storage.search.snippets import SCANNED, Snippet, snippet


def marked(found: Snippet) -> list[str]:
    return [found.text[start:end] for start, end in found.marks]


def test_the_original_words_are_marked() -> None:
    found = snippet("О Конституции: конституцией, а не конституционно!", parse("конституция"), "ru")
    assert found.text == "О Конституции: конституцией, а не конституционно!"
    assert marked(found) == ["Конституции", "конституцией"]


def test_a_kazakh_text_is_marked_in_its_own_forms() -> None:
    found = snippet("Мектептерімізде және мектепке сабақ басталды.", parse("мектеп"), "kk")
    assert marked(found) == ["Мектептерімізде", "мектепке"]


def test_all_wanted_words_are_marked_and_excluded_ones_are_not() -> None:
    found = snippet("Выборы и закон, суд и право.", parse("выбор закон OR суд -право"), "ru")
    assert marked(found) == ["Выборы", "закон", "суд"]


def test_words_of_a_phrase_are_marked_where_it_stands() -> None:
    found = snippet("Реформа. О конституционной реформе и Конституции.", parse("«конституционная реформа»"), "ru")
    assert marked(found) == ["конституционной", "реформе"]


def test_the_window_shows_most_of_the_words_and_marks_cuts() -> None:
    far = "слово " * 100
    found = snippet(f"Закон. {far}Новый закон и право. {far}", parse("закон право"), "ru", width=60)
    assert marked(found) == ["закон", "право"]
    assert found.text.startswith("… слово")
    assert found.text.endswith("слово …")
    assert len(found.text) <= 60 + 4


def test_different_words_are_worth_more_than_the_same_word_often() -> None:
    found = snippet("Закон, закон, закон. " + "слово " * 100 + "Право и закон.", parse("закон право"), "ru", width=40)
    assert marked(found) == ["Право", "закон"]


def test_the_first_of_equal_windows_is_shown() -> None:
    found = snippet("Первый закон. " + "слово " * 100 + "Последний закон.", parse("закон"), "ru", width=40)
    assert found.text.startswith("Первый закон.")
    assert found.text.endswith(" …")


def test_cuts_keep_words_and_their_signs_whole() -> None:
    words = "«Жаңа» жыл-мерекесі, (2026): келді… "
    found = snippet(words * 20 + "мақсат " + words * 20, parse("мақсат"), "kk", width=80)
    assert set(found.text.strip("… ").split()) <= set((words + "мақсат").split()) | {"келді"}


@pytest.mark.parametrize("parsed", [None, parse("слон")])
def test_without_a_find_it_is_the_beginning(parsed: object) -> None:
    found = snippet("Начало.\nПродолжение " + "слово " * 100, parsed, "ru", width=30)  # type: ignore[arg-type]
    assert found == Snippet("Начало. Продолжение слово …")


def test_a_short_text_is_shown_whole_and_an_empty_one_is_empty() -> None:
    assert snippet("Ещё.\nРаз", parse("раз"), "ru") == Snippet("Ещё. Раз", ((5, 8),))
    assert snippet("", parse("раз"), "ru") == Snippet("")


def test_a_word_wider_than_the_window_is_cut() -> None:
    found = snippet("я" * 1000, None, "ru", width=50)
    assert found.text == "я" * 50 + " …"


def test_far_below_nothing_is_searched() -> None:
    assert snippet("слово " * (SCANNED // 6) + " закон", parse("закон"), "ru").marks == ()


@settings(max_examples=150, deadline=None)
@given(
    text=st.lists(st.sampled_from(["закон", "законом", "право", "(суд),", "х" * 70, "жыл-жыл", "\n", "", "«…»", "🌾"]), max_size=80).map(
        " ".join
    ),
    typed=st.sampled_from(["закон", "закон право", "«закон права»", "суд -право", "жыл"]),
    width=st.integers(20, 120),
)
def test_a_snippet_is_short_and_its_marks_lie_on_words(text: str, typed: str, width: int) -> None:
    found = snippet(text, parse(typed), "ru", width)
    assert len(found.text) <= width + 4
    assert found.text.removeprefix("… ").removesuffix(" …") in text.replace("\n", " ")
    assert list(found.marks) == sorted(found.marks)
    assert all(0 <= start < end <= len(found.text) and found.text[start:end].isalpha() for start, end in found.marks)
