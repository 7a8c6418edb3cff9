"""Short fields as sites print them: names of people, tags, titles with the site's name behind them."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from pipelines.extraction.bounds import BYLINE, MOST_STATEMENTS, SECTION
from pipelines.extraction.class_names import words
from pipelines.extraction.date_patterns import looks_dated
from pipelines.extraction.name_words import ALSO_SURNAMES, FIRST_NAMES, NO_PERSON, OUTLETS, PLACES
from pipelines.months import names_month

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_AUTHORS = 20
MOST_TAGS = 50
_LONGEST_NAME = 60
_RAW_BYLINE = 10 * BYLINE  # characters, white space included
_LONGEST_TAG = 100
_LONGEST_PARTICLE = 5  # letters; inside a name: ибн, van, della
_FEWEST_LETTERS_OF_SITE = 6
_MOST_WORDS = 5  # of a name: «Абдулла ибн Ахмад аль-Хасан» has four

LABEL = (
    r"автор(?:ы|лар|лары|ы)?(?:\s+(?:статьи|текста|материала|публикации|интервью))?|текст|мәтін|жазған|дайындаған(?:дар)?|әзірлеген"
    r"|әңгімелескен|сұхбаттасқан|сұхбат алған|муаллиф"
    r"|(?:материал\s+|интервью\s+)?(?:подготовил|беседовал|записал|провел|провёл|вел|написал|опубликовал|добавил|перев[её]л)[аи]?"
    r"|(?:words|written|posted|reported|submitted|contributed|published|created|guest\s+post|(?:this\s+)?post|article|blog|story|analysis|text"
    r"|interview|review|reporting|opinion|commentary|column)(?:\s+(?:was\s+)?(?:written\s+)?)?\s?by|by|authors?|about(?:\s+the)?\s+author"
    r"|(?:publicado|escrito|redigido)\s+por|(?:veröffentlicht|geschrieben)\s+von|(?:publié|écrit|rédigé)\s+par|(?:pubblicato|scritto)\s+da"
)
"""What stands before the names in a byline."""
_ROLE = (
    r"(?:(?:главный|шеф|выпускающий|собственный|специальный|наш|бас)\s+)?(?:редактор|корреспондент|спецкор|собкор|журналист|обозреватель|колумнист"
    r"|политолог|эксперт|профессор|академик|д-р|(?:доктор|кандидат)(?: [\w-]+){1,2} наук|тілші(?:міз|сі)?|журналисті?)"
)
_BY = re.compile(
    rf"^\s*(?:(?:{LABEL}|{_ROLE}|about|von|par|por|de(?=\s+[A-Z])|di|door|przez|af|av|autor(?:in)?)\b\s*[:—–-]?\s*|[Bb]y(?=[A-Z][a-z]))",
    re.IGNORECASE,
)
_ROLE_BEHIND = re.compile(
    r"\s+(?:(?:senior|staff|chief|deputy|associate|assistant|contributing|special|national|political|sports?|business"
    r"|science|health|tech(?:nology)?|news|guest|freelance|web|digital|managing|features?|culture|style|ap|cnn|afp|bbc)\s+){0,3}"
    r"(?:writer|reporter|editor|correspondent|columnist|contributor|journalist|producer|photographer|analyst"
    r"|associated press|reuters|afp|cnn|bloomberg news|is\s+an?\s.*)$",
    re.IGNORECASE,
)
_ALSO_PICTURES = re.compile(
    r"^(?:story|words|text|article)\s+(?:and|&)\s+(?:photos?|pictures?|images?)\s+(?=by\b)", re.IGNORECASE
)
_OTHER_HANDS = re.compile(
    r"[\s,;|/(.]*\b(?:(?:medically\s+)?reviewed|edited|editing|fact[- ]checked|produced|translated|illustrated|approved)\s+by\b.*",
    re.IGNORECASE | re.DOTALL,
)
_PICTURES = re.compile(
    r"[\s,;|/(.]*\b(?:фото\w*|сурет\w*|видео|коллаж|инфографика|photos?|video)\b.*", re.IGNORECASE | re.DOTALL
)
_ASIDE = re.compile(  # © Канал «Вестник», (Астана), an address, what the text was written for, «in Astana», a date
    r"^©[^«»]{0,60}«[^«»]{0,60}»\s*|\([^()]*\)|<[^<>]*>|\S*@\S+|[\s—–-]*\bспециально для .*|\s(?:in|on|at|for)\s+(?=[A-Z\d]).*"
    r"|\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b.*"
)
_OUTLET_IN_CAPITALS = re.compile("[A-Z]{2,4}")
_BETWEEN = re.compile(
    r"\s*[,;|•·/\n]\s*|\s+(?:and|AND|with|и|та|және|мен|und|et|y|e|og|och|en|ve|&|\+)\s+(?=[^\W\d_])"
)
_SURNAME_FIRST = re.compile(r"^[^\W\d_]+(?:-[^\W\d_]+)?,\s*[^\W\d_]\.(?:\s*[^\W\d_]\.)?$")
_NICKNAME = re.compile(r"[a-zа-яёәғқңөұүһі][\w.-]{2,19}")
_NUMBER = re.compile(r"\d")
_BEFORE_A_DATE = frozenset(
    words("on at in updated published posted date от опубликовано")
    + words("mon tue tues wed thu thurs fri sat sun")
) | {f"{day}day" for day in words("mon tues wednes thurs fri satur sun")}
_SENTENCE = re.compile(r"[?!:@\d]")
_SUFFIX = re.compile(r",\s+((?:Jr|Sr)\b\.?|I{2,3}\b)")  # of a name: Martin Luther King, Jr.
_JOINED = re.compile(r"^(?:and|with|и|және)\s+")  # behind a comma
_INITIAL = re.compile(r"\b([^\W\d_]\.)(?=[^\W\d_])")
_INITIAL_AT_END = re.compile(r"\b(?:[^\W\d_]|Jr|Sr)$")
KIN = frozenset(("ұлы", "улы", "қызы", "кызы", "оглы", "оғлы", "uly", "qyzy"))
"""Last words of names that are written in lower case: son of, daughter of."""
_INTERNAL_TAG = re.compile(
    r"[@/_]|(?:section|category|type|tag|author|id)\s*:", re.IGNORECASE
)  # labels of publishing systems
_INNER_CAPITAL = re.compile(
    r"[A-ZА-ЯЁІ]{2}[a-zа-яёі]|[a-zа-яёі][A-ZА-ЯЁІ]\w*[a-zа-яёі][A-ZА-ЯЁІ]"
)  # of an outlet in one word: BizNewsDaily
_DASHES = frozenset("-–—")
_LETTERS = re.compile(r"[^\W\d_]")
_LETTER_OR_DIGIT = re.compile(r"[^\W_]")
_NOT_WORD = re.compile(r"[\W_]+")


def people(texts: Iterable[str], not_people: Iterable[str] = ()) -> tuple[str, ...]:
    """Names of persons in bylines, in order, each once. `not_people` are names of the site and of its publisher.

    Of a byline the first 500 characters are read.
    """
    others = {plain(name) for name in not_people} | OUTLETS | PLACES
    names: dict[str, str] = {}
    for text in islice(texts, MOST_STATEMENTS):
        line = _SUFFIX.sub(r" \1", _undated(" ".join(text[:_RAW_BYLINE].split())[:BYLINE]))
        written = _OTHER_HANDS.sub("", _ALSO_PICTURES.sub("", line))
        for name in _parts(_BY.sub("", _PICTURES.sub("", _ASIDE.sub(" ", written)))):
            if plain(name) not in others and _is_person(name) and not _is_of_site(name, others):
                names.setdefault(plain(name), name)
    whole = [
        name for name in names.values() if " " in name or "." in name
    ]  # beside them one word is a place or an outlet
    return tuple(whole or names.values())[:MOST_AUTHORS]


def _is_of_site(name: str, sites: Iterable[str]) -> bool:
    """Whether one word is the beginning of a site's name or of its host's, as publishing systems sign for the whole staff."""
    return (
        " " not in name
        and len(name) >= _FEWEST_LETTERS_OF_SITE
        and any(site.startswith(plain(name)) for site in sites)
    )


def nicknames(texts: Iterable[str], not_people: Iterable[str] = ()) -> tuple[str, ...]:
    """Bylines that are one word in lower case, as many blogs sign (skippy); for marks that hold nothing but an author's name."""
    others = {plain(name) for name in not_people} | OUTLETS | PLACES
    bare = (
        _BY.sub("", " ".join(text[:_RAW_BYLINE].split())[:BYLINE]) for text in islice(texts, MOST_STATEMENTS)
    )
    fitting = (x for x in bare if _NICKNAME.fullmatch(x) and not NO_PERSON.search(x.replace("_", " ")))
    return tuple(x for x in dict.fromkeys(fitting) if not any(name.startswith(plain(x)) for name in others))[
        :1
    ]


