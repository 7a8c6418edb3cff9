"""Bytes to text: the declared charset wins unless the bytes contradict it, and a foreign byte spoils nothing but itself."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.cyrillic import CHARSETS, cyrillic_charset
from pipelines.encoding import decode, read_text

RUSSIAN = (
    "Жители посёлка вышли на сход, чтобы обсудить проект новой Конституции. Разговор занял больше двух часов, и почти каждый второй "
    "вопрос касался местного самоуправления. Первым выступил агроном. Он напомнил, что решения о воде и пастбищах принимаются далеко "
    "от тех, кто на этой земле работает, и предложил закрепить право на сход в основном законе."
)
KAZAKH = (
    "Мемлекет басшысы жаңа Конституция жобасын талқылау жөніндегі комиссияның отырысына қатысты. Жиында сөз алған сарапшылар "
    "азаматтардың құқықтары мен бостандықтары туралы бөлімге ерекше назар аударды. Республикалық референдум наурыз айында өтеді, "
    "дауыс беру учаскелері таңғы жетіде ашылады."
)
ENGLISH = "<p>The chairman said: “We will vote in May” – and that’s final.</p><p>“Nobody asked us,” she replied…</p><p>A café’s bill.</p>"
CASES = {"plain": str, "capitals": str.upper, "headline": str.title}


def markup(text: str, meta: str = "") -> str:
    return f"<html><head>{meta}</head><body><h1>{text[:40]}</h1><p>{text}</p></body></html>"


def words(text: str) -> st.SearchStrategy[str]:
    """Runs of at least eight words of a text, in each case."""
    split = text.split()
    starts = st.integers(0, len(split) - 8)
    runs = st.builds(lambda start, length: " ".join(split[start : start + length]), starts, st.integers(8, 20))
    return st.builds(lambda run, case: CASES[case](run), runs, st.sampled_from(sorted(CASES)))


@settings(max_examples=80, deadline=None)
@given(words(RUSSIAN), st.sampled_from(CHARSETS), st.sampled_from(["", "utf-8", "right", "iso-8859-1", "win-1251"]))
def test_russian_comes_back_whatever_its_case_and_however_it_is_declared(text: str, charset: str, declared: str) -> None:
    body = markup(text.replace("№", "N"))
    label = charset if declared == "right" else declared
    assert decode(body.encode(charset), f"text/html; charset={label}") == body


@settings(max_examples=60, deadline=None)
@given(words(KAZAKH), st.sampled_from(["", "utf-8", "windows-1251"]))
def test_kazakh_comes_back_from_its_eight_bit_charset(text: str, declared: str) -> None:
    body = markup(f"{text} {'ҚАЗАҚ' if text.isupper() else 'қазақ'}")
    assert decode(body.encode("kz1048"), f"text/html; charset={declared}") == body


@settings(max_examples=60, deadline=None)
@given(
    st.one_of(words(RUSSIAN), words(KAZAKH), st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=60)),
    st.sampled_from(["", "windows-1251", "koi8-r", "shift_jis", "utf8mb4"]),
)
def test_what_is_utf8_is_read_as_such(text: str, declared: str) -> None:
    body = f"<p>ә{text}</p>"
    assert decode(body.encode(), f"text/html; charset={declared}") == body


@settings(max_examples=60, deadline=None)
@given(words(RUSSIAN), st.integers(0, 3), st.sampled_from([b"\xa9 2026", b"caf\xe9", b"\x93ok\x94", b"\xff"]))
def test_a_foreign_byte_between_other_tags_spoils_nothing_else(text: str, place: int, foreign: bytes) -> None:
    parts = [f"<p>{text}</p>".encode(), f"<p>{KAZAKH}</p>".encode(), ENGLISH.encode()]
    parts.insert(place, b"<div>" + foreign + b"</div>")
    read = decode(b"".join(parts), "text/html; charset=utf-8")
    assert all(part in read for part in (text, KAZAKH, ENGLISH))


@pytest.mark.parametrize("charset", CHARSETS)
@pytest.mark.parametrize(
    "text",
    [
        "УКАЗ О ПРОВЕДЕНИИ РЕФЕРЕНДУМА",
        "ПОСТАНОВЛЕНИЕ ЦЕНТРАЛЬНОЙ ИЗБИРАТЕЛЬНОЙ КОМИССИИ РЕСПУБЛИКИ КАЗАХСТАН",
        "ОБЪЯВЛЕНИЕ. ПРИЁМ ГРАЖДАН ВЕДЁТ АКИМ ОКРУГА",
        "ЗАКОН О ВЫБОРАХ",
        "О МЕРАХ ПО ЗАЩИТЕ ПРАВ ЖИТЕЛЕЙ",
    ],
)
def test_capitals_are_read_as_declared_and_without_a_declaration(charset: str, text: str) -> None:
    body = f"<title>{text}</title><h1>{text}</h1>"
    assert decode(body.encode(charset), f"text/html; charset={charset}") == body
    assert decode(f"<meta charset={charset}>{body}".encode(charset)).endswith(body)
    assert decode(body.encode(charset)) == body


@pytest.mark.parametrize(
    ("foreign", "shown"),
    [
        (b"<footer>\xa9 Steppe Courier</footer>", "© Steppe Courier"),
        (b"<td>Caf\xe9 Central</td>", "Café Central"),
        (b"<i>\x93quoted\x94 \x96 once</i>", "“quoted” – once"),
        ("<div>Погода в Алматы</div><div>Курсы валют сегодня и завтра</div>".encode("cp1251"), "Курсы валют сегодня и завтра"),
        ("<li>Прогноз погоды на неделю</li>".encode("koi8-r"), "Прогноз погоды на неделю"),
    ],
)
def test_a_foreign_piece_of_a_page_in_utf8_is_read_in_its_own_charset(foreign: bytes, shown: str) -> None:
    for declared in ("utf-8", ""):
        read = decode(ENGLISH.encode() + foreign, f"text/html; charset={declared}")
        assert ENGLISH in read
        assert shown in read


def test_a_large_foreign_widget_leaves_quotes_and_dashes_alone() -> None:
    widget = "".join(f"<li>Курс валюты номер {number} сегодня</li>" for number in range(40))
    quotes = "<p>The chairman said: “We will vote in May” – and that’s final.</p><p>“Nobody asked us,” she replied…</p>"
    assert decode(quotes.encode() + widget.encode("cp1251"), "text/html; charset=utf-8") == quotes + widget


@pytest.mark.parametrize("cut", [b"\xe2", b"\xe2\x80", b"\xd0", b"\xf0\x9f"])
def test_a_cut_character_spoils_itself_alone(cut: bytes) -> None:
    assert ENGLISH in decode(ENGLISH.encode() + b"<p>Read more \xe2\x80\x93 here" + cut + b"</p>", "text/html; charset=utf-8")
    assert decode(f"<p>{RUSSIAN}".encode() + cut) == f"<p>{RUSSIAN}\ufffd"


def test_a_piece_of_utf8_in_an_older_page_is_read_as_such() -> None:
    body = f"<p>{RUSSIAN}</p><p>СМИ: «Я», «ТВ», «КТЖ»</p>".encode("cp1251") + "<div>Подпишитесь на рассылку</div>".encode()
    read = decode(body, "text/html; charset=windows-1251")
    assert RUSSIAN in read
    assert "«Я», «ТВ», «КТЖ»" in read
    assert "Подпишитесь на рассылку" in read


@pytest.mark.parametrize(
    ("label", "charset", "text"),
    [
        ("ISO-8859-1", "cp1252", "“We will vote” – that’s €2…"),
        ("iso8859-1", "cp1252", "‘déjà vu’ — œuvre"),
        ("ascii", "cp1252", "Chairman’s last word • one"),
        ("iso-8859-9", "cp1254", "“Şubat ayında” – İstanbul’da ığğ"),
        ("latin5", "cp1254", "Komisyon başkanı oylamanın yapılacağını söyledi"),
        ("gb2312", "gb18030", "委员会主席表示投票将在五月举行，所有公民都有权参加“草案”讨论。鎔"),
        ("shift_jis", "cp932", "委員会の議長は投票は五月に行われると述べた①"),
        ("euc-kr", "cp949", "위원회 의장은 투표가 오월에 실시될 것이라고 말했다 똠방각하"),
        ("tis-620", "cp874", "ประธานคณะกรรมการกล่าวว่าการลงคะแนน “จะมีขึ้น”"),
        ("big5", "big5hkscs", "委員會主席表示投票將在五月舉行"),
        ("windows-1253", "cp1253", "Ο πρόεδρος της επιτροπής δήλωσε ότι η ψηφοφορία θα γίνει τον Μάιο"),
        ("windows-1255", "cp1255", "יושב ראש הוועדה אמר כי ההצבעה תתקיים במאי"),
        ("windows-1256", "cp1256", "قال رئيس اللجنة إن التصويت سيجري في شهر مايو"),
        ("x-mac-cyrillic", "mac-cyrillic", RUSSIAN),
        ("koi8-u", "koi8-u", "Голова комісії заявив, що голосування відбудеться у травні, і її підтримали"),
        ("dos-866", "cp866", RUSSIAN),
    ],
)
def test_a_label_means_what_browsers_make_of_it(label: str, charset: str, text: str) -> None:
    body = f"<h1>{text}</h1><p>{text}</p>"
    if label != "ascii":
        assert decode(body.encode(charset), f"text/html; charset={label}") == body
    assert decode(f'<meta http-equiv="Content-Type" content="text/html; charset={label}">{body}'.encode(charset)).endswith(body)


@pytest.mark.parametrize("undefined", [b"\x81", b"\x8d", b"\x90\x9d"])
def test_a_byte_that_a_declared_charset_lacks_does_not_undo_the_declaration(undefined: bytes) -> None:
    text = "The chairman said: “We will vote in May” – and that’s final. Nobody’s café was open… "
    assert text in decode(text.encode("cp1252") + undefined, "text/html; charset=latin1")
    korean = "위원회 의장은 투표가 오월에 실시될 것이라고 말했다. "
    assert korean * 3 in decode((korean * 3).encode("cp949") + b"<br>\xff", "text/html; charset=euc-kr")


@pytest.mark.parametrize(
    "head",
    [
        '<script charset="utf-8" src="a.js"></script><meta charset="windows-1252">',
        '<!-- <meta charset="windows-1251"> --><meta charset="windows-1252">',
        '<meta charset="win-1252"><meta http-equiv=Content-Type content="text/html; charset=windows-1252">',
        '<meta name="x" content="charset"><meta charset = windows-1252 >',
    ],
)
def test_the_declaration_is_that_of_a_meta_element(head: str) -> None:
    body = head + "<p>œuvre, “déjà vu”, Łódź</p>".replace("Łódź", "naïve")
    read = read_text(body.encode("cp1252"))
    assert (read.text, read.charset) == (body, "cp1252")


def test_the_charset_of_a_page_without_its_letters_is_the_declared_one() -> None:
    assert read_text(b"<p>plain</p>", "text/html; charset=windows-1251").charset == "cp1251"
    assert read_text(b"<p>plain</p>").charset == "utf-8"
    assert read_text("<p>ө</p>".encode(), "text/html; charset=windows-1251").charset == "utf-8"


@pytest.mark.parametrize(
    "text",
    [
        "Голова комісії заявив, що голосування відбудеться у травні і що всі громадяни мають право. Її підтримали, є ще ґрунт",
        "Председник комисије је изјавио да ће се гласање одржати у мају и да сви грађани имају право, њихов љубазни џеп",
        "Старшыня камісіі заявіў, што ўсе грамадзяне маюць права ўдзельнічаць",
        "Претседателот на комисијата изјави дека сите граѓани имаат право, ѕвезда и ќе",
    ],
)
def test_other_languages_in_windows_1251_are_not_detected_as_kazakh(text: str) -> None:
    assert decode(text.encode("cp1251"), "text/html; charset=windows-1251") == text


def test_bytes_that_are_no_cyrillic_text_have_no_cyrillic_charset() -> None:
    assert cyrillic_charset("ประธานคณะกรรมการกล่าวว่า".encode("cp874")) == ""
    assert cyrillic_charset(bytes(range(128, 256))) == ""
