from __future__ import annotations

import base64
import contextlib
import gzip
import hashlib
import sqlite3
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event

from harvester.catalogue.loader import load_catalogue
from harvester.config import Config
from harvester.crawl_session import CrawlSession
from harvester.ingestion import NO_ORIGINAL, Ingested, ingest
from harvester.verification.damage import Checked
from harvester.verification.verify import verify
from storage.archive import Archive
from storage.model.captures import OutcomeKind
from storage.query import ArticleQuery
from storage.warc.exchange import Exchange
from storage.warc.foreign import iterate

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from storage.model.articles import Article

DAY = datetime(2026, 3, 1, 10, tzinfo=UTC)
URL = "https://h.example/n/1"
IDENTICAL = "http://netpreserve.org/warc/1.0/revisit/identical-payload-digest"
UNMODIFIED = "http://netpreserve.org/warc/1.0/revisit/server-not-modified"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"


def page(n: int, *, end: str = "</body></html>") -> bytes:
    """An article of its own for each number."""
    words = " ".join(f"слово{n}х{k}" for k in range(40))
    text = "".join(f"<p>Абзац {k} сообщения {n}: комиссия рассмотрела проект, {words}.</p>" for k in range(4))
    title = f"Комиссия рассмотрела проект номер {n}"
    return f"<!doctype html><html><head><title>{title}</title></head><body><article><h1>{title}</h1>{text}</article>{end}".encode()


def record(block: bytes, day: int = 0, url: str = URL, record_id: str = "", kind: str = "response", **fields: str) -> bytes:
    """A record captured some days after the first of March; its id is made of all of it."""
    head = {
        "WARC-Type": kind,
        "WARC-Date": f"{DAY + timedelta(days=day):%Y-%m-%dT%H:%M:%SZ}",
        "WARC-Target-URI": url,
        "Content-Length": str(len(block)),
    } | {name.replace("_", "-"): value for name, value in fields.items()}
    head["WARC-Record-ID"] = record_id or f"<urn:sha1:{hashlib.sha1(repr(head).encode() + block).hexdigest()}>"
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    return gzip.compress(b"WARC/1.1\r\n" + lines.encode() + b"\r\n" + block + b"\r\n\r\n")


def revisit(day: int, of: int | None, profile: str = IDENTICAL, head: bytes = HEAD, **fields: str) -> bytes:
    """A revisit record that refers to the capture of a day."""
    refers = {"WARC_Refers_To_Date": f"{DAY + timedelta(days=of):%Y-%m-%dT%H:%M:%SZ}"} if of is not None else {}
    return record(head, day, kind="revisit", WARC_Profile=profile, **refers, **fields)


