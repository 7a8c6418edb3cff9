from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.urls import article_id, canonical_url, identity_of, is_trap, is_web_address, redirect_target, site_of

SHARED = Path(__file__).resolve().parents[2].parent / "shared"


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("HTTPS://Kazpravda.KZ/n/Slug/", "https://kazpravda.kz/n/Slug/"),
        ("  https://kazpravda.kz/n/a\n/b ", "https://kazpravda.kz/n/a/b"),
        ("https://kazpravda.kz", "https://kazpravda.kz/"),
        ("http://a.kz:80/x", "http://a.kz/x"),
        ("https://a.kz:443/x", "https://a.kz/x"),
        ("https://a.kz:80/x", "https://a.kz:80/x"),
        ("https://a.kz:/x", "https://a.kz/x"),
        ("https://a.kz./x", "https://a.kz/x"),
        ("https://a.kz/x#comments", "https://a.kz/x"),
        ("https://a.kz/x?", "https://a.kz/x"),
        ("https://a.kz/x?&&", "https://a.kz/x"),
        ("https://a.kz/x?utm_source=t&id=7&UTM_Medium=b&fbclid=1&gclid=2&yclid=3&ysclid=4&_openstat=5", "https://a.kz/x?id=7"),
        ("https://a.kz/x?%75tm_source=t&id=7", "https://a.kz/x?id=7"),
        ("https://a.kz/x?PHPSESSID=0af", "https://a.kz/x"),
        ("https://a.kz/x;jsessionid=0AF.node1?id=7", "https://a.kz/x?id=7"),
        ("https://a.kz/x;jsessionid=0AF/y;v=1", "https://a.kz/x/y;v=1"),
        ("https://a.kz/x?sid=123", "https://a.kz/x?sid=123"),
        ("https://a.kz/x?sid=0123456789abcdef0123", "https://a.kz/x"),
        ("https://a.kz/x?from=rss", "https://a.kz/x"),
        ("https://a.kz/x?from=2", "https://a.kz/x?from=2"),
        ("https://a.kz/x?srcref=rss", "https://a.kz/x?srcref=rss"),
        ("https://a.kz/x?b=2&a=1&a=0&empty=&bare", "https://a.kz/x?b=2&a=1&a=0&empty=&bare"),
        ("https://a.kz/a/./b/../c", "https://a.kz/a/c"),
        ("https://a.kz/../../x/..", "https://a.kz/"),
        ("https://a.kz/a/%2e%2E/b", "https://a.kz/b"),
        ("https://a.kz/a//b/", "https://a.kz/a//b/"),
        ("https://a.kz/%d0%bf%7e%41%2f", "https://a.kz/%D0%BF~A%2F"),
        ("https://a.kz/100%/x%zz", "https://a.kz/100%25/x%25zz"),
        ("https://a.kz/%%341", "https://a.kz/%2541"),
        ("https://a.kz/a b?q=c d+e", "https://a.kz/a%20b?q=c%20d+e"),
        ("https://a.kz/%CF%F0", "https://a.kz/%CF%F0"),
        ("https://a.kz\\x", None),
        ("https://a.kz/x\\y", "https://a.kz/x/y"),
        ("https://Новости.қаз/x", "https://xn--b1amnebsh.xn--80ao21a/x"),
        ("http://[2001:DB8::0:1]:8080/x", "http://[2001:db8::1]:8080/x"),
        ("http://127.0.0.1:8700/n/1", "http://127.0.0.1:8700/n/1"),
    ],
)
def test_canonical_form(written: str, canonical: str | None) -> None:
    if canonical is None:
        with pytest.raises(ValueError, match="host"):
            canonical_url(written)
    else:
        assert canonical_url(written) == canonical


@pytest.mark.parametrize("path", ["/жаңалық/Сенат/", "/n/Тоқаев-Q", "/n/«Ряд»"])
def test_a_path_typed_raw_and_one_percent_encoded_are_the_same(path: str) -> None:
    assert canonical_url("https://a.kz" + path) == canonical_url("https://a.kz" + quote(path).lower().replace("-q", "-Q"))
    assert canonical_url("https://a.kz" + path) != canonical_url("https://a.kz" + path.lower())


