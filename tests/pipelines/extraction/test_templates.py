"""The generic reader on pages of common systems, whose text is known: the article, the whole article, nothing but the article."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.extraction.extract import extract
from tests.pipelines.extraction.templates import AROUND, ENGLISH, OLD_TEMPLATES, RUSSIAN, RUSSIAN_TITLE, TEMPLATES, TITLE


def read(make: Any, body: str, title: str, charset: str = "utf-8") -> list[str]:
    html = f"<!DOCTYPE html><html><head><title>{title} | Valley notes</title></head>{body}</html>"
    lines: list[str] = extract(make.draft(make.page(html.encode(charset), f"text/html; charset={charset}"))).reading.text.split("\n")
    return lines


@pytest.mark.parametrize("length", [len(ENGLISH), 3], ids=["whole", "short"])
@pytest.mark.parametrize("name", TEMPLATES)
def test_all_paragraphs_are_read_and_nothing_else(make: Any, name: str, length: int) -> None:
    text = ENGLISH[:length] if name != "tilda" else ENGLISH
    assert read(make, TEMPLATES[name](text), TITLE) == list(text)


@pytest.mark.parametrize("charset", ["windows-1251", "utf-8"])
@pytest.mark.parametrize("name", OLD_TEMPLATES)
def test_layouts_of_tables(make: Any, name: str, charset: str) -> None:
    lines = read(make, OLD_TEMPLATES[name](RUSSIAN), RUSSIAN_TITLE, charset)
    assert [line for line in lines if line in RUSSIAN] == list(RUSSIAN)
    assert not set(lines) & set(AROUND)
    assert not [line for line in lines if "Новость номер" in line]


@pytest.mark.parametrize("name", [name for name in TEMPLATES if name not in {"blogger", "tilda", "divs", "sections"}])  # these have no <p>
def test_a_long_article_of_lists_quotes_and_code(make: Any, name: str) -> None:
    body = TEMPLATES[name](ENGLISH)
    rich = (
        "</p><h2>What the report says</h2><ul><li>The water is cold.</li><li>It is older than the school.</li></ul>"
        "<blockquote>Taste it first.</blockquote><pre>depth = 2.0</pre><p>"
    )
    lines = read(make, body.replace(ENGLISH[4], f"{ENGLISH[4]}{rich}She never came back."), TITLE)
    inner = [
        "What the report says",
        "The water is cold.",
        "It is older than the school.",
        "Taste it first.",
        "depth = 2.0",
        "She never came back.",
    ]
    assert [line for line in lines if line in (*ENGLISH, *inner)] == [*ENGLISH[:5], *inner, *ENGLISH[5:]]
    assert not set(lines) & set(AROUND)
