"""The keys of a topic's file, and what is said of faulty ones."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from harvester.catalogue.topic_spec import PHRASE_LANGUAGES, read_spec
from pipelines.matching import SLUG
from storage.errors import UsageError

PLACE = Path("snow.toml")
HEAD = 'name = "Снег"\nthreshold = 3\n'
TERMS = '[terms.ru]\n"снег" = 3\n'


def faults_of(text: str) -> list[str]:
    with pytest.raises(UsageError) as caught:
        read_spec(PLACE, tomllib.loads(text))
    return str(caught.value).splitlines()


def test_a_weight_may_be_a_number_or_a_table() -> None:
    spec = read_spec(PLACE, tomllib.loads(HEAD + '[terms.kk]\n"қар" = -2\n"боран" = { weight = 1.5, needs = ["қыс"] }\n'))
    assert [(words, x.weight, x.needs) for words, x in spec.terms["kk"].items()] == [("қар", -2.0, []), ("боран", 1.5, ["қыс"])]


def test_terms_and_queries_keep_the_order_of_the_file() -> None:
    tables = "".join(f'[terms.{x}]\n"snow" = 1\n' for x in ("slug", "en", "ru", "kk"))
    spec = read_spec(PLACE, tomllib.loads(f'{HEAD}[search]\nkk = ["қар"]\nru = ["снег"]\n{tables}'))
    assert list(spec.terms) == ["slug", "en", "ru", "kk"]
    assert list(spec.search) == ["kk", "ru"]


def test_parts_of_an_address_are_a_language_of_phrases() -> None:
    assert PHRASE_LANGUAGES[-1] == SLUG


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (HEAD, "terms must hold a table of weights for at least one language."),
        (HEAD + "[terms]\n", "terms must hold a table of weights for at least one language."),
        (HEAD + "terms = 3\n", "terms must be a table."),
        (HEAD + "[terms]\nkk = 3\n", "terms.kk must be a table of phrases and weights."),
        (HEAD + '[terms.ru]\n"снег" = nan\n', "terms.ru.снег.weight must be a finite number."),
        (HEAD + f'[terms.ru]\n"снег" = {"9" * 400}\n', "terms.ru.снег.weight must be given as a number."),
        (HEAD + '[terms.en]\n"snow" = "3"\n', "terms.en.snow must be a number."),
        (HEAD + '[terms.en]\n"snow" = { weight = 3, unless = "x" }\n', "terms.en.snow.unless must be a list of strings."),
        (HEAD + '[gate]\nkk = ["", "қар", ""]\n' + TERMS, "gate.kk must be a list of strings."),
        (HEAD + "[gate]\nhosts = [3]\n" + TERMS, "gate.hosts must be a list of strings."),
        (HEAD + '[rivals]\nhosts = ["kz"]\n' + TERMS, "rivals.hosts is not a valid key; valid are ru, kk, en, slug."),
        (HEAD + '[search]\nslug = ["snow"]\n' + TERMS, "search.slug is not a valid key; valid are ru, kk, en."),
        (HEAD + '[search]\nkz = ["қар"]\n' + TERMS, "search.kz is not a valid key; the nearest is search.kk."),
        (HEAD + "weights = 1\n" + TERMS, "weights is not a valid key; valid are name, threshold, gate, rivals, search, terms, calendar."),
        (
            HEAD + "[[calendar]]\nday = 2026-03-15\nx = 1\nru = 'А'\n" + TERMS,
            "calendar[0].x is not a valid key; valid are day, ru, kk, en.",
        ),
        ("threshold = inf\nname = 'x'\n" + TERMS, "threshold must be a finite number."),
        ("threshold = 3\n" + TERMS, "name must be given as a string."),
    ],
)
def test_a_fault_names_the_file_and_the_key(text: str, fault: str) -> None:
    (said,) = faults_of(text)
    assert said.startswith(f"snow.toml: {fault}")


def test_a_date_in_quotes_gets_a_hint() -> None:
    (said,) = faults_of(HEAD + "[[calendar]]\nday = '2026-03-15'\nru = 'А'\n" + TERMS)
    assert said == "snow.toml: calendar[0].day must be given as a date. Write it without quotes: day = 2026-03-15."


def test_every_fault_is_named_at_once_and_a_misspelt_key_once() -> None:
    assert faults_of('name = ""\ntreshold = 3\n[terms.ru]\n"снег" = true\n') == [
        "snow.toml: name must be given as a string.",
        "snow.toml: terms.ru.снег must be a number.",
        "snow.toml: treshold is not a valid key; the nearest is threshold.",
    ]


def test_a_key_is_missing_when_the_unknown_one_is_nothing_like_it() -> None:
    assert faults_of('name = "Снег"\nenough = 3\n' + TERMS) == [
        "snow.toml: threshold must be given as a number.",
        "snow.toml: enough is not a valid key; valid are name, threshold, gate, rivals, search, terms, calendar.",
    ]


def test_a_single_fault_keeps_its_hint_apart() -> None:
    with pytest.raises(UsageError) as caught:
        read_spec(PLACE, tomllib.loads(HEAD + "[gates]\n" + TERMS))
    assert caught.value.message == "snow.toml: gates is not a valid key; the nearest is gate."
    assert caught.value.hint == ""
