"""Records of others in the archive: copied into WARC files of their own, which say where they are from, with what was wrong with them."""

from __future__ import annotations

import base64
import contextlib
import gzip
import hashlib
import sqlite3
from typing import TYPE_CHECKING

import pytest
from warcio.archiveiterator import ArchiveIterator

from harvester.verification.damage import Checked
from harvester.verification.verify import verify
from storage.archive import Archive
from storage.warc.exchange import Exchange
from storage.warc.foreign import iterate
from storage.warc.index import index_of
from tests.harvester.test_ingestion import DAY, HEAD, URL, Archives, origins, page, record, revisit

if TYPE_CHECKING:
    from pathlib import Path

BODY = page(1)
CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
PACKED = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n\r\n"
CHUNKS = b"%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY)
THEIR_INFO = b"software: Heritrix/3.4\r\nrobots: obey\r\nhttp-header-from: a@library.example\r\n"


def base32(algorithm: str, content: bytes) -> str:
    return f"{algorithm}:{base64.b32encode(hashlib.new(algorithm, content).digest()).decode()}"


def warcinfo() -> bytes:
    head = f"WARC-Type: warcinfo\r\nWARC-Record-ID: <urn:uuid:info>\r\nWARC-Date: 2026-03-01T10:00:00Z\r\nContent-Length: {len(THEIR_INFO)}"
    return gzip.compress(b"WARC/1.0\r\n" + head.encode() + b"\r\n\r\n" + THEIR_INFO + b"\r\n\r\n")


@pytest.fixture
def archives(tmp_path: Path) -> Archives:
    return Archives(tmp_path)


def own(archives: Archives, series: str, archive: str = "a") -> list[Path]:
    return sorted((archives.folder / archive / "warc").glob(f"{series}-*.warc.gz"))


def verified(archives: Archives, archive: str = "a") -> tuple[list[str], list[str]]:
    checked = Checked()
    with Archive.opened(archives.folder / archive) as opened:
        return [str(damage) for damage in verify(opened, checked)], checked.notes


def fetch(archives: Archives, n: int) -> None:
    """Fetch a page, as a crawl does."""
    with archives.held("crawl") as session:
        exchange = Exchange(f"{URL}{n}", DAY, 200, "OK", (("Content-Type", "text/html; charset=utf-8"),), page(n))
        session.receive_whole(session.capture("h.example", exchange, partial=False), None)


# ── declared digests ──────────────────────────────────────────────────────────────────────────────────────────────────

BLOCK = HEAD + BODY
FAILING = {
    "block, sha1 in base32": record(BLOCK, WARC_Block_Digest=base32("sha1", BLOCK + b" ")),
    "block, sha256 in hexadecimal": record(BLOCK, WARC_Block_Digest=f"sha256:{hashlib.sha256(b'').hexdigest()}"),
    "payload": record(BLOCK, WARC_Block_Digest=base32("sha1", BLOCK), WARC_Payload_Digest=base32("md5", page(2))),
    "of a body that cannot be decoded": record(PACKED + BODY[:99], WARC_Payload_Digest=base32("sha256", BODY)),
    "cut off": record(BLOCK, WARC_Block_Digest=base32("sha1", BLOCK)[:-4]),
}
SOUND = {
    "all": record(BLOCK, WARC_Block_Digest=base32("sha1", BLOCK), WARC_Payload_Digest=f"SHA-256:{hashlib.sha256(BODY).hexdigest()}"),
    "base64": record(BLOCK, WARC_Block_Digest=f"sha1:{base64.b64encode(hashlib.sha1(BLOCK).digest()).decode()}"),
    "without chunks": record(CHUNKED + CHUNKS, WARC_Payload_Digest=base32("sha1", BODY)),
    "with chunks": record(CHUNKED + CHUNKS, WARC_Payload_Digest=base32("sha1", CHUNKS)),
    "without coding": record(PACKED + gzip.compress(BODY), WARC_Payload_Digest=base32("sha1", BODY)),
    "an unknown algorithm": record(BLOCK, WARC_Block_Digest="blake3:AAAA"),
    "of all that was cut": record(BLOCK, WARC_Truncated="length", WARC_Payload_Digest=base32("sha1", BODY + b"more")),
    "of the original": revisit(7, 0, WARC_Payload_Digest=base32("sha1", BODY)),
}


