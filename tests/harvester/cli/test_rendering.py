from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
from rich.console import Console

from harvester.cli import rendering
from harvester.cli.rendering import day_and_time, marked, telling
from storage.export.plain_text import plain
from storage.model.articles import DateStamp, Precision
from storage.search.snippets import Snippet


@pytest.fixture
def terminal() -> Console:
    return Console(file=io.StringIO(), force_terminal=True, width=80, color_system="standard")


def written(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_plain_text_keeps_its_lines_and_loses_what_steers() -> None:
    assert plain("один\nдва\x1b[2J\x9b1m\x00три\u202eчетыре\u2066") == "один\nдва [2J 1m тричетыре"


def test_found_words_are_bold_on_a_terminal_and_plain_elsewhere(terminal: Console) -> None:
    snippet = Snippet("о референдуме весной", ((2, 13),))
    terminal.print(marked(snippet))
    assert written(terminal) == "о \x1b[1mреферендуме\x1b[0m весной\n"
    assert marked(snippet).plain == snippet.text


@pytest.mark.parametrize(
    ("precision", "shown"),
    [
        (Precision.SECOND, "2026-03-03 14:05"),
        (Precision.MINUTE, "2026-03-03 14:05"),
        (Precision.DAY, "2026-03-03"),
        (Precision.MONTH, "2026-03"),
    ],
)
def test_a_date_shows_what_was_printed(precision: Precision, shown: str) -> None:
    assert day_and_time(DateStamp(datetime(2026, 3, 3, 14, 5, 6, tzinfo=UTC), precision, "", "", "UTC")) == shown


def test_progress_shows_on_a_terminal_once_it_takes_long(terminal: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    with telling(terminal, lambda: "7 done"):
        pass
    assert "7 done" not in written(terminal)
    monkeypatch.setattr(rendering, "PATIENCE_SECONDS", 0.0)
    with telling(terminal, lambda: "7 done"):
        pass
    assert "7 done" in written(terminal)


@pytest.mark.parametrize("silent", [True, False])
def test_progress_is_not_shown_when_silent_or_where_there_is_no_terminal(
    terminal: Console, monkeypatch: pytest.MonkeyPatch, *, silent: bool
) -> None:
    monkeypatch.setattr(rendering, "PATIENCE_SECONDS", 0.0)
    console = terminal if silent else Console(file=io.StringIO(), force_terminal=False)
    with telling(console, lambda: "7 done", silent=silent):
        pass
    assert written(console) == ""
