from __future__ import annotations

import json
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.dates.fallback import dateparser_reads
from pipelines.rules import ExtractionRules
from storage.model.captures import OutcomeKind
from storage.model.sources import AddressKind
from tests.fuzz.inputs import PAGE, SEEDS, TYPES, Input, golden, kept, mutated
from tests.fuzz.target import FRAMES, RULES, Broke, Target, target

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pipelines.page import Page

MUTATIONS, SEED = 180, 20261128


@pytest.fixture(scope="module")
def taking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    dateparser_reads("3rd of March, 2026")  # loads its data, which takes seconds once in a process
    with target(tmp_path_factory.mktemp("fuzz")) as opened:
        yield opened


@pytest.mark.parametrize(("name", "case"), kept(), ids=[name for name, _ in kept()])
def test_what_broke_once_breaks_no_more(taking: Target, name: str, case: Input) -> None:
    assert taking.take(case), name


def test_sound_answers_are_read(taking: Target) -> None:
    kinds = [taking.take(seed).kind for seed in SEEDS]
    assert set(kinds[3:]) == {OutcomeKind.CHANNEL}
    assert set(kinds[:3]) <= {OutcomeKind.NEW, OutcomeKind.REVISED, OutcomeKind.ALIAS, OutcomeKind.UNCHANGED}


def test_changed_answers_have_an_outcome(taking: Target) -> None:
    chance, seeds = Random(SEED), [*SEEDS, *golden()]
    for _ in range(MUTATIONS):
        case = mutated(chance, seeds)
        try:
            taking.take(case)
        except Exception as error:
            raise Broke(f"{case.kind} {case.content_type!r} {case.body[:2_000]!r}") from error


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(kind=st.sampled_from(AddressKind), body=st.binary(max_size=2_000), content_type=st.sampled_from(TYPES))
def test_any_bytes_have_an_outcome(taking: Target, kind: AddressKind, body: bytes, content_type: str) -> None:
    taking.take(Input(kind, body, content_type))


TEXTS = st.text(st.characters(), max_size=40)
FIELDS = (
    "headline",
    "author",
    "keywords",
    "articleSection",
    "image",
    "datePublished",
    "dateModified",
    "description",
    "publisher",
    "url",
    "@id",
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    st.dictionaries(
        st.sampled_from(FIELDS),
        st.recursive(
            TEXTS | st.none() | st.integers() | st.floats(),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(("name", "url", "caption", "@type", "@id")), inner),
            max_leaves=5,
        ),
    )
)
def test_any_statements_have_an_outcome(taking: Target, statements: dict[str, object]) -> None:
    script = json.dumps({"@type": "NewsArticle", **statements}).replace("<", "\\u003c")
    page = PAGE.replace("</head>", f'<script type="application/ld+json">{script}</script></head>').replace('"headline":"Парк"', '"x":1')
    taking.take(Input(AddressKind.ARTICLE, page.encode()))


def broken(page: Page) -> str:
    raise KeyError(page.url)


def test_a_stage_that_breaks_is_noticed(tmp_path: Path) -> None:
    rules = replace(RULES, extraction=ExtractionRules(overrides={"title": broken}))
    with target(tmp_path) as taking:
        taking.frames = [replace(FRAMES[0], rules=rules)]
        with pytest.raises(Broke, match=r"extract: DeclaredFieldError: .*title raised KeyError"):
            taking.take(SEEDS[0])
