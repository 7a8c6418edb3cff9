"""Short fields as sites print them: names of people, tags, titles with the site's name behind them."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from pipelines.extraction.bounds import BYLINE, MOST_STATEMENTS, SECTION
from pipelines.extraction.marks import words

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_AUTHORS = 20
MOST_TAGS = 50
_LONGEST_NAME = 60
_RAW_BYLINE = 10 * BYLINE  # characters, white space included
_LONGEST_TAG = 100
_LONGEST_PARTICLE = 5  # letters; inside a name: ибн, van, della
_MOST_WORDS = 5  # of a name: «Абдулла ибн Ахмад аль-Хасан» has four

LABEL = (
    r"автор(?:ы|лар|лары|ы)?(?:\s+(?:статьи|текста|материала|публикации|интервью))?|текст|мәтін|жазған|дайындаған(?:дар)?|әзірлеген"
    r"|әңгімелескен|сұхбаттасқан|сұхбат алған"
    r"|(?:материал\s+|интервью\s+)?(?:подготовил|беседовал|записал|провел|вел|написал)[аи]?"
    r"|written\s+by|posted\s+by|reported\s+by|(?:story|analysis|text|interview)\s+by|by|authors?"
)
"""What stands before the names in a byline."""
_ROLE = (
    r"(?:(?:главный|шеф|выпускающий|собственный|специальный|наш|бас)\s+)?(?:редактор|корреспондент|спецкор|собкор|журналист|обозреватель|колумнист"
    r"|политолог|эксперт|профессор|академик|д-р|(?:доктор|кандидат)(?: [\w-]+){1,2} наук|тілші(?:міз|сі)?|журналисті?)"
)
_BY = re.compile(rf"^\s*(?:{LABEL}|{_ROLE}|von|par|por|di)\b\s*[:—–-]?\s*", re.IGNORECASE)
_PICTURES = re.compile(r"[\s,;|/(.]*\b(?:фото\w*|сурет\w*|видео|коллаж|инфографика|photos?|video)\b.*", re.IGNORECASE | re.DOTALL)
_ASIDE = re.compile(  # (Астана), an address, what the text was written for, «in Astana», a date
    r"\([^()]*\)|<[^<>]*>|\S*@\S+|[\s—–-]*\bспециально для .*|\s(?:in|on|at|for)\s+(?=[A-Z\d]).*"
    r"|\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b.*"
)
_BETWEEN = re.compile(r"\s*[,;|•·/\n]\s*|\s+(?:and|и|және|мен|und|et|y|&)\s+")
_SURNAME_FIRST = re.compile(r"^[^\W\d_]+(?:-[^\W\d_]+)?,\s*[^\W\d_]\.(?:\s*[^\W\d_]\.)?$")
_SENTENCE = re.compile(r"[?!:@\d]")
_INITIAL = re.compile(r"\b([^\W\d_]\.)(?=[^\W\d_])")
_INITIAL_AT_END = re.compile(r"\b[^\W\d_]$")
_NO_PERSON = re.compile(
    r"\b(?:агентств\w*|редакци\w+|редактор\w*|пресс-(?:служба|центр|секретарь)|министерств\w+|департамент\w*|акимат\w*|корреспондент\w*|"
    r"собкор|новост\w+|соб\.? ?(?:инф|корр)\w*|спецкор|казинформ|kazinform|qazinform|казтаг|интерфакс\w*|тасс|риа|sputnik|тілші\w*|"
    r"агенттігі|министрлігі|баспасөз|"
    r"служб\w+|отдел\w*|бюро|портал\w*|газет\w*|журнал|комитет\w*|ведомств\w*|республик\w*|президент\w*|правительств\w*|казахстан\w*|қазақстан\w*|"
    r"ақпарат\w*|қазақпарат|ақорда\w*|акорд[аы]|мвд|мчс|рк|қр|иа|миа|тоо|ао|блог|реклам\w*|сайт\w*|жаңалықтар\w*|читатель|оқырман\w*|админ\w*|гость|автор\w*|источник|дереккөз|"
    r"kazakhstan|qazaqstan|egemen|today|business|\w*times|"
    r"admin\w*|administrator|editors?|editorial|staff|team|desk|newsroom|correspondents?|reporters?|writer|columnist|contributors?|agency|agencies|"
    r"press|reuters|afp|bloomberg|associated|guest|magazine|newspaper|news|media|tv|inc|ltd|llc|co)\b"
    r"|\.(?:kz|ru|ру|қаз|com|net|org|info|media)\b|https?:|www\.|^the\s|[@\d?!:©\"«»()<>{}_]|\[|\]",
    re.IGNORECASE,
)
_OUTLETS = frozenset(
    words(
        "азаттык азаттық азаттықрадиосы айқын алматыақшамы астанаақшамы baq vlast власть exclusive forbes informburo информбюро inbusiness "
        "kapital капитал kursiv курсив lada liter литер nur orda орда ратель ratel tengrinews tengri turkystan түркістан ulysmedia хабар "
        "khabar ктк ktk zakon казправда kazpravda егемен вечернийалматы вечерняяастана жасалаш экспресск"
    )
)
"""Outlets of Kazakhstan whose names look like those of persons; spelled as `plain` spells."""
_PLACES = frozenset(
    words(
        "алматы астана нурсултан нұрсұлтан шымкент караганда қарағанды актобе ақтөбе атырау актау ақтау уральск орал костанай қостанай "
        "кызылорда қызылорда павлодар петропавловск петропавл семей талдыкорган талдықорған тараз туркестан түркістан устькаменогорск "
        "өскемен кокшетау көкшетау жезказган жезқазған экибастуз екібастұз темиртау теміртау конаев қонаев москва almaty astana shymkent"
    )
)
KIN = frozenset(("ұлы", "улы", "қызы", "кызы", "оглы", "оғлы", "uly", "qyzy"))
"""Last words of names that are written in lower case: son of, daughter of."""
_INTERNAL_TAG = re.compile(r"[@/_]|(?:section|category|type|tag|author|id)\s*:", re.IGNORECASE)  # labels of publishing systems
_LETTERS = re.compile(r"[^\W\d_]")
_LETTER_OR_DIGIT = re.compile(r"[^\W_]")
_NOT_WORD = re.compile(r"[\W_]+")


def people(texts: Iterable[str], not_people: Iterable[str] = ()) -> tuple[str, ...]:
    """Names of persons in bylines, in order, each once. `not_people` are names of the site and of its publisher.

    Of a byline the first 500 characters are read.
    """
    others = {plain(name) for name in not_people} | _OUTLETS | _PLACES
    names: dict[str, str] = {}
    for text in islice(texts, MOST_STATEMENTS):
        for name in _parts(_BY.sub("", _PICTURES.sub("", _ASIDE.sub(" ", " ".join(text[:_RAW_BYLINE].split())[:BYLINE])))):
            if plain(name) not in others and _is_person(name):
                names.setdefault(plain(name), name)
    return tuple(names.values())[:MOST_AUTHORS]


def _parts(byline: str) -> list[str]:
    if _SURNAME_FIRST.match(byline):
        return [byline]
    return [_without_role(_bare(_BY.sub("", part))) for part in _BETWEEN.split(byline)]


def _bare(part: str) -> str:
    """A part of a byline without the marks around it; the dot of an initial at its end stays."""
    bare = part.strip(" .:—–-()[]«»\"'")
    return f"{bare}." if " " in bare and _INITIAL_AT_END.search(bare) and f"{bare}." in part else bare


def spaced(name: str) -> str:
    """A name with a blank behind each initial: «Н. ҚАЛИЕВ» for «Н.ҚАЛИЕВ»."""
    return _INITIAL.sub(r"\1 ", name)


def _without_role(name: str) -> str:
    """A name without what it is followed by in lower case («Анна Ким политолог»)."""
    parts = name.split()
    while not _SENTENCE.search(name) and len(parts) > 2 and parts[-1].islower() and parts[-1] not in KIN:  # noqa: PLR2004 - a name stays
        parts.pop()
    bare = " ".join(parts).rstrip(" —–-")
    return bare if " " in bare else name


def _is_person(name: str) -> bool:
    parts = spaced(name).split()
    if not 1 <= len(parts) <= _MOST_WORDS or len(name) > _LONGEST_NAME or _NO_PERSON.search(name):
        return False
    if len(parts) == 1 and name.isupper():  # CNN, DELFI
        return False
    if parts[0][0].islower() or (parts[-1].islower() and parts[-1] not in KIN):
        return False
    if not any(len(_LETTERS.findall(part)) > 1 for part in parts):  # initials alone
        return False
    return all(not part[0].islower() or len(part) <= _LONGEST_PARTICLE for part in parts[1:-1])


def tags(texts: Iterable[str]) -> tuple[str, ...]:
    """Tags without their number sign, in order, each once."""
    found: dict[str, str] = {}
    for text in texts:
        tag = " ".join(text[: 10 * SECTION].split()).lstrip("#＃ ").rstrip(",; ")
        if _LETTER_OR_DIGIT.search(tag) and len(tag) <= _LONGEST_TAG and not _INTERNAL_TAG.match(tag):
            found.setdefault(tag.casefold(), tag)
    return tuple(found.values())[:MOST_TAGS]


def without_site(title: str, sites: Iterable[str]) -> str:
    """A `<title>` without the site's name behind it (or before it)."""
    known = {plain(site) for site in sites if site}
    for separator in (" | ", " — ", " – ", " - ", " :: ", " » ", " • ", " / "):
        head, found, tail = title.rpartition(separator)
        if found and head and plain(tail) in known:
            return head.strip()
        head, found, tail = title.partition(separator)
        if found and tail and plain(head) in known:
            return tail.strip()
    return title


def shared_words(printed: str, stated: str) -> float:
    """The share of a stated headline's words that the printed one has, 0 to 1."""
    there, asked = (set(_NOT_WORD.sub(" ", text.casefold()).split()) for text in (printed, stated))
    return len(there & asked) / len(asked) if asked else 0.0


def plain(text: str) -> str:
    """Letters and digits alone, case folded: what two spellings of one name have in common."""
    return _NOT_WORD.sub("", text.casefold())
