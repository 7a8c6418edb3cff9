from __future__ import annotations

import errno
import fcntl
import gzip
import hashlib
import io
import json
import os
import pickle
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from storage.errors import DiskFull, UsageError
from storage.export.corpus_row import corpus_row
from storage.export.json_text import json_line
from storage.export.jsonl import ExportReport, write_corpus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from storage.model.articles import Article

ROOT = Path(__file__).resolve().parents[3]
FACTS: dict[str, Any] = {
    "query": {"words": "закон", "limit": None},
    "versions": {"news-harvester": "0.1"},
    "archive": {"articles": 7, "newest_capture": "2026-03-03T10:30:20+00:00"},
}


def write(articles: Iterable[Article], output: Path | None) -> ExportReport:
    return write_corpus(articles, output, **FACTS)


def numbered(article: Article, count: int) -> Iterator[Article]:
    for number in range(count):
        yield replace(article, id=f"a{number}", extraction=replace(article.extraction, title=f"Закон № {number}"))


def unpacked(file: Path) -> bytes:
    if file.suffix == ".gz":
        return gzip.decompress(file.read_bytes())
    if file.suffix == ".zst":
        return zstandard.ZstdDecompressor().stream_reader(io.BytesIO(file.read_bytes())).read()
    return file.read_bytes()


CHILD = """
import os, sys
from datetime import UTC, datetime
from pathlib import Path
from storage.errors import DiskFull
from storage.export.jsonl import write_corpus
from storage.model.articles import Article, Extraction
from storage.model.captures import WarcPointer
from storage.model.sources import Source, SourceKind

moment = datetime(2026, 3, 3, tzinfo=UTC)
source = Source("n", "N", SourceKind.ONLINE, "https://n.example/")
text = Extraction("t", "", "x " * 500, "ru")
article = Article("a", "https://n.example/", source, text, moment, moment, "sha256:A", WarcPointer("f", 0, 1, "r"))

def articles():
    yield from (article for _ in range(500))
    if output:
        os.kill(os.getpid(), 9)

output = Path(sys.argv[1]) if len(sys.argv) > 1 else None
try:
    report = write_corpus(articles(), output, query={}, versions={}, archive={})
except DiskFull as error:
    sys.exit(f"full: {error.exit_code}")
print("complete" if report.complete else "left early", file=sys.stderr)
"""


# ── lines ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_line_is_the_row_in_utf8(article: Article) -> None:
    line = json_line(corpus_row(article))
    assert line.endswith(b"\n")
    assert line.startswith('{"id":"a1","url":"https://vestnik.example/news/2026/1","source":{"id":"vestnik","name":"Вестник"'.encode())
    assert json.loads(line) == corpus_row(article)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a\ud800b", "a\ufffdb"),
        ("\udc00", "\ufffd"),
        ("\ud83c\udf3e", "🌾"),
        ("a\0b", "a\ufffdb"),
        ("a\\u0000b", "a\\u0000b"),
        ("\u2028\u2029\x85", "\u2028\u2029\x85"),
        ("a\nb\r\x0b\x0c\x1c\x7f", "a\nb\r\x0b\x0c\x1c\x7f"),
        ("қазақ 🌾 \ufeff\u200b", "қазақ 🌾 \ufeff\u200b"),
    ],
)
def test_every_text_becomes_one_line_of_valid_utf8(with_text: Callable[..., Article], text: str, written: str) -> None:
    line = json_line(corpus_row(with_text(text=text, authors=(text,))))
    assert len(line.decode("utf-8").splitlines()) == 1
    row = json.loads(line)
    assert (row["text"], row["authors"]) == (written, [written])


@given(st.text(st.characters(codec=None, exclude_categories=())))
def test_any_text_is_kept_but_for_surrogates_and_nul(text: str) -> None:
    line = json_line({"text": text, "parts": [{"raw": text}]})
    decoded = line.decode("utf-8")
    assert len(decoded.splitlines()) == 1
    row = json.loads(decoded)
    assert row["text"] == row["parts"][0]["raw"]
    if "\0" not in text and text.isprintable():
        assert row["text"] == text


# ── files ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["corpus.jsonl", "corpus.jsonl.gz", "corpus.jsonl.zst"])
def test_a_file_its_digests_and_its_manifest(tmp_path: Path, article: Article, name: str) -> None:
    output = tmp_path / name
    report = write(numbered(article, 50), output)
    lines = unpacked(output)
    assert [json.loads(line)["id"] for line in lines.decode().splitlines()] == [f"a{n}" for n in range(50)]
    assert report == ExportReport(
        file=str(output),
        manifest=f"{output}.manifest.json",
        articles=50,
        bytes=output.stat().st_size,
        sha256=hashlib.sha256(output.read_bytes()).hexdigest(),
        lines_bytes=len(lines),
        lines_sha256=hashlib.sha256(lines).hexdigest(),
    )
    assert json.loads(Path(f"{output}.manifest.json").read_bytes()) == {
        "schema": "news-harvester/article/1",
        "file": name,
        "articles": 50,
        "bytes": report.bytes,
        "sha256": report.sha256,
        "lines_bytes": report.lines_bytes,
        "lines_sha256": report.lines_sha256,
        **FACTS,
    }
    assert sorted(path.name for path in tmp_path.iterdir()) == [name, f"{name}.manifest.json"]
    if name != "corpus.jsonl":
        assert report.bytes < report.lines_bytes / 5


