"""`harvester topics list`, `show` and `check`: the topics that articles are judged by."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from harvester.catalogue.topic_folders import read_topics
from harvester.catalogue.topic_spec import LANGUAGES
from harvester.catalogue.topic_terms import counted_twice
from harvester.catalogue.topics import load_declaration, no_topic
from harvester.cli.options import (
    ArchiveOption,
    ConfigOption,
    Invocation,
    JsonOption,
    QuietOption,
    TopicOption,
    TopicsOption,
    VerboseOption,
)
from harvester.cli.rendering import plain
from harvester.cli.tables import Column, print_table
from storage.article_query import ArticleQuery
from storage.errors import UsageError
from storage.model.text import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.console import Console

    from harvester.catalogue.topics import TopicDeclaration
    from pipelines.rules import TopicTerm


def list_topics(
    *,
    topic: TopicOption = None,
    topics: TopicsOption = None,
    archive: ArchiveOption = None,
    config: ConfigOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = 0,
) -> int:
    """List the topics, which of them articles are judged by, and how many articles the archive holds of each."""
    call = Invocation.begin(config, as_json=json, quiet=quiet, verbose=verbose, archive=archive, topic=topic, topics=topics)
    judged = {x.id for x in call.topics}
    counts = _articles_by_topic(call, list(_declared(call)))
    rows = [
        {
            "id": declared.rules.id,
            "name": declared.rules.name,
            "threshold": declared.rules.threshold,
            "terms": len(declared.rules.terms),
            "calendar": len(declared.calendar),
            "articles": counts.get(declared.rules.id),
            "judged": declared.rules.id in judged,
            "file": str(declared.path),
        }
        for declared in _declared(call).values()
    ]
    call.report({"command": "topics list", "topics": rows})
    if not call.as_json:
        _print_topics(call, rows)
    call.say(counted(len(rows), "topic"))
    return 0


def show(
    topic: Annotated[str, typer.Argument(help="The id of a topic, or a TOML file.", metavar="TOPIC")],
    *,
    topics: TopicsOption = None,
    config: ConfigOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = 0,
) -> int:
    """Show a topic: its calendar, its gate, its terms with their weights and guards, and its queries."""
    call = Invocation.begin(config, as_json=json, quiet=quiet, verbose=verbose, topics=topics)
    declared = _find(call, topic)
    call.report(_as_json(declared))
    if not call.as_json:
        _print(call.out, declared)
    return 0


def check(
    *,
    topics: TopicsOption = None,
    config: ConfigOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = 0,
) -> int:
    """Look at every topic's file, and tell every fault; exit code 2 when there is one."""
    call = Invocation.begin(config, as_json=json, quiet=quiet, verbose=verbose, topics=topics)
    loaded = read_topics(call.config.topics, call.config.topic)
    faults = [line for fault in loaded.faults for line in fault.splitlines()]
    faults += [fault for topic in loaded.declared.values() for fault in counted_twice(topic.path, topic.rules)]
    notes = [note for x in loaded.declared.values() if (note := _queries_note(x))]
    call.report({"command": "topics check", "faults": faults, "notes": notes})
    if not call.as_json:
        for fault in faults:
            call.out.print(plain(fault))
    for note in notes:
        call.say(f"note: {plain(note)}")
    if not faults:
        call.say("No fault found.")
        return 0
    raise UsageError(f"{counted(len(faults), 'fault')} in the topics.", "Correct the files that are named.")


def _queries_note(declared: TopicDeclaration) -> str:
    """Return a note on the languages of a topic that have no search queries; empty where each has some.

    This is no fault: a topic may only be used to judge articles. But search channels are then never requested
    for it.
    """
    searched = {language for language, _ in declared.rules.search}
    missing = [x for x in LANGUAGES if x not in searched and any(term.language == x for term in declared.rules.terms)]
    if not missing:
        return ""
    return f"{declared.path}: [search] holds no query in {', '.join(missing)}: the search pages of sites are not asked for it."


def _declared(call: Invocation) -> dict[str, TopicDeclaration]:
    """Return every topic that a call may name, by id.

    Raises:
        UsageError: there are faults; the message lists all of them.
    """
    loaded = read_topics(call.config.topics, call.config.topic)
    if loaded.faults:
        raise UsageError("\n".join(loaded.faults), "Correct it; `harvester topics check` looks at every topic.")
    return loaded.declared


