"""Strings as news sites print them, and the moments they mean; captured on Tuesday, 17 March 2026, 15:00 in Almaty."""

from __future__ import annotations

from datetime import datetime

import pytest

from pipelines.dates.stage import read_date
from pipelines.draft import RawDate
from pipelines.normalisation import tidy
from pipelines.rules import DateRules

CAPTURED_AT = datetime.fromisoformat("2026-03-17T10:00:37+00:00")


def read(string: str, zone: str = "Asia/Almaty") -> str | None:
    stamp = read_date(RawDate(string, "test"), DateRules(zone), CAPTURED_AT)
    return stamp.iso() if stamp else None


DAY = "2026-03-05"
MINUTE = "2026-03-05T14:05:00+05:00"


@pytest.mark.parametrize(
    "string",
    [
        "5 марта 2026",
        "05 марта, 2026",
        "5-го марта 2026 года",
        "5 мар. 2026 г.",
        "Март 5, 2026",
        "МАРТА 5, 2026",
        "Четверг, 5 марта 2026",
        "чт, 5 марта",
        "5 наурыз, бейсенбі, 2026",
        "March 5 (Thursday), 2026",
        "Просмотров: 1245. 05.03.26",
        "5 марта",
        "5. марта 2026",
        "5 марта '26",
        "5 Mar'26",
        "5 мар 26 г.",
        "Опубликовано 5 марта 2026",
        "Дата публикации: 05.03.2026",
        "Выборы-2026: 5 марта 2026",
        "1245 просмотров | 5 марта 2026",
        "5 марта 2026 | 1 245 просмотров",
        "5 марта, 14 комментариев",
        "Казань, 5 марта 2026",
        "Қазан, 5 наурыз 2026",
        "05.03.2026",
        "5.3.2026",
        "05.03.26",
        "5 / 3 / 2026",
        "05-03-2026",
        "05/03/2026",
        "2026-03-05",
        "2026/03/05",
        "2026.03.05",
        "20260305",
        "2026-Mar-05",
        "March 5, 2026",
        "Mar. 5, 2026",
        "March 5th, 2026",
        "the 5th of March, 2026",
        "5th March 2026",
        "5-Mar-2026",
        "5-Mar-26",
        "Mar 5, 2026 — 5 min read",
        "Published on March 5, 2026",
        "Updated March 5, 2026",
        "5 наурыз 2026",
        "5 наурыз, 2026 жыл",
        "5 наур. 2026 ж.",
        "5-наурыз, 2026",
        "2026 жылғы 5 наурыз",
        "2026-жылғы 5-наурыз",
        "2026 жылдың 5 наурызындағы",
        "2026 ж. наурыздың 5-і",
        "наурыздың 5-інде",
        "а.ж. 5 наурыз",
        "биылғы 5 наурызда",
        "Жарияланған күні: 5 наурыз 2026",
        "2026 jylǵy 5 naýryz",
        "5 nay'ryz 2026",
        "5 nauryz 2026",
        "2026 jılğı 5 nawrız",
        "5 naurız 2026",
        "2026-جىلعى 5-ناۋرىزدا",
        "ناۋرىزدىڭ 5-ءى",
        "5 ناۋرىز، 2026",
        "2026-жылдын 5-мартында",
        "٠٥.٠٣.٢٠٢٦",
        "12 күн бұрын",
        "12 дней назад",
    ],
)
def test_day(string: str) -> None:
    assert read(string) == DAY


@pytest.mark.parametrize(
    "string",
    [
        "5 марта 2026, 14:05",
        "5 марта 2026 г., четверг, 14:05",
        "5 марта 2026 | Политика | 14:05",
        "14:05 5 марта 2026",
        "14:05, Четверг, 5 марта 2026",
        "5 марта в 14:05",
        "05.03 14:05",
        "14:05 | 05.03",
        "05.03.2026 - 14:05 - Политика",
        "05.03.202614:05",
        "05.03.2026 14:051245",
        "5 марта 202614:05",
        "05.03.2026г. в 14:05",
        "05.03.2026ж. 14:05",
        "276 • 05.03.2026, 14:05",
        "Время публикации: 14:05 / 05.03.2026",
        "Дата: 05.03.2026 Время: 14:05",
        "Астана, 5 марта 2026 14:05 (время Астаны)",
        "5 марта 2026, 14:05 по времени Астаны",
        "5 марта 2026, 14:05 по Астане",
        "5 марта 2026, 12:05 МСК",
        "5 марта 2026, 12:05 по московскому времени",
        "Мәскеу уақыты бойынша 12:05, 5 наурыз 2026",
        "5 наурыз 2026, 14:05 (Астана уақыты)",
        "5 наурыз 2026, Астана уақытымен 14:05",
        "14:05, 5 Наурыз 2026 | GMT +5",
        "5 марта 2026 14:05 (GMT+5)",
        "5 марта 2026 14:05 UTC+05:00",
        "5 марта 2026 14:05 UTC/GMT +5",
        "5 Наурыз, 2026 сағат 14:05",
        "5 наурыз 2026, сағ. 14:05-те",
        "5 наурыз 2026, сағат 14.05-те",
        "5 наурыз 2026 түстен кейін 2:05",
        "5 наурыз 2026 күндізгі 14:05",
        "5 ناۋرىز, 2026 ساعات 14:05",
        "March 5, 2026 at 2:05 PM",
        "March 5, 2026, 2:05 p.m.",
        "2:05pm, 5 March 2026",
        "Mar. 5, 2026 4:05 a.m. EST",
        "2026-03-05T09:05Z",
        "2026-03-05T14:05+05:00",
        "2026-03-05T14:05+0500",
        "2026-03-05T14:05+05",
        "2026-03-05T04:05-05:00",
        "20260305T1405+0500",
        "2026-03-05 14:05",
        "2026/03/05 14:05",
        "14:05-16:00, 5 марта 2026",
        "Опубликовано: 05.03.2026 14:05 | Обновлено: 06.03.2026 11:00",
        "Обновлено 06.03.2026 11:00 | Опубликовано 05.03.2026 14:05",
        "14:05 05.03.2026 (обновлено: 15:39 05.03.2026)",
        "05.03.2026 14:05 (жаңартылды 16:00)",
        "05.03.2026 14:05, 06.03.2026 11:00",
    ],
)
def test_minute(string: str) -> None:
    stamp = read_date(RawDate(string, "test"), DateRules(), CAPTURED_AT)
    assert stamp is not None
    assert stamp.moment == datetime.fromisoformat(MINUTE)
    assert stamp.precision == "minute"


