"""Check the digests declared by a foreign record against its bytes (WARC 1.1, sections 5.8 and 5.9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.warc.codings import decode
from storage.warc.digests import has_digest, is_digest
from storage.warc.errors import BadCoding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from storage.warc.response import WarcResponse

BLOCK, PAYLOAD = "Block", "Payload"
_KEPT = "warc-original-{}-digest"


def failed_digests(fields: Mapping[str, str], block: bytes, response: WarcResponse) -> tuple[tuple[str, str], ...]:
    """Return the declared digests that the bytes of a record do not have.

    The format is that of `WarcResponse.failed_digests`. `block` is the whole content of the record,
    `response` the result of parsing it. Digests of unknown algorithms are not checked, nor is the payload
    digest of a revisit record (its payload lies elsewhere) and of a truncated or segmented one (its payload
    was longer).
    """
    failed: list[tuple[str, str]] = []
    of_block, of_payload = fields.get("warc-block-digest", ""), fields.get("warc-payload-digest", "")
    if is_digest(of_block) and not has_digest(block, of_block):
        failed.append((BLOCK, of_block))
    is_whole = response.original is None and not response.truncated and len(response.block) == len(block)
    if is_whole and is_digest(of_payload) and not any(has_digest(body, of_payload) for body in _payloads(response)):
        failed.append((PAYLOAD, of_payload))
    return tuple(failed)


def kept_digests(fields: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Return the declared digests that had failed when this program copied a record."""
    kept = ((name, fields.get(_KEPT.format(name.lower()), "")) for name in (BLOCK, PAYLOAD))
    return tuple((name, digest) for name, digest in kept if digest)


def _payloads(response: WarcResponse) -> Iterator[bytes]:
    """Yield what programs use as the payload.

    These are the body as it was sent, without the transfer coding (RFC 9112), and without any coding.
    """
    yield response.body
    transfer = ",".join(response.header_values("transfer-encoding"))
    for coding in ("", ",".join(response.header_values("content-encoding"))):
        try:
            yield decode(response.body, coding, transfer).body
        except BadCoding:
            return
