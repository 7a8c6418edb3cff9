from __future__ import annotations

import logging
import os
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from harvester.cli.main import invoke
from tests.archives import SmallArchive, small_archive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.harvester.cli.said import Said


@pytest.fixture(scope="session")
def _filled(tmp_path_factory: pytest.TempPathFactory) -> SmallArchive:
    return small_archive(tmp_path_factory.mktemp("made") / "archive")


@pytest.fixture(autouse=True)
def _nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An empty working directory, no variables of ours, and logging as it was."""
    monkeypatch.chdir(tmp_path)
    for name in [x for x in os.environ if x.startswith("HARVESTER_")]:
        monkeypatch.delenv(name)
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    for handler in root.handlers:
        if handler not in handlers:
            handler.close()
    root.handlers, root.level = handlers, level


@pytest.fixture
def kept(_filled: SmallArchive, tmp_path: Path) -> SmallArchive:
    """A small archive in `archive/` of the working directory, of one's own."""
    shutil.copytree(_filled.directory, tmp_path / "archive")
    return replace(_filled, directory=tmp_path / "archive")


@pytest.fixture
def harvester(capsysbinary: pytest.CaptureFixture[bytes]) -> Callable[..., Said]:
    """Runs a command and returns what it said."""
    from tests.harvester.cli.said import Said

    def run(*arguments: str) -> Said:
        capsysbinary.readouterr()
        code = invoke(arguments)
        out, err = capsysbinary.readouterr()
        return Said(code, out, err.decode())

    return run