@pytest.mark.parametrize("name", ["corpus.jsonl", "corpus.jsonl.gz", "corpus.jsonl.zst"])
def test_the_same_articles_give_the_same_bytes(tmp_path: Path, article: Article, name: str) -> None:
    (tmp_path / "again").mkdir()
    for folder in (tmp_path, tmp_path / "again"):
        write(numbered(article, 20), folder / name)
    for file in (name, f"{name}.manifest.json"):
        assert (tmp_path / file).read_bytes() == (tmp_path / "again" / file).read_bytes()
    if name.endswith(".gz"):
        head = (tmp_path / name).read_bytes()[:10]
        assert head[3:8] == bytes(5)  # no name, no time


def test_an_empty_export_is_an_empty_file_with_a_manifest(tmp_path: Path) -> None:
    assert write([], tmp_path / "none.jsonl").articles == 0
    assert (tmp_path / "none.jsonl").read_bytes() == b""


def test_files_have_the_permissions_of_other_files(tmp_path: Path, article: Article) -> None:
    (tmp_path / "other").touch()
    write([article], tmp_path / "corpus.jsonl")
    assert (tmp_path / "corpus.jsonl").stat().st_mode == (tmp_path / "other").stat().st_mode


def test_an_export_that_fails_leaves_the_older_one_untouched(tmp_path: Path, article: Article) -> None:
    output = tmp_path / "corpus.jsonl.gz"
    write([article], output)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def failing() -> Iterator[Article]:
        yield from numbered(article, 500)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write(failing(), output)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_leftovers_of_killed_exports_of_this_name_are_removed(tmp_path: Path, article: Article) -> None:
    output = tmp_path / "corpus.jsonl"
    kept = ["corpus.jsonl.gz.77.tmp", "corpus.jsonl.x.tmp", "other.jsonl.77.tmp", "corpus.jsonl.78.tmp"]
    for name in [*kept, "corpus.jsonl.77.tmp", f"corpus.jsonl.{os.getpid()}.tmp", "corpus.jsonl.manifest.json.77.tmp"]:
        (tmp_path / name).write_text("half")
    with (tmp_path / "corpus.jsonl.78.tmp").open("rb") as running:
        fcntl.flock(running, fcntl.LOCK_EX)  # an export that still runs
        write([article], output)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*kept, "corpus.jsonl", "corpus.jsonl.manifest.json"])


def test_a_killed_export_leaves_the_older_one_and_the_next_one_cleans_up(tmp_path: Path, article: Article) -> None:
    output = tmp_path / "corpus.jsonl"
    write([article], output)
    before = output.read_bytes()
    killed = subprocess.run([sys.executable, "-c", CHILD, str(output)], cwd=ROOT, check=False)
    assert killed.returncode == -9
    assert output.read_bytes() == before
    assert len(list(tmp_path.glob("*.tmp"))) == 2
    write(numbered(article, 2), output)
    assert len(list(tmp_path.iterdir())) == 2


STOPPED = """
import os, pathlib, sys
from storage.export.files import replacing

def stop(event, arguments):  # os.replace raises this event before it renames (PEP 578)
    if event == "os.rename":
        steps.append(arguments)
        if len(steps) == int(sys.argv[2]):
            os.kill(os.getpid(), 9)

steps = []
sys.addaudithook(stop)
corpus = pathlib.Path(sys.argv[1])
with replacing(corpus, corpus.with_name(f"{corpus.name}.manifest.json")) as (file, manifest):
    file.write(b"new")
    manifest.write(b"of new")
"""


@pytest.mark.parametrize(("step", "seen"), [(1, ("old", None)), (2, ("new", None)), (3, ("new", "of new"))])
def test_a_manifest_is_that_of_the_file_beside_it_whenever_an_export_is_killed(
    tmp_path: Path, step: int, seen: tuple[str, str | None]
) -> None:
    output, manifest = tmp_path / "corpus.jsonl", tmp_path / "corpus.jsonl.manifest.json"
    output.write_text("old")
    manifest.write_text("of old")
    subprocess.run([sys.executable, "-c", STOPPED, str(output), str(step)], cwd=ROOT, check=False)
    assert (output.read_text(), manifest.read_text() if manifest.exists() else None) == seen


