from __future__ import annotations

import errno
import fcntl
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from storage.atomic_files import is_at, pending, replacing, sync_directory, write_whole

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def torn() -> Iterator[bytes]:
    """What fails in its midst."""
    yield b"torn"
    raise KeyError


def test_a_file_takes_its_place_when_the_block_ends(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b"old")
    with replacing(path) as file:
        file.write(b"new")
        file.flush()
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_an_error_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b"old")
    with pytest.raises(KeyError), replacing(path) as file:
        file.writelines(torn())
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_several_files_are_published_when_all_are_written(tmp_path: Path) -> None:
    first, second = tmp_path / "corpus.jsonl", tmp_path / "corpus.jsonl.manifest.json"
    with pytest.raises(KeyError), pending(first), pending(second) as other:
        other.stream.writelines(torn())
    assert list(tmp_path.iterdir()) == []
    with pending(first) as one, pending(second) as other:
        one.stream.write(b"1")
        other.stream.write(b"2")
        for file in (one, other):
            file.sync()
        for file in (one, other):
            file.publish()
    assert (first.read_bytes(), second.read_bytes()) == (b"1", b"2")


def test_a_file_that_is_not_published_is_dropped(tmp_path: Path) -> None:
    with pending(tmp_path / "a") as file:
        file.stream.write(b"1")
    assert list(tmp_path.iterdir()) == []


def test_a_link_is_written_through(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    real, link = tmp_path / "there" / "real", tmp_path / "link"
    link.symlink_to(real)
    write_whole(link, b"1")
    assert link.is_symlink()
    assert real.read_bytes() == b"1"


def test_the_umask_decides_who_may_read(tmp_path: Path) -> None:
    write_whole(tmp_path / "a", b"")
    (tmp_path / "b").write_bytes(b"")
    assert (tmp_path / "a").stat().st_mode == (tmp_path / "b").stat().st_mode


_KILLED = """
import os, signal, sys
from pathlib import Path
from storage.atomic_files import replacing

with replacing(Path(sys.argv[1])) as file:
    file.write(b"torn")
    file.flush()
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_writer_left_behind_goes_with_the_next_one(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b"old")
    assert subprocess.run([sys.executable, "-c", _KILLED, str(path)], check=False, timeout=60).returncode == -signal.SIGKILL
    assert path.read_bytes() == b"old"
    assert len(list(tmp_path.iterdir())) == 2
    write_whole(path, b"new")
    assert list(tmp_path.iterdir()) == [path]


def test_files_of_others_and_of_writers_that_are_alive_stay(tmp_path: Path) -> None:
    kept = ["a.json.x.tmp", "b.json.77.tmp", "a.json.gz.77.tmp", "a.json.78.tmp", "a.json.٧.tmp"]
    for name in (*kept, "a.json.77.tmp"):
        (tmp_path / name).touch()
    with (tmp_path / "a.json.78.tmp").open("rb") as alive:
        fcntl.flock(alive, fcntl.LOCK_EX)
        write_whole(tmp_path / "a.json", b"1")
    assert sorted(x.name for x in tmp_path.iterdir()) == sorted([*kept, "a.json"])


_OFTEN = """
import sys
from pathlib import Path
from storage.atomic_files import write_whole

for number in range(150):
    write_whole(Path(sys.argv[1]), sys.argv[2].encode() * 1000)
"""


def test_writers_of_one_file_do_not_meet(tmp_path: Path) -> None:
    path = tmp_path / "a"
    running = [subprocess.Popen([sys.executable, "-c", _OFTEN, str(path), word]) for word in "abc"]
    assert [process.wait(60) for process in running] == [0, 0, 0]
    assert path.read_bytes() in {word * 1000 for word in (b"a", b"b", b"c")}
    assert list(tmp_path.iterdir()) == [path]


_WITH_A_LIMIT = """
import resource, signal, sys
from pathlib import Path
from storage.atomic_files import write_whole

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))
try:
    write_whole(Path(sys.argv[1]), b"x" * 20_000)
except OSError as error:
    print(error.errno)
"""


def test_a_full_disk_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")
    ran = subprocess.run([sys.executable, "-c", _WITH_A_LIMIT, str(path)], check=True, capture_output=True, text=True, timeout=60)
    assert int(ran.stdout) == errno.EFBIG
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_missing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_whole(tmp_path / "none" / "a", b"")
    with pytest.raises(FileNotFoundError):
        sync_directory(tmp_path / "none")


def test_a_file_is_known_by_its_name_until_it_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.touch()
    with path.open("rb") as file:
        assert is_at(path, file)
        write_whole(path, b"")
        assert not is_at(path, file)
        path.unlink()
        assert not is_at(path, file)
