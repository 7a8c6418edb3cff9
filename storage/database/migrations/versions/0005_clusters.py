"""Clusters of reprints."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Tables for clusters, memberships and boilerplate; articles stored before are decided by the runs that follow."""
    op.create_table(
        "boilerplate",
        sa.Column("shingle", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("shingle", name=op.f("pk_boilerplate")),
    )
    op.create_table(
        "clusters",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("heir_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["heir_id"], ["clusters.number"], name=op.f("fk_clusters_heir_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_clusters")),
        sa.UniqueConstraint("id", name=op.f("uq_clusters_id")),
    )
    op.create_table(
        "memberships",
        sa.Column("article_number", sa.Integer(), nullable=False),
        sa.Column("cluster_number", sa.Integer(), nullable=True),
        sa.Column("similarity", sa.Double(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("precision", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["article_number"], ["articles.number"], name=op.f("fk_memberships_article_number")),
        sa.ForeignKeyConstraint(["cluster_number"], ["clusters.number"], name=op.f("fk_memberships_cluster_number")),
        sa.PrimaryKeyConstraint("article_number", name=op.f("pk_memberships")),
    )
    op.create_index(op.f("ix_clusters_heir_id"), "clusters", ["heir_id"], unique=False)
    op.create_index(op.f("ix_memberships_cluster_number"), "memberships", ["cluster_number"], unique=False)


def downgrade() -> None:
    """Take the tables away."""
    for name in ("memberships", "clusters", "boilerplate"):
        op.drop_table(name)
