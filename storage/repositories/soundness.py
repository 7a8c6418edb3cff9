"""Consistency checks of the tables beyond foreign keys: one statement per check."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, text

from storage.model.articles import ArticleState
from storage.model.captures import OutcomeKind
from storage.model.sources import AddressKind
from storage.repositories.frontier import EntryState

if TYPE_CHECKING:
    from collections.abc import Iterator
    from enum import StrEnum

    from sqlalchemy.orm import Session


QUESTIONS = {
    "the state {} is not what its captures showed last (article {})": """
        SELECT a.state, a.id FROM articles a
        WHERE NOT EXISTS (
            SELECT 1 FROM article_states s WHERE s.article_number = a.number AND s.state = a.state
            AND s.since = (SELECT max(since) FROM article_states n WHERE n.article_number = a.number))
        AND (a.state <> 'live' OR EXISTS (SELECT 1 FROM article_states s WHERE s.article_number = a.number))""",
    "a state ends before it begins ({} to {}, article {})": """
        SELECT s.since, s.last_seen, a.id FROM article_states s JOIN articles a ON a.number = s.article_number
        WHERE s.last_seen < s.since""",
    "what is shown is none of its revisions (article {})": """
        SELECT a.id FROM articles a WHERE NOT EXISTS (
            SELECT 1 FROM revisions r WHERE r.article_number = a.number AND r.extraction_id = a.extraction_id)""",
    "what is shown is not its newest revision, and no capture returned to an older one (article {})": """
        SELECT a.id FROM articles a JOIN revisions r ON r.article_number = a.number AND r.extraction_id = a.extraction_id
        WHERE r.captured_at < (SELECT max(captured_at) FROM revisions n WHERE n.article_number = a.number)
        AND NOT EXISTS (SELECT 1 FROM outcomes o WHERE o.article_number = a.number AND o.kind = 'reverted')""",
    "a revision is of {}, and its capture of {} (article {})": """
        SELECT r.captured_at, c.captured_at, a.id FROM revisions r JOIN articles a ON a.number = r.article_number
        JOIN extractions e ON e.id = r.extraction_id JOIN captures c ON c.id = e.capture_id WHERE r.captured_at <> c.captured_at""",
    "a revision was read from a capture of another source or article, of {} (article {})": """
        SELECT c.url, a.id FROM revisions r JOIN articles a ON a.number = r.article_number
        JOIN extractions e ON e.id = r.extraction_id JOIN captures c ON c.id = e.capture_id
        LEFT JOIN outcomes o ON o.capture_id = c.id
        WHERE c.source_id <> a.source_id OR o.article_number <> a.number""",
    "it was first seen {}, and its first revision {} (article {})": """
        SELECT a.first_seen_at, min(r.captured_at), a.id FROM articles a JOIN revisions r ON r.article_number = a.number
        GROUP BY a.number HAVING a.first_seen_at <> min(r.captured_at)""",
    "the alias {} is of another source than its article {}": """
        SELECT l.url, a.id FROM aliases l JOIN articles a ON a.number = l.article_number WHERE a.source_id <> l.source_id""",
    "the alias {} is the article's own address (article {})": """
        SELECT l.url, a.id FROM aliases l JOIN articles a ON a.number = l.article_number
        WHERE a.source_id = l.source_id AND a.url = l.url""",
    "the outcome {} names no article (capture of {})": """
        SELECT o.kind, c.url FROM outcomes o JOIN captures c ON c.id = o.capture_id
        WHERE o.kind IN ('new', 'revised', 'reverted', 'alias') AND o.article_number IS NULL""",
    "the outcome {} names an article of another source (capture of {}, article {})": """
        SELECT o.kind, c.url, a.id FROM outcomes o JOIN captures c ON c.id = o.capture_id
        JOIN articles a ON a.number = o.article_number WHERE a.source_id <> c.source_id""",
    "{} is leased by no run, or is not leased and has one ({} in the frontier)": """
        SELECT state, url FROM frontier WHERE (state = 'leased') <> (leased_by IS NOT NULL)""",
    "an address was found on a page of another source ({} in the frontier)": """
        SELECT f.url FROM frontier f JOIN frontier p ON p.id = f.found_on WHERE p.source_id <> f.source_id""",
    "an address belongs to a backfill of another source ({} in the frontier)": """
        SELECT f.url FROM frontier f JOIN backfills b ON b.id = f.backfill_id WHERE b.source_id <> f.source_id""",
    "attempts, checks or hops below zero ({} in the frontier)": """
        SELECT url FROM frontier WHERE attempts < 0 OR checks < 0 OR hops < 0""",
}
"""SQL by message: the statement selects the inconsistent rows, whose columns replace the message's `{}`."""


UNKNOWN: dict[str, tuple[str, type[StrEnum]]] = {
    "{} is no state (article {})": (
        "SELECT s.state, a.id FROM article_states s JOIN articles a ON a.number = s.article_number WHERE s.state NOT IN :known",
        ArticleState,
    ),
    "{} is no outcome (capture of {})": (
        "SELECT o.kind, c.url FROM outcomes o JOIN captures c ON c.id = o.capture_id WHERE o.kind NOT IN :known",
        OutcomeKind,
    ),
    "{} is no kind of address ({} in the frontier)": ("SELECT kind, url FROM frontier WHERE kind NOT IN :known", AddressKind),
    "{} is no state of an address ({} in the frontier)": ("SELECT state, url FROM frontier WHERE state NOT IN :known", EntryState),
}
"""Checks that a column holds only values of an enumeration: (SQL, enumeration) by message."""


def nonsense(session: Session) -> Iterator[str]:
    """Yield a message for each inconsistent row."""
    for said, statement in QUESTIONS.items():
        for row in session.execute(text(statement)).yield_per(100):
            yield said.format(*row)
    for said, (statement, kinds) in UNKNOWN.items():
        asked = text(statement).bindparams(bindparam("known", expanding=True))
        for row in session.execute(asked, {"known": [kind.value for kind in kinds]}).yield_per(100):
            yield said.format(*row)
