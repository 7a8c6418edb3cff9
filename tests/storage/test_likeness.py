from __future__ import annotations

from datetime import date

import pytest

from pipelines.fingerprints import sketch, text_digest
from storage.clustering.similarity import TokenisedText, copied, likeness
from storage.model.clusters import TextSimilarity
from storage.model.reprints import ReprintKind
from tests.quality.reprints import gold

TEXT, OTHER = [text.text for text in gold() if text.kind == "original"][:2]
DAY = date(2026, 3, 3)
NOTICE = (
    "Очередное заседание комиссии по реформе пройдет в четверг в зале Конституционного суда. Начало в {} часов, приглашены эксперты, "
    "депутаты и представители партий. Трансляция будет на сайте."
)


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        (f"{TEXT} ", TEXT, ReprintKind.VERBATIM),
        (f"АСТАНА. {TEXT}", TEXT.upper(), ReprintKind.EDITED),
        (TEXT.upper(), TEXT, ReprintKind.EDITED),
        (" ".join(word if n % 12 else "иначе" for n, word in enumerate(TEXT.split(" "))), TEXT, ReprintKind.EDITED),
        ("\n".join(TEXT.split("\n")[:3]), TEXT, ReprintKind.EXCERPT),
        (f"{TEXT}\n{OTHER}", TEXT, ReprintKind.CONTAINS),
    ],
)
def test_a_copy_is_of_a_kind_that_has_a_mirror(one: str, other: str, kind: ReprintKind) -> None:
    first, second = (TokenisedText("", text, digest=text_digest(text)) for text in (one, other))
    found = copied(first, second)
    assert found is not None
    assert (found.kind, found.similarity > 0.5) == (kind, True)
    assert found.mirrored() == likeness(second, first)


def test_other_texts_are_no_copies() -> None:
    assert copied(TokenisedText("", TEXT), TokenisedText("", OTHER)) is None
    assert likeness(TokenisedText("", ""), TokenisedText("", TEXT)) == TextSimilarity(0.0, ReprintKind.EXCERPT)


@pytest.mark.parametrize("at_the_end", [True, False])
def test_a_passage_at_one_end_makes_no_copy_even_when_it_is_most_of_a_text(at_the_end: bool) -> None:  # noqa: FBT001
    background = " ".join(TEXT.split()[:60])
    briefs = [" ".join(text.split()[100:145]) for text in (TEXT, OTHER)]
    one, other = (TokenisedText("", f"{brief} {background}" if at_the_end else f"{background} {brief}") for brief in briefs)
    assert likeness(one, other).similarity > 0.5
    assert copied(one, other) is None


def test_paragraphs_of_boilerplate_are_left_out_unless_there_is_nothing_else() -> None:
    background = TEXT.split("\n")[0]
    known = sketch(background)
    assert TokenisedText("", f"{OTHER}\n{background}", boilerplate=known).words == TokenisedText("", OTHER).words
    assert TokenisedText("", background, boilerplate=known).words == TokenisedText("", background).words


@pytest.mark.parametrize(
    ("titles", "hours", "days", "alike"),
    [
        (("О заседании", "О заседании"), ("десять", "десять"), (0, 3), True),
        (("О заседании", "О заседании"), ("десять", "десять"), (0, 4), False),
        (("О заседании", "О заседании"), ("10", "15"), (0, 0), False),
        (("О заседании", "О заседании"), ("десять", "15"), (0, 0), True),
        (("Пятое заседание", "Шестое заседание"), ("10", "10"), (0, 0), False),
        (("Отырыс 5 наурызда", "Отырыс 6 наурызда"), ("10", "10"), (0, 0), False),
        (("Бесінші отырыс", "Алтыншы отырыс"), ("10", "10"), (0, 0), False),
        (("Заседание 5 марта", "Заседание"), ("10", "10"), (0, 0), True),
    ],
)
def test_short_notices_of_a_series_are_told_apart(
    titles: tuple[str, str], hours: tuple[str, str], days: tuple[int, int], *, alike: bool
) -> None:
    one, other = (TokenisedText(titles[n], NOTICE.format(hours[n]), date(2026, 3, 3 + days[n])) for n in range(2))
    assert (copied(one, other) is not None) is alike


def test_a_long_text_may_correct_a_number_and_come_back_weeks_later() -> None:
    long = f"{TEXT}\n{OTHER} Всего 15 поправок."
    assert copied(TokenisedText("", long, DAY), TokenisedText("", long.replace("15", "16"), date(2026, 5, 1)))
