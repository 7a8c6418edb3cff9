from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest
from scrapy import Request
from scrapy.exceptions import CannotResolveHostError
from scrapy.resolver import dnscache
from scrapy.settings import Settings
from twisted.internet.error import DNSLookupError

from harvester.fetching.guard import MAX_REFUSED, SETTING, Allowance, GuardedResolver, GuardMiddleware, RequestBlocked, is_global
from storage.model.frontier import FailureScope

NOT_GLOBAL = [
    "127.0.0.1",
    "127.8.8.8",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fc00::1",
    "fe80::1",
    "fe80::1%eth0",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "ff02::1",
    "not an address",
    "",
]


@pytest.mark.parametrize("address", NOT_GLOBAL)
def test_addresses_that_are_not_of_the_public_internet_are_refused(address: str) -> None:
    assert not is_global(address)
    assert not Allowance([]).admits("news.example", address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "::ffff:93.184.216.34"])
def test_public_addresses_are_asked(address: str) -> None:
    assert is_global(address)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://news.example/",
        "data:text/html,x",
        "javascript:alert(1)",
        "gopher://news.example/",
        "http://user:secret@news.example/",
        "http://user@news.example/",
        "http:///n/1",
        "http://[::1/",
        "http://news.example:99999/",
    ],
)
def test_spellings_that_are_refused_before_anything_is_resolved(url: str) -> None:
    assert Allowance([]).forbids(url)


def test_only_the_allowed_port_of_an_allowed_host_is_asked() -> None:
    allowance = Allowance(["127.0.0.1:8700", "[::1]:8700"])
    assert allowance.forbids("http://127.0.0.1:8700/n/1") == ""
    assert allowance.forbids("http://[::1]:8700/n/1") == ""
    assert allowance.forbids("http://127.0.0.1:8701/n/1") == "port 8701 of an allowed host"
    assert allowance.forbids("http://127.0.0.1/") == "port 80 of an allowed host"
    assert allowance.admits("127.0.0.1", "127.0.0.1")
    assert not allowance.admits("127.0.0.2", "127.0.0.2")
    assert not allowance.admits("localhost", "127.0.0.1")


def test_a_refusal_never_repeats_a_password() -> None:
    assert "secret" not in Allowance([]).forbids("http://user:secret@news.example/")


@pytest.mark.parametrize(
    ("url", "scope"),
    [
        ("ftp://news.example/", FailureScope.ADDRESS),
        ("http://user@news.example/", FailureScope.ADDRESS),
        ("http://127.0.0.1:8701/n/1", FailureScope.HOST),
    ],
)
def test_a_spelling_is_refused_for_good_and_a_port_for_today(url: str, scope: FailureScope) -> None:
    with pytest.raises(RequestBlocked) as refused:
        GuardMiddleware(Allowance(["127.0.0.1:8700"])).process_request(Request(url))
    assert refused.value.scope is scope


def test_hosts_that_resolve_to_private_addresses_wait_and_are_remembered_for_one_crawl() -> None:
    crawler = cast("Any", SimpleNamespace(settings=Settings({SETTING: []})))
    resolver = GuardedResolver.from_crawler(crawler, cast("Any", None))
    names = [f"{number}.guard-test.example" for number in range(MAX_REFUSED + 5)]
    for name in names:
        dnscache[name] = "10.0.0.1"
        resolver.getHostByName(name).addErrback(lambda failure: failure.trap(DNSLookupError))
        del dnscache[name]
    assert list(GuardedResolver.refused) == names[5:]
    with pytest.raises(RequestBlocked) as refused:
        GuardMiddleware(Allowance([])).process_exception(Request(f"http://{names[-1]}/n/1"), CannotResolveHostError("x"))
    assert (refused.value.reason, refused.value.scope) == ("blocked_address: 10.0.0.1", FailureScope.HOST)
    GuardedResolver.from_crawler(crawler, cast("Any", None))
    assert not GuardedResolver.refused