@pytest.mark.parametrize(("packed", "fails"), [*((x, True) for x in FAILING.values()), *((x, False) for x in SOUND.values())])
def test_declared_digests_are_those_that_programs_write(packed: bytes, fails: bool, archives: Archives) -> None:  # noqa: FBT001
    (response,) = iterate(archives.file(packed))
    assert bool(response.failed_digests) is fails


@pytest.mark.parametrize("packed", [FAILING["payload"], FAILING["cut off"]])
def test_a_record_that_does_not_have_its_digest_is_counted_named_and_kept_as_such(packed: bytes, archives: Archives) -> None:
    (done,) = archives.ingest(archives.file(packed, record(HEAD + page(3), url=f"{URL}3")))
    assert (done.counts["taken"], done.notes["digest_mismatch"], len(done.mismatches)) == (2, 1, 1)
    (copy,) = own(archives, "ingest")
    kept = [response for response in iterate(copy) if response.failed_digests]
    assert [response.record_id for response in kept] == done.mismatches
    assert verified(archives) == (
        [],
        [f"{copy.name}: 1 record did not have the digest that it declared when ingested (WARC-Original-…-Digest)"],
    )
    (again,) = archives.ingest(copy, archive="b")
    assert (again.notes["digest_mismatch"], again.mismatches) == (1, done.mismatches)


def test_the_outcome_says_that_a_digest_failed_also_where_the_history_is_derived_anew(archives: Archives) -> None:
    archives.ingest(archives.file(FAILING["payload"]))
    archives.ingest(archives.file(record(HEAD + page(2), -3)))
    reasons = [reason for _, reason, _ in archives.outcomes()]
    assert [reason.startswith("digest_mismatch") for reason in reasons] == [True, False]


# ── where records are from ────────────────────────────────────────────────────────────────────────────────────────────


def test_copies_lie_in_files_of_their_own_that_name_their_source_and_claim_no_crawl(archives: Archives) -> None:
    fetch(archives, 9)
    files = [archives.file(warcinfo(), record(HEAD + page(1))), archives.file(record(HEAD + page(2), url=f"{URL}2"))]
    archives.ingest(*files)
    fetch(archives, 8)
    assert [len(own(archives, series)) for series in ("harvest", "ingest")] == [1, 2]
    for file, copy in zip(files, own(archives, "ingest"), strict=True):
        with copy.open("rb") as stream:
            records = [(x.rec_type, x.rec_headers, x.content_stream().read()) for x in ArchiveIterator(stream, check_digests="raise")]
        said = dict(line.split(": ", 1) for line in records[0][2].decode().splitlines())
        assert not said.keys() & {"robots", "http-header-user-agent", "operator"}
        assert (said["source-file"], said["source-sha256"]) == (file.name, hashlib.sha256(file.read_bytes()).hexdigest())
        assert said["source-size"] == str(file.stat().st_size)
        quoted = [(headers.get_header("WARC-Refers-To"), content) for kind, headers, content in records if kind == "metadata"]
        assert quoted == ([("<urn:uuid:info>", THEIR_INFO)] if file is files[0] else [])
        assert {headers.get_header("WARC-Warcinfo-ID") for _, headers, _ in records[1:]} == {records[0][1].get_header("WARC-Record-ID")}
    assert len(archives.articles()) == 4


