"""Histories follow from the captures: outcomes keep what each capture showed, revisions are numbered, an alias keeps its own history."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One step up."""
    with op.batch_alter_table("captures", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_captures_record_id"), type_="unique")
        batch_op.create_index(batch_op.f("ix_captures_record_id"), ["record_id"], unique=False)
        batch_op.drop_index(batch_op.f("ix_captures_warc_file_warc_offset"))
        batch_op.create_index(batch_op.f("ix_captures_warc_file_warc_offset"), ["warc_file", "warc_offset"], unique=True)
        batch_op.create_index(batch_op.f("ix_captures_captured_at_source_id"), ["captured_at", "source_id"], unique=False)
    with op.batch_alter_table("articles", schema=None) as batch_op:
        batch_op.add_column(sa.Column("alias_of", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_articles_alias_of"), "articles", ["alias_of"], ["number"])
        batch_op.create_index(batch_op.f("ix_articles_alias_of"), ["alias_of"], unique=False)
    with op.batch_alter_table("aliases", schema=None) as batch_op:
        batch_op.add_column(sa.Column("id", sa.String(), nullable=True))
        batch_op.create_index(batch_op.f("ix_aliases_id"), ["id"], unique=False)
    _outcomes()
    _revisions()


def _outcomes() -> None:
    """What each capture showed, as far as the tables tell; the rest is read again from the WARC when it is needed."""
    with op.batch_alter_table("outcomes", schema=None) as batch_op:
        batch_op.add_column(sa.Column("state", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("extraction_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("line", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("content_sha256", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("is_paywalled", sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column("out_of_scope", sa.String(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_outcomes_extraction_id"), "extractions", ["extraction_id"], ["id"])
    op.execute(
        "UPDATE outcomes SET extraction_id = (SELECT max(id) FROM extractions WHERE extractions.capture_id = outcomes.capture_id)"
        " WHERE kind IN ('new', 'revised')"
    )
    op.execute(  # a capture inside a span of its article showed that state, unless the site as a whole had failed
        "UPDATE outcomes SET state = (SELECT spans.state FROM article_states AS spans"
        " JOIN captures ON captures.id = outcomes.capture_id JOIN articles ON articles.number = outcomes.article_number"
        " WHERE spans.article_number = outcomes.article_number AND captures.url = articles.url"
        " AND captures.captured_at BETWEEN spans.since AND spans.last_seen"
        " AND ((outcomes.kind IN ('new', 'revised', 'reverted', 'unchanged') AND spans.state IN ('live', 'paywalled'))"
        " OR (outcomes.kind IN ('gone', 'redirect', 'refused', 'walled') AND spans.state <> 'live')) ORDER BY spans.id LIMIT 1)"
        " WHERE article_number IS NOT NULL"
    )


def _revisions() -> None:
    """A revision's number is its rank; two of one second are both kept."""
    with op.batch_alter_table("revisions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("number", sa.Integer(), server_default="0", nullable=False))
        batch_op.drop_constraint(batch_op.f("uq_revisions_article_number_captured_at"), type_="unique")
    op.execute(
        "UPDATE revisions SET number = (SELECT count(*) FROM revisions AS earlier WHERE earlier.article_number = revisions.article_number"
        " AND (earlier.captured_at, earlier.id) <= (revisions.captured_at, revisions.id))"
    )
    with op.batch_alter_table("revisions", schema=None) as batch_op:
        batch_op.alter_column("number", server_default=None)
        batch_op.create_unique_constraint(batch_op.f("uq_revisions_article_number_number"), ["article_number", "number"])


def downgrade() -> None:
    """Archives go forward only: the backup made before is the way back."""
