"""Scrapy's own command line, in a folder with a scrapy.cfg."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from storage.locking import hold

if TYPE_CHECKING:
    from pathlib import Path

DECLARED = 'name = "X"\nkind = "online"\nhome = "http://127.0.0.9:9/"\nlanguage = "ru"\ndiscover = [{ feed = "rss" }]\n'


def scrapy(folder: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a command of Scrapy beside one declared source, of which nothing may be asked: it is on loopback."""
    (folder / "scrapy.cfg").write_text("[settings]\ndefault = harvester.spiders.scrapy_settings_module\n")
    (folder / "mine").mkdir(exist_ok=True)
    (folder / "mine" / "vestnik.toml").write_text(DECLARED)
    ours = {"HARVESTER_SOURCES": "mine", "HARVESTER_ONLY_GIVEN_SOURCES": "true", "PYTHONPATH": os.pathsep.join(sys.path)}
    environment = {"PATH": os.environ["PATH"]} | ours | variables
    return subprocess.run(
        [sys.executable, "-m", "scrapy", *words], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def test_a_crawl_says_and_returns_what_harvester_crawl_does(tmp_path: Path) -> None:
    ran = scrapy(tmp_path, "crawl", "vestnik", "-O", "items.jsonl")
    assert ran.returncode == 9
    assert ran.stderr.startswith("Items go into the archive, not into a feed: `harvester export -o FILE` writes them.\n")
    assert ran.stderr.splitlines()[-1].startswith("harvester: every source failed: vestnik (blocked_address: 127.0.0.9")
    assert (tmp_path / "archive" / "archive.sqlite3").is_file()
    assert not (tmp_path / "items.jsonl").exists()


def test_a_held_archive_and_an_unknown_source_are_sentences(tmp_path: Path) -> None:
    unknown = scrapy(tmp_path, "crawl", "vestnick")
    assert (unknown.returncode, unknown.stderr.splitlines()[-1]) == (2, "harvester: There is no source vestnick. The nearest is vestnik.")
    (tmp_path / "archive").mkdir(exist_ok=True)
    with hold(tmp_path / "archive", "crawl"):
        held = scrapy(tmp_path, "crawl", "vestnik", "-L", "ERROR")
    assert held.returncode == 6
    assert held.stderr.startswith("harvester: archive is held by crawl (process ")


@pytest.mark.parametrize(
    ("words", "variables", "said"),
    [
        (("crawl", "vestnik", "-s", "DOWNLOAD_DELAY=0"), {}, "-a and -s have no effect here"),
        (("crawl", "vestnik", "-a", "limit=3"), {}, "-a and -s have no effect here"),
        (("crawl",), {}, "name one source"),
        (("list",), {"HARVESTER_KEEP": "some"}, "harvester: HARVESTER_KEEP: keep must be 'relevant' or 'all'."),
    ],
)
def test_what_would_not_be_obeyed_is_refused(tmp_path: Path, words: tuple[str, ...], variables: dict[str, str], said: str) -> None:
    ran = scrapy(tmp_path, *words, **variables)
    assert ran.returncode == 2
    assert said in ran.stderr
    assert "Traceback" not in ran.stderr


def test_the_list_is_the_catalogue(tmp_path: Path) -> None:
    assert scrapy(tmp_path, "list").stdout == "vestnik\n"
