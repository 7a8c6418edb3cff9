"""Reading WARC files: one record of ours at its pointer, and every response of anybody's file."""

from __future__ import annotations

import io
import os
from collections import Counter
from typing import IO, TYPE_CHECKING, Any

from storage.errors import UsageError
from storage.model.captures import WarcPointer
from storage.warc.errors import BadPointer, TornWarc
from storage.warc.members import GZIP_MAGIC, BadMember, Members
from storage.warc.repair import whole_members
from storage.warc.response import NotAResponse, parse_response, parse_warc_fields

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from _typeshed import WriteableBuffer

    from storage.warc.response import WarcResponse

MAX_BLOCK_BYTES = 16 * 1024 * 1024
_MAX_HEAD_BYTES = 1024 * 1024
_MAX_DIGITS = 15
_BUFFER = 64 * 1024


def read_response(path: Path, offset: int, length: int) -> WarcResponse:
    """The response (or revisit) record whose gzip member lies at `offset`, `length` bytes long.

    Raises:
        BadPointer: the file is missing, or no such record lies exactly there.
    """
    try:
        return _response_in(_member_at(path, offset, length))
    except FileNotFoundError as error:
        raise BadPointer(path, offset, "the file is missing") from error
    except OSError as error:
        raise BadPointer(path, offset, f"the file cannot be read ({error.strerror or error})") from error
    except BadMember as error:
        raise BadPointer(path, offset, "the gzip member is cut or corrupt") from error
    except _Misplaced as error:
        raise BadPointer(path, offset, str(error)) from error
    except _Cut as error:
        raise BadPointer(path, offset, "no whole WARC record there") from error
    except NotAResponse as error:
        raise BadPointer(path, offset, f"no response there ({error.reason})") from error


def own_responses(path: Path, start: int = 0) -> Iterator[tuple[WarcPointer, WarcResponse]]:
    """Every whole response and revisit record of one of our files from `start` (a member's offset) on, with its pointer.

    With it the tables can be brought up to what the WARC files hold. Raises OSError when the file cannot be read.
    """
    for offset, length in whole_members(path, start):
        try:
            response = read_response(path, offset, length)
        except BadPointer:  # a warcinfo or a request
            continue
        yield WarcPointer(path.name, offset, length, response.record_id), response


def iterate(path: Path, skipped: Counter[str] | None = None) -> Iterator[WarcResponse]:
    """Every response record of somebody's `.warc` or `.warc.gz` file, in its order, in bounded memory.

    Gzip files may hold a member for each record or one for all. Records of other types are passed over. Responses that cannot
    be used are counted in `skipped` by reason: `not_http`, `no_target`, `no_date`, `no_id`, and `too_large` for blocks over
    16 MiB. A record is yielded only once its gzip member, where it has its own, has proven whole.

    Raises:
        UsageError: the file is missing, unreadable or no WARC file.
        TornWarc: it is cut or corrupt; all whole records before that place were yielded.
    """
    try:
        with path.open("rb") as file:
            yield from iterate_stream(file, path, skipped)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}.") from error


def iterate_stream(file: IO[bytes], path: Path, skipped: Counter[str] | None = None) -> Iterator[WarcResponse]:
    """As `iterate`, over an open, seekable file, such as a member of a WACZ; `path` names it in errors."""
    start = file.read(len(GZIP_MAGIC))
    file.seek(0)
    source = _Inflated(Members(file), path) if start == GZIP_MAGIC else None
    raw: Any = source or file
    stream: io.BufferedReader[Any] = io.BufferedReader(raw, _BUFFER)
    skipped = Counter() if skipped is None else skipped
    at = 0
    try:
        first = stream.peek(5)[:5]
        if not first or not b"WARC/".startswith(first):
            raise UsageError(f"{path} is no WARC file.", "Give a .warc or .warc.gz file.")
        while True:
            at = source.member if source else stream.tell()
            fields = _head(stream)
            if fields is None:
                return
            response = _next_response(stream, fields, skipped)
            torn = _pass_blank_lines(stream)
            if response is not None and (torn is None or torn.offset > at):
                yield response
            if torn is not None:
                raise torn
    except _Cut as error:
        raise TornWarc(path, at) from error
    finally:
        stream.detach()


