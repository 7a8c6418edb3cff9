"""What the names of an element (tag, classes, id) say that it is: lists of words, and how surely they tell a box."""

from __future__ import annotations

import re
from enum import IntEnum
from functools import lru_cache

from pipelines.extraction.class_names import spelled, words


class Box(IntEnum):
    """How surely an element is a box: the higher, the more."""

    NONE = 0
    WEAK = 1
    """Named by a word that names prose, too (meta, rating, poll, bio): no box where it holds a paragraph of prose."""
    TAGGED = 2
    """An aside, nav, footer, form, button or the like."""
    NAMED = 3
    """Named by a word that names nothing else (share, related, newsletter)."""
    HIDDEN = 4
    """Invisible by its style, attribute or class."""
    FOREIGN = 5
    """Written by others than the article's author: comments, consent texts. Never taken for the article."""


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
"""Weak names under which prose stands as well: a paragraph of it is no box."""

_PARTS = frozenset(
    words(
        "a about after all and article articles area avatar b bar before below block blog body bottom box btn "
        "button buttons by c card cards cloud col column container content count counts custom default "
        "desktop detail details down entry fb feed fixed float floating foot footer for form full google grid "
        "group head header heading hidden holder horizontal icon icons id image images img info inline inner "
        "insert is item items js label large last latest left line link links list main material materials "
        "media mini mob mobile mod module more most name names native new news note notice num number "
        "official one out outer page panel photo photos pic picture place plugin post posts primary pub rail "
        "classic slider swiper lazyload email mail read right row section self series shortcode show side "
        "simple single site small stack sticky stories story td tdb telegram template text thread thumb title "
        "top twitter ui unit us vertical vk vc video wide with wp wrap wrapper yandex you young your zone"
    )
)
"""Words that tell where or how large a box is, and not what it holds."""

_PART = re.compile(r"[a-z]+")
_NOT_AFTER = frozenset(words("has with without no elementor"))
_NOT_BEFORE = frozenset(words("open closed on off enabled"))
"""A class that says whether a page has comments or a sidebar names no comments (`has-sidebar`, `comments-open`)."""
_SURE: dict[str, list[tuple[list[str], Box]]] = {}
"""The sure names by their first part: all their parts, and what they say."""
for _box, _names in ((Box.FOREIGN, _FOREIGN), (Box.NAMED, _NAMED)):
    for _name in _names:
        _SURE.setdefault(_name.split("-", 1)[0], []).append((_name.split("-"), _box))
_WEAK_PARTS = frozenset(_WEAK)
_BOX_PARTS = frozenset(part for name in (*_FOREIGN, *_NAMED, *_WEAK) for part in name.split("-"))
_HIDING_PARTS = frozenset(
    words("hidden visuallyhidden hide none invisible screen sr sronly assistive tooltip tooltiptext a")
)
_TELLING = frozenset((*_SURE, *_WEAK, *_HIDING_PARTS, "info"))
"""Parts of names, without one of which an element's classes say nothing here."""
_OF_ARTICLES = frozenset(words("article post entry news story item"))
_OF_A_POST = re.compile(r"(?:category|tag|author|type|format|status|cat|tax|topic|label)-")
"""WordPress names a post after its rubrics, tags and author (https://developer.wordpress.org/reference/functions/post_class/)."""

BODY_NAME = re.compile(
    r"(?:article|story|post|entry|news)[-_]{0,2}(?:body|content|text|detail)|\b(?:body|content|text|detail)[-_]{0,2}(?:article|story|post|news)"
)
"""How the bodies of articles are named."""

HIDDEN, ALOUD = "hidden", "aloud"
"""Whom classes hide an element from: everybody, or everybody who sees."""
_INVISIBLE = frozenset(words("hidden hide is-hidden d-none invisible"))
_SHOWN_ELSEWHERE = re.compile(
    r"(?:^|\s)(?:d-[a-z]+-[a-z]+|[a-z0-9]+:(?:block|flex|inline\S*|grid)|visible-\w+|show)(?:\s|$)"
)
_FOR_READERS_ALOUD = re.compile(
    r"(?<![a-z])(?:visually-?hidden|screen-reader(?:-\w+)?|sr-only|sronly|assistive-text|a11y-hidden|tooltip-?(?:text|content|inner))(?![a-z])"
)

