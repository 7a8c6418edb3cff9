"""URLs: canonical form, identity of articles, and signs of endless URL spaces."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from hashlib import sha256
from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

from pipelines.percent_encoding import LITERAL, percent_encoded
from storage.model.text import storable

MAX_LENGTH = 2000
"""Maximum characters of a URL that is fetched or stored. Relative links of a faulty template grow at every
step; old browsers and many servers accept no more than about 2,000."""

_MAX_SEGMENTS = 20  # path segments of a URL that does not look endless
_MAX_REPETITIONS = 2  # occurrences of one path segment in it; one more for a number
_MAX_PARAMETERS = 3  # query parameters in it

_TRACKING = re.compile(
    r"""
      utm_.* | _?openstat | roistat | etext | rb_clickid | mkt_tok | vero_id | li_fat_id
    | fbclid | gclid | dclid | yclid | ysclid | ymclid | twclid | ttclid | msclkid | wbraid | gbraid
    | igsh | igshid | mc_[ce]id | _ga | _gl | _hs(?:enc|mi)
    | phpsessid | jsessionid | aspsessionid\w* | cfid | cftoken | session_?id | sess_?id
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""Names of parameters that track visits or hold a session, whatever their value."""

_REFERRER = re.compile(r"from=(?:rss|feed|telegram|facebook|twitter|vk|push)", re.IGNORECASE)
"""`from` if it names where a reader came from; `from=2` may be a page."""

_SESSION_TOKEN = re.compile(r"(?:sid|session|sess)=[0-9a-z]{16,}", re.IGNORECASE)
"""A session by its value: older systems number their articles with a short `sid`."""

_SESSION_IN_PATH = re.compile(r";(?:jsessionid|phpsessid|sid)=[^;/]*", re.IGNORECASE)
_CONTROLS = dict.fromkeys([*range(0x20), 0x7F])
_HOST = re.compile(  # lengths: RFC 1035, section 2.3.4
    r"(?=.{1,253}\Z)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*"
)
_PLACEHOLDERS = {
    "page": ("7318530", r"(\d{1,9})"),
    "offset": ("7318531", r"(\d{1,9})"),
    "year": ("7318532", r"(\d{4})"),
    "month": ("7318533", r"(\d\d)"),
    "day": ("7318534", r"(\d\d)"),
    "query": ("7318535", r"([^&/]*)"),
}
"""By placeholder: a number that replaces it while a URL is made canonical, and the pattern of its values."""
_DEFAULT_PORTS = {"http": 80, "https": 443}
_NOT_ASCII = re.compile("[\x80-\xff]")  # headers are read as Latin-1


class AddressTooLong(ValueError):
    """The URL has more than MAX_LENGTH characters, as written or in canonical form."""


class _Parts(NamedTuple):
    """Parts of a URL; `host` is lower-case ASCII, with the port unless it is the scheme's default."""

    scheme: str
    host: str
    path: str
    query: str


def canonical_url(url: str) -> str:
    """Return the canonical form of a URL, in which it is fetched, stored and shown. Idempotent.

    Scheme and host are lower-cased (the host in IDNA's ASCII form). The default port, the fragment, an empty
    query, and parameters that track or hold a session are dropped, dot segments are resolved. Path and query
    are percent-encoded UTF-8 with upper-case hex, unreserved characters plain (RFC 3986, section 6.2.2). The
    case of the path, its trailing slash and the order of the remaining parameters are kept.

    Raises:
        AddressTooLong: it is longer than MAX_LENGTH.
        ValueError: it is no http or https URL; the message says why.
    """
    return _canonical(_bounded(url))


@lru_cache(maxsize=4096)
def _canonical(url: str) -> str:
    parts = _split(url)
    path = _without_dots(_SESSION_IN_PATH.sub("", percent_encoded(parts.path))) or "/"
    query = "&".join(_kept_parameters(parts.query))
    return _bounded(f"{parts.scheme}://{parts.host}{path}" + (f"?{query}" if query else ""))


def with_encoded_query(url: str, charset: str) -> str:
    """Percent-encode the query of a link as a browser does on a page in this charset.

    Characters that the charset lacks become references (`&#1179;`), percent-encoded
    (https://url.spec.whatwg.org/#query-state). URLs on pages in Unicode are unchanged, since `canonical_url`
    encodes them in UTF-8; so are paths.
    """
    if url.isascii() or charset.startswith("utf-"):
        return url
    address, hash_sign, fragment = url.partition("#")
    base, mark, query = address.partition("?")
    encoded = "".join(char if char.isascii() else _in_charset(char, charset) for char in query)
    return f"{base}{mark}{encoded}{hash_sign}{fragment}"


def _in_charset(char: str, charset: str) -> str:
    """Percent-encode a character in a charset; one that it lacks as a character reference."""
    try:
        return "".join(chr(b) if b in LITERAL else f"%{b:02X}" for b in char.encode(charset))
    except UnicodeEncodeError:
        return f"%26%23{ord(char)}%3B"


def identity_of(canonical: str) -> str:
    """Return the part that two canonical URLs of one page share: the URL with its parameters sorted.

    They are sorted as strings of name and value.
    """
    base, mark, query = canonical.partition("?")
    return base + mark + "&".join(sorted(query.split("&")))


