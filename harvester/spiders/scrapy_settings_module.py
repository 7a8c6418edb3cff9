"""Settings module for Scrapy's own commands (scrapy.cfg)."""

from __future__ import annotations

import sys

from harvester.catalogue.loader import load_catalogue
from harvester.config import load_config
from harvester.settings import scrapy_settings
from storage.errors import HarvesterError

try:
    _config = load_config(None)
    globals().update(scrapy_settings(_config, load_catalogue(_config.sources, builtin=not _config.only_given_sources)))
except HarvesterError as error:  # otherwise Scrapy prints a traceback
    sys.stderr.write(f"harvester: {error}\n")
    raise SystemExit(error.exit_code) from None