LONGEST = 500
"""Characters of an attribute that are looked at."""
TAGGED = frozenset(words("aside nav footer form button select noscript dialog"))
"""Tags that make a box, where the article is not inside."""
HEADINGS = frozenset(words("h1 h2 h3 h4 h5 h6"))
WHOLE = frozenset(words("html body main"))
"""Tags whose classes speak of the whole page."""
_ROWS = frozenset(words("tr tbody thead tfoot"))


@lru_cache(maxsize=16384)
def of_classes(tag: str, classes: str | None) -> tuple[Box, str]:
    """What the tag and the classes of an element say that it is, and whom they hide it from (HIDDEN, ALOUD or nobody)."""
    found = Box.TAGGED if tag in TAGGED else Box.NONE
    if "-" in tag:
        found = _of_name(tag, False)
    if not classes or tag in WHOLE:
        return found, ""
    classes = classes[:LONGEST]
    if _TELLING.isdisjoint(_PART.findall(classes if classes.islower() else spelled(classes))):
        return found, ""
    return max(found, _of_tokens(tag, classes.split())), _hiding(classes.lower())


def _of_tokens(tag: str, tokens: list[str]) -> Box:
    """What the classes of an element say, one by one; nothing where another of them names the article's body."""
    if "hentry" in tokens or "post" in tokens or "type-post" in tokens:
        tokens = [token for token in tokens if not _OF_A_POST.match(token)]
    boxes = [_of_name(token, tag in HEADINGS) for token in tokens]
    named = max(boxes, default=Box.NONE)
    if named is Box.WEAK and tag in _ROWS:
        return Box.NONE
    if named and any(
        not box and BODY_NAME.search(spelled(token)) for token, box in zip(tokens, boxes, strict=True)
    ):
        return Box.NONE
    return named


def _hiding(classes: str) -> str:
    if _HIDING_PARTS.isdisjoint(_PART.findall(classes)):
        return ""
    if _FOR_READERS_ALOUD.search(classes):
        return ALOUD
    return "" if _INVISIBLE.isdisjoint(classes.split()) or _SHOWN_ELSEWHERE.search(classes) else HIDDEN


@lru_cache(maxsize=16384)
def of_identity(tag: str, identity: str) -> Box:
    """What an id says: of a heading nothing (many are made of its words), else only where no word of it is one of prose."""
    name = identity[:LONGEST]
    says = tag not in HEADINGS and tag not in WHOLE and _only_parts(_PART.findall(spelled(name)))
    found = _of_name(name, False) if says else Box.NONE
    return Box.NONE if found is Box.WEAK and tag in _ROWS else found


def may_be_prose(names: str) -> bool:
    """Whether all the words that make an element of these names a weak box name prose, too."""
    return _WEAK_PARTS.intersection(_PART.findall(names)) <= _PROSE_NAMES


@lru_cache(maxsize=16384)
def _of_name(name: str, heading: bool) -> Box:  # noqa: FBT001  a key of the cache
    """What one name says. A weak word says nothing where the name has words of prose as well, nor of a heading."""
    parts = _PART.findall(name if name.islower() else spelled(name))
    if _BOX_PARTS.isdisjoint(parts) and parts[-1:] != ["info"]:
        return Box.NONE
    sure = max((_sure(parts, place) for place in range(len(parts))), default=Box.NONE)
    if sure and (not heading or _only_parts(parts)):
        return sure
    about = parts[-1] == "info" and not _OF_ARTICLES.isdisjoint(parts[-2:-1])
    weak = about or (not _WEAK_PARTS.isdisjoint(parts) and _only_parts(parts))
    return Box.WEAK if weak and not heading else Box.NONE


def _sure(parts: list[str], place: int) -> Box:
    """What the parts of a name from a place on say for sure."""
    if place and parts[place - 1] in _NOT_AFTER:
        return Box.NONE
    for wanted, box in _SURE.get(parts[place], ()):
        end = place + len(wanted)
        if parts[place:end] == wanted and (end >= len(parts) or parts[end] not in _NOT_BEFORE):
            return box
    return Box.NONE


def _only_parts(parts: list[str]) -> bool:
    return all(part in _PARTS or part in _BOX_PARTS for part in parts)
