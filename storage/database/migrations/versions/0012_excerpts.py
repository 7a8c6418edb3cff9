"""Excerpts: passages of one article that stand in another, and by which rules an article was placed in its cluster."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """From 0011. What was decided before keeps standing until the runs that follow decide it anew."""
    op.add_column("memberships", sa.Column("rules", sa.Integer(), nullable=True))
    op.create_table(
        "excerpts",
        sa.Column("article_number", sa.Integer(), nullable=False),
        sa.Column("quoted_number", sa.Integer(), nullable=False),
        sa.Column("share", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["article_number"], ["articles.number"], name=op.f("fk_excerpts_article_number")),
        sa.ForeignKeyConstraint(["quoted_number"], ["articles.number"], name=op.f("fk_excerpts_quoted_number")),
        sa.PrimaryKeyConstraint("article_number", "quoted_number", name=op.f("pk_excerpts")),
    )
    op.create_index(op.f("ix_excerpts_quoted_number"), "excerpts", ["quoted_number"], unique=False)


def downgrade() -> None:
    """Archives go forward only: the backup made before is the way back."""
