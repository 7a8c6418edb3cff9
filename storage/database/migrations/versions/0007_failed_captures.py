"""Captures whose processing failed are remembered, so that a record that breaks the reading is not read again by every run."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One step up."""
    op.create_table(
        "failed_captures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("warc_file", sa.String(), nullable=False),
        sa.Column("warc_offset", sa.Integer(), nullable=False),
        sa.Column("warc_length", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.DateTime(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_failed_captures_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_failed_captures")),
        sa.UniqueConstraint("warc_file", "warc_offset", name=op.f("uq_failed_captures_warc_file_warc_offset")),
    )
    op.create_index(op.f("ix_failed_captures_run_id"), "failed_captures", ["run_id"], unique=False)


def downgrade() -> None:
    """Archives go forward only: the backup made before is the way back."""
