"""The pictures of an article: address, caption and credit."""

from __future__ import annotations

import re
from itertools import chain, islice
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from pipelines.extraction.boilerplate_lines import is_credit, split_caption
from pipelines.extraction.bounds import ADDRESS, CAPTION
from pipelines.extraction.class_names import named, names_of, within
from pipelines.page import short_text
from storage.model.articles import Image

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml.html import HtmlElement

    from pipelines.page import Page

MOST_IMAGES = 30
_MOST_CREDITS = 20  # elements inside a caption
_MOST_CAPTIONS = 100  # elements that a selector matches
_SOURCES = (
    "data-src",
    "data-original",
    "data-lazy-src",
    "data-lazy",
    "src",
)  # lazy loaders put a placeholder into src
_SETS = ("data-srcset", "data-lazy-srcset", "srcset")
_CANDIDATE = re.compile(r"([^\s,]\S*[^\s,])(?:\s+(\d{1,6}(?:\.\d{1,3})?)[wx])?\s*(?:,|$)")
_LONGEST_SET = 20_000  # characters
_MOST_SOURCES, _LEVELS_TO_PICTURE = 20, 21
_PICTURE_FILE = re.compile(
    r"(?:https?:)?/?[^\s{}<>]+\.(?:jpe?g|png|webp|avif|gif)(?:[?#]\S*)?", re.IGNORECASE
)
_SMALLEST = 64  # pixels; what declares less is an icon or counts readers
_ELSEWHERE = ("nav", "footer", "aside", "noscript")
_NO_PHOTO = named(
    "logo|icon|icons|avatar|emoji|sprite|counter|pixel|social|share|related|recommended|author|banner|advert|ads?|promo|popular|teaser"
)
_NO_PHOTO_FILE = re.compile(
    r"(?i)(?:logo|icon|avatar|sprite|pixel|counter|blank|spacer|placeholder)[^/]*$|\.svg$"
)
_CAPTION = named(
    "caption|podpis|wp-caption-text|(?:photo|image|img|pic)-?(?:title|desc(?:ription)?|text|info)"
)
_CREDIT = named("credits?|copyright|photographer|photo-?(?:author|source)|image-?source")
_PLAIN_ADDRESS = re.compile(r"https?://[a-z0-9.-]+/[^\s\[\]]*$")
_LEVELS = 4  # from a caption up to the element that holds its picture too
_LONGEST_CREDIT = 90  # characters of a line below a picture
_LEVELS_TO_CREDIT, _BLOCKS_TO_CREDIT = 3, 2
_MOST_ABOVE = 12  # elements looked at above a picture


def read_images(
    page: Page,
    scope: HtmlElement,
    captions: Iterable[HtmlElement] = (),
    credits_: Iterable[HtmlElement] = (),
    stated: Iterable[tuple[str, str]] = (),
) -> tuple[Image, ...]:
    """The pictures below `scope`, else the first that the page states. Caption and credit elements, if given, go to the nearest picture."""
    base = _base(page)
    texts = {_picture_near(element): element for element in islice(captions, _MOST_CAPTIONS)}
    owners = {_picture_near(element): element for element in islice(credits_, _MOST_CAPTIONS)}
    elsewhere = within(scope, _ELSEWHERE, "img")
    found: dict[str, Image] = {}
    for picture in scope.iter("img"):
        url = _address(picture, base)
        if not url or url in found or picture in elsewhere or _is_ornament(picture, scope, url):
            continue
        text = (
            short_text(texts[picture], CAPTION)
            if picture in texts
            else ""
            if picture in owners
            else _caption(picture)
        )
        caption, credit = split_caption(text)
        found[url] = Image(
            url, caption, short_text(owners[picture]) if picture in owners else credit or _credit(picture)
        )
        if len(found) == MOST_IMAGES:
            break
    if found:
        return tuple(found.values())
    shared = ((web_address(base, address), caption) for address, caption in stated)
    return tuple(Image(url, *split_caption(caption)) for url, caption in shared if url)[:1]


def web_address(base: str, address: str) -> str:
    """An address resolved against its page; empty unless it is an http or https address with a host, of at most 2,000 characters."""
    address = address.strip() if len(address) <= 2 * ADDRESS else ""
    if len(address) > ADDRESS:
        return ""
    if _PLAIN_ADDRESS.match(address):
        return address
    try:
        resolved = urljoin(base, address)
        parts = urlsplit(resolved)
    except ValueError:
        return ""
    return (
        resolved if parts.scheme in ("http", "https") and parts.hostname and len(resolved) <= ADDRESS else ""
    )


def _base(page: Page) -> str:
    declared = next((base.get("href") for base in page.tree.iter("base") if base.get("href")), "")
    return web_address(page.url, declared or "") or page.url


