from __future__ import annotations

import time
from datetime import UTC, datetime

import cssselect
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.encoding import decode
from pipelines.page import Page, text_of

RUSSIAN = "Депутаты областного маслихата рассмотрели бюджет на три года. " * 4
MARKUP = f"<!DOCTYPE html><html><head><title>Бюджет</title></head><body><p>{RUSSIAN}</p></body></html>"


def page(body: str | bytes, content_type: str = "text/html") -> Page:
    raw = body if isinstance(body, bytes) else body.encode("utf-8", "surrogatepass")
    return Page("https://a.example/1", raw, content_type, datetime(2026, 3, 3, tzinfo=UTC))


@pytest.mark.parametrize(
    "charset", ["utf-8", "utf-8-sig", "windows-1251", "koi8-r", "iso-8859-5", "cp866", "utf-16", "utf-16-le", "utf-16-be"]
)
@pytest.mark.parametrize("declared", ["", "utf-8", "windows-1251", "iso-8859-1", "no-such-charset", "shift_jis"])
def test_the_bytes_decide_and_a_lying_header_loses(charset: str, declared: str) -> None:
    assert decode(MARKUP.encode(charset), f"text/html; charset={declared}") == MARKUP


def test_a_meta_declaration_is_read_where_the_bytes_allow_several() -> None:
    body = '<html><meta charset="iso-8859-2"><p>Łódź, Żywiec, Ścinawa</p></html>'
    assert decode(body.encode("iso-8859-2")) == body


def test_kazakh_in_its_eight_bit_charset() -> None:
    text = "<p>" + "Қазақстан Республикасының халқы туралы заң қабылданды, әкімдер оны талқылады. " * 4
    assert decode(text.encode("kz1048"), "text/html; charset=windows-1251") == text


def test_a_few_broken_bytes_do_not_spoil_a_page_in_utf8() -> None:
    body = MARKUP.encode().replace("бюджет".encode(), "бюдж".encode() + b"\xd0\xff", 1)
    read = decode(body, "text/html; charset=windows-1251")
    assert "Депутаты областного" in read
    assert 0 < read.count("\ufffd") < 3


def test_western_pages_are_not_detected_as_cyrillic() -> None:
    body = "<p>L’été à la plage : là où la forêt s’arrête, déjà près du café.</p>"
    assert decode(body.replace("’", "'").encode("windows-1252"), "text/html; charset=windows-1252") == body.replace("’", "'")


@pytest.mark.parametrize("wrong", ["windows-1251", "windows-1252"])
def test_double_coding_is_undone_when_all_of_it_can_be(wrong: str) -> None:
    text = "<p>мама мыла раму, а папа читал газету и молчал</p>"
    table = {byte: bytes([byte]).decode(wrong, "ignore") or chr(byte) for byte in range(256)}
    twice = "".join(table[byte] for byte in text.encode())
    assert decode(twice.encode()) == text
    assert decode((twice + "Қ").encode()) == twice + "Қ"


@given(st.binary(max_size=300), st.text(max_size=30))
def test_decoding_never_fails(body: bytes, content_type: str) -> None:
    decode(body, content_type).encode("utf-8", "replace")


@given(st.binary(max_size=300))
def test_parsing_never_fails(body: bytes) -> None:
    assert page(body).tree.tag == "html"
    assert page(b"<p>" + body).is_html in (True, False)


@pytest.mark.parametrize(
    "body",
    [
        b"%PDF-1.7 <html>",
        b"\x89PNG\r\n<p>",
        b"PK\x03\x04<html>",
        b'{"html": "<p>x</p>"}',
        b'[{"a": "<p>"}]',
        b"",
        b" \n",
        b"only words",
        b'<?xml version="1.0"?><rss><channel><title>a</title></channel></rss>',
        b'<?xml version="1.0"?><urlset></urlset>',
    ],
)
def test_what_is_no_page(body: bytes) -> None:
    assert not page(body).is_html


@pytest.mark.parametrize("content_type", ["", "application/octet-stream", "text/plain", "nonsense"])
def test_markup_is_a_page_whatever_the_header_says(content_type: str) -> None:
    assert page(MARKUP, content_type).is_html
    assert page('<?xml version="1.0"?>\n<html><p>x</p></html>', content_type).is_html
    assert page(MARKUP.encode("utf-16"), content_type).is_html


def test_illegal_characters_are_gone_before_the_parser_sees_them() -> None:
    read = page("<h1>Бю&#27;д&#0;ж&#xD800;е&#x1F;т\x00\x1b &#8212; 3&#151;4 &#38; &#x10FFFF9;</h1>").first_text("h1")
    assert read == "Бюджет — 3—4 &"