def _undated(byline: str) -> str:
    """A byline without the date behind the names («Jane Roe Nov 18, 2019, 7:05 pm»); whole where it has none, or begins with one."""
    found = _NUMBER.search(byline)
    if found is None or not looks_dated(byline):
        return byline
    names = byline[: found.start()].rstrip(" ,.—–-|•·(")
    while (last := names.rpartition(" ")[2]) and (
        names_month(last.strip(".,")) or last.lower() in _BEFORE_A_DATE
    ):
        names = names[: -len(last)].rstrip(" ,.—–-|•·(")
    return names or byline


def _parts(byline: str) -> list[str]:
    if _SURNAME_FIRST.match(byline):
        return [byline]
    return [_without_role(_bare(_BY.sub("", _JOINED.sub("", part)))) for part in _BETWEEN.split(byline)]


def _bare(part: str) -> str:
    """A part of a byline without the marks around it; the dot of an initial at its end stays."""
    bare = _without_job(part).strip(" .:—–-()[]«»\"'")
    return f"{bare}." if " " in bare and _INITIAL_AT_END.search(bare) and f"{bare}." in part else bare


def _without_job(part: str) -> str:
    """A part of a byline without an English job behind the name; nothing is left of a job alone (AP Sports Writer)."""
    name = _ROLE_BEHIND.sub("", part)
    words_left = name.split()
    if name == part or len(words_left) < 2:  # noqa: PLR2004 - a name of one word is not told from an outlet's
        return part
    return (
        "" if any(_OUTLET_IN_CAPITALS.fullmatch(word) for word in words_left) and not name.isupper() else name
    )


