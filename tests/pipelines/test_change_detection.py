"""What a publisher changed, and what is noise."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.change_detection import changed_tokens, changes, is_shortened
from storage.model.articles import DateStamp, Extraction, Image, Precision

MOMENT = datetime(2026, 3, 3, 0, 0, tzinfo=UTC)
STAMP = DateStamp(MOMENT, Precision.MINUTE, "3 марта 2026 г. 5:00", "time", "Asia/Almaty")
READ = Extraction(
    title="За новую Конституцию – 87,15 процента",
    lead="Итоги подвели ночью.",
    text="Так, «за» высказались 87,15 процента.\nЯвка составила 73 процента.",
    language="ru",
    authors=("Лариса Векшина", "Ермек Садырбай"),
    section="Политика",
    tags=("Конституция", "референдум"),
    images=(Image("https://v.example/1.jpg", "Подсчёт", "фото Л. Векшиной"),),
    published=STAMP,
    modified=STAMP,
    extractor="selector",
)


def after(**changed: object) -> tuple[str, ...]:
    return changes(READ, replace(READ, **changed))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changed", "fields"),
    [
        ({"title": "За новую Конституцию – 87,51 процента"}, ("title",)),
        ({"text": READ.text.replace("87,15", "87,51")}, ("text",)),
        ({"text": READ.text.replace("«за»", "«против»")}, ("text",)),
        ({"text": READ.text + "\nПодписано."}, ("text",)),
        ({"text": READ.text.split("\n")[0]}, ("text",)),
        ({"lead": "Итоги подвели утром."}, ("text",)),
        ({"authors": ("Лариса Векшина",)}, ("authors",)),
        ({"section": "Общество"}, ("section",)),
        ({"tags": ("Конституция",)}, ("tags",)),
        ({"images": (Image("https://v.example/1.jpg", "Подсчёт", "фото из архива"),)}, ("captions",)),
        ({"published": replace(STAMP, moment=MOMENT + timedelta(days=2), raw="5 марта 2026 г. 5:00")}, ("published",)),
        ({"published": replace(STAMP, moment=MOMENT - timedelta(hours=3), raw="3 марта 2026 г. 2:00")}, ("published",)),
    ],
)
def test_a_publisher_s_change_is_detected(changed: dict[str, object], fields: tuple[str, ...]) -> None:
    assert after(**changed) == fields


@pytest.mark.parametrize(
    "changed",
    [
        {"modified": replace(STAMP, moment=MOMENT + timedelta(hours=1))},
        {"images": (Image("https://cdn.example/1.webp?v=8", "Подсчёт", "фото Л. Векшиной"),)},
        {"images": ()},
        {"authors": ()},
        {"authors": ("Ермек Садырбай", "Лариса Векшина")},
        {"section": ""},
        {"section": "ПОЛИТИКА"},
        {"tags": ()},
        {"tags": ("референдум", "Конституция")},
        {"published": None},
        {"published": replace(STAMP, precision=Precision.DAY)},
        {"published": replace(STAMP, moment=MOMENT + timedelta(minutes=41), raw="2 часа назад")},
        {"text": READ.text.replace("«за»", '"за"').replace("\n", " ")},
        {"title": READ.title.replace("–", "—").replace(" ", "\u00a0")},
        {"lead": "", "text": f"{READ.lead}\n{READ.text}"},
        {"lead": f"{READ.lead}\n{READ.text}", "text": ""},
        {"text": f"{READ.text} Просмотров: 1 245"},
        {"text": "", "lead": ""},
        {"extractor": "generic", "text": f"Поделиться\n{READ.text}\nЧитайте нас"},
    ],
)
def test_noise_and_a_redesign_are_no_changes(changed: dict[str, object]) -> None:
    assert after(**changed) == ()


def test_a_random_token_is_noise_but_a_number_is_not() -> None:
    one, other = (replace(READ, text=f"{READ.text} Код {code}.") for code in ("8f3a9c21d0", "77ab01ce9f"))
    assert changes(one, other) == ()
    one, other = (replace(READ, text=f"{READ.text} Всего {count} бюллетеней.") for count in (12456789, 12456798))
    assert changes(one, other) == ("text",)


def test_an_edit_is_detected_across_a_redesign() -> None:
    assert after(extractor="generic", text=f"Поделиться\n{READ.text.replace('73', '74')}\nЧитайте нас") == ("text",)


def test_a_stub_is_distinguished_from_an_edit() -> None:
    long = replace(READ, text="\n".join(f"Абзац {number} о том, как считали голоса на участке {number}." for number in range(30)))
    assert is_shortened(long, replace(long, text="\n".join(long.text.split("\n")[:4]) + "\nПолный текст – по подписке."))
    assert not is_shortened(long, replace(long, text="\n".join(long.text.split("\n")[:20])))
    assert not is_shortened(READ, replace(READ, text="Так."))
    assert not is_shortened(long, long)


def test_touched_counts_words_and_signs() -> None:
    assert changed_tokens(READ, READ) == 0
    assert changed_tokens(READ, replace(READ, text=READ.text.replace("73", "74"))) == 1


TEXTS = st.text(alphabet="абв гд.,\n«»–19", max_size=60)


@given(TEXTS, TEXTS)
def test_changes_are_symmetric_in_kind_and_none_against_itself(one: str, other: str) -> None:
    first, second = replace(READ, text=one), replace(READ, text=other)
    assert changes(first, first) == ()
    if one.strip() and other.strip():
        assert changes(first, second) == changes(second, first)
