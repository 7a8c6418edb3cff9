"""Reprint gold of our own: every story of the newsroom that is in Russian or Kazakh, reprinted by other outlets in every usual way.

The stories are hand-written, about an invented reform; what outlets do to them is done here, by a fixed seed. Every text ends in a
passage of background that dozens of other stories end in, too.
"""

from __future__ import annotations

import random
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

STORIES = Path(__file__).resolve().parents[1] / "site" / "articles"
KINDS = ("agency", "edited 4 %", "edited 12 %", "new lead", "three paragraphs", "inside")

_REPRINT = ("byuro-podvelo-itogi-golosovaniya",)
_BACKGROUND = {
    "ru": (
        "Напомним, 15 марта в стране прошло голосование по проекту новой Конституции. Тогда участки открылись в семь часов утра, а первые "
        "итоги комиссия назвала ближе к полуночи. По официальным сведениям, проект поддержало большинство пришедших, жалоб было подано "
        "шестнадцать, и все они рассмотрены в срок.",
        "Ранее сообщалось, что рабочая группа по реформе собирается каждую неделю. В нее входят юристы, депутаты и представители областей. "
        "Предложения принимаются через общественную приемную и по почте, ответ обещают дать не позднее чем через десять дней после того, "
        "как письмо поступило.",
        "Между тем депутаты готовятся к работе в обновленном парламенте. Согласно переходным положениям, первая сессия Курултая откроется "
        "осенью, до того времени палаты успеют принять законы, без которых новая Конституция действовать не сможет. Список таких законов "
        "опубликован на сайте рабочей группы.",
    ),
    "kk": (
        "Еске салсақ, 15 наурызда елде жаңа Конституция жобасы бойынша дауыс беру өтті. Сол күні учаскелер таңғы жетіде ашылып, комиссия "
        "алғашқы қорытындыны түн ортасына қарай жариялады. Ресми дерек бойынша, жобаны дауыс беруге келгендердің басым бөлігі қолдады, он "
        "алты шағым түсіп, бәрі мерзімінде қаралды.",
        "Бұған дейін реформа жөніндегі жұмыс тобы апта сайын жиналатыны хабарланған еді. Оның құрамына заңгерлер, депутаттар және "
        "облыстардың өкілдері кіреді. Ұсыныстар қоғамдық қабылдау арқылы және поштамен қабылданады, хат келіп түскен күннен бастап он "
        "күннен кешіктірмей жауап беруге уәде етілді.",
    ),
}
_LEADS = {
    "ru": (
        "Реформа обрастает подробностями: то, о чем вчера говорили в кабинетах, сегодня обсуждают на кухнях и в очередях. Что стоит за "
        "новостью и чего ждать дальше, разбирались корреспонденты нашей редакции.",
        "Новость, которую в регионах ждали с осени, наконец подтвердилась. Мы собрали главное, что о ней известно к этому часу, и спросили, "
        "как она скажется на жизни обычных семей.",
        "Пока столица готовится к следующему шагу, области живут своими заботами. Впрочем, и там внимательно следят за тем, куда повернет "
        "разговор о новом Основном законе.",
    ),
    "kk": (
        "Реформа туралы әңгіме күн өткен сайын қыза түсуде: кеше кабинетте айтылғанды бүгін жұрт ас үйде талқылап отыр. Жаңалықтың "
        "астарында не жатқанын редакциямыздың тілшілері анықтап көрді.",
        "Өңірлер күзден бері күткен жаңалық ақыры расталды. Осы сағатқа дейін белгілі болған басты мәліметті жинап, оның қарапайым отбасына "
        "қалай әсер ететінін сұрадық.",
    ),
}
_PREFIX = {"ru": "ЖЕЗТАУ. {day} марта. СТЕПЬИНФОРМ – ", "kk": "ЖЕЗТАУ. {day} наурыз. ДАЛААҚПАРАТ – "}
_TAIL = {
    "ru": "Больше новостей – в нашем канале. При перепечатке ссылка на агентство «Степьинформ» обязательна.",
    "kk": "Басқа жаңалықтар – біздің арнада. Көшіріп басқанда «Далаақпарат» агенттігіне сілтеме жасау міндетті.",
}


