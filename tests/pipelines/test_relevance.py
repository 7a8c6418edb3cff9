from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from harvester.catalogue.topics import load_topic
from pipelines.draft import Draft, ExtractedFields
from pipelines.page import Page
from pipelines.relevance import judge, passes_gate, score
from pipelines.rules import StageRules, TopicRules, TopicTerm
from storage.model.captures import Capture, Outcome, OutcomeKind, WarcPointer
from storage.model.sources import Source, SourceKind

ROOT = Path(__file__).resolve().parents[2]

TERMS = (
    TopicTerm("конституция", "ru", 3.0, unless=("день Конституции", "улица Конституции")),
    TopicTerm("конституционная реформа", "ru", 4.0),
    TopicTerm("вице-президент", "ru", 2.0, needs=("должность", "указ")),
    TopicTerm("парламент", "ru", 1.0),
    TopicTerm("парламент", "kk", 1.0),
    TopicTerm("ата заң", "kk", 3.0),
    TopicTerm("дауыс бер*", "kk", 1.0),
    TopicTerm("однопалатн*", "ru", 3.0),
    TopicTerm("АЭС", "ru", -2.0),
    TopicTerm("referendum", "en", 3.0, without=("nuclear plant",)),
    TopicTerm("konstit", "slug", 3.0, unless=("den-konstit",)),
)
GATE = (TopicTerm("Казахстан", "ru", 0.0), TopicTerm("Қазақстан", "kk", 0.0), TopicTerm("kazahstan", "slug", 0.0))
TOPIC = TopicRules("reform", "Реформа", 3.0, TERMS, GATE, ("kz",), (TopicTerm("Италия", "ru", 0.0),))
ADDRESS = "https://paper.example/news/1"


def matched(text: str, url: str = ADDRESS) -> tuple[str, ...]:
    return score("", text, url, TOPIC).matched


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("О Конституцией и конституции", ("конституция",)),
        ("Обсуждение конституционных реформ", ("конституционная реформа",)),
        ("Реформа конституционная", ()),  # another order
        ("Нужен конституционный закон о реформе", ()),  # not adjacent
        ("Речь о конституционной\nреформе не шла", ()),  # not in one paragraph
        ("Однопалатному быть", ("однопалатн*",)),
        ("Жители улицы Конституции", ()),
        ("Ко Дню Конституции", ()),
        ("День Конституции отмечает и сама Конституция", ("конституция",)),
        ("Вице-президента назначили", ()),
        ("Должность вице-президента", ("вице-президент",)),
        ("Назначен указом вице - президент", ("вице-президент",)),
        ("Он ушёл, и парламент", ("парламент",)),
        ("Халық алдында жаңа Ата Заңымыз бен оның мәні туралы айтылды", ("ата заң",)),
        ("Сайлаушылар бүгін дауыс берді және жаңа заңды қолдады", ("дауыс бер*",)),
        ("The referendums of the year and the people who voted for them", ("referendum",)),
        ("A referendum on the nuclear plants was held by the people", ()),
        ("Мы за однопалатный", ("однопалатн*",)),
        ("На стройке АЭС", ("АЭС",)),
    ],
)
def test_terms(text: str, terms: tuple[str, ...]) -> None:
    assert matched(text) == terms


def test_a_phrase_does_not_reach_beyond_the_end() -> None:
    assert matched("Реформа конституционная конституционная") == ()


def test_a_term_counts_once_and_heaviest_come_first() -> None:
    found = score("Парламент", "Парламент и парламент. АЭС. Конституция и конституционная реформа.", ADDRESS, TOPIC)
    assert found.topic == "reform"
    assert found.matched == ("конституционная реформа", "конституция", "парламент", "АЭС")
    assert found.score == 4.0 + 3.0 + 1.0 - 2.0


def test_a_word_is_matched_in_its_own_language_only() -> None:
    assert score("", "Парламент отырысында жаңа заңдар мен өзгерістер туралы мәселелер қаралды", ADDRESS, TOPIC).score == 1.0


def test_all_words_of_a_phrase_are_in_its_language() -> None:
    topic = replace(TOPIC, terms=(TopicTerm("үкімет пар*", "kk", 1.0), TopicTerm("пар*", "ru", 1.0)))
    assert score("", "Он сказал, что үкімет партии не нужен, и добавил это дважды", ADDRESS, topic).matched == ("пар*",)


def test_the_other_scripts_of_kazakh_match_kazakh_terms() -> None:
    latin = "Jańa Ata Zań jobasy boıynsha halyq búgin daýys berdi, dep habarlaıdy baspasóz qyzmeti."
    arabic = "جاڭا اتا زاڭ جوباسى بويىنشا حالىق بۇگىن داۋىس بەردى دەپ حابارلايدى ءباسپاسوز قىزمەتى"
    assert matched(latin) == matched(arabic) == ("ата заң", "дауыс бер*")


