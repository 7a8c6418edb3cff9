"""Live requests of a command; on a terminal, the URL that is being requested is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from harvester.cli.rendering import telling
from harvester.spiders.live_client import inquire
from storage.model.sources import AddressKind

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from harvester.catalogue.declaration import Declaration
    from harvester.catalogue.loader import Catalogue
    from harvester.cli.options import Invocation
    from harvester.fetching.captured_response import CapturedResponse
    from harvester.fetching.live_response import LiveClient, LiveResponse

T = TypeVar("T")


@dataclass
class _Progress:
    """Number of URLs requested so far, with the current one, and the current URL."""

    asked: int = 0
    url: str = ""

    def told(self) -> str:
        return f"asking {self.url} (request {self.asked})" if self.asked else "connecting"


class _ShownClient:
    """A `LiveClient` that records each URL in a progress object before it requests it."""

    def __init__(self, client: LiveClient, progress: _Progress) -> None:
        self._client, self._progress = client, progress

    @property
    def robots(self) -> Mapping[str, CapturedResponse]:
        return self._client.robots

    async def ask(self, url: str, declaration: Declaration | None = None, kind: AddressKind = AddressKind.ARTICLE) -> LiveResponse:
        self._progress.asked += 1
        self._progress.url = url
        return await self._client.ask(url, declaration, kind)


def ask_live(call: Invocation, catalogue: Catalogue, conversation: Callable[[LiveClient], Awaitable[T]], *, browser: bool = False) -> T:
    """Run a coroutine with a live client, as `inquire` does, and return its result.

    Progress is shown on a terminal; nothing is shown under -q and --json.
    """
    progress = _Progress()
    with telling(call.err, progress.told, silent=call.quiet or call.as_json):
        return inquire(call.config, catalogue, lambda client: conversation(_ShownClient(client, progress)), browser=browser)
