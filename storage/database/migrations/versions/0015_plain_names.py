"""Tables and columns bear the names of what they hold."""

from __future__ import annotations

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_TABLES = {"readings": "page_quality", "verdicts": "expectation_results"}
_COLUMNS = {
    ("sources", "slowness"): "interval_factor",
    ("clusters", "heir_id"): "merged_into",
    ("frontier", "dry"): "empty_pages",
}
_INDEXES = {
    ("ix_readings_source_id_capture_id", "ix_page_quality_source_id_capture_id"): ("page_quality", ["source_id", "capture_id"]),
    ("ix_readings_source_id_day", "ix_page_quality_source_id_day"): ("page_quality", ["source_id", "day"]),
    ("ix_clusters_heir_id", "ix_clusters_merged_into"): ("clusters", ["merged_into"]),
}


def upgrade() -> None:
    """One step up. Only names change; an index cannot be renamed on SQLite, so three are built again."""
    for old, new in _TABLES.items():
        op.rename_table(old, new)
    for (table, old), new in _COLUMNS.items():
        op.execute(f"ALTER TABLE {table} RENAME COLUMN {old} TO {new}")
    for (old, new), (table, columns) in _INDEXES.items():
        op.drop_index(old, table)
        op.create_index(new, table, columns)


def downgrade() -> None:
    """Archives go forward only: the backup made before is the way back."""
