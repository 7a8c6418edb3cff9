from __future__ import annotations

import pytest

from storage.language.tags import base_of, tag_of


@pytest.mark.parametrize(
    ("code", "tag", "base"),
    [
        ("ru", "ru", "ru"),
        ("ru-KZ", "ru", "ru"),
        ("ru_RU", "ru", "ru"),
        ("kz", "kk", "kk"),
        ("KK-kz", "kk", "kk"),
        ("kk-Cyrl-KZ", "kk", "kk"),
        ("kk-Latn", "kk-Latn", "kk"),
        ("kz-latn", "kk-Latn", "kk"),
        ("qaz", "kk-Latn", "kk"),
        ("kk-arab-CN", "kk-Arab", "kk"),
        ("sr-Latn", "sr", "sr"),
        ("en-x-private", "en", "en"),
        ("x-default", "", "x"),
        ("russian", "", "russian"),
        ("", "", ""),
    ],
)
def test_tags_as_pages_write_them(code: str, tag: str, base: str) -> None:
    assert tag_of(code) == tag
    assert base_of(code) == base