def test_comments_instructions_and_data_urls_are_gone() -> None:
    tree = page(f'<p>a<!-- b --><?php c ?></p><img src="data:image/png;base64,{"A" * 500_000}"><p>d</p>').tree
    assert text_of(tree) == "a d"
    assert tree.find(".//img").get("src") == ""
    assert all(isinstance(element.tag, str) for element in tree.iter())


@pytest.mark.parametrize("depth", [300, 2_500, 100_000])
@pytest.mark.parametrize("tag", ["div", "b", "h1", "custom-tag", "ul><li"])
def test_text_survives_any_nesting(depth: int, tag: str) -> None:
    start = time.process_time()
    read = page(f"<html><body>{f'<{tag}>' * depth}<p>глубоко</p>{f'</{tag}>' * depth}<p>рядом</p></body></html>").tree
    assert text_of(read).split() == ["глубоко", "рядом"]
    assert time.process_time() - start < 10


def test_a_huge_attribute_is_no_obstacle() -> None:
    assert page(f'<p title="{"x" * 9_000_000}">текст</p>').first_text("p") == "текст"


def test_everything_is_computed_once() -> None:
    here = page(MARKUP)
    assert here.tree is here.tree
    assert here.text is here.text


def test_selecting() -> None:
    here = page("<ul><li class=x>  один \n </li><li class=x><script>нет</script>два</li></ul><h2> </h2><h2>Первый<br>второй</h2>")
    assert [text_of(element) for element in here.select("li.x")] == ["один", "два"]
    assert here.first_text("h2") == "Первый второй"
    assert here.first_text("h3") == ""
    assert here.select("h3") == []
    with pytest.raises(cssselect.SelectorError):
        here.select("li[")


@pytest.mark.parametrize("tag", ["p", "script", "style", "P", "custom-tag"])
@pytest.mark.parametrize("quoted", ['x=">" ', "x='<' ", 'a"b ', "", "/", "y = 1 "])
def test_attributes_of_one_element_are_bounded_wherever_they_hide(tag: str, quoted: str) -> None:
    read = page(f"<h1>Парк</h1><{tag} {quoted}{' '.join(f'a{i}' for i in range(3_000))}>x</{tag}><p class=after>текст</p>")
    assert max(len(element.attrib) for element in read.tree.iter()) <= 257
    assert read.first_text("p.after") == "текст"
    assert read.cuts == ("parse_limit: more than 256 attributes of one element (1)",)


@pytest.mark.parametrize(
    "harmless",
    [f"<script>if (a<b && c) {{ {'x = 1; ' * 2_000} }}</script>", f"<!-- <p {'a ' * 2_000}> -->", f"<style>a<b {'c ' * 999}</style>"],
)
def test_scripts_styles_and_comments_have_no_attributes(harmless: str) -> None:
    read = page(f"<h1>Парк</h1>{harmless}<p>текст</p>")
    assert (read.cuts, read.first_text("p")) == ((), "текст")


def test_a_page_of_more_elements_or_attributes_than_a_news_page_has_is_not_parsed() -> None:
    many, full = page("<p>x</p>" * 400_000), page(f"<p {' '.join(f'a{i}' for i in range(200))}>x" * 3_000)
    assert many.parse_limit == "parse_limit: 400000 elements, more than 350000"
    assert full.parse_limit == "parse_limit: 600000 attributes, more than 500000"
    assert [len(read.tree) for read in (many, full)] == [0, 0]
    assert page(f"<script>{'a = b ' * 600_000}</script><p>текст</p>").parse_limit == ""


@pytest.mark.parametrize(
    "label", ["undefined", "idna", "punycode", "unicode_escape", "raw_unicode_escape", "rot13", "uu", "zip", "utf-7", "mbcs", "x" * 300]
)
def test_charsets_unknown_to_browsers_are_ignored(label: str) -> None:
    body = "La préfecture a été déplacée à l'été. ".encode("latin-1") * 20
    assert "préfecture a été" in decode(body, f"text/html; charset={label}")


@pytest.mark.parametrize(
    ("label", "text"), [("latin1", "«Été» — “ok” €"), ("us-ascii", "“ok” €"), ("shift_jis", "①日本語テスト"), ("gb2312", "鎔中文测试")]
)
def test_labels_mean_what_browsers_make_of_them(label: str, text: str) -> None:
    charset = {"latin1": "cp1252", "us-ascii": "cp1252", "shift_jis": "cp932", "gb2312": "gbk"}[label]
    assert decode(text.encode(charset) * 3, f"text/html; charset={label}") == text * 3
