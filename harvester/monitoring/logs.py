"""Logging: one line an event, as text or as JSON, without bodies, control characters escaped."""

from __future__ import annotations

import json
import logging
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
"""Escapes of control characters, for `str.translate`.

C0 and C1 controls (ECMA-48) except tab, line and paragraph separators, and bidirectional embeddings,
overrides and isolates (UAX 9).
"""

PROGRESS = "harvester.monitoring.progress"
"""Name of the logger for the progress of a run."""

TOLD = "harvester.told"
"""Name of the logger for messages that a command prints as `harvester: …`.

They are events on stderr where the log is JSON, and in the log file.
"""

TOLD_ON_STDERR = f"{TOLD}.on_stderr"
"""Name of the logger for such messages that the log file has in another event and leaves out."""

RUNS = "harvester.runs"
"""Name of the logger for the end and the results of a run.

As text it is on stderr under -v only, because the command prints the same as a table.
"""

_OWN = frozenset({"harvester", "pipelines", "storage"})
_NOISY = frozenset({"scrapy", "alembic", "asyncio", "pymorphy3", "dateparser", "sqlalchemy", "feedparser"})
_SILENT = frozenset({"trafilatura", "htmldate", "twisted", "charset_normalizer", "scrapy-playwright"})


class OneLine(logging.Formatter):
    """Formatter for text: one line an event, with local time and UTC offset.

    The traceback of an error follows, indented.
    """

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(message)s")

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802  logging's name
        """Return the time of an event (RFC 3339, section 5.6, with a space): `2026-11-29 00:56:16+05:00`."""
        del datefmt
        return datetime.fromtimestamp(record.created).astimezone().isoformat(sep=" ", timespec="seconds")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  logging's name
        """Return the line with control characters escaped, so that no header or URL can forge another line.

        Messages of libraries over several lines, such as Scrapy's list of settings, are joined to one.
        """
        line = super().formatMessage(record)
        if record.name.partition(".")[0] not in _OWN:
            line = " ".join(filter(None, map(str.strip, line.split("\n"))))
        return line.translate(_CONTROLS)


class JsonLine(logging.Formatter):
    """Formatter for JSON: one object a line.

    Its keys are `time` (UTC, RFC 3339), `level`, `logger`, `message`, and `traceback` where there is one.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the event as one line of JSON."""
        moment = datetime.fromtimestamp(record.created, UTC)
        event = {
            "time": moment.isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            event["traceback"] = self.formatException(record.exc_info)
        return json.dumps(event)  # ASCII: control characters and lone surrogates are escaped


_LEVELS = {-1: logging.ERROR, 0: logging.WARNING, 1: logging.INFO}


def set_up_logging(verbosity: int, stream: TextIO | None = None, *, file: Path | None = None, as_json: bool = False) -> None:
    """Log to stderr, and to `file` where one is given.

    Verbosity -1 shows errors, 0 warnings, 1 the run's steps, 2 all events of libraries, too. The file has at
    least the run's steps; it may be moved away while the program runs (logrotate), and is created anew then.
    Levels are set on the handlers, not on the loggers: Scrapy sets the levels of its loggers anew when it
    starts.

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
    """Return whether events are logged as JSON."""
    return any(isinstance(handler.formatter, JsonLine) for handler in logging.getLogger().handlers)


def has_file() -> bool:
    """Return whether events are appended to a file."""
    return any(isinstance(handler, WatchedFileHandler) for handler in logging.getLogger().handlers)


class _StderrFilter(logging.Filter):
    """Filter of stderr: events from the level of the verbosity on; at the default, progress, too."""

    def __init__(self, verbosity: int, *, as_json: bool) -> None:
        super().__init__()
        self._verbosity = verbosity
        self._as_json = as_json

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether an event is shown; what a command prints is one only where the log is JSON."""
        if record.name in {TOLD, TOLD_ON_STDERR}:
            return self._as_json
        if record.name == RUNS:
            return self._verbosity >= (0 if self._as_json else 1)
        if record.name == PROGRESS and self._verbosity == 0:
            return True
        return record.levelno >= _LEVELS.get(self._verbosity, logging.DEBUG)


def _worth_telling(record: logging.LogRecord) -> bool:
    """Return whether an event is logged below verbosity 2.

    Of some libraries only warnings and errors are, of others nothing: their complaints become an outcome with
    its reason.
    """
    library = record.name.partition(".")[0]
    return library not in _SILENT and (library not in _NOISY or record.levelno >= logging.WARNING)


class QuietLogFormatter:
    """Scrapy log formatter that drops most events, because the run's tally counts them."""

    @classmethod
    def from_crawler(cls, crawler: Any) -> QuietLogFormatter:
        """Create the formatter, as Scrapy does."""
        del crawler
        return cls()

    def crawled(self, request: Any, response: Any, spider: Any) -> dict[str, Any]:
        """Log a response at DEBUG level."""
        del spider
        return {"level": logging.DEBUG, "msg": "%s %s", "args": (response.status, request.url)}

    def scraped(self, item: Any, response: Any, spider: Any) -> None:
        """Log nothing for a draft that passed all item pipelines; the tally counts it."""

    def dropped(self, item: Any, exception: BaseException, response: Any, spider: Any) -> None:
        """Log nothing for a draft that the archive could not take; the end of the run reports it."""

    def item_error(self, item: Any, exception: BaseException, response: Any, spider: Any) -> dict[str, Any]:
        """Log an exception in an item pipeline: an error of this program."""
        del exception, response, spider
        return {"level": logging.ERROR, "msg": "The line failed on %s", "args": (item.capture.url,)}

    def spider_error(self, failure: Any, request: Any, response: Any, spider: Any) -> dict[str, Any]:
        """Log an exception in the spider: an error of this program."""
        del failure, response, spider
        return {"level": logging.ERROR, "msg": "The spider failed on %s", "args": (request.url,)}

    def download_error(self, failure: Any, request: Any, spider: Any, errmsg: str | None = None) -> dict[str, Any]:
        """Log a failed request at DEBUG level; the frontier stores its reason.

        Scrapy calls this also where an errback raised, and accepts no None there.
        """
        del spider
        return {"level": logging.DEBUG, "msg": "%s: %s", "args": (request.url, errmsg or failure.value)}
