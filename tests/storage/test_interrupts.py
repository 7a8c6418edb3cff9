"""Signals: what must come to its end does, then the command ends; the second signal ends the process."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from storage.database.engine import Database
from storage.database.schema import _without_foreign_keys, migrate
from storage.database.tables import RunRow
from storage.interrupts import SIGNALS, Interrupted, handled, uninterrupted
from storage.repositories.runs import start_run
from tests.storage.conftest import Maker

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sqlalchemy.orm import Session


def ended(work: Callable[[], object]) -> int:
    """The exit code with which a signal ends work under our handlers; 0 where none does."""
    try:
        with handled():
            work()
    except Interrupted as interrupted:
        return interrupted.exit_code
    return 0


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_outside_of_a_transaction_ends_the_command_at_once(number: int) -> None:
    before = signal.getsignal(number)
    steps: list[str] = []

    def work() -> None:
        signal.raise_signal(number)
        steps.append("went on")

    assert (ended(work), steps) == (128 + number, [])
    assert signal.getsignal(number) is before


def test_a_transaction_is_committed_before_a_signal_ends_the_command(tmp_path: Path) -> None:
    database = Database(tmp_path / "a.sqlite3", busy_seconds=0.01)
    migrate(database)

    def work(session: Session) -> int:
        signal.raise_signal(signal.SIGTERM)
        return start_run(session, "test", Maker().capture().captured_at, "")

    assert ended(lambda: database.write(work)) == 143
    assert database.write(lambda session: session.scalar(select(func.count()).select_from(RunRow))) == 1, "nobody holds the tables"
    database.close()


def test_the_outermost_block_decides_and_an_error_goes_first() -> None:
    steps = []

    @uninterrupted()
    def fail() -> None:
        signal.raise_signal(signal.SIGINT)
        raise ZeroDivisionError

    @uninterrupted()
    def work() -> None:
        with pytest.raises(ZeroDivisionError):
            fail()
        with uninterrupted():
            steps.append("inner")
        steps.append("outer")

    assert (ended(work), steps) == (130, ["inner", "outer"])


def test_what_is_ignored_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with handled():
            signal.raise_signal(signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)


def test_another_thread_changes_nothing() -> None:
    handlers = []

    def run() -> None:
        with handled(), uninterrupted():
            handlers.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert handlers == [signal.getsignal(signal.SIGTERM)]


TWICE = """
import signal
from storage.interrupts import handled, uninterrupted
with handled(), uninterrupted():
    signal.raise_signal(signal.SIGINT)
    print("first", flush=True)
    signal.raise_signal(signal.SIGTERM)
    print("second", flush=True)
"""


def test_the_second_signal_ends_the_process() -> None:
    ran = subprocess.run([sys.executable, "-c", TWICE], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (-signal.SIGTERM, "first\n")


def test_a_migration_that_is_broken_off_raises_what_broke_it_off(tmp_path: Path) -> None:
    database = Database(tmp_path / "a.sqlite3")

    def work() -> None:
        with database.connection() as connection, _without_foreign_keys(connection):
            connection.invalidate()
            raise Interrupted(signal.SIGINT)

    assert ended(work) == 130
    database.close()
