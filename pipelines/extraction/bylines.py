"""Names of persons in the text of bylines."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from pipelines.extraction.bounds import BYLINE, MOST_STATEMENTS
from pipelines.extraction.class_names import words
from pipelines.extraction.date_patterns import looks_dated
from pipelines.extraction.name_words import ALSO_SURNAMES, FIRST_NAMES, NO_PERSON, OUTLETS, PLACES
from pipelines.extraction.text_keys import text_key
from pipelines.months import names_month

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_AUTHORS = 20
"""Maximum number of authors of an article."""
_MAX_NAME_CHARS = 60  # characters of a name
_MAX_NAME_WORDS = 5  # «Абдулла ибн Ахмад аль-Хасан» has four
_MAX_RAW_CHARS = 10 * BYLINE  # characters of a byline as written, white space included
_MAX_PARTICLE_LETTERS = 5  # letters of a lower-case word inside a name: ибн, van, della
_MIN_SITE_LETTERS = 6  # letters of a word that is compared with the beginning of a site's name

LABEL = (
    r"автор(?:ы|лар|лары|ы)?(?:\s+(?:статьи|текста|материала|публикации|интервью))?"
    r"|текст|мәтін|жазған|дайындаған(?:дар)?|әзірлеген|әңгімелескен|сұхбаттасқан|сұхбат алған|муаллиф"
    r"|(?:материал\s+|интервью\s+)?(?:подготовил|беседовал|записал|провел|провёл|вел|написал|опубликовал"
    r"|добавил|перев[её]л)[аи]?"
    r"|(?:words|written|posted|reported|submitted|contributed|published|created|guest\s+post|(?:this\s+)?post"
    r"|article|blog|story|analysis|text|interview|review|reporting|opinion|commentary|column)"
    r"(?:\s+(?:was\s+)?(?:written\s+)?)?\s?by|by|authors?|about(?:\s+the)?\s+author"
    r"|(?:publicado|escrito|redigido)\s+por|(?:veröffentlicht|geschrieben)\s+von"
    r"|(?:publié|écrit|rédigé)\s+par|(?:pubblicato|scritto)\s+da"
)
"""Labels before the names in a byline, as a regular expression without a group around it."""
_ROLE = (
    r"(?:(?:главный|шеф|выпускающий|собственный|специальный|наш|бас)\s+)?"
    r"(?:редактор|корреспондент|спецкор|собкор|журналист|обозреватель|колумнист"
    r"|политолог|эксперт|профессор|академик|д-р|(?:доктор|кандидат)(?: [\w-]+){1,2} наук"
    r"|тілші(?:міз|сі)?|журналисті?)"
)
_LABEL_OR_ROLE = re.compile(
    rf"^\s*(?:(?:{LABEL}|{_ROLE}|about|von|par|por|de(?=\s+[A-Z])|di|door|przez|af|av|autor(?:in)?)\b"
    r"\s*[:—–-]?\s*|[Bb]y(?=[A-Z][a-z]))",
    re.IGNORECASE,
)
_ROLE_AFTER_NAME = re.compile(
    r"\s+(?:(?:senior|staff|chief|deputy|associate|assistant|contributing|special|national|political|sports?|business"
    r"|science|health|tech(?:nology)?|news|guest|freelance|web|digital|managing|features?|culture|style"
    r"|ap|cnn|afp|bbc)\s+){0,3}"
    r"(?:writer|reporter|editor|correspondent|columnist|contributor|journalist|producer|photographer|analyst"
    r"|associated press|reuters|afp|cnn|bloomberg news|is\s+an?\s.*)$",
    re.IGNORECASE,
)
_AND_PICTURES = re.compile(
    r"^(?:story|words|text|article)\s+(?:and|&)\s+(?:photos?|pictures?|images?)\s+(?=by\b)", re.IGNORECASE
)
_OTHER_CONTRIBUTORS = re.compile(
    r"[\s,;|/(.]*\b(?:(?:medically\s+)?reviewed|edited|editing|fact[- ]checked|produced|translated"
    r"|illustrated|approved)\s+by\b.*",
    re.IGNORECASE | re.DOTALL,
)
_PICTURE_CREDIT = re.compile(
    r"[\s,;|/(.]*\b(?:фото\w*|сурет\w*|видео|коллаж|инфографика|photos?|video)\b.*",
    re.IGNORECASE | re.DOTALL,
)
# © Канал «Вестник», (Астана), an address, what the text was written for, «in Astana», a weekday.
_ASIDE = re.compile(
    r"^©[^«»]{0,60}«[^«»]{0,60}»\s*|\([^()]*\)|<[^<>]*>|\S*@\S+|[\s—–-]*\bспециально для .*"
    r"|\s(?:in|on|at|for)\s+(?=[A-Z\d]).*"
    r"|\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b.*"
)
_OUTLET_IN_CAPITALS = re.compile("[A-Z]{2,4}")
_NAME_SEPARATOR = re.compile(
    r"\s*[,;|•·/\n]\s*|\s+(?:and|AND|with|и|та|және|мен|und|et|y|e|og|och|en|ve|&|\+)\s+(?=[^\W\d_])"
)
_SURNAME_FIRST = re.compile(r"^[^\W\d_]+(?:-[^\W\d_]+)?,\s*[^\W\d_]\.(?:\s*[^\W\d_]\.)?$")
_NICKNAME = re.compile(r"[a-zа-яёәғқңөұүһі][\w.-]{2,19}")
_NUMBER = re.compile(r"\d")
_BEFORE_A_DATE = frozenset(
    words("on at in updated published posted date от опубликовано")
    + words("mon tue tues wed thu thurs fri sat sun")
) | {f"{day}day" for day in words("mon tues wednes thurs fri satur sun")}
_NO_NAME = re.compile(r"[?!:@\d]")
_SUFFIX = re.compile(r",\s+((?:Jr|Sr)\b\.?|I{2,3}\b)")  # of a name: Martin Luther King, Jr.
_CONJUNCTION = re.compile(r"^(?:and|with|и|және)\s+")  # after a comma
_INITIAL = re.compile(r"\b([^\W\d_]\.)(?=[^\W\d_])")
_INITIAL_AT_END = re.compile(r"\b(?:[^\W\d_]|Jr|Sr)$")
_MARKS_BEFORE_DATE = " ,.—–-|•·("
KIN = frozenset(("ұлы", "улы", "қызы", "кызы", "оглы", "оғлы", "uly", "qyzy"))
"""Last words of patronymics that are written in lower case: son of, daughter of."""
_STAYS_AT_END = frozenset((*KIN, "staff", "team"))
_INNER_CAPITAL = re.compile(  # outlets in one word: BizNewsDaily
    r"[A-ZА-ЯЁІ]{2}[a-zа-яёі]|[a-zа-яёі][A-ZА-ЯЁІ]\w*[a-zа-яёі][A-ZА-ЯЁІ]"
)
_DASHES = frozenset("-–—")
_LETTERS = re.compile(r"[^\W\d_]")


def people(texts: Iterable[str], not_people: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the names of persons in bylines, in order, without repetitions, at most MOST_AUTHORS.

    Args:
        texts: bylines; the first MOST_STATEMENTS are read, and of each the first BYLINE characters.
        not_people: names of the site and of its publisher.
    """
    excluded = {text_key(name) for name in not_people} | OUTLETS | PLACES
    names: dict[str, str] = {}
    for text in islice(texts, MOST_STATEMENTS):
        line = _SUFFIX.sub(r" \1", _without_date(" ".join(text[:_MAX_RAW_CHARS].split())[:BYLINE]))
        line = _OTHER_CONTRIBUTORS.sub("", _AND_PICTURES.sub("", line))
        line = _PICTURE_CREDIT.sub("", _ASIDE.sub(" ", line))
        for name in _split_names(_LABEL_OR_ROLE.sub("", line)):
            key = text_key(name)
            if key not in excluded and _is_person(name) and not _is_site(name, excluded):
                names.setdefault(key, name)
    # Beside names of several words, a single word is a place or an outlet.
    full_names = [name for name in names.values() if " " in name or "." in name]
    return tuple(full_names or names.values())[:MOST_AUTHORS]


