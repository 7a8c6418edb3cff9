"""Aliases: an address is hidden under another only while both show the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pipelines.aliases import aliases_among
from storage.model.articles import Extraction
from storage.model.history import PageTimeline, ShownText

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)


def page(name: str, shown: str, url: str = "") -> PageTimeline:
    """An article that showed texts at hours: `1A 5B`."""
    texts = tuple(
        ShownText(BEGIN + timedelta(hours=int(text[:-1])), "Заголовок", text[-1], number) for number, text in enumerate(shown.split())
    )
    return PageTimeline(name, url or f"https://v.example/{name}", "ru", "", texts)


def unread(text: ShownText) -> Extraction:
    raise AssertionError(f"{text} need not be read")


@pytest.mark.parametrize(
    ("first", "second", "hidden"),
    [
        ("1A", "2A", True),
        ("1A", "2B", False),
        ("1M 5A", "2M", True),
        ("1M 5A", "2M 6B", False),
        ("1A 6B", "2A 5B", True),  # edited between two captures: the second address showed it first
        ("1A", "2A 5B", False),
        ("1A 3B", "2A 5B", True),
        ("1A 3B", "2A 5A", False),
        ("1A 3B 6A", "2A 4B 7A", True),
        ("1A 3B", "4M", False),
        ("1M 3A", "4M", False),  # another maintenance, which the first address was not asked in
        ("1A 1B", "1B 2B", True),  # both of one second
    ],
)
def test_what_showed_the_same_all_the_time_is_an_alias(first: str, second: str, *, hidden: bool) -> None:
    pages = [page("b", second), page("a", first)]
    assert aliases_among(pages, unread) == {"a": "", "b": "a" if hidden else ""}


def test_many_addresses_are_hidden_under_the_first() -> None:
    found = aliases_among([page("c", "3M"), page("a", "1M 7A"), page("b", "2M 8B"), page("d", "4M 9A")], unread)
    assert found == {"a": "", "b": "", "c": "a", "d": "a"}


def test_of_two_that_came_at_one_moment_the_id_decides() -> None:
    assert aliases_among([page("b", "1A"), page("a", "1A")], unread) == {"a": "", "b": "a"}


def test_another_form_of_an_address_may_differ_by_some_words() -> None:
    words = " ".join(f"слово{number}" for number in range(40))
    texts = {"A": words, "B": f"{words} фото", "C": "совсем другой текст о другом"}

    def read(text: ShownText) -> Extraction:
        return Extraction("Заголовок", "", texts[text.text_sha256], "ru")

    article, form = page("a", "1A", "https://v.example/n/1"), "https://v.example/amp/n/1"
    assert aliases_among([article, page("b", "2B", form)], read)["b"] == "a"
    assert aliases_among([article, page("b", "2B")], read)["b"] == ""
    assert aliases_among([article, page("b", "2B 3C", form)], read)["b"] == ""