@pytest.mark.parametrize(
    ("string", "iso"),
    [
        ("Thu, 05 Mar 2026 14:05:06 +0500", "2026-03-05T14:05:06+05:00"),
        ("Thursday, 05-Mar-26 14:05:06 GMT", "2026-03-05T14:05:06+00:00"),
        ("Thu Mar  5 14:05:06 2026", "2026-03-05T14:05:06+05:00"),
        ("Thu Mar 05 14:05:06 UTC 2026", "2026-03-05T14:05:06+00:00"),
        ("2026-03-05T14:05:06.789Z", "2026-03-05T14:05:06+00:00"),
        ("2026-03-05T14:05:06+03:00[Europe/Moscow]", "2026-03-05T14:05:06+03:00"),
        ("20260305T140506-0500", "2026-03-05T14:05:06-05:00"),
        ("2026-03-05 14:05:06", "2026-03-05T14:05:06+05:00"),
        ("05.03.2026 14:05:06", "2026-03-05T14:05:06+05:00"),
    ],
)
def test_second(string: str, iso: str) -> None:
    stamp = read_date(RawDate(string, "test"), DateRules(), CAPTURED_AT)
    assert stamp is not None
    assert (stamp.iso(), stamp.precision) == (iso, "second")


@pytest.mark.parametrize(
    ("string", "iso"),
    [
        ("5 марта 2026 кешкі 6", "2026-03-05T18:00:00+05:00"),
        ("5 наурыз 2026 кешкі 6:30", "2026-03-05T18:30:00+05:00"),
        ("5 наурыз 2026 түнгі 00:30", "2026-03-05T00:30:00+05:00"),
        ("5 наурыз 2026 түскі 12", "2026-03-05T12:00:00+05:00"),
        ("5 наурыз 2026 таңғы 9:00", "2026-03-05T09:00:00+05:00"),
        ("в 6 часов вечера 5 марта 2026", "2026-03-05T18:00:00+05:00"),
        ("5 марта 2026, 12 ночи", "2026-03-05T00:00:00+05:00"),
        ("March 5, 2026 12:05 AM", "2026-03-05T00:05:00+05:00"),
        ("March 5, 2026 12:05 PM", "2026-03-05T12:05:00+05:00"),
        ("9am, 5 March 2026", "2026-03-05T09:00:00+05:00"),
    ],
)
def test_parts_of_the_day(string: str, iso: str) -> None:
    assert read(string) == iso


@pytest.mark.parametrize(
    ("string", "iso"),
    [
        ("03/04/2024", "2024-04-03"),
        ("03/17/2025", "2025-03-17"),
        ("17.03.99", "1999-03-17"),
        ("18 марта 2026", "2026-03-18"),
        ("18 марта", "2025-03-18"),
        ("29 февраля", "2024-02-29"),
        ("Март 2026", "2026-03"),
        ("2025 жылғы сәуір", "2025-04"),
        ("May 2025", "2025-05"),
        ("2026-yil 5-mart", "2026-03-05"),
        ("5-mart, 2026-yil, soat 14:05", "2026-03-05T14:05:00+05:00"),
        ("2026 йил 5 мартда", "2026-03-05"),
        ("2025-жыл, 5-бугу", "2025-05-05"),
        ("5-тогуздун айы, 2025-жыл", "2025-10-05"),
        ("Wed, 03/04/2026 - 09:15", "2026-03-04T09:15:00+05:00"),
        ("Ср, 03/04/2026", "2026-03-04"),
        ("03-04-2026 (Wednesday)", "2026-03-04"),
        ("Fri, 04.03.2025", "2025-03-04"),
        ("16 марта 2026, 24:00", "2026-03-17T00:00:00+05:00"),
        ("2026-03-16T24:00:00+05:00", "2026-03-17T00:00:00+05:00"),
    ],
)
def test_order_years_and_months(string: str, iso: str) -> None:
    assert read(string) == iso