def test_an_address_counts_only_where_words_are_few() -> None:
    url = "https://paper.example/novaya-konstitutsiya"
    assert matched("Коротко", url) == ("konstit",)
    assert matched("Длинный текст о другом. " * 20, url) == ()
    assert matched("Коротко", "https://paper.example/prazdnik-den-konstitutsii") == ()
    assert matched("", "https://paper.example/%6Bonstitutsiya") == ("konstit",)


@pytest.mark.parametrize(
    ("text", "url", "opens"),
    [
        ("Конституция", ADDRESS, False),
        ("Конституция Казахстана", ADDRESS, True),
        ("Жаңа Конституция жобасы Қазақстанның барлық өңірінде талқыланды", ADDRESS, True),
        ("Конституция", "https://news.paper.kz/1", True),
        ("Конституция", "https://paperkz/1", False),
        ("Конституция", "https://paper.example/v-kazahstane", True),
        ("Конституция Италии. Италия, Италия", "https://paper.kz/1", False),
        ("Казахстан. Конституция Италии. Италия", ADDRESS, True),
        ("Казахстан. Конституция Италии. Италия, Италия", ADDRESS, False),
        ("Конституция Италии", "https://paper.kz/1", False),
    ],
)
def test_the_gate(text: str, url: str, opens: bool) -> None:  # noqa: FBT001
    assert passes_gate("", text, url, TOPIC) is opens


def test_a_topic_without_a_gate_is_open() -> None:
    assert passes_gate("", "", ADDRESS, replace(TOPIC, gate=(), gate_hosts=()))


@pytest.fixture
def draft() -> Draft:
    moment = datetime(2026, 3, 3, tzinfo=UTC)
    capture = Capture("paper", ADDRESS, moment, 200, "text/html", "sha256:A", WarcPointer("a.warc.gz", 0, 1, "<urn:1>"))
    source = Source("paper", "Paper", SourceKind.NEWSPAPER, "https://paper.example/", languages=("ru", "kk"))
    rules = StageRules(source, topics=(TOPIC,))
    return Draft(capture, Page(ADDRESS, b"", "text/html", moment), rules, ExtractedFields(title="В Казахстане", text="Новая Конституция"))


def test_judge_sets_language_and_topics(draft: Draft) -> None:
    done = judge(draft)
    assert done.language == "ru"
    assert [(x.topic, x.score, x.matched) for x in done.topics] == [("reform", 3.0, ("конституция",))]
    assert done.out_of_scope == ""


@pytest.mark.parametrize("part", ["title", "lead", "section", "text"])
def test_every_part_of_an_article_counts(draft: Draft, part: str) -> None:
    reading = replace(ExtractedFields(tags=("Казахстан",)), **{part: "Конституция"})  # type: ignore[arg-type]
    assert judge(replace(draft, reading=reading)).topics


def test_tags_count(draft: Draft) -> None:
    assert judge(replace(draft, reading=ExtractedFields(tags=("Казахстан", "конституция")))).topics


def test_what_belongs_to_no_topic_ends_out_of_scope(draft: Draft) -> None:
    done = judge(replace(draft, reading=ExtractedFields(title="Казахстан", text="Парламент собрался")))
    assert done.topics == ()
    assert done.out_of_scope == "score 1 of 3: парламент"


def test_the_reason_names_the_gate_and_the_nearest_topic(draft: Draft) -> None:
    far = replace(TOPIC, id="far", terms=(TopicTerm("футбол", "ru", 1.0),))
    several = replace(draft, rules=replace(draft.rules, topics=(far, TOPIC)))
    shut = judge(replace(several, reading=ExtractedFields(title="Новая Конституция")))
    assert shut.out_of_scope == "gate closed, score 3 of 3: конституция"
    nothing = judge(replace(draft, reading=ExtractedFields(title="Погода")))
    assert nothing.out_of_scope == "score 0 of 3"


@pytest.mark.parametrize("change", [{"keep_all": True}, {"topics": ()}])
def test_what_is_to_be_kept_goes_on(draft: Draft, change: dict[str, object]) -> None:
    rules = replace(draft.rules, **change)  # type: ignore[arg-type]
    done = judge(replace(draft, rules=rules, reading=ExtractedFields(title="Погода на завтра")))
    assert (done.topics, done.out_of_scope, done.language) == ((), "", "ru")


def test_hints_come_from_the_page_then_from_the_source(draft: Draft) -> None:
    assert judge(replace(draft, reading=ExtractedFields(title="Парламент", html_language="kk-KZ"))).language == "kk"
    assert judge(replace(draft, reading=ExtractedFields(title="Парламент"))).language == "ru"
    assert judge(replace(draft, reading=ExtractedFields(title="Kurier", html_language="de"))).language == "de"


def test_an_ended_draft_is_left_alone(draft: Draft) -> None:
    ended = replace(draft, outcome=Outcome(OutcomeKind.NOT_ARTICLE))
    assert judge(ended) is ended


# ── the topic that ships ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def reform() -> TopicRules:
    return load_topic(ROOT / "harvester" / "topics" / "constitutional-reform.toml")


