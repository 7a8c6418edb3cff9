"""What pages gave, which selectors answered, and whether promises were kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One step up. What earlier versions read was not counted; counting begins with the next run."""
    op.create_table(
        "readings",
        sa.Column("capture_id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("day", sa.String(), nullable=True),
        sa.Column("byline", sa.Boolean(), nullable=False),
        sa.Column("body_chars", sa.Integer(), nullable=False),
        sa.Column("in_scope", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["capture_id"], ["captures.id"], name=op.f("fk_readings_capture_id")),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_readings_source_id")),
        sa.PrimaryKeyConstraint("capture_id", name=op.f("pk_readings")),
    )
    op.create_index(op.f("ix_readings_source_id_capture_id"), "readings", ["source_id", "capture_id"], unique=False)
    op.create_index(op.f("ix_readings_source_id_day"), "readings", ["source_id", "day"], unique=False)
    op.create_table(
        "selectors",
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("selector", sa.String(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("matched", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_selectors_run_id")),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_selectors_source_id")),
        sa.PrimaryKeyConstraint("source_id", "field", "selector", "run_id", name=op.f("pk_selectors")),
    )
    op.create_table(
        "verdicts",
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("promise", sa.String(), nullable=False),
        sa.Column("first_run", sa.Integer(), nullable=False),
        sa.Column("last_run", sa.Integer(), nullable=False),
        sa.Column("promised", sa.String(), nullable=False),
        sa.Column("measured", sa.String(), nullable=False),
        sa.Column("over", sa.Integer(), nullable=False),
        sa.Column("kept", sa.Boolean(), nullable=False),
        sa.Column("told", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["first_run"], ["runs.id"], name=op.f("fk_verdicts_first_run")),
        sa.ForeignKeyConstraint(["last_run"], ["runs.id"], name=op.f("fk_verdicts_last_run")),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_verdicts_source_id")),
        sa.PrimaryKeyConstraint("source_id", "promise", "first_run", name=op.f("pk_verdicts")),
    )


def downgrade() -> None:
    """Back to the first tables; what was counted is lost."""
    op.drop_table("verdicts")
    op.drop_table("selectors")
    op.drop_table("readings")
