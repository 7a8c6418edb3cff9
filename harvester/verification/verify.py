"""Verification of a whole archive. It only reads, and does not need the archive's lock.

Traces of a killed run are no damage: a torn tail, responses without an outcome, and an index of a WARC file
that lacks them lie behind everything that a row points at, and the next run repairs them. They are reported
as notes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harvester.verification.damage import Checked, Damage
from harvester.verification.files import check_files
from harvester.verification.histories import check_revisions
from harvester.verification.tables import check_articles, check_readings
from storage.errors import DamageFound

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from harvester.catalogue.loader import Catalogue
    from storage.reader import ArchiveReader


def verify(archive: ArchiveReader, checked: Checked, deep: Catalogue | None = None) -> Iterator[Damage]:
    """Yield each damage of an archive as it is found, and update `checked` meanwhile.

    With `deep`, every text is extracted again from its WARC record with the declarations of that catalogue.
    Memory is bounded, whatever the size of the archive. A crawl may write to the archive meanwhile.
    """
    yield from _surviving(map(Damage, archive.damage()))
    yield from _surviving(check_readings(archive, checked))
    yield from _surviving(check_articles(archive, checked))
    yield from _surviving(check_revisions(archive))
    yield from _surviving(map(Damage, archive.index_damage()))
    yield from _surviving(check_files(archive, checked))
    if deep is not None:
        # load the pipeline only where it is needed
        from harvester.verification.rereading import check_against_warc

        yield from _surviving(check_against_warc(archive, deep, checked))


def _surviving(damages: Iterable[Damage]) -> Iterator[Damage]:
    """Yield damages; where the tables cannot be read any further, yield that as one more and end."""
    try:
        yield from damages
    except DamageFound as error:
        yield Damage(error.message)
    except (ValueError, KeyError, TypeError) as error:  # a date, kind or JSON value never written here
        yield Damage(f"a row cannot be read: {error}")