@dataclass(frozen=True)
class GoldText:
    """One text of the gold: the story it tells, how it was made (`original`, or one of KINDS), by whom, and when it was published."""

    story: str
    kind: str
    outlet: str
    language: str
    title: str
    text: str
    published: datetime


def gold(seed: int = 2026) -> list[GoldText]:
    """All texts, in the order in which a crawl might come by them: any."""
    chance = random.Random(seed)
    made = [text for article in _stories() for text in _reprints(article, chance)]
    chance.shuffle(made)
    return made


def _stories() -> list[dict[str, object]]:
    """The newsroom's articles in Russian and Kazakh, without the one that reprints another."""
    found = [article for file in sorted(STORIES.glob("*.toml")) for article in tomllib.loads(file.read_text("utf-8"))["article"]]
    return [x for x in found if x["language"] in _BACKGROUND and x["slug"] not in _REPRINT]


def _reprints(article: dict[str, object], chance: random.Random) -> Iterator[GoldText]:
    language, paragraphs = str(article["language"]), [str(x) for x in article["paragraphs"]]  # type: ignore[attr-defined]
    story, title = str(article["slug"]), str(article["title"])
    hour = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=chance.randrange(20_000))
    background = chance.choice(_BACKGROUND[language])
    yield GoldText(story, "original", "wire", language, title, "\n".join([*paragraphs, background]), hour)
    for number, kind in enumerate((*KINDS, "edited 4 %", "edited 12 %", "agency")):
        told = _retold(kind, paragraphs, language, chance)
        ending = chance.choice((background, chance.choice(_BACKGROUND[language])))
        headline = _edited(title, 0.3, language, chance) if chance.random() < 0.5 else title
        hour += timedelta(minutes=chance.randrange(5, 400))
        yield GoldText(story, kind, f"outlet{number}", language, headline, f"{told}\n{ending}", hour)


def _retold(kind: str, paragraphs: list[str], language: str, chance: random.Random) -> str:
    text = "\n".join(paragraphs)
    if kind == "agency":
        return f"{_PREFIX[language].format(day=chance.randrange(1, 29))}{text}\n{_TAIL[language]}"
    if kind.startswith("edited"):
        return _edited(text, int(kind.split()[1]) / 100, language, chance)
    if kind == "new lead":
        return "\n".join([chance.choice(_LEADS[language]), *paragraphs[1:]])
    if kind == "three paragraphs":
        return "\n".join(paragraphs[:3])
    around = [" ".join(chance.choices(_vocabulary(language), k=chance.randrange(30, 60))).capitalize() + "." for _ in range(8)]
    place = chance.randrange(2, 7)
    return "\n".join([*around[:place], _edited(text, 0.04, language, chance), *around[place:]])


def _edited(text: str, share: float, language: str, chance: random.Random) -> str:
    """The text with a share of its words, numbers aside, replaced by others of its language."""
    lines = [line.split(" ") for line in text.split("\n")]
    places = [(i, j) for i, line in enumerate(lines) for j, word in enumerate(line) if word.isalpha()]
    for i, j in chance.sample(places, min(len(places), round(share * sum(map(len, lines))))):
        lines[i][j] = chance.choice(_vocabulary(language))
    return "\n".join(" ".join(line) for line in lines)


_words: dict[str, list[str]] = {}


def _vocabulary(language: str) -> list[str]:
    if language not in _words:
        said = " ".join(str(p) for x in _stories() if x["language"] == language for p in x["paragraphs"])  # type: ignore[attr-defined]
        _words[language] = sorted({word.lower() for word in said.split() if word.isalpha() and len(word) > 2})
    return _words[language]
