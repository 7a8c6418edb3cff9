"""A digest of what an article's topics say, so that a verdict that was changed by other means is found.

Articles of an older archive get the digest of what stands there now.
"""

from __future__ import annotations

import hashlib
import json
from itertools import groupby

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_BATCH = 500
_ARTICLES = "SELECT number, id FROM articles WHERE number > :after ORDER BY number LIMIT :batch"
_TOPICS = (
    "SELECT article_number, topic, score, matched FROM topics WHERE article_number > :after AND article_number <= :last "
    "ORDER BY article_number, topic"
)
_FILL = "UPDATE articles SET topics_sha256 = :digest WHERE number = :number"


def upgrade() -> None:
    """From 0006."""
    op.add_column("articles", sa.Column("topics_sha256", sa.String(), nullable=True))
    connection = op.get_bind()
    after = 0
    while articles := connection.execute(sa.text(_ARTICLES), {"after": after, "batch": _BATCH}).all():
        last = articles[-1].number
        rows = connection.execute(sa.text(_TOPICS), {"after": after, "last": last}).all()
        topics = {number: list(of_one) for number, of_one in groupby(rows, key=lambda row: row.article_number)}
        digests = [{"number": number, "digest": _digest(identity, topics.get(number, []))} for number, identity in articles]
        connection.execute(sa.text(_FILL), digests)
        after = last


def _digest(article: str, rows: list[sa.Row[tuple[int, str, float, str]]]) -> str:
    """As `storage.repositories.articles.topics_digest` was when this step was written."""
    said = [article, [[row.topic, float(row.score), json.loads(row.matched)] for row in rows]]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()


def downgrade() -> None:
    """Archives go forward only: the backup made before is the way back."""
