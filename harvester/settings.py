"""Scrapy settings, derived from the configuration and the order of the pipeline's stages.

Polite and safe first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harvester.fetching.bounded_headers import BoundedHandler
from harvester.fetching.capturing import CaptureMiddleware
from harvester.fetching.guard import SETTING, GuardedResolver, GuardMiddleware
from harvester.fetching.robots import HEADROOM, RobotsMiddleware
from harvester.identity import user_agent
from harvester.monitoring.logs import QuietLogFormatter
from pipelines.item_pipelines import ITEM_PIPELINES

if TYPE_CHECKING:
    from harvester.catalogue.loader import Catalogue
    from harvester.config import Config

ACCEPT_ENCODING = "gzip, deflate, br"
"""Content codings that are accepted: those that the archive can decode."""

_EXTENSIONS = ("corestats.CoreStats", "logcount.LogCount", "memusage.MemoryUsage", "feedexport.FeedExporter")
_MIDDLEWARES = {
    "httpauth.HttpAuthMiddleware": 300,
    "downloadtimeout.DownloadTimeoutMiddleware": 350,
    "defaultheaders.DefaultHeadersMiddleware": 400,
    "useragent.UserAgentMiddleware": 500,
    "stats.DownloaderStats": 850,
}
"""Scrapy's own downloader middlewares that are used, with their order.

The others are not only disabled: in Scrapy's lists they would still be loaded, and with them aiohttp, conch,
requests and tldextract, which takes a third of the start of a run. A value of None would load them, too, so
the lists themselves are replaced.
"""


def scrapy_settings(config: Config, catalogue: Catalogue) -> dict[str, Any]:
    """Return all settings that differ from Scrapy's defaults."""
    crawl = config.crawl
    return {
        "BOT_NAME": "news-harvester",
        "COMMANDS_MODULE": "harvester.scrapy_commands",
        "SPIDER_LOADER_CLASS": "harvester.spiders.spider_loader.CatalogueSpiderLoader",
        "USER_AGENT": user_agent(config),
        "DEFAULT_REQUEST_HEADERS": {
            "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "Accept-Language": "ru,kk;q=0.9,en;q=0.5",
            "Accept-Encoding": ACCEPT_ENCODING,
        },
        # one request at a time per host, the declared delay plus headroom, no jitter below it
        "CONCURRENT_REQUESTS": 32,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "DOWNLOAD_DELAY": crawl.delay * HEADROOM,
        "DOWNLOAD_DELAY_JITTER": 0,
        "DOWNLOAD_SLOTS": _slots(config, catalogue),
        "DOWNLOAD_TIMEOUT": crawl.timeout,
        "DOWNLOAD_MAXSIZE": crawl.max_bytes,
        "DOWNLOAD_WARNSIZE": 0,
        "DOWNLOAD_FAIL_ON_DATALOSS": True,
        # every response reaches the spider as sent; redirects, retries and robots.txt are handled here
        "REDIRECT_ENABLED": False,
        "METAREFRESH_ENABLED": False,
        "RETRY_ENABLED": False,
        "COOKIES_ENABLED": False,
        "COMPRESSION_ENABLED": False,
        "ROBOTSTXT_OBEY": False,
        "HTTPERROR_ALLOW_ALL": True,
        "HTTPPROXY_ENABLED": False,
        "REFERER_ENABLED": False,
        "DOWNLOADER_MIDDLEWARES": {GuardMiddleware: 50, RobotsMiddleware: 100, CaptureMiddleware: 950},
        "DOWNLOADER_MIDDLEWARES_BASE": {f"scrapy.downloadermiddlewares.{name}": place for name, place in _MIDDLEWARES.items()},
        "EXTENSIONS_BASE": {f"scrapy.extensions.{name}": 0 for name in _EXTENSIONS},
        "ITEM_PIPELINES": ITEM_PIPELINES,
        # no listening ports, no output elsewhere, no schemes but http and https
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
        "DOWNLOAD_HANDLERS": {"file": None, "ftp": None, "s3": None, "data": None, "http": BoundedHandler, "https": BoundedHandler},
        "TWISTED_DNS_RESOLVER": GuardedResolver,
        SETTING: list(config.allow_addresses),
        "DNS_TIMEOUT": 20,
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        "LOG_INSTALL_ROOT_HANDLER": False,
        "LOG_FORMATTER": QuietLogFormatter,
        "LOGSTATS_INTERVAL": 0,
        "STATS_DUMP": False,
    }


def _slots(config: Config, catalogue: Catalogue) -> dict[str, dict[str, float]]:
    """Return Scrapy's download slot of each declared host: one request at a time, the source's own delay."""
    slots = {}
    for declaration in catalogue:
        delay = config.crawl.delay if declaration.delay is None else declaration.delay
        for host in declaration.hosts:
            name = host.rsplit(":", 1)[0].strip("[]") if not host.endswith("]") else host.strip("[]")
            for host_name in (name, f"www.{name}"):
                slots[host_name] = {"concurrency": 1, "delay": delay * HEADROOM, "jitter": 0.0}
    return slots
