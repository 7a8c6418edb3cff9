"""Address guard (SSRF): no request is sent to loopback, private, link-local or metadata addresses.

The middleware blocks other schemes, user names in URLs, and ports of an allowed host that were not allowed.
The resolver rejects names that resolve to an address that is not global; it is asked for literals, too, and
the connection is made to the very address that it returned, so that a second DNS answer cannot rebind the
name.
"""

from __future__ import annotations

from collections import OrderedDict
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import TYPE_CHECKING, ClassVar, Self
from urllib.parse import urlsplit

from scrapy.exceptions import CannotResolveHostError, IgnoreRequest
from scrapy.resolver import CachingThreadedResolver
from twisted.internet.error import DNSLookupError

from storage.model.frontier import FailureScope

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scrapy import Request
    from scrapy.crawler import Crawler
    from twisted.internet.base import ReactorBase
    from twisted.internet.defer import Deferred

SETTING = "HARVESTER_ALLOWED"
"""Scrapy setting with the allowed `host:port` pairs."""

_DEFAULT_PORTS = {"http": 80, "https": 443}


class RequestBlocked(IgnoreRequest):
    """A request that is not sent.

    `reason` is the class of its failure (see `no_response`); `scope` is what blocks it: the address, its host or a rule, which
    decides when the address is tried again.
    """

    def __init__(self, reason: str, scope: FailureScope) -> None:
        super().__init__(reason)
        self.reason = reason
        self.scope = scope


class Allowance:
    """The `host:port` pairs that may be requested although their addresses are not global."""

    def __init__(self, pairs: Iterable[str]) -> None:
        self.pairs = frozenset(pair.lower() for pair in pairs)
        self.hosts = frozenset(pair.rpartition(":")[0].strip("[]") for pair in self.pairs)

    def forbids(self, url: str) -> str:
        """Return why a URL must not be requested, by its spelling alone; empty when it may."""
        try:
            split = urlsplit(url)
            port = split.port or _DEFAULT_PORTS.get(split.scheme, 0)
        except ValueError:
            return "not an address"
        if split.scheme not in _DEFAULT_PORTS:
            return f"scheme {split.scheme[:20]}"
        if split.username is not None or split.password is not None:
            return "a user name in the address"
        host = (split.hostname or "").rstrip(".")
        if not host:
            return "no host"
        if host in self.hosts and f"{host}:{port}" not in self.pairs and f"[{host}]:{port}" not in self.pairs:
            return f"port {port} of an allowed host"
        return ""

    def admits(self, host: str, address: str) -> bool:
        """Return whether a host may be connected to at the IP address that it resolved to."""
        return host.lower().rstrip(".").strip("[]") in self.hosts or is_global(address)


def is_global(address: str) -> bool:
    """Return whether an IP address is public; IPv4 mapped, translated or tunnelled in IPv6 is unwrapped."""
    try:
        ip: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None) or _nat64(ip)
        if inner is not None:
            ip = inner
    return ip.is_global and not ip.is_multicast


def _nat64(ip: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address inside the well-known prefix 64:ff9b::/96 (RFC 6052)."""
    prefix = 0x0064_FF9B << 96
    return IPv4Address(int(ip) - prefix) if int(ip) >> 32 == prefix >> 32 else None


class GuardMiddleware:
    """Blocks requests by the spelling of their URL, and names what the resolver refused."""

    def __init__(self, allowance: Allowance) -> None:
        self.allowance = allowance

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Take the allowed pairs from the settings."""
        return cls(Allowance(crawler.settings.getlist(SETTING)))

    def process_request(self, request: Request) -> None:
        """Block a request before anything is resolved or connected."""
        if why := self.allowance.forbids(request.url):
            scope = FailureScope.HOST if why.startswith("port ") else FailureScope.ADDRESS  # a port may be allowed tomorrow
            raise RequestBlocked(f"blocked_address: {why}", scope)

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Distinguish a name that the resolver refused from one that does not exist."""
        host = urlsplit(request.url).hostname or ""
        if isinstance(exception, CannotResolveHostError) and host in GuardedResolver.refused:
            raise RequestBlocked(f"blocked_address: {GuardedResolver.refused[host]}", FailureScope.HOST) from exception


MAX_REFUSED = 1000
"""Refused hosts that are remembered, the newest; more would let redirects of hostile sites fill the memory."""


class GuardedResolver(CachingThreadedResolver):
    """Scrapy's resolver, refusing addresses that are not global unless their host is allowed.

    `refused` maps hosts to the refused address. Twisted keeps only that a lookup failed, not why, so it is
    kept here for one crawl.
    """

    allowance = Allowance(())
    refused: ClassVar[OrderedDict[str, str]] = OrderedDict()

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: ReactorBase) -> Self:
        """Take the allowed pairs from the settings."""
        resolver = super().from_crawler(crawler, reactor)
        cls.refused.clear()
        resolver.allowance = Allowance(crawler.settings.getlist(SETTING))
        return resolver

    def getHostByName(self, name: str, timeout: Sequence[int] = ()) -> Deferred[str]:  # noqa: N802  Twisted's name
        """Resolve a name, then check the address."""

        def judge(address: str) -> str:
            if not self.allowance.admits(name, address):
                self.refused[name] = address
                while len(self.refused) > MAX_REFUSED:
                    self.refused.popitem(last=False)
                raise DNSLookupError(f"{name} resolves to {address}")
            return address

        return super().getHostByName(name, timeout).addCallback(judge)
