"""Export formats: the choice of one by file name, and how each writes an article."""

from __future__ import annotations

import csv
import io
from enum import StrEnum
from pathlib import PurePath
from typing import TYPE_CHECKING, ClassVar, Protocol

from storage.errors import UsageError
from storage.export.corpus_row import SCHEMA_NAME, corpus_row, provenance_row
from storage.export.files import PACKED
from storage.export.flat_row import COLUMNS, PROVENANCE_COLUMNS, cell, flat_row
from storage.export.json_text import json_line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from storage.model.articles import Article

EXCEL_CELL = 32_767
"""Characters (UTF-16 code units) that a cell of Excel holds (support.microsoft.com, "Excel specifications
and limits")."""

MOST_NAMED = 5
"""Articles that a warning names at most."""


class ExportFormat(StrEnum):
    """A format of an export; its value is the suffix of its files."""

    JSONL = "jsonl"
    CSV = "csv"


class CorpusFormat(Protocol):
    """Writer of one format: the heading, the bytes of each article, and its entries in the manifest."""

    schema: ClassVar[str]

    def heading(self) -> bytes:
        """Return the bytes before the first article."""
        ...

    def line(self, article: Article) -> bytes:
        """Return the bytes of an article."""
        ...

    def facts(self) -> Mapping[str, object]:
        """Return the entries of the manifest beside the name of the schema."""
        ...

    def warning(self) -> str:
        """Return a warning for the reader of the file; empty where there is none."""
        ...


class JsonLines:
    """One JSON object a line (https://jsonlines.org), as `corpus_row` makes it.

    With `provenance`, each line also names the ingested file.
    """

    schema: ClassVar[str] = SCHEMA_NAME

    def __init__(self, *, provenance: bool = False) -> None:
        self._row = provenance_row if provenance else corpus_row
        self._facts = {"provenance": True} if provenance else {}

    def heading(self) -> bytes:
        """Return no bytes: the format has no heading."""
        return b""

    def line(self, article: Article) -> bytes:
        """Return the article as one line."""
        return json_line(self._row(article))

    def facts(self) -> Mapping[str, object]:
        """Return `provenance` where lines name the ingested file, else nothing.

        With and without it, the same query gives different bytes.
        """
        return self._facts

    def warning(self) -> str:
        """Return an empty string: the length of a line is not limited."""
        return ""


class CommaSeparated:
    """CSV as in RFC 4180, readable by Excel.

    UTF-8 with a byte order mark, lines that end in CR LF, names of columns first.
    """

    schema: ClassVar[str] = "news-harvester/article-csv/1"

    def __init__(self, *, provenance: bool = False) -> None:
        self._columns = COLUMNS + PROVENANCE_COLUMNS if provenance else COLUMNS
        self._buffer = io.StringIO()
        self._table = csv.writer(self._buffer, lineterminator="\r\n")
        self._too_long = 0
        self._named: list[str] = []

    def heading(self) -> bytes:
        """Return the byte order mark, by which Excel recognises UTF-8, and the names of the columns."""
        return b"\xef\xbb\xbf" + self._written(self._columns)

    def line(self, article: Article) -> bytes:
        """Return the article as one record. NUL becomes a space, a lone surrogate U+FFFD."""
        row = flat_row(article)
        cells = [cell(row[column], lines=column == "text") for column in self._columns]
        if any(len(one) > EXCEL_CELL // 2 and _code_units(one) > EXCEL_CELL for one in cells):
            self._too_long += 1
            if self._too_long <= MOST_NAMED:
                self._named.append(article.id)
        return self._written(cells)

    def _written(self, cells: tuple[str, ...] | list[str]) -> bytes:
        self._table.writerow(cells)
        text = self._buffer.getvalue()
        self._buffer.seek(0)
        self._buffer.truncate()
        try:
            return text.encode()
        except UnicodeEncodeError:
            return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()

    def facts(self) -> Mapping[str, object]:
        """Return the names of the columns."""
        return {"columns": list(self._columns)}

    def warning(self) -> str:
        """Return which articles have more text than a cell of Excel holds; empty where none has."""
        if not self._too_long:
            return ""
        named = ", ".join(self._named)
        more = f" and {self._too_long - len(self._named)} more" if self._too_long > len(self._named) else ""
        noun = "1 article has" if self._too_long == 1 else f"{self._too_long} articles have"
        return (
            f"{noun} more than {EXCEL_CELL:,} characters in a cell, which Excel cannot hold: {named}{more}. "
            "The file holds the whole texts; read it with pandas, R or LibreOffice, or export JSON lines."
        )


def _code_units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


WRITERS: Mapping[ExportFormat, type[JsonLines | CommaSeparated]] = {ExportFormat.JSONL: JsonLines, ExportFormat.CSV: CommaSeparated}


def format_of(output: str | None, asked: ExportFormat | None) -> ExportFormat:
    """Return the format of an export.

    Args:
        output: the name of the file, whose suffix decides, in any case (`.gz` or `.zst` after it compresses);
            None for standard output.
        asked: the requested format, None for none; it decides for standard output, where JSON lines are the
            default, and for a name without a suffix.

    Raises:
        UsageError: the name has no suffix and no format is requested, or its suffix is unknown or that of
            another format than requested.
    """
    if output is None:
        return asked or ExportFormat.JSONL
    name = PurePath(output)
    suffix = PurePath(name.stem).suffix if name.suffix.lower() in PACKED else name.suffix
    meant = suffix.lower().removeprefix(".")
    if meant in set(ExportFormat):
        if asked and asked != meant:
            raise UsageError(
                f"{output} ends in {suffix}, and --format asks for {asked.value}.", f"Leave --format out, or name a .{asked.value} file."
            )
        return ExportFormat(meant)
    if not suffix and asked:
        return asked
    known = "Name a file that ends in .jsonl (JSON lines) or .csv (a table); with .gz or .zst behind that it is compressed. - is stdout."
    if not suffix:
        raise UsageError(f"{output} has no suffix that says the format.", known)
    raise UsageError(f"An export cannot be written as {suffix} ({output}).", known)
