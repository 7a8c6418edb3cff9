from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from harvester.config import Config, load_config
from storage.errors import UsageError


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory and an environment without our variables."""
    monkeypatch.chdir(tmp_path)
    for name in [x for x in os.environ if x.startswith("HARVESTER_")]:
        monkeypatch.delenv(name)
    return tmp_path


def test_without_anything_the_defaults_hold() -> None:
    config = load_config(None)
    assert config == Config()
    assert (config.archive, config.keep, config.topic) == (Path("archive"), "relevant", ("constitutional-reform",))
    assert (config.crawl.delay, config.crawl.timeout, config.crawl.max_bytes) == (2.0, 60.0, 10_485_760)
    assert (config.crawl.max_articles, config.crawl.recheck_minutes, config.warc.roll_mib) == (1000, 10.0, 1024)


def test_the_later_layer_wins_key_by_key(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "harvester.toml").write_text(
        'contact = "file"\ntopic = "file"\nkeep = "all"\n[crawl]\ndelay = 5\ntimeout = 5\nmax_articles = 5\n'
    )
    monkeypatch.setenv("HARVESTER_CONTACT", "environment")
    monkeypatch.setenv("HARVESTER_TOPIC", "environment")
    monkeypatch.setenv("HARVESTER_CRAWL__DELAY", "6.5")
    monkeypatch.setenv("HARVESTER_CRAWL__TIMEOUT", "6")
    config = load_config(None, contact="flag", keep=None, crawl={"timeout": 7, "delay": None})
    assert (config.contact, config.topic, config.keep) == ("flag", ("environment",), "all")
    assert (config.crawl.timeout, config.crawl.delay, config.crawl.max_articles) == (7.0, 6.5, 5)


def test_a_variable_parts_its_list_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HARVESTER_ALLOW_ADDRESSES", "127.0.0.1:8700, [::1]:8701,LOCALHOST:9,")
    monkeypatch.setenv("HARVESTER_SOURCES", "mine,yours")
    monkeypatch.setenv("HARVESTER_ONLY_GIVEN_SOURCES", "true")
    config = load_config(None)
    assert config.allow_addresses == ("127.0.0.1:8700", "[::1]:8701", "localhost:9")
    assert config.sources == (Path("mine"), Path("yours"))
    assert config.only_given_sources is True


def test_folders_in_a_file_are_relative_to_the_file(folder: Path) -> None:
    (folder / "etc").mkdir()
    file = folder / "etc" / "my.toml"
    file.write_text('archive = "data"\nsources = ["mine", "/srv/yours"]\n')
    config = load_config(file)
    assert (config.archive, config.sources) == (folder / "etc" / "data", (folder / "etc" / "mine", Path("/srv/yours")))
    assert load_config(file, archive=Path("here")).archive == Path("here")


def test_nothing_can_be_changed_afterwards() -> None:
    config = load_config(None)
    with pytest.raises(ValueError, match="frozen"):
        config.contact = "x"  # type: ignore[misc]
    with pytest.raises(ValueError, match="frozen"):
        config.crawl.delay = 0  # type: ignore[misc]


@pytest.mark.parametrize(
    ("toml", "words"),
    [
        ("contakt = 'x'", ["harvester.toml", "contakt", "nearest is contact"]),
        ("delay = 3", ["harvester.toml", "delay", "nearest is crawl.delay"]),
        ("[crawl]\ndelai = 3", ["harvester.toml", "crawl.delai", "nearest is crawl.delay"]),
        ("[crawl]\ndelay = 'secret'", ["harvester.toml", "crawl.delay", "number"]),
        ("[crawl]\ndelay = -1", ["crawl.delay", "greater than or equal to 0"]),
        ("[crawl]\ndelay = inf", ["crawl.delay", "finite"]),
        ("[crawl]\ndelay = true", ["crawl.delay", "must be a number"]),
        ("[crawl]\ntimeout = 0", ["crawl.timeout", "greater than 0"]),
        ("[crawl]\nmax_articles = 0", ["crawl.max_articles", "greater than or equal to 1"]),
        ("[warc]\nroll_mib = 0", ["warc.roll_mib"]),
        ("crawl = 3", ["crawl must be a table"]),
        ("keep = 'everything'", ["keep must be 'relevant' or 'all'"]),
        ("archive = ''", ["archive must not be empty"]),
        ("topic = ''", ["topic"]),
        ("sources = 3", ["sources must be a list"]),
        ("allow_addresses = ['127.0.0.1']", ["allow_addresses[0]", "host:port"]),
        ("allow_addresses = ['a:1', '::1:8700']", ["allow_addresses[1]", "brackets"]),
        ("allow_addresses = ['u:p@a:1']", ["allow_addresses[0]"]),
        ("allow_addresses = ['http://a:1']", ["allow_addresses[0]"]),
        ("allow_addresses = ['a:99999']", ["allow_addresses[0]"]),
        ("allow_addresses = ['a b:1']", ["allow_addresses[0]"]),
        ("a = 1\nb = = 2", ["harvester.toml", "line 2"]),
    ],
)
def test_a_fault_in_the_file_names_file_and_key(folder: Path, toml: str, words: list[str]) -> None:
    (folder / "harvester.toml").write_text(toml)
    with pytest.raises(UsageError) as caught:
        load_config(None)
    assert [x for x in words if x not in str(caught.value)] == []
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("toml", "told"),
    [
        ("topic = [7]", "topic[0] must be text, in quotes"),
        ("topics = [3]", "topics[0] must be a path, in quotes"),
        ("topic = []", "topic has too few entries"),
        ("keep = 1", "keep must be 'relevant' or 'all'"),
        ("only_given_sources = 'perhaps'", "only_given_sources must be true or false"),
        ("[crawl]\ntimeout = 'soon'", "crawl.timeout must be a number"),
        ("[crawl]\nremind_hours = inf", "crawl.remind_hours must be a finite number"),
        ("[warc]\nroll_mib = 0.5", "warc.roll_mib must be a whole number"),
        ("[revisit]\nbudget = 'all'", "revisit.budget must be a whole number"),
        ("log = 'x'", "log must be a table"),
    ],
)
def test_a_fault_is_told_in_the_words_of_toml(folder: Path, toml: str, told: str) -> None:
    (folder / "harvester.toml").write_text(toml)
    with pytest.raises(UsageError) as caught:
        load_config(None)
    assert caught.value.message == f"harvester.toml: {told}."


@pytest.mark.parametrize(
    ("flags", "told"), [({"log": {"format": "xml"}}, "--log-format must be"), ({"topic": [""]}, "--topic must not be")]
)
def test_a_fault_of_an_option_names_it(flags: dict[str, Any], told: str) -> None:
    with pytest.raises(UsageError) as caught:
        load_config(None, **flags)
    assert caught.value.message.startswith(told)


def test_every_fault_is_told_at_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "harvester.toml").write_text("contakt = 'x'\nkeep = 'some'\n")
    monkeypatch.setenv("HARVESTER_CRAWL__DELAY", "hunter2")
    with pytest.raises(UsageError) as caught:
        load_config(None, topic="")
    for words in ("harvester.toml: contakt", "harvester.toml: keep", "HARVESTER_CRAWL__DELAY: crawl.delay", "--topic"):
        assert words in str(caught.value)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("variable", "nearest"),
    [
        ("HARVESTER_ARCHIV", "HARVESTER_ARCHIVE"),
        ("HARVESTER_DELAY", "HARVESTER_CRAWL__DELAY"),
        ("HARVESTER_CRAWL", "HARVESTER_CRAWL__DELAY"),
        ("HARVESTER_WARC__ROLL", "HARVESTER_WARC__ROLL_MIB"),
    ],
)
def test_an_unknown_variable_is_an_error_that_names_the_nearest(monkeypatch: pytest.MonkeyPatch, variable: str, nearest: str) -> None:
    monkeypatch.setenv(variable, "hunter2")
    with pytest.raises(UsageError) as caught:
        load_config(None)
    assert variable in caught.value.message
    assert nearest in caught.value.hint
    assert "hunter2" not in str(caught.value)


def test_a_file_that_was_asked_for_must_be_there(folder: Path) -> None:
    with pytest.raises(UsageError, match=r"missing\.toml"):
        load_config(folder / "missing.toml")


def test_a_file_that_is_not_utf8_names_its_line(folder: Path) -> None:
    (folder / "harvester.toml").write_bytes('a = 1\ncontact = "Жанна"\n'.encode("cp1251"))
    with pytest.raises(UsageError, match="line 2 is not UTF-8"):
        load_config(None)


def test_topics_are_several_and_their_folders_stand_beside_the_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "there").mkdir()
    file = folder / "there" / "harvester.toml"
    file.write_text('topic = ["snow", "mine/ice.toml"]\ntopics = ["mine"]\n')
    config = load_config(file)
    assert config.topic == ("snow", str(folder / "there" / "mine" / "ice.toml"))
    assert config.topics == (folder / "there" / "mine",)
    monkeypatch.setenv("HARVESTER_TOPIC", "snow, rain")
    monkeypatch.setenv("HARVESTER_TOPICS", "a,b")
    config = load_config(file)
    assert (config.topic, config.topics) == (("snow", "rain"), (Path("a"), Path("b")))
    assert load_config(file, topic=["ice"]).topic == ("ice",)
