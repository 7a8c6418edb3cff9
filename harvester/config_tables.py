"""Types of configuration values, and the tables of the configuration."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from harvester.config_layers import parts
from pipelines.urls import is_web_address
from storage.model.revisits import RevisitSchedule


def _no_boolean(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("must be a number")  # noqa: TRY004 - pydantic collects ValueErrors only
    return value


def _not_blank(value: object) -> object:
    if value == "":
        raise ValueError("must not be empty")
    return value


def _host_and_port(value: str) -> str:
    if "/" in value or not is_web_address(f"http://{value}/") or not urlsplit(f"//{value}").port:
        raise ValueError("must be host:port, with an IPv6 address in brackets, such as 127.0.0.1:8700 or [::1]:8700")
    return value.lower()


Amount = Annotated[float, BeforeValidator(_no_boolean), Field(ge=0, allow_inf_nan=False)]
Count = Annotated[int, BeforeValidator(_no_boolean), Field(ge=1)]
Folder = Annotated[Path, BeforeValidator(_not_blank)]
Name = Annotated[str, Field(min_length=1)]
HostAndPort = Annotated[str, AfterValidator(_host_and_port)]


class CrawlConfig(BaseModel):
    """Behaviour of the crawler.

    `delay`: seconds between the starts of two requests to one host, where a source declares none. `timeout`:
    seconds for one response as a whole. `max_bytes`: the largest body, also after decompression.
    `max_articles`: articles requested, per source and run. `recheck_minutes`: minimum time between two
    requests of a channel. `browser`: the Chromium for sources whose pages need scripts; searched on PATH
    where it is not given. `remind_hours`: how often a promise that stays broken is reported (0: by every
    run).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    delay: Amount = 2.0
    timeout: Annotated[Amount, Field(gt=0)] = 60.0
    max_bytes: Count = 10 * 1024 * 1024
    max_articles: Count = 1000
    recheck_minutes: Amount = 10.0
    browser: str = ""
    remind_hours: Amount = 24.0


_STEP = re.compile(r"(\d{1,4})([mhd]) for (\d{1,4})([mhd])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def _steps(value: str) -> str:
    if not all(map(_STEP.fullmatch, parts(value) or [""])):
        raise ValueError("must be waits and ages parted by commas, such as `15m for 3h, 1h for 1d`")
    return value


class RevisitConfig(BaseModel):
    """Schedule of repeated requests of known articles.

    `ladder`: intervals, each up to an age of the article, youngest first (`m` minutes, `h` hours, `d` days).
    `budget`: known articles requested again, per source and run; new ones always come first. `unconditional`:
    every n-th check requests the whole page, because validators can be wrong.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    ladder: Annotated[str, AfterValidator(_steps)] = "15m for 3h, 1h for 1d, 3h for 7d, 3d for 30d, 30d for 365d"
    budget: Count = 200
    unconditional: Count = 10

    def as_ladder(self) -> RevisitSchedule:
        """Return the steps as the archive's schedule."""
        steps = [match.groups() for match in _STEP.finditer(self.ladder)]
        return RevisitSchedule(tuple((timedelta(**{_UNITS[a]: int(n)}), timedelta(**{_UNITS[b]: int(m)})) for n, a, m, b in steps))


class WarcConfig(BaseModel):
    """Settings of WARC files. `roll_mib`: size in MiB after which a new file is begun."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    roll_mib: Count = 1024


class LogConfig(BaseModel):
    """Destination and format of the log.

    `file`: besides stderr, every event from INFO on (DEBUG under -vv) is appended to this file. `format`:
    `text`, or `json`, one object a line, in the file and on stderr.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: Path | None = None
    format: Literal["text", "json"] = "text"
