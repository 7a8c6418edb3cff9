from __future__ import annotations

from warcio.utils import Digester

from storage.warc.digests import payload_digest


def test_digest_is_what_warcio_writes() -> None:
    theirs = Digester("sha256")
    theirs.update("Үкімет".encode())
    assert payload_digest("Үкімет".encode()) == str(theirs)
    assert payload_digest(b"") == "sha256:4OYMIQUY7QOBJGX36TEJS35ZEQT24QPEMSNZGTFESWMRW6CSXBKQ===="
