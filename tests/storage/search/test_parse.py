from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from storage.errors import UsageError
from storage.search.parse import LONGEST_QUERY, ParsedQuery, QueryTerm, parse


def shape(parsed: ParsedQuery) -> str:
    """Clauses parted by spaces, alternatives by a stroke, phrases joined by a plus, exclusions behind a minus."""

    def term(value: QueryTerm) -> str:
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
        ("Что такое курултай?", "Что такое курултай"),
        ("ура! выборы", "ура выборы"),
        ("закон, право; суд", "закон право суд"),
        ("Токаев: речь", "Токаев речь"),
        ("Астана — столица", "Астана столица"),
        ("2025–2026", "2025+2026"),
        ("12:30", "12 30"),
        ("E=mc2", "E+mc2"),
        ("рост 10%", "рост 10"),
        ("+выборы", "выборы"),
        ("law and order", "law and order"),
        ("закон AND право", "закон право"),
        ("сайлау ЖӘНЕ референдум", "сайлау референдум"),
        ("ПОЧЕМУ НЕ СОСТОЯЛИСЬ ВЫБОРЫ", "ПОЧЕМУ НЕ СОСТОЯЛИСЬ ВЫБОРЫ"),
        ("'основной закон' Токаев", "основной+закон Токаев"),
        ("O'Brien ba'ri'", "O'Brien ba'ri"),
        ('"закон (новый) | старый: право"', "закон+новый+старый+право"),
        ('закон ""', "закон"),
        ("закон\x00право", "закон+право"),
        ("закон\ud800", "закон"),
        ("закон - ", "закон"),
        ("закон -OR", "закон -OR"),
    ],
)
def test_other_signs_only_part_words(typed: str, read: str) -> None:
    assert shape(parse(typed)) == read


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        *[(x, "stand for letters") for x in ("закон*", "*закон", "консти*ция")],
        *[(x, "stand for letters") for x in ("р?ферендум", "elect* vote", '"нов* закон"', "сайлау%")],
        *[(x, "is no operator") for x in ("а | б", "а || б", "выборы|референдум", "сайлау ~")],
        *[(x, "is no operator") for x in ("закон~2", '"новый закон"~5', "^закон", "закон^2")],
        *[(x, "is no operator") for x in ("!выборы закон", "закон NEAR/5 право", "закон w/3 право", "а NEAR б")],
        *[(x, "Brackets") for x in ("(новый AND закон)", "а OR (б в)", "-(а б) в", "NEAR(а б, 5)", "[а TO б]", "{а}", "право)")],
        *[(x, "dash that is no minus") for x in ("закон –право", "закон —право")],
        *[(x, "dash that is no minus") for x in ("закон −право", '–"новый закон" суд', "закон ‐право")],
        *[(x, "no field") for x in ("title:закон", 'заголовок:"новый закон"', "text:election", "-title:закон суд")],
        *[(x, "Use the filter: --source kazpravda") for x in ("source:kazpravda закон", "site:kazpravda закон")],
        *[(x, "Use the filter: --author") for x in ("author:Ким", "автор:Ким")],
        ("lang:kk сайлау", "Use the filter: --language kk"),
        ("lang=kk сайлау", "Use the filter: --language kk"),
        ("закон date>2026-01", "Use the filter: --since 2026-01"),
        ("закон published:>=2026", "Use the filter: --since 2026"),
        ("-=выборы закон", "one form alone"),
        ("выборы Or закон", "in small letters"),
        *[(x, "Write a hyphen") for x in ("закон NOT право", "закон AND NOT право")],
        *[(x, "Write a hyphen") for x in ("закон НЕ право", "сайлау ЕМЕС референдум", "law not war")],
        *[(x, "in small letters") for x in ("закон or право", "закон или право")],
        *[(x, "in small letters") for x in ("сайлау немесе референдум", "election or vote", "«а б» or «в»")],
        *[(x, "leave out: -право") for x in ("закон NOT право", "закон not право", "закон !право", "закон –право", "закон НЕ право")],
        ('"новый закон"-право', '"основной закон" -право'),
        ("закон and право", "is not needed"),
        *[(x, "joins") for x in ("OR закон", "закон OR", "закон ИЛИ ИЛИ право")],
        *[(x, "joins") for x in ("закон OR -право суд", "закон -право OR суд", "-«а б» OR в")],
        *[(x, "two ways") for x in ("а AND б OR в", "а И б ИЛИ в")],
        *[(x, "stands alone") for x in ('"новый закон', "новый» закон", "«новый закон", "жаңа “заң", '"а" б"')],
        *[(x, "hyphen") for x in ("«закон»-право", '"новый закон"-право')],
        ("=выборы", "one form alone"),
        *[(x, "harvester show") for x in ("https://kazpravda.kz/n/1", "www.inform.kz/x", "закон http://a.kz")],
    ],
)  # fmt: skip
def test_signs_of_other_query_languages_are_refused_with_advice(typed: str, told: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(typed)
    assert told in str(caught.value)
    assert caught.value.hint


@pytest.mark.parametrize("typed", ["", "   ", "-", '""', "!!!", "AND", "«»", "…", "И"])
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