class _Cut(Exception):
    """A record is not whole, or something else lies where one should begin."""


class _Misplaced(Exception):
    """A pointer does not fit the file, in one phrase."""


class _Inflated(io.RawIOBase):
    """The content of a gzip file. `member` is the offset of the member that the last bytes handed out came from."""

    def __init__(self, members: Members, path: Path) -> None:
        self._members = members
        self._path = path
        self._pieces: Iterator[bytes] = iter(())
        self._rest = b""
        self.member = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        try:
            while not self._rest:
                self._rest = next(self._pieces, b"")
                if not self._rest:
                    if not self._members.more():
                        return 0
                    self.member = self._members.offset
                    self._pieces = self._members.inflate()
        except BadMember as error:
            raise TornWarc(self._path, error.offset) from error
        view = memoryview(buffer)
        taken = min(len(view), len(self._rest))
        view[:taken], self._rest = self._rest[:taken], self._rest[taken:]
        return taken


def _member_at(path: Path, offset: int, length: int) -> IO[bytes]:
    with path.open("rb") as file:
        if offset < 0 or offset + length > file.seek(0, os.SEEK_END):
            raise _Misplaced("the offset lies outside the file")
        members = Members(file, offset)
        content = io.BytesIO(b"".join(members.inflate()))
        if members.offset != offset + length:
            raise _Misplaced("the gzip member has another length")
    return content


def _response_in(content: IO[bytes]) -> WarcResponse:
    fields = _head(content)
    if fields is None:
        raise _Cut
    if fields.get("warc-type") not in {"response", "revisit"}:
        raise NotAResponse("another record type")
    return parse_response(fields, _exactly(content, _block_length(fields)))


def _next_response(stream: io.BufferedReader[Any], fields: dict[str, str], skipped: Counter[str]) -> WarcResponse | None:
    """Read the block of the record whose head was just read; None when it is no response that can be used."""
    length = _block_length(fields)
    wanted = fields.get("warc-type", "").lower() == "response"
    if not wanted or length > MAX_BLOCK_BYTES:
        while length > 0:
            length -= len(_exactly(stream, min(length, _BUFFER)))
        skipped.update(["too_large"] if wanted else [])
        return None
    block = _exactly(stream, length)
    try:
        return parse_response(fields, block)
    except NotAResponse as error:
        skipped[error.reason] += 1
        return None


def _head(stream: IO[bytes]) -> dict[str, str] | None:
    """The named fields of the record that begins here; None at the end."""
    left = _MAX_HEAD_BYTES
    version = stream.readline(left)
    if not version:
        return None
    if not version.startswith(b"WARC/"):
        raise _Cut
    lines: list[bytes] = []
    while (line := stream.readline(left)).endswith(b"\n"):
        if line in {b"\r\n", b"\n"}:
            return parse_warc_fields(lines)
        lines.append(line)
        left -= len(line)
    raise _Cut


def _block_length(fields: dict[str, str]) -> int:
    text = fields.get("content-length", "")
    if not text.isdecimal() or len(text) > _MAX_DIGITS:
        raise _Cut
    return int(text)


def _exactly(stream: IO[bytes], length: int) -> bytes:
    block = stream.read(length)
    if len(block) < length:
        raise _Cut
    return block


def _pass_blank_lines(stream: io.BufferedReader[Any]) -> TornWarc | None:
    """Go to the next record, by which the member of the last one proves whole; or say what keeps us from it."""
    try:
        while stream.peek(1)[:1] in {b"\r", b"\n"}:
            stream.read(1)
    except TornWarc as torn:
        return torn
    return None
