from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.language.scripts import Alphabet, clean, fold, from_arabic, from_latin, script_of

MONTHS = "қаңтар ақпан наурыз сәуір мамыр маусым шілде тамыз қыркүйек қазан қараша желтоқсан".split()  # noqa: SIM905
IN_OTHER_SPELLINGS = {
    Alphabet.DECREE_2017: "qan'tar aqpan nay'ryz sa'y'ir mamyr may'sym s'ilde tamyz qyrku'i'ek qazan qaras'a jeltoqsan",
    Alphabet.DECREE_2018: "qańtar aqpan naýryz sáýir mamyr maýsym shilde tamyz qyrkúıek qazan qarasha jeltoqsan",
    Alphabet.DRAFT_2021: "qañtar aqpan nauryz säuır mamyr mausym şılde tamyz qyrküiek qazan qaraşa jeltoqsan",
    Alphabet.TURKISH: "qañtar aqpan nawrız säwir mamır mausım şilde tamız qırküyek qazan qaraşa jeltoqsan",
}
ARABIC_MONTHS = "قاڭتار اقپان ناۋرىز ءساۋىر مامىر ماۋسىم شىلدە تامىز قىركۇيەك قازان قاراشا جەلتوقسان"


@pytest.mark.parametrize("alphabet", Alphabet)
def test_latin_months_meet_the_cyrillic(alphabet: Alphabet) -> None:
    spelled = [from_latin(x, alphabet) for x in IN_OTHER_SPELLINGS[alphabet].split()]
    assert [fold(x) for x in spelled] == [fold(x) for x in MONTHS]


def test_the_decree_of_2018_is_spelled_exactly() -> None:
    assert from_latin(IN_OTHER_SPELLINGS[Alphabet.DECREE_2018], Alphabet.DECREE_2018).split() == MONTHS


def test_arabic_months_meet_the_cyrillic() -> None:
    assert [fold(x) for x in from_arabic(ARABIC_MONTHS).split()] == [fold(x) for x in MONTHS]


@pytest.mark.parametrize(
    ("arabic", "cyrillic"),
    [
        ("ءۇشىن", "үшін"),  # the hamza makes a word front
        ("ٴۇشىن", "үшін"),
        ("ءوتتى", "өтті"),
        ("ءىس", "іс"),
        ("ماسەلە", "мәселе"),  # so does ە where there is no ق or ع
        ("قىركۇيەك", "қыркұйек"),
        ("توقايەۆ", "тоқаев"),  # يە after a vowel
        ("حالىق", "халық"),
        ("بۇل رەفەرەندۋم، 2026", "бұл референдум, 2026"),
        ("ماجئلئسئ", "мажылысы"),  # ordinary Arabic letters of old sites
        ("ۇكiمەت", "үкімет"),  # a Latin i inside
    ],
)
def test_arabic_script(arabic: str, cyrillic: str) -> None:
    assert from_arabic(arabic) == cyrillic


@pytest.mark.parametrize(
    ("spelled", "alphabet"),
    [
        ("konstıtýtsııa", Alphabet.DECREE_2018),
        ("konstıtýsııa", Alphabet.DECREE_2018),
        ("konstitutsiia", Alphabet.DRAFT_2021),
        ("konstituciya", Alphabet.TURKISH),
        ("konsti'ty'tsi'i'a", Alphabet.DECREE_2017),
    ],
)
def test_every_spelling_of_constitution_folds_alike(spelled: str, alphabet: Alphabet) -> None:
    assert fold(from_latin(spelled, alphabet)) == fold("конституция") == fold(from_arabic("كونستيتۋتسيا"))


def test_fold_keeps_consonants_apart() -> None:
    assert len({fold(x) for x in ("қал", "кал", "ғал", "гал", "таң", "тан", "бау", "бав")}) == 8


def test_clean_puts_cyrillic_for_look_alikes() -> None:
    assert clean("мемлекеттiк") == "мемлекеттік"
    assert clean("Ceнaт") == "Сенат"
    assert clean("рефе\u00adрен\u200bдум") == "референдум"
    assert clean("Kazinform") == "Kazinform"
    assert clean("Kazinformға") == "Kazinformға"


@given(st.text())
def test_nothing_breaks_the_conversions(text: str) -> None:
    fold(clean(text).lower())
    from_arabic(text)
    for alphabet in Alphabet:
        from_latin(text, alphabet)


@given(st.text(alphabet="абвгғдежзийкқлмнңоөпрстуұүфхһцчшыіэюяё", max_size=12))
def test_folding_twice_changes_nothing_more(word: str) -> None:
    assert fold(fold(word)) == fold(word)


def test_script_of() -> None:
    assert [script_of(x) for x in "әaýә本ە1-"] == ["Cyrl", "Latn", "Latn", "Cyrl", "Zyyy", "Arab", "", ""]
