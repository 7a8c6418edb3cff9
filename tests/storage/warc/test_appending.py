from __future__ import annotations

import errno
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from storage.errors import ArchiveUnusable, DamageFound, DiskFull
from storage.warc.appending import told
from storage.warc.repair import ends_whole
from storage.warc.writer import WarcWriter, own_files

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.warc.exchange import Exchange
    from tests.storage.warc.conftest import MakeExchange, Seen

    ByWarcio = Callable[[Path], list[Seen]]


@pytest.mark.parametrize("place", ["missing", "file"])
def test_unusable_directory_is_named(place: str, tmp_path: Path, make_exchange: MakeExchange) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ArchiveUnusable, match=re.escape(str(tmp_path / place))):
        WarcWriter(tmp_path / place, software="harvester/0").write_exchange(make_exchange())


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_directory_without_permission_is_named(tmp_path: Path, make_exchange: MakeExchange) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(ArchiveUnusable, match=re.escape(str(tmp_path))):
            WarcWriter(tmp_path, software="harvester/0").write_exchange(make_exchange())
    finally:
        tmp_path.chmod(0o700)


@pytest.mark.parametrize(
    ("number", "exit_code", "says"),
    [
        (errno.EDQUOT, 5, "No space left for f"),
        (errno.EROFS, 2, "f cannot be written: Read-only file system"),
        (errno.EEXIST, 6, "f was made by somebody else"),
        (errno.EIO, 7, "The disk failed at f"),
        (errno.EMFILE, 1, "f cannot be written: Too many open files"),
    ],
)
def test_each_refusal_of_the_system_has_its_exit_code(number: int, exit_code: int, says: str) -> None:
    error = told(OSError(number, "x"), Path("f"))
    assert error.exit_code == exit_code
    assert str(error).startswith(says)


_UNTIL_FULL = """
import os, resource, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from storage.errors import DiskFull
from storage.warc.exchange import Exchange
from storage.warc.writer import WarcWriter

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
_, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), hard))
moment = datetime(2026, 3, 3, tzinfo=UTC)
written = 0
with WarcWriter(Path(sys.argv[1]), software="harvester/0") as writer:
    try:
        while True:
            writer.write_exchange(Exchange("https://a.example/", moment, 200, "OK", (), os.urandom(3000)))
            written += 1
    except DiskFull as error:
        print(written, error.exit_code)
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    writer.write_exchange(Exchange("https://a.example/after", moment, 200, "OK", (), b"room again"))
"""


@pytest.mark.parametrize("limit", [20_000, 20_001, 22_222, 300])
def test_full_disk_leaves_whole_records_and_room_lets_go_on(limit: int, tmp_path: Path, by_warcio: ByWarcio) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", _UNTIL_FULL, str(tmp_path), str(limit)], check=True, capture_output=True, text=True, timeout=60
    )
    written, exit_code = map(int, ran.stdout.split())
    assert exit_code == DiskFull.exit_code
    assert (written > 0) == (limit > 300)
    (path,) = own_files(tmp_path)
    assert [seen.kind for seen in by_warcio(path)] == ["warcinfo", *["response", "request"] * (written + 1)]
    assert ends_whole(path)


def diverted(writer: WarcWriter, make_exchange: MakeExchange, target: int) -> Exchange:
    """Point the open file of the writer at another descriptor, as a failing device would have it."""
    writer.write_exchange(make_exchange())
    file: Any = writer._file
    os.dup2(target, file._descriptor)
    return make_exchange()


def test_failed_fsync_is_never_tried_again(writer: WarcWriter, make_exchange: MakeExchange) -> None:
    reading, writing = os.pipe()  # takes the bytes, and cannot be synced
    try:
        exchange = diverted(writer, make_exchange, writing)
        with pytest.raises(DamageFound, match="did not confirm"):
            writer.write_exchange(exchange)
        assert os.read(reading, 100_000)
        with pytest.raises(DamageFound, match="takes nothing more"):
            writer.write_exchange(exchange)
        os.set_blocking(reading, False)
        with pytest.raises(BlockingIOError):
            os.read(reading, 1)
    finally:
        os.close(reading)
        os.close(writing)


def test_disk_full_that_cannot_be_cut_back_ends_the_writing(writer: WarcWriter, make_exchange: MakeExchange) -> None:
    full = os.open("/dev/full", os.O_WRONLY)
    try:
        exchange = diverted(writer, make_exchange, full)
    finally:
        os.close(full)
    with pytest.raises(DiskFull, match="No space left"):
        writer.write_exchange(exchange)
    with pytest.raises(DamageFound, match="takes nothing more"):
        writer.write_exchange(exchange)
