"""Whether JavaScript pages can be rendered here: the optional package and a Chromium of the system."""

from __future__ import annotations

import shutil
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from storage.model.sources import AddressKind

if TYPE_CHECKING:
    from harvester.catalogue.declaration import Declaration
    from harvester.config import Config

BROWSER = "browser"
"""Key in a request's meta of a page to be rendered."""

EXECUTABLE = "HARVESTER_BROWSER"
"""Scrapy setting with the path of the browser."""

NAMES = ("chromium", "chromium-browser", "google-chrome")
"""Executables searched on PATH, where the configuration names none."""

_RENDERED = frozenset({AddressKind.ARTICLE, AddressKind.LISTING, AddressKind.SEARCH, AddressKind.ARCHIVE})


def executable(config: Config) -> str:
    """Return the path of the browser; empty where there is none."""
    names = (config.crawl.browser,) if config.crawl.browser else NAMES
    return next((path for name in names if (path := shutil.which(name))), "")


def why_no_browser(config: Config) -> str:
    """Return what is missing and what to do about it; empty where pages can be rendered."""
    if find_spec("scrapy_playwright") is None:
        return "no browser: install the extra, `pip install 'news-harvester[browser]'`"
    if not executable(config):
        wanted = config.crawl.browser or ", ".join(NAMES)
        return f"no browser: {wanted} is not there; install Chromium, or name it in `crawl.browser`"
    return ""


def is_rendered(declaration: Declaration, kind: AddressKind) -> bool:
    """Return whether a URL is fetched by the browser: pages are; feeds, sitemaps and APIs are not."""
    return declaration.browser and kind in _RENDERED


def browser_settings(config: Config) -> dict[str, Any]:
    """Return Scrapy's settings for a crawl that renders pages."""
    handler = "harvester.fetching.rendering.RenderingHandler"  # by name, because it imports what may not be there
    return {"DOWNLOAD_HANDLERS": {"file": None, "ftp": None, "s3": None, "data": None, "http": handler, "https": handler}} | {
        EXECUTABLE: executable(config)
    }
