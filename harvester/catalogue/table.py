"""The catalogue as a table in Markdown, as shown in `docs/sources.md`."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harvester.catalogue.declaration import Declaration
    from harvester.catalogue.loader import Catalogue

_COLUMNS = ("id", "name", "kind", "languages", "channels", "family", "crawled", "note")


def sources_table(catalogue: Catalogue) -> str:
    """Return a line with the number of sources of each kind, and a table with one row per source, by id."""
    kinds = Counter(x.source.kind.value for x in catalogue)
    counted = " · ".join(f"{kind} {number}" for kind, number in sorted(kinds.items()))
    rows = [_COLUMNS, ("---",) * len(_COLUMNS), *map(_row, catalogue)]
    return f"{counted} · all {len(catalogue)}\n\n" + "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _row(declaration: Declaration) -> tuple[str, ...]:
    source = declaration.source
    channels = Counter(channel.kind.value for channel in declaration.channels)
    crawled = "yes" if declaration.enabled else "when named"
    return (
        f"`{source.id}`",
        f"[{_cell(source.name)}]({source.home})",
        source.kind.value,
        " ".join(source.languages),
        ", ".join(f"{kind} × {number}" if number > 1 else kind for kind, number in channels.items()),
        declaration.family,
        f"{crawled}, in a browser" if declaration.browser else crawled,
        _cell(declaration.note),
    )


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
