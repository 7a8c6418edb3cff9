"""docs/reasons.md explains every outcome and every reason that the code can give."""

from __future__ import annotations

import ast
import importlib
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harvester.discovery import discovery_result
from harvester.fetching.no_response import _REASONS
from pipelines.pipeline import STAGES
from pipelines.relevance import RelevanceDecision
from storage.model.articles import Relevance
from storage.model.captures import OutcomeKind

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "reasons.md").read_text("utf-8")
KEYS = {key for row in re.findall(r"^\| (`[^|]+`) \|", PAGE, re.MULTILINE) for key in re.findall(r"`([^`]+)`", row)}

PLACES = {"Outcome": 1, "_outcome": 2, "closed": 0, "Refused": 0, "BadCoding": 0, "of": 0, "Failure": 0, "give_up": 2}
"""Calls that give a reason, and which of their arguments it is."""

NOT_GIVEN = {"not kept", "not fresh"}
"""Policies of kept robots.txt files: nothing is refused for them."""


def begins(node: ast.expr, module: str) -> str | None:
    """How the value of an expression begins, as far as it is written there; None where it is made elsewhere."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.Name):
        value = getattr(importlib.import_module(module), node.id, None)
        return value if isinstance(value, str) else None
    if isinstance(node, ast.JoinedStr):
        first = node.values[0]
        return begins(first.value if isinstance(first, ast.FormattedValue) else first, module)
    return begins(node.left, module) if isinstance(node, ast.BinOp) else None


def reasons() -> Iterator[tuple[str, str]]:
    """Each reason that stands in the code, by its class, with its place."""
    for path in sorted(x for floor in ("harvester", "pipelines", "storage") for x in (ROOT / floor).rglob("*.py")):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name == "of" and "Failure" not in ast.unparse(node.func):
                continue
            place = PLACES.get(name)
            if place is None or len(node.args) <= place:
                continue
            reason = begins(node.args[place], module)
            if reason and reason not in NOT_GIVEN:
                yield re.split(r": |:$", reason)[0].strip(), f"{path.name}:{node.lineno}"


def class_of(reason: str) -> str:
    """The part of a reason that the table has: `status 404` is `status`, `to https://…` is `to`."""
    return reason if reason in KEYS else reason.partition(" ")[0]


def test_every_outcome_is_explained() -> None:
    table = PAGE.split("## Outcomes")[1].split("## ")[0]
    assert re.findall(r"^\| `([\w-]+)` \|", table, re.MULTILINE) == [kind.value for kind in OutcomeKind]


def test_every_reason_in_the_code_is_explained() -> None:
    given = dict(reasons())
    assert {"status", "robots_unreachable", "bad_encoding", "soft-gone", "redirect_loop", "settle"} <= {class_of(x) for x in given}
    assert {reason: place for reason, place in given.items() if class_of(reason) not in KEYS} == {}


def test_every_request_without_a_response_is_explained() -> None:
    assert {reason.partition(":")[0] for _, reason, _ in _REASONS} <= KEYS


def test_every_stage_and_every_problem_of_a_channel_is_explained() -> None:
    assert set(STAGES) <= KEYS
    problems = {
        value for name, value in vars(discovery_result).items() if name.isupper() and isinstance(value, str) and name != "MAX_LENGTH"
    }
    assert len(problems) > 15
    assert problems <= KEYS


@pytest.mark.parametrize(("score", "is_open"), [(1.0, True), (9.0, False)])
def test_every_verdict_is_explained(score: float, is_open: bool) -> None:  # noqa: FBT001
    reason = RelevanceDecision(Relevance("reform", score, ("сенат",)), 3.0, is_open).reason()
    assert re.split(r" \d|, ", reason)[0] in KEYS
