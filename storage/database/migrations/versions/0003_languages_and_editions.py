"""The languages of an article by their share, and clues to its versions in other languages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One step up. What was read before has no shares and no clues until it is read again."""
    op.add_column("extractions", sa.Column("languages", sa.String(), nullable=True))
    op.create_table(
        "editions",
        sa.Column("article_number", sa.Integer(), nullable=False),
        sa.Column("found_in", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["article_number"], ["articles.number"], name=op.f("fk_editions_article_number")),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_editions_source_id")),
        sa.PrimaryKeyConstraint("article_number", "found_in", "key", name=op.f("pk_editions")),
    )
    with op.batch_alter_table("editions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_editions_source_id_found_in_key"), ["source_id", "found_in", "key"], unique=False)


def downgrade() -> None:
    """Nothing leads back: an older program refuses newer tables."""