def _is_site(name: str, sites: Iterable[str]) -> bool:
    """Return whether one word begins the name or host of the site.

    Publishing systems sign so for the whole staff.
    """
    if " " in name or len(name) < _MIN_SITE_LETTERS:
        return False
    return any(site.startswith(text_key(name)) for site in sites)


def nicknames(texts: Iterable[str], not_people: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the first byline that is one word in lower case, as many blogs sign (skippy); at most one.

    For texts of elements that hold nothing but an author's name.
    """
    excluded = {text_key(name) for name in not_people} | OUTLETS | PLACES
    lines = (" ".join(text[:_MAX_RAW_CHARS].split())[:BYLINE] for text in islice(texts, MOST_STATEMENTS))
    names = (_LABEL_OR_ROLE.sub("", line) for line in lines)
    words_only = (x for x in names if _NICKNAME.fullmatch(x) and not NO_PERSON.search(x.replace("_", " ")))
    for name in dict.fromkeys(words_only):
        if not any(site.startswith(text_key(name)) for site in excluded):
            return (name,)
    return ()


def _without_date(byline: str) -> str:
    """Return a byline without the date after the names («Jane Roe Nov 18, 2019, 7:05 pm»).

    Unchanged if there is no date, or nothing before it.
    """
    number = _NUMBER.search(byline)
    if number is None or not looks_dated(byline):
        return byline
    names = byline[: number.start()].rstrip(_MARKS_BEFORE_DATE)
    while last := names.rpartition(" ")[2]:
        if not names_month(last.strip(".,")) and last.lower() not in _BEFORE_A_DATE:
            break
        names = names[: -len(last)].rstrip(_MARKS_BEFORE_DATE)
    return names or byline


def _split_names(byline: str) -> list[str]:
    """Split a byline into names; roles and labels are removed from each."""
    if _SURNAME_FIRST.match(byline):
        return [byline]
    parts = (_LABEL_OR_ROLE.sub("", _CONJUNCTION.sub("", part)) for part in _NAME_SEPARATOR.split(byline))
    return [_without_description(_strip_marks(part)) for part in parts]


def _strip_marks(part: str) -> str:
    """Return a part of a byline without an English role and the marks around it.

    The dot of an initial at the end is kept.
    """
    bare = _without_english_role(part).strip(" .:—–-()[]«»\"'")
    if " " in bare and _INITIAL_AT_END.search(bare) and f"{bare}." in part:
        return f"{bare}."
    return bare


def _without_english_role(part: str) -> str:
    """Return a part of a byline without the role after the name; empty for a role alone (AP Sports Writer).

    A single word before a role is kept with it: it may be an outlet.
    """
    name = _ROLE_AFTER_NAME.sub("", part)
    name_words = name.split()
    if name == part or len(name_words) <= 1:
        return part
    has_outlet = any(_OUTLET_IN_CAPITALS.fullmatch(word) for word in name_words)
    return "" if has_outlet and not name.isupper() else name


def spaced(name: str) -> str:
    """Return a name with a blank after each initial: «Н. ҚАЛИЕВ» for «Н.ҚАЛИЕВ»."""
    return _INITIAL.sub(r"\1 ", name)


def _without_description(name: str) -> str:
    """Return a name of at least two words without lower-case words after it («Анна Ким политолог»)."""
    parts = name.split()
    if not _NO_NAME.search(name):
        while len(parts) >= 3 and parts[-1].islower() and parts[-1] not in _STAYS_AT_END:  # noqa: PLR2004
            parts.pop()
    bare = " ".join(parts).rstrip(" —–-")
    return bare if " " in bare else name


def _is_person(name: str) -> bool:
    """Return whether a name is spelled like a person's and holds no word of an institution or outlet."""
    parts = spaced(name).split()
    if not 1 <= len(parts) <= _MAX_NAME_WORDS or len(name) > _MAX_NAME_CHARS:
        return False
    if any(not _is_surname(word, parts) for word in NO_PERSON.finditer(name)):
        return False
    is_outlet = len(parts) == 1 and (name.isupper() or _INNER_CAPITAL.search(name))  # CNN, DELFI
    if is_outlet or not _DASHES.isdisjoint(parts):  # PMJS - Coordenadoria
        return False
    if parts[0][0].islower() or (parts[-1].islower() and parts[-1] not in KIN):
        return False
    if not any(len(_LETTERS.findall(part)) > 1 for part in parts):  # initials alone
        return False
    return all(not part[0].islower() or len(part) <= _MAX_PARTICLE_LETTERS for part in parts[1:-1])


def _is_surname(word: re.Match[str], parts: list[str]) -> bool:
    """Return whether an institution's word is a surname: it comes last, after a known first name."""
    is_last = word.end() == len(word.string) and word[0].lower() in ALSO_SURNAMES
    return is_last and len(parts) > 1 and parts[0].lower() in FIRST_NAMES
