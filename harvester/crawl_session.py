"""A run over the archive: the held archive, the WARC writer, the catalogue, and what the run may do."""

from __future__ import annotations

import logging
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from harvester import __version__
from harvester.fetching.captured_response import CapturedResponse
from harvester.identity import SOFTWARE, warcinfo_fields
from harvester.recovery import recover, remember_failed
from harvester.response_handler import SourceContext, handle_response
from harvester.wholeness import Wholeness, judge
from pipelines.draft import Draft
from pipelines.failures import give_up, log_failure
from pipelines.pipeline import RunContext, record_without_page, run_line
from pipelines.pipeline_version import PIPELINE_VERSION
from pipelines.watchdog import watchdog
from storage.archive import Archive
from storage.errors import HarvesterError, ends_run
from storage.interrupts import Interrupted, uninterrupted
from storage.model.capture_result import CaptureResult
from storage.model.captures import Capture, Outcome, OutcomeKind
from storage.model.failures import Failure
from storage.model.runs import FINISHED, INTERRUPTED
from storage.model.sources import AddressKind
from storage.warc.copying import RecordCopier, source_of
from storage.warc.digests import payload_digest
from storage.warc.index import cdxj_lines, index_of, write_cdxj
from storage.warc.repair import require_whole
from storage.warc.response import WarcResponse, unwritten_response
from storage.warc.writer import WarcWriter, is_copy, own_files

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harvester.catalogue.loader import Catalogue
    from harvester.config import Config
    from pipelines.rules import TopicRules
    from storage.locking import Lock
    from storage.model.captures import WarcPointer
    from storage.model.frontier import Backfill, FrontierEntry
    from storage.model.runs import SourceTally
    from storage.warc.copying import SourceFile
    from storage.warc.exchange import Exchange

logger = logging.getLogger(__name__)

VERSION = f"{__version__} line {PIPELINE_VERSION}"
"""Written down with each run: another version may read what this one could not."""


