from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harvester.catalogue.topics import load_topic
from pipelines.rules import TopicRules, TopicTerm
from storage.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

WHOLE = """
name = "Реформа"
threshold = 3
[gate]
hosts = ["kz"]
ru = ["Казахстан"]
slug = ["kazakh"]
[rivals]
en = ["Italy"]
[search]
ru = ["реформа", "референдум"]
kk = ["реформа"]
[terms.ru]
"конституция" = { weight = 3.0, unless = ["день Конституции"], needs = ["закон"] }
"АЭС" = -2
"референдум" = { weight = 3.0, without = ["АЭС"] }
[terms.slug]
"konstit" = 3.0
"""


@pytest.fixture
def declaration(tmp_path: Path) -> Path:
    return tmp_path / "reform.toml"


def test_a_whole_declaration(declaration: Path) -> None:
    declaration.write_text(WHOLE, encoding="utf-8")
    assert load_topic(declaration) == TopicRules(
        id="reform",
        name="Реформа",
        threshold=3.0,
        terms=(
            TopicTerm("конституция", "ru", 3.0, ("день Конституции",), ("закон",)),
            TopicTerm("АЭС", "ru", -2.0),
            TopicTerm("референдум", "ru", 3.0, without=("АЭС",)),
            TopicTerm("konstit", "slug", 3.0),
        ),
        gate=(TopicTerm("Казахстан", "ru", 0.0), TopicTerm("kazakh", "slug", 0.0)),
        gate_hosts=("kz",),
        rivals=(TopicTerm("Italy", "en", 0.0),),
        search=(("ru", "реформа"), ("ru", "референдум"), ("kk", "реформа")),
    )


def test_rules_can_be_cached(declaration: Path) -> None:
    declaration.write_text(WHOLE, encoding="utf-8")
    assert hash(load_topic(declaration)) == hash(load_topic(declaration))


@pytest.mark.parametrize(
    ("old", "new", "parts"),
    [
        ("threshold", "treshold", ["treshold", "threshold"]),
        ("[gate]", "[gates]", ["gates", "gate"]),
        ("hosts", "host", ["gate.host", "hosts"]),
        ("[terms.slug]", "[terms.slugs]", ["terms.slugs", "slug"]),
        ("[terms.slug]", "[terms.german]", ["terms.german", "ru, kk, en, slug"]),
        ("without", "witout", ["terms.ru.референдум.witout", "without"]),
        ("needs", "need", ["terms.ru.конституция.need", "needs"]),
        ("threshold = 3", "threshold = true", ["threshold", "number"]),
        ("threshold = 3", "", ["threshold", "number"]),
        ('name = "Реформа"', 'name = ""', ["name", "string"]),
        ("weight = 3.0, ", "", ["terms.ru.конституция.weight", "number"]),
        ('"АЭС" = -2', '"АЭС" = "много"', ["terms.ru.АЭС", "number"]),
        ('["kz"]', '"kz"', ["gate.hosts", "list"]),
        ('["Italy"]', "[1]", ["rivals.en", "list"]),
        ("[terms.slug]\n", "[terms]\nslug = 3\n[more]\n", ["reform.toml"]),
        ('name = "Реформа"', "name =", ["reform.toml", "TOML"]),
    ],
)
def test_errors_name_the_file_the_key_and_the_nearest_key(declaration: Path, old: str, new: str, parts: list[str]) -> None:
    assert old in WHOLE
    declaration.write_text(WHOLE.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        load_topic(declaration)
    for part in ("reform.toml", *parts):
        assert part in str(caught.value)


@pytest.mark.parametrize("text", ['name = "A"\nthreshold = 3\n', 'name = "A"\nthreshold = 3\n[terms]\nru = 3\n', 'gate = 1\nname = "A"\n'])
def test_tables_must_be_tables(declaration: Path, text: str) -> None:
    declaration.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match="table"):
        load_topic(declaration)


def test_a_missing_file(declaration: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        load_topic(declaration)


def test_bytes_that_are_no_text(declaration: Path) -> None:
    declaration.write_bytes(b'name = "\xff"')
    with pytest.raises(UsageError, match="is not UTF-8"):
        load_topic(declaration)
