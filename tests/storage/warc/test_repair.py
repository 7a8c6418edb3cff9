from __future__ import annotations

import gzip
import os
import shutil
from typing import TYPE_CHECKING

import pytest

from storage.errors import DamageFound
from storage.warc.reader import own_responses
from storage.warc.repair import ends_whole, repair_tail, require_whole, warcinfo_id, whole_members
from storage.warc.writer import WarcWriter, own_files

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from storage.warc.errors import BadPointer
    from storage.warc.exchange import Exchange
    from tests.storage.warc.conftest import MakeExchange, Seen

    ByWarcio = Callable[[Path], list[Seen]]


def append(directory: Path, *exchanges: Exchange) -> Path:
    with WarcWriter(directory, software="harvester/0") as writer:
        pointers = [writer.write_exchange(exchange) for exchange in exchanges]
    return directory / pointers[-1].file


@pytest.fixture
def three(tmp_path: Path, make_exchange: MakeExchange) -> Path:
    """A file of seven members: warcinfo and three pairs."""
    return append(tmp_path, *(make_exchange(url=f"https://a.example/{n}") for n in range(3)))


def test_members_cover_the_file_as_warcio_sees_it(three: Path, by_warcio: ByWarcio) -> None:
    members = list(whole_members(three))
    assert members == [(seen.offset, seen.length) for seen in by_warcio(three)]
    assert list(whole_members(three, members[3][0])) == members[3:]
    assert ends_whole(three)
    assert repair_tail(three) == 0


@pytest.mark.parametrize("last", [1, 2], ids=["request", "response-and-request"])
def test_file_cut_at_every_byte_keeps_every_whole_record(
    last: int, three: Path, tmp_path: Path, make_exchange: MakeExchange, by_warcio: ByWarcio
) -> None:
    content = three.read_bytes()
    members = list(whole_members(three))
    for cut in range(members[-last][0], len(content)):
        whole = [member for member in members if sum(member) <= cut]
        three.write_bytes(content[:cut])
        assert repair_tail(three) == cut - sum(whole[-1])
        assert three.read_bytes() == content[: sum(whole[-1])]
        if cut % 8 == 0:
            assert append(tmp_path, make_exchange(url="https://a.example/after")) == three
            assert [seen.kind for seen in by_warcio(three)][-2:] == ["response", "request"]
            assert len(by_warcio(three)) == len(whole) + 2
            assert len(list(own_responses(three))) == len(whole) // 2 + 1


def test_file_cut_inside_its_warcinfo_begins_again(three: Path, tmp_path: Path, make_exchange: MakeExchange, by_warcio: ByWarcio) -> None:
    three.write_bytes(three.read_bytes()[:50])
    assert repair_tail(three) == 50
    assert append(tmp_path, make_exchange()) == three
    assert len(by_warcio(three)) == 3


@pytest.mark.parametrize("tail", [b"\0" * 100_000, b"\0", b"\x1f\x8b\x08", b"<html>", os.urandom(3000), b"\x1f\x8b\x08\0" * 1000])
def test_anything_behind_the_last_member_is_cut(tail: bytes, three: Path) -> None:
    content = three.read_bytes()
    three.write_bytes(content + tail)
    assert not ends_whole(three)
    assert repair_tail(three) == len(tail)
    assert three.read_bytes() == content


def test_zeros_over_the_last_member_are_cut(three: Path) -> None:
    content = three.read_bytes()
    offset, length = list(whole_members(three))[-1]
    three.write_bytes(content[:offset] + bytes(length))
    assert repair_tail(three) == length
    assert three.read_bytes() == content[:offset]


def test_corrupt_middle_is_left_for_verify(three: Path) -> None:
    members = list(whole_members(three))
    content = bytearray(three.read_bytes())
    content[members[3][0] + 60] ^= 0xFF
    three.write_bytes(content)
    assert list(whole_members(three)) == members[:3] + members[4:]
    assert ends_whole(three)
    assert repair_tail(three) == 0
    three.write_bytes(content + bytes(10))
    assert repair_tail(three) == 10
    assert three.read_bytes() == content


def test_nothing_before_the_start_is_touched(three: Path) -> None:
    content = bytearray(three.read_bytes())
    *_, (offset, length) = whole_members(three)
    content[offset + 60] ^= 0xFF
    three.write_bytes(content + b"torn")
    assert repair_tail(three, start=offset + length) == 4
    assert three.read_bytes() == content
    assert repair_tail(three, start=offset + length + 100) == 0


