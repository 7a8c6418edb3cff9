"""What the archive makes of texts that collect others: who is joined, and which excerpts are known."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations
from typing import TYPE_CHECKING

from storage.archive import Archive
from storage.query import ArticleQuery
from tests.quality.collecting import DIGESTS, LANGUAGES, QUOTING, WHOLE_COPIES, collecting_gold
from tests.quality.test_reprints import article_of, keep

if TYPE_CHECKING:
    from pathlib import Path

    from storage.model.articles import Article
    from tests.quality.reprints import GoldText

PRECISION = 0.99
RECALL = 0.99
EXCERPTS = 0.75
DIGESTS_KNOWN = 0.85


def test_collecting_texts_join_nothing_and_their_excerpts_are_known(tmp_path: Path) -> None:
    texts, made = collecting_gold()
    assert len(made) >= 60
    assert {found.text.language for found in made} == set(LANGUAGES)
    with Archive.held(tmp_path / "archive", "test") as archive:
        keep(archive, texts)
        by_id = {article.id: article for article in archive.articles(ArticleQuery())}
    articles = {id(text): by_id[article_of(number, text)] for number, text in enumerate(texts)}
    originals = {text.story: articles[id(text)] for text in texts if text.kind == "original"}

    pairs = _pairs(texts, articles)
    assert sum(pairs) / len(pairs) >= PRECISION, f"{pairs.count(False)} of {len(pairs)} pairs are false"

    whole = [(text, articles[id(text)]) for text in texts if text.kind in WHOLE_COPIES]
    found = [article.cluster is not None and article.cluster.id == _home(originals[text.story]) for text, article in whole]
    assert sum(found) / len(found) >= RECALL, [text.kind for (text, _), good in zip(whole, found, strict=True) if not good]

    known = [_home(originals[quoted]) in _held(articles[id(one.text)]) for one in made for quoted in one.quoted if one.text.kind in QUOTING]
    assert sum(known) / len(known) >= EXCERPTS, sum(known) / len(known)

    digests = [articles[id(one.text)].excerpts for one in made if one.text.kind in DIGESTS]
    assert sum(bool(shared and shared.is_digest) for shared in digests) / len(digests) >= DIGESTS_KNOWN


def _pairs(texts: list[GoldText], articles: dict[int, Article]) -> list[bool]:
    """Of every pair of articles in one cluster, whether they tell one story."""
    together = defaultdict(list)
    for text in texts:
        cluster = articles[id(text)].cluster
        if cluster is not None:
            together[cluster.id].append(text.story)
    return [one == other for stories in together.values() for one, other in combinations(stories, 2)]


def _home(article: Article) -> str:
    return article.cluster.id if article.cluster else article.id


def _held(article: Article) -> set[str]:
    return {x.cluster or x.article for x in article.excerpts.held} if article.excerpts else set()
