"""Provenance of ingested records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class IngestedFile:
    """A file made by others from which captures were ingested.

    `name` is its name without folders, `sha256` the hexadecimal digest of its `size` bytes when it was first
    ingested, by `run`, at `ingested_at` (aware, UTC). `number` is assigned by the archive.
    """

    number: int
    name: str
    sha256: str
    size: int
    run: int
    ingested_at: datetime
