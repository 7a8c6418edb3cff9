from __future__ import annotations

import json
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from storage.errors import ArchiveUnusable
from storage.model.captures import WarcPointer
from storage.warc.index import CdxjLine, write_cdxj
from storage.warc.surts import surt

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MOMENT = datetime(2026, 3, 3, 15, 30, 0, 900_000, tzinfo=timezone(timedelta(hours=5)))


def line(url: str, n: int = 0) -> CdxjLine:
    return CdxjLine(url, MOMENT + timedelta(seconds=n), "text/html", 200, "sha256:ABC", WarcPointer("h.warc.gz", 7 + n, 99, "<urn:x>"))


# expected keys: the test cases of the Internet Archive's own canonicaliser, and addresses in Cyrillic by the same rules
@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("http://www.archive.org/", "org,archive)/"),
        ("http://archive.org", "org,archive)/"),
        ("http://archive.org/goo/?", "org,archive)/goo"),
        ("http://archive.org/goo/?b&a", "org,archive)/goo?a&b"),
        ("http://archive.org/goo/?a=2&b&a=1", "org,archive)/goo?a=1&a=2&b"),
        ("whois://whois.isoc.org.il/shaveh.co.il", "il,org,isoc,whois)/shaveh.co.il"),
        ("http://www34.archive.org:80/Index.HTML#top", "org,archive)/index.html"),
        ("https://archive.org:80/", "org,archive:80)/"),
        ("https://user:word@archive.org:443/a", "org,archive)/a"),
        ("http://host/%25%32%35/asdf%2525", "host)/%25/asdf%25"),
        ("http://host.com//two///slashes?more//slashes", "com,host)/two/slashes?more//slashes"),
        ("http://www.google.com/blah/./x/..", "com,google)/blah"),
        ("http://www2foo.com/", "com,www2foo)/"),
        ("http://www.google.com.../", "com,google)/"),
        ("http://127.0.0.1:8700/a", "1,0,0,127:8700)/a"),
        ("http://[::1]:80/a", "[::1])/a"),
        ("https://қазақ.қаз/Жаңалық", "xn--80ao21a,xn--80aau21bd)/%d0%96%d0%b0%d2%a3%d0%b0%d0%bb%d1%8b%d2%9b"),
        ("https://a.example/%D0%96?q=Ж b", "example,a)/%d0%96?q=%d0%96%20b"),
        ("dns:archive.org", "dns:archive.org"),
    ],
)
def test_surt(url: str, key: str) -> None:
    assert surt(url) == key


def test_line_is_as_pywb_reads_it() -> None:
    key, moment, fields = line("https://www.a.example/B?x=1").encoded().decode().split(" ", 2)
    assert (key, moment) == ("example,a)/b?x=1", "20260303103000")
    assert json.loads(fields) == {
        "url": "https://www.a.example/B?x=1",
        "mime": "text/html",
        "status": "200",
        "digest": "sha256:ABC",
        "length": "99",
        "offset": "7",
        "filename": "h.warc.gz",
    }


def test_address_with_spaces_is_still_one_line_of_three_parts() -> None:
    encoded = line("mailto:a b\nc@d").encoded()
    assert encoded.count(b"\n") == 1
    assert encoded.split(b" ", 2)[1] == b"20260303103000"


@pytest.mark.parametrize("count", [0, 3, 50_001])
def test_index_is_sorted_whatever_its_size(count: int, tmp_path: Path) -> None:
    path = tmp_path / "index.cdxj"
    assert write_cdxj(path, (line(f"https://a{n * 7919 % 97}.example/", n) for n in range(count))) == count
    written = path.read_bytes().splitlines()
    assert len(set(written)) == count
    assert written == sorted(written)
    assert list(tmp_path.iterdir()) == [path]


def test_old_index_stays_until_the_new_one_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "index.cdxj"
    write_cdxj(path, [line("https://a.example/")])
    before = path.read_bytes()

    def broken() -> Iterator[CdxjLine]:
        yield line("https://b.example/")
        raise KeyError

    with pytest.raises(KeyError):
        write_cdxj(path, broken())
    assert path.read_bytes() == before
    with pytest.raises(ArchiveUnusable, match="missing"):
        write_cdxj(tmp_path / "missing" / "index.cdxj", [])
    assert list(tmp_path.iterdir()) == [path]


_WITH_A_LIMIT = """
import resource, signal, sys
from pathlib import Path
from storage.errors import DiskFull
from storage.warc.index import write_cdxj
from tests.storage.warc.test_index import line

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))
try:
    write_cdxj(Path(sys.argv[1]), [line(f"https://a.example/{n}") for n in range(100)])
except DiskFull:
    print("full")
"""


def test_full_disk_leaves_the_old_index(tmp_path: Path) -> None:
    path = tmp_path / "index.cdxj"
    path.write_bytes(b"old")
    ran = subprocess.run([sys.executable, "-c", _WITH_A_LIMIT, str(path)], check=True, capture_output=True, text=True, timeout=60)
    assert ran.stdout == "full\n"
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
