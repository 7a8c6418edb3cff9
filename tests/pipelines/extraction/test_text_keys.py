from __future__ import annotations

from pipelines.extraction.text_keys import shared_words, text_key


def test_shared_words() -> None:
    assert shared_words("Парк у реки расширят", "ПАРК у реки…") == 1.0
    assert shared_words("Новости", "Парк у реки расширят") == 0.0
    assert shared_words("Новости", "") == 0.0


def test_keys_ignore_case_and_punctuation() -> None:
    assert text_key("Парк у реки — «Жайық», 2026") == text_key("ПАРК У РЕКИ: ЖАЙЫҚ 2026") == "паркурекижайық2026"
