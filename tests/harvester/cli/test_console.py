"""Lines are broken between words on a terminal, and nowhere else."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len
from rich.text import Text

from harvester.cli.console import PlainConsole, broken
from tests.docs.picture import COLUMNS, on_terminal

if TYPE_CHECKING:
    from pathlib import Path

URL = "http://127.0.0.1:35599/n/kto-syadet-za-obshchiy-stol/?page=2"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def printed(text: str | Text, columns: int, monkeypatch: pytest.MonkeyPatch, file: io.StringIO) -> list[str]:
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("LINES", "24")
    monkeypatch.setenv("TERM", "dumb")
    PlainConsole(file).print(text)
    return file.getvalue().splitlines()


def test_words_stay_whole_on_a_terminal_and_lines_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    sentence = "Конституциялық реформа бюросының кеңейтілген отырысы өтті, деп хабарлады агенттік."
    lines = printed(sentence, 30, monkeypatch, Terminal())
    assert all(len(line) <= 30 for line in lines)
    assert " ".join(lines) == sentence
    assert printed(Text(sentence), 30, monkeypatch, io.StringIO()) == [sentence]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        ("one two", ["one two"]),
        ("    one two three", ["    one two", "    three"]),
        (f"    {URL}", [f"    {URL}"]),
        (f"    id {URL} end", ["    id", f"    {URL}", "    end"]),
        ("first\n\n  second thirds", ["first", "", "  second", "  thirds"]),
        ("a no\u00a0break\u00a0space b", ["a", "no\u00a0break\u00a0space", "b"]),
        ("中文 新闻 档案 检索 中文", ["中文 新闻 档案", "检索 中文"]),
        ("trailing     spaces     here", ["trailing", "spaces", "here"]),
    ],
)
def test_where_lines_are_broken(text: str, lines: list[str]) -> None:
    """At 14 columns."""
    assert broken(Text(text), 14).plain.split("\n") == lines


def test_a_broken_text_keeps_its_styles() -> None:
    text = Text("    found ").append("some bold words", "bold").append(" and others")
    shown = broken(text, 20)
    bold = [shown.plain[span.start : span.end] for span in shown.spans if span.style == "bold"]
    assert " ".join(" ".join(bold).split()) == "some bold words"


def test_an_error_is_broken_between_words_too(tmp_path: Path) -> None:
    arguments = ("show", "x", "--revision", "1", "--json")
    with pytest.raises(RuntimeError) as refused:
        on_terminal(tmp_path, arguments)
    _, _, said = str(refused.value).partition(": ")
    lines = said.splitlines()
    assert lines[0].startswith("harvester: --revision goes with --html, with --text, or alone. ")
    assert len(lines) > 1
    assert all(len(line) <= COLUMNS for line in lines)
    assert " ".join(lines).endswith("--diff A B --json has the texts of two.")


@pytest.mark.parametrize("width", [1, 2, 7, 80])
def test_nothing_is_lost_at_any_width(width: int) -> None:
    text = f"  Список пестрый: {URL} и 新闻,\nдалее  два пробела. " * 3
    shown = broken(Text(text), width)
    assert shown.plain.split() == text.split()
    assert all(cell_len(line) <= max(width, 64) for line in shown.plain.split("\n")) or width > 64