@pytest.mark.parametrize("name", ["corpus.jsonl", "corpus.jsonl.gz"])
@pytest.mark.parametrize("old", ["old", None])
def test_a_link_is_written_through_with_the_manifest_beside_what_it_names(
    tmp_path: Path, article: Article, name: str, old: str | None
) -> None:
    real = tmp_path / "corpus" / name.replace("corpus", "2026")
    real.parent.mkdir()
    if old is not None:
        real.write_text(old)
        Path(f"{real}.manifest.json").write_text("of old")
    link = tmp_path / name
    link.symlink_to(real.relative_to(tmp_path))
    report = write([article], link)
    assert link.is_symlink()
    assert json.loads(unpacked(real))["id"] == article.id
    assert (report.file, report.manifest) == (str(real), f"{real}.manifest.json")
    told = json.loads(Path(f"{real}.manifest.json").read_bytes())
    assert (told["file"], told["sha256"]) == (real.name, hashlib.sha256(link.read_bytes()).hexdigest())
    assert sorted(path.name for path in tmp_path.rglob("*")) == sorted([name, "corpus", real.name, f"{real.name}.manifest.json"])


def test_links_that_lead_nowhere_or_to_another_packing_are_refused(tmp_path: Path, article: Article) -> None:
    (tmp_path / "loop.jsonl").symlink_to("loop.jsonl")
    (tmp_path / "lost.jsonl").symlink_to("missing/lost.jsonl")
    (tmp_path / "packed.jsonl").symlink_to("real.jsonl.gz")
    (tmp_path / "stdout.jsonl").symlink_to("/dev/stdout")
    before = sorted(tmp_path.iterdir())
    for name in ("loop.jsonl", "lost.jsonl", "packed.jsonl", "stdout.jsonl"):
        with pytest.raises(UsageError, match=name):
            write([article], tmp_path / name)
    assert sorted(tmp_path.iterdir()) == before


def test_a_missing_folder_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    def unread() -> Iterator[Article]:
        pytest.fail("read")
        yield

    for output in (tmp_path / "missing" / "corpus.jsonl", tmp_path, Path(os.devnull), tmp_path / ("x" * 240)):
        with pytest.raises(UsageError) as caught:
            write(unread(), output)
        assert output.name in caught.value.message
        assert caught.value.hint
    assert Path(os.devnull).is_char_device()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_full_disk_is_named_and_nothing_is_left(code: int, tmp_path: Path, article: Article) -> None:
    full = OSError(code, os.strerror(code))

    def filling() -> Iterator[Article]:
        yield article
        raise full

    with pytest.raises(DiskFull) as caught:
        write(filling(), tmp_path / "corpus.jsonl")
    assert caught.value.__cause__ is full
    assert list(tmp_path.iterdir()) == []


# ── standard output ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_lines_go_to_standard_output(capsysbinary: pytest.CaptureFixture[bytes], article: Article) -> None:
    report = write(numbered(article, 3), None)
    out = capsysbinary.readouterr().out
    assert [json.loads(line)["id"] for line in out.splitlines()] == ["a0", "a1", "a2"]
    assert (report.file, report.manifest, report.articles, report.bytes, report.complete) == (None, None, 3, len(out), True)
    assert report.sha256 == report.lines_sha256 == hashlib.sha256(out).hexdigest()


def test_a_reader_that_leaves_early_ends_it_quietly() -> None:
    with subprocess.Popen([sys.executable, "-c", CHILD], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        assert child.stdout
        assert child.stderr
        assert json.loads(child.stdout.readline())["id"] == "a"
        child.stdout.close()
        assert child.stderr.read() == b"left early\n"
    assert child.returncode == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_standard_output_on_a_full_disk_is_named() -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run([sys.executable, "-c", CHILD], cwd=ROOT, stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.stderr == b"full: 5\n"


# ── memory ────────────────────────────────────────────────────────────────────────────────────────────────────────────


MEASURING = """
import pickle, sys, tracemalloc
from dataclasses import replace
from pathlib import Path
from storage.export.jsonl import write_corpus

article = pickle.loads(Path(sys.argv[1]).read_bytes())

def peak(count):
    articles = (replace(article, id=f"a{number}") for number in range(count))
    tracemalloc.start()
    write_corpus(articles, Path(sys.argv[2]), query={}, versions={}, archive={})
    highest = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return highest

peak(10)
print(peak(200), peak(2000))
"""


@pytest.mark.parametrize("name", ["corpus.jsonl", "corpus.jsonl.gz", "corpus.jsonl.zst"])
def test_memory_does_not_grow_with_the_archive(tmp_path: Path, article: Article, name: str) -> None:
    """Measured in a process of its own: other threads of this one would be counted, too."""
    given = tmp_path / "article"
    given.write_bytes(pickle.dumps(article))
    command = [sys.executable, "-c", MEASURING, str(given), str(tmp_path / name)]
    small, large = map(int, subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split())
    assert large < small + 100_000
