"""The documentation is held to the code."""

from __future__ import annotations

import dataclasses
import json
import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import pytest
import typer.main

from harvester.catalogue.loader import load_catalogue
from harvester.catalogue.spec import LayoutSpec, SourceSpec
from harvester.catalogue.topic_folders import topics_named
from harvester.cli.commands import app
from harvester.cli.source_status import SourceState
from harvester.config import Config, variable_of
from pipelines.rules import TopicTerm
from storage import errors
from storage.export.corpus_row import schema
from storage.model.articles import ArticleState

ROOT = Path(__file__).resolve().parents[2]
DOCS = sorted([*ROOT.glob("docs/**/*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"])


def text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def fenced(name: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text(name), re.MULTILINE | re.DOTALL)


def table_keys(name: str) -> list[str]:
    return re.findall(r"^\| `([\w.]+)` \|", text(name), re.MULTILINE)


def commands() -> dict[str, Any]:
    found: dict[str, Any] = {}
    waiting = {"": typer.main.get_command(app)}
    while waiting:
        name, command = waiting.popitem()
        inner = getattr(command, "commands", None)
        waiting |= {f"{name} {word}".strip(): command.load(word) for word in inner or ()}
        found |= {} if inner else {name: command}
    return found


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_links_inside_the_repository_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", path.read_text("utf-8")):
        if not target.startswith("http"):
            assert (path.parent / target).exists(), target


FLOORS = ("harvester", "pipelines", "storage", "tests", "benchmarks", "docs")


@pytest.mark.parametrize("path", [x for x in DOCS if x.name != "CHANGELOG.md"], ids=lambda path: path.name)
def test_files_of_the_repository_that_are_named_exist(path: Path) -> None:
    named = re.findall(rf"(?<![\w/.-])(?:{'|'.join(FLOORS)})/[\w./-]*\w", path.read_text("utf-8"))
    if path.name == "CONTRIBUTING.md":
        assert len(named) > 30
    assert [x for x in named if not ((ROOT / x).exists() or (ROOT / f"{x}.py").exists())] == []


def test_contributors_are_told_where_the_version_of_the_pipeline_stands() -> None:
    (named,) = re.findall(r"raise `PIPELINE_VERSION` in `([\w/.]+)`", text("CONTRIBUTING.md"))
    assert re.search(r"^PIPELINE_VERSION = ", text(named), re.MULTILINE)


@pytest.mark.parametrize(
    "name",
    ["README.md", "docs/start.md", "docs/operate.md", "docs/monitoring.md", "docs/look-after.md", "docs/add-a-source.md", "docs/topics.md"],
)
def test_every_command_line_that_is_shown_exists(name: str) -> None:
    lines = re.findall(r"harvester ((?:(?:sources|topics) )?[a-z]+[^\n`|]*)", "\n".join(fenced(name, "sh") + fenced(name, "cron")))
    assert lines or name == "docs/add-a-source.md"
    for line in lines:
        words = shlex.split(line, comments=True)
        command = next((name for n in (3, 2, 1) if (name := " ".join(words[:n])) in commands()), line)
        assert command in commands(), line
        options = {option for parameter in commands()[command].params for option in parameter.opts}
        for word in words:
            if re.match(r"--?[a-z]", word):
                assert word in options, f"{line}: {word}"


def test_fields_are_those_of_the_schema_in_its_order() -> None:
    assert table_keys("docs/fields.md") == list(schema()["properties"])


def test_the_line_that_is_shown_has_the_keys_of_the_schema() -> None:
    (line,) = fenced("README.md", "json")
    assert list(json.loads(line)) == schema()["required"]


def test_configuration_keys_variables_and_defaults_are_those_of_the_code() -> None:
    rows = re.findall(r"^\| `([\w.]+)` \| `(HARVESTER_\w+)` \| (`[^`|]+`|none) \|", text("docs/operate.md"), re.MULTILINE)
    expected: dict[str, object] = {}
    for key, field in Config.model_fields.items():
        tables = getattr(field.default, "model_dump", None)
        expected |= {f"{key}.{inner}": value for inner, value in tables().items()} if tables else {key: field.default}
    assert {key for key, _, _ in rows} == set(expected)
    for key, variable, default in rows:
        assert variable == variable_of(key)
        shown = expected[key]
        shown = ", ".join(map(str, shown)) if isinstance(shown, tuple) else shown
        wanted = "none" if shown in {"", None} else f"`{str(shown).lower() if isinstance(shown, bool) else shown}`"
        assert default == wanted, key


def test_every_exit_code_is_explained() -> None:
    codes = {kind.exit_code for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.HarvesterError)}
    explained = {int(code) for row in re.findall(r"^\| ([\d, ]+) \|", text("docs/operate.md"), re.MULTILINE) for code in row.split(",")}
    assert explained == codes | {0, 129, 130, 143}