def _find(call: Invocation, name: str) -> TopicDeclaration:
    """Return the topic of an id or of a TOML file.

    Raises:
        UsageError: there is no such topic, or a declaration has faults.
    """
    if name.endswith(".toml"):
        return load_declaration(Path(name))
    declared = _declared(call)
    if name not in declared:
        raise no_topic(name, declared)
    return declared[name]


def _articles_by_topic(call: Invocation, ids: Iterable[str]) -> dict[str, int]:
    from storage.archive import Archive
    from storage.reader import DATABASE_NAME

    if not (call.config.archive / DATABASE_NAME).is_file():
        return {}
    with Archive.opened(call.config.archive) as opened:
        return {x: opened.count(ArticleQuery(topics=(x,))) for x in ids}


def _print_topics(call: Invocation, rows: list[dict[str, Any]]) -> None:
    held = rows and rows[0]["articles"] is not None
    numbers = ("threshold", "terms", "calendar", *(["articles"] if held else []))
    columns = [
        Column("id", left=True),
        Column("name", left=True, folds=True),
        Column("threshold", optional=2),
        Column("terms", optional=3),
        Column("calendar", optional=1),
        *([Column("articles")] if held else []),
        Column("", left=True),
    ]
    cells = [[row["id"], row["name"], *(f"{row[x]:g}" for x in numbers), "judged" if row["judged"] else ""] for row in rows]
    if note := print_table(call.out, columns, cells):
        call.say(note)


def _as_json(declared: TopicDeclaration) -> dict[str, Any]:
    rules = declared.rules
    return {
        "id": rules.id,
        "name": rules.name,
        "threshold": rules.threshold,
        "file": str(declared.path),
        "calendar": [{"day": x.day.isoformat(), **x.labels} for x in declared.calendar],
        "gate": {"hosts": list(rules.gate_hosts), "terms": [_phrase(x) for x in rules.gate]},
        "rivals": [_phrase(x) for x in rules.rivals],
        "terms": [
            {**_phrase(x), "weight": x.weight, "unless": list(x.unless), "needs": list(x.needs), "without": list(x.without)}
            for x in rules.terms
        ],
        "search": [{"query": query, "language": language} for language, query in rules.search],
    }


def _phrase(term: TopicTerm) -> dict[str, str]:
    return {"term": term.words, "language": term.language}


def _print(console: Console, declared: TopicDeclaration) -> None:
    rules = declared.rules
    console.print(plain(f"{rules.name} ({rules.id}): a score of {rules.threshold:g} is enough"))
    console.print(plain(str(declared.path)))
    if declared.calendar:
        console.print("\ncalendar")
    for day in declared.calendar:
        console.print(plain(f"  {day.day.isoformat()}  {' · '.join(day.labels.values())}"))
    if rules.gate or rules.gate_hosts:
        console.print("\ngate")
    for name, phrases in _gate(rules.gate, rules.gate_hosts, rules.rivals):
        console.print(plain(f"  {name:<7} {', '.join(phrases)}"))
    console.print("\nterms")
    for term in sorted(rules.terms, key=lambda x: -x.weight):
        guards = "".join(f"; {x} {', '.join(getattr(term, x))}" for x in ("unless", "needs", "without") if getattr(term, x))
        console.print(plain(f"  {term.weight:>5g}  {term.words} ({term.language}){guards}"))
    console.print("\nsearch" if rules.search else "\nsearch: no queries; the search pages of sites are not asked for this topic")
    for language in dict.fromkeys(language for language, _ in rules.search):
        queries = [query for x, query in rules.search if x == language]
        console.print(plain(f"  {language:<7} {', '.join(queries)}"))


def _gate(gate: Iterable[TopicTerm], hosts: Iterable[str], rivals: Iterable[TopicTerm]) -> Iterator[tuple[str, list[str]]]:
    for name, phrases in (("hosts", hosts), ("names", (x.words for x in gate)), ("rivals", (x.words for x in rivals))):
        if found := list(dict.fromkeys(phrases)):
            yield name, found
