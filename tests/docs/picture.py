"""`python -m tests.docs.picture` writes docs/terminal.svg: what commands print on a terminal, over the demonstration archive.

A test makes the picture anew and compares, so that it shows what the commands print today.
"""

from __future__ import annotations

import fcntl
import io
import os
import pty
import re
import struct
import sys
import tempfile
import termios
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from tests.site.archive import write_demonstration

if TYPE_CHECKING:
    from collections.abc import Mapping

PICTURE = Path(__file__).resolve().parents[2] / "docs" / "terminal.svg"
COMMAND = "python -m tests.docs.picture"
COLUMNS = 100
SHOWN: tuple[tuple[tuple[str, ...], int], ...] = (
    (("search", "конституцией", "--limit", "2"), 8),
    (("search", "--silent"), 4),
    (("show", "8ec68b2837ec52fbeaef", "--diff", "1", "2"), 4),
)
"""Commands, and how many lines of each are shown at most."""
_FONTS = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)


def picture(place: Path) -> str:
    """Return the SVG of the commands run in a folder with the demonstration archive."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    for arguments, most in SHOWN:
        console.print(Text(f"$ harvester {' '.join(arguments)}", "bold green"))
        lines = on_terminal(place, arguments).splitlines()
        for line in lines[:most]:
            console.print(Text.from_ansi(line), overflow="fold")
        if len(lines) > most:
            console.print(Text("…", "dim"))
        console.print()
    svg = console.export_svg(title="harvester", unique_id="terminal")
    return "\n".join(line.rstrip() for line in _FONTS.sub("", svg).splitlines()) + "\n"  # no font is fetched from elsewhere


def on_terminal(place: Path, arguments: tuple[str, ...], variables: Mapping[str, str] | None = None) -> str:
    """Return what a command writes to a terminal of `COLUMNS` columns, with its colours; `variables` are set in its environment."""
    process, terminal = pty.fork()
    if process == 0:
        _run(place, arguments, variables or {})
    pieces = []
    while True:
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # Linux: the other end is closed
            break
        if not piece:
            break
        pieces.append(piece)
    os.close(terminal)
    _, status = os.waitpid(process, 0)
    output = b"".join(pieces).decode().replace("\r\n", "\n")
    if os.waitstatus_to_exitcode(status):
        raise RuntimeError(f"harvester {' '.join(arguments)}: {output}")
    return output


def _run(place: Path, arguments: tuple[str, ...], variables: Mapping[str, str]) -> None:
    """In the child: run the command, and never come back."""
    code = 1
    try:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 40, COLUMNS, 0, 0))
        for name in [x for x in os.environ if x.startswith("HARVESTER_") or x in {"NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES"}]:
            del os.environ[name]
        os.environ |= {"TERM": "xterm-256color", "COLORTERM": "", **variables}
        os.chdir(place)
        sys.stdout, sys.stderr = os.fdopen(1, "w", encoding="utf-8"), os.fdopen(2, "w", encoding="utf-8")
        from harvester.cli.main import invoke

        code = invoke(arguments)
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


def main() -> None:
    """Make the demonstration archive in a temporary folder, and write the picture."""
    with tempfile.TemporaryDirectory(prefix="harvester-picture-") as folder:
        on_terminal(Path(folder), tuple(write_demonstration(Path(folder))))
        PICTURE.write_text(picture(Path(folder)), "utf-8")


if __name__ == "__main__":
    main()
