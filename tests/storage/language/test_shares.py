"""Measured: how well single sentences and mixed articles are told apart, on sentences of our own and on texts of real articles."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.language.detect import language_of
from storage.language.shares import language_shares

FACTS = Path(__file__).resolve().parents[3].parent / "shared" / "facts" / "reform_articles.jsonl"

SENTENCES = {
    "ru": (
        "Аким посёлка пообещал достроить мост до первых заморозков.",
        "Учителя попросили не сокращать часы родного языка.",
        "В области открыли сорок две общественные приёмные.",
        "Проект закона опубликован для всеобщего обсуждения.",
        "Дождь не помешал избирателям прийти на участки.",
        "Новый цех выпускает двести дверей в смену.",
        "Комиссия рассмотрит поправки на следующей неделе.",
        "Әшімбаев и Қосанов встретились с жителями города, чтобы обсудить ремонт дорог и школ.",
        "Спортсмены вернулись домой с тремя медалями.",
        "По словам главы ведомства, средства уже выделены.",
    ),
    "kk": (
        "Ауыл әкімі көпірді алғашқы үсікке дейін салып бітіруге уәде берді.",
        "Мұғалімдер ана тілі сағаттарын қысқартпауды сұрады.",
        "Облыста қырық екі қоғамдық қабылдау бөлмесі ашылды.",
        "Заң жобасы көпшілік талқылауы үшін жарияланды.",
        "Жаңбыр сайлаушылардың учаскеге келуіне кедергі болмады.",
        "Жаңа цех бір ауысымда екі жүз есік шығарады.",
        "Комиссия түзетулерді келесі аптада қарайды.",
        "Тұрғындар жол мен мектепті жөндеу туралы пікір алысты.",
        "Спортшылар үш медальмен елге оралды.",
        "Ведомство басшысының айтуынша, қаражат бөлінген.",
    ),
    "en": (
        "The mayor has promised to finish the bridge before the first frost.",
        "Teachers asked that the hours of the mother tongue not be cut.",
        "Forty-two public offices were opened in the region for this purpose.",
        "The draft of the law has been published for discussion by all.",
        "Rain did not keep the voters from coming to the polling stations.",
    ),
    "kk-Latn": (
        "Aýyl ákimi kópirdi alǵashqy úsikke deıin salyp bitirýge ýáde berdi.",
        "Muǵalimder ana tili saǵattaryn qysqartpaýdy surady.",
        "Jaña zañ jobasy köpşılık talqylauy üşın jariialandy.",
    ),
    "kk-Arab": (
        "اۋىل اكىمى كوپىردى العاشقى ۇسىككە دەيىن سالىپ بىتىرۋگە ۋادە بەردى.",
        "مۇعالىمدەر انا تىلى ساعاتتارىن قىسقارتپاۋدى سۇرادى.",
    ),
}


def test_sentences_alone_are_told_without_a_hint_and_all_of_them_with_one() -> None:
    told = [(language, x) for language, sentences in SENTENCES.items() for x in sentences]
    wrong = [x for language, x in told if language_of(x) != language]
    assert wrong == ["Спортшылар үш медальмен елге оралды."]  # one Kazakh letter in 30
    assert [x for language, x in told if language_of(x, language) != language] == []


@pytest.mark.parametrize(("first", "second"), [(a, b) for a, b in product(SENTENCES, SENTENCES) if a != b])
def test_a_mixed_article_has_the_shares_of_its_letters(first: str, second: str) -> None:
    paragraphs = [x for x in (*SENTENCES[first], *SENTENCES[second][:2]) if len(x) >= 50 or len(SENTENCES[first]) < 5]
    text = "\n".join(paragraphs)
    letters = {language: sum(map(str.isalpha, "".join(x for x in paragraphs if x in SENTENCES[language]))) for language in (first, second)}
    expected = {language: count / sum(letters.values()) for language, count in letters.items() if count}
    shares = dict(language_shares(text, first))
    assert shares.keys() == expected.keys()
    assert all(abs(shares[language] - share) <= 0.005 for language, share in expected.items())
    assert list(shares.values()) == sorted(shares.values(), reverse=True)


def test_short_paragraphs_count_for_the_article() -> None:
    assert language_shares("Заман.\nДа.\n1995 — 2026", "kk") == (("kk", 1.0),)
    assert language_shares("Парк\n" + SENTENCES["kk"][0], "ru") == (("kk", 0.93), ("ru", 0.07))


def test_crumbs_are_left_out_and_a_text_without_letters_has_no_language() -> None:
    long = "\n".join(SENTENCES["ru"] * 60)
    assert language_shares(f"{long}\n{SENTENCES['en'][0]}", "ru") == (("ru", 1.0),)
    assert language_shares("", "ru") == language_shares("15.03.2026\n—", "ru") == ()


@given(st.text(), st.sampled_from(["ru", "kk", "und"]))
def test_shares_of_any_text_sum_to_one(text: str, language: str) -> None:
    shares = language_shares(text, language)
    assert not shares or abs(sum(share for _, share in shares) - 1) < 0.05


def test_real_articles_are_of_one_language_and_mixed_ones_of_two() -> None:
    if not FACTS.exists():
        pytest.skip("the shared facts are not here")
    rows = [json.loads(line) for line in FACTS.read_text(encoding="utf-8").splitlines()]
    texts = [(row["language"], row["text"].replace("\n", " ")) for row in rows if len(row["text"]) > 60]
    assert len(texts) > 60
    assert [(language, language_shares(text, language_of(text))) for language, text in texts] == [
        (language, ((language, 1.0),)) for language, _ in texts
    ]
    russian, kazakh = ([text for language, text in texts if language == asked] for asked in ("ru", "kk"))
    for one, other in zip(russian, kazakh, strict=False):
        share = sum(map(str.isalpha, one)) / sum(map(str.isalpha, one + other))
        assert abs(dict(language_shares(f"{one}\n{other}", "ru"))["ru"] - share) <= 0.005
