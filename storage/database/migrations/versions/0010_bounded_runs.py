"""A run ends: how often it may still ask an address, refusals of hosts, depth of sitemaps, sources that asked to be left alone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One step up."""
    with op.batch_alter_table("frontier", schema=None) as batch_op:
        batch_op.add_column(sa.Column("asked_in", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("tries_left", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("refusals", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("depth", sa.Integer(), server_default="0", nullable=False))
    with op.batch_alter_table("sources", schema=None) as batch_op:
        batch_op.add_column(sa.Column("resume_at", sa.DateTime(), nullable=True))
    op.execute(  # earlier versions gave an article up for ever when robots.txt, the guard or a name server refused it once
        "UPDATE frontier SET state = 'waiting', attempts = 0, refusals = 1"
        " WHERE kind = 'article' AND state = 'done' AND revisit_at IS NULL"
        " AND (last_outcome LIKE 'robots%' OR last_outcome LIKE 'blocked_address%' OR last_outcome = 'dns')"
    )


def downgrade() -> None:
    """Archives go forward only: the backup made before is the way back."""