def test_the_keys_of_a_declaration_are_those_of_the_code(tmp_path: Path) -> None:
    assert set(table_keys("docs/add-a-source.md")) == set(SourceSpec.model_fields)
    page = text("docs/add-a-source.md")
    for field in LayoutSpec.model_fields:
        assert re.search(rf"\b{field}\b", page), field
    example = next(x for x in fenced("docs/add-a-source.md", "toml") if "Северный вестник" in x)
    (code,) = fenced("docs/add-a-source.md", "python")
    (tmp_path / "severny-vestnik.toml").write_text(example, "utf-8")
    (tmp_path / "severny-vestnik.py").write_text(code, "utf-8")
    declaration = load_catalogue([tmp_path], builtin=False).get("severny-vestnik")
    assert declaration.is_article("https://severny-vestnik.example/news/2026/15")
    assert set(declaration.extraction.overrides) == {"authors"}


def test_the_topic_that_is_shown_is_one_and_its_page_names_every_guard(tmp_path: Path) -> None:
    (example,) = fenced("docs/topics.md", "toml")
    (tmp_path / "water.toml").write_text(example, "utf-8")
    (rules,) = topics_named(["water"], [tmp_path])
    guards = {x.name for x in dataclasses.fields(TopicTerm)} - {"words", "language", "weight"}
    assert set(table_keys("docs/topics.md")) == guards == {x for x in guards if any(getattr(term, x) for term in rules.terms)}


def test_the_glossary_names_what_exists() -> None:
    rows = re.findall(r"^\| `(\w+)` \|.*\| `([\w.]+)` \|$", text("docs/glossary.md"), re.MULTILINE)
    assert rows
    for name, module in rows:
        assert hasattr(__import__(module, fromlist=[name]), name), name


def test_the_glossary_explains_every_state_that_a_screen_shows() -> None:
    explained = {word for row in re.findall(r"^\| ([^`|]+) \|", text("docs/glossary.md"), re.MULTILINE) for word in row.split(", ")}
    assert {*ArticleState, *SourceState} <= explained


def test_the_targets_that_contributors_are_told_of_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):.*##", text("Makefile"), re.MULTILINE))
    assert targets == {"help", "demo", "test", "coverage", "check", "bench", "golden", "accept", "docs", "ci"}
    for name in ("README.md", "CONTRIBUTING.md"):
        assert set(re.findall(r"(?:`|^)make ([a-z]+)", text(name), re.MULTILINE)) <= targets


@pytest.mark.parametrize("path", sorted(ROOT.glob("docs/adr/*.md")), ids=lambda path: path.name)
def test_a_decision_fits_on_a_screen(path: Path) -> None:
    lines = [line for line in path.read_text("utf-8").splitlines() if line]
    assert 10 <= len(lines) <= 30
    assert {"## Context", "## Decision", "## Consequences"} <= set(lines)


def test_every_dependency_is_pinned() -> None:
    project = tomllib.loads(text("pyproject.toml"))
    declared = [*project["project"]["dependencies"], *(x for group in project["dependency-groups"].values() for x in group)]
    pinned = {line.partition("==")[0].lower().replace("_", "-") for line in text("constraints.txt").splitlines() if "==" in line}
    for requirement in declared:
        name = re.match(r"[\w-]+", requirement)
        assert name is not None
        assert name[0].lower().replace("_", "-") in pinned, requirement


def test_no_file_of_code_is_over_300_lines() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for floor in ("harvester", "pipelines", "storage")
        for path in (ROOT / floor).rglob("*.py")
        if (lines := len(path.read_text("utf-8").splitlines())) > 300
    }
    assert long == {}
