from __future__ import annotations

import pytest

from harvester.scaffolding.troubles import hint_of, in_words

URL = "https://kazpravda.kz/rss.xml"


@pytest.mark.parametrize("reason", ["dns", "robots_unreachable: CannotResolveHostError", "CannotResolveHostError"])
def test_a_name_that_is_not_resolved_is_told(reason: str) -> None:
    assert in_words(reason, URL) == "kazpravda.kz cannot be resolved (is this machine online?)"
    assert hint_of(reason, URL, "Look at it in a browser.") == "Check the spelling of the address, and the connection."


@pytest.mark.parametrize(
    "reason", ["timeout", "robots_unreachable: status 503", "blocked_address: 10.0.0.1", "robots_disallowed", "status 404", ""]
)
def test_other_reasons_stay_as_they_are(reason: str) -> None:
    assert in_words(reason, URL) == reason


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("http://127.0.0.5:8700/", "127.0.0.5:8700"),
        ("http://10.1.2.3/news", "10.1.2.3:80"),
        ("https://intranet.example/", "intranet.example:443"),
        ("http://[::1]:8080/", "[::1]:8080"),
        ("http://[::1]/", "[::1]:80"),
        ("http://user:pass@192.168.1.4:81/", "192.168.1.4:81"),
    ],
)
def test_the_hint_allows_what_was_blocked(url: str, address: str) -> None:
    assert f"HARVESTER_ALLOW_ADDRESSES={address}," in hint_of("blocked_address: private", url, "else")


def test_for_other_reasons_the_hint_is_the_usual_one() -> None:
    assert hint_of("timeout", URL, "Look at it.") == "Look at it."
