"""Aliases: addresses of one source that show one article.

Two addresses with the same text are evidence, not identity: a maintenance page is at every address of a site.
So each address keeps a history of its own, and is hidden under an article only as long as everything that it
showed is what that article showed at the time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from pipelines.alternate_urls import is_same_article, other_addresses
from pipelines.fingerprints import sketch
from storage.model.history import AliasChange

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from storage.archive import Archive
    from storage.model.articles import Extraction
    from storage.model.history import PageTimeline, ShownText


class Aliases(NamedTuple):
    """Result for one page.

    `above` is the id of the article that it is an alias of (empty: none), `changes` are aliases to update.
    """

    above: str
    changes: tuple[AliasChange, ...]


def resolve_aliases(
    archive: Archive,
    source: str,
    held: str,
    page: PageTimeline,
    readings: Mapping[ShownText, Extraction],
    *,
    is_whole: bool,
) -> Aliases:
    """Decide which articles of a source are aliases of which, given what a page showed.

    Args:
        archive: searched for other articles that showed the same texts, or have an alternate URL.
        source: the id of the source.
        held: the id under which the archive has the article of the page; empty if it has none.
        page: what the page showed.
        readings: the extractions of texts that are not stored yet.
        is_whole: whether `page` is complete; else it is added to what the archive has of the article.
    """
    texts = sorted({text.text_sha256 for text in page.shown})
    related = archive.related(source, held, texts, other_addresses(page.url, page.language))
    others = [other for other in related if other.id != held]
    if not is_whole:
        earlier = tuple(text for other in related if other.id == held for text in other.shown)
        page = replace(page, shown=earlier + page.shown)

    def read(text: ShownText) -> Extraction:
        if text in readings:
            return readings[text]
        assert text.extraction is not None, "a text is stored, or was just read"
        return archive.readings([text.extraction])[text.extraction].extraction

    above = aliases_among([*others, page], read)
    changes = [
        AliasChange(one.id, above[one.id], frozenset() if above[one.id] else sketch(read(one.shown[-1]).text))
        for one in (*others, page)
        if one.id in above and above[one.id] != one.alias_of
    ]
    return Aliases(above[page.id], tuple(changes))


def aliases_among(
    timelines: Iterable[PageTimeline], read: Callable[[ShownText], Extraction]
) -> dict[str, str]:
    """Return by the id of each article the id of the one that it is an alias of; empty if of none.

    Of two the one that was captured first is shown. Articles that showed no text are left out. `read` returns
    the extraction of a text.
    """
    above_by_id: dict[str, str] = {}
    shown: list[PageTimeline] = []
    with_text = (page for page in timelines if page.shown)
    for page in sorted(with_text, key=lambda page: (page.shown[0].moment, page.id)):
        above = next((other for other in shown if _Pair(page, other, read).agree()), None)
        above_by_id[page.id] = above.id if above else ""
        if above is None:
            shown.append(page)
    return above_by_id


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two articles; `other` was captured first."""

    page: PageTimeline
    other: PageTimeline
    read: Callable[[ShownText], Extraction]

    def agree(self) -> bool:
        """Return whether at every capture of the page the other showed the same.

        Known are only the other's captures right before, at and right after that moment.
        """
        is_form = self.page.url in other_addresses(self.other.url, self.other.language)
        is_form = is_form or self.other.url in other_addresses(self.page.url, self.page.language)
        return all(self._has(text, is_form=is_form) for text in self.page.shown)

    def _has(self, text: ShownText, *, is_form: bool) -> bool:
        """Return whether the other article showed a text, or the same in another form, at its moment."""
        near = list(_texts_near(self.other.shown, text))
        if any((other.title, other.text_sha256) == (text.title, text.text_sha256) for other in near):
            return True
        return is_form and any(is_same_article(self.read(other), self.read(text)) for other in near)


def _texts_near(shown: tuple[ShownText, ...], text: ShownText) -> Iterator[ShownText]:
    """Yield the texts shown right before, at and right after a moment.

    A text that was edited in between may have been either.
    """
    before = [other for other in shown if other.moment < text.moment]
    after = [other for other in shown if other.moment > text.moment]
    yield from before[-1:]
    yield from (other for other in shown if other.moment == text.moment)
    yield from after[:1]
