"""Addresses: which are web addresses, which are the same, and which lead into a trap."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from hashlib import sha256
from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

from storage.model.text import storable

MAX_LENGTH = 2000
"""Characters of the longest address that is read, followed and kept: relative links of a faulty template grow at every step. Old
browsers and many servers take no more than about 2,000."""

_MAX_SEGMENTS = 20
_MAX_REPETITIONS = 2
_MAX_PARAMETERS = 3

_TRACKING = re.compile(
    r"""
      utm_.* | _?openstat | roistat | etext | rb_clickid | mkt_tok | vero_id | li_fat_id
    | fbclid | gclid | dclid | yclid | ysclid | ymclid | twclid | ttclid | msclkid | wbraid | gbraid
    | igsh | igshid | mc_[ce]id | _ga | _gl | _hs(?:enc|mi)
    | phpsessid | jsessionid | aspsessionid\w* | cfid | cftoken | session_?id | sess_?id
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""Names of parameters that count visits or hold a session, whatever their value."""

_FROM_WHERE = re.compile(r"from=(?:rss|feed|telegram|facebook|twitter|vk|push)", re.IGNORECASE)
"""`from` where it names the road that a reader came by; `from=2` may be a page."""

_SESSION_TOKEN = re.compile(r"(?:sid|session|sess)=[0-9a-z]{16,}", re.IGNORECASE)
"""A session by its value: older systems number their articles by a short `sid`."""

_SESSION_IN_PATH = re.compile(r";(?:jsessionid|phpsessid|sid)=[^;/]*", re.IGNORECASE)
_CONTROLS = dict.fromkeys([*range(0x20), 0x7F])
_HOST = re.compile(
    r"(?=.{1,253}\Z)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*"
)  # lengths: RFC 1035, section 2.3.4
_PLACES = {
    "page": ("7318530", r"(\d{1,9})"),
    "offset": ("7318531", r"(\d{1,9})"),
    "year": ("7318532", r"(\d{4})"),
    "month": ("7318533", r"(\d\d)"),
    "day": ("7318534", r"(\d\d)"),
    "query": ("7318535", r"([^&/]*)"),
}
"""By placeholder: what stands for it while an address is made canonical, and what may stand there."""
_DEFAULT_PORTS = {"http": 80, "https": 443}
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_LITERAL = _UNRESERVED | frozenset(b"!$&'()*+,;=:@/?")
_PLAIN = re.compile(r"[A-Za-z0-9\-._~!$&'()*+,;=:@/?]*")
_ENCODED = re.compile(r"%([0-9A-Fa-f]{2})")
_NOT_ASCII = re.compile("[\x80-\xff]")  # headers are read as Latin-1


class AddressTooLong(ValueError):
    """An address of more than MAX_LENGTH characters, as it is written or as it would be asked."""


class _Parts(NamedTuple):
    """An address taken apart; `host` in lower-case ASCII with the port where it is not the scheme's own."""

    scheme: str
    host: str
    path: str
    query: str


def canonical_url(url: str) -> str:
    """The address as it is fetched, kept and shown.

    Scheme and host are lower-cased (the host in IDNA's ASCII form), the scheme's own port, the fragment, an empty query, and
    parameters that track or hold a session are dropped, dot segments are resolved. Path and query are percent-encoded UTF-8 with
    upper-case hex, unreserved characters plain (RFC 3986, section 6.2.2). The case of the path, a slash at its end and the order
    of the remaining parameters stay as they are. Idempotent.

    Raises:
        AddressTooLong: it is longer than MAX_LENGTH.
        ValueError: it is no web address; the message says why.
    """
    return _canonical(_bounded(url))


@lru_cache(maxsize=4096)
def _canonical(url: str) -> str:
    parts = _take_apart(url)
    path = _without_dots(_SESSION_IN_PATH.sub("", _encoded(parts.path))) or "/"
    query = "&".join(_kept_parameters(parts.query))
    return _bounded(f"{parts.scheme}://{parts.host}{path}" + (f"?{query}" if query else ""))


def with_encoded_query(url: str, charset: str) -> str:
    """The address as a link of a page in this charset means it: what is not ASCII in its query percent-encoded in the page's charset.

    That is the query state of https://url.spec.whatwg.org/#query-state: characters that the charset lacks become references (`&#1179;`)
    in percent-encoding. Addresses on pages in Unicode stay as they are, since `canonical_url` encodes all in UTF-8; so do paths.
    """
    if url.isascii() or charset.startswith("utf-"):
        return url
    address, hash_sign, fragment = url.partition("#")
    base, mark, query = address.partition("?")
    return (
        base
        + mark
        + "".join(char if char.isascii() else _in_charset(char, charset) for char in query)
        + hash_sign
        + fragment
    )


def _in_charset(char: str, charset: str) -> str:
    try:
        return "".join(chr(b) if b in _LITERAL else f"%{b:02X}" for b in char.encode(charset))
    except UnicodeEncodeError:
        return f"%26%23{ord(char)}%3B"


def identity_of(canonical: str) -> str:
    """What makes two canonical addresses the same one: the address with its parameters sorted (stably, by name and value)."""
    base, mark, query = canonical.partition("?")
    return base + mark + "&".join(sorted(query.split("&")))


def article_id(source_id: str, canonical: str) -> str:
    """The id of an article in every archive: 20 hex digits of SHA-256 over source id, newline, identity of the address."""
    return sha256(f"{source_id}\n{identity_of(canonical)}".encode()).hexdigest()[:20]


