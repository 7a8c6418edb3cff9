"""What each command loads: a plain question must not wait for libraries that it does not need."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harvester.cli.commands import LazyGroup, Root, Sources
from storage.locking import hold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.archives import SmallArchive

ROOT = Path(__file__).resolve().parents[3]

FORK = """
import json, os, sys
for line in sys.stdin:
    reading, writing = os.pipe()
    if not os.fork():
        sys.stdout = sys.stderr = open(os.devnull, "w")
        from harvester.cli.main import invoke
        def call(words):
            if words[0] != "TAB":
                return invoke(words)
            typed = {"COMP_WORDS": "\\n".join(["harvester", *words[1:]]), "COMP_CWORD": str(len(words) - 1)}
            os.environ |= {"_HARVESTER_COMPLETE": "complete_bash", **typed}
            try:
                return invoke([])
            except SystemExit as left:
                return left.code
        code = max(map(call, json.loads(line)))
        os.write(writing, json.dumps([code, sorted(sys.modules)]).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        print(answer.read(), flush=True)
"""
"""A process that has loaded nothing runs commands in a copy of itself, and says what that copy has loaded in the end."""

CRAWLING = {"scrapy", "twisted"}
READING = {"trafilatura", "lxml", "dateparser", "charset_normalizer", "cssselect", "feedparser", "htmldate", "justext"}
TABLES = {"sqlalchemy", "fastwarc", "Stemmer"}
WRITING = {"alembic", "tenacity"}
HEAVY = CRAWLING | READING | TABLES | WRITING | {"pymorphy3"}

UNNEEDED = {
    ("--version",): HEAVY | {"pydantic", "rich"},
    ("--help",): HEAVY | {"pydantic"},
    ("sources --help", "crawl --help", "ingest --help"): HEAVY,
    ("TAB", "TAB cra", "TAB crawl kaz", "TAB crawl --", "TAB sources show inf", "TAB crawl --topic con"): HEAVY | {"rich"},
    ("status", "search --json", "show REFORM", "stories", "export"): CRAWLING | READING | WRITING | {"pymorphy3"},
    ("verify", "sources list", "topics list", "doctor"): CRAWLING | WRITING | {"trafilatura", "dateparser", "feedparser"},
}
"""Commands that one process runs one after the other, and what it must not have loaded in the end; TAB: completion, as bash asks."""

REFUSED = {
    "crawl": HEAVY | {"typer", "pydantic", "rich"},
    "crawl --all --limit 5 -q --archive archive": HEAVY | {"typer", "pydantic", "rich"},
    "ingest one.warc.gz": HEAVY | {"typer", "pydantic", "rich"},
    "crawl -qv": HEAVY | {"rich"},
    "coverage --enqueue": HEAVY | {"rich"},
    "topics rescore": HEAVY | {"rich"},
}
"""While another run holds the archive."""


@pytest.fixture
def loaded(kept: SmallArchive) -> Iterator[subprocess.Popen[str]]:
    command, pipe = [sys.executable, "-c", FORK], subprocess.PIPE
    with subprocess.Popen(command, env={"PYTHONPATH": str(ROOT)}, cwd=kept.directory.parent, stdin=pipe, stdout=pipe, text=True) as process:
        yield process


def ask(process: subprocess.Popen[str], *commands: str) -> tuple[int, set[str]]:
    """The highest exit code of some commands, and what a process that ran them has loaded."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps([words.split() for words in commands]) + "\n")
    process.stdin.flush()
    code, modules = json.loads(process.stdout.readline())
    return code, set(modules)


def libraries(modules: set[str]) -> set[str]:
    """The packages at the top of some modules."""
    return {name.partition(".")[0] for name in modules}


def test_a_command_loads_no_library_that_it_does_not_need(loaded: subprocess.Popen[str], kept: SmallArchive) -> None:
    wrong = {}
    for commands, unneeded in UNNEEDED.items():
        code, modules = ask(loaded, *(words.replace("REFORM", kept.reform) for words in commands))
        assert code == 0, commands
        wrong |= {commands: found} if (found := unneeded & libraries(modules)) else {}
    assert wrong == {}


def test_a_run_that_finds_the_archive_held_has_loaded_nothing(loaded: subprocess.Popen[str], kept: SmallArchive) -> None:
    wrong = {}
    (kept.directory.parent / "one.warc.gz").touch()
    with hold(kept.directory, "test"):
        for words, unneeded in REFUSED.items():
            code, modules = ask(loaded, words)
            assert code == 6, words
            wrong |= {words: found} if (found := unneeded & libraries(modules)) else {}
    assert wrong == {}


def places(group: type[LazyGroup]) -> Iterator[tuple[type[LazyGroup], str]]:
    for name, place in group.places.items():
        if isinstance(place, tuple):
            yield group, name
        else:
            yield from places(place)


@pytest.mark.parametrize(("group", "name"), list(places(Root)), ids=lambda x: x if isinstance(x, str) else x.__name__)
def test_the_line_in_the_list_of_commands_is_that_of_the_command(group: type[LazyGroup], name: str) -> None:
    listed = group(name="any").commands[name]
    assert group(name="any").load(name).help.split("\n\n")[0].replace("\n", " ") == listed.help


def whole_names(group: type[LazyGroup], prefix: str = "") -> Iterator[str]:
    for name, place in group.places.items():
        if isinstance(place, tuple):
            yield f"{prefix}{name}"
        else:
            yield from whole_names(place, f"{prefix}{name} ")


COMPLETED = {
    "a command": ("TAB cra", "TAB sources golden d", "TAB topics re"),
    "an option": tuple(f"TAB {name} --" for name in whole_names(Root)),
    "a source": ("TAB crawl kaz", "TAB status kaz", "TAB coverage kaz", "TAB search --source kaz", "TAB export --source kaz"),
    "a topic": ("TAB topics show con", "TAB crawl --topic con", "TAB search --topic con", "TAB export --topic con"),
}
"""What is completed; each in one process."""
AT_MOST = {"a command": 330, "an option": 560, "a source": 560, "a topic": 560}
"""Modules loaded in the end, Python's own included (283 for a command's name alone)."""


@pytest.mark.parametrize("kind", COMPLETED)
def test_completion_waits_for_no_engine(loaded: subprocess.Popen[str], kind: str) -> None:
    code, modules = ask(loaded, *COMPLETED[kind])
    assert code == 0
    assert (HEAVY - {"Stemmer"}) & libraries(modules) == set()
    assert len(modules) <= AT_MOST[kind]


def test_a_group_lists_its_commands_without_loading_them() -> None:
    group = Sources(name="sources")
    assert [x.callback for x in group.commands.values()] == [None] * len(group.commands)