def in_scope(topic: TopicRules, title: str, text: str, url: str) -> bool:
    return score(title, text, url, topic).score >= topic.threshold and passes_gate(title, text, url, topic)


@pytest.mark.parametrize(
    "text",
    [
        "На улице Конституции в Петропавловске заменят водопровод",
        "Ко Дню Конституции в парках города пройдут концерты",
        "Құрылтайшы компанияның жаңа директорын тағайындады, деп хабарлады баспасөз қызметі",
        "Компанияның құрылтай құжаттары мен жарғысы бойынша өзгерістер енгізілді",
        "Конституционный суд рассмотрел обращение гражданина о пенсии",
        "Вице-президент федерации бокса рассказал о сборной",
        "Референдум по АЭС прошёл спокойно",
        "Всемирный курултай казахов пройдёт в столице",
        "В Италии прошёл референдум. Италия голосовала два дня, сообщает телеканал. Жители Италии недовольны",
        "Комиссия за перевод в банке выросла, а участок земли подешевел",
        "Явка с повинной: подозреваемый пришёл сам",
        "Люди с крепкой конституцией реже болеют, а конституция ребенка ещё меняется, говорит врач",
        "Конституция спортсмена важна: его телосложение видно сразу",
        "Каждому гарантировано Конституцией право на труд, напомнили в министерстве",
        "Конституционный суд признал норму соответствующей Конституции",
        "Мажилис одобрил поправки, законопроект направлен в сенат. Парламент проголосовал, Токаев подписал указ",
        "На референдуме голосовали за строительство: АЭС появится в Улкене. ЦИК подвёл итоги, явка и бюллетени подсчитаны",
        "Учредители собрались на курултай писателей",
        "Основной закон термодинамики объяснили школьникам",
        "Вице-президент института рассказал о новой должности",
        "В роддоме открыли новую палату, а транзит грузов вырос",
        "Кыргызский референдум по новой Конституции прошёл в воскресенье",
        "В Узбекистане принята новая Конституция",
        "В Германии изменят основной закон",
        "Адамның дене конституциясы оның денсаулығына әсер етеді, дейді дәрігерлер",
        "Бұл шешім Конституцияға сәйкес қабылданған, деп хабарлады министрліктің баспасөз қызметі",
        "Конституция күні қалада мерекелік концерт өтеді, деп хабарлады әкімдік",
        "Конституция көшесінде жол жөндеу жұмыстары басталды, көлік қозғалысы шектелді",
        "Референдум қорытындысы бойынша АЭС салынады, деді министр баспасөз мәслихатында",
        "Әнші дауысымен көрерменді таңғалдырды, ал учаске иелері жер телімін алды",
        "Дүниежүзі қазақтарының құрылтайы елордада өтеді, оған шетелдік қандастар қатысады",
        "Қырғызстанда жаңа Конституция бойынша референдум өтті, деп хабарлайды тілші",
        "He was a man of strong constitution and walked ten miles a day with his dog",
        "The right to rest is guaranteed by the Constitution, the ministry said in the statement",
        "Concerts will mark Constitution Day in the parks of the city this week",
        "The 2024 referendum on the nuclear power plant was held and the votes were counted",
        "Uzbekistan held a referendum on the new constitution, and voters approved it",
        "The vice president of the company opened a new plant in the city this week",
        "The Mazhilis passed an amendment, the Senate will vote on it, and Tokayev will sign the ballot law",
    ],
)
def test_false_friends_stay_out(reform: TopicRules, text: str) -> None:
    assert not in_scope(reform, "", text, "https://paper.kz/news/1")


@pytest.mark.parametrize(
    "text",
    [
        "Токаев назвал дату референдума",
        "В проект Основного закона внесли правки",
        "Бір палаталы Парламент туралы заң қабылданды",
        "Халық кеңесінің құрамы мен өкілеттігі белгіленді",
        "Parlament Qazaqstanda: jańa Konstıtýsııa jobasy halyqqa usynyldy",
        "Kazakhstan's constitutional commission has met for the last time",
        "Президент США поздравил Казахстан с принятием новой Конституции",
        "В Кыргызстане следят за референдумом: Казахстан меняет Конституцию",
        "Конституция РК: согласно Конституции, вводится пост вице-президента",
        "На референдуме, как и при голосовании об АЭС, казахстанцы решат судьбу Конституции",
        "Құрылтай депутаттарын сайлау қалай өтетіні белгілі болды, деп хабарлады баспасөз қызметі",
        "The new parliament will be called the Kurultai and have a single chamber",
    ],
)
def test_the_matter_itself_is_in(reform: TopicRules, text: str) -> None:
    assert in_scope(reform, "", text, "https://paper.kz/news/1")


def test_a_verdict_takes_milliseconds(reform: TopicRules) -> None:
    text = "\n".join(["Депутаты обсудили проект нового закона и приняли решение передать его в сенат до конца месяца."] * 40)
    score("", text, ADDRESS, reform)
    started = time.process_time()
    for _ in range(10):
        score("", text, ADDRESS, reform)
    assert (time.process_time() - started) / 10 < 0.02
