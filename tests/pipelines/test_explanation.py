from __future__ import annotations

from pipelines.draft import ExtractedFields
from pipelines.explanation import AROUND, PLACES, explain
from pipelines.relevance import relevance_decisions
from pipelines.rules import TopicRules, TopicTerm

SNOW = TopicRules("snow", "Снег", 3.0, (TopicTerm("снег", "ru", 3.0), TopicTerm("сильный снег", "ru", 1.0), TopicTerm("лёд", "ru", 1.0)))
ADDRESS = "https://a.example/1"


def test_every_part_is_named() -> None:
    read = ExtractedFields(
        title="Снег", lead="О снеге", section="Снег и лёд", tags=("горы", "снег"), text="Снега много.\nСнег сильный, сильный снег."
    )
    (found,) = explain(read, "ru", ADDRESS, [SNOW])
    snow = next(x for x in found.terms if x.term == "снег")
    assert snow.times == 7
    assert [place.part for place in snow.places] == ["title", "lead", "section"]
    assert len(snow.places) == PLACES
    assert [x.places[0].part for x in found.terms] == ["title", "text", "section"]
    tags = ExtractedFields(title="Горы", tags=("горы", "снег"), text="Лёд")
    assert [x.places[0].part for x in explain(tags, "ru", ADDRESS, [SNOW])[0].terms] == ["tags", "text"]


def test_it_is_the_verdict_that_the_stage_comes_to() -> None:
    read = ExtractedFields(title="Зима", text="Выпал сильный снег, а лёд растаял.")
    ((verdict,), (found,)) = relevance_decisions(read, "ru", ADDRESS, [SNOW]), explain(read, "ru", ADDRESS, [SNOW])
    assert (found.score, found.belongs, found.gate) == (verdict.relevance.score, verdict.belongs, None)
    assert tuple(x.term for x in found.terms) == verdict.relevance.matched


def test_a_snippet_is_cut_between_words_and_never_leaves_its_paragraph() -> None:
    long = " ".join(["слово"] * 30)
    (found,) = explain(ExtractedFields(title="Зима", text=f"Первый.\n{long} снег {long}\nПоследний."), "ru", ADDRESS, [SNOW])
    (place,) = found.terms[0].places
    assert place.snippet.startswith("… слово ")
    assert place.snippet.endswith(" слово …")
    assert len(place.snippet) <= 2 * AROUND + len("снег") + 6
    whole = "одноочень" * 20
    (found,) = explain(ExtractedFields(title="Зима", text=f"{whole} снег {whole}"), "ru", ADDRESS, [SNOW])
    assert found.terms[0].places[0].snippet == "… снег …"
    (found,) = explain(ExtractedFields(title="Зима", text="Первый.\nСнег.\nПоследний."), "ru", ADDRESS, [SNOW])
    assert found.terms[0].places[0].snippet == "Снег."
