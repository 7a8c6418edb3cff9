"""A run over the archive: the held archive, the WARC writer, the catalogue, and what the run may do."""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from harvester import __version__
from harvester.fetching.answers import Answer
from harvester.settling import ROBOTS_PATH, Frame, settle
from pipelines.draft import Draft
from pipelines.line import Desk, run_line
from storage.archive import Archive
from storage.errors import HarvesterError
from storage.model.captures import Capture, Outcome, OutcomeKind
from storage.model.runs import FINISHED, SourceTally
from storage.model.settlement import Settlement
from storage.warc.digests import payload_digest
from storage.warc.index import cdxj_lines, index_of, write_cdxj
from storage.warc.reader import own_responses
from storage.warc.repair import repair_tail, require_whole
from storage.warc.response import WarcResponse
from storage.warc.writer import WarcWriter, own_files

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harvester.catalogue.loader import Catalogue
    from harvester.config import Config
    from pipelines.rules import TopicRules
    from storage.model.captures import WarcPointer
    from storage.model.frontier import Backfill, FrontierEntry
    from storage.warc.exchange import Exchange

logger = logging.getLogger(__name__)

SOFTWARE = f"News Harvester/{__version__}"
_OK = 200
_NOT_MODIFIED = 304


@dataclass(slots=True)
class Harvest:
    """One run. `ended` says how it ended; `error` is what ended it early, `signal` the number of the signal that did.

    `left_out` says by source why it was not asked at all.
    `backfills` are those that the run goes on with, by source; `full` the sources of which as many articles were asked as may be.
    """

    config: Config
    catalogue: Catalogue
    topics: tuple[TopicRules, ...]
    archive: Archive
    warc: WarcWriter
    run: int
    any_source: bool = False
    ended: str = ""
    error: HarvesterError | None = None
    signal: int = 0
    notes: Counter[str] = field(default_factory=Counter)
    left_out: dict[str, str] = field(default_factory=dict)
    backfills: dict[str, Backfill] = field(default_factory=dict)
    full: set[str] = field(default_factory=set)
    tally: defaultdict[str, SourceTally] = field(default_factory=lambda: defaultdict(SourceTally))
    _kept: set[str] = field(default_factory=set)

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
    ) -> Iterator[Harvest]:
        """Hold the archive, repair and read what a killed run left behind, and close the run whatever happens.

        Raises:
            ArchiveBusy, ArchiveUnusable: the archive cannot be held.
            DamageFound: a WARC file lost what a row points at; nothing was appended.
        """
        with (
            Archive.held(config.archive, kind, ladder=config.revisit.as_ladder()) as archive,
            WarcWriter(archive.warc_directory, software=SOFTWARE, roll_bytes=config.warc.roll_mib * 1024**2) as warc,
        ):
            require_whole(archive.warc_directory, archive.warc_ends())
            harvest = cls(config, catalogue, tuple(topics), archive, warc, archive.start_run(kind, __version__), any_source)
            try:
                harvest.recover()
                yield harvest
                harvest.ended = harvest.ended or FINISHED
            except HarvesterError as error:
                harvest.ended, harvest.error = type(error).__name__, error
                raise
            except BaseException as error:
                harvest.ended = type(error).__name__
                raise
            finally:
                harvest.close()

    @property
    def desk(self) -> Desk:
        """Where the line of this run ends."""
        return Desk(self.archive, self.run)

    def frame(self, source: str) -> Frame:
        """What the answers of a source are judged by."""
        declaration = self.catalogue.sources.get(source) or self.catalogue.generic(source)
        if source not in self._kept:
            self.archive.keep_source(declaration.source)
            self._kept.add(source)
        rules = declaration.line_rules(self.topics, keep_all=self.config.keep == "all")
        return Frame(declaration, rules, timedelta(minutes=self.config.crawl.recheck_minutes))

    def capture(self, source: str, exchange: Exchange, *, partial: bool) -> Answer:
        """Write an exchange into the WARC, synced, before anything reads it."""
        last = self.archive.last_whole(source, exchange.url)
        known = last.capture if last else None
        same_as = None
        if exchange.status == _NOT_MODIFIED and known is not None:
            pointer = self.warc.write_revisit(exchange, original_url=known.url, original_date=known.same_as or known.captured_at)
        elif known and exchange.status == _OK and not partial and payload_digest(exchange.body) == known.payload_digest:
            same_as = known.same_as or known.captured_at
            pointer = self.warc.write_same(exchange, original_date=same_as)
        else:
            pointer = self.warc.write_exchange(exchange)
        response = WarcResponse(
            record_id=pointer.record_id,
            url=exchange.url,
            date=exchange.captured_at,
            status=exchange.status,
            reason=exchange.reason,
            headers=exchange.response_headers,
            block=exchange.body,
            body_at=0,
            same_as=same_as,
            declared_digest=known.payload_digest if known and same_as else "",
        )
        return self.answer(source, response, pointer, partial=partial)

    def answer(self, source: str, response: WarcResponse, pointer: WarcPointer, *, partial: bool = False) -> Answer:
        """A response that lies in the WARC, with what is known of its address."""
        capture = Capture(
            source=source,
            url=response.url,
            captured_at=response.date,
            status=response.status,
            content_type=response.content_type,
            payload_digest=response.declared_digest if response.same_as else payload_digest(response.body),
            warc=pointer,
            etag=next(iter(response.header_values("etag")), None),
            last_modified=next(iter(response.header_values("last-modified")), None),
            same_as=response.same_as,
        )
        last = self.archive.last_whole(source, response.url)
        return Answer(capture, response, partial, last.capture.payload_digest if last else "", last.outcome if last else None)

    def receive(self, answer: Answer, entry: FrontierEntry | None) -> Draft | None:
        """Settle an answer that is no page at once; the page of an article is returned as a draft for the line."""
        result = settle(answer, entry, self.frame(answer.capture.source))
        if isinstance(result, Draft):
            return result
        self.archive.settle(self.run, result)
        return None

    def receive_whole(self, answer: Answer, entry: FrontierEntry | None) -> None:
        """Settle an answer to its end, through the line where it is a page."""
        draft = self.receive(answer, entry)
        if draft is not None:
            run_line(draft, self.desk)

    def receive_robots(self, answer: Answer) -> None:
        """Settle a robots.txt; what it asks for was read already."""
        self.frame(answer.capture.source)
        outcome = Outcome(OutcomeKind.ROBOTS, f"status {answer.capture.status}")
        self.archive.settle(self.run, Settlement(answer.capture, outcome))

    def recover(self) -> None:
        """Cut torn tails back, and read the answers that a killed run captured but did not settle."""
        settled, ends = self.archive.settled_until(), self.archive.warc_ends()
        for path in own_files(self.archive.warc_directory):
            start = settled.get(path.name, 0)
            if cut := repair_tail(path, start, ends.get(path.name, 0)):
                self.notes["torn bytes cut"] += cut
                logger.warning("%s ended in a torn record: %d bytes cut, its address will be asked again", path.name, cut)
            for pointer, response in own_responses(path, start):
                self._recover(pointer, response)

    def _recover(self, pointer: WarcPointer, response: WarcResponse) -> None:
        if self.archive.has_warc_record(pointer.record_id):
            return
        entry = self.archive.entry_of(response.url)
        source = entry.source if entry else self.source_of(response.url)
        answer = self.answer(source, response, pointer)
        if entry is None and urlsplit(response.url).path == ROBOTS_PATH:
            self.receive_robots(answer)
        else:
            self.receive_whole(answer, entry)
        self.notes["answers recovered"] += 1

    def source_of(self, url: str) -> str:
        """The id of the source whose addresses match, or the host's name."""
        declaration = self.catalogue.of_url(url)
        return declaration.id if declaration else (urlsplit(url).hostname or "unknown").removeprefix("www.")

    def close(self) -> None:
        """Close the run: how it ended is written down, the CDXJ index of the WARC files that grew is made anew."""
        self.warc.close()
        self.archive.finish_run(self.run, self.ended)
        for name in self._with_stale_index():
            write_cdxj(index_of(self.archive.warc_directory / name), cdxj_lines(self.archive.captures(name)))

    def _with_stale_index(self) -> list[str]:
        """The WARC files that this run wrote to, and those whose index is missing: it was taken away, or a run was killed."""
        written = self.archive.warc_files_of(self.run)
        bare = [path.name for path in own_files(self.archive.warc_directory) if not index_of(path).exists()]
        return sorted({*written, *bare})