@dataclass(slots=True)
class CrawlSession:
    """One run. `ended` says how it ended; `error` is what ended it early, `signal` the number of the signal that did.

    `left_out` says by source why it was not asked at all. `copier` writes records of others; `copied_from` is the file that they come from
    now, and its number in the archive.
    `backfills` are those that the run goes on with, by source; `full` the sources of which as many articles were asked as may be.
    """

    config: Config
    catalogue: Catalogue
    topics: tuple[TopicRules, ...]
    archive: Archive
    warc: WarcWriter
    copier: RecordCopier
    run: int
    any_source: bool = False
    copied_from: tuple[SourceFile, int] | None = None
    version: str = VERSION
    ended: str = ""
    error: HarvesterError | None = None
    signal: int = 0
    notes: Counter[str] = field(default_factory=Counter)
    left_out: dict[str, str] = field(default_factory=dict)
    backfills: dict[str, Backfill] = field(default_factory=dict)
    full: set[str] = field(default_factory=set)
    _kept: set[str] = field(default_factory=set)
    _origins: dict[str, int | None] = field(default_factory=dict)

    @classmethod
    @contextmanager
    def begun(
        cls,
        config: Config,
        catalogue: Catalogue,
        topics: Sequence[TopicRules],
        kind: str,
        *,
        any_source: bool = False,
        retry: bool = False,
        lock: Lock | None = None,
    ) -> Iterator[CrawlSession]:
        """Hold the archive (`lock`: it is held already), repair and read what a killed run left, and close the run whatever happens.

        With `retry`, captures whose processing failed are tried again, whichever version failed on them.

        Raises:
            ArchiveBusy, ArchiveUnusable: the archive cannot be held.
            DamageFound: a WARC file lost what a row points at; nothing was appended.
        """
        with (
            Archive.held(config.archive, kind, lock=lock, ladder=config.revisit.as_ladder()) as archive,
            WarcWriter(
                archive.warc_directory,
                software=SOFTWARE,
                about=warcinfo_fields(config),
                roll_bytes=config.warc.roll_mib * 1024**2,
            ) as warc,
        ):
            require_whole(archive.warc_directory, archive.warc_ends())
            copier = RecordCopier(archive.warc_directory, software=SOFTWARE, roll_bytes=config.warc.roll_mib * 1024**2)
            session = cls(config, catalogue, tuple(topics), archive, warc, copier, archive.start_run(kind, VERSION), any_source)
            logger.info("run %d begins: %s into %s", session.run, kind, config.archive)
            try:
                recover(session, retry=retry)
                yield session
                session.ended = session.ended or FINISHED
            except HarvesterError as error:
                session.ended, session.error = type(error).__name__, error
                raise
            except Interrupted as error:
                session.ended, session.signal = INTERRUPTED, error.number
                raise
            except BaseException as error:
                session.ended = type(error).__name__
                raise
            finally:
                session.close()

    @property
    def tally(self) -> dict[str, SourceTally]:
        """What the run has written down so far, by source; may be asked from any thread."""
        return self.archive.counter.snapshot()

    @property
    def run_context(self) -> RunContext:
        """Where the line of this run ends."""
        return RunContext(self.archive, self.run)

    def knows(self, source: str) -> bool:
        """Whether a source is declared, or is a host, whose pages the generic rules read: declared ids have no dot and no colon."""
        return source in self.catalogue.sources or "." in source or ":" in source

    def source_context(self, source: str) -> SourceContext:
        """What the answers of a source are judged by."""
        declaration = self.catalogue.sources.get(source) or self.catalogue.generic(source)
        if source not in self._kept:
            self.archive.keep_source(declaration.source)
            self._kept.add(source)
        rules = declaration.line_rules(self.topics, keep_all=self.config.keep == "all")
        return SourceContext(declaration, rules, timedelta(minutes=self.config.crawl.recheck_minutes))

    def capture(self, source: str, exchange: Exchange, *, partial: bool) -> CapturedResponse:
        """Write an exchange into the WARC, synced, before anything but the judgement of its wholeness reads it."""
        whole = self.judge(source, unwritten_response(exchange), partial=partial)
        last = self.archive.last_capture(source, exchange.url)
        known = last.capture if last else None
        same_as = None
        if exchange.status == HTTPStatus.NOT_MODIFIED and known is not None:
            pointer = self.warc.write_revisit(exchange, original_url=known.url, original_date=known.same_as or known.captured_at)
        elif known and exchange.status == HTTPStatus.OK and not whole.truncated and payload_digest(exchange.body) == known.payload_digest:
            same_as = known.same_as or known.captured_at
            pointer = self.warc.write_same(exchange, original_date=same_as)
        else:
            pointer = self.warc.write_exchange(exchange, truncated=whole.truncated)
        self.archive.unsettled.add((pointer.file, pointer.offset))
        response = replace(
            unwritten_response(exchange),
            record_id=pointer.record_id,
            truncated=whole.truncated,
            same_as=same_as,
            declared_digest=known.payload_digest if known and same_as else "",
        )
        try:
            return self.answer(source, response, pointer, doubtful=whole.doubtful)
        except Exception as error:
            remember_failed(self.archive, self.run, source, response, pointer, error)
            raise

    def judge(self, source: str, response: WarcResponse, *, partial: bool = False) -> Wholeness:
        """Whether the body of an answer is whole. What goes wrong meanwhile leaves that open, and the answer is kept."""
        declaration = self.catalogue.sources.get(source)
        try:
            is_article = declaration is None or declaration.is_article(response.url)
            return judge(self.archive, source, response, is_article=is_article, partial=partial)
        except Exception as error:
            if ends_run(error):
                raise
            log_failure(response.url, Failure.of("wholeness", error), error)
            return Wholeness(doubtful=True)

    def copy(self, response: WarcResponse, record_id: str) -> WarcPointer:
        """Copy a record of the file `copied_from` into a WARC file of the archive, under this id."""
        assert self.copied_from is not None, "an ingestion says which file it reads"
        source, number = self.copied_from
        pointer = self.copier.copy(response, record_id, source)
        self._origins[pointer.file] = number
        self.archive.unsettled.add((pointer.file, pointer.offset))
        return pointer

    def _origin_of(self, file: str) -> int | None:
        """The number of the file that the records of one of our WARC files were copied from; None where they were fetched."""
        if file not in self._origins:
            source = source_of(self.archive.warc_directory / file) if is_copy(file) else None
            kept = self.archive.keep_ingested_file
            self._origins[file] = kept(self.run, source.name, source.sha256, source.size) if source else None
        return self._origins[file]

    def answer(self, source: str, response: WarcResponse, pointer: WarcPointer, *, doubtful: bool = False) -> CapturedResponse:
        """A response that lies in the WARC, with what is known of its address; `doubtful`: its body may be cut."""
        capture = Capture(
            source=source,
            url=response.url,
            captured_at=response.date,
            status=response.status,
            content_type=response.content_type,
            payload_digest=response.declared_digest or payload_digest(response.body),
            warc=pointer,
            etag=next(iter(response.header_values("etag")), None),
            last_modified=next(iter(response.header_values("last-modified")), None),
            same_as=response.same_as,
            truncated=response.truncated,
            ingested_from=self._origin_of(pointer.file),
        )
        last = self.archive.last_capture(source, response.url)
        known, before = (last.capture.payload_digest, last.outcome) if last else ("", None)
        return CapturedResponse(capture, response, known=known, before=before, doubtful=doubtful)

    def receive(self, answer: CapturedResponse, entry: FrontierEntry | None) -> Draft | None:
        """Settle an answer that is no page at once; the page of an article is returned as a draft for the line.

        An answer that breaks this gets the outcome `unreadable`.
        """
        try:
            source_context = self.source_context(answer.capture.source)
            with watchdog():
                result = handle_response(answer, entry, source_context)
            if isinstance(result, Draft):
                return result
            if entry is None or entry.kind is AddressKind.ARTICLE:
                record_without_page(result, self.run_context, source_context.rules)
            else:
                self.archive.record_capture(self.run, result)
        except Exception as error:  # noqa: BLE001  every capture gets an outcome
            give_up(answer.capture, entry.id if entry else None, "settle", error, self.archive, self.run)
        return None

    def receive_whole(self, answer: CapturedResponse, entry: FrontierEntry | None) -> None:
        """Settle an answer to its end, through the line where it is a page."""
        draft = self.receive(answer, entry)
        if draft is not None:
            run_line(draft, self.run_context)

    def receive_robots(self, answer: CapturedResponse) -> None:
        """Settle a robots.txt; what it asks for was read already."""
        outcome = Outcome(OutcomeKind.ROBOTS, f"status {answer.capture.status}")
        try:
            self.source_context(answer.capture.source)
            self.archive.record_capture(self.run, CaptureResult(answer.capture, outcome))
        except Exception as error:  # noqa: BLE001  every capture gets an outcome
            give_up(answer.capture, None, "settle", error, self.archive, self.run)

    def source_of(self, url: str) -> str:
        """The id of the source whose addresses match, else of the one that has the host, else the host's name."""
        declaration = self.catalogue.of_url(url) or self.catalogue.of_host(url)
        return declaration.id if declaration else (urlsplit(url).hostname or "unknown").removeprefix("www.")

    @uninterrupted()
    def close(self) -> None:
        """Close the run: how it ended is written down, the CDXJ index of the WARC files that grew is made anew."""
        try:
            self.warc.close()
            self.copier.close()
        finally:
            self.archive.finish_run(self.run, self.ended)
        for name in self._with_stale_index():
            write_cdxj(index_of(self.archive.warc_directory / name), cdxj_lines(self.archive.captures(name)))

    def _with_stale_index(self) -> list[str]:
        """The WARC files that this run wrote to, and those whose index is missing: it was taken away, or a run was killed."""
        written = self.archive.warc_files_of(self.run)
        bare = [path.name for path in own_files(self.archive.warc_directory) if not index_of(path).exists()]
        return sorted({*written, *bare})
