from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from storage.errors import UsageError
from storage.search.parse import LONGEST_QUERY, ParsedQuery, Term, parse


def shape(parsed: ParsedQuery) -> str:
    """Clauses parted by spaces, alternatives by a stroke, phrases joined by a plus, exclusions behind a minus."""

    def term(value: Term) -> str:
        return "+".join(value.words)

    return " ".join(["|".join(map(term, clause)) for clause in parsed.clauses] + ["-" + term(value) for value in parsed.excluded])


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("конституция", "конституция"),
        ("  новая   конституция ", "новая конституция"),
        ('"новая конституция" Астана', "новая+конституция Астана"),
        ("«новая конституция»", "новая+конституция"),
        ("“жаңа конституция”", "жаңа+конституция"),
        ("„жаңа конституция“", "жаңа+конституция"),
        ("выборы -референдум", "выборы -референдум"),
        ("-референдум выборы", "выборы -референдум"),
        ('выборы -"новый закон"', "выборы -новый+закон"),
        ("сайлау OR выборы закон", "сайлау|выборы закон"),
        ("а ИЛИ б НЕМЕСЕ в", "а|б|в"),
        ("Ата-Заң", "Ата+Заң"),
        ("kazinform.kz", "kazinform+kz"),
        ("Астана - столица", "Астана столица"),
        ("--выборы закон", "закон -выборы"),
        ("2026", "2026"),
    ],
)
def test_a_query_is_read_as_people_know_it(typed: str, read: str) -> None:
    assert shape(parse(typed)) == read


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("закон*", "закон"),
        ("^закон", "закон"),
        ("title:закон", "title закон"),
        ("NEAR(новый закон, 5)", "NEAR новый закон 5"),
        ("(новый AND закон)", "новый закон"),
        ('"новый закон', "новый закон"),
        ("новый» закон", "новый закон"),
        ('закон ""', "закон"),
        ("OR закон", "закон"),
        ("закон OR", "закон"),
        ("закон OR OR право", "закон|право"),
        ("закон OR -право суд", "закон суд -право"),
        ("закон -право OR суд", "закон суд -право"),
        ("закон or право", "закон or право"),
        ("закон\x00право", "закон+право"),
        ("закон\ud800", "закон"),
        ("закон - ", "закон"),
        ("«закон»-право", "закон право"),
        ("закон -OR", "закон -OR"),
    ],
)
def test_signs_of_other_search_languages_are_words_or_nothing(typed: str, read: str) -> None:
    assert shape(parse(typed)) == read


@pytest.mark.parametrize("typed", ["", "   ", "-", '"', "***", "OR", "AND", "«»", "…"])
def test_a_query_without_a_word_is_refused_with_advice(typed: str) -> None:
    with pytest.raises(UsageError, match="no word to look for") as caught:
        parse(typed)
    assert "filters alone" in caught.value.hint


def test_a_query_of_exclusions_only_is_refused_with_advice() -> None:
    with pytest.raises(UsageError, match="only excludes") as caught:
        parse('-выборы -"новый закон"')
    assert "Add a word" in caught.value.hint


def test_a_long_query_is_refused_and_one_at_the_limit_is_not() -> None:
    longest = ("закон " * LONGEST_QUERY)[: LONGEST_QUERY - 1] + "ы"
    assert parse(longest).clauses
    with pytest.raises(UsageError, match="257 characters"):
        parse(longest + "ы")


def test_a_word_holds_the_keys_of_its_forms() -> None:
    (clause,) = parse("конституцией").clauses
    assert clause[0].keys[0] & parse("Конституция").clauses[0][0].keys[0]
    assert not clause[0].is_phrase


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300) | st.text(alphabet='ab -"«»“”()*:^ORИЛ\n\0|', max_size=60))
@example("-" * 200)
def test_any_text_is_read_or_refused(typed: str) -> None:
    try:
        parsed = parse(typed)
    except UsageError:
        return
    assert parsed.clauses
    assert all(term.words and all(term.keys) for term in parsed.wanted)
