from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipelines.extraction.tags import MOST_TAGS, tags


def test_tags_are_distinct_and_without_number_signs() -> None:
    assert tags(["#Сенат", " реформы,", "сенат", "", "@desk-top", "Section: News", "＃парк"]) == ("Сенат", "реформы", "парк")
    assert len(tags(map(str, range(1000)))) == MOST_TAGS


@given(st.lists(st.text(max_size=80), max_size=5))
def test_any_text_gives_tags_without_number_signs(texts: list[str]) -> None:
    for tag in tags(texts):
        assert tag
        assert not tag.startswith("#")
