"""The command line in a process of its own that need not be loaded first.

Loading takes a crawl longer than crawling a small newsroom. So one process loads everything once and then forks for each call: what
runs is a real process, with its own pid, working directory, environment and output, that may be sent signals and killed.
What depends on the start of the interpreter itself needs a process that is started the long way.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from pydispatch import dispatcher
from scrapy import signals

from tests.faults import name_of, public_functions, raising

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

ROOT = Path(__file__).resolve().parents[2]
PRELOADED = (
    "harvester.cli.console harvester.cli.coverage harvester.cli.crawl harvester.cli.export harvester.cli.golden harvester.cli.ingest "
    "harvester.cli.sources_probe harvester.cli.reports harvester.cli.search harvester.cli.show harvester.cli.sources harvester.cli.status "
    "harvester.cli.topics harvester.cli.topics_rescore harvester.cli.verify harvester.catalogue.golden harvester.coverage "
    "harvester.crawl_session harvester.ingestion harvester.scaffolding.probe harvester.rescoring harvester.spiders.runner "
    "harvester.spiders.live_client alembic.command harvester.monitoring.backfills harvester.spiders.spider_loader "
    "harvester.monitoring.progress scrapy.core.downloader.handlers.http11 "
    "alembic.config pymorphy3 scrapy.extensions.feedexport scrapy.extensions.memusage "
    "scrapy.squeues scrapy.pqueues tenacity typer._adapters"
)
FAULTS = "TEST_FAULTS"
"""The variable that holds a file and modules or packages: while the engine runs, each of their public functions raises an error once,
but for those that the file names. The names of those that raised are added to it."""

_MOST_BYTES = 200_000


class Forked:
    """A process of the command line, with what tests use of `subprocess.Popen`."""

    def __init__(self, server: socket.socket, arguments: list[str], place: Path, environment: Mapping[str, str]) -> None:
        self.args, self.returncode = arguments, None
        out, err, status = os.pipe(), os.pipe(), os.pipe()
        call = json.dumps({"arguments": arguments, "place": str(place), "environment": dict(environment)}).encode()
        socket.send_fds(server, [call], [out[1], err[1], status[1]])
        for written in (out[1], err[1], status[1]):
            os.close(written)
        self.stdout = os.fdopen(out[0], encoding="utf-8")
        self.stderr = os.fdopen(err[0], encoding="utf-8")
        self._status = os.fdopen(status[0], encoding="ascii")
        self.pid = int(self._status.readline())
        self.returncode: int | None

    def poll(self) -> int | None:
        """The exit code, or None while the process runs."""
        if self.returncode is None and select.select([self._status], [], [], 0)[0]:
            self.returncode = int(self._status.readline())
            self._status.close()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        if self.returncode is None and not select.select([self._status], [], [], timeout)[0]:
            raise subprocess.TimeoutExpired(self.args, timeout or 0)
        code = self.poll()
        assert code is not None
        return code

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        until = None if timeout is None else time.monotonic() + timeout
        said = {"out": "", "err": ""}

        def read(name: str, stream: Any) -> None:
            said[name] = "" if stream.closed else stream.read()

        readers = [threading.Thread(target=read, args=x, daemon=True) for x in (("out", self.stdout), ("err", self.stderr))]
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join(None if until is None else max(until - time.monotonic(), 0))
            if reader.is_alive():
                raise subprocess.TimeoutExpired(self.args, timeout or 0)
        self.wait(None if until is None else max(until - time.monotonic(), 0))
        self.stdout.close()
        self.stderr.close()
        return said["out"], said["err"]

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.wait()
        self.stdout.close()
        self.stderr.close()


class Servers:
    """The processes that fork: one for calls whose lines count for coverage and one for the others, each started when it is needed."""

    def __init__(self) -> None:
        self._running: dict[bool, tuple[socket.socket, subprocess.Popen[bytes]]] = {}

    def start(self, arguments: list[str], place: Path, environment: Mapping[str, str], *, measured: bool) -> Forked:
        """A process that runs a command line in a place."""
        if measured not in self._running:
            self._running[measured] = self._begin(measured=measured)
        return Forked(self._running[measured][0], arguments, place, environment)

    def close(self) -> None:
        """End them; only then is written down which lines they ran."""
        for calls, process in self._running.values():
            calls.close()
            process.wait()
        self._running.clear()

    def _begin(self, *, measured: bool) -> tuple[socket.socket, subprocess.Popen[bytes]]:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
        if measured:
            environment |= {key: value for key, value in os.environ.items() if key.startswith("COV")}
        command = [sys.executable, "-m", "tests.end_to_end.forking", str(theirs.fileno())]
        streams = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
        process = subprocess.Popen(command, env=environment, cwd=ROOT, pass_fds=[theirs.fileno()], **streams)
        theirs.close()
        return ours, process


SERVERS = Servers()


def serve(calls: socket.socket) -> Callable[[], None] | None:
    """Fork for each call until there are no more; in the fork, return what is to be run."""
    ended, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    running: dict[int, int] = {}
    while True:
        for ready in select.select([calls, ended], [], [])[0]:
            if ready == ended:
                os.read(ended, 4096)
                _report_ends(running)
                continue
            call, descriptors, *_ = socket.recv_fds(calls, _MOST_BYTES, 3)
            if not call:
                return None
            if (pid := os.fork()) == 0:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                for descriptor in (calls.detach(), ended, wake, *running.values()):
                    os.close(descriptor)
                return lambda: _run(json.loads(call), descriptors)
            os.write(descriptors[2], f"{pid}\n".encode())
            running[pid] = descriptors[2]
            os.close(descriptors[0])
            os.close(descriptors[1])


def _report_ends(running: dict[int, int]) -> None:
    while running:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return
        descriptor = running.pop(pid)
        with suppress(BrokenPipeError):  # nobody waits for it
            os.write(descriptor, f"{os.waitstatus_to_exitcode(status)}\n".encode())
        os.close(descriptor)


def _run(call: dict[str, Any], descriptors: list[int]) -> None:
    os.dup2(descriptors[0], 1)
    os.dup2(descriptors[1], 2)
    for descriptor in descriptors:
        os.close(descriptor)
    sys.stdout, sys.stderr = (os.fdopen(number, "w", encoding="utf-8", closefd=False) for number in (1, 2))
    sys.stderr.reconfigure(line_buffering=True)
    os.chdir(call["place"])
    os.environ.clear()
    os.environ.update(call["environment"])
    sys.argv = ["harvester", *call["arguments"]]
    from harvester.cli.main import run

    with _faults(*os.environ.get(FAULTS, "").split()):
        run()


@contextmanager
def _faults(file: str = "", *modules: str) -> Iterator[None]:
    """Let functions raise while the engine runs; `file` holds the names of those that did, in this process or an earlier one."""
    raised: Counter[str] = Counter()
    with ExitStack() as stack:
        if file:
            functions = [x for x in public_functions(*modules) if name_of(x) not in Path(file).read_text("utf-8").split()]

            def begin() -> None:
                stack.enter_context(raising(functions, raised=raised))

            dispatcher.connect(begin, signals.engine_started, weak=False)
        try:
            yield
        finally:
            if file:
                with Path(file).open("a", encoding="utf-8") as written:
                    written.writelines(f"{name}\n" for name in raised)


if __name__ == "__main__":
    for name in PRELOADED.split():
        __import__(name)
    if (forked := serve(socket.socket(fileno=int(sys.argv[1])))) is not None:
        forked()
