"""Lexer: split a date string normalised by `tidy` into tokens."""

from __future__ import annotations

import re
from datetime import date

from pipelines.dates.lexicon import PHRASES, DateToken, word_token

_TOKEN = re.compile(
    r"""[\s:]*(?:
      (?P<clock>(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d{1,9})?)?
        (?P<offset>\ ?z(?![^\W_])|[+-]\d\d(?![\d:.])|\ ?[+-]\d\d:?\d\d(?![\d:]))?)
    | (?P<ymd>(?P<y1>\d{4})(?P<s1>[-./])(?P<m1>\d{1,2})(?P=s1)(?P<d1>\d{1,2})(?!\d))
    | (?P<dmy>(?P<d2>\d{1,2})\ ?(?P<s2>[-./])\ ?(?P<m2>\d{1,2})\ ?(?P=s2)\ ?(?P<y2>\d{4}|\d\d)
        (?:(?![./-]?\d)|(?=\d\d:\d\d)|(?=-\d{1,2}[./]\d{1,2}[./]\d)))
    | (?P<pair>(?P<p1>\d{1,2})\.(?P<p2>\d\d)(?!\d|\.\d))
    | (?P<number>(?:19|20)\d\d(?=\d\d:\d\d)|\d+)(?:\+(?=\ [^\W\d_]))?
    | (?P<half>(?=[ap])(?<![^\W\d_])(?P<ap>[ap])\.?\ ?m\b\.?)
    | (?P<gmt>(?:gmt|utc)(?:/(?:gmt|utc))?(?:(?P<sign>\ ?[+]\ ?|\ ?-)(?P<oh>\d{1,2})(?::?(?P<om>\d\d))?)?(?!\w))
    | (?P<place>(?=[авемпқam])(?:(?:по\ )?врем(?:ени|я)\ г?\.?\ ?(?:астан|алмат|нур-султан|моск|мск|казахстан)\w*
        |(?:по\ )?(?:астанинск|алматинск|московск)\w+\ врем\w+
        |по\ (?:астане|алматы|алмате|москве|мск|нур-султану|казахстану)(?!\w)
        |(?:астана|алматы|мәскеу|елорда|қазақстан)\ уақыт\w*(?:\ бойынша)?
        |(?:astana|almaty|moscow)\ time))
    | (?P<phrase>(?=[INITIALS])(?:PHRASES))(?!\w)
    | (?P<word>[^\W\d_]+(?:'[^\W\d_]+)*)
    | (?P<mark>[^\s:]))
    """.replace("PHRASES", "|".join(re.escape(x) for x in sorted(PHRASES, key=len, reverse=True))).replace(
        "INITIALS", "".join({x[0] for x in PHRASES})
    ),
    re.VERBOSE,
)
"""Kinds of token, tried in this order at each position."""

_MARKS = {x: DateToken(x) for x in ",./-'"} | {";": DateToken(",")}
_BAR = DateToken("|")
_IMPOSSIBLE = DateToken("B")
_BASIC = re.compile(r"(\d{4})(\d\d)(\d\d)(?:[tт ]?(\d\d)(\d\d)(\d\d)?(?:[.,]\d{1,9})?)?( ?(?:z|[+-]\d\d(?::?\d\d)?))?")
_FARTHEST_OFFSET = 14 * 60
_EARLIEST_TWO_DIGITS = 70
_TWO_DIGITS, _THREE_DIGITS, _FOUR_DIGITS = 2, 3, 4
_PLAUSIBLE_YEARS = range(1900, 2200)
_LAST_MONTH = 12
_NEAR_A_WEEKDAY = 3  # maximum distance in tokens of a weekday from its numeric date
END_OF_DAY = 24
"""Hour that ends a day if its minutes are zero: 24:00 is the next midnight (ISO 8601:2004, 4.2.3)."""


def tokens(text: str) -> list[DateToken]:
    """Return the tokens of a string normalised by `tidy`, without those that have no meaning for a date."""
    if basic := _BASIC.fullmatch(text):
        text = _extended(basic)
    line: list[DateToken] = []
    for found in _TOKEN.finditer(text):
        kind = found.lastgroup or ""
        if kind == "word":
            token = word_token(found[kind])
        elif kind == "mark":
            token = _MARKS.get(found[kind], _BAR)
        elif kind == "number":
            token = _number(found[kind])
        else:
            line.extend(_READERS[kind](found))
            continue
        if token.code:
            line.append(token)
    return _ordered_by_weekday(line)


def _extended(basic: re.Match[str]) -> str:
    year, month, day, hour, minute, second, zone = basic.groups()
    clock = f"t{hour}:{minute}{f':{second}' if second else ''}{zone or ''}" if hour else ""
    return f"{year}-{month}-{day}{clock}"


