"""Clusters as the archive decides them: who joins, who leaves, what keeps its id, and the traps of real news."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, event, func, select, update

from pipelines.fingerprints import content_digest, sketch, text_digest
from pipelines.urls import article_id
from storage.archive import Archive
from storage.clustering.backlog import catch_up
from storage.database.cluster_tables import BoilerplateRow, ExcerptRow, MembershipRow
from storage.errors import ArchiveUnusable
from storage.model.articles import ClusterMark, DateStamp, Extraction, Precision
from storage.model.capture_result import ArticleUpdate, CaptureResult
from storage.model.captures import Capture, Outcome, OutcomeKind, WarcPointer
from storage.model.reprints import Excerpts, ReprintKind
from storage.model.sources import Source, SourceKind
from storage.query import ArticleQuery
from tests.quality.reprints import gold
from tests.storage.filling import fill
from tests.storage.test_migrations import before

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy.orm import Session

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
STORIES = [text for text in gold() if text.kind == "original"]
TEXT, OTHER, THIRD = (next(x.text for x in STORIES if x.story == name) for name in (
    "shod-v-akzhazyke-govorili-do-nochi", "debaty-bez-shpargalok", "pravo-eto-yazyk-doveriya"))  # fmt: skip


class Newsroom:
    """Articles put into an archive: by default each at a source of its own, published and seen an hour after the one before it."""

    def __init__(self, archive: Archive) -> None:
        self.archive, self.run, self.captured = archive, archive.start_run("crawl", "test"), 0

    def publish(
        self,
        name: str,
        text: str,
        *,
        title: str = "Заголовок",
        at: datetime | None = None,
        precision: Precision | None = Precision.MINUTE,
        seen: datetime | None = None,
        kind: OutcomeKind = OutcomeKind.NEW,
    ) -> str:
        """Store an article (source/path) and return its id. Without a precision it is undated."""
        self.captured += 1
        source, _, path = name.partition("/")
        moment = NOON + timedelta(hours=self.captured)
        self.archive.keep_source(Source(source, source, SourceKind.ONLINE, f"https://{source}.example/"))
        url = f"https://{source}.example/{path}"
        stamp = DateStamp(at or moment, precision, "", "test", "UTC") if precision else None
        read = Extraction(title, "", text, "ru", published=stamp, text_sha256=text_digest(text), line="1")
        change = ArticleUpdate(article_id(source, url), url, read, content_digest(read), (), sketch(text))
        pointer = WarcPointer("a.warc.gz", self.captured, 1, f"<urn:{self.captured}>")
        capture = Capture(source, url, seen or moment, 200, "text/html", "sha256:A", pointer)
        self.archive.record_capture(self.run, CaptureResult(capture, Outcome(kind, article=change.id), change=change))
        return change.id

    def mark(self, article: str) -> ClusterMark | None:
        found = self.archive.article(article)
        assert found is not None
        return found[0].cluster

    def excerpts(self, article: str) -> Excerpts:
        found = self.archive.article(article)
        assert found is not None
        return found[0].excerpts or Excerpts()

    def together(self, *articles: str) -> bool:
        clusters = {self.archive.cluster(article) for article in articles}
        return len(clusters) == 1 and None not in clusters


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Newsroom]:
    with Archive.held(tmp_path / "archive", "test") as archive:
        yield Newsroom(archive)


def test_reprints_are_listed_by_time_with_lag_similarity_and_kind(room: Newsroom) -> None:
    late = room.publish("late/1", TEXT, at=NOON + timedelta(minutes=90))
    first = room.publish("wire/1", f"ЖЕЗТАУ. СТЕПЬИНФОРМ – {TEXT}", at=NOON)
    part = room.publish("part/1", "\n".join(TEXT.split("\n")[:3]), at=NOON + timedelta(days=1))
    more = room.publish("more/1", f"{TEXT}\n{OTHER}", at=NOON + timedelta(days=2))
    alone = room.publish("alone/1", THIRD)
    cluster = room.archive.cluster(late)
    assert cluster is not None
    assert cluster.original == first
    assert [(x.article, x.source, x.kind, x.lag) for x in cluster.members] == [
        (first, "wire", ReprintKind.ORIGINAL, timedelta()),
        (late, "late", ReprintKind.EDITED, timedelta(minutes=90)),
        (part, "part", ReprintKind.EXCERPT, timedelta(days=1)),
        (more, "more", ReprintKind.CONTAINS, timedelta(days=2)),
    ]
    assert all(x.similarity > 0.95 for x in cluster.members)
    assert room.archive.cluster(cluster.id) == room.archive.cluster("https://part.example/1") == cluster
    last = cluster.members[-1]
    expected = ClusterMark(cluster.id, 4, first, timedelta(days=2), None, last.similarity, ReprintKind.CONTAINS)
    assert room.mark(more) == expected
    assert (room.mark(alone), room.archive.cluster(alone), room.archive.cluster("nothing")) == (None, None, None)


def test_one_outlet_may_reprint_itself(room: Newsroom) -> None:
    assert room.together(room.publish("paper/1", TEXT), room.publish("paper/2", TEXT, title="Другой заголовок"))


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_order_of_arrival_changes_neither_members_nor_original(room: Newsroom, order: tuple[int, ...]) -> None:
    texts = [TEXT, f"{TEXT}\nЧитайте также наш канал.", "\n".join(TEXT.split("\n")[:3])]
    ids = {n: room.publish(f"s{n}/1", texts[n], at=NOON + timedelta(hours=n)) for n in order}
    assert room.together(*ids.values())
    mark = room.mark(ids[0])
    assert mark is not None
    assert (mark.size, mark.original) == (3, ids[0])


def test_dates_to_the_day_tell_the_earliest_when_the_days_differ_else_the_first_sight_does(room: Newsroom) -> None:
    seen = [NOON + timedelta(days=9, minutes=n) for n in range(3)]
    room.publish("a/1", TEXT, at=NOON.replace(hour=0), precision=Precision.DAY, seen=seen[1])
    before = room.publish("b/1", TEXT, at=NOON - timedelta(days=1), seen=seen[2])
    mark = room.mark(before)
    assert mark is not None
    assert mark.original == before
    undated = room.publish("c/1", TEXT, precision=None, seen=seen[0])
    mark = room.mark(before)
    assert mark is not None
    assert mark.original == undated


def test_days_are_those_of_the_source_and_place_an_article_at_their_end(room: Newsroom) -> None:
    almaty, november = ZoneInfo("Asia/Almaty"), datetime(2026, 11, 29, tzinfo=UTC)
    later = room.publish("later/1", TEXT, at=datetime(2026, 3, 18, 10, tzinfo=almaty), seen=november)
    same_day = room.publish("same/1", TEXT, at=datetime(2026, 3, 17, tzinfo=almaty), precision=Precision.DAY, seen=november)
    timed = room.publish("timed/1", TEXT, at=datetime(2026, 3, 17, 18, tzinfo=almaty), seen=november)
    first = room.publish("first/1", TEXT, at=datetime(2026, 3, 16, tzinfo=almaty), precision=Precision.DAY, seen=november)
    month = room.publish("month/1", TEXT, at=datetime(2026, 4, 1, tzinfo=almaty), precision=Precision.MONTH, seen=november)
    undated = room.publish("undated/1", TEXT, precision=None, seen=november + timedelta(hours=1))
    cluster = room.archive.cluster(later)
    assert cluster is not None
    assert [(x.article, x.printed_day, x.printed) for x in cluster.members] == [
        (first, "2026-03-16", False),
        (timed, "2026-03-17", True),
        (same_day, "2026-03-17", False),
        (later, "2026-03-18", True),
        (month, "2026-04", False),
        (undated, "", False),
    ]


def test_what_nothing_tells_is_unknown(room: Newsroom) -> None:
    one, other = (room.publish(f"s{n}/1", TEXT, precision=None, seen=NOON) for n in range(2))
    cluster = room.archive.cluster(one)
    assert cluster is not None
    assert (cluster.original, [x.lag for x in cluster.members], {x.article for x in cluster.members}) == (None, [None, None], {one, other})


def test_a_revision_leaves_its_cluster_and_comes_back(room: Newsroom) -> None:
    first, second = room.publish("a/1", TEXT), room.publish("b/1", TEXT)
    cluster = room.archive.cluster(first)
    assert cluster is not None
    room.publish("b/1", OTHER, kind=OutcomeKind.REVISED)
    assert (room.mark(first), room.mark(second), room.archive.cluster(cluster.id)) == (None, None, None)
    room.publish("b/1", TEXT, kind=OutcomeKind.REVISED)
    back = room.archive.cluster(second)
    assert back is not None
    assert (back.id, len(back.members)) == (cluster.id, 2)


def test_a_copy_of_two_clusters_makes_them_one_and_the_merged_id_leads_to_the_heir(room: Newsroom) -> None:
    words, foreign = TEXT.split(" "), OTHER.split(" ")
    third = len(words) * 3 // 10
    begun = " ".join(foreign[:third] + words[third:])
    ended = " ".join(words[:-third] + foreign[-third:])
    ones, others = ([room.publish(f"{name}{n}/1", text) for n in range(2)] for name, text in (("a", begun), ("b", ended)))
    heir, merged = room.mark(ones[0]), room.mark(others[0])
    assert heir is not None
    assert merged is not None
    assert heir.id != merged.id
    bridge = room.publish("c/1", " ".join(words))
    assert room.together(bridge, *ones, *others)
    cluster = room.archive.cluster(merged.id)
    assert cluster is not None
    assert (cluster.id, len(cluster.members)) == (heir.id, 5)


@pytest.mark.parametrize("place", [0, 1, 2, 3, 4])
def test_a_digest_joins_nothing_whenever_it_arrives(room: Newsroom, place: int) -> None:
    names = ["a0/1", "b0/1", "a1/1", "b1/1"]
    names.insert(place, "digest/1")
    texts = {"a": TEXT, "b": OTHER, "d": f"{TEXT}\n{OTHER}"}
    day = {"at": NOON, "precision": Precision.DAY}
    ids = {name: room.publish(name, texts[name[0]], **day) for name in names}  # type: ignore[arg-type]
    assert room.together(ids["a0/1"], ids["a1/1"])
    assert room.together(ids["b0/1"], ids["b1/1"])
    assert not room.together(ids["a0/1"], ids["b0/1"])
    assert room.mark(ids["digest/1"]) is None
    excerpts = room.excerpts(ids["digest/1"])
    assert excerpts.is_digest
    marks = [room.mark(ids[name]) for name in ("a0/1", "b0/1")]
    assert {x.cluster for x in excerpts.held} == {mark.id for mark in marks if mark}
    assert all(x.share > 0.9 for x in excerpts.held)
    assert [x.article for x in room.excerpts(ids["a0/1"]).quoting] == [ids["digest/1"]]


def test_copies_of_a_digest_are_a_cluster_of_their_own(room: Newsroom) -> None:
    one, digest, other = room.publish("a/1", TEXT), room.publish("d/1", f"{TEXT}\n{OTHER}"), room.publish("b/1", OTHER)
    again = room.publish("d/2", f"{TEXT}\n{OTHER}")
    assert room.together(digest, again)
    assert room.mark(one) is None
    assert room.mark(other) is None


def test_cards_beside_a_copy_collect_nothing(room: Newsroom) -> None:
    original, carded = room.publish("a/1", TEXT), [OTHER, THIRD]
    others = [room.publish(f"b{n}/1", text) for n, text in enumerate(carded)]
    copy = room.publish("c/1", "\n".join([TEXT, "Читайте также:", *(text.split("\n")[0] for text in carded)]))
    assert room.together(original, copy)
    assert [room.mark(x) for x in others] == [None, None]
    excerpts = room.excerpts(copy)
    assert {x.article for x in excerpts.held} <= set(others)
    assert excerpts.held
    assert not excerpts.is_digest


def test_a_cluster_that_an_older_version_joined_through_a_digest_comes_apart(room: Newsroom) -> None:
    ids = [room.publish(name, text) for name, text in (("a0/1", TEXT), ("a1/1", TEXT), ("b0/1", OTHER), ("b1/1", OTHER))]
    digest = room.publish("d/1", f"{TEXT}\n{OTHER}")
    cluster = room.mark(ids[0])

    def as_before(session: Session) -> None:
        number = session.scalar(select(MembershipRow.cluster_number).where(MembershipRow.article_number == 1))
        session.execute(update(MembershipRow).values(cluster_number=number, kind="edited", rules=None))
        session.execute(delete(ExcerptRow))

    room.archive.database.write(as_before)
    assert room.together(*ids, digest)
    assert catch_up(room.archive.database) >= 5
    assert room.together(*ids[:2])
    assert room.together(*ids[2:])
    assert not room.together(*ids)
    assert room.mark(digest) is None
    assert room.excerpts(digest).is_digest
    mark = room.mark(ids[0])
    assert mark is not None
    assert cluster is not None
    assert mark.id == cluster.id
    assert catch_up(room.archive.database) == 0


@pytest.mark.parametrize("changed", [f"{TEXT} Да.", TEXT.replace("ё", "е").replace("е", "ё", 1), TEXT.upper()])
def test_only_equal_texts_are_verbatim_copies(room: Newsroom, changed: str) -> None:
    first = room.publish("a/1", TEXT)
    same, other = room.publish("b/1", TEXT.replace(" ", "\u00a0")), room.publish("c/1", changed)
    kinds = {x: mark.kind for x in (first, same, other) if (mark := room.mark(x))}
    assert kinds == {first: ReprintKind.ORIGINAL, same: ReprintKind.VERBATIM, other: ReprintKind.EDITED}


def test_the_lag_is_a_range_where_a_day_is_printed_and_unknown_where_nothing_is(room: Newsroom) -> None:
    first = room.publish("a/1", TEXT, at=NOON)
    day = room.publish("b/1", TEXT, at=NOON.replace(hour=0), precision=Precision.DAY)
    later = room.publish("c/1", TEXT, at=NOON.replace(hour=0) + timedelta(days=2), precision=Precision.DAY)
    undated = room.publish("d/1", TEXT, precision=None)
    lags = {x: (mark.lag, mark.lag_range) for x in (first, day, later, undated) if (mark := room.mark(x))}
    minute = timedelta(minutes=1)
    assert lags == {
        first: (timedelta(), None),
        day: (None, (timedelta(), timedelta(hours=12))),
        later: (None, (timedelta(hours=36) - minute, timedelta(hours=60))),
        undated: (None, None),
    }


def test_a_long_text_that_quotes_a_lead_is_no_copy(room: Newsroom) -> None:
    lead = TEXT.split("\n")[0]
    long = "\n".join([*(x.text.split("\n")[-1] for x in STORIES[8:14]), OTHER, lead, THIRD])
    quoted, quoting = room.publish("a/1", TEXT), room.publish("b/1", long)
    assert [room.mark(quoted), room.mark(quoting)] == [None, None]
    assert [x.article for x in room.excerpts(quoting).held] == [quoted]


def test_excerpts_that_were_read_before_their_original_meet_in_it(room: Newsroom) -> None:
    paragraphs = TEXT.split("\n")
    front = room.publish("a/1", "\n".join(paragraphs[:3]), at=NOON + timedelta(hours=5))
    back = room.publish("b/1", "\n".join(paragraphs[3:6]), at=NOON + timedelta(hours=6))
    assert room.mark(front) is None
    whole = room.publish("c/1", TEXT, at=NOON)
    assert room.together(front, back, whole)


# ── traps ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

NOTICE = (
    "АСТАНА. КАЗИНФОРМ – {nth} заседание Комиссии по реформе пройдет {day} февраля. Об этом сообщили в пресс-службе. Заседание состоится в "
    "зале Конституционного суда, начало в {hour} часов. Члены Комиссии продолжат обсуждение поправок, которые поступили от граждан, "
    "политических партий и научных организаций. Прямая трансляция будет доступна на сайте и в социальных сетях. Напомним, предложения "
    "принимаются на портале рабочей группы и по почте."
)


def test_serial_notices_stay_apart_even_on_one_day(room: Newsroom) -> None:
    words = ("Четвертое", "Пятое", "Шестое", "Седьмое")
    notices = [
        room.publish(
            f"inform/{n}", NOTICE.format(nth=nth, day=5 + n, hour=10), title=f"{nth} заседание Комиссии пройдет {5 + n} февраля", at=NOON
        )
        for n, nth in enumerate(words)
    ]
    assert [room.mark(x) for x in notices] == [None] * 4
    reprint = room.publish(
        "zakon/1", f"{NOTICE.format(nth='Пятое', day=6, hour=10)} Подписывайтесь на нас.", title="Комиссия соберется", at=NOON
    )
    assert room.together(notices[1], reprint)
    assert room.mark(notices[0]) is None


def test_the_same_notice_a_week_later_is_another(room: Newsroom) -> None:
    text = NOTICE.format(nth="Очередное", day="в", hour="десять")
    assert not room.together(
        room.publish("inform/1", text, at=NOON), room.publish("inform/2", text, title="О заседании", at=NOON + timedelta(days=7))
    )


def test_a_headline_with_another_number_is_another_notice(room: Newsroom) -> None:
    text = NOTICE.format(nth="Очередное", day="в", hour="десять")
    titles = ("Комиссия проведет 4-е заседание", "Комиссия проведет 5-е заседание")
    assert not room.together(*(room.publish(f"inform/{n}", text, title=title, at=NOON) for n, title in enumerate(titles)))


def test_a_decree_stands_on_four_hosts_and_is_one_cluster(room: Newsroom) -> None:
    decree = "\n".join(f"{n}. {x}" for n, text in enumerate(STORIES[:6], start=1) for x in text.text.split("\n")[:4])
    hosts = [
        room.publish(f"{host}/decree", decree, at=NOON + timedelta(days=n)) for n, host in enumerate(("akorda", "adilet", "inform", "gov"))
    ]
    mark = room.mark(hosts[3])
    assert mark is not None
    assert (mark.size, mark.original) == (4, hosts[0])


BACKGROUND = (
    "Напомним, 15 марта в стране прошел республиканский референдум по проекту новой Конституции. В голосовании приняли участие миллионы "
    "граждан, участки работали с семи часов утра до восьми вечера. По итогам подсчета Центральная комиссия объявила, что проект поддержан "
    "большинством голосов. Новый Основной закон вступит в силу 1 июля, до этого дня Парламент примет пакет конституционных законов."
)


def test_background_that_hundreds_share_makes_no_pair_and_a_release_printed_often_is_no_background(room: Newsroom) -> None:
    opening = [paragraph for text in STORIES for paragraph in text.text.split("\n")[:-1] if len(paragraph.split()) > 25]
    briefs = [room.publish(f"s{n % 9}/{n}", f"{paragraph}\n{BACKGROUND}", title=f"Новость {n}") for n, paragraph in enumerate(opening)]
    assert len(briefs) >= 60
    clustered = [x for x in briefs if room.mark(x)]
    assert len(clustered) <= 2
    with room.archive.database.read_session() as session:
        known = session.scalar(select(func.count()).select_from(BoilerplateRow))
        assert known == len(sketch(BACKGROUND)) > 3
    release = "\n".join(text.text.split("\n")[3] for text in STORIES[:5])
    copies = [room.publish(f"host{n}/1", f"{release}\n{BACKGROUND}") for n in range(30)]
    assert room.together(*copies)
    with room.archive.database.read_session() as session:
        assert session.scalar(select(func.count()).select_from(BoilerplateRow)) == known


def test_captions_are_no_copies(room: Newsroom) -> None:
    caption = "Фото пресс-службы Акорды, все права защищены"
    assert not room.together(*(room.publish(f"s{n}/1", caption) for n in range(2)))


# ── cost, and archives of before ──────────────────────────────────────────────────────────────────────────────────────


def test_articles_of_an_older_archive_are_placed_in_bounded_portions(room: Newsroom) -> None:
    ids = [room.publish(f"s{n}/1", text) for n, text in enumerate((TEXT, TEXT, OTHER, OTHER, THIRD))]
    expected = [room.mark(x) for x in ids]
    room.archive.database.write(lambda session: session.execute(delete(MembershipRow)))
    assert [room.mark(x) for x in ids] == [None] * 5
    assert catch_up(room.archive.database, 2) == 2
    assert room.mark(ids[0]) == expected[0]
    assert room.mark(ids[2]) is None
    assert catch_up(room.archive.database) == 3
    assert catch_up(room.archive.database) == 0
    assert [room.mark(x) for x in ids] == expected


def test_an_archive_without_clusters_learns_them_from_the_run_that_brings_it_up_to_date(tmp_path: Path) -> None:
    with Archive.held(tmp_path / "archive", "test") as archive:
        room = Newsroom(archive)
        ids = [room.publish("a/1", TEXT), room.publish("b/1", OTHER)]
    path = tmp_path / "archive" / "archive.sqlite3"
    before("0005", path).replace(path)
    with pytest.raises(ArchiveUnusable, match="older version"), Archive.opened(tmp_path / "archive"):
        pass
    with Archive.held(tmp_path / "archive", "test") as archive:
        room = Newsroom(archive)
        room.captured = 2
        copy = room.publish("c/1", TEXT)
        assert room.together(ids[0], copy)
        assert room.mark(ids[1]) is None


def test_a_removed_article_breaks_nothing(room: Newsroom) -> None:
    ids = [room.publish(f"s{n}/1", TEXT) for n in range(3)]
    room.archive.database.write(lambda session: session.execute(delete(MembershipRow).where(MembershipRow.article_number == 1)))
    mark = room.mark(ids[1])
    assert mark is not None
    assert (mark.size, mark.original) == (2, ids[1])
    assert room.mark(ids[0]) is None
    assert room.together(ids[1], ids[2], room.publish("s3/1", TEXT))


def test_collapsed_hits_show_the_earliest_of_those_that_match(room: Newsroom) -> None:
    late = room.publish("late/1", TEXT, at=NOON + timedelta(hours=2))
    first = room.publish("first/1", TEXT, at=NOON)
    alone = room.publish("alone/1", OTHER, at=NOON + timedelta(hours=1))
    everything = ArticleQuery(collapse=True)
    assert [hit.article.id for hit in room.archive.hits(everything)] == [alone, first]
    assert room.archive.count(everything) == 2
    assert [article.id for article in room.archive.articles(everything)] == [alone, first]
    assert [hit.article.id for hit in room.archive.hits(replace(everything, sources=("late",)))] == [late]
    assert [hit.article.id for hit in room.archive.hits(replace(everything, limit=1))] == [alone]


@pytest.mark.parametrize("text", [TEXT, BACKGROUND], ids=["with copies", "without"])
def test_the_number_of_statements_does_not_grow_with_the_archive(tmp_path: Path, text: str) -> None:
    def statements(size: int) -> int:
        said: list[str] = []
        with Archive.held(tmp_path / str(size), "test") as archive:
            archive.database.write(lambda session: fill(session, 1, size, OTHER, sorted(sketch(text))))
            room = Newsroom(archive)
            room.publish("r0/0", TEXT)
            event.listen(archive.database.engine, "before_cursor_execute", lambda _c, _k, statement, *_: said.append(statement))
            room.publish("r1/1", text)
        return len(said)

    assert statements(300) == statements(3000)