def _address(picture: HtmlElement, base: str) -> str:
    """The address of a picture: as lazy loaders keep it, as printed, or the largest of its set; a placeholder only for want of all.

    Sets are those of the image and of the `<source>` elements before it in a `<picture>` (https://html.spec.whatwg.org/#srcset-attributes).
    """
    single = (web_address(base, value) for name in _SOURCES if (value := picture.get(name)))
    placeholder = ""
    for url in single:
        if url and not _NO_PHOTO_FILE.search(url.split("?", 1)[0]):
            return url
        placeholder = placeholder or url
    for url in chain(_in_sets(picture, base), _in_any_attribute(picture, base), _in_noscript(picture, base)):
        return url
    return placeholder


def _in_sets(picture: HtmlElement, base: str) -> Iterator[str]:
    around = next(
        (above for above in islice(picture.iterancestors(), _LEVELS_TO_PICTURE) if above.tag == "picture"),
        None,
    )
    sources = (
        islice(around.iter("source"), _MOST_SOURCES) if around is not None else ()
    )  # which libxml2 puts around the image
    for element in chain([picture], sources):
        for name in _SETS:
            found = _CANDIDATE.finditer((element.get(name) or "")[:_LONGEST_SET])
            for candidate in sorted(found, key=lambda x: -float(x[2] or 1)):
                if url := web_address(base, candidate[1]):
                    yield url


def _in_any_attribute(picture: HtmlElement, base: str) -> Iterator[str]:
    """Addresses of picture files in the attributes that some lazy loader made up (data-echo, data-hi-res-src)."""
    values = (value for name, value in picture.items() if name.startswith("data-") and len(value) <= ADDRESS)
    return (
        url
        for value in values
        if _PICTURE_FILE.fullmatch(value.strip()) and (url := web_address(base, value))
    )


def _in_noscript(picture: HtmlElement, base: str) -> Iterator[str]:
    """The address of the same picture for browsers without scripts, which is printed right behind it."""
    following = picture.getnext()
    if following is not None and following.tag == "noscript":
        yield from (
            url
            for inner in islice(following.iter("img"), 1)
            if (url := web_address(base, inner.get("src") or ""))
        )


def _is_ornament(picture: HtmlElement, scope: HtmlElement, url: str) -> bool:
    if any(
        (size := picture.get(side) or "").isdecimal() and len(size) < 5 and int(size) < _SMALLEST
        for side in ("width", "height")
    ):  # noqa: PLR2004
        return True
    if _NO_PHOTO_FILE.search(url.split("?", 1)[0]):
        return True
    element: HtmlElement | None = picture
    for _ in range(_MOST_ABOVE):
        if element is None or element is scope:
            return False
        if _NO_PHOTO.search(names_of(element)):
            return True
        element = element.getparent()
    return False


def _figure(picture: HtmlElement) -> HtmlElement | None:
    return next((above for above in picture.iterancestors("figure")), None)


def _caption(picture: HtmlElement) -> str:
    """The text printed with a picture: its figure's caption, else an element named so beside it."""
    figure = _figure(picture)
    if figure is not None:
        return next((text for caption in figure.iter("figcaption") if (text := _without_credit(caption))), "")
    parent = picture.getparent()
    beside = (
        []
        if parent is None
        else [
            element
            for element in parent.iter("div", "span", "p", "em", "small")
            if _CAPTION.search(names_of(element))
        ]
    )
    return next((text for element in beside if (text := short_text(element, CAPTION))), "")


def _without_credit(caption: HtmlElement) -> str:
    """A caption's text without the elements inside it that are named as credits; all of it where nothing else is there."""
    named_so = (
        inner
        for inner in caption.iterdescendants("span", "div", "p", "small", "cite")
        if _CREDIT.search(names_of(inner))
    )
    text = short_text(caption, CAPTION)
    for credit in [short_text(inner, CAPTION) for inner in islice(named_so, _MOST_CREDITS)]:
        text = " ".join(text.replace(credit, " ", 1).split())
    return text or short_text(caption, CAPTION)


def _credit(picture: HtmlElement) -> str:
    around = _figure(picture)
    around = picture.getparent() if around is None else around
    named_so = (
        ()
        if around is None
        else (
            element
            for element in around.iter("div", "span", "p", "small", "cite")
            if _CREDIT.search(names_of(element))
        )
    )
    return next(
        (text for element in named_so if (text := short_text(element, CAPTION))), ""
    ) or _credit_below(picture)


def _credit_below(picture: HtmlElement) -> str:
    """A line of credit printed right below a picture: in its own block, or as the block that follows."""
    for block in islice(
        chain([picture], picture.iterancestors("a", "p", "div", "figure")), _LEVELS_TO_CREDIT
    ):
        tail = (block.tail or "")[:CAPTION]
        below = [
            tail,
            *(short_text(element, CAPTION) for element in islice(block.itersiblings(), _BLOCKS_TO_CREDIT)),
        ]
        if text := next((line for text in below if (line := " ".join(text.split()))), ""):
            return text if is_credit(text) and len(text) <= _LONGEST_CREDIT else ""
    return ""


def _picture_near(element: HtmlElement) -> HtmlElement | None:
    """The picture that a caption belongs to: the first one in the nearest element around both."""
    for above in islice(chain([element], element.iterancestors()), _LEVELS + 1):
        if (picture := next(above.iter("img"), None)) is not None:
            return picture
    return None
