"""How a cluster of reprints, and excerpts outside of it, are shown to a person and to machines."""

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
"""What a person reads for the kind of a copy."""

_MOMENT_WIDTH = len("2026-03-17 18:25 UTC*")
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def print_cluster(console: Console, cluster: StoryCluster) -> None:
    """Each member on two lines, by time: moment, lag, similarity, kind, source and headline; its id and address."""
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
    """When an article appeared: the time that its source prints, in UTC; its day or month alone; or the first sight."""
    if member.printed_day and not member.printed:
        return member.printed_day
    return f"{member.moment:%Y-%m-%d %H:%M} UTC{'' if member.printed else '*'}"


def cluster_row(cluster: StoryCluster) -> dict[str, Any]:
    """The cluster as JSON values; lags are seconds. `published_day` is null where the source prints no date."""
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
    """What an article quotes and what quotes it, outside of its cluster; nothing where there is none."""
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
    """The excerpts in and from an article as JSON values."""
    shared = excerpts or Excerpts()
    held, quoting = ([asdict(x) | {"cluster": x.cluster or None} for x in side] for side in (shared.held, shared.quoting))
    return {"is_digest": shared.is_digest, "holds": held, "stands_in": quoting}


def lag_in_words(member: Membership | ClusterMark) -> str:
    """How long after the original an article was published: a lag, a range where days are printed, `?` where nothing tells."""
    if member.kind is ReprintKind.ORIGINAL:
        return "original"
    if member.lag is not None:
        return f"{'-' if member.lag < timedelta() else '+'}{_length(abs(member.lag))}"
    if member.lag_range is None:
        return "?"
    shortest, longest = member.lag_range
    return f"up to {_length(longest)}" if not shortest else f"+{_length(shortest)} to {_length(longest)}"


def _length(lag: timedelta) -> str:
    """A length of time in its two largest units."""
    if lag >= _DAY:
        return f"{lag.days} d {lag % _DAY // _HOUR} h"
    return f"{lag // _HOUR} h {lag % _HOUR // _MINUTE:02} min" if lag >= _HOUR else f"{lag // _MINUTE} min"
