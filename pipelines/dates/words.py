"""The vocabulary of printed dates: what each word of a date string stands for."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from pipelines.months import MONTH_PHRASES, english_month, month
from pipelines.spelling import fold


class Token(NamedTuple):
    """One sign of a date string: its code (the letter by which `shapes` and `relative` match it) and what it carries.

    n number of one or two digits · y of four · # of three · N longer, or four digits that are no year · D full numeric date (year,
    month, day; `name` is the mark between them where their order is not certain) · p pair like 24.04 · c clock (hour, minute,
    second or -1; 24:00 is the end of the day) · B impossible clock or offset · M month · E English month · w weekday (Monday is 0;
    -1 for abbreviations, which alone are no date; `parts` holds the number of either) · r relative day · f the future · j now ·
    q number word · i "some" · u unit of time · Y year word · a "ago" · o "last" · P part of the day · z zone · l label of
    publication · L label of an update · b joiner of a range · e opener of a range · k word that makes a date an event · h word
    that makes a day a name (a street, a holiday) · x any other word · , . - / ' | as they stand (| for the rest).
    """

    code: str
    number: float = 0
    parts: tuple[int, ...] = ()
    name: str = ""


def _table(*rows: tuple[str, Token]) -> dict[str, Token]:
    return {word: token for words, token in rows for word in words.split()}


def _weekdays(*days: str, short: bool = False) -> list[tuple[str, Token]]:
    """Rows of the table for the words of Monday to Sunday."""
    return [(words, Token("w", -1 if short else number, (number,))) for number, words in enumerate(days)]


_NOTHING = Token("")
_UNITS = ("second", "minute", "hour", "day", "week", "month", "year")

_EXACT = _table(
    ("в во на от тому дата время date time at on of the by as this t т st nd rd th го ого ое е я й", _NOTHING),
    ("около примерно почти более больше чем about over around almost than нші ншы", _NOTHING),
    ("сегодня today tonight сегодняшний bugun бугун бүгүн", Token("r", 0)),
    ("вчера yesterday kecha кеча кечээ", Token("r", 1)),
    ("позавчера", Token("r", 2)),
    ("завтра послезавтра tomorrow через next следующий следующую келесі", Token("f")),
    ("сейчас now", Token("j")),
    ("назад ago oldin avval олдин аввал мурун мурда", Token("a")),
    ("прошлый прошлую прошлое прошлой прошлого last минувший минувшую минувшего", Token("o")),
    ("несколько пару several few some", Token("i")),
    ("год года году лет г year years ж j yr yrs yil yili yilda yildagi yilning йил йили йилда йилдаги йилнинг", Token("Y", name="year")),
    ("секунда секунду секунды секунд сек second seconds sec secs s", Token("u", name="second")),
    ("минута минуту минуты минут мин minute minutes min mins m", Token("u", name="minute")),
    ("час часа часов ч hour hours hr hrs h soat soatda соат соатда саат саатта", Token("u", name="hour")),
    ("полчаса", Token("u", 0.5, name="hour")),
    ("день дня дней дн d day days сутки суток", Token("u", name="day")),
    ("неделя неделю недели недель нед week weeks wk", Token("u", name="week")),
    ("месяц месяца месяцев мес month months", Token("u", name="month")),
    ("утра утром утро утренний morning", Token("P", name="morning")),
    ("вечера вечером вечер evening", Token("P", name="evening")),
    ("ночи ночью ночь night", Token("P", name="night")),
    ("днем afternoon", Token("P", name="noon")),
    ("am", Token("P", name="am")),
    ("pm", Token("P", name="pm")),
    *_weekdays(
        "понедельник понедельника понедельнику monday dushanba душанба дүйшөмбү",
        "вторник вторника вторнику tuesday seshanba сешанба шейшемби",
        "среда среду среды среде wednesday chorshanba чоршанба шаршемби",
        "четверг четверга четвергу thursday payshanba пайшанба бейшемби",
        "пятница пятницу пятницы пятнице friday",
        "суббота субботу субботы субботе saturday shanba шанба ишемби",
        "воскресенье воскресенья воскресенью sunday yakshanba якшанба жекшемби",
    ),
    *_weekdays(
        "пн mon дс дүй", "вт tue tues сс сей", "ср wed сәр", "чт thu thur thurs бс бей", "пт fri жм жұм", "сб sat", "вс sun жк жек",
        short=True,
    ),
    ("опубликовано опубликована опубликован публикация публикации добавлено добавлена добавлен", Token("l")),
    ("размещено размещена создано создана published posted added created", Token("l")),
    ("обновлено обновлена обновлен обновление обновления изменено изменена изменен изменения отредактировано", Token("L")),
    ("изм", Token("L")),
    ("updated update upd modified edited changed revised", Token("L")),
    ("и and пен мен бен пенен менен", Token("b")),
    ("с со до по к после перед from since until till to through between before after", Token("e")),
    ("накануне состоится пройдет гг жж былтыр былтырғы", Token("k")),
    ("ул улица улице улицы праздник праздника көше көшесі көшесінде мереке мерекесі мейрамы", Token("h")),
    ("один одну одна a an one", Token("q", 1)),
    ("полтора полторы", Token("q", 1.5)),
    *(
        (words, Token("q", number))
        for number, words in enumerate(
            (
                "два две two", "три three", "четыре four", "пять five", "шесть six", "семь seven",
                "восемь eight", "девять nine", "десять ten он",
            ),
            2,
        )
    ),
    ("z ut utc gmt", Token("z", name="UTC")),
    ("msk мск", Token("z", name="Europe/Moscow")),
    ("et", Token("z", name="America/New_York")),
    ("ct", Token("z", name="America/Chicago")),
    ("mt", Token("z", name="America/Denver")),
    ("pt", Token("z", name="America/Los_Angeles")),
    ("edt", Token("z", name="-04:00")),
    ("est cdt", Token("z", name="-05:00")),
    ("cst mdt", Token("z", name="-06:00")),
    ("mst pdt", Token("z", name="-07:00")),
    ("pst", Token("z", name="-08:00")),
    ("cet bst", Token("z", name="+01:00")),
    ("cest eet", Token("z", name="+02:00")),
    ("eest", Token("z", name="+03:00")),
)  # fmt: skip
"""Words read as they stand; the American zone names after RFC 2822, 4.3."""

_FOLDED = _table(
    ("kuni aii aiinda uakiti i si nsi insi inde sinde nde nda da de ta te astam samasinda samamen", _NOTHING),
    ("bugin bugingi", Token("r", 0)),
    ("kese kesegi", Token("r", 1)),
    ("aldinguni", Token("r", 2)),
    ("erten ertengi bursiguni", Token("f")),
    ("kazir alginde", Token("j")),
    ("burin", Token("a")),
    ("otken", Token("o")),
    ("birnese", Token("i")),
    ("jil jilgi jili jildin j", Token("Y", name="year")),
    ("tangi tanerten tanertengi tanda", Token("P", name="morning")),
    ("keski keskurim keskisin keske", Token("P", name="evening")),
    ("tungi tunde", Token("P", name="night")),
    ("tuski tuste kundizgi kundiz", Token("P", name="noon")),
    ("jariialandi jariialangan jariialanu jarialandi jarialangan sikkan", Token("l")),
    ("janartildi janartilgan janartu ozgertildi ozgertilgen", Token("L")),
    ("deiin keiin keiingi bastap karsaninda araliginda", Token("k")),
    *((words, Token("q", number)) for number, words in enumerate(("bir", "eki", "us", "tort", "bes", "alti", "jeti", "segiz", "togiz"), 1)),
    ("on", Token("q", 10)),
    ("jiirma", Token("q", 20)),
    ("otiz", Token("q", 30)),
    ("kirik", Token("q", 40)),
    ("elu", Token("q", 50)),
    ("jarti jarim", Token("q", 0.5)),
    ("sirek", Token("q", 0.25)),
)
"""Kazakh words by their fold, which is one for Cyrillic, Latin and Arabic script."""

_KAZAKH_UNIT = re.compile(r"(?:(sekund)|(minut|min)|(sagat|sag)|(kun)|(apta)|(ai)|(jil))(?:[dt][ae]i|[dtn][ae]n)?")
_KAZAKH_WEEKDAY = re.compile(r"(?:(duisenbi)|(seisenbi)|(sarsenbi)|(beisenbi)|(juma)|(senbi)|(jeksenbi))(?:[dt][ae](?:gi)?|si|ge|ga)?")

PHRASES = {
    "только что": Token("j"),
    "just now": Token("j"),
    "right now": Token("j"),
    "сию минуту": Token("j"),
    "жаңа ғана": Token("j"),
    "әлгі ғана": Token("j"),
    "осы сәтте": Token("j"),
    "бір сәт бұрын": Token("j"),
    "jańa ǵana": Token("j"),
    "jaña ğana": Token("j"),
    "جاڭا عانا": Token("j"),
    "алдыңғы күні": Token("r", 2),
    "the day before yesterday": Token("r", 2),
    "day before yesterday": Token("r", 2),
    "الدىڭعى كۇنى": Token("r", 2),
    "түстен кейінгі": Token("P", name="pm"),
    "түстен кейін": Token("P", name="pm"),
    "half an hour": Token("u", 0.5, name="hour"),
    "а.ж.": _NOTHING,
    "ағымдағы жылғы": _NOTHING,
    "осы жылғы": _NOTHING,
    "биылғы": _NOTHING,
    **{name: Token("M", number) for name, number in MONTH_PHRASES.items()},
}
"""Several words with one meaning."""


@lru_cache(maxsize=4096)
def word_token(word: str) -> Token:
    """What one tidied word stands for; the code is empty for words that a date may carry anywhere."""
    if number := english_month(word):
        return Token("E", number)
    if token := _EXACT.get(word.replace("ё", "е")):
        return token
    if number := month(word):
        return Token("M", number)
    return _kazakh(fold(word))


def _kazakh(folded: str) -> Token:
    if token := _FOLDED.get(folded):
        return token
    if (unit := _KAZAKH_UNIT.fullmatch(folded)) and unit.lastindex:
        name = _UNITS[unit.lastindex - 1]
        return Token("Y" if name == "year" else "u", name=name)
    if (day := _KAZAKH_WEEKDAY.fullmatch(folded)) and day.lastindex:
        return Token("w", day.lastindex - 1, (day.lastindex - 1,))
    return Token("x")
