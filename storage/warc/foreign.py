"""Read the responses of a foreign WARC file: every record is yielded or counted, also after damage."""

from __future__ import annotations

import re
from collections import Counter
from typing import IO, TYPE_CHECKING

from storage.errors import UsageError
from storage.warc.errors import TornWarc
from storage.warc.parsing import NotAResponse, parse_foreign
from storage.warc.requests import RequestMethods, request_of
from storage.warc.walk import Walk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from storage.warc.requests import ForeignRequest
    from storage.warc.response import WarcResponse
    from storage.warc.walk import Record

MAX_BLOCK_BYTES = 16 * 1024 * 1024
_REQUEST_LINE = 64
_MOST_KINDS = 100
_TOKEN = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,39}")


def iterate(path: Path, skipped: Counter[str] | None = None) -> Iterator[WarcResponse]:
    """Yield every response and revisit record of a foreign `.warc` or `.warc.gz` file, in file order.

    Memory is bounded. Gzip files may hold a member for each record or one for all. Every record that is not
    yielded is counted in `skipped`: by its type (`records of type request` …), by the method of its request
    (`answers to POST`), or by why it cannot be used: `not_http`, `interim_only`, `no_target`, `no_date`,
    `far_date`, `no_id`, `revisit_profile`, `too_large` (blocks over 16 MiB), `headers_too_large` (over 64 KiB
    or 1,000 lines), `damaged`. A record with a gzip member of its own is yielded only once that member has
    proven whole. The work grows linearly with the size of the file, whatever it holds.

    Raises:
        UsageError: the file is missing, unreadable or no WARC file.
        TornWarc: parts of it are cut or corrupt; raised at the end, when all that can be read was yielded.
    """
    try:
        with path.open("rb") as file:
            yield from iterate_stream(file, path, skipped)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}.") from error


def iterate_stream(file: IO[bytes], path: Path, skipped: Counter[str] | None = None) -> Iterator[WarcResponse]:
    """Yield as `iterate` does, from an open, seekable file, such as a member of a WACZ.

    `path` names the file in errors.

    Raises:
        UsageError: it is no WARC file.
        TornWarc: parts of it are cut or corrupt; raised at the end, when all that can be read was yielded.
    """
    skipped = Counter() if skipped is None else skipped
    methods = RequestMethods()
    for record in Walk(file, path).records(_only_request_lines):
        request = request_of(record.fields, record.block)
        if request is not None:
            methods.add(request)
    walk = Walk(file, path)
    yield from _responses(walk.records(_whole_responses), methods, skipped)
    if walk.damaged:
        skipped["damaged"] += walk.damaged
        raise TornWarc(path, walk.gaps, walk.damaged)


def _responses(records: Iterator[Record], methods: RequestMethods, skipped: Counter[str]) -> Iterator[WarcResponse]:
    """Yield the usable responses among records; each waits for the next record, which may be its request."""
    waiting: tuple[WarcResponse, ForeignRequest | None] | None = None
    unclaimed: ForeignRequest | None = None
    for record in records:
        request = request_of(record.fields, record.block)
        if waiting is not None:
            response, before = waiting
            method, claimed = methods.of(response, before, request)
            yield from _if_get(response, method, skipped)
            request = None if claimed is request else request
        usable = _usable(record, skipped)
        waiting = (usable, unclaimed) if usable is not None else None
        unclaimed = request
    if waiting is not None:
        yield from _if_get(waiting[0], methods.of(*waiting, None)[0], skipped)


def _if_get(response: WarcResponse, method: str, skipped: Counter[str]) -> Iterator[WarcResponse]:
    """Yield the response if the method of its request is GET; otherwise count it.

    The response to a form or to HEAD is not the page of its URL.
    """
    if method == "GET":
        yield response
    else:
        _count(skipped, "answers to", method)


def _usable(record: Record, skipped: Counter[str]) -> WarcResponse | None:
    """Return the response in a record; None, and count it, when it has another type or cannot be used."""
    kind = record.fields.get("warc-type", "").lower()
    target = record.fields.get("warc-target-uri", "").removeprefix("<").lower()
    segment = record.fields.get("warc-segment-number", "1")
    if kind not in {"response", "revisit"} or segment.lstrip("0") not in {"1", ""} or target.startswith("dns:"):
        kind = "dns" if target.startswith("dns:") else kind
        _count(skipped, "records of type", "continuation" if kind == "response" else kind)
        return None
    if record.length > MAX_BLOCK_BYTES:
        reason = "too_large"
    elif record.oversized:
        reason = "headers_too_large"
    else:
        try:
            return parse_foreign(record.fields, record.block)
        except NotAResponse as error:
            reason = error.reason
    skipped[reason] += 1
    return None


def _count(skipped: Counter[str], what: str, name: str) -> None:
    """Count under a name from a foreign file.

    A name that is no token, or that is new when 100 different keys are counted, is counted as `unknown`.
    """
    key = f"{what} {name}" if _TOKEN.fullmatch(name) else f"{what} unknown"
    if key not in skipped and len(skipped) >= _MOST_KINDS:
        key = f"{what} unknown"
    skipped[key] += 1


def _only_request_lines(fields: dict[str, str], length: int) -> int:
    return min(length, _REQUEST_LINE) if fields.get("warc-type", "").lower() == "request" else 0


def _whole_responses(fields: dict[str, str], length: int) -> int:
    if fields.get("warc-type", "").lower() in {"response", "revisit"}:
        return length if length <= MAX_BLOCK_BYTES else 0
    return _only_request_lines(fields, length)
