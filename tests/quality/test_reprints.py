"""What the archive makes of the reprint gold: who is found, and who is taken for whom."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from itertools import combinations
from typing import TYPE_CHECKING

import pytest

from pipelines.fingerprints import content_digest, sketch, text_digest
from pipelines.urls import article_id
from storage.archive import Archive
from storage.model.articles import DateStamp, Extraction, Precision
from storage.model.capture_result import ArticleUpdate, CaptureResult
from storage.model.captures import Capture, Outcome, OutcomeKind, WarcPointer
from storage.model.sources import Source, SourceKind
from storage.query import ArticleQuery
from tests.quality.reprints import KINDS, GoldText, gold

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

RECALL = {**dict.fromkeys(KINDS, 0.95), "inside": 0.75}
PRECISION = 0.99


def store(directory: Path, texts: Sequence[GoldText]) -> dict[str, str]:
    """An archive of the texts, each an article of its outlet; returns the cluster of every article, by its id."""
    with Archive.held(directory, "test") as archive:
        keep(archive, texts)
        return {article.id: article.cluster.id if article.cluster else "" for article in archive.articles(ArticleQuery())}


def keep(archive: Archive, texts: Sequence[GoldText]) -> None:
    """Put the texts into an archive, one transaction each."""
    for outlet in sorted({text.outlet for text in texts}):
        archive.keep_source(Source(outlet, outlet, SourceKind.ONLINE, f"https://{outlet}.example/"))
    run = archive.start_run("crawl", "test")
    for number, text in enumerate(texts):
        archive.record_capture(run, _settlement(number, text))


def _settlement(number: int, text: GoldText) -> CaptureResult:
    url = f"https://{text.outlet}.example/{text.story}/{number}"
    stamp = DateStamp(text.published, Precision.MINUTE, "", "test", "UTC")
    read = Extraction(text.title, "", text.text, text.language, published=stamp, text_sha256=text_digest(text.text), line="1")
    change = ArticleUpdate(article_id(text.outlet, url), url, read, content_digest(read), (), sketch(text.text))
    pointer = WarcPointer("a.warc.gz", number, 1, f"<urn:{number}>")
    capture = Capture(text.outlet, url, text.published + timedelta(days=9), 200, "text/html", "sha256:A", pointer)
    return CaptureResult(capture, Outcome(OutcomeKind.NEW, article=change.id), change=change)


def article_of(number: int, text: GoldText) -> str:
    return article_id(text.outlet, f"https://{text.outlet}.example/{text.story}/{number}")


@pytest.mark.parametrize("seed", [2026, 1])
def test_reprints_are_found_and_only_reprints(tmp_path: Path, seed: int) -> None:
    texts = gold(seed)
    assert len(texts) >= 300
    cluster_of = store(tmp_path / "archive", texts)
    clusters = [cluster_of[article_of(number, text)] for number, text in enumerate(texts)]
    home = {text.story: cluster for text, cluster in zip(texts, clusters, strict=True) if text.kind == "original"}
    found, all_of = Counter[str](), Counter(text.kind for text in texts)
    together = defaultdict(list)
    for text, cluster in zip(texts, clusters, strict=True):
        found[text.kind] += bool(cluster) and cluster == home[text.story]
        if cluster:
            together[cluster].append(text.story)
    recall = {kind: found[kind] / all_of[kind] for kind in KINDS}
    pairs = [one == other for stories in together.values() for one, other in combinations(stories, 2)]
    assert all(recall[kind] >= RECALL[kind] for kind in KINDS), recall
    assert sum(pairs) / len(pairs) >= PRECISION, f"{pairs.count(False)} of {len(pairs)} pairs are false"