class Archives:
    """Archives below a folder, each filled by ingestions in this process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files = 0

    def file(self, *records: bytes) -> Path:
        self.files += 1
        path = self.folder / f"{self.files}.warc.gz"
        path.write_bytes(b"".join(records))
        return path

    def ingest(self, *files: Path, archive: str = "a") -> list[Ingested]:
        done: list[Ingested] = []
        with self.held("ingest", archive) as session:
            ingest(session, files, done)
        return done

    def held(self, kind: str, archive: str = "a") -> AbstractContextManager[CrawlSession]:
        config = Config(archive=self.folder / archive, keep="all")
        return CrawlSession.begun(config, load_catalogue([], builtin=False), (), kind, any_source=True)

    def articles(self, archive: str = "a") -> dict[str, Article]:
        with Archive.opened(self.folder / archive) as opened:
            assert list(verify(opened, Checked())) == []
            return {article.url: article for article in opened.articles(ArticleQuery())}

    def outcomes(self, archive: str = "a") -> list[tuple[OutcomeKind, str, str]]:
        """Kind, reason and wholeness of every capture, in the order in which they were written."""
        rows = "SELECT kind, reason, truncated FROM outcomes JOIN captures ON captures.id = capture_id ORDER BY captures.id"
        with contextlib.closing(sqlite3.connect(self.folder / archive / "archive.sqlite3")) as tables:
            return [(OutcomeKind(kind), reason, truncated) for kind, reason, truncated in tables.execute(rows)]


@pytest.fixture
def archives(tmp_path: Path) -> Archives:
    return Archives(tmp_path)


def spans(article: Article) -> list[tuple[str, int, int]]:
    """The states of an article, with the days on which they were seen first and last."""
    return [(span.state.value, (span.since - DAY).days, (span.last_seen - DAY).days) for span in article.states]


def id_of(packed: bytes) -> str:
    """The id of a record."""
    return gzip.decompress(packed).partition(b"WARC-Record-ID: ")[2].partition(b"\r\n")[0].decode()


ORIGINAL = record(HEAD + page(1), 0)
SHA1 = "sha1:" + base64.b32encode(hashlib.sha1(page(1)).digest()).decode()
REVISITS: dict[str, Callable[[], bytes]] = {
    "by date": lambda: revisit(7, 0),
    "by date of a fraction": lambda: revisit(7, None, WARC_Refers_To_Date="2026-03-01T10:00:00.25Z"),
    "by id": lambda: revisit(7, None, WARC_Refers_To=id_of(ORIGINAL)),
    "by digest alone": lambda: revisit(7, None, WARC_Payload_Digest=SHA1),
    "without HTTP headers": lambda: revisit(7, 0, head=b""),
    "not modified": lambda: revisit(7, 0, UNMODIFIED, b"HTTP/1.1 304 Not Modified\r\n\r\n"),
    "not modified, without HTTP headers": lambda: revisit(7, None, UNMODIFIED, b""),
}


@pytest.mark.parametrize(("kind", "order"), [*((kind, "behind") for kind in REVISITS), ("by date", "before"), ("not modified", "later")])
def test_a_revisit_says_that_the_article_stood(kind: str, order: str, archives: Archives) -> None:
    records = [ORIGINAL, REVISITS[kind]()]
    if order == "behind":
        files = [archives.file(*records)]
    elif order == "before":
        files = [archives.file(*reversed(records))]
    else:
        files = [archives.file(records[1]), archives.file(records[0])]
    done = archives.ingest(*files)
    assert sum(each.counts["taken"] for each in done) == 2
    assert spans(archives.articles()[URL]) == [("live", 0, 7)]
    assert archives.articles()[URL].revisions == 1
    again = archives.ingest(*files)
    assert sum(each.counts["known"] for each in again) == 2
    assert sum(each.counts.total() for each in again) == 2


@pytest.mark.parametrize("kind", ["by date", "without HTTP headers", "not modified"])
def test_a_revisit_that_an_earlier_ingestion_brought_is_read_when_its_original_comes(kind: str, archives: Archives) -> None:
    archives.ingest(archives.file(REVISITS[kind]()))
    archives.ingest(archives.file(record(HEAD + page(2), 3)))
    archives.ingest(archives.file(ORIGINAL))
    archives.ingest(archives.file(ORIGINAL, record(HEAD + page(2), 3), REVISITS[kind]()), archive="b")
    assert max(last for _, _, last in spans(archives.articles()[URL])) == 7
    if kind != "not modified":  # a 304 says that what stood last stands
        assert archives.articles()[URL].extraction == archives.articles("b")[URL].extraction


def test_a_revisit_of_an_earlier_text_is_that_text(archives: Archives) -> None:
    archives.ingest(archives.file(ORIGINAL, record(HEAD + page(2), 3), revisit(5, 0)))
    article = archives.articles()[URL]
    assert "номер 1" in article.extraction.title
    assert archives.outcomes()[-1][0] is OutcomeKind.REVERTED


def test_a_revisit_may_refer_to_another_address(archives: Archives) -> None:
    other = "https://h.example/print/1"
    refers = {"WARC_Refers_To_Target_URI": URL, "WARC_Refers_To_Date": "2026-03-01T10:00:00Z"}
    archives.ingest(archives.file(ORIGINAL, record(HEAD, 4, other, kind="revisit", WARC_Profile=IDENTICAL, **refers)))
    assert [kind for kind, _, _ in archives.outcomes()] == [OutcomeKind.NEW, OutcomeKind.ALIAS]
    archives.articles()


def test_a_revisit_without_its_original_is_kept_and_is_a_failure(archives: Archives) -> None:
    done = archives.ingest(archives.file(revisit(7, 0), revisit(8, None, UNMODIFIED, b"")))
    assert done[0].counts == {"taken": 2}
    assert archives.outcomes() == [(OutcomeKind.UNREADABLE, NO_ORIGINAL, "")] * 2
    assert archives.articles() == {}


def test_an_archive_made_anew_of_its_own_files_has_the_same_states(archives: Archives) -> None:
    def live(day: int, status: int, body: bytes) -> None:
        headers = (("Content-Type", "text/html; charset=utf-8"), ("ETag", '"1"'))
        exchange = Exchange(URL, DAY + timedelta(days=day), status, "", headers, body)
        with archives.held("crawl") as session:
            session.receive_whole(session.capture("h.example", exchange, partial=False), None)

    for day, status, body in [(0, 200, page(1)), (1, 304, b""), (2, 200, page(1)), (3, 200, page(2)), (6, 304, b"")]:
        live(day, status, body)
    own = sorted((archives.folder / "a" / "warc").glob("*.warc.gz"))
    done = archives.ingest(*own, archive="b")
    assert done[0].counts["taken"] == 5
    first, second = archives.articles()[URL], archives.articles("b")[URL]
    assert spans(first) == spans(second) == [("live", 0, 6)]
    assert (first.revisions, first.edits) == (second.revisions, second.edits)


def test_records_of_one_id_are_one_only_when_date_address_and_body_agree(archives: Archives) -> None:
    def same(n: int, day: int = 0, url: str = URL) -> bytes:
        return record(HEAD + page(n), day, url, record_id="<urn:one>")

    records = [same(1), same(1, url="https://h.example/n/2"), same(3, 4), same(1)]
    file, backwards = archives.file(*records), archives.file(*reversed(records))
    assert archives.ingest(file)[0].counts == {"taken": 3, "known": 1}
    assert archives.ingest(file, backwards)[1].counts == {"known": 4}
    assert archives.articles()[URL].revisions == 2
    (own,) = (archives.folder / "a" / "warc").glob("*.warc.gz")
    assert len({response.record_id for response in iterate(own)}) == 3
    assert archives.ingest(own)[0].counts["known"] == 3


@pytest.mark.parametrize(
    ("block", "fields", "truncated"),
    [
        (HEAD + page(2)[:900], {"WARC_Truncated": "time"}, "time"),
        (HEAD + page(2)[:900], {"WARC_Segment_Number": "1"}, "unspecified"),
        (HEAD.replace(b"\r\n\r\n", b"\r\nContent-Length: 9000\r\n\r\n") + page(2), {}, "disconnect"),
        (HEAD + page(2)[:900], {}, "unspecified"),  # the page before had its end tag
    ],
)
def test_what_is_not_whole_is_no_revision(block: bytes, fields: dict[str, str], truncated: str, archives: Archives) -> None:
    cut = record(block, 3, **fields)
    done = archives.ingest(archives.file(ORIGINAL, cut, record(block, 4, **fields)))
    assert done[0].notes == {"not whole": 2}
    assert archives.outcomes()[1:] == [(OutcomeKind.UNREADABLE, f"truncated: {truncated}", truncated)] * 2
    assert archives.articles()[URL].revisions == 1
    (own,) = (archives.folder / "a" / "warc").glob("*.warc.gz")
    assert [response.truncated for response in iterate(own)] == ["", truncated, truncated]
    archives.ingest(own, archive="b")
    assert archives.outcomes("b") == archives.outcomes()


def test_a_page_without_its_end_is_flagged_unless_the_source_never_sends_one(archives: Archives) -> None:
    files = [archives.file(record(HEAD + page(n, end=""), n, f"https://h.example/n/{n}")) for n in range(1, 6)]
    for file in files:
        archives.ingest(file)
    assert [reason for _, reason, _ in archives.outcomes()] == ["maybe_truncated"] * 3 + ["", ""]
    assert len(archives.articles()) == 5


def test_an_address_that_nobody_can_ask_is_refused_before_anything_is_written(archives: Archives) -> None:
    urls = [
        "http://e kz/n/1",
        "https://user:word@h.example/",
        "ftp://h.example/n/1",
        "urn:pageinfo:https://h.example/",
        "https://[::1/",
        "https://h.example:99999/",
        "https://" + "a" * 70 + ".example/",
        "http://пресс служба.example/n/2/",
    ]
    long = "https://h.example/" + "a" * 3000
    done = archives.ingest(archives.file(*(record(HEAD + page(1), url=url) for url in [*urls, long])))
    assert done[0].counts == {"bad_address": len(urls), "long_address": 1}
    assert list((archives.folder / "a" / "warc").glob("*.warc.gz")) == []


def test_a_bad_file_costs_itself(archives: Archives) -> None:
    good = [archives.file(record(HEAD + page(n), url=f"https://h.example/n/{n}")) for n in (1, 3)]
    torn = archives.file(record(HEAD + page(2), url="https://h.example/n/2")[:-60])
    missing = archives.folder / "missing.warc"
    done = archives.ingest(good[0], torn, missing, good[1])
    assert [each.error is None for each in done] == [True, False, False, True]
    assert [each.counts for each in done] == [{"taken": 1}, {"damaged": 1}, {}, {"taken": 1}]
    assert sorted(archives.articles()) == ["https://h.example/n/1", "https://h.example/n/3"]


def test_the_same_failure_again_is_a_failure(archives: Archives) -> None:
    headers = (("Content-Type", "text/html"), ("Content-Encoding", "gzip"), ("ETag", '"1"'))
    bad = gzip.compress(page(1))[:-9]
    for day, status, body in [(0, 200, bad), (1, 200, bad), (2, 304, b"")]:
        exchange = Exchange(URL, DAY + timedelta(days=day), status, "", headers, body)
        with archives.held("crawl") as session:
            assert session.archive.last_capture("h.example", URL) is None
            session.receive_whole(session.capture("h.example", exchange, partial=False), None)
    assert all(kind.is_failure for kind, _, _ in archives.outcomes())


@pytest.mark.parametrize(
    ("body", "content_type", "truncated"),
    [
        (page(1), "text/html", ""),
        (page(1)[:-20], "text/html", "disconnect"),
        (b"<?xml version='1.0'?><rss><channel></channel></rss>\n", "text/html", ""),
        (b"<?xml version='1.0'?><rss><channel></channel>", "application/xml", "disconnect"),
        (b'{"a": [1]}', "application/json", ""),
        (b'{"a": [1]', "application/json", "disconnect"),
    ],
)
def test_a_closed_connection_cuts_what_has_no_end_of_its_own(body: bytes, content_type: str, truncated: str, archives: Archives) -> None:
    exchange = Exchange(URL, DAY, 200, "", (("Content-Type", content_type),), body, protocol="HTTP/1.0")
    with archives.held("crawl") as session:
        answer = session.capture("h.example", exchange, partial=True)
        assert answer.capture.truncated == truncated
        assert session.archive.response(answer.capture.warc).truncated == truncated


def origins(archives: Archives, archive: str = "a") -> dict[str, str | None]:
    """By address, the name of the file that its capture came from."""
    with Archive.opened(archives.folder / archive) as opened:
        return {x.url: (origin.name if (origin := opened.origin_of(x.warc)) else None) for x in opened.captures()}


def test_it_is_kept_which_file_a_page_came_from(archives: Archives) -> None:
    first = archives.file(record(HEAD + page(1)), record(HEAD + page(2), url=f"{URL}2"))
    second = archives.file(record(HEAD + page(3), url=f"{URL}3"))
    done = archives.ingest(first, second)
    assert origins(archives) == {URL: "1.warc.gz", f"{URL}2": "1.warc.gz", f"{URL}3": "2.warc.gz"}
    with Archive.opened(archives.folder / "a") as opened:
        kept = opened.ingested_files()
    assert [(x.name, x.sha256, x.size) for x in kept] == [
        (path.name, hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_size) for path in (first, second)
    ]
    assert [x.copied_from[1] for x in done if x.copied_from] == [x.number for x in kept]


def test_articles_name_their_files_with_one_statement_whatever_their_number(archives: Archives) -> None:
    archives.ingest(*(archives.file(record(HEAD + page(n), url=f"{URL}{n}")) for n in range(1, 5)))
    asked: list[str] = []

    def count(*arguments: object) -> None:
        asked.append(str(arguments[2]))

    with Archive.opened(archives.folder / "a") as opened:
        event.listen(opened.database.engine, "before_cursor_execute", count)
        found = {article.url: article.ingested_from for article in opened.articles(ArticleQuery())}
        once = sum("FROM ingested_files" in statement for statement in asked)
        assert {url: file.name for url, file in found.items() if file} == {f"{URL}{n}": f"{n}.warc.gz" for n in range(1, 5)}
        assert found == {article.url: opened.origin_of(article.warc) for article in opened.articles(ArticleQuery())}
    assert once == 1


def test_the_same_file_again_is_no_second_one(archives: Archives) -> None:
    file = archives.file(record(HEAD + page(1)))
    archives.ingest(file)
    archives.ingest(file)
    with Archive.opened(archives.folder / "a") as opened:
        assert [x.run for x in opened.ingested_files()] == [1]


def test_a_revisit_that_waited_for_its_original_keeps_its_file(archives: Archives) -> None:
    early = archives.file(revisit(7, 0))
    archives.ingest(early, archives.file(ORIGINAL))
    with Archive.opened(archives.folder / "a") as opened:
        assert [origin.name for x in opened.captures() if (origin := opened.origin_of(x.warc))] == ["2.warc.gz", "1.warc.gz"]


def test_pages_of_an_older_version_learn_their_file_when_it_is_ingested_again(archives: Archives) -> None:
    file = archives.file(record(HEAD + page(1)))
    archives.ingest(file)
    with contextlib.closing(sqlite3.connect(archives.folder / "a" / "archive.sqlite3")) as tables, tables:
        tables.execute("UPDATE captures SET ingested_from = NULL")
        tables.execute("DELETE FROM ingested_files")
    assert origins(archives) == {URL: None}
    archives.ingest(file)
    assert origins(archives) == {URL: "1.warc.gz"}


def test_a_page_that_was_fetched_came_from_no_file(archives: Archives) -> None:
    file = archives.file(record(HEAD + page(1)))
    archives.ingest(file)
    with contextlib.closing(sqlite3.connect(archives.folder / "a" / "archive.sqlite3")) as tables, tables:
        tables.execute("UPDATE captures SET ingested_from = NULL")
        tables.execute("UPDATE runs SET kind = 'crawl'")
    archives.ingest(file)
    assert origins(archives) == {URL: None}


def test_a_file_of_which_nothing_could_be_read_is_none(archives: Archives, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<html>", "utf-8")
    (done,) = archives.ingest(tmp_path / "page.html")
    assert (done.copied_from, done.error is not None) == (None, True)
    with Archive.opened(archives.folder / "a") as opened:
        assert opened.ingested_files() == []
