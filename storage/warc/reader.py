"""Read the archive's own WARC files: one record at its pointer, or every response of a file."""

from __future__ import annotations

import io
import os
from typing import IO, TYPE_CHECKING

from storage.model.captures import WarcPointer
from storage.warc.errors import BadPointer, OtherRecord
from storage.warc.members import BadMember, Members
from storage.warc.parsing import NotAResponse, parse_response, parse_warc_fields
from storage.warc.repair import whole_members

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from storage.warc.response import WarcResponse

_MAX_HEAD_BYTES = 1024 * 1024
_MAX_DIGITS = 15
_OTHER_TYPE = "another record type"


def read_response(path: Path, offset: int, length: int) -> WarcResponse:
    """Return the response (or revisit) record in the gzip member at `offset`, `length` bytes long.

    Raises:
        BadPointer: the file is missing or unreadable, or no such record lies exactly there.
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
        kind = OtherRecord if error.reason == _OTHER_TYPE else BadPointer
        raise kind(path, offset, f"no response there ({error.reason})") from error


def own_responses(path: Path, start: int = 0, unparsed: list[BadPointer] | None = None) -> Iterator[tuple[WarcPointer, WarcResponse]]:
    """Yield every whole response and revisit record of one of the archive's own files, with its pointer.

    `start` is the offset of the first member that is read. The tables can be completed from the result. Whole
    gzip members that hold no record, or a response that cannot be parsed, are appended to `unparsed`.

    Raises:
        OSError: the file cannot be read.
    """
    for offset, length in whole_members(path, start):
        try:
            response = read_response(path, offset, length)
        except OtherRecord:
            continue
        except BadPointer as error:
            if unparsed is not None:
                unparsed.append(error)
            continue
        yield WarcPointer(path.name, offset, length, response.record_id), response


class _Cut(Exception):
    """A record that is not whole, or something else where a record should begin."""


class _Misplaced(Exception):
    """A pointer that does not fit the file; the message is one phrase."""


def _member_at(path: Path, offset: int, length: int) -> IO[bytes]:
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        if not 0 <= offset < size:
            raise _Misplaced(f"the offset lies outside the file, which has {size} bytes")
        if offset + length > size:
            raise _Misplaced(f"the record would end at byte {offset + length}, and the file has {size}")
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
        raise NotAResponse(_OTHER_TYPE)
    return parse_response(fields, _exactly(content, _block_length(fields)))


def _head(stream: IO[bytes]) -> dict[str, str] | None:
    """Return the named fields of the record that begins here; None at the end.

    Raises:
        _Cut: something else begins here, or the header is cut or over 1 MiB.
    """
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
