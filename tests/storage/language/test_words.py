from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.language.words import TextToken, key, keys, readings, tokens

KAZAKH_PARAGRAPH = "Жаңа парламент құрылтай деп аталады, ал депутаттар халық алдында жауап береді."


def surfaces(text: str) -> list[str]:
    return [x.surface for x in tokens(text)]


def test_tokens_are_letters_and_digits() -> None:
    assert surfaces("«Вице-президент», 15-наурызда в 20:00 — 87,15 %_да") == "Вице президент 15 наурызда в 20 00 87 15 да".split()  # noqa: SIM905


def test_apostrophes_join_letters_only() -> None:
    assert surfaces("Kazakhstan’s 'people' don't 80's qan'tar") == ["Kazakhstan's", "people", "don't", "80's", "qan'tar"]


def test_offsets_are_those_of_the_original() -> None:
    text = "До рефе\u00adрен\u200bдума и\u0306 ﬁn!"
    found = list(tokens(text))
    assert [x.surface for x in found] == ["До", "референдума", "й", "fin"]
    assert text[found[1].start : found[1].end] == "рефе\u00adрен\u200bдума"
    assert found[0] == TextToken("До", 0, 2)


def test_arabic_words_keep_their_hamza() -> None:
    assert surfaces("ءۇشىن، دە") == ["ءۇشىن", "دە"]


@pytest.mark.parametrize(
    ("word", "language", "expected"),
    [
        ("Конституции", "ru", "конституц"),
        ("ёлка", "ru", "елк"),
        ("Constitutions", "en", "constitut"),
        ("Конституциясының", "kk", "конститусиа"),
        ("Konstıtýsııasynyń", "kk-Latn", "конститусиа"),
        ("كونستيتۋتسياسى", "kk-Arab", "конститусиа"),
        ("Größe", "de", "grosse"),
        ("2026", "ru", "2026"),
        ("2026", "kk", "2026"),
        ("G20", "en", "g20"),
    ],
)
def test_key(word: str, language: str, expected: str) -> None:
    assert key(word, language) == expected


def ways(text: str, language: str) -> dict[str, str]:
    return {text[start:end]: reading.language for start, end, reading in readings(text, language)}


def test_words_of_a_russian_text_are_routed_by_their_letters() -> None:
    found = ways("Партия Әділет и Kazinform, мемлекеттiк 5", "ru")
    assert found == {"Партия": "ru", "Әділет": "kk", "и": "ru", "Kazinform": "en", "мемлекеттiк": "kk", "5": "ru"}


def test_words_without_special_letters_go_with_their_paragraph() -> None:
    assert set(ways(KAZAKH_PARAGRAPH, "kk").values()) == {"kk"}
    assert ways(f"Парламент собрался.\n{KAZAKH_PARAGRAPH}", "ru")["парламент"] == "kk"
    assert ways("Die Verfassung von 2026", "de")["Verfassung"] == "de"
    assert ways("The word Конституция", "en")["Конституция"] == "ru"


def test_offsets_run_on_over_paragraphs() -> None:
    text = "Один\n\nдва три"
    assert [text[a:b] for a, b, _ in readings(text, "ru")] == ["Один", "два", "три"]


def test_the_alphabet_is_chosen_for_the_whole_text() -> None:
    # y is ы in the alphabet of 2018 and й in the Turkish style; "ay" alone could be either.
    assert keys("jańa ay", "kk-Latn")[1] == key("аы", "kk")
    assert keys("jaña qırküyek ay şïkä", "kk-Latn")[2] == key("ай", "kk")


def test_the_decree_of_2017_ends_words_in_apostrophes() -> None:
    text = "Jobanyn' jan'a s'es'imi ja'ne bul halyqtyn' qalay'y"
    assert keys(text, "kk-Latn")[0] == key("жобаның", "kk")


@given(st.text(max_size=80), st.sampled_from(["ru", "kk", "kk-Latn", "kk-Arab", "en", "de", "und"]))
def test_any_text_gives_keys_without_spaces_and_true_offsets(text: str, language: str) -> None:
    for start, end, reading in readings(text, language):
        assert 0 <= start < end <= len(text)
        assert reading.key
        assert not any(c.isspace() for c in reading.key)
    for token in tokens(text):
        assert token.surface
        assert 0 <= token.start < token.end <= len(text)


def test_keys_are_the_same_from_many_threads() -> None:
    words = [f"{root}{ending}" for root in ("закон", "народ", "город", "указ") for ending in ("", "а", "у", "ами", "ов")] * 50
    expected = [key(x, "ru") for x in words]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda x: key(x, "ru"), words)) == expected
