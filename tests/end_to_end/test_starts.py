"""Runs that are started at the same time."""

from __future__ import annotations

import resource
import socket
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING

import pytest

from tests.end_to_end.conftest import Harvester

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

STARTS = 20
SECONDS, CORES = 2, 2
"""How soon all but one must have ended, and on how many cores."""


@pytest.fixture
def silent_site() -> Iterator[socket.socket]:
    """A site that takes connections and never answers, so that the run which won is under way until the socket is closed."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


@pytest.mark.parametrize("made", [False, True], ids=["no archive yet", "an archive"])
def test_of_twenty_that_start_at_once_one_runs_and_the_others_name_it(tmp_path: Path, silent_site: socket.socket, *, made: bool) -> None:
    """As processor time, which a busy machine stretches little: each may take a twentieth of two seconds on two cores."""
    address = "{}:{}".format(*silent_site.getsockname())
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "silent.toml").write_text(
        f'name = "Silent"\nkind = "online"\nhome = "http://{address}/"\nlanguage = "ru"\ntimezone = "Asia/Almaty"\n'
        'discover = [{ feed = "rss.xml" }]\n'
    )
    allowed = {"HARVESTER_ALLOW_ADDRESSES": address, "HARVESTER_SOURCES": str(tmp_path / "sources")}
    harvester = Harvester(tmp_path, {**allowed, "HARVESTER_ONLY_GIVEN_SOURCES": "true"}, measured=False, forked=False)
    if made:
        (tmp_path / "archive").mkdir()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    processes = [harvester.start("crawl", "-q") for _ in range(STARTS)]
    with ThreadPoolExecutor(STARTS) as pool:
        ends = {pool.submit(process.communicate): process for process in processes}
        running = set(ends)
        while len(running) > 1:
            _, running = wait(running, return_when=FIRST_COMPLETED)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        (winner,) = (ends[end] for end in running)
        winner.terminate()
    losers = [ends[end] for end in ends if ends[end] is not winner]
    assert [process.returncode for process in losers] == [6] * (STARTS - 1)
    named = f"archive is held by crawl (process {winner.pid}, since "
    assert all(named in end.result()[1] for end in ends if ends[end] is not winner)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert used < SECONDS * CORES
