"""What a terminal shows of questions to sites, and how wide."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from harvester.cli.live_questions import _Progress, _ShownClient
from harvester.cli.sources_probe import _field
from harvester.fetching.live_response import LiveResponse
from pipelines.draft import Draft
from pipelines.extraction.provenance import Provenance
from pipelines.page import Page
from pipelines.rules import StageRules
from storage.model.captures import Capture, WarcPointer
from storage.model.sources import AddressKind, Source, SourceKind

if TYPE_CHECKING:
    from harvester.catalogue.declaration import Declaration
    from harvester.fetching.captured_response import CapturedResponse

URL = "https://a.example/n/1"
MOMENT = datetime(2026, 3, 1, tzinfo=UTC)
DRAFT = Draft(
    Capture("a", URL, MOMENT, 200, "text/html", "", WarcPointer("", 0, 0, "")),
    Page(URL, b"<p>x", "text/html", MOMENT),
    StageRules(Source("a", "A", SourceKind.ONLINE, "https://a.example/")),
)


class Watched:
    """A client that notes what is shown while it is asked."""

    def __init__(self, progress: _Progress) -> None:
        self.robots: dict[str, CapturedResponse] = {}
        self.progress, self.shown = progress, [progress.told()]

    async def ask(self, url: str, declaration: Declaration | None = None, kind: AddressKind = AddressKind.ARTICLE) -> LiveResponse:
        del declaration
        self.shown.append(self.progress.told())
        return LiveResponse(url, kind=kind)


def test_the_address_that_is_being_asked_is_shown() -> None:
    progress = _Progress()
    watched = Watched(progress)
    client = _ShownClient(watched, progress)
    for url, kind in ((URL, AddressKind.ARTICLE), ("https://a.example/map.xml", AddressKind.SITEMAP)):
        assert asyncio.run(client.ask(url, kind=kind)) == LiveResponse(url, kind=kind)
    assert client.robots is watched.robots
    assert watched.shown == ["connecting", f"asking {URL} (request 1)", "asking https://a.example/map.xml (request 2)"]


@pytest.mark.parametrize(
    ("room", "length"),
    [(988, 90), (60, 60 - len("  (selector: h1 matches 1)")), (20, 30)],
)
def test_a_value_is_cut_to_the_width_of_the_terminal(room: int, length: int) -> None:
    line = _field(Provenance("title", ("т" * 200,), "selector", "h1", 1), DRAFT, room)
    assert line == "т" * (length - 1) + "…  (selector: h1 matches 1)"
    assert _field(Provenance("title", ("т" * 30,), "generic"), DRAFT, 0) == "т" * 30 + "  (generic)"
