"""Logs: one line an event, as text or as JSON, no bodies, control characters escaped."""

from __future__ import annotations

import json
import logging
import re
import sys
from datetime import UTC, datetime
from logging.handlers import WatchedFileHandler
from typing import TYPE_CHECKING, Any

from storage.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path
    from typing import TextIO

_CONTROLS = {code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0)) if code != ord("\t")} | {
    code: f"\\u{code:04x}" for code in (0x2028, 0x2029, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
}
"""C0, C1 (ECMA-48), what breaks lines, and bidirectional overrides (UAX 9)."""

_LINE_BREAK = re.compile(r"\s*\n\s*")

PROGRESS = "harvester.monitoring.progress"
"""The logger that says how far a run is."""

TOLD = "harvester.told"
"""The logger of messages that a command prints as `harvester: …`: events on stderr where the log is JSON, and in the log file."""

TOLD_ON_STDERR = f"{TOLD}.on_stderr"
"""The same, but for the log file, which has them in another event."""

RUNS = "harvester.runs"
"""The logger of how a run ended, and with what. As text it is on stderr under -v only, because the command prints the same as a table."""

_OWN = frozenset({"harvester", "pipelines", "storage"})
_NOISY = frozenset({"scrapy", "alembic", "asyncio", "pymorphy3", "dateparser", "sqlalchemy", "feedparser"})
_SILENT = frozenset({"trafilatura", "htmldate", "twisted", "charset_normalizer", "scrapy-playwright"})


class OneLine(logging.Formatter):
    """One line an event, stamped with local time and its offset from UTC; the traceback of an error follows it, indented."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(message)s")

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802  logging's name
        """The moment of an event (RFC 3339, section 5.6, with a space): `2026-11-29 00:56:16+05:00`."""
        del datefmt
        return datetime.fromtimestamp(record.created).astimezone().isoformat(sep=" ", timespec="seconds")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  logging's name
        """The line, with control characters escaped so that no header or address can forge another.

        What a library lays out over several lines, such as Scrapy its settings, is put on one.
        """
        line = super().formatMessage(record)
        if record.name.partition(".")[0] not in _OWN:
            line = _LINE_BREAK.sub(" ", line)
        return line.translate(_CONTROLS)


class JsonLine(logging.Formatter):
    """One JSON object a line: `time` (UTC, RFC 3339), `level`, `logger`, `message`, and `traceback` where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """The event as one line."""
        moment = datetime.fromtimestamp(record.created, UTC)
        event = {
            "time": moment.isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            event["traceback"] = self.formatException(record.exc_info)
        return json.dumps(event)  # in ASCII: no control character and no lone surrogate leaves as it is


_LEVELS = {-1: logging.ERROR, 0: logging.WARNING, 1: logging.INFO}


def set_up_logging(verbosity: int, stream: TextIO | None = None, *, file: Path | None = None, as_json: bool = False) -> None:
    """Log to stderr, and to a file where one is named.

    Verbosity -1 shows errors, 0 warnings, 1 the run's steps, 2 everything that libraries say too. The file has the run's steps at
    least; it may be moved away while the program runs (logrotate), and is begun anew then. The handlers decide, not the loggers:
    Scrapy sets the levels of its loggers anew when it starts.

    Raises:
        UsageError: the file cannot be written.
    """
    handlers: list[logging.Handler] = [logging.StreamHandler(stream or sys.stderr)]
    handlers[0].setLevel(min(_LEVELS.get(verbosity, logging.DEBUG), logging.INFO))
    handlers[0].addFilter(_StderrFilter(verbosity, as_json=as_json))
    if file is not None:
        handlers.append(_file_handler(file))
        handlers[1].setLevel(_LEVELS.get(max(verbosity, 1), logging.DEBUG))
        handlers[1].addFilter(lambda record: record.name != TOLD_ON_STDERR)
    for handler in handlers:
        handler.setFormatter(JsonLine() if as_json else OneLine())
        if verbosity <= 1:
            handler.addFilter(_worth_telling)
    root = logging.getLogger()
    for before in root.handlers:
        if isinstance(before, WatchedFileHandler):
            before.close()
    root.handlers = handlers
    root.setLevel(min(handler.level for handler in handlers))


def _file_handler(file: Path) -> WatchedFileHandler:
    try:
        return WatchedFileHandler(file, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        hint = "Make its folder, or name another: log.file in harvester.toml, HARVESTER_LOG__FILE, or --log-file of `crawl` and `ingest`."
        raise UsageError(f"The log file {file} cannot be written: {error.strerror}.", hint) from error


def is_json() -> bool:
    """Whether stderr gets events as JSON."""
    return any(isinstance(handler.formatter, JsonLine) for handler in logging.getLogger().handlers)


def has_file() -> bool:
    """Whether events are appended to a file."""
    return any(isinstance(handler, WatchedFileHandler) for handler in logging.getLogger().handlers)


class _StderrFilter(logging.Filter):
    """What stderr shows: events of a level by the verbosity, and at the default one how far a run is, too."""

    def __init__(self, verbosity: int, *, as_json: bool) -> None:
        super().__init__()
        self._verbosity = verbosity
        self._as_json = as_json

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether an event is shown. What a command prints itself is an event only where the log is JSON."""
        if record.name in {TOLD, TOLD_ON_STDERR}:
            return self._as_json
        if record.name == RUNS:
            return self._verbosity >= (0 if self._as_json else 1)
        if record.name == PROGRESS and self._verbosity == 0:
            return True
        return record.levelno >= _LEVELS.get(self._verbosity, logging.DEBUG)


def _worth_telling(record: logging.LogRecord) -> bool:
    """Libraries are heard from warnings on, some not at all: what they complain of becomes an outcome with its reason."""
    library = record.name.partition(".")[0]
    return library not in _SILENT and (library not in _NOISY or record.levelno >= logging.WARNING)


class QuietLogFormatter:
    """Scrapy's log formatter: its events are told by the run's own tally, so most are left out."""

    @classmethod
    def from_crawler(cls, crawler: Any) -> QuietLogFormatter:
        """Scrapy's way of making one."""
        del crawler
        return cls()

    def crawled(self, request: Any, response: Any, spider: Any) -> dict[str, Any]:
        """An answer came."""
        del spider
        return {"level": logging.DEBUG, "msg": "%s %s", "args": (response.status, request.url)}

    def scraped(self, item: Any, response: Any, spider: Any) -> None:
        """A draft reached the end of the line; the tally says so."""

    def dropped(self, item: Any, exception: BaseException, response: Any, spider: Any) -> None:
        """A draft met an archive that can take no more; the run's end says so."""

    def item_error(self, item: Any, exception: BaseException, response: Any, spider: Any) -> dict[str, Any]:
        """A bug: the line itself failed."""
        del exception, response, spider
        return {"level": logging.ERROR, "msg": "The line failed on %s", "args": (item.capture.url,)}

    def spider_error(self, failure: Any, request: Any, response: Any, spider: Any) -> dict[str, Any]:
        """A bug: the spider itself failed."""
        del failure, response, spider
        return {"level": logging.ERROR, "msg": "The spider failed on %s", "args": (request.url,)}

    def download_error(self, failure: Any, request: Any, spider: Any, errmsg: str | None = None) -> dict[str, Any]:
        """A request failed; the frontier keeps why. Scrapy asks this where an errback raised, and takes no None for an answer there."""
        del spider
        return {"level": logging.DEBUG, "msg": "%s: %s", "args": (request.url, errmsg or failure.value)}
