"""A verification from end to end. It only reads, and does not need the archive's lock.

What a killed run leaves behind is no damage: a torn tail, answers that nobody has read yet and an index of a WARC file that does not
know them lie behind everything that a row points at, and the next run mends them. They are notes.
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
    """Everything that is wrong in an archive, as it is found; `checked` grows meanwhile.

    With `deep`, every text is read again from its WARC record with the declarations of that catalogue. Memory is bounded, whatever the
    archive holds. An archive that a crawl writes to meanwhile may be verified.
    """
    yield from _surviving(map(Damage, archive.damage()))
    yield from _surviving(check_readings(archive, checked))
    yield from _surviving(check_articles(archive, checked))
    yield from _surviving(check_revisions(archive))
    yield from _surviving(map(Damage, archive.index_damage()))
    yield from _surviving(check_files(archive, checked))
    if deep is not None:
        from harvester.verification.rereading import check_against_warc  # the line loads only where it is needed

        yield from _surviving(check_against_warc(archive, deep, checked))


def _surviving(damages: Iterable[Damage]) -> Iterator[Damage]:
    """Damages until the tables themselves cannot be read on, which is one more."""
    try:
        yield from damages
    except DamageFound as error:
        yield Damage(error.message)
    except (ValueError, KeyError, TypeError) as error:  # a moment, a kind or a JSON value that nobody of us wrote
        yield Damage(f"a row cannot be read: {error}")
