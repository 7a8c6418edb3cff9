"""Captures say whether they are whole."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One step up."""
    op.add_column("captures", sa.Column("truncated", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    """Archives go forward only: the backup made before is the way back."""
