from __future__ import annotations

import configparser
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harvester.cli.schedule import crontab_line, service, timer

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.harvester.cli.said import Said

ODD = ["/opt/har vester", "crawl", "/srv/my archive's", "100%", "$HOME", 'a"b', "back\\slash", "қала", ""]


def unit(text: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None, strict=True)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(text)
    return parser


def words_of(line: str) -> list[str]:
    """The words of ExecStart as systemd reads them."""
    found = re.findall(r'"((?:[^"\\]|\\.)*)"|(\S+)', line)
    return [re.sub(r"\\(.)", r"\1", quoted or bare).replace("%%", "%").replace("$$", "$") for quoted, bare in found]


def test_what_is_printed_crawls_into_this_archive(harvester: Callable[..., Said], tmp_path: Path) -> None:
    Path("harvester.toml").write_text('archive = "my data"\n')
    said = harvester("schedule", "--json", "--sources", "mine")
    words = shlex.split(said.json["crontab"])
    assert words[:5] == ["*/15", "*", "*", "*", "*"]
    assert Path(words[5]).is_absolute()
    data, config, mine = (str(tmp_path / name) for name in ("my data", "harvester.toml", "mine"))
    wanted = ["crawl", "-q", "--if-free", "--existing", "--archive", data, "--config", config, "--sources", mine]
    assert words[-len(wanted) :] == wanted
    assert words_of(unit(said.json["service"])["Service"]["ExecStart"]) == words[5:]
    assert words_of(unit(said.json["service"])["Unit"]["RequiresMountsFor"]) == [data]
    shown = harvester("schedule", "--sources", "mine").out
    for part in ("crontab", "service", "timer"):
        assert said.json[part] in shown


def test_variables_that_will_not_be_there_are_named(harvester: Callable[..., Said], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HARVESTER_CONTACT", "a@b.org")
    monkeypatch.setenv("HARVESTER_ARCHIVE", "there")
    said = harvester("schedule")
    assert (
        said.err.splitlines()[-1] + "\n" == "HARVESTER_CONTACT is set here and will not be set there: put its value into harvester.toml.\n"
    )
    assert "/there" in said.out


@pytest.mark.parametrize(
    ("minutes", "cron", "calendar"), [(60, "0 * * * *", "hourly"), (20, "*/20 * * * *", "*:0/20"), (1, "*/1 *", "*:0/1")]
)
def test_how_often(minutes: int, cron: str, calendar: str) -> None:
    assert crontab_line(["x"], minutes).startswith(cron)
    assert unit(timer(minutes))["Timer"]["OnCalendar"] == calendar


@pytest.mark.parametrize("minutes", ["0", "7", "45", "90"])
def test_what_does_not_divide_an_hour_is_refused(harvester: Callable[..., Said], minutes: str) -> None:
    assert harvester("schedule", "--minutes", minutes).code == 2


def test_odd_paths_reach_the_program_whole() -> None:
    line = crontab_line(["printf", "[%s]", *ODD], 15).split("  ", 1)[1]
    assert "%" not in line.replace("\\%", "")
    ran = subprocess.run(["sh", "-c", line.replace("\\%", "%")], capture_output=True, text=True, check=True)
    assert ran.stdout == "".join(f"[{word}]" for word in ODD)
    assert words_of(unit(service(ODD, Path(ODD[2])))["Service"]["ExecStart"]) == ODD


def test_a_path_with_a_line_break_is_refused(harvester: Callable[..., Said]) -> None:
    said = harvester("schedule", "--archive", "a\nb")
    assert (said.code, said.out) == (2, "")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze on PATH")
def test_systemd_finds_no_fault(tmp_path: Path) -> None:
    (tmp_path / "x.service").write_text(service(["/bin/true", *ODD], Path(*ODD[1:5])))
    (tmp_path / "x.timer").write_text(timer(15))
    units = [str(tmp_path / name) for name in ("x.service", "x.timer")]
    ran = subprocess.run(["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
