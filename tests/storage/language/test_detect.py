from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from storage.language.detect import language_of, latin_alphabet, paragraph_language
from storage.language.scripts import Alphabet

FACTS = Path(__file__).resolve().parents[3].parent / "shared" / "facts" / "reform_articles.jsonl"

TEXTS = {
    "ru": "Депутаты обсудили проект нового закона и приняли решение передать его на рассмотрение сената до конца месяца.",
    "kk": "Депутаттар жаңа заң жобасын талқылап, оны ай соңына дейін сенаттың қарауына жіберу туралы шешім қабылдады.",
    "kk-Latn": "Depýtattar jańa zań jobasyn talqylap, ony aı sońyna deıin senattyń qaraýyna jiberý týraly sheshim qabyldady.",
    "kk-Arab": "دەپۋتاتتار جاڭا زاڭ جوباسىن تالقىلاپ، ونى اي سوڭىنا دەيىن سەناتتىڭ قاراۋىنا جىبەرۋ تۋرالى شەشىم قابىلدادى.",
    "en": "The deputies discussed the draft of a new law and decided to send it to the Senate before the end of this month.",
    "uk": "Депутати обговорили проєкт нового закону і вирішили передати його на розгляд до кінця місяця, повідомляє її видання.",
    "ky": "Депутаттар жаңы мыйзамдын долбоорун талкуулап, аны айдын аягына чейин өкмөткө жөнөтүү чечимин кабыл алышты, деп билдирди өкүл.",
    "bg": "Депутатите обсъдиха проекта за нов закон и решиха да го изпратят на събранието преди края на месеца, съобщава агенцията.",
    "uz": "Депутатлар янги қонун лойиҳасини муҳокама қилди ва уни ой охиригача сенатга юбориш ҳақида қарор қабул қилди.",
}
FOREIGN = {
    "de": "Die Abgeordneten haben den Entwurf eines neuen Gesetzes beraten und wollen ihn in den Senat geben, was noch Monate dauern kann.",
    "fr": "Les députés ont examiné le projet de loi et ont décidé de l'envoyer au Sénat avant la fin du mois selon un communiqué.",
    "tr": "Milletvekilleri yeni yasa tasarısını görüştü ve ay sonuna kadar senatoya gönderme kararı aldı, bir açıklama yapıldı.",
    "pt": "Os deputados discutiram o projeto da nova lei e decidiram enviá-lo ao Senado antes do fim do mês, quem quiser pode ler o texto.",
}


@pytest.mark.parametrize("language", TEXTS)
def test_texts_that_prove_their_language_need_no_hint_and_heed_no_wrong_one(language: str) -> None:
    assert language_of(TEXTS[language]) == language
    assert language_of(TEXTS[language], "de") == language


@pytest.mark.parametrize("language", FOREIGN)
def test_a_latin_text_is_not_english_for_that(language: str) -> None:
    assert language_of(FOREIGN[language], language) == language
    assert language_of(FOREIGN[language]) == "und"
    assert language_of(FOREIGN[language], "ru") == "und"
    assert language_of(f"{FOREIGN[language]} {FOREIGN[language]}", "en-US") == "und"


@pytest.mark.parametrize(
    ("text", "hint", "language"),
    [
        ("", "", "und"),
        ("", "de", "de"),
        ("2026", "kk-KZ", "kk"),
        ("Парламент", "kz", "kk"),
        ("Парламент", "", "ru"),
        ("Парламент", "en", "ru"),
        ("Закон о сенате", "kk", "ru"),
        ("Мемлекет басшысы жарлыққа қол қойды", "ru", "kk"),
        ("Он сказал, что үкімет партии не нужен, и добавил это дважды", "", "ru"),
        ("Әшімбаев ответил на вопрос о выборах", "", "ru"),
        ("Senat otyrysy", "kk", "kk-Latn"),
        ("رەفەرەندۋم", "kk", "kk-Arab"),
        ("Tokayev signs decree", "en", "en"),
        ("Tokayev signs decree", "", "und"),
        ("大統領は新しい憲法に署名した", "ja", "ja"),
    ],
)
def test_short_and_unclear_texts(text: str, hint: str, language: str) -> None:
    assert language_of(text, hint) == language


def test_paragraphs_vote_by_their_length() -> None:
    russian, kazakh = TEXTS["ru"], TEXTS["kk"]
    assert language_of(f"{kazakh}\n{russian}\n{russian}") == "ru"
    assert language_of(f"{russian}\n{kazakh}\n{kazakh}") == "kk"


def test_a_paragraph_may_differ_from_its_article() -> None:
    assert paragraph_language(TEXTS["kk"], "ru") == "kk"
    assert paragraph_language(TEXTS["ru"], "kk") == "ru"
    assert paragraph_language("Заман", "kk") == "kk"
    assert paragraph_language(FOREIGN["de"], "de") == "de"


@pytest.mark.parametrize(
    ("text", "alphabet"),
    [
        ("jańa zań týraly", Alphabet.DECREE_2018),
        ("Referendým-2026: daýys berý ýchaskelerine halyq kelýde", Alphabet.DECREE_2018),
        ("jaña zañ turaly şeşım qabyldau", Alphabet.DRAFT_2021),
        ("jaña zañ twralı şeşim qabıldaw", Alphabet.TURKISH),
        ("jan'a zan' ty'raly ja'ne bul s'es'im", Alphabet.DECREE_2017),
        ("Referendum turaly jane bul sheshim", Alphabet.DECREE_2018),
        ("Yeni yasa hakkında açıklama", None),
        ("Quito aún no decidió qué hacer", None),
        ("the king's new law", None),
    ],
)
def test_latin_alphabet(text: str, alphabet: Alphabet | None) -> None:
    assert latin_alphabet(text) is alphabet


def test_real_articles() -> None:
    if not FACTS.exists():
        pytest.skip("the shared facts are not here")
    rows = [json.loads(line) for line in FACTS.read_text(encoding="utf-8").splitlines()]
    told = [(row["language"], language_of(row["text"])) for row in rows if len(row["text"]) > 60]
    assert len(told) > 60
    assert [x for x in told if x[0] != x[1]] == []


def test_an_article_takes_milliseconds() -> None:
    text = "\n".join([TEXTS["ru"]] * 40)
    started = time.process_time()
    language_of(text)
    assert time.process_time() - started < 0.05
