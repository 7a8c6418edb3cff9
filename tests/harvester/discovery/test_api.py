from __future__ import annotations

import gzip
import json
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.discovery import discovery_result as problems
from harvester.discovery.api import MAX_ENTRIES, read_api
from harvester.discovery.discovery_result import DiscoveryResult
from storage.model.sources import AddressKind, Channel, Items, Source, SourceKind

SOURCE = Source("a", "A", SourceKind.OFFICIAL, "https://a.kz/ru/", ("ru",), "Asia/Almaty")
NOW = datetime(2026, 3, 10, tzinfo=UTC)
WORDPRESS = Items(url="link", date="date", title="title.rendered")


def read(answer: Any, items: Items = WORDPRESS) -> DiscoveryResult:
    return read_bytes(json.dumps(answer).encode(), items)


def read_bytes(body: bytes, items: Items = WORDPRESS) -> DiscoveryResult:
    return read_api(body, Channel(AddressKind.API, "https://api.a.kz/v1?page={page}", "Новости", items=items), SOURCE, NOW)


def test_the_posts_of_wordpress() -> None:
    title = {"rendered": "Новая &laquo;Конституция&raquo; &#8212; <b>проект</b> &amp;amp; сроки"}
    found = read([{"id": 7, "link": "https://a.kz/ru/p/7/", "date": "2026-03-05T14:30:00", "title": title}])
    (url,) = found.urls
    assert (url.url, url.title) == ("https://a.kz/ru/p/7/", "Новая «Конституция» — проект & сроки")
    assert url.dated == datetime(2026, 3, 5, 9, 30, tzinfo=UTC)
    assert (url.kind, url.channel, url.section) == (AddressKind.ARTICLE, "https://api.a.kz/v1?page={page}", "Новости")
    assert found.problems == {}


def test_a_list_deep_inside_with_addresses_made_of_fields() -> None:
    answer = {"data": {"result": [{"items": [{"id": 12, "slug": "проект", "at": 1772703000}, {"id": 13, "at": 1}]}]}}
    found = read(answer, Items("data.result.0.items", "/press/{id}/{slug}", "at"))
    assert [(x.url, x.dated) for x in found.urls] == [
        ("https://a.kz/press/12/%D0%BF%D1%80%D0%BE%D0%B5%D0%BA%D1%82", datetime(2026, 3, 5, 9, 30, tzinfo=UTC))
    ]
    assert found.problems == {problems.NO_ADDRESS: 1}


def test_a_template_reaches_into_an_entry_and_may_name_another_host() -> None:
    found = read([{"a": {"slug": "x"}}], Items(url="https://www.a.kz/{a.slug}"))
    assert [x.url for x in found.urls] == ["https://www.a.kz/x"]


def test_relative_addresses_resolve_against_the_home_of_the_source() -> None:
    assert [x.url for x in read([{"link": "n/1"}, {"link": "/n/2"}]).urls] == ["https://a.kz/ru/n/1", "https://a.kz/n/2"]


def test_a_list_with_gaps_that_became_an_object_is_a_list() -> None:
    assert len(read({"items": {"0": {"link": "/1"}, "7": {"link": "/2"}}}, Items("items", "link")).urls) == 2


@pytest.mark.parametrize(
    ("date", "moment"),
    [
        ("2026-03-05T14:30:00+05:00", datetime(2026, 3, 5, 9, 30, tzinfo=UTC)),
        ("2026-03-05T09:30:00Z", datetime(2026, 3, 5, 9, 30, tzinfo=UTC)),
        ("2026-03-05 14:30:00", datetime(2026, 3, 5, 9, 30, tzinfo=UTC)),
        ("05.03.2026 14:30", datetime(2026, 3, 5, 9, 30, tzinfo=UTC)),
        ("5 марта 2026", datetime(2026, 3, 4, 19, tzinfo=UTC)),
        (1772703000, datetime(2026, 3, 5, 9, 30, tzinfo=UTC)),
        ("1772703000", datetime(2026, 3, 5, 9, 30, tzinfo=UTC)),
        (1772703000000, datetime(2026, 3, 5, 9, 30, tzinfo=UTC)),
        ("1772703000000", datetime(2026, 3, 5, 9, 30, tzinfo=UTC)),
        ("soon", None),
        ("", None),
        (True, None),
        (None, None),
        ([2026], None),
        (-1e300, None),
        (10**400, None),
        (0, None),
        ("9" * 5000, None),
    ],
)
def test_dates(date: object, moment: datetime | None) -> None:
    assert [x.dated for x in read([{"link": "/1", "date": date}]).urls] == [moment]


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", problems.EMPTY),
        (b"<html><body>Sorry</body></html>", problems.NOT_JSON),
        (b'[{"link": "/1"}', problems.NOT_JSON),
        (b"\xff\xfe\xfa", problems.NOT_JSON),
        (b"[" * 100_000, problems.NOT_JSON),
        (b"1" * 10_000, problems.NOT_JSON),
        (gzip.compress(b"[]")[:-4], problems.BAD_GZIP),
        (gzip.compress(b" " * 11 * 1024 * 1024), problems.TOO_LARGE),
        (b"null", problems.NO_ENTRIES),
        (b'"a"', problems.NO_ENTRIES),
        (b'{"code": "no_such_page", "0": []}', problems.NO_ENTRIES),
    ],
)
def test_an_answer_that_cannot_be_read_is_a_problem(body: bytes, problem: str) -> None:
    assert read_bytes(body) == DiscoveryResult(problems=Counter([problem]))


