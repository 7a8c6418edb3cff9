"""A small real archive, written through the archive's own door: every capture is in a WARC file, every row has its digest."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

from pipelines.change_detection import changes
from pipelines.fingerprints import content_digest, sketch, text_digest
from pipelines.pipeline_version import PIPELINE_VERSION
from pipelines.urls import article_id
from storage.archive import Archive
from storage.model.articles import DateStamp, Extraction, Image, Precision, Relevance
from storage.model.capture_result import ArticleUpdate, CaptureResult
from storage.model.captures import Capture, Outcome, OutcomeKind
from storage.model.sources import AddressKind, DiscoveredUrl, Source, SourceKind
from storage.warc.digests import payload_digest
from storage.warc.exchange import Exchange
from storage.warc.index import cdxj_lines, index_of, write_cdxj
from storage.warc.writer import WarcWriter

if TYPE_CHECKING:
    from pathlib import Path

ALMATY = timezone(timedelta(hours=5))
SEEN = datetime(2026, 3, 10, 6, 0, tzinfo=UTC)
VESTNIK = Source("vestnik", "Северный вестник", SourceKind.NEWSPAPER, "https://vestnik.example/", ("ru",))
QALA = Source("qala", "Қала ақпарат", SourceKind.AGENCY, "https://qala.example/", ("kk",))


def stamp(*moment: int, precision: Precision = Precision.MINUTE) -> DateStamp:
    """A date as a page might have printed it."""
    at = datetime(*moment, tzinfo=ALMATY)  # type: ignore[arg-type, misc]
    return DateStamp(at, precision, f"{at:%d.%m.%Y %H:%M}", "selector:time", "Asia/Almaty")


def reading(title: str, text: str, language: str = "ru", **more: object) -> Extraction:
    """What a page was read as."""
    read = Extraction(title, "", text, language, text_sha256=text_digest(text), line=PIPELINE_VERSION, extractor="test/1")
    return replace(read, **more)  # type: ignore[arg-type]


REFORM = reading(
    "Референдум назначен на весну",
    "Комиссия обсудила проект.\nРеферендум пройдёт весной, сообщили в пресс-службе.",
    lead="Дата названа.",
    authors=("Айгуль Ким",),
    section="Политика",
    tags=("реформа", "выборы"),
    images=(Image("https://vestnik.example/1.jpg", "Зал", "Фото автора"),),
    published=stamp(2026, 3, 3, 14, 5),
)
CORRECTED = replace(
    REFORM,
    title="Референдум назначен на лето",
    text="Комиссия обсудила проект.\nРеферендум пройдёт летом.",
    text_sha256=text_digest("Комиссия обсудила проект.\nРеферендум пройдёт летом."),
)
KAZAKH = reading("Жаңа мектеп ашылды", "Қалада жаңа мектеп ашылды.", "kk", published=stamp(2026, 3, 2, 9, 30), section="Қоғам")
ODD = reading('=HYPERLINK("http://x")', "Снег [bold]лежит[/bold] \x1b[31mв горах\u202e.", tags=("+1",))
TOPIC = Relevance("constitutional-reform", 7.0, ("референдум", "комиссия"))


@dataclass
class SmallArchive:
    """An archive with three articles of two sources, one of them revised, and one capture that is no article.

    `reform`, `kazakh` and `odd` are ids: a Russian article on the topic with two revisions, a Kazakh one, and an undated one
    whose texts try to be formulas, markup and terminal codes.
    """

    directory: Path
    run: int = 0
    seen: datetime = SEEN
    reform: str = article_id("vestnik", "https://vestnik.example/news/1")
    kazakh: str = article_id("qala", "https://qala.example/n/1")
    odd: str = article_id("vestnik", "https://vestnik.example/news/2")
    not_article: str = "https://vestnik.example/about"
    pages: dict[str, bytes] = field(default_factory=dict)

    @property
    def warc(self) -> Path:
        """Its one WARC file."""
        (file,) = (self.directory / "warc").glob("*.warc.gz")
        return file

    def fill(self) -> None:
        """Write it all down, as one crawl would."""
        with Archive.held(self.directory, "crawl") as archive, WarcWriter(archive.warc_directory, software="test/1") as warc:
            self.run = archive.start_run("crawl", "1.0")
            for source in (VESTNIK, QALA):
                archive.keep_source(source)
            channel = DiscoveredUrl("https://qala.example/rss", AddressKind.FEED, "https://qala.example/rss")
            archive.seed(self.run, "qala", [channel], early=True)
            self._keep(archive, warc, VESTNIK, "https://vestnik.example/news/1", REFORM, OutcomeKind.NEW, TOPIC)
            self._keep(archive, warc, QALA, "https://qala.example/n/1", KAZAKH, OutcomeKind.NEW)
            self._keep(archive, warc, VESTNIK, "https://vestnik.example/news/2", ODD, OutcomeKind.NEW)
            self._keep(archive, warc, VESTNIK, "https://vestnik.example/news/1", CORRECTED, OutcomeKind.REVISED, TOPIC)
            capture = self._captured(warc, VESTNIK, self.not_article, b"<html>About us</html>")
            archive.record_capture(self.run, CaptureResult(capture, Outcome(OutcomeKind.NOT_ARTICLE, "no_text")))
            archive.finish_run(self.run, "finished")
            write_cdxj(index_of(self.warc), cdxj_lines(archive.captures(self.warc.name)))

    def _keep(
        self, archive: Archive, warc: WarcWriter, source: Source, url: str, read: Extraction, kind: OutcomeKind, *topics: Relevance
    ) -> None:
        page = f"<html><h1>{read.title}</h1><p>{read.text}</p></html>".encode()
        change = ArticleUpdate(article_id(source.id, url), url, read, content_digest(read), topics, sketch(read.text))
        if kind is OutcomeKind.REVISED:
            change = replace(change, changed=changes(REFORM, read), silent=True)
        capture = self._captured(warc, source, url, page)
        archive.record_capture(self.run, CaptureResult(capture, Outcome(kind, article=change.id), change=change))

    def _captured(self, warc: WarcWriter, source: Source, url: str, page: bytes) -> Capture:
        self.pages[url] = page
        self.seen += timedelta(minutes=1)
        exchange = Exchange(url, self.seen, 200, "OK", (("Content-Type", "text/html; charset=utf-8"),), page)
        pointer = warc.write_exchange(exchange)
        return Capture(source.id, url, self.seen, 200, "text/html; charset=utf-8", payload_digest(page), pointer)


def small_archive(directory: Path) -> SmallArchive:
    """Make one in a directory that need not exist."""
    made = SmallArchive(directory)
    made.fill()
    return made
