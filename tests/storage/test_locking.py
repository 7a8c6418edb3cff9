from __future__ import annotations

import fcntl
import os
import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from storage.errors import ArchiveBusy, ArchiveUnusable
from storage.locking import LOCK_NAME, hold, holder

if TYPE_CHECKING:
    from pathlib import Path


def test_a_folder_that_was_made_for_the_lock_is_removed_with_those_above_it(tmp_path: Path) -> None:
    folder = tmp_path / "of" / "mine" / "archive"
    with pytest.raises(KeyError), hold(folder, "crawl"):
        raise KeyError
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_was_there_or_that_something_came_into_is_kept(tmp_path: Path) -> None:
    with hold(tmp_path, "crawl"):
        pass
    assert [x.name for x in tmp_path.iterdir()] == [LOCK_NAME]
    with hold(tmp_path / "new" / "archive", "crawl"):
        (tmp_path / "new" / "archive" / "warc").mkdir()
    assert {x.name for x in (tmp_path / "new" / "archive").iterdir()} == {LOCK_NAME, "warc"}


def test_nobody_is_named_after_the_holder_has_ended(tmp_path: Path) -> None:
    assert holder(tmp_path) is None
    with hold(tmp_path, "crawl"):
        assert holder(tmp_path) == (tmp_path / LOCK_NAME).read_text().strip()
        with pytest.raises(ArchiveBusy, match=rf"is held by crawl \(process {os.getpid()}, since "), hold(tmp_path, "ingest"):
            pass
    assert holder(tmp_path) is None
    assert (tmp_path / LOCK_NAME).read_text() == ""


def test_a_holder_that_has_not_yet_written_its_name_is_waited_for(tmp_path: Path) -> None:
    """The name is written after the lock is taken; twenty that start at once meet in between."""
    with (tmp_path / LOCK_NAME).open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        writer = threading.Timer(0.05, lambda: (file.write("crawl (process 7, since noon)\n"), file.flush()))
        writer.start()
        with pytest.raises(ArchiveBusy, match=r"is held by crawl \(process 7, since noon\)"), hold(tmp_path, "ingest"):
            pass
        writer.join()
    with (tmp_path / LOCK_NAME).open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(ArchiveBusy, match="is held by another run"), hold(tmp_path, "ingest"):
            pass


def test_one_who_only_looks_keeps_nobody_out(tmp_path: Path) -> None:
    """`status` takes the lock for a moment to see whether it is free; a run that starts just then tries again."""
    with (tmp_path / LOCK_NAME).open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        looker = threading.Timer(0.002, lambda: fcntl.flock(file, fcntl.LOCK_UN))
        looker.start()
        with hold(tmp_path, "crawl"):
            pass
        looker.join()


def test_a_lock_file_that_its_holder_removed_meanwhile_holds_nobody_out(tmp_path: Path) -> None:
    """A run that stored nothing removes its lock file; one that has opened that file and waits for it must not believe that it holds."""
    held = 0
    for _ in range(40):
        with ExitStack() as first:
            first.enter_context(hold(tmp_path / "archive", "crawl"))
            ending = threading.Timer(0.003, first.pop_all().close)
            ending.start()
            try:
                with hold(tmp_path / "archive", "ingest"):
                    held += 1
                    with pytest.raises(ArchiveBusy, match="held by ingest"), hold(tmp_path / "archive", "crawl"):
                        pass
            except ArchiveBusy:
                pass
            ending.join()
    assert held


def test_a_folder_that_cannot_be_made_or_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ArchiveUnusable, match="cannot be made: Not a directory"), hold(tmp_path / "file" / "archive", "crawl"):
        pass
    (tmp_path / "archive" / LOCK_NAME).mkdir(parents=True)
    with pytest.raises(ArchiveUnusable, match="cannot be written: Is a directory"), hold(tmp_path / "archive", "crawl"):
        pass
