from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harvester.config import keys

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.harvester.cli.said import Said


def values(said: Said) -> dict[str, tuple[object, str]]:
    return {x["key"]: (x["value"], x["origin"]) for x in said.json["values"]}


def test_every_key_is_shown_with_its_origin(harvester: Callable[..., Said], monkeypatch: pytest.MonkeyPatch) -> None:
    Path("harvester.toml").write_text('contact = "file@b.org"\nkeep = "all"\n[crawl]\ndelay = 5\ntimeout = 9\n')
    monkeypatch.setenv("HARVESTER_CRAWL__DELAY", "7.5")
    monkeypatch.setenv("HARVESTER_SOURCES", "mine,yours")
    monkeypatch.setenv("HARVESTER_ARCHIVE", "by-variable")
    found = values(harvester("config", "--json", "--archive", "by-option", "--topic", "snow"))
    assert set(found) == set(keys())
    assert found["archive"] == ("by-option", "option")
    assert found["topic"] == (["snow"], "option")
    assert found["crawl.delay"] == (7.5, "HARVESTER_CRAWL__DELAY")
    assert found["sources"] == (["mine", "yours"], "HARVESTER_SOURCES")
    assert found["crawl.timeout"] == (9.0, "harvester.toml")
    assert found["contact"] == ("file@b.org", "harvester.toml")
    assert found["warc.roll_mib"] == (1024, "default")


def test_people_read_a_table(harvester: Callable[..., Said]) -> None:
    said = harvester("config")
    lines = [line.split() for line in said.out.splitlines()]
    assert said.code == 0
    assert lines[0] == ["key", "value", "from"]
    assert ["keep", "relevant", "default"] in lines
    assert ["contact", "none", "default"] in lines
    assert ["log.file", "none", "default"] in lines
    assert ["crawl.browser", "none", "default"] in lines
    assert ["only_given_sources", "false", "default"] in lines
    assert said.err == "There is no harvester.toml.\n"


def test_the_file_that_is_named_is_the_origin(harvester: Callable[..., Said], tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "my.toml").write_text('archive = "data"\n')
    assert values(harvester("config", "--json", "--config", "etc/my.toml"))["archive"] == ("etc/data", "etc/my.toml")


def test_passwords_are_not_shown(harvester: Callable[..., Said], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HARVESTER_CONTACT", "https://me:kanareika@news.example/about")
    for option in ((), ("--json",)):
        said = harvester("config", *option)
        assert "kanareika" not in said.out + said.err
        assert "https://***@news.example/about" in said.out


@pytest.mark.parametrize("name", ["harvester.yaml", "harvester.yml", "harvester.ini", "harvester.json"])
def test_files_in_another_format_are_named(harvester: Callable[..., Said], name: str) -> None:
    Path(name).write_text("")
    assert f"{name} is not read." in harvester("config").err
    assert harvester("config", "--json").json["ignored"] == [name]


def test_faults_are_told_and_what_could_be_read_is_shown(harvester: Callable[..., Said]) -> None:
    Path("harvester.toml").write_text('contact = "a@b.org"\nkeep = "sum"\n')
    said = harvester("config", "--json")
    assert said.code == 2
    assert said.err.startswith("harvester: harvester.toml: keep must be 'relevant' or 'all'.")
    assert values(said)["contact"] == ("a@b.org", "harvester.toml")
    assert "keep" not in values(said)


@pytest.mark.parametrize("how", ["option", "variable", "file"])
def test_a_log_file_is_named_by_option_variable_or_file(harvester: Callable[..., Said], monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    options = ["--log-file", "log", "--log-format", "json"] if how == "option" else []
    if how == "variable":
        monkeypatch.setenv("HARVESTER_LOG__FILE", "log")
        monkeypatch.setenv("HARVESTER_LOG__FORMAT", "json")
    if how == "file":
        Path("harvester.toml").write_text('[log]\nfile = "log"\nformat = "json"\n')
    Path("empty.warc").touch()
    said = harvester("ingest", "empty.warc", *options)
    assert said.code == 2
    assert all(json.loads(line) for line in Path("log").read_text().splitlines())


@pytest.mark.parametrize("options", [["--log-format", "xml"], ["--log-file", "no/such/folder"]])
def test_a_log_that_cannot_be_kept_is_a_usage_error(harvester: Callable[..., Said], options: list[str]) -> None:
    assert harvester("crawl", *options).code == 2


@pytest.mark.parametrize("named", [".", "nowhere.toml"])
def test_a_file_that_cannot_be_read_is_not_said_to_be_read(harvester: Callable[..., Said], named: str) -> None:
    said = harvester("config", "--config", named)
    assert (said.code, said.out) == (2, "")
    (line,) = said.err.splitlines()
    assert line.startswith(f"harvester: {named} cannot be read: ")
