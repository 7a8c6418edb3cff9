"""Run work in a child process under limits first, to learn whether it would end this process.

Used for records that an earlier run captured and did not process: one of them may be what ended that run.
"""

from __future__ import annotations

import contextlib
import os
import resource
import signal
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

CPU_SECONDS = 20
"""Default limit of processor time, in seconds."""
WALL_SECONDS = 120
"""Default limit of wall time, in seconds."""
MEMORY_BYTES = 1024**3
"""Default limit of memory in bytes, beyond what the child starts with."""
_OUT_OF_MEMORY = 3
"""Exit code of a child that ran out of memory."""
_MEANINGS = {
    signal.SIGXCPU: "timeout: over {cpu} s of processor time",
    signal.SIGALRM: "timeout: over {wall} s",
    signal.SIGKILL: "killed, perhaps for want of memory",
}


def why_not(
    work: Callable[[], object],
    *,
    cpu_seconds: int = CPU_SECONDS,
    wall_seconds: int = WALL_SECONDS,
    memory_bytes: int = MEMORY_BYTES,
) -> str:
    """Run `work` in a forked child; return why it must not run here, or empty if the child finished.

    The limits are seconds of processor time and of wall time, and bytes of memory beyond what the child
    starts with. An exception counts as finished: it can be caught here, too. What the child changes is lost.
    Call this before threads are started.
    """
    child = os.fork()
    if child == 0:
        _run_limited(work, cpu_seconds, wall_seconds, memory_bytes)
    try:
        _, status = os.waitpid(child, 0)
    except BaseException:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        raise
    code = os.waitstatus_to_exitcode(status)
    if code == 0:
        return ""
    if code == _OUT_OF_MEMORY:
        return f"memory: over {memory_bytes // 1024**2} MiB"
    if code < 0:
        number = signal.Signals(-code)
        return _MEANINGS.get(number, f"crash: {number.name}").format(cpu=cpu_seconds, wall=wall_seconds)
    return f"crash: exit code {code}"


def _run_limited(work: Callable[[], object], cpu_seconds: int, wall_seconds: int, memory_bytes: int) -> None:
    """Run `work` under limits in the child process, and exit it; never returns."""
    code = 1
    try:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM, signal.SIGXCPU):
            signal.signal(number, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 5))
        limit = _data_bytes() + memory_bytes
        with contextlib.suppress(ValueError, OSError):  # a lower limit is already set
            resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
        signal.alarm(wall_seconds)
        with contextlib.suppress(Exception):
            try:
                work()
            except MemoryError:
                os._exit(_OUT_OF_MEMORY)
        code = 0
    finally:
        os._exit(code)


def _data_bytes() -> int:
    """Return the size in bytes of this process's data.

    From Linux's /proc; elsewhere the maximum resident size so far.
    """
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[5])
    except (OSError, ValueError, IndexError):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return pages * resource.getpagesize()
