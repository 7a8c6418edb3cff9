"""The public face: three names, each loading no more than it needs."""

from __future__ import annotations

import subprocess
import sys

import pytest

import harvester
from harvester import ArticleQuery, load_catalogue, open_archive
from storage.archive import Archive


def test_the_face_is_what_scripts_may_rely_on() -> None:
    assert open_archive is Archive.opened
    assert ArticleQuery(words="конституция").words == "конституция"
    assert "kazpravda" in load_catalogue().sources
    assert set(harvester.__all__) <= {*dir(harvester), "ArticleQuery", "load_catalogue", "open_archive"}
    with pytest.raises(AttributeError, match="has no attribute 'open_archives'"):
        harvester.open_archives  # noqa: B018


def test_importing_the_package_loads_nothing_heavy() -> None:
    heavy = "{'scrapy', 'sqlalchemy', 'trafilatura', 'dateparser', 'pydantic'}"
    code = f"import harvester, sys; print(sorted({heavy} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"


def test_reading_a_page_needs_no_database_and_no_crawler() -> None:
    code = "import sys, pipelines.extraction.extract, pipelines.dates.stage; print({'sqlalchemy', 'scrapy'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "set()"