def _number(digits: str) -> DateToken:
    value = int(digits[:9])
    if len(digits) <= _TWO_DIGITS:
        return DateToken("n", value)
    if len(digits) == _THREE_DIGITS:
        return DateToken("#", value)
    return DateToken("y" if len(digits) == _FOUR_DIGITS and value in _PLAUSIBLE_YEARS else "N", value)


def _clock(found: re.Match[str]) -> list[DateToken]:
    hour, minute, second = int(found["hour"]), int(found["minute"]), int(found["second"] or -1)
    ends_the_day = hour == END_OF_DAY and minute == 0 and second <= 0
    if (hour >= END_OF_DAY and not ends_the_day) or minute > 59 or second > 59:  # noqa: PLR2004 - the limits of a clock
        return [_IMPOSSIBLE]
    clock = DateToken("c", parts=(hour, minute, second))
    offset = (found["offset"] or "").strip()
    if not offset:
        return [clock]
    if offset == "z":
        return [clock, DateToken("z", name="UTC")]
    after_date = found.string[: found.start("clock")].endswith(("t", "т"))
    if offset[0] == "-" and len(offset) != len("-0500") and second < 0 and not after_date:
        return [clock]  # 10:00-12:00 is a time span, not an offset
    return [clock, offset_token(offset[0], int(offset[1:3]), int(offset[3:].lstrip(":") or 0))]


def offset_token(sign: str, hours: int, minutes: int) -> DateToken:
    """Return the token of an offset from UTC, named `UTC` or like `+05:00`.

    Impossible offsets get the code B.
    """
    if hours * 60 + minutes > _FARTHEST_OFFSET or minutes % 15:
        return _IMPOSSIBLE
    return DateToken("z", name=f"{sign}{hours:02}:{minutes:02}" if hours or minutes else "UTC")


def _ymd(found: re.Match[str]) -> list[DateToken]:
    return [DateToken("D", parts=(int(found["y1"]), int(found["m1"]), int(found["d1"])))]


def _dmy(found: re.Match[str]) -> list[DateToken]:
    year, month, day = full_year(found["y2"]), int(found["m2"]), int(found["d2"])
    if found["s2"] == "/" and day <= _LAST_MONTH < month:  # 03/17/2026 can only be 17 March
        day, month = month, day
    uncertain = found["s2"] != "." and max(day, month) <= _LAST_MONTH and day != month
    return [DateToken("D", parts=(year, month, day), name=found["s2"] if uncertain else "")]


def _ordered_by_weekday(line: list[DateToken]) -> list[DateToken]:
    """Return the tokens, with day and month of a numeric date swapped where its weekday requires it.

    03/04/2026 is 3 April, the day first, but «Wed, 03/04/2026» is 4 March. A weekday that fits both or
    neither changes nothing.
    """
    for place, token in enumerate(line):
        if token.code == "D" and token.name and (weekday := _weekday_beside(line, place)) is not None:
            year, month, day = token.parts
            if year and date(year, month, day).weekday() != weekday == date(year, day, month).weekday():
                line[place] = DateToken("D", parts=(year, day, month))
    return line


def _weekday_beside(line: list[DateToken], place: int) -> int | None:
    """Return the number of the nearest weekday before a date, else after it; None where there is none.

    No other date may be between them.
    """
    before = line[max(0, place - _NEAR_A_WEEKDAY) : place][::-1]
    after = line[place + 1 : place + 1 + _NEAR_A_WEEKDAY]
    for side in (before, after):
        token = next((token for token in side if token.code in "wD"), None)
        if token is not None and token.code == "w":
            return token.parts[0]
    return None


def full_year(digits: str) -> int:
    """Return the year of two digits: up to 69 of this century, from 70 on of the last (as in POSIX).

    Years of more digits are unchanged.
    """
    year = int(digits)
    if len(digits) > _TWO_DIGITS:
        return year
    return year + (1900 if year >= _EARLIEST_TWO_DIGITS else 2000)


def _pair(found: re.Match[str]) -> list[DateToken]:
    return [DateToken("p", parts=(int(found["p1"]), int(found["p2"])))]


def _half(found: re.Match[str]) -> list[DateToken]:
    return [DateToken("P", name=f"{found['ap']}m")]


def _gmt(found: re.Match[str]) -> list[DateToken]:
    if not found["oh"]:
        return [DateToken("z", name="UTC")]
    return [offset_token(found["sign"].strip(), int(found["oh"]), int(found["om"] or 0))]


def _place(found: re.Match[str]) -> list[DateToken]:
    moscow = any(x in found["place"] for x in ("моск", "мск", "мәск", "moscow"))
    return [DateToken("z", name="Europe/Moscow" if moscow else "Asia/Almaty")]


def _phrase(found: re.Match[str]) -> list[DateToken]:
    token = PHRASES[found["phrase"]]
    return [token] if token.code else []


_READERS = {"clock": _clock, "ymd": _ymd, "dmy": _dmy, "pair": _pair, "half": _half, "gmt": _gmt, "place": _place, "phrase": _phrase}
