"""The words of the code: one name for one thing, and a glossary that names every type that others meet."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GLOSSARY_OF = ("storage/model/*.py", "pipelines/draft.py", "pipelines/rules.py", "pipelines/pipeline.py")


def public_classes(*patterns: str) -> list[tuple[str, str]]:
    """Return module and name of the classes without a leading underscore at the top level of some files."""
    files = [path for pattern in patterns for path in sorted(ROOT.glob(pattern))]
    assert files
    return [
        (".".join(path.relative_to(ROOT).with_suffix("").parts), node.name)
        for path in files
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    ]


def test_no_two_public_classes_have_one_name() -> None:
    names = Counter(name for _, name in public_classes("harvester/**/*.py", "pipelines/**/*.py", "storage/**/*.py"))
    assert [name for name, count in names.items() if count > 1] == []


@pytest.mark.parametrize("pattern", GLOSSARY_OF)
def test_the_glossary_names_every_type_of_the_vocabulary(pattern: str) -> None:
    glossary = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    named = {
        (module, name)
        for names, module in re.findall(r"^\| (`.+?`) \|.*\| `([\w.]+)` \|$", glossary, re.MULTILINE)
        for name in re.findall(r"`(\w+)`", names)
    }
    assert [pair for pair in public_classes(pattern) if pair not in named] == []
