"""The demonstration archive without a network: the newsroom's pages in a WARC file, ingested; the same each time but for WARC names.

The documentation shows its articles: addresses and ids in README and `docs/` are those of this archive.
"""

from __future__ import annotations

import gzip
import uuid
from typing import TYPE_CHECKING

from tests.site.demo import MARK, edit
from tests.site.server import ADDRESSES, PORTS, Newsroom

if TYPE_CHECKING:
    from pathlib import Path

HOMES = {outlet: f"http://{address}:{PORTS[outlet]}/" for outlet, address in ADDRESSES.items()}
REAL = "https://kazpravda.kz/n/rezultat-obshchestvennogo-konsensusa/"
"""An address of a built-in source that README shows; here an article of the newsroom lies there."""
WARC = "crawl.warc.gz"
FIRST, SECOND = "2026-07-01T06:00:00Z", "2026-07-08T06:00:00Z"
"""The moments of two visits; in between an article is edited, and another one taken away."""


def write_demonstration(place: Path) -> list[str]:
    """Write the WARC file, the declarations and a configuration into a folder; returns the command that makes the archive of them."""
    newsroom = Newsroom()
    newsroom.pretend(HOMES)
    newsroom.write_sources(place / "sources")
    topic = newsroom.write_topic(place / "topics")
    configuration = f'{MARK}archive = "archive"\nsources = ["sources"]\ntopic = "topics/{topic.name}"\ncontact = "demo@example.org"\n'
    (place / "harvester.toml").write_text(configuration, "utf-8")
    urls = [article.url for article in newsroom.articles]
    oldest = min((x for x in newsroom.articles if x.in_scope), key=lambda x: x.published)
    records = [_record(FIRST, url, *newsroom.answer_to(url)) for url in urls]
    records.append(_record(FIRST, REAL, *newsroom.answer_to(oldest.url)))
    edit(newsroom)
    records += [_record(SECOND, url, *newsroom.answer_to(url)) for url in urls]
    (place / WARC).write_bytes(b"".join(records))
    return ["ingest", WARC, "--any-source", "-q"]


def _record(date: str, url: str, status: int, content_type: str, body: bytes) -> bytes:
    """A response record of WARC 1.1 as a gzip member; its id is made of its content."""
    reason = {200: "OK", 404: "Not Found"}[status]
    block = f"HTTP/1.1 {status} {reason}\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
    fields = {
        "WARC-Type": "response",
        "WARC-Record-ID": f"<{uuid.uuid5(uuid.NAMESPACE_URL, f'{date} {url}').urn}>",
        "WARC-Date": date,
        "WARC-Target-URI": url,
        "Content-Type": "application/http; msgtype=response",
        "Content-Length": str(len(block)),
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return gzip.compress(b"WARC/1.1\r\n" + head.encode() + b"\r\n" + block + b"\r\n\r\n", mtime=0)
