"""Stories: articles about one event, whoever wrote them; a wider relation than reprints, computed on request.

An article is a vector of its heaviest words: tf-idf over the keys of its words (storage.language.words), the
headline counted twice, weighted within the selected articles. In order of time, each article joins the story
to which it is most similar, among those whose last article is less than DAYS older; it starts a new story
where no similarity reaches LIKE. Texts in different languages share no keys, so a story has one language.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TYPE_CHECKING

from storage.clustering.marks import read_articles
from storage.language.words import keys
from storage.model.clusters import Story, StoryArticle
from storage.query import numbers
from storage.repositories import article_loader

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from storage.model.articles import Article
    from storage.query import ArticleQuery

MOST_ARTICLES = 2000
"""Maximum number of articles that are compared: the newest of those that a query matches."""

LIKE = 0.25
"""Cosine from which an article belongs to a story."""

DAYS = 3
"""Gap in days after the last article of a story from which a similar article starts a new story."""

HEAVIEST = 60
"""Words in the vector of an article: those with the largest weights."""

_BATCH = 200


@dataclass(slots=True)
class _Sketch:
    """An article while stories are computed: number, language, moment, and words (counts, later weights)."""

    number: int
    language: str
    moment: datetime
    words: Mapping[str, float]


@dataclass(slots=True)
class _Thread:
    """A story under construction: its articles, and the sum of their vectors."""

    articles: list[_Sketch] = field(default_factory=list)
    total: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))

    def add(self, article: _Sketch) -> None:
        self.articles.append(article)
        for word, weight in article.words.items():
            self.total[word] += weight

    def likeness(self, article: _Sketch, *, is_one_of_them: bool = False) -> float:
        """Return the cosine of an article and the sum of the articles.

        With `is_one_of_them`, the article itself is subtracted from that sum.
        """
        product = sum(weight * self.total.get(word, 0.0) for word, weight in article.words.items())
        square = sum(weight * weight for weight in self.total.values())
        if is_one_of_them:
            product, square = product - 1, square - 2 * product + 1
        return product / math.sqrt(square) if square > 0 else 0.0

    def cohesion(self) -> float:
        """Return the average cosine of two articles of the story."""
        count, square = len(self.articles), sum(weight * weight for weight in self.total.values())
        return (square - count) / (count * (count - 1))


def stories(session: Session, query: ArticleQuery, limit: int) -> list[Story]:
    """Return the stories among the articles of a query.

    A story has at least two articles, one for all reprints of a text. The newest articles of the query are
    compared, up to its limit and to MOST_ARTICLES. The story with the newest last article comes first; at
    most `limit` are returned.
    """
    most = MOST_ARTICLES if query.limit is None else min(query.limit, MOST_ARTICLES)
    asked = replace(query, sort="newest", limit=most, collapse=True)
    sketches = _weighed(list(_counted(session, list(numbers(session, asked)))))
    threads = [thread for thread in _threads(sketches) if len(thread.articles) > 1]
    threads.sort(key=lambda thread: (thread.articles[-1].moment, thread.articles[-1].number), reverse=True)
    return [_story(session, thread) for thread in islice(threads, limit)]


def _counted(session: Session, asked: list[int]) -> Iterator[_Sketch]:
    """Yield the articles with the number of times that each word occurs; texts are held for one batch."""
    for start in range(0, len(asked), _BATCH):
        batch = asked[start : start + _BATCH]
        for number, article in zip(batch, article_loader.read_articles(session, batch), strict=True):
            read = article.extraction
            counts = Counter(keys(f"{read.title}\n{read.title}\n{read.lead}\n{read.text}", read.language))
            yield _Sketch(number, read.language, _moment(article), counts)
        session.expunge_all()


def _moment(article: Article) -> datetime:
    published = article.extraction.published
    return published.moment if published else article.first_seen_at


def _weighed(counted: list[_Sketch]) -> list[_Sketch]:
    """Weight the words of articles by tf-idf within their language; keep the heaviest, at length 1."""
    articles = Counter(article.language for article in counted)
    spread = Counter((article.language, word) for article in counted for word in article.words)
    for article in counted:
        language, among = article.language, articles[article.language]
        weights = {word: (1 + math.log(n)) * math.log(1 + among / spread[language, word]) for word, n in article.words.items()}
        heaviest = sorted(weights, key=lambda word: (-weights[word], word))[:HEAVIEST]
        length = math.sqrt(sum(weights[word] ** 2 for word in heaviest)) or 1.0
        article.words = {word: weights[word] / length for word in heaviest}
    return counted


def _threads(articles: list[_Sketch]) -> list[_Thread]:
    threads: list[_Thread] = []
    by_word: defaultdict[str, set[int]] = defaultdict(set)
    for article in sorted(articles, key=lambda x: (x.moment, x.number)):
        near = Counter(place for word in article.words for place in by_word[word])
        open_ones = [place for place in near if (article.moment - threads[place].articles[-1].moment).days < DAYS]
        best = max(((threads[place].likeness(article), -place) for place in open_ones), default=(0.0, 0))
        if best[0] >= LIKE:
            place = -best[1]
        else:
            place = len(threads)
            threads.append(_Thread())
        threads[place].add(article)
        for word in article.words:
            by_word[word].add(place)
    return threads


def _story(session: Session, thread: _Thread) -> Story:
    shown = read_articles(session, [article.number for article in thread.articles])
    scores = [round(thread.likeness(article, is_one_of_them=True), 4) for article in thread.articles]
    tellings = tuple(StoryArticle(article, score) for article, score in zip(shown, scores, strict=True))
    return Story(round(thread.cohesion(), 4), tellings)
