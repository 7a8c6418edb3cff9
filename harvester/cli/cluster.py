"""Display of a cluster of reprints, and of excerpts outside of it: text for users, JSON for programs."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from rich.text import Text

from storage.export.corpus_row import member_row
from storage.export.plain_text import plain
from storage.model.reprints import Excerpts, ReprintKind

if TYPE_CHECKING:
    from rich.console import Console

    from storage.model.articles import ClusterMark
    from storage.model.clusters import Membership, StoryCluster

KINDS = {
    ReprintKind.ORIGINAL: "original",
    ReprintKind.VERBATIM: "verbatim copy",
    ReprintKind.EDITED: "edited copy",
    ReprintKind.EXCERPT: "excerpt",
    ReprintKind.CONTAINS: "with additions",
    ReprintKind.DIGEST: "digest",
}
"""Displayed name of each kind of copy."""

_MOMENT_WIDTH = len("2026-03-17 18:25 UTC*")
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def print_cluster(console: Console, cluster: StoryCluster) -> None:
    """Print the members of a cluster by time, two lines each.

    First line: moment, lag, similarity, kind, source and headline. Second line: id and URL.
    """
    known = "" if cluster.original else ", which came first is unknown"
    console.print(f"cluster {cluster.id}, {len(cluster.members)} articles{known}")
    width = max(len(member.source) for member in cluster.members)
    lag_width = max(10, *(len(lag_in_words(member)) for member in cluster.members))
    for member in cluster.members:
        moment = _moment(member)
        how = f"{lag_in_words(member):<{lag_width}}  {member.similarity:4.0%}  {KINDS[member.kind]:<14}"
        console.print(f"{moment:<{_MOMENT_WIDTH}}  {how}  {plain(member.source):<{width}}  {plain(member.title)}")
        console.print(Text(f"    {member.article}  {plain(member.url)}", "dim"))
    if not all(member.printed_day for member in cluster.members):
        console.print(Text("* when it was first seen: its source prints no date", "dim"))


def _moment(member: Membership) -> str:
    """Return when an article was published: the printed time, in UTC.

    Where its source prints only a day or a month, that; where it prints no date, the time when it was first
    seen, marked with `*`.
    """
    if member.printed_day and not member.printed:
        return member.printed_day
    return f"{member.moment:%Y-%m-%d %H:%M} UTC{'' if member.printed else '*'}"


def cluster_row(cluster: StoryCluster) -> dict[str, Any]:
    """Return the cluster as JSON values.

    Lags are in seconds. `published_day` is null where the source prints no date.
    """
    members = [
        {
            "id": member.article,
            "url": member.url,
            "source": member.source,
            "title": member.title,
            "moment": member.moment.isoformat(timespec="seconds"),
            "moment_is": "printed" if member.printed else "first seen",
            **member_row(member),
            "published_day": member.printed_day or None,
        }
        for member in cluster.members
    ]
    return {"cluster": cluster.id, "size": len(cluster.members), "original": cluster.original, "members": members}


def print_excerpts(console: Console, excerpts: Excerpts | None) -> None:
    """Print what an article quotes, and what quotes it, outside of its cluster; nothing for None."""
    if excerpts is None:
        return
    holds = "a digest: it holds passages of" if excerpts.is_digest else "it holds an excerpt of"
    for headline, shared in ((holds, excerpts.held), ("an excerpt of it stands in", excerpts.quoting)):
        if shared:
            console.print(headline)
        for other in shared:
            console.print(f"    {other.share:4.0%}  {plain(other.source)}  {plain(other.title)}")
            console.print(Text(f"    {other.article}  {plain(other.url)}", "dim"))


def excerpts_row(excerpts: Excerpts | None) -> dict[str, Any]:
    """Return the excerpts in an article and from it as JSON values; empty lists for None."""
    shared = excerpts or Excerpts()
    held, quoting = ([asdict(x) | {"cluster": x.cluster or None} for x in side] for side in (shared.held, shared.quoting))
    return {"is_digest": shared.is_digest, "holds": held, "stands_in": quoting}


def lag_in_words(member: Membership | ClusterMark) -> str:
    """Return how long after the original an article was published.

    A range where only days are printed; `original` for the original itself; `?` where the lag is unknown.
    """
    if member.kind is ReprintKind.ORIGINAL:
        return "original"
    if member.lag is not None:
        return f"{'-' if member.lag < timedelta() else '+'}{_length(abs(member.lag))}"
    if member.lag_range is None:
        return "?"
    shortest, longest = member.lag_range
    return f"up to {_length(longest)}" if not shortest else f"+{_length(shortest)} to {_length(longest)}"


def _length(lag: timedelta) -> str:
    """Return a length of time in its two largest units, such as `1 d 3 h`; minutes alone below one hour."""
    if lag >= _DAY:
        return f"{lag.days} d {lag % _DAY // _HOUR} h"
    return f"{lag // _HOUR} h {lag % _HOUR // _MINUTE:02} min" if lag >= _HOUR else f"{lag // _MINUTE} min"
