"""Each exit code that docs/operate.md lists, as the installed command ends with it."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from storage.locking import hold
from tests.archives import SmallArchive, small_archive
from tests.site.server import Newsroom

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parents[2]
COMMAND = Path(sys.executable).with_name("harvester")
UNREACHABLE = 'name = "Away"\nkind = "online"\nhome = "http://127.0.0.9:9/"\nlanguage = "ru"\ndiscover = [{ feed = "rss.xml" }]\n'
"""A source at an address that may not be asked: it fails without a wait."""


def codes_of_the_table() -> set[int]:
    table = (ROOT / "docs" / "operate.md").read_text("utf-8").split("## Exit codes")[1].split("\n## ")[0]
    return {int(code) for row in re.findall(r"^\| ([\d, ]+) \|", table, re.MULTILINE) for code in row.split(",")}


@dataclass
class Place:
    """A folder with a small archive in `kept`, and the newsroom's sources beside one that cannot be reached."""

    folder: Path
    newsroom: Newsroom
    small: SmallArchive
    variables: dict[str, str]

    def start(self, *arguments: str, shell: str = "") -> subprocess.Popen[str]:
        """Start the installed command; `shell` is run before it, by the shell that becomes it."""
        words = ["sh", "-c", f'{shell}\nexec "$0" "$@"', str(COMMAND), *arguments] if shell else [str(COMMAND), *arguments]
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen(words, cwd=self.folder, env=self.variables, encoding="utf-8", **pipes)

    def ends(self, *arguments: str, shell: str = "") -> int:
        """Return the exit code of a command that ends by itself."""
        process = self.start(*arguments, shell=shell)
        process.communicate(timeout=120)
        return process.returncode


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with Newsroom() as newsroom:
        newsroom.write_sources(tmp_path / "sources")
        (tmp_path / "sources" / "away.toml").write_text(UNREACHABLE, "utf-8")
        variables = {
            "PATH": os.environ["PATH"],
            "HARVESTER_SOURCES": str(tmp_path / "sources"),
            "HARVESTER_ONLY_GIVEN_SOURCES": "true",
            "HARVESTER_TOPIC": str(newsroom.write_topic(tmp_path / "topics")),
            "HARVESTER_ALLOW_ADDRESSES": ",".join(newsroom.addresses),
        }
        yield Place(tmp_path, newsroom, small_archive(tmp_path / "kept"), variables)


@contextmanager
def locked(database: Path) -> Iterator[None]:
    """Lock the tables as another program would."""
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        yield


def few_files(place: Place) -> int:
    return place.ends("crawl", "palace-press", "--limit", "1", "--archive", "few", shell="ulimit -n 12")


def held(place: Place) -> int:
    with hold(place.small.directory, "test"):
        return place.ends("crawl", "--archive", "kept")


def a_byte_changed(place: Place) -> int:
    whole = place.small.warc.read_bytes()
    middle = len(whole) // 2
    place.small.warc.write_bytes(whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :])
    code = place.ends("verify", "--archive", "kept")
    place.small.warc.write_bytes(whole)
    return code


def interrupted(place: Place, number: int) -> int:
    """A crawl that is under way gets a signal."""
    under_way = threading.Event()
    place.newsroom.delay_seconds = 0.05
    asked = len(place.newsroom.requests.all())
    place.newsroom.hook = lambda _path: under_way.set() if len(place.newsroom.requests.all()) >= asked + 5 else None
    process = place.start("crawl", "severny-vestnik", "--archive", f"signal-{number}")
    assert under_way.wait(60), process.communicate()
    process.send_signal(number)
    process.communicate(timeout=60)
    place.newsroom.hook, place.newsroom.delay_seconds = None, 0.0
    return process.returncode


PROVOKED: dict[int, Callable[[Place], int]] = {
    0: lambda place: place.ends("verify", "--archive", "kept"),
    1: few_files,
    2: lambda place: place.ends("crawl", "nosuch"),
    3: lambda place: place.ends("crawl", "palace-press", "away", "--limit", "1", "--archive", "some"),
    5: lambda place: place.ends("export", "--archive", "kept", shell="exec > /dev/full"),
    6: held,
    7: a_byte_changed,
    8: lambda place: place.ends("crawl", "palace-press", "--since", "2025-09-01", "--limit", "1", "--archive", "back"),
    9: lambda place: place.ends("crawl", "away", "--archive", "none"),
    129: lambda place: interrupted(place, signal.SIGHUP),
    130: lambda place: interrupted(place, signal.SIGINT),
    143: lambda place: interrupted(place, signal.SIGTERM),
}
"""What makes the command end with a code. 4 is provoked beside them, because the command waits a minute for the lock."""
WAITED_FOR = 4


def test_every_code_of_the_table_is_provoked() -> None:
    assert {*PROVOKED, WAITED_FOR} == codes_of_the_table()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full, the disk that is always full")
def test_each_code_is_what_the_installed_command_ends_with(place: Place) -> None:
    shut = small_archive(place.folder / "shut")
    with locked(shut.directory / "archive.sqlite3"):
        waiting = place.start("search", "комиссия", "--archive", "shut")
        found = {code: provoke(place) for code, provoke in PROVOKED.items()}
        waiting.communicate(timeout=120)
    found[WAITED_FOR] = waiting.returncode
    assert found == {code: code for code in found}
