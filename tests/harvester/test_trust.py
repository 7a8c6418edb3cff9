"""What others may write is not obeyed, and its Python does not run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harvester.catalogue.check import check_catalogue
from harvester.catalogue.loader import load_catalogue
from harvester.catalogue.topic_folders import topics_named
from harvester.cli.main import invoke
from harvester.config import load_config
from harvester.trust import require_trusted
from storage.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[2]
OTHER_GROUP = 54321
OTHER_USER = 54321
DECLARATION = """
name = "Вестник"
kind = "newspaper"
home = "https://vestnik.example/"
language = "ru"
family = "all"
discover = [{ feed = "rss.xml" }]
"""
TOPIC = 'name = "Снег"\nthreshold = 1\n[terms.ru]\n"снег" = 1\n'
as_root = pytest.mark.skipif(os.getuid() != 0, reason="only root gives files away")


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A folder with one source, its family, and an override that leaves a trace when it runs."""
    folder = tmp_path / "config" / "sources"
    (folder / "_families").mkdir(parents=True)
    (folder / "_families" / "all.toml").write_text('timezone = "Asia/Almaty"\n')
    (folder / "vestnik.toml").write_text(DECLARATION, encoding="utf-8")
    (folder / "vestnik.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w').close()\n")
    return folder


def by_all(path: Path) -> None:
    path.chmod(path.stat().st_mode | 0o002)


def by_a_group(path: Path) -> None:
    os.chown(path, -1, OTHER_GROUP)
    path.chmod(path.stat().st_mode | 0o020)


def by_its_owner(path: Path) -> None:
    os.chown(path, OTHER_USER, -1)


WAYS = [by_all, pytest.param(by_a_group, marks=as_root), pytest.param(by_its_owner, marks=as_root)]


@pytest.mark.parametrize("open_up", WAYS)
@pytest.mark.parametrize("what", ["vestnik.toml", "vestnik.py", "_families/all.toml", "_families", ".", ".."])
def test_a_declaration_that_others_may_write_runs_nothing(
    sources: Path, tmp_path: Path, open_up: Callable[[Path], None], what: str
) -> None:
    place = Path(os.path.normpath(sources / what))
    open_up(place)
    with pytest.raises(UsageError, match="is not used, because others may change") as caught:
        load_catalogue([sources], builtin=False)
    assert str(place) in str(caught.value)
    assert check_catalogue([sources], builtin=False)
    assert not (tmp_path / "ran").exists()


def test_what_is_ones_own_runs(sources: Path, tmp_path: Path) -> None:
    for path in (sources, *sources.iterdir()):
        path.chmod(path.stat().st_mode | 0o020)  # as a umask of 002 leaves it, with the user's own group
    assert load_catalogue([sources], builtin=False).get("vestnik").source.timezone == "Asia/Almaty"
    assert (tmp_path / "ran").exists()


@pytest.mark.parametrize("open_up", WAYS)
def test_a_configuration_or_topic_that_others_may_write_is_refused(tmp_path: Path, open_up: Callable[[Path], None]) -> None:
    config, topic = tmp_path / "harvester.toml", tmp_path / "snow.toml"
    config.write_text('contact = "x"\n')
    topic.write_text(TOPIC, encoding="utf-8")
    assert load_config(config).contact == "x"
    assert topics_named([str(topic)])[0].id == "snow"
    open_up(config)
    open_up(topic)
    with pytest.raises(UsageError, match=r"harvester\.toml is not used"):
        load_config(config)
    with pytest.raises(UsageError, match=r"snow\.toml is not used"):
        topics_named([str(topic)])


def test_a_link_is_followed_to_what_it_names(tmp_path: Path) -> None:
    open_folder = tmp_path / "open"
    open_folder.mkdir()
    (open_folder / "real.toml").write_text("")
    link = tmp_path / "link.toml"
    link.symlink_to(open_folder / "real.toml")
    require_trusted(link)
    by_all(open_folder)
    with pytest.raises(
        UsageError, match=r"link\.toml is not used, because others may change .*/open: everybody may write to it\. .*chmod go-w"
    ):
        require_trusted(link)


def test_a_link_in_a_folder_of_all_is_refused_where_it_lies(tmp_path: Path) -> None:
    (tmp_path / "real.toml").write_text("")
    (tmp_path / "open").mkdir()
    (tmp_path / "open" / "link.toml").symlink_to(tmp_path / "real.toml")
    by_all(tmp_path / "open")
    with pytest.raises(UsageError, match="everybody may write"):
        require_trusted(tmp_path / "open" / "link.toml")


def test_in_a_sticky_folder_nobody_replaces_what_is_anothers(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o1777)
    (shared / "a.toml").write_text("")
    require_trusted(shared / "a.toml")


def test_what_is_not_there_is_nobodys(tmp_path: Path) -> None:
    require_trusted(tmp_path / "nothing" / "a.toml")


@as_root
def test_whoever_asked_sudo_is_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.toml").write_text("")
    os.chown(tmp_path / "a.toml", OTHER_USER, -1)
    monkeypatch.setenv("SUDO_UID", str(OTHER_USER))
    require_trusted(tmp_path / "a.toml")


def test_a_planted_cache_of_an_override_is_not_believed(sources: Path, tmp_path: Path) -> None:
    """Python would run a file of `__pycache__` whose header bears the size and time of the source."""
    code = sources / "vestnik.py"
    trace = tmp_path / "planted"
    plant = (
        "import sys, py_compile, pathlib, os; code, trace = map(pathlib.Path, sys.argv[1:]); text, at = code.read_bytes(), code.stat();"
        "evil = f'open({str(trace)!r}, chr(119))'; code.write_bytes(evil.encode().ljust(len(text)));"
        "os.utime(code, ns=(at.st_atime_ns, at.st_mtime_ns)); py_compile.compile(str(code)); code.write_bytes(text);"
        "os.utime(code, ns=(at.st_atime_ns, at.st_mtime_ns))"
    )
    code.write_text(code.read_text().ljust(500))
    subprocess.run([sys.executable, "-c", plant, str(code), str(trace)], check=True)
    assert list((sources / "__pycache__").iterdir())
    load_catalogue([sources], builtin=False)
    assert (tmp_path / "ran").exists()
    assert not trace.exists()


def test_a_command_ends_with_2(sources: Path, tmp_path: Path) -> None:
    by_all(sources / "vestnik.py")
    assert invoke(["sources", "list", "--sources", str(sources), "--only-given-sources"]) == 2
    assert not (tmp_path / "ran").exists()
