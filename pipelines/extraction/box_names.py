"""Classify elements as boxes by tag, classes and id: word lists, and the confidence of each."""

from __future__ import annotations

import re
from enum import IntEnum
from functools import lru_cache

from pipelines.extraction.class_names import spelled, words


class Box(IntEnum):
    """Confidence that an element is a box (that it holds no text of the article), in ascending order."""

    NONE = 0
    WEAK = 1
    """Named by a word that also names prose (meta, rating, poll, bio): no box if it holds a paragraph."""
    TAGGED = 2
    """An aside, nav, footer, form, button or the like."""
    NAMED = 3
    """Named by a word that names only boxes (share, related, newsletter)."""
    HIDDEN = 4
    """Invisible by its style, attribute or class."""
    FOREIGN = 5
    """Written by others than the article's author (comments, consent texts): never used as the article."""


_FOREIGN = words(
    "comment comments commentary-list disqus hypercomments cackle livefyre cookie cookies consent gdpr "
    "onetrust cookiebot didomi usercentrics iubenda cmplz privacy kommentarii kommentarij kommentariy "
    "kommentarium komments otzyvy pikirler"
)
_NAMED = words(
    "respond reply replies share shares sharing sharebar shareaholic addthis addtoany social socials "
    "sociable related recommended recommendations recommend recirculation newsletter newsletters "
    "subscribe subscription signup promotion advert adverts advertisement advertising sponsor sponsored "
    "tags taglist hashtags breadcrumb breadcrumbs byline bylines caption captions copyright readmore "
    "readalso teaser teasers navigation sidebar toolbar outbrain taboola noprint modal popup reklama "
    "podpiska pohozhie jp-relatedposts yarpp sharedaddy about-us about-site about-author about-the-author "
    "author-bio author-box terms-of-use terms-and-conditions user-agreement disclaimer read-more "
    "read-also read-next see-more see-also see-next most-read most-popular also-read print-only no-print"
)
_WEAK = words(
    "promo promos ads ad banner banners tag bio author authors meta timestamp credit credits popular "
    "trending nav menu widget widgets tooltip follow gallery slideshow carousel player rating ratings "
    "poll polls views counter counters pagination pager terms legal policy law offer donate donation "
    "support"
)
_PROSE_NAMES = frozenset(
    words("follow meta rating ratings views poll polls bio terms legal policy law offer support tag")
)
"""Weak names that also name prose: a paragraph under such a name is no box."""

_PARTS = frozenset(
    words(
        "a about after all and article articles area avatar b bar before below block blog body bottom box "
        "btn button buttons by c card cards cloud col column container content count counts custom default "
        "desktop detail details down entry fb feed fixed float floating foot footer for form full google "
        "grid group head header heading hidden holder horizontal icon icons id image images img info inline "
        "inner insert is item items js label large last latest left line link links list main material "
        "materials media mini mob mobile mod module more most name names native new news note notice num "
        "number official one out outer page panel photo photos pic picture place plugin post posts primary "
        "pub rail classic slider swiper lazyload email mail read right row section self series shortcode "
        "show side simple single site small stack sticky stories story td tdb telegram template text thread "
        "thumb title top twitter ui unit us vertical vk vc video wide with wp wrap wrapper yandex you young "
        "your zone"
    )
)
"""Words for position, size or layout, which say nothing about the content."""

_PART = re.compile(r"[a-z]+")
_NOT_AFTER = frozenset(words("has with without no elementor"))
_NOT_BEFORE = frozenset(words("open closed on off enabled"))
"""Words around a box's name in classes about the page's features (`has-sidebar`, `comments-open`)."""
_SURE: dict[str, list[tuple[list[str], Box]]] = {}
"""Names of the kinds FOREIGN and NAMED by their first word: all words, and the kind."""
for _box, _names in ((Box.FOREIGN, _FOREIGN), (Box.NAMED, _NAMED)):
    for _name in _names:
        _SURE.setdefault(_name.split("-", 1)[0], []).append((_name.split("-"), _box))
_WEAK_PARTS = frozenset(_WEAK)
_BOX_PARTS = frozenset(part for name in (*_FOREIGN, *_NAMED, *_WEAK) for part in name.split("-"))
_HIDING_PARTS = frozenset(
    words("hidden visuallyhidden hide none invisible screen sr sronly assistive tooltip tooltiptext a")
)
_SIGNIFICANT = frozenset((*_SURE, *_WEAK, *_HIDING_PARTS, "info"))
"""Words, without one of which classes need not be looked at."""
_OF_ARTICLES = frozenset(words("article post entry news story item"))
_OF_A_POST = re.compile(r"(?:category|tag|author|type|format|status|cat|tax|topic|label)-")
"""WordPress names a post after its categories, tags and author
(https://developer.wordpress.org/reference/functions/post_class/)."""

BODY_NAME = re.compile(
    r"(?:article|story|post|entry|news)[-_]{0,2}(?:body|content|text|detail)"
    r"|\b(?:body|content|text|detail)[-_]{0,2}(?:article|story|post|news)"
)
"""Names of the elements that hold an article's body."""
CONTAINER_NAME = re.compile(
    r"(?<![\w-])(?:entry|field-items?|single-(?:the-)?contents?|(?:article|story|news)-(?:main|full-?text|wrapper)"
    r"|(?:main|full)-(?:article|story|news)(?:-wrapper)?)(?![\w-])"
)
"""Names that themes (WordPress, Drupal, hand-made ones) give to the element around an article's text.

Lists use them, too, so they count only on an element with most of the page's prose. On the 181 pages of the
article extraction benchmark they spare 13 of 37 calls of trafilatura, at the same F1.
"""

