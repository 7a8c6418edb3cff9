"""`python -m tests.docs.sources_table` writes docs/sources.md from the built-in catalogue."""

from __future__ import annotations

from pathlib import Path

from harvester.catalogue.loader import load_catalogue
from harvester.catalogue.table import sources_table

PAGE = Path(__file__).resolve().parents[2] / "docs" / "sources.md"
COMMAND = "python -m tests.docs.sources_table"
_HEAD = f"""# The sources

What `harvester sources list` shows, with the notes of the declarations; `harvester sources show SOURCE` prints one in full. This page
is written by `{COMMAND}`: to change it, change [the declarations](../harvester/sources), as
[Add a source](add-a-source.md) tells.

"""


def page() -> str:
    """What the page must hold today."""
    return _HEAD + sources_table(load_catalogue())


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
