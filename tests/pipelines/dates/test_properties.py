"""Properties: any moment in any printed shape comes back exactly; any text at all is survived quickly."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipelines.dates.parser import printed_dates
from pipelines.dates.resolution import FIRST_YEAR
from pipelines.dates.stage import read_date
from pipelines.draft import RawDate
from pipelines.normalisation import tidy
from pipelines.rules import DateRules

RUSSIAN = ["января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября", "декабря"]
KAZAKH = ["қаңтар", "ақпан", "наурыз", "сәуір", "мамыр", "маусым", "шілде", "тамыз", "қыркүйек", "қазан", "қараша", "желтоқсан"]
ARABIC = ["قاڭتار", "اقپان", "ناۋرىز", "ءساۋىر", "مامىر", "ماۋسىم", "شىلدە", "تامىز", "قىركۇيەك", "قازان", "قاراشا", "جەلتوقسان"]
LATIN = ["qańtar", "aqpan", "naýryz", "sáýir", "mamyr", "maýsym", "shilde", "tamyz", "qyrkúıek", "qazan", "qarasha", "jeltoqsan"]
ENGLISH = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]

DATES = (
    "{d} {ru} {y}", "{d:02} {ru}, {y}", "{d} {ru} {y} г.", "{d} {ru} {y} года", "{d}-{ru}-{y}",
    "{d} {kk} {y}", "{d} {kk}, {y}", "{d} {kk} {y} ж.", "{y} жылғы {d} {kk}", "{y} жылдың {d}-{kk}", "{y} ж. {d} {kk}",
    "{d} {ar}, {y}", "{y}-جىلعى {d}-{ar}", "{d} {la} {y}", "{y} jylǵy {d} {la}",
    "{d} {en} {y}", "{en} {d}, {y}", "{en:.3} {d}, {y}", "{d} {en:.3}. {y}",
    "{d:02}.{m:02}.{y}", "{d:02}/{m:02}/{y}", "{d:02}-{m:02}-{y}", "{y}-{m:02}-{d:02}", "{y}/{m:02}/{d:02}",
)  # fmt: skip
CLOCKED = (
    "{date}, {h:02}:{mi:02}", "{date} {h:02}:{mi:02}", "{date} | {h:02}:{mi:02}", "{date} - {h:02}:{mi:02}",
    "{date} в {h}:{mi:02}", "{date} сағат {h:02}:{mi:02}", "{date} at {h:02}:{mi:02}", "{h:02}:{mi:02}, {date}", "{h:02}:{mi:02} | {date}",
)  # fmt: skip
PREFIXES = ("", "Опубликовано: ", "Жарияланды: ", "Published on ", "Астана. ", "Политика • ", "1245 просмотров | ", "Updated ", "276 • ")
SUFFIXES = ("", " 👁 919", " | 322 рет көрсетілді", " • 5 пікір", " (Kapital)", ", просмотров: 237", " — 5 min read")

moments = st.datetimes(datetime(FIRST_YEAR + 1, 1, 1), datetime(2026, 3, 1))  # noqa: DTZ001 - wall times
zones = st.sampled_from(["Asia/Almaty", "Asia/Qyzylorda", "Asia/Aqtobe", "Europe/Moscow", "UTC"])
CAPTURED_AT = datetime(2026, 3, 17, 10, tzinfo=UTC)


def printed(shape: str, wall: datetime) -> str:
    names = {key: table[wall.month - 1] for key, table in {"ru": RUSSIAN, "kk": KAZAKH, "ar": ARABIC, "la": LATIN, "en": ENGLISH}.items()}
    return shape.format(d=wall.day, m=wall.month, y=wall.year, **names)


@settings(max_examples=400, deadline=None)
@given(moments, zones, st.sampled_from(DATES), st.sampled_from(PREFIXES), st.sampled_from(SUFFIXES))
def test_days_come_back(wall: datetime, zone: str, shape: str, prefix: str, suffix: str) -> None:
    stamp = read_date(RawDate(prefix + printed(shape, wall) + suffix, "x"), DateRules(zone), CAPTURED_AT)
    assert stamp is not None
    assert stamp.iso() == wall.date().isoformat()


@settings(max_examples=600, deadline=None)
@given(moments, zones, st.sampled_from(DATES), st.sampled_from(CLOCKED), st.sampled_from(PREFIXES), st.sampled_from(SUFFIXES))
def test_minutes_come_back(wall: datetime, zone: str, shape: str, clocked: str, prefix: str, suffix: str) -> None:
    string = prefix + clocked.format(date=printed(shape, wall), h=wall.hour, mi=wall.minute) + suffix
    stamp = read_date(RawDate(string, "x"), DateRules(zone), CAPTURED_AT)
    assert stamp is not None
    assert stamp.moment == wall.replace(second=0, microsecond=0, tzinfo=UTC if zone == "UTC" else ZoneInfo(zone))
    assert stamp.precision == "minute"


@settings(max_examples=200, deadline=None)
@given(moments, st.integers(-12 * 4, 14 * 4), st.sampled_from(["isoformat", "basic", "rfc"]))
def test_offsets_come_back(wall: datetime, quarters: int, shape: str) -> None:
    sign, (hours, minutes) = "-" if quarters < 0 else "+", divmod(abs(quarters) * 15, 60)
    string = {
        "isoformat": f"{wall:%Y-%m-%dT%H:%M:%S}{sign}{hours:02}:{minutes:02}",
        "basic": f"{wall:%Y%m%dT%H%M%S}{sign}{hours:02}{minutes:02}",
        "rfc": f"{wall.day} {ENGLISH[wall.month - 1][:3]} {wall:%Y %H:%M:%S} {sign}{hours:02}{minutes:02}",
    }[shape]
    stamp = read_date(RawDate(string, "x"), DateRules(), CAPTURED_AT)
    assert stamp is not None
    assert stamp.moment == wall.replace(microsecond=0, tzinfo=UTC) - timedelta(minutes=15 * quarters)


@settings(max_examples=200, deadline=None)
@given(st.datetimes(datetime(1999, 1, 1), datetime(2026, 3, 1)), st.integers(0, 363), st.sampled_from(["{d} {ru}", "{d} {kk}", "{en} {d}"]))  # noqa: DTZ001
def test_days_without_a_year_are_the_latest_such_day(captured: datetime, back: int, shape: str) -> None:
    wall = captured - timedelta(days=back)
    stamp = read_date(RawDate(printed(shape, wall), "x"), DateRules("UTC"), captured.replace(tzinfo=UTC))
    assert stamp is not None
    assert stamp.iso() == wall.date().isoformat()


pieces = st.sampled_from(
    [*RUSSIAN, *KAZAKH, "2026", "5", "14:05", "назад", "час", "жылғы", "сағат", "-", ".", ",", "|", "GMT+5", "вчера", "pm", "31"]
)


@settings(max_examples=500, deadline=None)
@given(st.one_of(st.text(max_size=160), st.lists(pieces, max_size=9).map(" ".join), st.lists(pieces, max_size=9).map("".join)))
def test_any_text_is_survived_and_nothing_unbelievable_comes_of_it(text: str) -> None:
    started = time.process_time()
    dates = printed_dates(tidy(text))
    assert time.process_time() - started < 0.5  # of this process
    if dates is not None:
        stamp = read_date(RawDate(text, "x"), DateRules(), CAPTURED_AT)
        assert stamp is None or (stamp.moment.year >= FIRST_YEAR and stamp.moment <= CAPTURED_AT + timedelta(days=1))


@settings(max_examples=40, deadline=None)
@given(st.lists(pieces, min_size=3, max_size=7).map(" ".join))
def test_the_second_reader_survives_too(text: str) -> None:
    stamp = read_date(RawDate(text, "x"), DateRules(), CAPTURED_AT)
    assert stamp is None or stamp.moment <= CAPTURED_AT + timedelta(days=1)


def test_the_memo_is_bounded() -> None:
    assert printed_dates.cache_info().maxsize is not None


WEEKDAYS = {
    "en": ["Mon", "Tuesday", "Wed", "Thursday", "Fri", "Saturday", "Sun"],
    "ru": ["Пн", "Вторник", "Ср", "Четверг", "Пт", "Суббота", "Вс"],
    "kk": ["Дүйсенбі", "Сс", "Сәрсенбі", "Бс", "Жұма", "Сб", "Жексенбі"],
}


BOTH_SUNDAYS = datetime(2026, 1, 11)  # noqa: DTZ001 - a wall time; 11/01/2026 and 01/11/2026, the second after CAPTURED_AT


@settings(max_examples=150, deadline=None)
@example(BOTH_SUNDAYS, "en", "/", "{w}, {a}")
@given(moments, st.sampled_from(list(WEEKDAYS)), st.sampled_from("/-"), st.sampled_from(["{w}, {a}", "{a} ({w})", "{w} {a} - 09:15"]))
def test_a_weekday_leaves_the_reading_that_it_fits(wall: datetime, language: str, mark: str, shape: str) -> None:
    weekday = WEEKDAYS[language][wall.weekday()]
    for first, second in ((wall.day, wall.month), (wall.month, wall.day)):
        text = shape.format(w=weekday, a=f"{first:02}{mark}{second:02}{mark}{wall.year}")
        stamp = read_date(RawDate(text, "x"), DateRules("UTC"), CAPTURED_AT)
        if mark == "-" and second > 12:  # 03-17-2026 is no date anywhere
            continue
        day = (second, first) if fits(wall, second, first) else (wall.month, wall.day)  # the day first where both readings fit
        if datetime(wall.year, *day, tzinfo=UTC) > CAPTURED_AT:
            assert stamp is None
        else:
            assert stamp is not None
            assert (stamp.moment.month, stamp.moment.day) == day


def fits(wall: datetime, month: int, day: int) -> bool:
    """Whether that day of the same year exists and has the weekday of `wall`."""
    return month <= 12 and datetime(wall.year, month, day, tzinfo=UTC).weekday() == wall.weekday()


@settings(max_examples=100, deadline=None)
@given(moments, st.sampled_from(DATES), st.sampled_from(["{date}, 24:00", "{date} 24:00", "24:00, {date}"]))
def test_24_o_clock_is_the_next_midnight(wall: datetime, shape: str, clocked: str) -> None:
    stamp = read_date(RawDate(clocked.format(date=printed(shape, wall)), "x"), DateRules("Asia/Almaty"), CAPTURED_AT)
    assert stamp is not None
    assert stamp.moment == datetime.combine(wall.date() + timedelta(days=1), datetime.min.time(), ZoneInfo("Asia/Almaty"))
    assert stamp.precision == "minute"
