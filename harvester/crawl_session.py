"""A run: the locked archive, the WARC writers, the catalogue, and the options of the run."""

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
"""Version stored with each run: another version may read what this one could not."""


@dataclass(slots=True)
class CrawlSession:
    """State of one run.

    `ended` is how it ended, `error` what ended it early, `signal` the number of the signal that did.
    `left_out` has by source why nothing was requested from it. `copier` copies foreign records; `copied_from`
    is the file that they come from at present, and its number in the archive. `backfills` are those that the
    run continues, by source; `full` are the ids of sources that reached their article limit.
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
        """Lock the archive, repair it and process what a killed run left; always close the run at the end.

        `lock` is the archive's lock if it is held already. With `retry`, captures whose processing failed are
        tried again, whichever version failed on them.

        Raises:
            ArchiveBusy, ArchiveUnusable: the archive cannot be locked.
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
        """Counts of the run so far, by source; may be read from any thread."""
        return self.archive.counter.snapshot()

    @property
    def run_context(self) -> RunContext:
        """Archive and run number for the stages that write."""
        return RunContext(self.archive, self.run)

    def knows(self, source: str) -> bool:
        """Return whether a source is declared, or a host for generic rules; declared ids lack dot and colon."""
        return source in self.catalogue.sources or "." in source or ":" in source

    def source_context(self, source: str) -> SourceContext:
        """Return the declaration and the rules of a source, and store the source once a run."""
        declaration = self.catalogue.sources.get(source) or self.catalogue.generic(source)
        if source not in self._kept:
            self.archive.keep_source(declaration.source)
            self._kept.add(source)
        rules = declaration.line_rules(self.topics, keep_all=self.config.keep == "all")
        return SourceContext(declaration, rules, timedelta(minutes=self.config.crawl.recheck_minutes))

    def capture(self, source: str, exchange: Exchange, *, partial: bool) -> CapturedResponse:
        """Write an exchange into the WARC, synced; only the check of its wholeness reads it before."""
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
        """Return whether the body of a response is whole; after an error it is doubtful, and is kept."""
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
        """Return the number of the file that the records of our file were copied from; None if fetched."""
        if file not in self._origins:
            source = source_of(self.archive.warc_directory / file) if is_copy(file) else None
            kept = self.archive.keep_ingested_file
            self._origins[file] = kept(self.run, source.name, source.sha256, source.size) if source else None
        return self._origins[file]

    def answer(self, source: str, response: WarcResponse, pointer: WarcPointer, *, doubtful: bool = False) -> CapturedResponse:
        """Return a response in the WARC with its URL's last complete capture; `doubtful`: it may be cut."""
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
        """Store the outcome of a response that is no page; return the page of an article as a draft.

        A response that causes an error here gets the outcome `unreadable`.
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
        """Process a response up to its outcome, through the pipeline where it is a page."""
        draft = self.receive(answer, entry)
        if draft is not None:
            run_line(draft, self.run_context)

    def receive_robots(self, answer: CapturedResponse) -> None:
        """Store the outcome of a robots.txt; its rules were read already."""
        outcome = Outcome(OutcomeKind.ROBOTS, f"status {answer.capture.status}")
        try:
            self.source_context(answer.capture.source)
            self.archive.record_capture(self.run, CaptureResult(answer.capture, outcome))
        except Exception as error:  # noqa: BLE001  every capture gets an outcome
            give_up(answer.capture, None, "settle", error, self.archive, self.run)

    def source_of(self, url: str) -> str:
        """Return the id of the source of a URL.

        It is the one whose URL patterns match, else the one that has the host, else the host name without
        `www.`.
        """
        declaration = self.catalogue.of_url(url) or self.catalogue.of_host(url)
        return declaration.id if declaration else (urlsplit(url).hostname or "unknown").removeprefix("www.")

    @uninterrupted()
    def close(self) -> None:
        """Close the run: store how it ended, and write the CDXJ index of the WARC files that grew anew."""
        try:
            self.warc.close()
            self.copier.close()
        finally:
            self.archive.finish_run(self.run, self.ended)
        for name in self._with_stale_index():
            write_cdxj(index_of(self.archive.warc_directory / name), cdxj_lines(self.archive.captures(name)))

    def _with_stale_index(self) -> list[str]:
        """Return the WARC files that this run wrote to, and those without index (deleted, or killed run)."""
        written = self.archive.warc_files_of(self.run)
        bare = [path.name for path in own_files(self.archive.warc_directory) if not index_of(path).exists()]
        return sorted({*written, *bare})
