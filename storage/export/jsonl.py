"""Write the corpus to a file with a manifest beside it, or to standard output.

The same articles give the same bytes: the lines, the compressed file and the manifest, which holds no time of
writing.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict, dataclass
from typing import IO, TYPE_CHECKING

from storage.export.files import Digested, compressing, full_disk_reported, real_place, replacing
from storage.export.formats import JsonLines

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from storage.export.formats import CorpusFormat
    from storage.model.articles import Article


@dataclass(frozen=True, slots=True)
class ExportReport:
    """Result of an export.

    `bytes` and `sha256` are those of the file as written, `lines_bytes` and `lines_sha256` those of the lines
    before compression. `file` and `manifest` are paths, and None for standard output; `complete` is false
    when the reader of standard output closed it early.
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
    writer: CorpusFormat | None = None,
    keep_existing: bool = False,
) -> ExportReport:
    """Write articles to a file (`.gz` and `.zst` compress), or to standard output when `output` is None.

    `writer` is the format, JSON lines by default. With `keep_existing`, a file of this name is not replaced;
    a link is written through as a shell's redirection does, unless its target is a corpus, that is, has a
    manifest beside it.

    One article is held at a time. Beside the file, `<file>.manifest.json` holds counts, digests, the schema's
    name and the values of `query`, `versions` and `archive`; both files appear under their names when they
    are complete, or not at all. Where the output is a link, both are written to the folder of its target.

    Raises:
        UsageError: the file's folder is missing or cannot be written, the output is not a file, or it exists
            and is to be kept.
        DiskFull: no space left; older files of the same name are unchanged.
    """
    writer = JsonLines() if writer is None else writer
    if output is None:
        return _to_stdout(articles, writer)
    place = real_place(output)
    shown = place if output.is_symlink() else output
    manifest = shown.with_name(f"{place.name}.manifest.json")
    keep = keep_existing and (not output.is_symlink() or manifest.exists())
    with replacing(place, real_place(manifest), keep_existing=keep) as (file, manifest_file):
        packed = Digested(file)
        with compressing(place.name, packed) as stream:
            lines = Digested(stream)
            count = _write_lines(articles, lines, writer)
        report = ExportReport(str(shown), str(manifest), count, packed.bytes, packed.sha256, lines.bytes, lines.sha256)
        facts = {"query": query, "versions": versions, "archive": archive, **writer.facts()}
        manifest_file.write(_manifest(report, place.name, writer.schema, facts))
    return report


def _write_lines(articles: Iterable[Article], lines: Digested, writer: CorpusFormat) -> int:
    lines.write(writer.heading())
    count = 0
    for article in articles:
        lines.write(writer.line(article))
        count += 1
    return count


def _manifest(report: ExportReport, name: str, schema: str, facts: Mapping[str, object]) -> bytes:
    figures = {key: value for key, value in asdict(report).items() if key not in {"file", "manifest", "complete"}}
    text = json.dumps({"schema": schema, "file": name, **figures, **facts}, ensure_ascii=False, indent=2)
    return f"{text}\n".encode("utf-8", "replace")


def _to_stdout(articles: Iterable[Article], writer: CorpusFormat) -> ExportReport:
    lines = Digested(sys.stdout.buffer)
    count, complete = 0, True
    with full_disk_reported("standard output"):
        try:
            lines.write(writer.heading())
            for article in articles:
                lines.write(writer.line(article))
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
    """Redirect a stream to the null device.

    Otherwise flushing its buffer when the interpreter exits would fail once more.
    """
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
