"""What happens to articles after they are published: revisions say what changed, known articles are asked again, states are dated."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One step up."""
    with op.batch_alter_table("revisions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("changed", sa.String(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("silent", sa.Boolean(), server_default=sa.false(), nullable=False))
    with op.batch_alter_table("captures", schema=None) as batch_op:
        batch_op.add_column(sa.Column("same_as", sa.DateTime(), nullable=True))
    with op.batch_alter_table("sources", schema=None) as batch_op:
        batch_op.add_column(sa.Column("slowness", sa.Integer(), server_default="1", nullable=False))
    with op.batch_alter_table("frontier", schema=None) as batch_op:
        batch_op.add_column(sa.Column("revisit_at", sa.DateTime(), nullable=True))
        batch_op.add_column(sa.Column("checks", sa.Integer(), server_default="0", nullable=False))
        batch_op.create_index(batch_op.f("ix_frontier_source_id_revisit_at"), ["source_id", "revisit_at"], unique=False)
    op.create_table(
        "article_states",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("last_seen", sa.DateTime(), nullable=False),
        sa.Column("capture_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["article_number"], ["articles.number"], name=op.f("fk_article_states_article_number")),
        sa.ForeignKeyConstraint(["capture_id"], ["captures.id"], name=op.f("fk_article_states_capture_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article_states")),
    )
    with op.batch_alter_table("article_states", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_article_states_article_number_since"), ["article_number", "since"], unique=False)
    op.execute(  # what the archive holds stood there when it was captured
        "INSERT INTO article_states (article_number, state, since, last_seen, capture_id)"
        " SELECT articles.number, 'live', captures.captured_at, captures.captured_at, captures.id FROM articles"
        " JOIN extractions ON extractions.id = articles.extraction_id JOIN captures ON captures.id = extractions.capture_id"
    )
    op.execute(  # articles that the archive holds already are asked again from now on
        "UPDATE frontier SET revisit_at = next_due WHERE kind = 'article' AND state = 'done'"
        " AND EXISTS (SELECT 1 FROM articles WHERE articles.source_id = frontier.source_id AND articles.url = frontier.url)"
    )


def downgrade() -> None:
    """Archives go forward only: the backup made before is the way back."""
