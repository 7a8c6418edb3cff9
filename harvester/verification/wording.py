"""Numbers with their nouns, as the lines of a verification say them."""

from __future__ import annotations


def counted(count: int, noun: str) -> str:
    """A number and its noun, such as `1 capture` and `2 captures`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def was(count: int) -> str:
    """The verb that goes with a number."""
    return "was" if count == 1 else "were"
