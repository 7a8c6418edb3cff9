"""Tables of sketches and clusters of near-duplicates."""

from __future__ import annotations

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from storage.database.base import Base


class SketchRow(Base):
    """A shingle of an article's containment sketch."""

    __tablename__ = "sketches"
    __table_args__ = ({"sqlite_with_rowid": False},)
    shingle: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    article_number: Mapped[int] = mapped_column(ForeignKey("articles.number"), primary_key=True, index=True)


class ClusterRow(Base):
    """A cluster of near-duplicates.

    `id` is its public name and is never given twice; `merged_into` is the cluster that it was merged into.
    """

    __tablename__ = "clusters"
    number: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(unique=True)
    merged_into: Mapped[int | None] = mapped_column(ForeignKey("clusters.number"), index=True)


class MembershipRow(Base):
    """The cluster of an article (null: none), and the similarity that decided it.

    `precision` is that of the article's date. `rules` is the version of the rules that decided (null: the
    first). An article without a row, or with another version than today's, is assigned by a later run.
    """

    __tablename__ = "memberships"
    article_number: Mapped[int] = mapped_column(ForeignKey("articles.number"), primary_key=True)
    cluster_number: Mapped[int | None] = mapped_column(ForeignKey("clusters.number"), index=True)
    similarity: Mapped[float]
    kind: Mapped[str]
    precision: Mapped[str | None]
    rules: Mapped[int | None]


class ExcerptRow(Base):
    """A passage of one article in another: a relation that joins neither to the other's cluster.

    `article_number` is the text that holds the passage, `quoted_number` the one that it is taken from,
    `share` the passage's share of the latter (0 to 1).
    """

    __tablename__ = "excerpts"
    article_number: Mapped[int] = mapped_column(ForeignKey("articles.number"), primary_key=True)
    quoted_number: Mapped[int] = mapped_column(ForeignKey("articles.number"), primary_key=True, index=True)
    share: Mapped[float]


class BoilerplateRow(Base):
    """A shingle in too many different texts to distinguish them."""

    __tablename__ = "boilerplate"
    shingle: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
