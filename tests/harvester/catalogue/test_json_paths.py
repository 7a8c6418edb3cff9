from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harvester.catalogue.json_paths import compiled, fields_of, filled, value_at

ANSWER = {
    "data": {"items": [{"id": 7, "title": {"rendered": "Жаңалық"}}, {"id": 8}], "0": "by key"},
    "wp:term": [[{"name": "Саясат"}]],
    "@graph": [{"url": "/a"}],
    "created-at": "2026-03-05",
    "дата": 1,
    "date time": 2,
    "$ref": 3,
    "a/b": 4,
    'say "hi"': 5,
    "7": {"x": 6},
    "empty": None,
}


def dotted(value: Any, path: str) -> Any:
    """A dotted path, taken literally."""
    for part in path.split("."):
        if isinstance(value, dict):
            value = value.get(part)
        elif isinstance(value, list) and part.isdecimal() and int(part) < len(value):
            value = value[int(part)]
        else:
            return None
    return value


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("data.items.0.title.rendered", "Жаңалық"),
        ("data.items.1.id", 8),
        ("data.items.2.id", None),
        ("data.items.99999999999999999999", None),
        ("data.0", "by key"),
        ("7.x", 6),
        ("wp:term.0.0.name", "Саясат"),
        ("@graph.0.url", "/a"),
        ("created-at", "2026-03-05"),
        ("дата", 1),
        ("date time", 2),
        ("$ref", 3),
        ("a/b", 4),
        ("data.title", None),
        ("created-at.x", None),
        ("empty.x", None),
    ],
)
def test_a_plain_path_is_keys_and_positions(path: str, value: object) -> None:
    assert value_at(ANSWER, path) == value
    assert value_at(ANSWER, path) == dotted(ANSWER, path)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("data.items[0].id", 7),
        ("data.items[-1].id", 8),
        ("data.items[].id", [7, 8]),
        ("data.items[?id > `7`].id | [0]", 8),
        ('"created-at"', "2026-03-05"),
        ('"say \\"hi\\""', 5),
        ("missing || data.items[0].id", 7),
        ("@.data.items[0].id", 7),
        ("length(data.items)", 2),
        ("join('-', ['a', 'b', 'c'])", "a-b-c"),
        ("data.items[*].{link: id}", [{"link": 7}, {"link": 8}]),
    ],
)
def test_what_is_more_than_a_plain_path_is_jmespath(path: str, value: object) -> None:
    assert value_at(ANSWER, path) == value


def test_falsy_values_at_a_position_are_found() -> None:
    assert [value_at([0, "", False, []], str(x)) for x in range(4)] == [0, "", False, []]


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        ("data..items", "is no JMESPath expression"),
        (".items", "is no JMESPath expression"),
        ("items.", "is no JMESPath expression: Expecting: ["),
        ("items[", "is no JMESPath expression"),
        ("items[?a = 'b']", "is no JMESPath expression"),
        ("data.items[0", "is no JMESPath expression"),
        ("items-new[0]", "is no JMESPath expression: Bad jmespath expression: Unknown token '-'"),
        ("новости[0]", "is no JMESPath expression: Bad jmespath expression: Unknown token н"),
        ("lenght(items)", "calls lenght(), which JMESPath does not have; the nearest is length()"),
        ("items[?start_with(url, '/ru')]", "the nearest is starts_with()"),
        ("length()", "calls length() with 0 arguments; it takes 1"),
        ("items[].length(a, b)", "calls length() with 2 arguments; it takes 1"),
        ("not_null()", "calls not_null() with 0 arguments; it takes 1 or more"),
        ("(" * 5000, "is no JMESPath expression"),
    ],
)
def test_a_bad_expression_is_told_in_one_line(path: str, fault: str) -> None:
    with pytest.raises(ValueError, match=r"JMESPath|calls") as caught:
        compiled(path)
    assert fault in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("path", "value"), [("length(@)", 3), ("contains(@, `1`)", "abc"), ("sort(@)", [1, "a"]), ("ceil(@)", float("inf")), ("data..x", {})]
)
def test_what_a_function_cannot_take_leads_nowhere(path: str, value: object) -> None:
    assert value_at(value, path) is None


def test_a_template_is_filled_with_its_fields() -> None:
    template = "/press/{id}/{data[0].slug}?id={id}"
    assert fields_of(template) == ["id", "data[0].slug", "id"]
    assert fields_of("data.link") == []
    assert filled(template, {"id": "7", "data[0].slug": "жоба"}) == "/press/7/жоба?id=7"


_KEYS = st.sampled_from(["a", "b-c", "0", "1", "ә", "x:y"])
_JSON = st.recursive(st.none() | st.booleans() | st.integers(), lambda x: st.lists(x, max_size=3) | st.dictionaries(_KEYS, x, max_size=4))


@settings(max_examples=60)
@given(_JSON, st.lists(_KEYS, min_size=1, max_size=4))
def test_plain_paths_mean_what_they_are_written_as(value: object, parts: list[str]) -> None:
    assert json.dumps(value_at(value, ".".join(parts))) == json.dumps(dotted(value, ".".join(parts)))


def test_a_long_path_ends() -> None:
    """With the path so far repeated at each position, this one would be 2 to the power of 60 steps long."""
    deep: Any = "end"
    for _ in range(60):
        deep = [deep]
    assert value_at(deep, ".".join("0" * 60)) == "end"
