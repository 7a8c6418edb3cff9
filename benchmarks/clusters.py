"""What the decision about an article's cluster costs in archives of growing size, beside the whole transaction that it is part of.

The archives are filled with synthetic sketches; then hand-written stories and their reprints are stored as a crawl would: nine
texts out of ten are copies, each of which is compared with several others, so ordinary news costs less. Run it with
`python -m benchmarks.clusters`.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.fingerprints import sketch
from storage import histories
from storage.archive import Archive
from storage.clustering.assignment import assign_cluster
from tests.quality.reprints import gold
from tests.quality.test_reprints import keep
from tests.storage.filling import fill

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

SIZES = (1_000, 10_000, 100_000)
BATCH = 2000
STORED = 350


def main() -> None:
    spent: list[float] = []

    def timed(session: Session, number: int) -> None:
        began = time.thread_time()
        assign_cluster(session, number)
        spent.append(time.thread_time() - began)

    histories.place = timed
    texts = gold()[:STORED]
    common = sorted({shingle for text in texts for shingle in sketch(text.text)})
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder, Archive.held(Path(folder) / "archive", "benchmark") as archive:
            for first in range(1, size + 1, BATCH):
                count = min(BATCH, size)
                archive.database.write(lambda session, first=first, count=count: fill(session, first, count, texts[0].text, common))  # type: ignore[misc]
            spent.clear()
            began = time.perf_counter()
            keep(archive, texts)
            whole = (time.perf_counter() - began) / len(texts)
            mean, middle = statistics.mean(spent), statistics.median(spent)
            worst = sorted(spent)[int(len(spent) * 0.95)]
            figures = ", ".join(f"{name} {x * 1000:.2f}" for name, x in (("mean", mean), ("median", middle), ("95 %", worst)))
            print(f"{size:7} articles: decision {figures} ms of CPU; whole transaction {whole * 1000:.1f} ms")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
