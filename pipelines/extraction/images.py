"""Read the pictures of an article: address, caption and credit."""

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
"""Maximum number of pictures of an article."""
_MAX_CREDITS = 20  # elements inside a caption
_MAX_CAPTIONS = 100  # elements that a selector matches
# Lazy loaders put a placeholder into `src`.
_SOURCES = ("data-src", "data-original", "data-lazy-src", "data-lazy", "src")
_SETS = ("data-srcset", "data-lazy-srcset", "srcset")
_CANDIDATE = re.compile(r"([^\s,]\S*[^\s,])(?:\s+(\d{1,6}(?:\.\d{1,3})?)[wx])?\s*(?:,|$)")
_MAX_SET = 20_000  # characters of a `srcset`
_MAX_SOURCES = 20  # `<source>` elements of a `<picture>`
_LEVELS_TO_PICTURE = 21  # ancestors of an image searched for its `<picture>`
_PICTURE_FILE = re.compile(
    r"(?:https?:)?/?[^\s{}<>]+\.(?:jpe?g|png|webp|avif|gif)(?:[?#]\S*)?", re.IGNORECASE
)
_MIN_PIXELS = 64  # declared width or height; smaller pictures are icons or tracking pixels
_MAX_DIGITS = 4  # of a declared width or height
_ELSEWHERE = ("nav", "footer", "aside", "noscript")
_NO_PHOTO = named(
    "logo|icon|icons|avatar|emoji|sprite|counter|pixel|social|share|related|recommended|author|banner|advert"
    "|ads?|promo|popular|teaser"
)
_NO_PHOTO_FILE = re.compile(
    r"(?i)(?:logo|icon|avatar|sprite|pixel|counter|blank|spacer|placeholder)[^/]*$|\.svg$"
)
_CAPTION = named(
    "caption|podpis|wp-caption-text|(?:photo|image|img|pic)-?(?:title|desc(?:ription)?|text|info)"
)
_CREDIT = named("credits?|copyright|photographer|photo-?(?:author|source)|image-?source")
_PLAIN_ADDRESS = re.compile(r"https?://[a-z0-9.-]+/[^\s\[\]]*$")
_LEVELS_TO_IMAGE = 4  # ancestors of a caption searched for its picture
_MAX_CREDIT = 90  # characters of a credit line below a picture
_LEVELS_TO_CREDIT = 3  # of blocks around a picture
_BLOCKS_TO_CREDIT = 2  # siblings after such a block that are looked at
_LEVELS_TO_ORNAMENT = 12  # ancestors of a picture whose names are looked at


def read_images(
    page: Page,
    scope: HtmlElement,
    captions: Iterable[HtmlElement] = (),
    credits_: Iterable[HtmlElement] = (),
    stated: Iterable[tuple[str, str]] = (),
) -> tuple[Image, ...]:
    """Return the pictures below `scope`, at most MOST_IMAGES; else the first that the page declares.

    Args:
        page: the page, for its base address.
        scope: the element around the article.
        captions: elements that the layout selects; each belongs to the nearest picture.
        credits_: the same for credits.
        stated: address and caption of the pictures in structured data.
    """
    base = _base(page)
    selected_captions = {_nearest_image(element): element for element in islice(captions, _MAX_CAPTIONS)}
    selected_credits = {_nearest_image(element): element for element in islice(credits_, _MAX_CAPTIONS)}
    elsewhere = within(scope, _ELSEWHERE, "img")
    images: dict[str, Image] = {}
    for picture in scope.iter("img"):
        url = _address(picture, base)
        if not url or url in images or picture in elsewhere or _is_ornament(picture, scope, url):
            continue
        if picture in selected_captions:
            text = short_text(selected_captions[picture], CAPTION)
        elif picture in selected_credits:
            text = ""
        else:
            text = _caption(picture)
        caption, credit = split_caption(text)
        if picture in selected_credits:
            credit = short_text(selected_credits[picture])
        else:
            credit = credit or _credit(picture)
        images[url] = Image(url, caption, credit)
        if len(images) == MOST_IMAGES:
            break
    if images:
        return tuple(images.values())
    resolved = ((web_address(base, address), caption) for address, caption in stated)
    return tuple(Image(url, *split_caption(caption)) for url, caption in resolved if url)[:1]


def web_address(base: str, address: str) -> str:
    """Return an address resolved against its page; empty if unusable.

    Usable are http and https addresses with a host, of at most ADDRESS characters.
    """
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
    if parts.scheme not in ("http", "https") or not parts.hostname or len(resolved) > ADDRESS:
        return ""
    return resolved


def _base(page: Page) -> str:
    """Return the address that relative links are resolved against."""
    base = next((base.get("href") for base in page.tree.iter("base") if base.get("href")), "")
    return web_address(page.url, base or "") or page.url


