from __future__ import annotations

import pytest

from pipelines.extraction.titles import without_site


@pytest.mark.parametrize(
    ("title", "without"),
    [
        ("Парк расширят - Вестник", "Парк расширят"),
        ("Парк расширят | vestnik.example", "Парк расширят"),
        ("Вестник — Парк расширят", "Парк расширят"),
        ("Парк - это важно", "Парк - это важно"),
        ("Вестник", "Вестник"),
    ],
)
def test_a_title_without_the_sites_name(title: str, without: str) -> None:
    assert without_site(title, ["Вестник", "vestnik.example", ""]) == without
