"""Pages of our own making in a WARC file, as somebody else might have captured them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from storage.warc.exchange import Exchange
from storage.warc.writer import WarcWriter

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

BEGIN = datetime(2026, 3, 10, 6, tzinfo=UTC)


@dataclass(frozen=True)
class WrittenPage:
    """A page: its address, headline and paragraphs, and how many minutes after BEGIN it was captured."""

    url: str
    title: str
    paragraphs: tuple[str, ...]
    minutes: int

    @property
    def html(self) -> bytes:
        """The page's bytes."""
        text = "".join(f"<p>{paragraph}</p>" for paragraph in self.paragraphs)
        head = f"<html><head><title>{self.title}</title></head>"
        return f"{head}<body><article><h1>{self.title}</h1>{text}</article></body></html>".encode()


def write_pages(folder: Path, pages: Iterable[WrittenPage]) -> Path:
    """Write pages into a new WARC file in a folder, in this order."""
    folder.mkdir()
    with WarcWriter(folder, software="test/1") as warc:
        for page in pages:
            moment = BEGIN + timedelta(minutes=page.minutes)
            headers = (("Content-Type", "text/html; charset=utf-8"),)
            warc.write_exchange(Exchange(page.url, moment, 200, "OK", headers, page.html))
    (file,) = folder.glob("*.warc.gz")
    return file
