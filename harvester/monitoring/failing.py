"""Messages about the sources that failed in a run, of bounded length."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from storage.model.runs import NAME_FAILURE

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    Failing = Mapping[str, Sequence[tuple[str, str]]]
    """By source, the URLs that still fail, each as (URL, reason)."""

MOST_NAMED = 5
"""Number of failing sources up to which each is named; more are counted by reason.

82 named sources made a line of 8.9 KB, which cron sends by mail.
"""

_WORDS = {NAME_FAILURE: "names cannot be resolved"}


def all_failed(failing: Failing, chosen: int, asked: int) -> str:
    """Return the message of a run in which no source could be read.

    `chosen` is the number of sources that might have been requested, `asked` of those that were due.
    """
    due = f" ({asked} of {asked} that were due)" if asked < chosen else f" ({len(failing)})" if len(failing) > 1 else ""
    if not all(reason == NAME_FAILURE for addresses in failing.values() for _, reason in addresses):
        return f"every source failed{due}: {_named(failing)}"
    if len(failing) == 1:
        ((source, addresses),) = failing.items()
        host = urlsplit(addresses[0][0]).hostname
        return f"every source failed{due}: {source}: the name {host} cannot be resolved; is this machine online?"
    return f"every source failed{due}: names cannot be resolved; is this machine online?"


def some_failed(failing: Failing, asked: int, known: Collection[str]) -> str:
    """Return the message of a run in which some of `asked` sources failed.

    Those in `known` failed before and are counted, not named.
    """
    new = {source: addresses for source, addresses in failing.items() if source not in known}
    newly = f", {len(new)} of them newly" if len(new) < len(failing) else ""
    return f"{len(failing)} of {asked} sources failed{newly}: {_named(new)}"


def _named(failing: Failing) -> str:
    if len(failing) <= MOST_NAMED:
        return ", ".join(f"{source} ({addresses[0][1]}: {addresses[0][0]})" for source, addresses in sorted(failing.items()))
    reasons = Counter(addresses[0][1].partition(":")[0] for addresses in failing.values())
    counted = ", ".join(f"{_WORDS.get(reason, reason)} ({count})" for reason, count in sorted(reasons.items(), key=lambda x: (-x[1], x[0])))
    return f"{counted}; `harvester status --broken` lists them"
