"""Backfills, and what the frontier keeps of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One step up."""
    op.create_table(
        "backfills",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_backfills_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backfills")),
    )
    with op.batch_alter_table("backfills", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_backfills_source_id_since"), ["source_id", "since"], unique=False)
    with op.batch_alter_table("frontier", schema=None) as batch_op:
        batch_op.add_column(sa.Column("backfill_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("found_on", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("dry", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_frontier_backfill_id"), "backfills", ["backfill_id"], ["id"])
        batch_op.create_foreign_key(batch_op.f("fk_frontier_found_on"), "frontier", ["found_on"], ["id"])
        batch_op.create_index(batch_op.f("ix_frontier_found_on"), ["found_on"], unique=False)


def downgrade() -> None:
    """One step down."""
    with op.batch_alter_table("frontier", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_frontier_found_on"))
        batch_op.drop_constraint(batch_op.f("fk_frontier_found_on"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_frontier_backfill_id"), type_="foreignkey")
        batch_op.drop_column("dry")
        batch_op.drop_column("found_on")
        batch_op.drop_column("backfill_id")
    op.drop_table("backfills")