@pytest.mark.parametrize("path", ["data", "data.items.0", "data.items.x", "data.items.99999999999999999999", "data..items"])
def test_a_list_that_is_not_where_it_was_declared_is_a_problem(path: str) -> None:
    assert read({"data": {"items": [{"link": "/1"}]}}, Items(path, "link")).problems == {problems.NO_ENTRIES: 1}


def test_entries_of_a_wrong_shape_are_counted() -> None:
    wrong = ["x", None, {"link": None}, {"link": {"a": 1}}, {"link": True}, {"link": "mailto:a@a.kz"}]
    found = read([*wrong, {"link": "/1", "title": {"rendered": 5}}])
    assert [(x.url, x.title) for x in found.urls] == [("https://a.kz/1", None)]
    assert found.problems == {problems.NOT_ENTRY: 2, problems.NO_ADDRESS: 3, problems.NOT_WEB: 1}


def test_a_byte_order_mark_and_an_empty_list_are_fine() -> None:
    assert read_bytes(b"\xef\xbb\xbf[]") == DiscoveryResult()


def test_an_endless_answer_is_read_from_its_start() -> None:
    found = read([{"link": f"/{i}"} for i in range(MAX_ENTRIES + 2)])
    assert len(found.urls) == MAX_ENTRIES
    assert found.problems == {problems.TOO_MANY: 2}


_LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40) | st.datetimes().map(str)
_KEYS = st.sampled_from(["link", "date", "title", "rendered", "items", "0", "x"])
_ANY = st.recursive(_LEAVES, lambda x: st.lists(x, max_size=4) | st.dictionaries(_KEYS, x, max_size=4), max_leaves=20)


@given(_ANY | st.fixed_dictionaries({"items": _ANY}), st.sampled_from(["", "items", "items.0", "x.link"]))
def test_any_json_survives(answer: object, path: str) -> None:
    for url in ("link", "/{link}/{x}"):
        found = read(answer, Items(path, url, "date", "title.rendered"))
        assert all(x.dated is None or x.dated.tzinfo for x in found.urls)


@given(st.binary(max_size=200))
def test_any_bytes_survive(body: bytes) -> None:
    read_bytes(body)


def test_an_expression_chooses_among_the_entries() -> None:
    answer = {
        "groups": [{"news": [{"link": "/1", "kind": "text"}, {"link": "/2", "kind": "video"}]}, {"news": [{"link": "/3", "kind": "text"}]}]
    }
    found = read(answer, Items("groups[].news[?kind == 'text'][]", "link"))
    assert [x.url for x in found.urls] == ["https://a.kz/1", "https://a.kz/3"]


def test_an_expression_takes_the_first_field_that_is_there() -> None:
    found = read([{"slug": None, "id": 7}, {"slug": "x", "id": 8}], Items(url="/n/{slug || to_string(id)}"))
    assert [x.url for x in found.urls] == ["https://a.kz/n/7", "https://a.kz/n/x"]


def test_a_function_that_cannot_take_what_it_finds_is_a_problem() -> None:
    assert read({"items": 5}, Items("sort(items)", "link")).problems == {problems.NO_ENTRIES: 1}
    assert read([{"link": 5}], Items(url="join('', link)")).problems == {problems.NO_ADDRESS: 1}
