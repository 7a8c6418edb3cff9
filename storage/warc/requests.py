"""By which method a response of somebody's WARC file was asked for, as the request records beside it say."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage.warc.response import WarcResponse

_METHOD = re.compile(rb"([A-Za-z]{1,20})[ \t]")
_IN_ADDRESS = re.compile(r"[?&]__wb_method=([A-Za-z]{1,20})(?=&|$)")
_GET = "GET"


@dataclass(frozen=True, slots=True)
class ForeignRequest:
    """A request record: its method, its address, its id, and the ids of the records that it says it belongs to."""

    method: str
    url: str
    record_id: str
    concurrent: frozenset[str]


def request_of(fields: dict[str, str], block: bytes) -> ForeignRequest | None:
    """The request of a record with these fields, of whose block the first bytes are known; None where it is no request of HTTP."""
    if fields.get("warc-type", "").lower() != "request":
        return None
    match = _METHOD.match(block)
    if match is None:
        return None
    url = fields.get("warc-target-uri", "").removeprefix("<").removesuffix(">")
    concurrent = frozenset(fields.get("warc-concurrent-to", "").split())
    return ForeignRequest(match[1].decode().upper(), url, fields.get("warc-record-id", ""), concurrent)


class RequestMethods:
    """The methods of a file's requests.

    WARC-Concurrent-To links a response with its request, from either side and at any distance; where neither carries it, the
    request of the same address right before or right behind the response is its own. Memory grows with the requests that are not
    GET, of which an archive of pages has few.
    """

    def __init__(self) -> None:
        self._of_response: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
        self._by_id: dict[str, tuple[str, str]] = {}

    def add(self, request: ForeignRequest) -> None:
        """Remember a request."""
        if request.method == _GET:
            return
        self._by_id[request.record_id] = (request.url, request.method)
        for record_id in request.concurrent:
            self._of_response[record_id].add((request.url, request.method))

    def of(self, response: WarcResponse, before: ForeignRequest | None, behind: ForeignRequest | None) -> tuple[str, ForeignRequest | None]:
        """The method that a response was asked by, and which of the two records beside it is its request, if one is.

        GET where nothing says otherwise. An address that holds the method of its request (`__wb_method`, as pywb and Browsertrix
        write it) says so itself.
        """
        beside = [request for request in (before, behind) if request is not None]
        claimed = next((request for request in beside if _is_linked(request, response)), None)
        distant = "" if claimed is not None else self._distant(response)
        if claimed is None and not distant:
            claimed = next((request for request in beside if _is_unlinked(request, response)), None)
        in_address = _IN_ADDRESS.search(response.url)
        method = claimed.method if claimed is not None else distant or _GET
        if in_address is not None and method == _GET:
            method = in_address[1].upper()
        return method, claimed

    def _distant(self, response: WarcResponse) -> str:
        """The method other than GET of a request that is linked with a response, wherever it lies."""
        linked = set(self._of_response.get(response.record_id, ()))
        linked.update(self._by_id[record_id] for record_id in response.concurrent if record_id in self._by_id)
        return next((method for url, method in sorted(linked) if url in {"", response.url}), "")


def _is_linked(request: ForeignRequest, response: WarcResponse) -> bool:
    return response.record_id in request.concurrent or request.record_id in response.concurrent


def _is_unlinked(request: ForeignRequest, response: WarcResponse) -> bool:
    return not request.concurrent and not response.concurrent and request.url == response.url
