from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest

from storage.archive import Archive
from storage.query import ArticleQuery
from tests.end_to_end.forking import SERVERS
from tests.site.server import Newsroom

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"


@dataclass
class Harvester:
    """The command line in a place of its own, as cron would call it: no HOME, no LANG, no terminal.

    `measured`: whether its lines count for coverage, which costs half its speed. `forked`: from a process that has loaded everything
    already; otherwise it is started as a shell would.
    """

    place: Path
    variables: dict[str, str] = field(default_factory=dict)
    measured: bool = True
    forked: bool = True

    @property
    def archive(self) -> Path:
        return self.place / "archive"

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        if self.forked:
            environment = {"PATH": os.environ["PATH"]} | self.variables
            forked = SERVERS.start(list(arguments), self.place, environment, measured=self.measured)
            return cast("subprocess.Popen[str]", forked)
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)} | self.variables
        if self.measured:
            environment |= {key: value for key, value in os.environ.items() if key.startswith("COV")}
        command = [sys.executable, "-m", "harvester", *arguments]
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen(command, cwd=self.place, env=environment, encoding="utf-8", **pipes)

    def run(self, *arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        process = self.start(*arguments)
        stdout, stderr = process.communicate(timeout=240)
        assert process.returncode == code, f"{arguments}: {process.returncode}\n{stdout}\n{stderr}"
        return subprocess.CompletedProcess(arguments, process.returncode, stdout, stderr)

    def report(self, *arguments: str, code: int = 0) -> dict[str, Any]:
        report: dict[str, Any] = json.loads(self.run(*arguments, "--json", code=code).stdout)
        return report

    def texts(self) -> set[tuple[str, str]]:
        """What the archive holds: (address without port, text digest)."""
        with Archive.opened(self.archive) as archive:
            articles = list(archive.articles(ArticleQuery()))
        texts = {(article.url.split("/", 3)[3], article.extraction.text_sha256) for article in articles}
        assert len(texts) == len(articles), "nothing twice"
        return texts


@pytest.fixture(scope="session", autouse=True)
def _servers() -> Iterator[None]:
    yield
    SERVERS.close()


@pytest.fixture
def newsroom() -> Iterator[Newsroom]:
    with Newsroom() as serving:
        yield serving


@pytest.fixture
def harvester(newsroom: Newsroom, tmp_path: Path) -> Harvester:
    """The command line, pointed at the newsroom."""
    newsroom.write_sources(tmp_path / "sources")
    return Harvester(
        tmp_path,
        {
            "HARVESTER_SOURCES": str(tmp_path / "sources"),
            "HARVESTER_ONLY_GIVEN_SOURCES": "true",
            "HARVESTER_TOPIC": str(newsroom.write_topic(tmp_path / "topics")),
            "HARVESTER_ALLOW_ADDRESSES": ",".join(newsroom.addresses),
            "HARVESTER_CONTACT": "archive@example.org",
        },
    )


@pytest.fixture
def bare(tmp_path: Path) -> Harvester:
    """The command line with nothing set, on the built-in catalogue; for what asks no site."""
    return Harvester(tmp_path)


@pytest.fixture
def pages() -> Path:
    """The real pages with gold; they lie beside a checkout of the developers, not in a user's clone."""
    folder = SHARED / "pages"
    if not folder.is_dir():
        pytest.skip("the real pages are not beside this checkout")
    return folder
