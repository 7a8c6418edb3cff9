from __future__ import annotations

import subprocess
import sys

HANGING = "import re\nfrom pipelines.watchdog import watchdog\nwith watchdog(0.1):\n    re.match('(a|a)*b', 'a' * 200)\n"
QUICK = "from pipelines.watchdog import watchdog\nwith watchdog(600):\n    pass\nprint('went on')\n"


def run(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)


def test_code_that_holds_the_interpreter_ends_the_process_with_a_traceback() -> None:
    ended = run(HANGING)
    assert ended.returncode == 1
    assert "Timeout" in ended.stderr
    assert 'File "<string>", line 4' in ended.stderr


def test_work_that_ends_in_time_goes_on() -> None:
    ended = run(QUICK)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "went on\n", "")
