"""`harvester coverage`: compare what sources list with what the archive holds."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Annotated, Any

import typer

from harvester import __version__
from harvester.cli.filters import SinceFilter, UntilFilter, day
from harvester.cli.locking import taking_lock
from harvester.cli.options import (
    ArchiveOption,
    ConfigOption,
    Invocation,
    JsonOption,
    OnlySourcesOption,
    QuietOption,
    SourcesOption,
    VerboseOption,
)
from storage.model.coverage import CoverageStatus
from storage.model.text import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from rich.console import Console

    from harvester.catalogue.declaration import Declaration
    from harvester.coverage import Coverage, DayCount, DayRange
    from storage.locking import Lock
    from storage.reader import ArchiveReader

_MOST_NAMED = 5
ENQUEUED = "enqueued"
"""End of a run that only inserted URLs into the frontier (`CrawlRun.ended`).

It differs from the end of a finished crawl, so that the next crawl still processes what a killed crawl left.
"""


def command(
    context: typer.Context,
    source: Annotated[list[str] | None, typer.Argument(help="Ids of sources; all that were ever asked when none is named.")] = None,
    *,
    since: SinceFilter = None,
    until: UntilFilter = None,
    enqueue: Annotated[bool, typer.Option("--enqueue", help="Let the next crawl ask for what is missing.")] = False,
    archive: ArchiveOption = None,
    config: ConfigOption = None,
    sources: SourcesOption = None,
    only_given_sources: OnlySourcesOption = False,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = 0,
) -> int:
    """Compare what feeds, sitemaps and listings list with what the archive has, day by day. No site is asked."""
    lock = context.with_resource(taking_lock(context, archive, config, "coverage", make=False) if enqueue else nullcontext())
    from harvester.coverage import DayRange
    from storage.archive import Archive

    call = Invocation.begin(
        config,
        as_json=json,
        quiet=quiet,
        verbose=verbose,
        writes_log=enqueue,
        archive=archive,
        sources=sources,
        only_given_sources=only_given_sources,
    )
    span = DayRange(day(since, "--since"), day(until, "--until"))
    with Archive.opened(call.config.archive) as opened:
        declarations = _chosen(call, opened, source or [])
        audits = _audited(call, opened, declarations, span)
        held = {source: holding.articles for source, holding in opened.holdings().items()}
        asked = frozenset(opened.newest_runs())
    new = _enqueue(call, audits, lock) if enqueue else None
    call.report({"command": "coverage", "archive": str(call.config.archive), **_days(span), "sources": [_report(x, new) for x in audits]})
    if not call.as_json:
        _print(call.out, [x for x in audits if x.days or x.answers or x.unreadable], by_day=bool(source))
        for coverage in audits:
            _print_gaps(call, coverage, enqueued=enqueue)
        if any(coverage.failures for coverage in audits):
            call.say("With --json, `failures` names each address that failed.")
    for line in _not_compared(call, audits, held, asked, source or []):
        call.err.print(line)
    return 0


def _chosen(call: Invocation, archive: ArchiveReader, ids: Sequence[str]) -> list[Declaration]:
    """Return the declarations of the named sources; without names, those that a run ever requested.

    A named source without a declaration, of which the archive holds articles, gets a generic one.
    """
    if ids:
        held = archive.holdings()
        return [call.catalogue.generic(x) if x not in call.catalogue.sources and x in held else call.catalogue.get(x) for x in ids]
    asked = archive.newest_runs()
    return [x for x in call.catalogue if x.id in asked]


def _not_compared(
    call: Invocation, audits: Sequence[Coverage], held: Mapping[str, int], asked: AbstractSet[str], named: Sequence[str]
) -> Iterator[str]:
    """Yield a sentence for each reason why sources have no comparison.

    They are undeclared, or their channels were never read; or no source was requested yet.
    """
    compared = {x.source for x in audits if x.answers or x.unreadable}
    chosen = named or sorted(held.keys() | asked)
    if not chosen:
        yield "No source was asked yet: `harvester crawl` reads what the sources list."
    undeclared = [x for x in chosen if x not in call.catalogue.sources]
    if undeclared:
        it, its = ("it", "its folder") if len(undeclared) == 1 else ("them", "their folder")
        hint = f"give {its} with --sources, or as `sources` in harvester.toml"
        yield f"{_held(undeclared, held)}, but no declaration of {it} is among the sources, so nothing says what is listed; {hint}."
    if unread := [x for x in chosen if x not in compared and x not in undeclared]:
        yield f"{_held(unread, held)}, but no channel of {'it' if len(unread) == 1 else 'them'} was ever read."


def _held(sources: Sequence[str], held: Mapping[str, int]) -> str:
    """Return a clause with the number of articles held of sources, and their first `_MOST_NAMED` ids."""
    count = sum(held.get(x, 0) for x in sources)
    more = f" and {len(sources) - _MOST_NAMED} more sources" if len(sources) > _MOST_NAMED else ""
    return f"{', '.join(sources[:_MOST_NAMED])}{more}: {count} {'article is' if count == 1 else 'articles are'} held"


def _audited(call: Invocation, archive: ArchiveReader, declarations: Sequence[Declaration], span: DayRange) -> list[Coverage]:
    from harvester.cli.rendering import telling
    from harvester.coverage import audit

    audits: list[Coverage] = []
    with telling(call.err, lambda: f"{len(audits)} of {len(declarations)} sources compared", silent=call.quiet or call.as_json):
        for declaration in declarations:
            audits.append(audit(archive, declaration, span))  # noqa: PERF401  the display counts them
    return audits


def _enqueue(call: Invocation, audits: Sequence[Coverage], lock: Lock | None) -> dict[str, int]:
    """Insert the gaps into the frontier, due at once, and return their number by source."""
    from harvester.coverage import addresses
    from storage.archive import Archive

    missing = [x for x in audits if x.gaps]
    if missing:
        with Archive.held(call.config.archive, "coverage", lock=lock) as held:
            run = held.start_run("coverage", __version__)
            for coverage in missing:
                held.enqueue(run, coverage.source, list(addresses(coverage.gaps)))
            held.finish_run(run, ENQUEUED)
    return {x.source: len(x.gaps) for x in audits}


# ── as JSON ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _days(span: DayRange) -> dict[str, str | None]:
    return {"since": span.since.isoformat() if span.since else None, "until": span.until.isoformat() if span.until else None}


def _report(coverage: Coverage, enqueued: dict[str, int] | None) -> dict[str, Any]:
    return {
        "id": coverage.source,
        "answers_read": coverage.answers,
        "answers_unreadable": coverage.unreadable,
        "total": _counted(coverage.total),
        "days": [{"day": published or None, **_counted(count)} for published, count in sorted(coverage.days.items())],
        "gaps": [{"url": x.url, "day": x.day or None, "fate": x.fate.value, "reason": x.reason} for x in coverage.gaps],
        "enqueued": enqueued[coverage.source] if enqueued is not None else None,
        "failures": [{"url": x.url, "day": x.day or None, "reason": x.reason, "waiting": x.waiting} for x in coverage.failures],
    }


def _counted(count: DayCount) -> dict[str, Any]:
    fates = {fate.value.replace("-", "_"): count.fates[fate] for fate in CoverageStatus}
    return {"listed": count.listed, **fates, "reasons": dict(sorted(count.reasons.items()))}


# ── for people ────────────────────────────────────────────────────────────────────────────────────────────────────────


_COLUMNS = ("listed", "archived", "out of scope", "no article", "failed", "never tried")


def _print(console: Console, audits: Sequence[Coverage], *, by_day: bool) -> None:
    """Print a line with the totals of each source; with `by_day`, before it a line for each day."""
    if not audits:
        return
    from harvester.cli.tables import Column, print_table

    rows = []
    for coverage in audits:
        days = sorted(coverage.days.items()) if by_day else []
        for published, count in [*days, ("all", coverage.total)]:
            counts = [str(x) for x in (count.listed, *(count.fates[fate] for fate in CoverageStatus))]
            rows.append([coverage.source, published or "undated", *counts])
    print_table(console, [Column("source", left=True, folds=True), *map(Column, ("day", *_COLUMNS))], rows, gap=1)


def _print_gaps(call: Invocation, coverage: Coverage, *, enqueued: bool) -> None:
    from harvester.cli.rendering import plain

    if reasons := coverage.total.reasons:
        told = ", ".join(f"{count} × {reason}" for reason, count in sorted(reasons.items(), key=lambda x: (-x[1], x[0])))
        call.out.print(plain(f"{coverage.source}: failed: {told}"))
    if coverage.gaps:
        them = "it" if len(coverage.gaps) == 1 else "them"
        end = f"the next crawl asks for {them}." if enqueued else f"--enqueue lets the next crawl ask for {them}."
        call.out.print(f"{coverage.source}: {counted(len(coverage.gaps), 'gap')}; {end}")
    if coverage.unreadable:
        call.err.print(f"{coverage.source}: {coverage.unreadable} answers of channels cannot be read; `harvester verify` names them.")