KAZAKH_MONTHS = ["қаңтар", "ақпан", "наурыз", "сәуір", "мамыр", "маусым", "шілде", "тамыз", "қыркүйек", "қазан", "қараша", "желтоқсан"]
OTHER_SPELLINGS = [
    "қаң. ақп. нау. сәу. мам. мау. шіл. там. қыр. қаз. қар. жел.",
    "кантар акпан наурыз сэуiр мамыр маусым шiлде тамыз кыркуйек казан караша желтоксан",
    "qan'tar aqpan nay'ryz sa'y'ir mamyr may'sym s'ilde tamyz qyrku'i'ek qazan qaras'a jeltoqsan",
    "qańtar aqpan naýryz sáýir mamyr maýsym shilde tamyz qyrkúıek qazan qarasha jeltoqsan",
    "qañtar aqpan nauryz säuır mamyr mausym şılde tamyz qyrküiek qazan qaraşa jeltoqsan",
    "qañtar aqpan nawrız säwir mamır mawsım şilde tamız qırküyek qazan qaraşa jeltoqsan",
    "kantar akpan nauryz sauir mamyr mausym shilde tamyz kyrkuyek kazan karasha zheltoksan",
    "قاڭتار اقپان ناۋرىز ءساۋىر مامىر ماۋسىم شىلدە تامىز قىركۇيەك قازان قاراشا جەلتوقسان",
    "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь",
    "янв фев мар апр мая июн июл авг сен окт ноя дек",
    "jan feb mar apr may jun jul aug sept oct nov dec",
    "yanvar fevral mart aprel may iyun iyul avgust sentabr oktabr noyabr dekabr",
    "yanvarda fevralda martda aprelda mayda iyunda iyulda avgustda sentyabrda oktyabrda noyabrda dekabrda",
    "yan fev mart apr may iyn iyl avg sen okt noy dek",
    "январ феврал март апрел май июн июл август сентябр октябр ноябр декабр",
    "январда февралда мартда апрелда майда июнда июлда августда сентябрда октябрда ноябрда декабрдаги",
    "январда февралда мартында апрелде майда июнда июлда августта сентябрда октябрда ноябрында декабрдагы",
]


@pytest.mark.parametrize("names", [" ".join(KAZAKH_MONTHS), *OTHER_SPELLINGS])
def test_month_names(names: str) -> None:
    expected = [f"2025-{number:02}-12" for number in range(1, 13)]
    assert [read(f"12 {name} 2025") for name in names.split()] == expected
    assert [read(f"2025 ж. 12 {name.upper()}") for name in names.split()] == expected


@pytest.mark.parametrize(
    "cases",
    [
        "қаңтары қаңтарда қаңтарында қаңтардағы қаңтарындағы қаңтарға қаңтарына қаңтардан қаңтардың қаңтарды қаңтарының",
        "шілдесі шілдеде шілдесінде шілдедегі шілдесіндегі шілдеге шілдесіне шілдеден шілденің шілдені шілдесінен",
        "қыркүйегі қыркүйекте қыркүйегінде қыркүйектегі қыркүйегіндегі қыркүйекке қыркүйегіне қыркүйектен қыркүйектің қыркүйекті",
        "ақпаннан ақпанның naýryzda naýryzynda aqpandaǵy jeltoqsandaǵy qırküyekte mausımda qazandı ناۋرىزىندا قىركۇيەككە قىركۇيەكتەن",
    ],
)
def test_kazakh_cases_of_months(cases: str) -> None:
    assert [word for word in cases.split() if read(f"2025 жылғы 12 {word}") is None] == []


@pytest.mark.parametrize(
    "string",
    [
        "5 м\u00adарта 2026, 14:05",
        "5\u00a0марта\u202f2026,\u200914:05",
        "\u200e5 марта\u200b 2026\ufeff, 14:05\x00",
        "  5 марта\n\t  2026,\r\n 14:05  ",
        "5 М\u0041\u0050ТА 2026, 14:05",
        "5 н\u0061урыз 2026, 14:05",
        "5 M\u0430rch 2026, 14:05",
        "5 March 2026, 14\u200b:05",
    ],
)
def test_hidden_characters_and_look_alikes(string: str) -> None:
    assert read(string) == MINUTE


def test_decomposed_letters_and_latin_i() -> None:
    assert tidy("ҚЫРКҮИ\u0306ЕК") == "қыркүйек"
    assert read("12 сәу\u0069р 2025") == read("12 СӘУ\u0049Р 2025") == "2025-04-12"


def test_strings_outside_the_shapes_reach_the_second_reader() -> None:
    assert read("05 03 2026") == DAY