@pytest.mark.parametrize(
    "bad",
    ["", "n/1", "//a.kz/x", "javascript:alert(1)", "file:///etc/passwd", "ftp://a.kz/x", "data:text/html,x", "mailto:a@b.kz", "http://",
     "http:///x", "https://user:secret@a.kz/", "https://a.kz@evil.example/", "http://a..kz/", "http://a kz/", "http://a.kz:99999/",
     "http://a.kz:port/", "http://[::1/", "http://[zz]/", "http://" + "a" * 64 + ".kz/", "http://" + "a." * 130 + "kz/", "http://%61.kz/",
     "http:\\\\a.kz\\x", "http://a.kz\\@b.kz/"],
)  # fmt: skip
def test_what_is_no_web_address(bad: str) -> None:
    assert not is_web_address(bad)
    with pytest.raises(ValueError, match=r".") as caught:
        canonical_url(bad)
    assert "secret" not in str(caught.value)


@given(
    st.one_of(st.text(max_size=60), st.from_regex(r"(/|%[0-9a-fA-F]{0,2}|;jsessionid=|\.{1,2}|[?&=;#]|utm_x|ж|\\|[a-c])*", fullmatch=True))
)
def test_the_canonical_form_is_its_own_canonical_form(rest: str) -> None:
    try:
        once = canonical_url("https://a.kz/" + rest)
    except ValueError:
        return
    assert canonical_url(once) == once
    assert once.isascii()
    assert is_web_address(once)
    assert identity_of(identity_of(once)) == identity_of(once)


@given(st.text(max_size=40))
def test_any_string_is_judged_without_an_error(text: str) -> None:
    if is_web_address(text):
        assert canonical_url(text).startswith(("http://", "https://"))


def test_the_addresses_of_the_gold_keep_the_key_they_are_scored_by() -> None:
    gold = SHARED / "pages" / "gold.jsonl.gz"
    if not gold.exists():
        pytest.skip("the shared gold pages are not here")
    urls = [json.loads(line)["url"] for line in gzip.decompress(gold.read_bytes()).splitlines()]
    assert len(urls) == 278
    assert [_score_key(canonical_url(x)) for x in urls] == [_score_key(x) for x in urls]
    assert len({article_id("x", canonical_url(x)) for x in urls}) == len(set(urls))


def _score_key(url: str) -> str:
    return re.sub(r"^https?://(www\.)?", "", url).rstrip("/")


def test_the_order_of_parameters_is_shown_but_does_not_make_another_article() -> None:
    one, other = canonical_url("https://a.kz/x?b=2&a=1"), canonical_url("https://a.kz/x?a=1&b=2")
    assert one != other
    assert identity_of(one) == identity_of(other)
    assert article_id("s", one) == article_id("s", other)
    assert article_id("s", one) != article_id("t", one)


def test_ids_are_the_same_in_every_archive() -> None:
    # sha256("kazpravda\nhttps://kazpravda.kz/n/a/"), first 20 digits
    assert article_id("kazpravda", "https://kazpravda.kz/n/a/") == "e9e04d7760d302233ef8"


def test_the_site_is_the_host_without_www() -> None:
    assert site_of("https://WWW.Inform.kz:443/ru/") == "inform.kz"
    assert site_of("http://127.0.0.1:8700/") == "127.0.0.1:8700"


@pytest.mark.parametrize(
    ("rest", "trap"),
    [
        ("/" + "/".join(str(x) for x in range(20)), False),
        ("/" + "/".join(str(x) for x in range(21)), True),
        ("/news/a/news/b", False),
        ("/news/a/news/b/news/c", True),
        ("/news/2011/11/11/11/", False),
        ("/3/3/3/3/", True),
        ("/" + "x" * 1970, False),
        ("/" + "x" * 2000, True),
        ("/?a=1&b=2&c=3", False),
        ("/?a=1&b=2&c=3&utm_source=t", False),
        ("/?a=1&b=2&c=3&d=4", True),
    ],
)
def test_traps(rest: str, trap: bool) -> None:  # noqa: FBT001 - a table's column
    assert is_trap("https://a.kz" + rest) is trap


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("/b", "https://a.kz/b"),
        ("//b.kz/c", "https://b.kz/c"),
        ("b?c=1", "https://a.kz/ru/b?c=1"),
        ("/новости".encode().decode("latin-1"), "https://a.kz/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8"),
        ("/новости".encode("cp1251").decode("latin-1"), "https://a.kz/%ED%EE%E2%EE%F1%F2%E8"),
        ("", ""),
        ("mailto:a@a.kz", ""),
        ("http://[a/", ""),
        ("https://user:word@a.kz/", ""),
        ("http://a.kz:99999/", ""),
    ],
)
def test_where_a_redirect_leads(location: str, target: str) -> None:
    assert redirect_target("https://a.kz/ru/", location) == target
