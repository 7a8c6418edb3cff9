"""Golden pages: pages of our own, shaped like the real markup, with what must be read from them.

Each lies in `<source>/<page>/`: `page.html`, and `expected.json` with its address, the moment of its capture, and every field.
"""

from __future__ import annotations

import json
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from harvester.catalogue.loader import Catalogue, load_catalogue
from harvester.catalogue.topics import find_topic
from pipelines.draft import Draft
from pipelines.line import read
from pipelines.page import Page
from storage.model.captures import Capture, WarcPointer

FOLDER = Path(__file__).parent


def pages() -> list[Path]:
    """The folders of all golden pages."""
    return sorted(path.parent for path in FOLDER.glob("*/*/page.html"))


@cache
def catalogue() -> Catalogue:
    """The built-in catalogue."""
    return load_catalogue()


def expected(page: Path) -> dict[str, Any]:
    """What must be read."""
    fields: dict[str, Any] = json.loads((page / "expected.json").read_text("utf-8"))
    return fields


def reading(page: Path) -> dict[str, Any]:
    """What is read today, at the moment that the page says it was captured."""
    given = expected(page)
    url, moment = given["url"], datetime.fromisoformat(given["captured_at"])
    declaration = catalogue().of_url(url)
    assert declaration is not None, f"no source owns {url}"
    capture = Capture(declaration.id, url, moment, 200, "text/html", "", WarcPointer("", 0, 0, ""))
    body = (page / "page.html").read_bytes()
    rules = declaration.line_rules([find_topic("constitutional-reform")])
    draft = read(Draft(capture, Page(url=url, body=body, content_type="text/html", captured_at=moment), rules))
    read_fields = draft.reading
    return {
        "url": url,
        "captured_at": given["captured_at"],
        "source": declaration.id,
        "outcome": draft.outcome.kind.value if draft.outcome else None,
        "title": read_fields.title,
        "lead": read_fields.lead,
        "text": read_fields.text.split("\n"),
        "authors": list(read_fields.authors),
        "section": read_fields.section,
        "tags": list(read_fields.tags),
        "images": [[image.url, image.caption, image.credit] for image in read_fields.images],
        "published": [draft.published.iso(), draft.published.raw, draft.published.found_in] if draft.published else None,
        "modified": draft.modified.iso() if draft.modified else None,
        "language": draft.language,
        "topics": [topic.topic for topic in draft.topics],
    }
