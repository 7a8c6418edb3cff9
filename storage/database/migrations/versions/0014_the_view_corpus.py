"""The view `corpus`: one row an article, with readable columns, for programs that open the tables themselves.

SQLite checks views when a table is renamed or a column dropped (https://www.sqlite.org/lang_altertable.html, section 7): a later
migration that makes one of these tables anew drops the view first and creates it again at its end.
"""

from __future__ import annotations

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# Plain enough for DuckDB as well, which reads the statement of a view with its own parser. `moment` of a date begins with the day as
# printed; columns have the names, and the values, of an export as CSV (storage/export/flat_row.py).
VIEW = """
CREATE VIEW corpus AS
SELECT
    a.id AS id,
    a.url AS url,
    a.source_id AS source,
    s.name AS source_name,
    s.kind AS kind,
    a.language AS language,
    CASE
        WHEN (e.published ->> 'precision') = 'day' THEN substr(e.published ->> 'moment', 1, 10)
        WHEN (e.published ->> 'precision') = 'month' THEN substr(e.published ->> 'moment', 1, 7)
        ELSE e.published ->> 'moment'
    END AS published,
    substr(e.published ->> 'moment', 1, 10) AS published_day,
    e.published ->> 'precision' AS published_precision,
    e.title AS title,
    e.lead AS lead,
    e.text AS text,
    (SELECT group_concat(o.name, '; ') FROM (
        SELECT name FROM authors WHERE extraction_id = a.extraction_id ORDER BY position
    ) AS o) AS authors,
    e.section AS section,
    (SELECT group_concat(o.tag, '; ') FROM (
        SELECT tag FROM tags WHERE extraction_id = a.extraction_id ORDER BY position
    ) AS o) AS tags,
    (SELECT group_concat(o.topic, '; ') FROM (
        SELECT topic FROM topics WHERE article_number = a.number ORDER BY topic
    ) AS o) AS topics,
    a.state AS state,
    replace(substr(a.first_seen_at, 1, 19), ' ', 'T') || '+00:00' AS first_seen_at,
    (SELECT replace(substr(max(last_seen), 1, 19), ' ', 'T') || '+00:00' FROM article_states
        WHERE article_number = a.number) AS last_seen_at,
    replace(substr(c.captured_at, 1, 19), ' ', 'T') || '+00:00' AS captured_at,
    (SELECT max(number) FROM revisions WHERE article_number = a.number AND extraction_id = a.extraction_id) AS revision,
    a.revisions AS revisions,
    k.id AS cluster,
    e.text_sha256 AS text_sha256,
    c.warc_file AS warc_file,
    c.warc_offset AS warc_offset,
    c.warc_length AS warc_length,
    c.record_id AS record_id
FROM articles AS a
JOIN extractions AS e ON e.id = a.extraction_id
JOIN captures AS c ON c.id = e.capture_id
JOIN sources AS s ON s.id = a.source_id
LEFT JOIN memberships AS m ON m.article_number = a.number
LEFT JOIN clusters AS k ON k.number = m.cluster_number
WHERE a.alias_of IS NULL
"""


def upgrade() -> None:
    """One step up. A view holds no rows of its own: archives made before show all their articles in it."""
    op.execute(VIEW)


def downgrade() -> None:
    """Archives go forward only: the backup made before is the way back."""
