"""Wording of why a request has no response, for whoever adds a source."""

from __future__ import annotations

from urllib.parse import urlsplit

_UNRESOLVED = ("dns", "CannotResolveHostError")
_BLOCKED = "blocked_address"


def in_words(reason: str, url: str) -> str:
    """Return a reason as part of a sentence; only a failure to resolve the host is worded anew."""
    if reason.rpartition(": ")[2] in _UNRESOLVED:
        return f"{urlsplit(url).hostname} cannot be resolved (is this machine online?)"
    return reason


def hint_of(reason: str, url: str, otherwise: str) -> str:
    """Return what to do about a reason.

    The spelling of a host that cannot be resolved is to be checked, an address that is not public to be
    allowed; `otherwise` for every other reason.
    """
    if in_words(reason, url) != reason:
        return "Check the spelling of the address, and the connection."
    if not reason.startswith(_BLOCKED):
        return otherwise
    split = urlsplit(url)
    address = f"{split.netloc.rpartition('@')[2]}{'' if split.port else ':443' if split.scheme == 'https' else ':80'}"
    return f"If it is a site of your own, allow it: HARVESTER_ALLOW_ADDRESSES={address}, or allow_addresses in harvester.toml."
