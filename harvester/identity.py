"""Name of the harvester in the User-Agent header and in the WARC files that it writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harvester import __version__

if TYPE_CHECKING:
    from harvester.config import Config

SOFTWARE = f"News Harvester/{__version__}"

ROBOTS_POLICY = "classic"
"""Value of `robots` for a crawler that obeys robots.txt (WARC 1.1, ISO 28500:2017, section 6.3)."""


def user_agent(config: Config) -> str:
    """Return the User-Agent, with the contact if one is configured."""
    contact = f"+{config.contact}" if config.contact else "no contact given"
    return f"NewsHarvester/{__version__} ({contact})"


def warcinfo_fields(config: Config) -> tuple[tuple[str, str], ...]:
    """Return the fields of a warcinfo record about crawler and policy, named as in WARC 1.1, section 6.3.

    The operator is the configured contact. The machine's name and address (`hostname`, `ip`) are left out:
    they may be private.
    """
    operator = (("operator", config.contact),) if config.contact else ()
    return (*operator, ("robots", ROBOTS_POLICY), ("http-header-user-agent", user_agent(config)))