HIDDEN, ALOUD = "hidden", "aloud"
"""Kinds of hiding classes: hidden from everybody, or shown to screen readers only."""
_INVISIBLE = frozenset(words("hidden hide is-hidden d-none invisible"))
_SHOWN_ELSEWHERE = re.compile(
    r"(?:^|\s)(?:d-[a-z]+-[a-z]+|[a-z0-9]+:(?:block|flex|inline\S*|grid)|visible-\w+|show)(?:\s|$)"
)
_FOR_SCREEN_READERS = re.compile(
    r"(?<![a-z])(?:visually-?hidden|screen-reader(?:-\w+)?|sr-only|sronly|assistive-text|a11y-hidden"
    r"|tooltip-?(?:text|content|inner))(?![a-z])"
)

LONGEST = 500
"""Characters of an attribute that are looked at."""
TAGGED = frozenset(words("aside nav footer form button select noscript dialog"))
"""Tags of boxes, unless the article is inside."""
HEADINGS = frozenset(words("h1 h2 h3 h4 h5 h6"))
WHOLE = frozenset(words("html body main"))
"""Tags whose classes describe the whole page."""
_ROWS = frozenset(words("tr tbody thead tfoot"))


@lru_cache(maxsize=16384)
def of_classes(tag: str, classes: str | None) -> tuple[Box, str]:
    """Return the kind of box by tag and classes, and how the classes hide it (HIDDEN, ALOUD or "")."""
    kind = Box.TAGGED if tag in TAGGED else Box.NONE
    if "-" in tag:  # a custom element
        kind = _of_name(tag, False)
    if not classes or tag in WHOLE:
        return kind, ""
    classes = classes[:LONGEST]
    if _SIGNIFICANT.isdisjoint(_PART.findall(classes if classes.islower() else spelled(classes))):
        return kind, ""
    return max(kind, _of_tokens(tag, classes.split())), _hiding(classes.lower())


def _of_tokens(tag: str, tokens: list[str]) -> Box:
    """Return the kind of box by single classes; NONE if another class names the article's body."""
    if "hentry" in tokens or "post" in tokens or "type-post" in tokens:
        tokens = [token for token in tokens if not _OF_A_POST.match(token)]
    boxes = [_of_name(token, tag in HEADINGS) for token in tokens]
    named = max(boxes, default=Box.NONE)
    if named is Box.WEAK and tag in _ROWS:
        return Box.NONE
    if named and _has_body_name(tokens, boxes):
        return Box.NONE
    return named


def _has_body_name(tokens: list[str], boxes: list[Box]) -> bool:
    """Return whether a class that is no box's name is that of an article's body."""
    pairs = zip(tokens, boxes, strict=True)
    return any(not box and BODY_NAME.search(spelled(token)) for token, box in pairs)


def _hiding(classes: str) -> str:
    """Return how classes hide an element: HIDDEN, ALOUD or empty."""
    if _HIDING_PARTS.isdisjoint(_PART.findall(classes)):
        return ""
    if _FOR_SCREEN_READERS.search(classes):
        return ALOUD
    if _INVISIBLE.isdisjoint(classes.split()) or _SHOWN_ELSEWHERE.search(classes):
        return ""
    return HIDDEN


@lru_cache(maxsize=16384)
def of_identity(tag: str, identity: str) -> Box:
    """Return the kind of box by an element's id.

    NONE for headings, whose ids are often made of their words, and for ids with a word that is not about
    boxes or layout.
    """
    name = identity[:LONGEST]
    if tag in HEADINGS or tag in WHOLE or not _only_parts(_PART.findall(spelled(name))):
        return Box.NONE
    kind = _of_name(name, False)
    return Box.NONE if kind is Box.WEAK and tag in _ROWS else kind


def may_be_prose(names: str) -> bool:
    """Return whether all words that make an element of these names a weak box also name prose."""
    return _WEAK_PARTS.intersection(_PART.findall(names)) <= _PROSE_NAMES


@lru_cache(maxsize=16384)
def _of_name(name: str, heading: bool) -> Box:  # noqa: FBT001  a key of the cache
    """Return the kind of box by one name.

    WEAK only if no word of the name is about anything else, and never for a heading.
    """
    parts = _PART.findall(name if name.islower() else spelled(name))
    if _BOX_PARTS.isdisjoint(parts) and parts[-1:] != ["info"]:
        return Box.NONE
    sure = max((_sure(parts, index) for index in range(len(parts))), default=Box.NONE)
    if sure and (not heading or _only_parts(parts)):
        return sure
    # `article-info` holds author and date, `info` alone may be anything.
    is_info = parts[-1] == "info" and not _OF_ARTICLES.isdisjoint(parts[-2:-1])
    weak = is_info or (not _WEAK_PARTS.isdisjoint(parts) and _only_parts(parts))
    return Box.WEAK if weak and not heading else Box.NONE


def _sure(parts: list[str], start: int) -> Box:
    """Return the kind (FOREIGN or NAMED) of the name whose words start at an index; NONE if there is none."""
    if start and parts[start - 1] in _NOT_AFTER:
        return Box.NONE
    for wanted, box in _SURE.get(parts[start], ()):
        end = start + len(wanted)
        if parts[start:end] == wanted and (end >= len(parts) or parts[end] not in _NOT_BEFORE):
            return box
    return Box.NONE


def _only_parts(parts: list[str]) -> bool:
    return all(part in _PARTS or part in _BOX_PARTS for part in parts)
