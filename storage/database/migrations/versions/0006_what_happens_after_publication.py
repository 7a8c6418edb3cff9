"""What happens to articles after they are published: revisions say what changed, and known articles are asked again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0001"
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
    op.execute(  # articles that the archive holds already are asked again from now on
        "UPDATE frontier SET revisit_at = next_due WHERE kind = 'article' AND state = 'done'"
        " AND EXISTS (SELECT 1 FROM articles WHERE articles.source_id = frontier.source_id AND articles.url = frontier.url)"
    )


def downgrade() -> None:
    """Archives go forward only: the backup made before is the way back."""