def test_members_inside_a_torn_body_are_no_records_of_the_file(tmp_path: Path, make_exchange: MakeExchange) -> None:
    other = tmp_path / "other"
    other.mkdir()
    page = append(other, make_exchange(body=os.urandom(40_000))).read_bytes()  # somebody publishes a WARC file
    path = append(tmp_path, make_exchange(), make_exchange(body=os.urandom(30_000) + page + os.urandom(30_000)))
    content = path.read_bytes()
    offset, length = list(whole_members(path))[3]
    inner = content.find(page[-200:]) + 200
    assert offset + 30_000 < inner < offset + length, "the page lies verbatim in the member"
    for cut in (inner, inner + 1, inner + 1000):
        path.write_bytes(content[:cut])
        assert not ends_whole(path)
        assert repair_tail(path) == cut - offset


def test_writer_never_appends_behind_a_tear(three: Path, tmp_path: Path, make_exchange: MakeExchange, by_warcio: ByWarcio) -> None:
    torn = three.read_bytes()[:-1]
    three.write_bytes(torn)
    fresh = append(tmp_path, make_exchange())
    assert own_files(tmp_path) == [three, fresh]
    assert three.read_bytes() == torn
    assert len(by_warcio(fresh)) == 3


def test_big_last_member_is_seen_whole(tmp_path: Path, make_exchange: MakeExchange) -> None:
    path = append(tmp_path, make_exchange(body=os.urandom(2_000_000)))
    (*_, (offset, _)) = whole_members(path)
    with path.open("r+b") as file:
        file.truncate(offset)  # the request is gone, the response of 2 MB is the last
    assert ends_whole(path)
    with path.open("r+b") as file:
        file.truncate(offset - 1)
    assert not ends_whole(path)


def test_file_of_others_bears_no_warcinfo_of_ours(tmp_path: Path, three: Path) -> None:
    theirs = tmp_path / "theirs.gz"
    theirs.write_bytes(gzip.compress(b"WARC/1.0\r\nWARC-Type: response\r\n"))
    assert warcinfo_id(theirs) is None
    copy = tmp_path / "copy.gz"
    shutil.copy(three, copy)
    assert warcinfo_id(copy) == warcinfo_id(three) is not None


def test_whole_members_that_hold_no_response_are_told(make_exchange: MakeExchange, tmp_path: Path) -> None:
    path = append(tmp_path, make_exchange())
    end = path.stat().st_size
    with path.open("ab") as file:
        file.write(gzip.compress(b"no record") + gzip.compress(b"WARC/1.1\r\nWARC-Type: response\r\nContent-Length: 0\r\n\r\n"))
    unparsed: list[BadPointer] = []
    assert len(list(own_responses(path, 0, unparsed))) == 1
    assert [error.phrase for error in unparsed] == ["no whole WARC record there", "no response there (no_target)"]
    assert f"offset {end}" in str(unparsed[0])


@pytest.mark.parametrize("lost", [1, 40, 10_000])
def test_a_file_that_lost_what_a_row_points_at_is_refused(three: Path, lost: int) -> None:
    content = three.read_bytes()
    end = len(content)
    require_whole(three.parent, {three.name: end})
    three.write_bytes(content[: max(end - lost, 0)])
    with pytest.raises(DamageFound, match=rf"{three.name} has lost its end: \d+ of {end} bytes .* `truncate -s {end} ") as caught:
        require_whole(three.parent, {three.name: end, "later.warc.gz": 7})
    assert caught.value.exit_code == 7
    os.truncate(three, end)  # what the hint says
    require_whole(three.parent, {three.name: end})


def test_a_missing_file_is_refused_and_a_longer_one_is_not(three: Path) -> None:
    require_whole(three.parent, {three.name: 10})
    with pytest.raises(DamageFound, match=r"gone\.warc\.gz is missing"):
        require_whole(three.parent, {three.name: 10, "gone.warc.gz": 1})


def test_what_a_row_points_at_is_never_cut(three: Path, tmp_path: Path, make_exchange: MakeExchange) -> None:
    """The zeros that stand in for a lost end stay, and nothing is appended behind them."""
    content = three.read_bytes()
    members = list(whole_members(three))
    three.write_bytes(content[: members[-2][0]])
    os.truncate(three, len(content))
    assert repair_tail(three, members[1][0], len(content)) == 0
    assert three.stat().st_size == len(content)
    assert append(tmp_path, make_exchange()) != three
    three.write_bytes(three.read_bytes() + b"torn")
    assert repair_tail(three, members[1][0], len(content)) == len(b"torn")