def spaced(name: str) -> str:
    """A name with a blank behind each initial: «Н. ҚАЛИЕВ» for «Н.ҚАЛИЕВ»."""
    return _INITIAL.sub(r"\1 ", name)


def _without_role(name: str) -> str:
    """A name without what it is followed by in lower case («Анна Ким политолог»)."""
    parts = name.split()
    while (
        not _SENTENCE.search(name)
        and len(parts) > 2
        and parts[-1].islower()
        and parts[-1] not in (*KIN, "staff", "team")
    ):  # noqa: PLR2004 - a name stays
        parts.pop()
    bare = " ".join(parts).rstrip(" —–-")
    return bare if " " in bare else name


def _is_person(name: str) -> bool:
    parts = spaced(name).split()
    if not 1 <= len(parts) <= _MOST_WORDS or len(name) > _LONGEST_NAME:
        return False
    if any(not _is_surname(found, parts) for found in NO_PERSON.finditer(name)):
        return False
    if (len(parts) == 1 and (name.isupper() or _INNER_CAPITAL.search(name))) or not _DASHES.isdisjoint(
        parts
    ):  # CNN, DELFI; PMJS - Coordenadoria
        return False
    if parts[0][0].islower() or (parts[-1].islower() and parts[-1] not in KIN):
        return False
    if not any(len(_LETTERS.findall(part)) > 1 for part in parts):  # initials alone
        return False
    return all(not part[0].islower() or len(part) <= _LONGEST_PARTICLE for part in parts[1:-1])


def _is_surname(found: re.Match[str], parts: list[str]) -> bool:
    """Whether the word of an institution in a name is its surname: it comes last, and a first name first."""
    last = found.end() == len(found.string) and found[0].lower() in ALSO_SURNAMES
    return last and len(parts) > 1 and parts[0].lower() in FIRST_NAMES


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