def _address(picture: HtmlElement, base: str) -> str:
    """Return the address of a picture: as lazy loaders keep it, as printed, or the largest of its set.

    A placeholder is returned only if there is nothing else. Sets are those of the image and of the
    `<source>` elements of its `<picture>` (https://html.spec.whatwg.org/#srcset-attributes).
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
    """Yield the addresses in `srcset` attributes, the largest first."""
    ancestors = islice(picture.iterancestors(), _LEVELS_TO_PICTURE)
    parent = next((above for above in ancestors if above.tag == "picture"), None)
    # libxml2 does not know `<source>` as an empty element, and may put the image inside it.
    sources = islice(parent.iter("source"), _MAX_SOURCES) if parent is not None else ()
    for element in chain([picture], sources):
        for name in _SETS:
            candidates = _CANDIDATE.finditer((element.get(name) or "")[:_MAX_SET])
            for candidate in sorted(candidates, key=lambda x: -float(x[2] or 1)):
                if url := web_address(base, candidate[1]):
                    yield url


def _in_any_attribute(picture: HtmlElement, base: str) -> Iterator[str]:
    """Yield addresses of picture files in other attributes of lazy loaders (data-echo, data-hi-res-src)."""
    for name, value in picture.items():
        if not name.startswith("data-") or len(value) > ADDRESS:
            continue
        if _PICTURE_FILE.fullmatch(value.strip()) and (url := web_address(base, value)):
            yield url


def _in_noscript(picture: HtmlElement, base: str) -> Iterator[str]:
    """Yield the address that is printed right after the picture for browsers without scripts."""
    following = picture.getnext()
    if following is not None and following.tag == "noscript":
        for image in islice(following.iter("img"), 1):
            if url := web_address(base, image.get("src") or ""):
                yield url


def _is_ornament(picture: HtmlElement, scope: HtmlElement, url: str) -> bool:
    """Return whether a picture is small, or named as an icon, logo, advertisement or the like."""
    for side in ("width", "height"):
        size = picture.get(side) or ""
        if size.isdecimal() and len(size) <= _MAX_DIGITS and int(size) < _MIN_PIXELS:
            return True
    if _NO_PHOTO_FILE.search(url.split("?", 1)[0]):
        return True
    element: HtmlElement | None = picture
    for _ in range(_LEVELS_TO_ORNAMENT):
        if element is None or element is scope:
            return False
        if _NO_PHOTO.search(names_of(element)):
            return True
        element = element.getparent()
    return False


def _figure(picture: HtmlElement) -> HtmlElement | None:
    return next((above for above in picture.iterancestors("figure")), None)


def _caption(picture: HtmlElement) -> str:
    """Return the text printed with a picture: its figure's caption, else an element named so beside it."""
    figure = _figure(picture)
    if figure is not None:
        texts = (_without_credit(caption) for caption in figure.iter("figcaption"))
        return next(filter(None, texts), "")
    parent = picture.getparent()
    if parent is None:
        return ""
    beside = parent.iter("div", "span", "p", "em", "small")
    named_so = [element for element in beside if _CAPTION.search(names_of(element))]
    return next(filter(None, (short_text(element, CAPTION) for element in named_so)), "")


def _without_credit(caption: HtmlElement) -> str:
    """Return a caption's text without elements inside it that are named as credits; all of it if no rest."""
    inside = caption.iterdescendants("span", "div", "p", "small", "cite")
    named_so = (element for element in inside if _CREDIT.search(names_of(element)))
    text = short_text(caption, CAPTION)
    for credit in [short_text(element, CAPTION) for element in islice(named_so, _MAX_CREDITS)]:
        text = " ".join(text.replace(credit, " ", 1).split())
    return text or short_text(caption, CAPTION)


def _credit(picture: HtmlElement) -> str:
    """Return the text of an element named as a credit in figure or parent, else a line of credit below."""
    container = _figure(picture)
    if container is None:
        container = picture.getparent()
    if container is not None:
        inside = container.iter("div", "span", "p", "small", "cite")
        named_so = (element for element in inside if _CREDIT.search(names_of(element)))
        if credit := next(filter(None, (short_text(element, CAPTION) for element in named_so)), ""):
            return credit
    return _credit_below(picture)


def _credit_below(picture: HtmlElement) -> str:
    """Return a line of credit printed right below a picture: in its own block, or as the next block."""
    blocks = chain([picture], picture.iterancestors("a", "p", "div", "figure"))
    for block in islice(blocks, _LEVELS_TO_CREDIT):
        siblings = islice(block.itersiblings(), _BLOCKS_TO_CREDIT)
        below = [(block.tail or "")[:CAPTION], *(short_text(element, CAPTION) for element in siblings)]
        text = next(filter(None, (" ".join(line.split()) for line in below)), "")
        if text:
            return text if is_credit(text) and len(text) <= _MAX_CREDIT else ""
    return ""


def _nearest_image(element: HtmlElement) -> HtmlElement | None:
    """Return the first picture in the nearest ancestor of a caption that holds one; None if too far."""
    for above in islice(chain([element], element.iterancestors()), _LEVELS_TO_IMAGE + 1):
        image = next(above.iter("img"), None)
        if image is not None:
            return image
    return None
