"""The extraction against trafilatura's own, on the same pages: `python -m benchmarks.extraction [CORPUS]`.

Prints pages a second of CPU time (the fastest of three rounds), the shingle F1 and the peak memory of each, every contender in a process
of its own that has read a few pages before the clock starts, and the ratio of the speeds.
"""

from __future__ import annotations

import multiprocessing
import resource
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from tests.quality.corpora import read_corpus, shingle_f1

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipelines.draft import Draft
    from pipelines.rules import TopicRules

_WARMING = 5  # pages
_ROUNDS = 3  # other work on the machine slows single ones by a fifth


@dataclass(frozen=True)
class Result:
    """What one contender did with a corpus; memory in MiB, the pages themselves and the interpreter included."""

    contender: str
    pages_a_second: float
    f1: float
    peak_memory: float


@cache
def _topic() -> TopicRules:
    from harvester.catalogue.topics import find_topic

    return find_topic("constitutional-reform")


def our_text(draft: Draft) -> str:
    """The text that the extraction stage reads."""
    from pipelines.extraction.extract import extract

    return extract(draft).reading.text


def our_line(draft: Draft) -> str:
    """The text after every stage that only reads: extraction, dates, relevance to the built-in topic, fingerprints."""
    from pipelines.pipeline import read

    return read(replace(draft, rules=replace(draft.rules, topics=(_topic(),), keep_all=True))).reading.text


def trafilatura_text(draft: Draft) -> str:
    """The text that trafilatura reads with its default settings and metadata."""
    import trafilatura

    found = trafilatura.bare_extraction(draft.page.body, url=draft.page.url, with_metadata=True)
    return getattr(found, "text", None) or ""


def measure(read: Callable[[Draft], str], corpus: str) -> Result:
    """Reads a corpus once, on the clock; any stage or line of stages can be given that makes a text of a draft."""
    from htmldate.extractors import month_words

    month_words()  # dateparser's 200 locale files: read once a process, by either contender, for the first date with no known month
    pages = read_corpus(corpus)
    for gold in pages[:_WARMING]:
        read(gold.draft())
    start = time.process_time()
    texts = [read(gold.draft()) for gold in pages]
    seconds = time.process_time() - start
    f1 = shingle_f1(zip(texts, (gold.text for gold in pages), strict=True))
    return Result(read.__name__, len(pages) / seconds, f1, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def compare(contenders: list[Callable[[Draft], str]], corpus: str) -> list[Result]:
    """Measures the contenders in turn, _ROUNDS times, each in a fresh process, and keeps the fastest round of each."""
    rounds = [[_measured_alone(contender, corpus) for contender in contenders] for _ in range(_ROUNDS)]
    return [max(results, key=lambda result: result.pages_a_second) for results in zip(*rounds, strict=True)]


def _measured_alone(contender: Callable[[Draft], str], corpus: str) -> Result:
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as alone:
        return alone.submit(measure, contender, corpus).result()


def main(corpus: str = "aeb") -> None:
    *ours, theirs = compare([our_text, our_line, trafilatura_text], corpus)
    for result in (*ours, theirs):
        ratio = result.pages_a_second / theirs.pages_a_second
        figures = f"{result.pages_a_second:7.1f} pages/s   ratio {ratio:5.2f}   F1 {result.f1:.4f}   peak {result.peak_memory:.0f} MiB"
        print(f"{result.contender:17} {figures}")


if __name__ == "__main__":
    main(*sys.argv[1:2])
