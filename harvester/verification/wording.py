"""Wording of numbers in the messages of a verification."""

from __future__ import annotations


def counted(count: int, noun: str) -> str:
    """Return a number with its noun, such as `1 capture` and `2 captures`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def was(count: int) -> str:
    """Return the verb for a number: `was` for 1, else `were`."""
    return "was" if count == 1 else "were"
