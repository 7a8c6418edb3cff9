from __future__ import annotations

import io
import json
import logging
import re
from typing import TYPE_CHECKING

import pytest

from harvester.monitoring.logs import PROGRESS, RUNS, TOLD, TOLD_ON_STDERR, set_up_logging
from storage.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

STAMP = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[+-]\d\d:\d\d"


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    for handler in root.handlers:
        handler.close()
    root.handlers, root.level = handlers, level


def test_a_stamp_has_its_offset_from_utc() -> None:
    stream = io.StringIO()
    set_up_logging(0, stream)
    logging.getLogger("harvester").warning("қалай\x1b[2J\nforged")
    assert re.fullmatch(rf"{STAMP} WARNING қалай\\x1b\[2J\\x0aforged\n", stream.getvalue())


@pytest.mark.parametrize(("verbosity", "on_stderr"), [(-1, 1), (0, 2), (1, 3), (2, 4)])
def test_the_file_has_the_steps_whatever_stderr_shows(verbosity: int, on_stderr: int, tmp_path: Path) -> None:
    stream = io.StringIO()
    set_up_logging(verbosity, stream, file=tmp_path / "log")
    logger = logging.getLogger("harvester.test")
    for level in (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR):
        logger.log(level, "happened")
    assert stream.getvalue().count("happened") == on_stderr
    assert (tmp_path / "log").read_text().count("happened") == max(on_stderr, 3)


def test_as_json_an_event_is_one_line(tmp_path: Path) -> None:
    set_up_logging(-1, io.StringIO(), file=tmp_path / "log", as_json=True)
    logger = logging.getLogger("harvester.test")
    logger.warning("one\ntwo \u2028 %s", "қ\udc80")
    try:
        int("x")
    except ValueError:
        logger.exception("failed")
    first, second = [json.loads(line) for line in (tmp_path / "log").read_text("ascii").splitlines()]
    assert list(first) == ["time", "level", "logger", "message"]
    assert (first["level"], first["logger"], first["message"]) == ("WARNING", "harvester.test", "one\ntwo \u2028 қ\udc80")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", first["time"])
    assert "ValueError: invalid literal" in second["traceback"]


def test_a_file_that_was_moved_away_is_begun_anew(tmp_path: Path) -> None:
    set_up_logging(0, io.StringIO(), file=tmp_path / "log")
    logging.getLogger("harvester").warning("before")
    (tmp_path / "log").rename(tmp_path / "log.1")
    logging.getLogger("harvester").warning("after")
    assert "before" in (tmp_path / "log.1").read_text()
    assert "after" in (tmp_path / "log").read_text()


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nowhere/log cannot be written: No such file"):
        set_up_logging(0, io.StringIO(), file=tmp_path / "nowhere" / "log")


@pytest.mark.parametrize(("verbosity", "shown"), [(-1, False), (0, True), (1, True)])
def test_how_far_a_run_is_is_shown_by_default_and_is_no_warning(verbosity: int, shown: bool) -> None:  # noqa: FBT001
    stream = io.StringIO()
    set_up_logging(verbosity, stream)
    logging.getLogger(PROGRESS).info("run 1: 79 answers captured, 0 failures")
    assert ("INFO run 1: 79 answers" in stream.getvalue()) is shown


def test_what_a_library_lays_out_over_lines_is_put_on_one() -> None:
    stream = io.StringIO()
    set_up_logging(2, stream)
    logging.getLogger("scrapy.crawler").info("Overridden settings:\n{'A': 1,\n 'B': 2}")
    assert stream.getvalue().endswith(" INFO Overridden settings: {'A': 1, 'B': 2}\n")


@pytest.mark.parametrize(("as_json", "on_stderr"), [(False, []), (True, ["told", "only there"])])
def test_what_a_command_prints_is_an_event_on_stderr_where_the_log_is_json(as_json: bool, on_stderr: list[str], tmp_path: Path) -> None:  # noqa: FBT001
    stream = io.StringIO()
    set_up_logging(-1, stream, file=tmp_path / "log", as_json=as_json)
    for name, message in ((TOLD, "told"), (TOLD_ON_STDERR, "only there"), (RUNS, "run 1 ends")):
        logging.getLogger(name).error(message)
    assert [json.loads(line)["message"] for line in stream.getvalue().splitlines()] == on_stderr
    written = (tmp_path / "log").read_text()
    assert [message in written for message in ("told", "only there", "run 1 ends")] == [True, False, True]


@pytest.mark.parametrize(("verbosity", "shown"), [(-1, False), (0, False), (1, True)])
def test_how_a_run_ended_is_an_event_under_v(verbosity: int, shown: bool) -> None:  # noqa: FBT001
    stream = io.StringIO()
    set_up_logging(verbosity, stream)
    logging.getLogger(RUNS).error("run 1 ends with exit code 9")
    assert ("run 1 ends" in stream.getvalue()) is shown
