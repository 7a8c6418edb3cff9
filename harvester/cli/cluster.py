"""How `harvester show --cluster` prints a cluster of reprints."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from rich.text import Text

from harvester.cli.rendering import plain

if TYPE_CHECKING:
    from rich.console import Console

    from storage.model.clusters import StoryCluster

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def print_cluster(console: Console, cluster: StoryCluster) -> None:
    """Each member on two lines, by time: moment, lag, similarity, kind, source and headline; its id and address."""
    known = "" if cluster.original else ", which came first is unknown"
    console.print(f"cluster {cluster.id}, {len(cluster.members)} articles{known}")
    width = max(len(member.source) for member in cluster.members)
    for member in cluster.members:
        moment = f"{member.moment:%Y-%m-%d %H:%M} UTC{' ' if member.printed else '*'}"
        lag = "original" if member.article == cluster.original else _told(member.lag)
        how = f"{lag:<10}  {member.similarity:4.0%}  {member.kind.value:<8}"
        console.print(f"{moment}  {how}  {plain(member.source):<{width}}  {plain(member.title)}")
        console.print(Text(f"    {member.article}  {plain(member.url)}", "dim"))
    if not all(member.printed for member in cluster.members):
        console.print(Text("* when it was first seen: its source prints no time", "dim"))


def cluster_row(cluster: StoryCluster) -> dict[str, Any]:
    """The cluster as JSON values; lags are seconds."""
    members = [
        {
            "id": member.article,
            "url": member.url,
            "source": member.source,
            "title": member.title,
            "moment": member.moment.isoformat(timespec="seconds"),
            "moment_is": "printed" if member.printed else "first seen",
            "lag": round(member.lag.total_seconds()) if member.lag is not None else None,
            "similarity": member.similarity,
            "kind": member.kind.value,
        }
        for member in cluster.members
    ]
    return {"cluster": cluster.id, "size": len(cluster.members), "original": cluster.original, "members": members}


def _told(lag: timedelta | None) -> str:
    """A lag in its two largest units."""
    if lag is None:
        return "?"
    sign, length = ("-" if lag < timedelta() else "+"), abs(lag)
    if length >= _DAY:
        return f"{sign}{length.days} d {length % _DAY // _HOUR} h"
    return f"{sign}{length // _HOUR} h {length % _HOUR // _MINUTE:02} min" if length >= _HOUR else f"{sign}{length // _MINUTE} min"