def article_id(source_id: str, canonical: str) -> str:
    """Return the id of an article in every archive.

    20 hex digits of SHA-256 over source id, newline and `identity_of(canonical)`.
    """
    return sha256(f"{source_id}\n{identity_of(canonical)}".encode()).hexdigest()[:20]


def is_web_address(url: str) -> bool:
    """Return whether this is an absolute http(s) URL that can be fetched.

    It has a possible host and port, no user name or password, and at most MAX_LENGTH characters as written
    and in canonical form.
    """
    try:
        canonical_url(url)
    except ValueError:
        return False
    return True


def redirect_target(url: str, location: str) -> str:
    """Return the canonical URL that a Location header of `url` points to; empty if it cannot be fetched.

    `location` is the header decoded as Latin-1. UTF-8 in it is decoded as such; bytes of an older charset
    are percent-encoded, as browsers do. Endless-looking URLs are allowed: callers bound the number of
    redirects.
    """
    try:
        location = location.encode("latin-1").decode("utf-8")
    except UnicodeError:
        location = _NOT_ASCII.sub(lambda match: f"%{ord(match[0]):02X}", location)
    try:
        target = urljoin(url, location)
    except ValueError:
        return ""
    return canonical_url(target) if location and is_web_address(target) else ""


def site_of(url: str) -> str:
    """Return the host of a URL in ASCII, without `www.`, with the port unless it is the scheme's default.

    Raises:
        ValueError: it is no http or https URL.
    """
    return _split(_bounded(url)).host.removeprefix("www.")


def _bounded(url: str) -> str:
    """Return the URL if it is short enough for patterns and caches.

    Raises:
        AddressTooLong: it is not.
    """
    if len(url) > MAX_LENGTH:
        raise AddressTooLong("an address that is too long")
    return url


def path_and_query(url: str) -> str:
    """Return path and query of a URL, percent-decoded, for the patterns of a declaration."""
    split = urlsplit(url)
    return unquote(split.path) + (f"?{unquote(split.query)}" if split.query else "")


def address_pattern(address: str) -> str:
    """Return the source of a regular expression for the canonical URLs of the same page as this one.

    They may differ in http and https, `www.` and the trailing slash. Placeholders (`{page}`, `{offset}`,
    `{year}`, `{month}`, `{day}`, `{query}`) match any value; each is a group, in their order.

    Raises:
        ValueError: it is no http or https URL.
    """
    for name, (number, _) in _PLACEHOLDERS.items():
        address = address.replace(f"{{{name}}}", number)
    rest = canonical_url(address).partition("://")[2].removeprefix("www.").rstrip("/")
    pattern = rf"https?://(?:www\.)?{re.escape(rest)}/?"
    for number, value in _PLACEHOLDERS.values():
        pattern = pattern.replace(number, value)
    return pattern


def is_trap(url: str) -> bool:
    """Return whether a URL looks endless: calendars, facets, session numbers, growing relative links.

    That is: over MAX_LENGTH characters, over 20 path segments, a segment more than twice (a number, which
    may be day, month and the article's own, more than three times), or more than three parameters beside
    those that only track.

    Raises:
        ValueError: it is no http or https URL.
    """
    if len(url) > MAX_LENGTH:
        return True
    path, _, query = canonical_url(url).split("://", 1)[1].partition("?")
    segments = [x for x in path.split("/")[1:] if x]
    if len(segments) > _MAX_SEGMENTS:
        return True
    for segment, count in Counter(segments).items():
        if count > _MAX_REPETITIONS + segment.isdecimal():
            return True
    parameters = query.count("&") + 1 if query else 0
    return parameters > _MAX_PARAMETERS


@lru_cache(maxsize=1024)
def _split(url: str) -> _Parts:
    """Split a URL as a browser does: controls and outer blanks dropped, backslashes in the path as slashes.

    Raises:
        ValueError: it is no http or https URL, or has a user name.
    """
    split = urlsplit(storable(url).translate(_CONTROLS).strip())
    if split.scheme not in _DEFAULT_PORTS:
        raise ValueError("not an http or https address")
    if "@" in split.netloc:
        raise ValueError("an address with a user name")
    return _Parts(split.scheme, _host(split), split.path.replace("\\", "/"), split.query)


def _host(split: SplitResult) -> str:
    """Return host and port.

    Raises:
        ValueError: there is no host, or it or the port cannot exist.
    """
    name = split.hostname or ""
    if ":" in name:
        name = f"[{ip_address(name)}]"
    else:
        if not name.isascii():
            name = name[:254].encode("idna").decode("ascii").lower()
        name = name.removesuffix(".")
        if not _HOST.fullmatch(name):
            raise ValueError("no host, or not one that can exist")
    return name if split.port in (None, _DEFAULT_PORTS[split.scheme]) else f"{name}:{split.port}"


def _kept_parameters(query: str) -> list[str]:
    return [x for x in percent_encoded(query).split("&") if x and not _tracks(x)]


def _tracks(parameter: str) -> bool:
    """Return whether a query parameter only tracks a visit or holds a session."""
    name = parameter.partition("=")[0]
    if _TRACKING.fullmatch(name) or _REFERRER.fullmatch(parameter):
        return True
    return _SESSION_TOKEN.fullmatch(parameter) is not None


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
