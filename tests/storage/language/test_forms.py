from __future__ import annotations

import pymorphy3
import pytest

from storage.language.forms import query_keys, russian_keys
from storage.language.words import key

_NOUNS = (
    "конституция референдум парламент курултай депутат закон гражданин народ выбор город область реформа комиссия голосование "
    "президент правительство министр право поправка проект заседание собрание партия совет государство страна республика общество "
    "решение указ бюллетень участок день год палата мажилис сенат статья наблюдатель явка время"
)
_PLACES = "казахстан астана алматы караганда шымкент актобе павлодар костанай кызылорда туркестан атырау россия москва китай узбекистан"
_SURNAMES = "токаев кошанов ашимбаев бектенов назарбаев карин нурмуханов смаилов мамин саткалиев жумангарин дуйсенов азимов айтжанов"


@pytest.fixture(scope="module")
def morphology() -> pymorphy3.MorphAnalyzer:
    return pymorphy3.MorphAnalyzer(lang="ru")


@pytest.mark.parametrize("word", (_NOUNS + " " + _PLACES).split())
def test_every_case_form_finds_every_other(word: str, morphology: pymorphy3.MorphAnalyzer) -> None:
    forms = {x.word for x in morphology.parse(word)[0].lexeme}
    assert [(a, b) for a in forms for b in forms if key(b, "ru") not in query_keys(a)] == []


@pytest.mark.parametrize("surname", _SURNAMES.split())
def test_every_form_of_a_surname_finds_every_other(surname: str) -> None:
    forms = [surname + ending for ending in ("", "а", "у", "ым", "е", "ой", "ы", "ых", "ыми")]
    assert [(a, b) for a in forms for b in forms if key(b, "ru") not in query_keys(a)] == []


@pytest.mark.parametrize(
    ("russian", "kazakh"),
    [
        ("Токаев", "Тоқаевтың"),
        ("Токаева", "Тоқаев"),
        ("Кошанов", "Қошановқа"),
        ("Ашимбаев", "Әшімбаевпен"),
        ("Бектенов", "Бектеновке"),
        ("Жумангарин", "Жұманғариннің"),
        ("Саткалиев", "Сәтқалиевке"),
        ("Азимова", "Әзімованың"),
        ("Костанай", "Қостанайда"),
    ],
)
def test_names_meet_in_both_languages(russian: str, kazakh: str) -> None:
    assert key(kazakh, "kk") in query_keys(russian)


@pytest.mark.parametrize(
    ("kazakh", "russian"), [("Тоқаев", "Токаеву"), ("Қошановтың", "Кошанова"), ("Әшімбаев", "Ашимбаевым"), ("Өтемұратов", "Утемуратова")]
)
def test_kazakh_surnames_find_their_russian_forms(kazakh: str, russian: str) -> None:
    assert key(russian, "ru") in query_keys(kazakh)


_REFORM = "конституция референдум парламент құрылтай депутат мәжіліс сенат президент сайлау халық мемлекет өзгеріс жоба"
_LATIN = "Konstıtýsııa Referendým Parlament Quryltaı Depýtat Májilis Senat Prezıdent Saılaý Halyq Memleket Ózgeris Joba"
_ARABIC = "كونستيتۋتسيا رەفەرەندۋم پارلامەنت قۇرىلتاي دەپۋتات ءماجىلىس سەنات پرەزيدەنت سايلاۋ حالىق مەملەكەت وزگەرىس جوبا"


@pytest.mark.parametrize(("cyrillic", "latin", "arabic"), list(zip(_REFORM.split(), _LATIN.split(), _ARABIC.split(), strict=True)))
def test_the_three_scripts_find_each_other(cyrillic: str, latin: str, arabic: str) -> None:
    indexed = {key(cyrillic, "kk"), key(latin, "kk-Latn"), key(arabic, "kk-Arab")}
    for query in (cyrillic, latin, arabic):
        assert indexed <= query_keys(query)


def test_yo_and_ye_are_one() -> None:
    assert key("надёжный", "ru") in query_keys("надежного")
    assert key("надежный", "ru") in query_keys("надёжного")
    assert key("днём", "ru") in query_keys("днем")


def test_derived_kazakh_words_are_asked_for_together() -> None:
    assert key("конституциялық", "kk") in query_keys("конституция")
    assert key("сайлау", "kk") in query_keys("сайлаушының")
    assert key("құқықтық", "kk") not in query_keys("халық")


def test_english_and_other_words() -> None:
    assert key("constitutions", "en") in query_keys("Constitution")
    assert key("Größe", "de") in query_keys("größe")
    assert query_keys("2026") == {"2026"}
    assert query_keys("G20") == {"g20"}


@pytest.mark.parametrize(
    ("word", "other", "language"),
    [
        ("собрание", "собака", "ru"),
        ("Токаев", "ток", "ru"),
        ("Токаев", "токарь", "ru"),
        ("день", "дело", "ru"),
        ("конституция", "институт", "ru"),
        ("Астана", "ас", "kk"),
        ("Караганда", "қара", "kk"),
        ("басты", "бас", "kk"),
        ("указ", "указка", "ru"),
        ("народ", "родной", "ru"),
    ],
)
def test_unrelated_words_do_not_meet(word: str, other: str, language: str) -> None:
    assert key(other, language) not in query_keys(word)


def test_a_query_word_asks_for_few_keys() -> None:
    assert max(len(query_keys(x)) for x in (_NOUNS + " " + _PLACES + " " + _SURNAMES).split()) <= 20


def test_russian_keys_hold_the_word_itself() -> None:
    assert key("абракадабрище", "ru") in russian_keys("абракадабрище")


@pytest.mark.parametrize("word", ["конституция", "парламент", "депутат", "президент", "партия"])
def test_every_form_of_a_loan_word_finds_what_kazakh_derives_of_it(word: str, morphology: pymorphy3.MorphAnalyzer) -> None:
    forms = {x.word for x in morphology.parse(word)[0].lexeme}
    derived = {"депутат": "депутаттық", "президент": "президенттік", "парламент": "парламенттік", "партия": "партиялық"}
    wanted = key(derived.get(word, "конституциялық"), "kk")
    assert [form for form in forms if wanted not in query_keys(form)] == []
