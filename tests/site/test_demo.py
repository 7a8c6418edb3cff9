from __future__ import annotations

from pathlib import Path

import pytest

from harvester.config import load_config
from tests.archives import small_archive
from tests.site.demo import MARK, Demo, edit, fresh_folder, prepare
from tests.site.server import Newsroom


def test_the_folder_is_made_anew_each_time(tmp_path: Path) -> None:
    place = fresh_folder(tmp_path / "demo")
    (place / "harvester.toml").write_text(MARK, "utf-8")
    (place / "archive").mkdir()
    assert fresh_folder(tmp_path / "demo") == place
    assert list(place.iterdir()) == []


@pytest.mark.parametrize("holds", [{}, {"notes.txt": "mine"}, {"harvester.toml": 'contact = "me@example.org"\n'}])
def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path, holds: dict[str, str]) -> None:
    place = tmp_path / "demo"
    place.mkdir()
    for name, text in holds.items():
        (place / name).write_text(text, "utf-8")
    with pytest.raises(SystemExit, match="was not made by the demonstration"):
        fresh_folder(place)
    assert {path.name for path in place.iterdir()} == set(holds)


def test_where_a_group_may_write_a_temporary_folder_is_used(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o777)
    place = fresh_folder(shared / "demo")
    assert place.is_dir()
    assert shared not in place.parents
    place.rmdir()


def test_its_configuration_names_everything_that_a_command_needs(tmp_path: Path) -> None:
    with Newsroom() as newsroom:
        prepare(newsroom, tmp_path)
        config = load_config(tmp_path / "harvester.toml")
        assert sorted(config.allow_addresses) == sorted(newsroom.addresses)
        before = {article.url: article.text for article in newsroom.articles}
        edit(newsroom)
        after = {article.url: article.text for article in newsroom.articles}
    assert config.only_given_sources
    assert config.archive == tmp_path / "archive"
    assert {path.name for path in tmp_path.iterdir() if path.is_dir()} == {"sources", "topics"}
    assert len(before) - len(after) == 1
    assert sum(before[url] != text for url, text in after.items()) == 1


def test_the_environment_is_activated_so_that_the_shell_finds_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    small_archive(tmp_path / "archive")
    Demo(tmp_path).invite()
    words = capsys.readouterr().out.split()
    script = Path(words[words.index(".") + 1])
    assert (script.name, (script.parent / "harvester").is_file()) == ("activate", True)
    assert "alias" not in words