def test_an_archive_made_anew_of_its_own_files_keeps_where_its_pages_are_from(archives: Archives) -> None:
    archives.ingest(archives.file(warcinfo(), record(HEAD + page(1))), archives.file(record(HEAD + page(2), url=f"{URL}2")))
    archives.ingest(*own(archives, "ingest"), archive="b")
    assert origins(archives) == origins(archives, "b") == {URL: "1.warc.gz", f"{URL}2": "2.warc.gz"}
    assert [iterated(copy) for copy in own(archives, "ingest", "b")] == [iterated(copy) for copy in own(archives, "ingest")]
    assert any(THEIR_INFO in gzip.decompress(copy.read_bytes()) for copy in own(archives, "ingest", "b"))


def iterated(copy: Path) -> list[tuple[str, bytes]]:
    return [(response.record_id, response.block) for response in iterate(copy)]


def test_what_a_killed_ingestion_had_copied_keeps_its_file(archives: Archives) -> None:
    file = archives.file(record(HEAD + page(1)))
    with archives.held("ingest") as session:
        from harvester.ingestion import _written_down

        session.copied_from = _written_down(session, file)
        (response,) = iterate(file)
        session.source_context("h.example")
        session.copy(response, response.record_id)
    assert origins(archives) == {}
    with archives.held("crawl") as session:
        assert session.notes["answers recovered"] == 1
    assert origins(archives) == {URL: file.name}
    assert verified(archives) == ([], [])


FORGED: dict[str, tuple[str, str]] = {
    "a capture's file": ("UPDATE captures SET ingested_from = 2 WHERE ingested_from = 1", "1.warc.gz"),
    "no file": ("UPDATE captures SET ingested_from = NULL WHERE ingested_from = 2", "2.warc.gz"),
    "a name": ("UPDATE ingested_files SET name = 'official.warc.gz' WHERE id = 1", "1.warc.gz"),
    "a digest": (f"UPDATE ingested_files SET sha256 = '{'0' * 64}' WHERE id = 2", "2.warc.gz"),
}


@pytest.mark.parametrize(("statement", "name"), FORGED.values(), ids=FORGED)
def test_a_changed_origin_is_damage(statement: str, name: str, archives: Archives) -> None:
    archives.ingest(*(archives.file(record(HEAD + page(n), url=f"{URL}{n}")) for n in (1, 2)))
    with contextlib.closing(sqlite3.connect(archives.folder / "a" / "archive.sqlite3")) as tables, tables:
        assert tables.execute(statement).rowcount == 1
    ((line,), _) = verified(archives)
    assert f"the tables name another file than {name}" in line


def test_records_that_an_earlier_version_copied_among_its_own_are_sound_and_are_gone_on_with(archives: Archives) -> None:
    archives.ingest(archives.file(record(HEAD + page(1))))
    (copy,) = own(archives, "ingest")
    old = copy.with_name(copy.name.replace("ingest", "harvest"))
    copy.rename(old)
    index_of(copy).unlink()
    with contextlib.closing(sqlite3.connect(archives.folder / "a" / "archive.sqlite3")) as tables, tables:
        tables.execute("UPDATE captures SET warc_file = ?", (old.name,))
    fetch(archives, 2)
    archives.ingest(archives.file(record(HEAD + page(3), url=f"{URL}3")))
    assert own(archives, "harvest") == [old]
    assert verified(archives) == ([], [])
    assert origins(archives) == {URL: "1.warc.gz", f"{URL}2": None, f"{URL}3": "2.warc.gz"}


def test_files_that_are_not_of_the_archive_are_named(archives: Archives) -> None:
    archives.ingest(archives.file(record(HEAD + page(1))))
    folder = archives.folder / "a" / "warc"
    for name in ("notes.txt", "foreign.warc.gz", "foreign.cdxj"):
        (folder / name).write_bytes(b"")
    assert verified(archives) == (
        [],
        [f"warc/{name}: not of this archive; it was not checked" for name in ("foreign.cdxj", "foreign.warc.gz", "notes.txt")],
    )
