"""`python -m tests.docs.api_page` writes docs/api.md from the docstrings of what scripts may rely on."""

from __future__ import annotations

import dataclasses
import inspect
import re
from pathlib import Path
from typing import Any

from harvester import Article, ArticleQuery, HarvesterError, Hit, Story, load_catalogue, open_archive
from storage.model.articles import DateStamp, Extraction, Revision
from storage.model.clusters import Membership, StoryArticle, StoryCluster
from storage.model.sources import Source
from storage.reader import ArchiveReader

PAGE = Path(__file__).resolve().parents[2] / "docs" / "api.md"
COMMAND = "python -m tests.docs.api_page"
METHODS = ("articles", "hits", "count", "count_undated", "article", "revision_readings", "cluster", "stories", "response")
"""The methods of an opened archive that scripts may rely on."""
VALUES = (Article, Hit, Story, StoryArticle, Extraction, DateStamp, Source, Revision, StoryCluster, Membership)
_EXAMPLE = """from harvester import ArticleQuery, open_archive

query = ArticleQuery("референдум -спорт", languages="ru", since="2026-02", until="2026-03")
with open_archive("archive") as archive:
    print(archive.count(query), "articles")
    for article in archive.articles(query):
        print(article.day, article.source.id, article.title)
    rows = [article.as_row() for article in archive.articles(query)]  # as in the export
    for hit in archive.hits(ArticleQuery("референдум", sort="rank", limit=5)):
        print(hit.id, hit.title, hit.text)
"""
_HEAD = f"""# The archive in Python

Written by `{COMMAND}` from the docstrings. What stands here is what scripts may rely on; everything else is internal.

```python
{_EXAMPLE}```

`from harvester import …` gives {{names}}.
Values are frozen and typed; `mypy` sees the types. An archive may be read while a crawl writes to it, and nothing can be written
through it. [Query](query.md) describes the words, [fields](fields.md) the rows.
"""


def page() -> str:
    """What the page must hold today."""
    names = ("Article", "ArticleQuery", "HarvesterError", "Hit", "Story", "load_catalogue", "open_archive")
    parts = [_HEAD.replace("{names}", ", ".join(f"`{name}`" for name in names))]
    parts += ["## Open an archive\n", _function("open_archive", open_archive)]
    parts += ["## Ask it\n", _of_docstring(ArchiveReader)]
    parts += [_function(name, getattr(ArchiveReader, name)) for name in METHODS]
    parts += ["## ArticleQuery\n", _of_docstring(ArticleQuery)]
    parts += ["## What comes back\n", *(_value(value) for value in VALUES)]
    parts += ["## Sources\n", _function("load_catalogue", load_catalogue), "## Errors\n", _of_docstring(HarvesterError)]
    return "\n".join(parts)


def _function(name: str, function: Any) -> str:
    signature = inspect.signature(function)
    shown = [str(parameter).replace("'", "") for parameter in signature.parameters.values() if parameter.name != "self"]
    returned = "" if function is open_archive else f" -> {signature.return_annotation}".replace("queries.", "")
    return f"### {name}\n`{name}({', '.join(shown)}){returned}`\n\n{_of_docstring(function)}"


def _value(value: type) -> str:
    fields = [f"- `{field.name}: {field.type}`" for field in dataclasses.fields(value)]
    lines = []
    for name, member in vars(value).items():
        if isinstance(member, property):
            lines.append(f"- `{name}: {inspect.signature(member.fget).return_annotation}`: {_first_line(member)}")  # type: ignore[arg-type]
        elif inspect.isfunction(member) and not name.startswith("_"):
            lines.append(f"- `{name}() -> {inspect.signature(member).return_annotation}`: {_first_line(member)}")
    more = "\nand, read from these,\n\n" + "\n".join(lines) + "\n" if lines else ""
    return f"### {value.__name__}\n{_of_docstring(value)}\n" + "\n".join(fields) + "\n" + more


def _first_line(member: Any) -> str:
    text = inspect.getdoc(member) or ""
    return " ".join(text.split("\n\n")[0].split())


def _of_docstring(of: Any) -> str:
    """A docstring in Google's style as Markdown: its sections become lists."""
    lines = []
    for line in (inspect.getdoc(of) or "").splitlines():
        if section := re.fullmatch(r"(Args|Raises|Yields|Returns):", line):
            lines += [f"**{section[1]}**", ""]
        elif item := re.fullmatch(r" {4}(\w+): (.*)", line):
            lines.append(f"- `{item[1]}`: {item[2]}")
        else:
            lines.append(f"  {line.strip()}" if line.startswith("        ") else line.strip())
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
