"""Golden pages: pages kept beside the declarations, with the fields that must be extracted from them.

Each is a folder `<source>/<page>/` with `page.html` and `expected.json`. The latter has the page's URL, the
moment of its capture, which is also the moment at which it is read in every check, and every field. `outcome`
is set where the page is expected to be refused.
"""

from __future__ import annotations

import json
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from pipelines.draft import Draft
from pipelines.extraction.overrides import DeclaredFieldError
from pipelines.page import Page
from pipelines.pipeline import read
from storage.atomic_files import write_whole
from storage.errors import UsageError
from storage.model.captures import Capture, WarcPointer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from harvester.catalogue.declaration import Declaration
    from harvester.catalogue.loader import Catalogue
    from pipelines.rules import TopicRules

PAGE, EXPECTED = "page.html", "expected.json"
FOLDER = "golden"
"""Name of the folder of golden pages, inside a folder of declarations, that `harvester sources check` reads.
"""

_TYPE = "text/html"


def golden_pages(folder: Path, source: str | None = None) -> list[Path]:
    """Return the folders of all golden pages, or of those of one source."""
    return sorted(path.parent for path in folder.glob(f"{source or '*'}/*/{PAGE}"))


def expected(page: Path) -> dict[str, Any]:
    """Return the expected fields of a golden page.

    Raises:
        UsageError: `expected.json` is missing, cannot be read, or is no JSON object with `url` and
            `captured_at`; it names the file.
    """
    path = page / EXPECTED
    try:
        fields: dict[str, Any] = json.loads(path.read_text("utf-8"))
        datetime.fromisoformat(fields["captured_at"])
        str(fields["url"])
    except FileNotFoundError:
        raise UsageError(f"{path} is missing.", f"Take {page} away, or record the page again under its name.") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.", "Make it readable, or record the page again.") from error
    except (ValueError, TypeError, KeyError) as error:
        raise UsageError(f"{path} is no JSON object with url and captured_at: {error}.", "Correct it, or record the page again.") from error
    return fields


def reading(page: Path, catalogue: Catalogue, topics: Sequence[TopicRules]) -> dict[str, Any]:
    """Return the fields that are extracted today, as of the page's recorded moment of capture.

    The name of the folder above the page is the source's id.

    Raises:
        UsageError: `expected.json` cannot be used, the source is unknown, or the declaration of a field
            cannot be used.
    """
    given = expected(page)
    url, moment = str(given["url"]), datetime.fromisoformat(given["captured_at"])
    body = (page / PAGE).read_bytes()
    owner = catalogue.of_url(url)
    return {"url": url, "captured_at": given["captured_at"], "source": owner.id if owner else None} | _fields(
        catalogue.get(page.parent.name), topics, Page(url, body, _TYPE, moment)
    )


def _fields(declaration: Declaration, topics: Sequence[TopicRules], page: Page) -> dict[str, Any]:
    capture = Capture(declaration.id, page.url, page.captured_at, HTTPStatus.OK.value, _TYPE, "", WarcPointer("", 0, 0, ""))
    try:
        draft = read(Draft(capture, page, declaration.line_rules(topics)))
    except DeclaredFieldError as error:
        raise UsageError(f"{page.url} cannot be read: {error}.", "Correct the declaration.") from error
    found = draft.reading
    return {
        "outcome": draft.outcome.kind.value if draft.outcome else None,
        "title": found.title,
        "lead": found.lead,
        "text": found.text.split("\n"),
        "authors": list(found.authors),
        "section": found.section,
        "tags": list(found.tags),
        "images": [[image.url, image.caption, image.credit] for image in found.images],
        "published": [draft.published.iso(), draft.published.raw, draft.published.found_in] if draft.published else None,
        "modified": draft.modified.iso() if draft.modified else None,
        "language": draft.language,
        "topics": [topic.topic for topic in draft.topics],
    }


def differences(page: Path, catalogue: Catalogue, topics: Sequence[TopicRules]) -> dict[str, tuple[Any, Any]]:
    """Return, by field, the expected value and today's, where they differ.

    Raises:
        UsageError: as `reading` does.
    """
    given, today = expected(page), reading(page, catalogue, topics)
    return {field: (given.get(field), value) for field, value in today.items() if given.get(field) != value or field not in given}


def golden_faults(folder: Path, catalogue: Catalogue, topics: Sequence[TopicRules]) -> Iterator[str]:
    """Yield every difference of every golden page in a folder, one sentence each."""
    for page in golden_pages(folder):
        try:
            different = differences(page, catalogue, topics)
        except UsageError as error:
            yield f"{page}: {error}"
            continue
        for field, (wanted, read_now) in different.items():
            yield f"{page}: {field} reads {shown(read_now)}, expected is {shown(wanted)}."
        if "source" not in different and (fault := _foreign(page, expected(page), catalogue)):
            yield fault


def _foreign(page: Path, given: dict[str, Any], catalogue: Catalogue) -> str:
    """Return a fault if the source's patterns do not accept the URL of one of its articles.

    Empty when they do, or when the page is expected to be refused.
    """
    owner = catalogue.of_url(str(given["url"]))
    if given.get("outcome") is not None or (owner and owner.id == page.parent.name):
        return ""
    return f"{page}: {given['url']} is no article of {page.parent.name} by its patterns (`articles`)."


def shown(value: Any, most: int = 120) -> str:
    """Return a value as JSON, cut after `most` characters."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= most else f"{text[:most]}…"


def accept(page: Path, catalogue: Catalogue, topics: Sequence[TopicRules]) -> None:
    """Replace the expected fields by those that are extracted today.

    Raises:
        UsageError: as `reading` does.
    """
    _write(page, reading(page, catalogue, topics))


def refuse_recorded(folder: Path) -> None:
    """Refuse a folder that holds a golden page already.

    A folder that lacks one of the two files may be recorded again.

    Raises:
        UsageError: both files of a golden page exist.
    """
    if (folder / PAGE).exists() and (folder / EXPECTED).exists():
        raise UsageError(f"{folder} is there already.", "Give the page another name, or take the old one away.")


def record(folder: Path, page: Page, declaration: Declaration, catalogue: Catalogue, topics: Sequence[TopicRules]) -> None:
    """Store a page in a folder, with its moment of capture and the fields that are extracted today.

    Nothing is written of a page that cannot be extracted.

    Raises:
        UsageError: there is such a page already, or it cannot be extracted or written.
    """
    refuse_recorded(folder)
    owner = catalogue.of_url(page.url)
    moment = page.captured_at.isoformat(timespec="seconds")
    origin = {"url": page.url, "captured_at": moment, "source": owner.id if owner else None}
    fields = _fields(declaration, topics, Page(page.url, page.body, _TYPE, datetime.fromisoformat(moment)))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(folder / PAGE, page.body)
        _write(folder, origin | fields)
    except OSError as error:
        raise UsageError(f"{folder} cannot be written: {error.strerror}.", "Choose another folder with --golden.") from error


def _write(page: Path, fields: dict[str, Any]) -> None:
    write_whole(page / EXPECTED, (json.dumps(fields, ensure_ascii=False, indent=1) + "\n").encode())
