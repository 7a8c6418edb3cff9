from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event, insert, select, update

from storage.database.engine import Database
from storage.database.schema import migrate
from storage.database.tables import ArticleRow, AuthorRow, CaptureRow, ExtractionRow, RunRow, SourceRow, StateRow, TagRow, TopicRow
from storage.errors import UsageError
from storage.query import FIRST_BATCH, RANKED, ArticleQuery, count, count_undated, hits, numbers
from storage.search.sqlite import index

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy.orm import Session

ALMATY = timezone(timedelta(hours=5))
SEEN = datetime(2026, 3, 3, 10, 0, tzinfo=UTC)


class Shelf:
    """A small archive, filled straight into the tables."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._number = 0
        self._rows: dict[type, list[dict[str, Any]]] = {
            table: [] for table in (CaptureRow, ExtractionRow, ArticleRow, AuthorRow, TagRow, TopicRow)
        }
        self._words: list[tuple[int, str, str, str, str]] = []

    def put(self, title: str = "Закон", text: str = "Текст.", moment: datetime | None = None, **facts: Any) -> int:
        """Add one article; `facts` may be source, language, section, tags, authors, topics and lead."""
        self._number += 1
        number, source, language = self._number, facts.get("source", "paper"), facts.get("language", "ru")
        section, lead = facts.get("section", ""), facts.get("lead", "")
        self._rows[CaptureRow].append(
            {"id": number, "run_id": 1, "source_id": source, "url": f"https://n.example/{number}", "captured_at": SEEN, "status": 200}
            | {"content_type": "text/html", "payload_digest": "sha256:A", "warc_file": "a.warc.gz", "warc_offset": number}
            | {"warc_length": 9, "record_id": f"r{number}"},
        )
        self._rows[ExtractionRow].append(
            {"id": number, "capture_id": number, "line": "1", "extractor": "1", "title": title, "lead": lead, "text": text}
            | {"language": language, "section": section, "text_sha256": "0" * 64, "content_sha256": "0" * 64},
        )
        self._rows[ArticleRow].append(
            {"number": number, "id": f"a{number}", "source_id": source, "url": f"https://n.example/{number}", "state": "live"}
            | {"first_seen_at": SEEN, "language": language, "section": section, "published_at": moment, "revisions": 1}
            | {"published_day": moment.date().isoformat() if moment else None, "extraction_id": number},
        )
        self._rows[AuthorRow] += [{"extraction_id": number, "position": p, "name": x} for p, x in enumerate(facts.get("authors", ()))]
        self._rows[TagRow] += [{"extraction_id": number, "position": p, "tag": x} for p, x in enumerate(facts.get("tags", ()))]
        self._rows[TopicRow] += [{"article_number": number, "topic": x, "score": 1.0, "matched": "[]"} for x in facts.get("topics", ())]
        self._words.append((number, title, lead, text, language))
        return number

    @contextmanager
    def read_session(self) -> Iterator[Session]:
        self.database.write(self._write)
        with self.database.read_session() as session:
            yield session

    def _write(self, session: Session) -> None:
        if session.scalar(select(RunRow.id)) is None:
            session.execute(insert(RunRow), [{"id": 1, "kind": "crawl", "started_at": SEEN, "ended": "", "version": "1"}])
            shared = {"home": "https://n.example/", "languages": "ru kk", "timezone": "Asia/Almaty"}
            kinds = {"paper": "newspaper", "state": "official"}
            session.execute(insert(SourceRow), [{"id": name, "name": name, "kind": kind, **shared} for name, kind in kinds.items()])
        for table, rows in self._rows.items():
            if rows:
                session.execute(insert(table), rows)
                rows.clear()
        for words in self._words:
            index(session, *words)
        self._words.clear()


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    database = Database(tmp_path / "archive.sqlite3")
    migrate(database)
    yield Shelf(database)
    database.close()


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield statements
    event.remove(database.engine, "before_cursor_execute", note)


def on(day: int, hour: int = 12) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=ALMATY)


# ── the value ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"since": date(2026, 3, 2), "until": date(2026, 3, 1)}, "since .* until"),
        ({"sort": "oldest"}, "sort cannot be 'oldest'"),
        ({"limit": -1}, "limit cannot be -1"),
        ({"kinds": ("blog",)}, "kinds cannot hold 'blog'"),
        ({"states": ("dead",)}, "states cannot hold 'dead'"),
        ({"limit": 10**20}, "limit cannot be 100000000000000000000"),
        *(({"languages": ("ru", wrong)}, "languages cannot hold") for wrong in ("kazakh", "ru,kk", "k%", "r", "ru-", "русский", "kk Latn")),
    ],
)
def test_what_cannot_be_meant_is_refused_by_name(fields: dict[str, Any], named: str) -> None:
    with pytest.raises(UsageError, match=named) as caught:
        ArticleQuery(**fields)
    assert caught.value.hint


def test_a_query_as_json_values_is_whole() -> None:
    query = ArticleQuery("закон", sources=("a", "b"), since=date(2026, 3, 1), limit=5)
    assert query.as_dict() == {
        "words": "закон",
        "sources": ["a", "b"],
        "since": "2026-03-01",
        "until": None,
        "languages": [],
        "sections": [],
        "tags": [],
        "authors": [],
        "kinds": [],
        "topics": [],
        "states": [],
        "changed": False,
        "silent": False,
        "sort": "newest",
        "limit": 5,
        "collapse": False,
        "edited_since": None,
        "gone_since": None,
        "seen_since": None,
        "undated": False,
    }


def test_words_that_cannot_be_searched_are_refused_at_once(shelf: Shelf) -> None:
    with shelf.read_session() as session:
        for ask in (numbers, count, hits):
            with pytest.raises(UsageError):
                ask(session, ArticleQuery("-закон"))


# ── filters ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_filters_choose_and_hold_together(shelf: Shelf) -> None:
    a = shelf.put("Закон", moment=on(1), section="Қоғам", tags=["Реформа", "Ёлка"], authors=["Ербол Әлиев"], topics=["law"])
    b = shelf.put("Закон", moment=on(2), source="state", language="kk", section="Политика", topics=["law", "poll"])
    c = shelf.put("Право", moment=on(3), language="kk-Latn", authors=["А. Автор", "ербол  әлиев"])
    d = shelf.put("Право", language="kk-Arab", tags=["реформа"])
    e = shelf.put("Право", moment=on(4), language="kky")
    expected: list[tuple[dict[str, Any], set[int]]] = [
        ({}, {a, b, c, d, e}),
        ({"words": "  "}, {a, b, c, d, e}),
        ({"words": "законы"}, {a, b}),
        ({"sources": ("state",)}, {b}),
        ({"sources": ("state", "paper")}, {a, b, c, d, e}),
        ({"sources": ("nobody",)}, set()),
        ({"kinds": ("official",)}, {b}),
        ({"kinds": ("official", "newspaper")}, {a, b, c, d, e}),
        ({"languages": ("kk",)}, {b, c, d}),
        ({"languages": ("kk-Latn", "ru")}, {a, c}),
        ({"sections": ("ҚОҒАМ",)}, {a}),
        ({"sections": ("қоғам", "политика")}, {a, b}),
        ({"tags": ("РЕФОРМА",)}, {a, d}),
        ({"tags": ("рефор",)}, set()),
        ({"authors": ("ЕРБОЛ ӘЛИЕВ",)}, {a, c}),
        ({"authors": "әлиев"}, {a, c}),
        ({"authors": "Әлиев, Ербол"}, {a, c}),
        ({"authors": ("әли", "автор")}, {c}),
        ({"sources": "STATE"}, {b}),
        ({"languages": "KK-latn"}, {c}),
        ({"languages": "kk_Latn"}, {c}),
        ({"topics": ("law",)}, {a, b}),
        ({"topics": ("poll", "none")}, {b}),
        ({"words": "закон", "topics": ("law",), "languages": ("ru",), "sections": ("қоғам",), "tags": ("ёлка",)}, {a}),
        ({"words": "право", "topics": ("law",)}, set()),
        ({"tags": ("' OR 1=1 --",)}, set()),
    ]
    with shelf.read_session() as session:
        for fields, found in expected:
            query = ArticleQuery(**fields)
            assert set(numbers(session, query)) == found, fields
            assert count(session, query) == len(found), fields


def test_days_are_those_printed_both_ends_included_and_undated_articles_are_on_none(shelf: Shelf) -> None:
    shelf.put()
    early = shelf.put(moment=on(2, hour=1))  # the evening of the day before, in UTC
    late = shelf.put(moment=on(2, hour=23))
    after = shelf.put(moment=on(3, hour=0))
    with shelf.read_session() as session:
        day = ArticleQuery(since=date(2026, 3, 2), until=date(2026, 3, 2))
        assert list(numbers(session, day)) == [late, early]
        assert list(numbers(session, ArticleQuery(since=date(2026, 3, 3)))) == [after]
        assert list(numbers(session, ArticleQuery(until=date(2026, 3, 2)))) == [late, early]


def test_what_was_gone_before_a_day_is_not_gone_since_then(shelf: Shelf) -> None:
    histories = {
        "lately": [("live", 1), ("gone", 12)],
        "softly": [("live", 1), ("soft-gone", 12), ("gone", 14)],
        "again": [("live", 1), ("gone", 3), ("live", 5), ("gone", 12)],
        "before": [("live", 1), ("gone", 9), ("soft-gone", 12)],
        "back": [("live", 1), ("gone", 12), ("live", 13)],
        "moved": [("live", 1), ("moved", 12)],
        "walled": [("live", 1), ("gone", 3), ("paywalled", 8), ("gone", 12)],
    }
    placed = {name: shelf.put(moment=on(1)) for name in histories}
    with shelf.read_session():
        pass

    def write(session: Session) -> None:
        for name, spans in histories.items():
            session.execute(update(ArticleRow).where(ArticleRow.number == placed[name]).values(state=spans[-1][0]))
            for state, day in spans:
                seen = datetime(2026, 3, day, tzinfo=UTC)
                row = {"state": state, "since": seen, "last_seen": seen, "capture_id": placed[name]}
                session.execute(insert(StateRow), [{"article_number": placed[name], **row}])

    shelf.database.write(write)
    with shelf.database.read_session() as session:
        found = set(numbers(session, ArticleQuery(gone_since="2026-03-10")))
    assert {name for name, number in placed.items() if number in found} == {"lately", "softly", "again", "walled"}


def test_undated_articles_are_counted_when_a_date_leaves_them_out(shelf: Shelf) -> None:
    shelf.put("Новый закон", moment=on(1))
    for title in ("Новый закон", "Закон новый", "Погода"):
        shelf.put(title)
    with shelf.read_session() as session:
        for words, expected in (("", 3), ("закон", 2), ("«новый закон»", 1), ("выборы", 0)):
            assert count_undated(session, ArticleQuery(words, since="2026")) == expected
            assert count_undated(session, ArticleQuery(words, until="2025")) == expected
            assert (
                count_undated(session, ArticleQuery(words)) == count_undated(session, ArticleQuery(words, until="2025", undated=True)) == 0
            )
        assert count(session, ArticleQuery("закон", since="2026", undated=True)) == 3
        assert count(session, ArticleQuery("закон", until="2025", undated=True)) == 2


def test_filters_work_on_every_connection(shelf: Shelf) -> None:
    a = shelf.put(section="Қоғам")
    query = ArticleQuery(sections=("ҚОҒАМ",))
    with shelf.read_session() as first, shelf.database.read_session() as second:
        assert list(numbers(first, query)) == list(numbers(second, query)) == [a]
        assert list(numbers(first, query)) == [a]


# ── order ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_newest_come_first_undated_ones_last_over_many_batches(shelf: Shelf) -> None:
    places = []
    for n in range(FIRST_BATCH * 4):
        moment = None if n % 5 == 0 else on(1 + n * 7 % 9, hour=n % 3)
        places.append((moment, shelf.put(moment=moment)))
    expected = [number for moment, number in sorted((m, n) for m, n in places if m)][::-1]
    expected += sorted((n for m, n in places if m is None), reverse=True)
    with shelf.read_session() as session:
        assert list(numbers(session, ArticleQuery())) == expected
        assert list(numbers(session, ArticleQuery("закон"))) == expected
        assert list(numbers(session, ArticleQuery("закон", limit=7))) == expected[:7]
        assert list(numbers(session, ArticleQuery(limit=0))) == []
        assert count(session, ArticleQuery(limit=7)) == len(expected)


def test_phrases_are_found_over_many_batches(shelf: Shelf) -> None:
    kept = [shelf.put("Новый закон" if n % 50 == 0 else "Закон новый", moment=on(1 + n % 9)) for n in range(FIRST_BATCH * 3)][::50]
    with shelf.read_session() as session:
        assert sorted(numbers(session, ArticleQuery("«новый закон»"))) == kept
        assert count(session, ArticleQuery("«новый закон»")) == len(kept)
        assert count(session, ArticleQuery("закон -«новый закон»")) == FIRST_BATCH * 3 - len(kept)


def test_rank_puts_the_better_first_then_the_newer(shelf: Shelf) -> None:
    weak = shelf.put("Погода", "Слово о законе и о погоде.", moment=on(9))
    strong = shelf.put("Новый закон", "Слово о законе и о погоде.", moment=on(1))
    twin = shelf.put("Новый закон", "Слово о законе и о погоде.", moment=on(2))
    for _ in range(3):
        shelf.put("Погода", "Ясно, солнечно, тепло.")
    with shelf.read_session() as session:
        assert list(numbers(session, ArticleQuery("закон", sort="rank"))) == [twin, strong, weak]
        found = hits(session, ArticleQuery("закон", sort="rank"))
        assert [hit.rank is not None for hit in found] == [True] * 3
        assert found[0].rank == found[1].rank
        assert list(numbers(session, ArticleQuery(sort="rank", limit=1))) == [weak]


def test_behind_the_ranked_ones_the_older_follow(shelf: Shelf) -> None:
    old = shelf.put("Закон закон", "Закон.", moment=on(1))
    for _ in range(RANKED):
        shelf.put("Погода", "Законы и погода.", moment=on(2))
    with shelf.read_session() as session:
        found = list(numbers(session, ArticleQuery("закон", sort="rank")))
    assert len(found) == len(set(found)) == RANKED + 1
    assert found[-1] == old


# ── hits ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_hit_shows_the_article_and_the_words_found(shelf: Shelf) -> None:
    shelf.put("Конституция принята", "Первый.\nО конституции и законе.", moment=on(1), lead="Лид.", authors=["А", "Б"], tags=["Право"])
    with shelf.read_session() as session:
        (hit,) = hits(session, ArticleQuery("конституций"))
    assert hit.article.id == "a1"
    assert hit.article.extraction.authors == ("А", "Б")
    assert hit.rank is None
    assert [hit.title.text[a:b] for a, b in hit.title.marks] == ["Конституция"]
    assert hit.text.text == "Лид. Первый. О конституции и законе."
    assert [hit.text.text[a:b] for a, b in hit.text.marks] == ["конституции"]


def test_hits_without_words_are_the_newest_without_marks(shelf: Shelf) -> None:
    shelf.put("Раз", moment=on(1))
    shelf.put("Два", moment=on(2))
    with shelf.read_session() as session:
        found = hits(session, ArticleQuery(limit=5))
    assert [(hit.title.text, hit.title.marks, hit.text.text) for hit in found] == [("Два", (), "Текст."), ("Раз", (), "Текст.")]


@pytest.mark.parametrize("query", [ArticleQuery("закон"), ArticleQuery("«новый закон»", sort="rank"), ArticleQuery(tags=("право",))])
def test_the_number_of_statements_does_not_grow_with_the_page(shelf: Shelf, query: ArticleQuery) -> None:
    for _ in range(60):
        shelf.put("Новый закон", moment=on(1), tags=["Право"], authors=["А"], topics=["law"])
    counts = []
    with shelf.read_session() as session:
        count(session, query)  # begins the transaction
        for limit in (2, 50):
            session.expunge_all()
            with counted(shelf.database) as statements:
                assert len(hits(session, replace(query, limit=limit))) == limit
            counts.append(len(statements))
    assert counts[0] == counts[1] <= 17


def test_finding_never_reads_the_long_texts(shelf: Shelf) -> None:
    shelf.put(moment=on(1), tags=["Право"])
    query = ArticleQuery("закон", languages=("ru",), tags=("право",), since=date(2026, 1, 1))
    with shelf.read_session() as session, counted(shelf.database) as statements:
        assert list(numbers(session, query)) == [1]
    assert statements
    assert not any("extractions" in statement for statement in statements)
