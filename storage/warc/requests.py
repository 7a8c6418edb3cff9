"""Request methods of the responses in a foreign WARC file, from the request records beside them."""

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
    """A request record: method, URL, record id, and the ids of the records that it names as concurrent."""

    method: str
    url: str
    record_id: str
    concurrent: frozenset[str]


def request_of(fields: dict[str, str], block: bytes) -> ForeignRequest | None:
    """Return the request in a record with these fields; None when it is no HTTP request.

    `block` need hold only the first bytes of the record's block.
    """
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

    WARC-Concurrent-To links a response with its request, from either side and at any distance. Where neither
    record has it, a request of the same URL directly before or after the response is the request of that
    response. Memory grows with the number of requests other than GET, of which an archive of pages has few.
    """

    def __init__(self) -> None:
        self._of_response: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
        self._by_id: dict[str, tuple[str, str]] = {}

    def add(self, request: ForeignRequest) -> None:
        """Store a request, unless its method is GET."""
        if request.method == _GET:
            return
        self._by_id[request.record_id] = (request.url, request.method)
        for record_id in request.concurrent:
            self._of_response[record_id].add((request.url, request.method))

    def of(self, response: WarcResponse, before: ForeignRequest | None, behind: ForeignRequest | None) -> tuple[str, ForeignRequest | None]:
        """Return the method of a response's request, and which of the two adjacent records is that request.

        GET when nothing indicates another method, None when neither record is the request. A URL may itself
        contain the method of its request (`__wb_method`, as pywb and Browsertrix write it).
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
        """Return the method of a linked request other than GET, at any distance; empty without one."""
        linked = set(self._of_response.get(response.record_id, ()))
        linked.update(self._by_id[record_id] for record_id in response.concurrent if record_id in self._by_id)
        return next((method for url, method in sorted(linked) if url in {"", response.url}), "")


def _is_linked(request: ForeignRequest, response: WarcResponse) -> bool:
    return response.record_id in request.concurrent or request.record_id in response.concurrent


def _is_unlinked(request: ForeignRequest, response: WarcResponse) -> bool:
    return not request.concurrent and not response.concurrent and request.url == response.url
