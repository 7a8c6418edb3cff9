"""Nothing grows by running again: many runs over a small site that has no news, without the crawler around them."""

from __future__ import annotations

import os
import sqlite3
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from harvester.catalogue.loader import load_catalogue
from harvester.config import Config
from harvester.crawl_session import CrawlSession
from storage.model.sources import AddressKind, DiscoveredUrl
from storage.warc.exchange import Exchange

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

HOME = "https://vestnik.example/"
BEGIN, END = 10, 40
"""What is there after the first of these runs must not have grown by a tenth after the second."""
DECLARATION = f'name = "Вестник"\nkind = "online"\nhome = "{HOME}"\nlanguage = "ru"\nkeep = "all"\ndiscover = [{{ feed = "rss.xml" }}]\n'
TEXT = "Жители посёлка обсудили проект нового парка и предложили высадить вдоль реки триста молодых клёнов. " * 3
PAGES = {
    "robots.txt": ("text/plain", "User-agent: *\nAllow: /\n"),
    "rss.xml": (
        "application/rss+xml",
        '<rss version="2.0"><channel>'
        + "".join(f"<item><title>Парк {n}</title><link>{HOME}n/{n}</link></item>" for n in range(5))
        + "</channel></rss>",
    ),
} | {f"n/{n}": ("text/html", f"<html><body><h1>Парк номер {n}</h1><p>Улица {n}. {TEXT}</p></body></html>") for n in range(5)}


def run(config: Config, catalogue: object, moment: datetime) -> None:
    """One run over the site: its channel, and whatever came of it."""
    with CrawlSession.begun(config, catalogue, (), "crawl") as session:  # type: ignore[arg-type]
        session.receive_robots(session.capture("vestnik", exchange("robots.txt", moment), partial=False))
        session.source_context("vestnik")
        session.archive.seed(session.run, "vestnik", [DiscoveredUrl(f"{HOME}rss.xml", AddressKind.FEED, "")], early=True)
        while entries := session.archive.lease(session.run, "vestnik", 10, tuple(AddressKind)):
            for entry in entries:
                answer = session.capture("vestnik", exchange(entry.url.removeprefix(HOME), moment), partial=False)
                session.receive_whole(answer, entry)


def exchange(path: str, moment: datetime) -> Exchange:
    kind, body = PAGES[path]
    return Exchange(HOME + path, moment, 200, "OK", (("Content-Type", f"{kind}; charset=utf-8"),), body.encode())


def sizes(directory: Path) -> dict[str, int]:
    """What could grow: open files, threads, the write-ahead log, and the rows that are not a run's own record."""
    rows = sqlite3.connect(directory / "archive.sqlite3")
    tables = ("frontier", "articles", "revisions", "extractions", "aliases", "states", "sources")
    held = {name for (name,) in rows.execute("SELECT name FROM sqlite_master")} & set(tables)
    counts = {table: rows.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in held}
    rows.close()
    wal = directory / "archive.sqlite3-wal"
    return counts | {
        "descriptors": len(os.listdir("/proc/self/fd")),  # noqa: PTH208  a listing, no paths
        "threads": threading.active_count(),
        "write-ahead log": wal.stat().st_size if wal.exists() else 0,
        "files": sum(1 for _ in directory.rglob("*")),
    }


def captures(directory: Path) -> int:
    rows = sqlite3.connect(directory / "archive.sqlite3")
    count: int = rows.execute("SELECT count(*) FROM captures").fetchone()[0]
    rows.close()
    return count


def test_many_runs_on_a_small_site_leave_nothing_behind_that_grows(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "vestnik.toml").write_text(DECLARATION, "utf-8")
    config, catalogue = Config(archive=tmp_path / "archive"), load_catalogue([tmp_path / "sources"], builtin=False)
    after: dict[int, dict[str, int]] = {}
    captured: dict[int, int] = {}
    for number in range(1, END + 1):
        run(config, catalogue, datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=15 * number))
        if number in {BEGIN, END}:
            after[number], captured[number] = sizes(config.archive), captures(config.archive)
    assert after[BEGIN]["articles"] == 5
    assert {name: (size, after[END][name]) for name, size in after[BEGIN].items() if after[END][name] > 1.1 * size} == {}
    assert captured[END] - captured[BEGIN] == 2 * (END - BEGIN), "a run without news costs two captures: robots.txt and the feed"
    assert caplog.records == []
