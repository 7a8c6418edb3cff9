from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

from harvester.catalogue.loader import load_catalogue
from harvester.cli.coverage import _chosen

if TYPE_CHECKING:
    from harvester.cli.options import Invocation
    from storage.reader import ArchiveReader


class Asked:
    """Counts how often it is asked for the newest runs."""

    def __init__(self) -> None:
        self.times = 0

    def newest_runs(self) -> dict[str, None]:
        self.times += 1
        return {"zakon": None, "vlast": None}


def test_the_newest_runs_are_read_once_whatever_the_number_of_sources() -> None:
    call, archive = cast("Invocation", SimpleNamespace(catalogue=load_catalogue())), Asked()
    chosen = _chosen(call, cast("ArchiveReader", archive), [])
    assert [x.id for x in chosen] == ["vlast", "zakon"]
    assert archive.times == 1
