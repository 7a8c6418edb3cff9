"""Retry policy of transactions: how often and how long (tenacity's only door)."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Result = TypeVar("Result")

ATTEMPTS = 5
"""Attempts at a transaction; SQLite itself waits for its busy timeout in each."""


def retrying(call: Callable[[], Result], transient: Callable[[BaseException], bool]) -> Result:
    """Call until it succeeds, at most ATTEMPTS times; only errors that `transient` accepts are retried.

    Waits grow at random up to a second. The last error is raised as it is.
    """
    from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential  # it loads asyncio; readers need it not

    policy = Retrying(
        stop=stop_after_attempt(ATTEMPTS),
        wait=wait_random_exponential(multiplier=0.02, max=1.0),
        retry=retry_if_exception(transient),
        reraise=True,
    )
    return policy(call)
