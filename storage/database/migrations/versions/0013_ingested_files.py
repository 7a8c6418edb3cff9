"""Captures that were ingested say which file they came from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One step up. Where earlier captures came from was printed once and kept nowhere: they have no file until it is ingested again."""
    op.create_table(
        "ingested_files",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("run_id", sa.Integer(), sa.ForeignKey("runs.id"), nullable=False),
        sa.Column("ingested_at", sa.DateTime(), nullable=False),
        sa.UniqueConstraint("sha256", "name"),
    )
    # in plain SQL, because Alembic would copy the whole table to add a column with a foreign key on SQLite
    op.execute("ALTER TABLE captures ADD COLUMN ingested_from INTEGER CONSTRAINT fk_captures_ingested_from REFERENCES ingested_files (id)")


def downgrade() -> None:
    """Archives go forward only: the backup made before is the way back."""
