from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from harvester.catalogue.topic_folders import read_topics, topics_named
from harvester.catalogue.topics import load_declaration
from storage.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

SNOW = 'name = "Снег"\nthreshold = 3\n[terms.ru]\n"снег" = 3\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one topic."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "snow.toml").write_text(SNOW, "utf-8")
    return tmp_path / "mine"


def test_topics_of_folders_stand_beside_the_built_in_ones(folder: Path) -> None:
    loaded = read_topics([folder])
    assert set(loaded.declared) == {"constitutional-reform", "snow"}
    assert loaded.faults == []
    assert [x.id for x in topics_named(["snow", "constitutional-reform"], [folder])] == ["snow", "constitutional-reform"]


def test_a_topic_in_a_folder_takes_the_place_of_a_built_in_one(folder: Path) -> None:
    (folder / "constitutional-reform.toml").write_text(SNOW, "utf-8")
    assert topics_named(["constitutional-reform"], [folder])[0].name == "Снег"
    assert read_topics([folder]).declared["constitutional-reform"].path.parent == folder


def test_a_file_is_a_topic_too(folder: Path) -> None:
    path = folder.parent / "ice.toml"
    path.write_text(SNOW, "utf-8")
    assert [x.id for x in topics_named([str(path), "snow"], [folder])] == ["ice", "snow"]
    assert set(read_topics([folder], [str(path), "snow"]).declared) == {"constitutional-reform", "ice", "snow"}


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["snaw"], ["There is no topic snaw", "nearest is snow"]),
        (["snow", "snow"], ["snow is named twice"]),
        (["none.toml"], ["none.toml cannot be read"]),
        (["Ice.toml"], ["Ice.toml: the file's name"]),
    ],
)
def test_what_is_named_must_be_there(folder: Path, names: list[str], words: list[str]) -> None:
    with pytest.raises(UsageError) as caught:
        topics_named(names, [folder])
    for word in words:
        assert word in str(caught.value)


def test_two_folders_must_not_declare_the_same_topic(folder: Path) -> None:
    other = folder.parent / "other"
    other.mkdir()
    (other / "snow.toml").write_text(SNOW, "utf-8")
    with pytest.raises(UsageError, match="declares the same id"):
        topics_named(["snow"], [folder, other])
    assert len(read_topics([folder, other]).faults) == 1


def test_a_folder_must_be_there(folder: Path) -> None:
    with pytest.raises(UsageError, match="nowhere is not a folder of topics"):
        topics_named(["snow"], [folder, folder / "nowhere"])


def test_a_fault_does_not_hide_the_other_topics(folder: Path) -> None:
    (folder / "rain.toml").write_text("name =")
    loaded = read_topics([folder])
    assert "snow" in loaded.declared
    assert len(loaded.faults) == 1
    assert "rain.toml" in loaded.faults[0]
    assert topics_named(["snow"], [folder])  # a topic that nobody asked for is in nobody's way


def test_the_calendar_is_sorted(folder: Path) -> None:
    path = folder / "snow.toml"
    path.write_text('[[calendar]]\nday = 2026-03-15\nkk = "Б"\n[[calendar]]\nday = 2026-01-21\nru = "А"\nen = "A"\n' + "", "utf-8")
    path.write_text(SNOW + path.read_text("utf-8"), "utf-8")
    calendar = load_declaration(path).calendar
    assert [(x.day, dict(x.labels)) for x in calendar] == [
        (date(2026, 1, 21), {"ru": "А", "en": "A"}),
        (date(2026, 3, 15), {"kk": "Б"}),
    ]


@pytest.mark.parametrize(
    ("toml", "words"),
    [
        ('[calendar]\nday = 2026-03-15\nru = "А"\n', "calendar must be written as [[calendar]] tables"),
        ("[[calendar]]\nday = 2026-03-15\n", "calendar[0] must have a label. Give one of: ru, kk, en"),
        ('[[calendar]]\nru = "А"\n', "calendar[0].day must be given as a date"),
        ('[[calendar]]\nday = 2026-03-15T10:00:00\nru = "А"\n', "calendar[0].day must be given as a date"),
        ('[[calendar]]\nday = 2026-03-15\nru = ""\n', "calendar[0].ru must be given as a string"),
        ('[[calendar]]\nday = 2026-03-15\nrus = "А"\n', "calendar[0].rus is not a valid key; the nearest is calendar[0].ru."),
    ],
)
def test_a_faulty_calendar_is_an_error(folder: Path, toml: str, words: str) -> None:
    (folder / "snow.toml").write_text(SNOW + toml, "utf-8")
    with pytest.raises(UsageError) as caught:
        load_declaration(folder / "snow.toml")
    assert words in str(caught.value)
    assert "snow.toml" in str(caught.value)


def test_tables_of_the_calendar_must_be_tables(folder: Path) -> None:
    (folder / "snow.toml").write_text("calendar = [1]\n" + SNOW, "utf-8")
    with pytest.raises(UsageError, match=r"calendar\[0\] must be a table"):
        load_declaration(folder / "snow.toml")