def is_web_address(url: str) -> bool:
    """Whether this is an absolute http(s) address that could be asked.

    That is: with a host and a port that can exist, without a user name or password, of at most MAX_LENGTH characters as it is written
    and as `canonical_url` writes it.
    """
    try:
        canonical_url(url)
    except ValueError:
        return False
    return True


def redirect_target(url: str, location: str) -> str:
    """Where a Location header of `url` leads, canonical; empty when it leads nowhere that could be asked.

    `location` is the header read as Latin-1. UTF-8 in it is read as such; bytes of an older charset are sent back as they came, as
    browsers do. An address that looks endless is none here: callers bound the number of redirects.
    """
    try:
        location = location.encode("latin-1").decode("utf-8")
    except UnicodeError:
        location = _NOT_ASCII.sub(lambda found: f"%{ord(found[0]):02X}", location)
    try:
        target = urljoin(url, location)
    except ValueError:
        return ""
    return canonical_url(target) if location and is_web_address(target) else ""


def site_of(url: str) -> str:
    """The host of a web address in ASCII, without `www.`, with its port where that is not the scheme's own."""
    return _take_apart(_bounded(url)).host.removeprefix("www.")


def _bounded(url: str) -> str:
    """The address, if it is short enough to be looked at: nothing longer comes before a pattern or into a cache."""
    if len(url) > MAX_LENGTH:
        raise AddressTooLong("an address that is too long")
    return url


def path_and_query(url: str) -> str:
    """Path and query of an address with percent-encoding undone: what the patterns of a declaration are searched in."""
    split = urlsplit(url)
    return unquote(split.path) + (f"?{unquote(split.query)}" if split.query else "")


def address_pattern(address: str) -> str:
    """The source of a regular expression for the canonical addresses that lead to the same page as this one.

    They may differ in http and https, `www.` and the slash at the end. Placeholders (`{page}`, `{offset}`, `{year}`, `{month}`,
    `{day}`, `{query}`) stand for any value; each is a group, in their order.
    """
    for name, (stand_in, _) in _PLACES.items():
        address = address.replace(f"{{{name}}}", stand_in)
    rest = canonical_url(address).partition("://")[2].removeprefix("www.").rstrip("/")
    pattern = rf"https?://(?:www\.)?{re.escape(rest)}/?"
    for stand_in, value in _PLACES.values():
        pattern = pattern.replace(stand_in, value)
    return pattern


def is_trap(url: str) -> bool:
    """Whether a web address looks endless: calendars, facets, session numbers, relative links that grow.

    That is: over 2,000 characters, over 20 path segments, a segment that stands there more than twice (a number, which may be day,
    month and the article's own, more than three times), or more than three parameters beside those that only track.
    """
    if len(url) > MAX_LENGTH:
        return True
    path, _, query = canonical_url(url).split("://", 1)[1].partition("?")
    segments = [x for x in path.split("/")[1:] if x]
    return (
        len(segments) > _MAX_SEGMENTS
        or any(count > _MAX_REPETITIONS + segment.isdecimal() for segment, count in Counter(segments).items())
        or (query.count("&") + 1 if query else 0) > _MAX_PARAMETERS
    )


@lru_cache(maxsize=1024)
def _take_apart(url: str) -> _Parts:
    """Split as a browser would: controls and outer blanks dropped, backslashes in the path are slashes."""
    split = urlsplit(storable(url).translate(_CONTROLS).strip())
    if split.scheme not in _DEFAULT_PORTS:
        raise ValueError("not an http or https address")
    if "@" in split.netloc:
        raise ValueError("an address with a user name")
    return _Parts(split.scheme, _host(split), split.path.replace("\\", "/"), split.query)


def _host(split: SplitResult) -> str:
    name = split.hostname or ""
    if ":" in name:
        name = f"[{ip_address(name)}]"
    else:
        name = (name if name.isascii() else name[:254].encode("idna").decode("ascii").lower()).removesuffix(
            "."
        )
        if not _HOST.fullmatch(name):
            raise ValueError("no host, or not one that can exist")
    return name if split.port in (None, _DEFAULT_PORTS[split.scheme]) else f"{name}:{split.port}"


def _encoded(text: str) -> str:
    """Percent-encode what must be, decode what need not be; a percent sign that encodes nothing becomes %25."""
    if _PLAIN.fullmatch(text):
        return text
    out: list[str] = []
    for i, part in enumerate(_ENCODED.split(text)):
        if i % 2:
            byte = int(part, 16)
            out.append(chr(byte) if byte in _UNRESERVED else f"%{byte:02X}")
        else:
            out.extend(
                chr(b) if b in _LITERAL else f"%{b:02X}" for b in part.encode("utf-8", "surrogatepass")
            )
    return "".join(out)


def _kept_parameters(query: str) -> list[str]:
    return [x for x in _encoded(query).split("&") if x and not _tracks(x)]


def _tracks(parameter: str) -> bool:
    name = parameter.partition("=")[0]
    return bool(
        _TRACKING.fullmatch(name) or _FROM_WHERE.fullmatch(parameter) or _SESSION_TOKEN.fullmatch(parameter)
    )


def _without_dots(path: str) -> str:
    """Resolve `.` and `..` (RFC 3986, section 5.2.4); empty segments stay."""
    if "/." not in path:
        return path
    kept: list[str] = []
    segments = path.split("/")
    for segment in segments:
        if segment == "..":
            del kept[max(1, len(kept) - 1) :]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return "/".join(kept)
