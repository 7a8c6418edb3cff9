"""Sort keys of URLs (SURT): reversed host, canonical path, sorted query arguments."""

from __future__ import annotations

import re
from urllib.parse import quote_from_bytes, unquote_to_bytes

_ADDRESS = re.compile(r"([a-z][a-z0-9+.-]*)://(?:[^/?#@]*@)?(\[[^/?#\]]*\]|[^/?#:]*)(?::(\d*))?([^?#]*)(?:\?([^#]*))?", re.IGNORECASE)
_WWW = re.compile(r"^www\d*\.")
_MOST_LAYERS = 20
_DEFAULT_PORTS = {"http": "80", "https": "443"}
_KEPT = "!\"$&'()*+,-./:;<=>?@[\\]^_`{|}~"  # all printable ASCII but the space, # and %


def surt(url: str) -> str:
    """Return the key by which replay tools look up a URL.

    `https://www.Example.kz/A/?b=2&a=1` becomes `kz,example)/a?a=1&b=2`. Scheme, credentials, `www.`, default
    port, fragment and closing slash are dropped, case and percent-encoding normalised, arguments sorted: the
    rules of the Internet Archive's canonicaliser, which pywb uses too. Its list of session arguments is not
    applied, so URLs that differ in them have separate keys. A string that is no URL of that form is its own
    key.
    """
    match = _ADDRESS.match(url.strip())
    if match is None:
        return url
    scheme, host, port, path, query = match.groups(default="")
    host = _WWW.sub("", _ascii_host(host))
    key = ",".join(reversed(host.split(".")))
    if port and port != _DEFAULT_PORTS.get(scheme.lower()):
        key += f":{port}"
    key += f"){_path(path)}"
    if query:
        arguments = _even(query).lower().split("&")
        key += "?" + "&".join(sorted(arguments, key=lambda argument: argument.split("=", 1)))
    return key


def _ascii_host(host: str) -> str:
    try:
        host = host.encode("idna").decode("ascii")
    except UnicodeError:
        host = _even(host)
    return host.lower().strip(".")


def _path(path: str) -> str:
    kept: list[bytes] = []
    for segment in _unescaped(path).split(b"/"):
        if segment == b"..":
            del kept[-1:]
        elif segment not in {b"", b"."}:
            kept.append(segment)
    return "/" + _escaped(b"/".join(kept)).lower()


def _even(text: str) -> str:
    return _escaped(_unescaped(text))


def _escaped(raw: bytes) -> str:
    return quote_from_bytes(raw, safe=_KEPT)


def _unescaped(text: str) -> bytes:
    """Return the bytes with percent-encoding undone until none is left, at most twenty times.

    Each pass costs time in proportion to the length.
    """
    raw = text.encode("utf-8", "replace")
    for _ in range(_MOST_LAYERS):
        shorter = unquote_to_bytes(raw)
        if shorter == raw:
            break
        raw = shorter
    return raw
