"""The corpus as JSON Lines, with a manifest beside it.

The same articles give the same bytes, in the lines, in the compressed file and in the manifest, which holds no time of writing.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict, dataclass
from typing import IO, TYPE_CHECKING, Any

from storage.export.corpus_row import SCHEMA_NAME, corpus_row
from storage.export.files import Digested, compressing, full_disk_reported, real_place, replacing
from storage.export.json_text import escaped

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from storage.model.articles import Article


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What an export wrote.

    `bytes` and `sha256` are those of the file as written, `lines_bytes` and `lines_sha256` those of the lines before
    compression. `file` and `manifest` are paths, and None for standard output; `complete` is false when its reader left early.
    """

    file: str | None
    manifest: str | None
    articles: int
    bytes: int
    sha256: str
    lines_bytes: int
    lines_sha256: str
    complete: bool = True


def write_corpus(
    articles: Iterable[Article],
    output: Path | None,
    *,
    query: Mapping[str, object],
    versions: Mapping[str, str],
    archive: Mapping[str, object],
) -> ExportReport:
    """Write articles as lines to a file (`.gz` and `.zst` compress), or to standard output when that is None.

    One article is held at a time. Beside a file stands `<file>.manifest.json` with counts, digests, the schema's name and what
    is given as `query`, `versions` and `archive`; both files appear under their names when they are whole, or not at all. Where the
    output is a link, both lie where it leads.

    Raises:
        UsageError: the file's folder is missing or cannot be written, or the output is no file.
        DiskFull: no space left; older files of the same name are untouched.
    """
    if output is None:
        return _to_stdout(articles)
    place = real_place(output)
    shown = place if output.is_symlink() else output
    manifest = shown.with_name(f"{place.name}.manifest.json")
    with replacing(place, real_place(manifest)) as (file, manifest_file):
        packed = Digested(file)
        with compressing(place.name, packed) as stream:
            lines = Digested(stream)
            count = _write_lines(articles, lines)
        report = ExportReport(str(shown), str(manifest), count, packed.bytes, packed.sha256, lines.bytes, lines.sha256)
        manifest_file.write(_manifest(report, place.name, {"query": query, "versions": versions, "archive": archive}))
    return report


def corpus_line(row: Mapping[str, object]) -> bytes:
    r"""A row as one line of UTF-8, line feed included.

    Lone surrogates and NUL become U+FFFD. What some readers take for line ends (U+2028, U+2029, U+0085), DEL, C1 and bidirectional
    overrides are written as `\u`.
    """
    text = _dumped(row)
    if r"\u0000" in text:
        text = _dumped(_cleaned(row))
    try:
        line = escaped(text).encode()
    except UnicodeEncodeError:
        line = escaped(_dumped(_cleaned(row))).encode()
    return line + b"\n"


def _write_lines(articles: Iterable[Article], lines: Digested) -> int:
    count = 0
    for article in articles:
        lines.write(corpus_line(corpus_row(article)))
        count += 1
    return count


def _dumped(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\0", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {name: _cleaned(part) for name, part in value.items()}
    return [_cleaned(part) for part in value] if isinstance(value, list) else value


def _manifest(report: ExportReport, name: str, facts: Mapping[str, object]) -> bytes:
    figures = {key: value for key, value in asdict(report).items() if key not in {"file", "manifest", "complete"}}
    text = json.dumps({"schema": SCHEMA_NAME, "file": name, **figures, **facts}, ensure_ascii=False, indent=2)
    return f"{text}\n".encode("utf-8", "replace")


def _to_stdout(articles: Iterable[Article]) -> ExportReport:
    lines = Digested(sys.stdout.buffer)
    count, complete = 0, True
    with full_disk_reported("standard output"):
        try:
            for article in articles:
                lines.write(corpus_line(corpus_row(article)))
                count += 1
            lines.flush()
        except BrokenPipeError:
            complete = False
            _silence(sys.stdout.buffer)
        except OSError:
            _silence(sys.stdout.buffer)
            raise
    return ExportReport(None, None, count, lines.bytes, lines.sha256, lines.bytes, lines.sha256, complete)


def _silence(stream: IO[bytes]) -> None:
    """Let what is still in a stream's buffer go nowhere, or the interpreter stumbles over it at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
