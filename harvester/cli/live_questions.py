"""Asking sites while somebody waits: on a terminal, the address that is being asked is shown."""

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
    """How many addresses were asked, the last one included, and which that is."""

    asked: int = 0
    url: str = ""

    def told(self) -> str:
        return f"asking {self.url} (request {self.asked})" if self.asked else "connecting"


class _ShownClient:
    """A client that notes every address before it asks it."""

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
    """Have a conversation with sites, as `inquire` does, and show on a terminal how far it is; silent under -q and --json."""
    progress = _Progress()
    with telling(call.err, progress.told, silent=call.quiet or call.as_json):
        return inquire(call.config, catalogue, lambda client: conversation(_ShownClient(client, progress)), browser=browser)
