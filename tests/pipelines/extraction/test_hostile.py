"""Pages that break readers: each is read, or given up with a reason, and nothing is raised."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.extraction.extract import extract

TITLE = "Парк у реки расширят"


def ld(script: str) -> tuple[str, str]:
    return "", f'<script type="application/ld+json">{script}</script>'


HEADS = {
    "wrong types": '{"@type":"NewsArticle","headline":{"a":1},"author":5,"datePublished":[null],'
    '"keywords":{"q":[1]},"image":true,"articleSection":7}',
    "brackets": "[" * 50_000,
    "not a number": '{"@type":"NewsArticle","headline":NaN,"x":Infinity}',
    "six thousand digits": '{"@type":"NewsArticle","x":' + "9" * 6000 + "}",
    "cycle": '{"@type":"NewsArticle","@id":"a","author":{"@id":"a"}}',
}
TAILS = {
    "unclosed script": "<script>var a = '",
    "unclosed comment": "<!-- and then",
    "colspan": '<table><tr><td colspan="9007199254740992" rowspan="-1">x</td></tr></table>',
    "attribute": f'<p title="{"x" * 2_000_000}"></p>',
    "data address": f'<img src="data:image/png;base64,{"A" * 5_000_000}">',
    "tags": "<b></b>" * 300_000,
    "links": '<a href="/x">Ссылка</a> ' * 30_000,
    "soup": "</td></tr></p></article><p<p><<<b",
}


def read(make: Any, body: str | bytes, content_type: str = "text/html") -> Any:
    return extract(make.draft(make.page(body, content_type)))


@pytest.mark.parametrize("name", HEADS)
def test_hostile_json_ld(make: Any, name: str) -> None:
    draft = read(make, make.html(head=ld(HEADS[name])[1]))
    assert draft.outcome is None
    assert draft.reading.title == TITLE
    assert draft.reading.text.endswith("Работы начнутся в мае.")
    assert (draft.reading.authors, draft.reading.section, draft.reading.tags) == ((), "", ())


@pytest.mark.parametrize("name", TAILS)
def test_hostile_markup(make: Any, name: str) -> None:
    draft = read(make, make.html(make.article + TAILS[name]))
    assert draft.reading.title == TITLE
    assert "Работы начнутся в мае." in draft.reading.text


@pytest.mark.parametrize("depth", [300, 100_000])
def test_nesting(make: Any, depth: int) -> None:
    draft = read(make, make.html(f"<h1>{TITLE}</h1>{'<div>' * depth}{make.paragraph * 3}{'</div>' * depth}"))
    assert draft.reading.text.count("\n") == 2


def test_forbidden_characters(make: Any) -> None:
    draft = read(make, make.html(make.article.replace("Парк", "Па&#27;р&#0;к&#xD800;").replace("мае", "м\x00а\x1bе")))
    assert draft.reading.title == TITLE
    assert draft.reading.text.endswith("Работы начнутся в мае.")


def test_an_endless_headline_is_no_headline(make: Any) -> None:
    draft = read(make, make.html(make.article.replace(TITLE, f"{TITLE} " * 50_000)))
    assert draft.reading.title == TITLE


def test_lists_are_bounded(make: Any) -> None:
    names = ",".join(f'{{"name":"Анна Ким{"а" * n}"}}' for n in range(60))
    draft = read(make, make.html(head=ld(f'{{"@type":"Article","author":[{names}],"keywords":"{",".join(map(str, range(900)))}"}}')[1]))
    assert (len(draft.reading.authors), len(draft.reading.tags)) == (20, 50)


@pytest.mark.parametrize("charset", ["windows-1251", "koi8-r", "utf-16", "utf-16-be"])
@pytest.mark.parametrize("header", ["text/html", "text/html; charset=utf-8", "text/html; charset=windows-1251", "application/octet-stream"])
def test_charsets(make: Any, charset: str, header: str) -> None:
    draft = read(make, make.html().encode(charset), header)
    assert draft.reading.title == TITLE
    assert draft.reading.text.endswith("Работы начнутся в мае.")
