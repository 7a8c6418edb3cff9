from __future__ import annotations

import copy
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from storage.export.corpus_row import SCHEMA_NAME, corpus_row, provenance_row, schema
from storage.model.articles import Article, ArticleState, DateStamp, Precision
from storage.model.sources import SourceKind

if TYPE_CHECKING:
    from collections.abc import Callable

VALIDATOR = Draft202012Validator(schema())


def test_the_line_of_an_article(article: Article) -> None:
    row = corpus_row(article)
    assert row == {
        "id": "a1",
        "url": "https://vestnik.example/news/2026/1",
        "source": {"id": "vestnik", "name": "Вестник", "kind": "newspaper"},
        "language": "ru",
        "title": "Новый закон — принят",
        "lead": "Лид.",
        "text": "Первый абзац о 15-ти законах.\nЕкінші абзац: «Жаңа заң».",
        "authors": ["Ербол Әлиев", "А. Автор"],
        "section": "Политика",
        "tags": ["закон", "заң"],
        "images": [{"url": "https://vestnik.example/1.jpg", "caption": "Зал", "credit": "Фото автора"}],
        "published": {
            "at": "2026-03-03T05:00:00+05:00",
            "precision": "minute",
            "raw": "3 марта 2026 г. 5:00",
            "found_in": "selector:time",
            "zone": "Asia/Almaty",
        },
        "modified": {
            "at": "2026-03-03",
            "precision": "day",
            "raw": "03.03.2026",
            "found_in": "jsonld:dateModified",
            "zone": "Asia/Almaty",
        },
        "captured_at": "2026-03-03T10:30:20+00:00",
        "first_seen_at": "2026-03-03T09:00:00+00:00",
        "topics": [{"topic": "reform", "score": 0.94, "matched": ["закон*", "принят"]}],
        "revision": 2,
        "revisions": 2,
        "state": "live",
        "cluster": None,
        "text_sha256": "ab" * 32,
        "words": 10,
        "extraction": {"line": "1", "extractor": "own/1"},
        "warc": {"file": "20260303.warc.gz", "offset": 1200, "length": 340, "record_id": "<urn:uuid:1>", "payload_digest": "sha256:ABC"},
        "languages": {"ru": 0.6, "kk": 0.4},
        "editions": [
            {"language": "en", "id": None, "url": "https://vestnik.example/en/1", "found_in": "hreflang"},
            {"language": "kk", "id": "a2", "url": "https://vestnik.example/kz/1", "found_in": "path"},
        ],
        "edits": [
            {
                "revision": 2,
                "captured_at": "2026-03-03T10:30:20+00:00",
                "changed": ["title", "text"],
                "silent": True,
                "previous_last_seen": "2026-03-03T09:00:00+00:00",
            }
        ],
        "states": [
            {
                "state": "live",
                "since": "2026-03-03T09:00:00+00:00",
                "last_seen": "2026-03-03T10:30:20+00:00",
                "record_id": "<urn:uuid:1>",
                "status": 200,
            }
        ],
        "excerpts": [],
    }
    assert list(row["languages"]) == ["ru", "kk"]
    assert list(row) == schema()["required"]
    traced = provenance_row(article)
    assert list(traced) == list(schema()["properties"])
    assert traced["states"] == [{**row["states"][0], "file": "20260303.warc.gz", "offset": 1200}]


def test_the_keys_are_those_of_the_contract_in_its_order(article: Article) -> None:
    contract = Path(__file__).resolve().parents[3].parent / "shared" / "design" / "contract.md"
    if not contract.is_file():
        pytest.skip("the contract is not beside this checkout")
    section = contract.read_text("utf-8").split("## One JSONL line")[1].split("`id` is stable")[0].split("\n", 1)[1]
    later = ["languages", "editions", "edits", "states", "excerpts"]
    keys = list(corpus_row(article))
    assert keys[-len(later) :] == later
    places = [section.find(f"`{key}`") for key in keys[: -len(later)]]
    assert -1 not in places
    assert places == sorted(places)


@pytest.mark.parametrize("kind", SourceKind)
@pytest.mark.parametrize("precision", Precision)
@pytest.mark.parametrize("state", ArticleState)
def test_every_article_fits_the_schema(
    article: Article, with_text: Callable[..., Article], kind: SourceKind, precision: Precision, state: ArticleState
) -> None:
    stamp = article.extraction.published
    assert isinstance(stamp, DateStamp)
    full = with_text(published=replace(stamp, precision=precision))
    full = replace(full, source=replace(full.source, kind=kind), state=state)
    bare = with_text(
        lead="", text="", authors=(), section="", tags=(), images=(), published=None, modified=None, extractor="", language="und"
    )
    bare = replace(bare, extraction=replace(bare.extraction, languages=()), editions=())
    for each in (full, replace(bare, topics=())):
        VALIDATOR.validate(corpus_row(each))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["id"], None),
        (["url"], "ftp://vestnik.example/"),
        (["source", "kind"], "blog"),
        (["published", "at"], "2026-03-03"),
        (["published", "precision"], "day"),
        (["published"], {}),
        (["captured_at"], "2026-03-03T10:30:20Z"),
        (["revision"], 0),
        (["words"], -1),
        (["text_sha256"], "ab"),
        (["warc", "payload_digest"], "ABC"),
        (["cluster"], {"id": "c"}),
        (["topics"], [{"topic": "reform"}]),
        (["languages"], {"ru": 1.2}),
        (["languages"], None),
        (["editions"], [{"language": "kk", "id": "", "url": "https://a.kz/", "found_in": "path"}]),
        (["editions"], [{"language": "kk", "id": None, "url": "https://a.kz/", "found_in": "guess"}]),
    ],
)
def test_the_schema_refuses_what_is_wrong(article: Article, path: list[str], value: Any) -> None:
    row: Any = copy.deepcopy(corpus_row(article))
    place = row
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert not VALIDATOR.is_valid(row)


def test_every_key_is_required_and_later_keys_do_not_break_old_readers(article: Article) -> None:
    row = corpus_row(article)
    for key in row:
        assert not VALIDATOR.is_valid({name: value for name, value in row.items() if name != key}), key
    assert VALIDATOR.is_valid({**row, "entities": []})


def test_the_schema_is_a_schema_and_bears_its_name() -> None:
    Draft202012Validator.check_schema(schema())
    assert schema()["title"] == SCHEMA_NAME == "news-harvester/article/1"
