"""Vocabulary of printed dates: the token of each word."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from pipelines.months import MONTH_PHRASES, english_month, month
from pipelines.normalisation import fold


class DateToken(NamedTuple):
    """One token of a date string: its code, by which `patterns` and `relative` match it, and its values.

    - n: number of one or two digits
    - #: number of three digits
    - y: number of four digits
    - N: longer number, or one of four digits that is no year
    - D: full numeric date (year, month, day); `name` is its separator where the order of day and month is not
      certain
    - p: pair such as 24.04
    - c: clock (hour, minute, second or -1); 24:00 is the end of the day
    - B: impossible clock or offset
    - M: month
    - E: English month
    - w: weekday (Monday is 0); `number` is -1 for abbreviations, which alone are no date; `parts` holds the
      number of either
    - r: relative day, in days before the capture
    - f: word for the future
    - j: now
    - q: number word
    - i: "some"
    - u: unit of time
    - Y: word for year
    - a: "ago"
    - o: "last"
    - P: part of the day
    - z: time zone
    - l: label of publication
    - L: label of an update
    - b: word that joins the ends of a range
    - e: word that opens a range
    - k: word that makes a date an event
    - h: word that makes a day a name (a street, a holiday)
    - x: any other word
    - , . - / ' | are themselves (| for any other sign)
    """

    code: str
    number: float = 0
    parts: tuple[int, ...] = ()
    name: str = ""


def _table(*rows: tuple[str, DateToken]) -> dict[str, DateToken]:
    return {word: token for words, token in rows for word in words.split()}


def _weekdays(*days: str, short: bool = False) -> list[tuple[str, DateToken]]:
    """Return rows of the table for the words of Monday to Sunday."""
    return [(words, DateToken("w", -1 if short else number, (number,))) for number, words in enumerate(days)]


_NOTHING = DateToken("")
_UNITS = ("second", "minute", "hour", "day", "week", "month", "year")

_EXACT = _table(
    ("в во на от тому дата время date time at on of the by as this t т st nd rd th го ого ое е я й", _NOTHING),
    ("около примерно почти более больше чем about over around almost than нші ншы", _NOTHING),
    ("сегодня today tonight сегодняшний bugun бугун бүгүн", DateToken("r", 0)),
    ("вчера yesterday kecha кеча кечээ", DateToken("r", 1)),
    ("позавчера", DateToken("r", 2)),
    ("завтра послезавтра tomorrow через next следующий следующую келесі", DateToken("f")),
    ("сейчас now", DateToken("j")),
    ("назад ago oldin avval олдин аввал мурун мурда", DateToken("a")),
    ("прошлый прошлую прошлое прошлой прошлого last минувший минувшую минувшего", DateToken("o")),
    ("несколько пару several few some", DateToken("i")),
    (
        "год года году лет г year years ж j yr yrs yil yili yilda yildagi yilning йил йили йилда йилдаги йилнинг",
        DateToken("Y", name="year"),
    ),
    ("секунда секунду секунды секунд сек second seconds sec secs s", DateToken("u", name="second")),
    ("минута минуту минуты минут мин minute minutes min mins m", DateToken("u", name="minute")),
    ("час часа часов ч hour hours hr hrs h soat soatda соат соатда саат саатта", DateToken("u", name="hour")),
    ("полчаса", DateToken("u", 0.5, name="hour")),
    ("день дня дней дн d day days сутки суток", DateToken("u", name="day")),
    ("неделя неделю недели недель нед week weeks wk", DateToken("u", name="week")),
    ("месяц месяца месяцев мес month months", DateToken("u", name="month")),
    ("утра утром утро утренний morning", DateToken("P", name="morning")),
    ("вечера вечером вечер evening", DateToken("P", name="evening")),
    ("ночи ночью ночь night", DateToken("P", name="night")),
    ("днем afternoon", DateToken("P", name="noon")),
    ("am", DateToken("P", name="am")),
    ("pm", DateToken("P", name="pm")),
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
    ("опубликовано опубликована опубликован публикация публикации добавлено добавлена добавлен", DateToken("l")),
    ("размещено размещена создано создана published posted added created", DateToken("l")),
    ("обновлено обновлена обновлен обновление обновления изменено изменена изменен изменения отредактировано", DateToken("L")),
    ("изм", DateToken("L")),
    ("updated update upd modified edited changed revised", DateToken("L")),
    ("и and пен мен бен пенен менен", DateToken("b")),
    ("с со до по к после перед from since until till to through between before after", DateToken("e")),
    ("накануне состоится пройдет гг жж былтыр былтырғы", DateToken("k")),
    ("ул улица улице улицы праздник праздника көше көшесі көшесінде мереке мерекесі мейрамы", DateToken("h")),
    ("один одну одна a an one", DateToken("q", 1)),
    ("полтора полторы", DateToken("q", 1.5)),
    *(
        (words, DateToken("q", number))
        for number, words in enumerate(
            (
                "два две two", "три three", "четыре four", "пять five", "шесть six", "семь seven",
                "восемь eight", "девять nine", "десять ten он",
            ),
            2,
        )
    ),
    ("z ut utc gmt", DateToken("z", name="UTC")),
    ("msk мск", DateToken("z", name="Europe/Moscow")),
    ("et", DateToken("z", name="America/New_York")),
    ("ct", DateToken("z", name="America/Chicago")),
    ("mt", DateToken("z", name="America/Denver")),
    ("pt", DateToken("z", name="America/Los_Angeles")),
    ("edt", DateToken("z", name="-04:00")),
    ("est cdt", DateToken("z", name="-05:00")),
    ("cst mdt", DateToken("z", name="-06:00")),
    ("mst pdt", DateToken("z", name="-07:00")),
    ("pst", DateToken("z", name="-08:00")),
    ("cet bst", DateToken("z", name="+01:00")),
    ("cest eet", DateToken("z", name="+02:00")),
    ("eest", DateToken("z", name="+03:00")),
)  # fmt: skip
"""Words matched as spelled; the American zone names follow RFC 2822, 4.3."""

_FOLDED = _table(
    ("kuni aii aiinda uakiti i si nsi insi inde sinde nde nda da de ta te astam samasinda samamen", _NOTHING),
    ("bugin bugingi", DateToken("r", 0)),
    ("kese kesegi", DateToken("r", 1)),
    ("aldinguni", DateToken("r", 2)),
    ("erten ertengi bursiguni", DateToken("f")),
    ("kazir alginde", DateToken("j")),
    ("burin", DateToken("a")),
    ("otken", DateToken("o")),
    ("birnese", DateToken("i")),
    ("jil jilgi jili jildin j", DateToken("Y", name="year")),
    ("tangi tanerten tanertengi tanda", DateToken("P", name="morning")),
    ("keski keskurim keskisin keske", DateToken("P", name="evening")),
    ("tungi tunde", DateToken("P", name="night")),
    ("tuski tuste kundizgi kundiz", DateToken("P", name="noon")),
    ("jariialandi jariialangan jariialanu jarialandi jarialangan sikkan", DateToken("l")),
    ("janartildi janartilgan janartu ozgertildi ozgertilgen", DateToken("L")),
    ("deiin keiin keiingi bastap karsaninda araliginda", DateToken("k")),
    *(
        (words, DateToken("q", number))
        for number, words in enumerate(("bir", "eki", "us", "tort", "bes", "alti", "jeti", "segiz", "togiz"), 1)
    ),
    ("on", DateToken("q", 10)),
    ("jiirma", DateToken("q", 20)),
    ("otiz", DateToken("q", 30)),
    ("kirik", DateToken("q", 40)),
    ("elu", DateToken("q", 50)),
    ("jarti jarim", DateToken("q", 0.5)),
    ("sirek", DateToken("q", 0.25)),
)
"""Kazakh words by their fold, which is the same for Cyrillic, Latin and Arabic script."""

_KAZAKH_UNIT = re.compile(r"(?:(sekund)|(minut|min)|(sagat|sag)|(kun)|(apta)|(ai)|(jil))(?:[dt][ae]i|[dtn][ae]n)?")
_KAZAKH_WEEKDAY = re.compile(r"(?:(duisenbi)|(seisenbi)|(sarsenbi)|(beisenbi)|(juma)|(senbi)|(jeksenbi))(?:[dt][ae](?:gi)?|si|ge|ga)?")

PHRASES = {
    "только что": DateToken("j"),
    "just now": DateToken("j"),
    "right now": DateToken("j"),
    "сию минуту": DateToken("j"),
    "жаңа ғана": DateToken("j"),
    "әлгі ғана": DateToken("j"),
    "осы сәтте": DateToken("j"),
    "бір сәт бұрын": DateToken("j"),
    "jańa ǵana": DateToken("j"),
    "jaña ğana": DateToken("j"),
    "جاڭا عانا": DateToken("j"),
    "алдыңғы күні": DateToken("r", 2),
    "the day before yesterday": DateToken("r", 2),
    "day before yesterday": DateToken("r", 2),
    "الدىڭعى كۇنى": DateToken("r", 2),
    "түстен кейінгі": DateToken("P", name="pm"),
    "түстен кейін": DateToken("P", name="pm"),
    "half an hour": DateToken("u", 0.5, name="hour"),
    "а.ж.": _NOTHING,
    "ағымдағы жылғы": _NOTHING,
    "осы жылғы": _NOTHING,
    "биылғы": _NOTHING,
    **{name: DateToken("M", number) for name, number in MONTH_PHRASES.items()},
}
"""Tokens of several words with one meaning."""


@lru_cache(maxsize=4096)
def word_token(word: str) -> DateToken:
    """Return the token of one word normalised by `tidy`.

    Its code is empty for words that a date may carry anywhere.
    """
    if number := english_month(word):
        return DateToken("E", number)
    if token := _EXACT.get(word.replace("ё", "е")):
        return token
    if number := month(word):
        return DateToken("M", number)
    return _kazakh(fold(word))


def _kazakh(folded: str) -> DateToken:
    if token := _FOLDED.get(folded):
        return token
    if (unit := _KAZAKH_UNIT.fullmatch(folded)) and unit.lastindex:
        name = _UNITS[unit.lastindex - 1]
        return DateToken("Y" if name == "year" else "u", name=name)
    if (day := _KAZAKH_WEEKDAY.fullmatch(folded)) and day.lastindex:
        return DateToken("w", day.lastindex - 1, (day.lastindex - 1,))
    return DateToken("x")
