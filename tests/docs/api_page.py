"""`python -m tests.docs.api_page` writes docs/api.md from the docstrings of what scripts may rely on."""

from __future__ import annotations

import dataclasses
import inspect
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import harvester
from harvester import ArticleQuery, Catalogue, HarvesterError, NewsArchive, load_catalogue, open_archive

if TYPE_CHECKING:
    from enum import StrEnum

PAGE = Path(__file__).resolve().parents[2] / "docs" / "api.md"
COMMAND = "python -m tests.docs.api_page"
METHODS = (
    *("articles", "hits", "count", "count_undated", "explain", "names", "near_words"),
    *("article", "revision_readings", "cluster", "stories", "response", "close"),
)
"""The methods of an opened archive, in the order of the page."""
VALUES = (
    *("Article", "Hit", "Snippet", "Story", "StoryArticle", "Extraction", "DateStamp", "Image", "Source", "Relevance"),
    *("Revision", "Edit", "StateSpan", "StoryCluster", "Membership", "ClusterMark", "Excerpts", "Excerpt", "Edition"),
    *("IngestedFile", "WarcPointer", "WarcResponse", "Original"),
)
"""What comes back, in the order of the page."""
ERRORS = ("UsageError", "ArchiveUnusable", "DatabaseUnavailable", "DamageFound", "BadPointer", "BadCoding")
CHOICES = ("ArticleState", "Precision", "SourceKind", "ReprintKind", "FoundIn")
INTERNAL = ("with_body_of", "decoded")
"""Methods of values that other modules of the program call, and scripts may not rely on."""
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
_DIFF = """import difflib

from harvester import ArticleQuery, open_archive

with open_archive("archive") as archive:
    for article in archive.articles(ArticleQuery(changed=True, limit=5)):
        first, *_, last = archive.revision_readings(article) or []
        print(*difflib.unified_diff(first.text.split("\\n"), last.text.split("\\n"), lineterm=""), sep="\\n")
"""
_EXPORT = """from pathlib import Path

from harvester import ArticleQuery, open_archive

with open_archive("archive") as archive, Path("referendum.jsonl").open("wb") as file:
    file.writelines(article.as_line() for article in archive.articles(ArticleQuery("референдум")))
"""
_HEAD = f"""# The archive in Python

Written by `{COMMAND}` from the docstrings. What stands here is what scripts may rely on; everything else is internal.

```python
{_EXAMPLE}```

`from harvester import …` gives `open_archive`, `ArticleQuery`, `load_catalogue`, and every type and error that has a name here.
Values are frozen and typed; `mypy` sees the types. An archive may be read while a crawl writes to it, and nothing can be written
through it. [Query](query.md) describes the words, [fields](fields.md) the rows.

In a notebook, `archive = open_archive("archive")` is usable at once, until `archive.close()`. For pandas make a table of rows,
`pd.DataFrame([article.as_row() for article in archive.articles(query)])`: one of the articles themselves lacks the columns that are
read from others, such as title and text. A word or a name that is misspelt finds nothing and is no error; `archive.explain(query)`
says what is near to it, and `archive.names("sources")` what the archive holds.

There is no method for a difference or for an export. What the publisher of an article changed between its first and its last
revision:

```python
{_DIFF}```

The same bytes as `harvester export референдум --output referendum.jsonl`, without the manifest:

```python
{_EXPORT}```
"""
_ERRORS = """The errors that reading an archive can raise, and the exit code with which a command ends that meets them. A field of
`ArticleQuery` that has another type is Python's own `TypeError`. Commands that write raise others; all are a `HarvesterError`.
"""


def page() -> str:
    """What the page must hold today."""
    parts = [_HEAD, "## Open an archive\n", _function("open_archive", open_archive)]
    parts += ["## Ask it\n\n### NewsArchive", _of_docstring(NewsArchive), "- `directory: Path`\n"]
    parts += [_function(name, getattr(NewsArchive, name)) for name in METHODS]
    parts += ["## ArticleQuery\n", _of_docstring(ArticleQuery)]
    parts += ["## What comes back\n", *(_value(getattr(harvester, name)) for name in VALUES)]
    parts += ["## Fixed values\n\nEach is a `StrEnum`, equal to its string.\n", *(_choice(getattr(harvester, name)) for name in CHOICES)]
    parts += ["## Sources\n", _function("load_catalogue", load_catalogue), _value(Catalogue)]
    parts += ["## Errors\n", _of_docstring(HarvesterError), _ERRORS, *(_error(getattr(harvester, name)) for name in ERRORS), ""]
    return "\n".join(parts)


def _function(name: str, function: Any) -> str:
    return f"### {name}\n`{name}{_signature(function)}`\n\n{_of_docstring(function)}"


def _signature(function: Any) -> str:
    """The signature without `self`, its types as the code writes them, and with the `*` before what is given by name alone."""
    signature = inspect.signature(function)
    shown = signature.replace(parameters=[x for x in signature.parameters.values() if x.name != "self"])
    return str(shown).replace("'", "")


def _value(value: type) -> str:
    fields = [f"- `{field.name}: {field.type}`" for field in dataclasses.fields(value)]
    lines = []
    for name, member in vars(value).items():
        if isinstance(member, property):
            lines.append(f"- `{name}: {inspect.signature(member.fget).return_annotation}`: {_first_line(member)}")  # type: ignore[arg-type]
        elif inspect.isfunction(member) and not name.startswith("_") and name not in INTERNAL:
            lines.append(f"- `{name}{_signature(member)}`: {_first_line(member)}")
    more = "\nand, read from these,\n\n" + "\n".join(lines) + "\n" if lines else ""
    return f"### {value.__name__}\n{_of_docstring(value)}\n" + "\n".join(fields) + "\n" + more


def _choice(choice: type[StrEnum]) -> str:
    return f"### {choice.__name__}\n{_of_docstring(choice)}\n{', '.join(f'`{x.value}`' for x in choice)}\n"


def _error(error: type[HarvesterError]) -> str:
    base = error.__mro__[1].__name__
    return f"- `{error.__name__}` (a `{base}`, exit code {error.exit_code}): {_first_line(error)}"


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
