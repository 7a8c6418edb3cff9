"""Aliases: addresses of one source that show one article.

That two addresses show the same text is evidence, not identity: a maintenance page stands at every address of a site. So each
address keeps a history of its own, and is hidden under an article only while everything that it showed is what that article
showed at the time.
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
    """`above` is the id of the article that a page is an alias of, empty where it stands for itself; `changes` is what is news."""

    above: str
    changes: tuple[AliasChange, ...]


def aliases_with(
    archive: Archive,
    source: str,
    held: str,
    page: PageTimeline,
    readings: Mapping[ShownText, Extraction],
    *,
    is_whole: bool,
) -> Aliases:
    """Which articles of a source are aliases of which, now that it is known what a page showed.

    Args:
        archive: what is asked for other articles that showed the same texts, or stand at other forms of the address.
        source: the id of the source.
        held: the id under which the archive has the article of the page; empty when it has none.
        page: what the page showed.
        readings: what was read of the texts that are not stored yet.
        is_whole: whether that is all that the page ever showed; else it is added to what the archive has of the article.
    """
    texts = sorted({text.text_sha256 for text in page.shown})
    found = archive.related(source, held, texts, other_addresses(page.url, page.language))
    others = [other for other in found if other.id != held]
    if not is_whole:
        page = replace(
            page,
            shown=tuple(text for other in found if other.id == held for text in other.shown) + page.shown,
        )

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
    """By the id of each article that showed a text, the id of the one that it is an alias of; empty where it stands for itself.

    The article that was seen first is the one that is shown. `read` gives the reading behind a text.
    """
    settled: dict[str, str] = {}
    standing: list[PageTimeline] = []
    for page in sorted(
        (page for page in timelines if page.shown), key=lambda page: (page.shown[0].moment, page.id)
    ):
        above = next((other for other in standing if _Pair(page, other, read).agree()), None)
        settled[page.id] = above.id if above else ""
        if above is None:
            standing.append(page)
    return settled


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two articles, the second of which was seen first."""

    page: PageTimeline
    other: PageTimeline
    read: Callable[[ShownText], Extraction]

    def agree(self) -> bool:
        """Whether at every capture of the page the other showed the same, as far as its own captures around that moment tell."""
        is_form = self.page.url in other_addresses(self.other.url, self.other.language)
        is_form = is_form or self.other.url in other_addresses(self.page.url, self.page.language)
        return all(self._has(text, is_form=is_form) for text in self.page.shown)

    def _has(self, text: ShownText, *, is_form: bool) -> bool:
        around = list(_around(self.other.shown, text))
        if any((other.title, other.text_sha256) == (text.title, text.text_sha256) for other in around):
            return True
        return is_form and any(is_same_article(self.read(other), self.read(text)) for other in around)


def _around(shown: tuple[ShownText, ...], text: ShownText) -> Iterator[ShownText]:
    """The texts shown right before a moment, at it, and right after it: what was edited in between may have been either."""
    before = [other for other in shown if other.moment < text.moment]
    after = [other for other in shown if other.moment > text.moment]
    yield from before[-1:]
    yield from (other for other in shown if other.moment == text.moment)
    yield from after[:1]
