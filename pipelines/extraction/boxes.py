"""Boxes: elements of a page that hold no text of its article, told by tag, class, id and visibility.

A name alone decides little. Generated ids of headings (`popular-vote`), classes of prose (`follow-up`) and inline links in a sentence
hold the words of boxes, too; and the article itself may stand in an element that is named or tagged as a box. `weights` decides, with
the text that each one holds, which of these elements are boxes.
"""

from __future__ import annotations

import re
from enum import IntEnum
from functools import lru_cache
from typing import TYPE_CHECKING

from pipelines.extraction.marks import names_of, spelled, words

if TYPE_CHECKING:
    from lxml.html import HtmlElement


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
    "comment comments commentary-list disqus hypercomments cackle livefyre cookie cookies consent gdpr onetrust "
    "cookiebot didomi usercentrics iubenda cmplz privacy kommentarii kommentarij kommentariy kommentarium komments otzyvy pikirler"
)
_NAMED = words(
    "respond reply replies share shares sharing sharebar shareaholic addthis addtoany social socials sociable related recommended recommendations recommend recirculation "
    "newsletter newsletters subscribe subscription signup promotion advert adverts advertisement advertising sponsor sponsored tags taglist "
    "hashtags breadcrumb breadcrumbs byline bylines caption captions copyright readmore readalso teaser teasers navigation sidebar toolbar "
    "outbrain taboola noprint modal popup reklama podpiska pohozhie jp-relatedposts yarpp sharedaddy about-us about-site "
    "about-author about-the-author author-bio author-box post-author-bio terms-of-use terms-and-conditions user-agreement disclaimer site-terms"
)
_WEAK = words(
    "promo promos ads ad banner banners tag bio author authors meta timestamp credit credits popular trending nav menu widget widgets "
    "tooltip follow gallery slideshow carousel player rating ratings poll polls views counter counters pagination pager terms legal policy law offer "
    "donate donation support"
)
_PROSE_NAMES = frozenset(
    words("follow meta rating ratings views poll polls bio terms legal policy law offer support tag")
)
"""Weak names under which prose stands as well: a paragraph of it is no box."""

_PARTS = frozenset(
    words(
        "a about after all and article articles area avatar b bar before below block blog body bottom box btn button buttons by c card cards "
        "cloud col column container content count counts custom default desktop detail details down entry fb feed fixed float floating foot footer "
        "for form full google grid group head header heading hidden holder horizontal icon icons id image images img info inline inner insert "
        "is item items js label large last latest left line link links list main material materials media mini mob mobile mod module more most "
        "name names native new news note notice num number official one out outer page panel photo photos pic picture place plugin post posts "
        "primary pub rail classic slider swiper lazyload email mail read right row section self series shortcode show side simple single site small stack sticky stories story td tdb telegram "
        "template text thread thumb title top twitter ui unit us vertical vk vc video wide with wp wrap wrapper yandex you young your zone"
    )
)
"""Words that tell where or how large a box is, and not what it holds."""

_PART = re.compile(r"[a-z]+")
_SURE = re.compile(
    rf"(?<![a-z])(?<!has-)(?<!with-)(?<!no-)(?<!without-)(?<!elementor-)(?:{'|'.join((*_FOREIGN, *_NAMED))}"
    r"|(?:read|see)-(?:more|also|next)|most-(?:read|popular)|also-read|print-only|no-print)(?![a-z])(?!-(?:open|closed|on|off|enabled)\b)"
)
_OTHERS_WORDS = re.compile(rf"(?<![a-z])(?:{'|'.join(_FOREIGN)})(?![a-z])")
_INFO = re.compile(r"(?<![a-z])(?:article|post|entry|news|story|item)-info$")
_ALL_BOX_PARTS = frozenset(part for name in (*_FOREIGN, *_NAMED, *_WEAK) for part in name.split("-"))
_OF_A_POST = re.compile(r"(?:category|tag|author|type|format|status|cat|tax|topic|label)-")
"""WordPress names a post after its rubrics, tags and author (https://developer.wordpress.org/reference/functions/post_class/)."""

BODY_NAME = re.compile(
    r"(?:article|story|post|entry|news)[-_]{0,2}(?:body|content|text|detail)|\b(?:body|content|text|detail)[-_]{0,2}(?:article|story|post|news)"
)
"""How the bodies of articles are named."""

_INVISIBLE = frozenset(words("hidden hide is-hidden d-none invisible"))
_SHOWN_ELSEWHERE = re.compile(r"(?:^|\s)(?:d-[a-z]+-[a-z]+|[a-z0-9]+:(?:block|flex|inline\S*|grid)|visible-\w+|show)(?:\s|$)")
_FOR_READERS_ALOUD = re.compile(
    r"(?<![a-z])(?:visually-?hidden|screen-reader(?:-\w+)?|sr-only|sronly|assistive-text|a11y-hidden|tooltip-?(?:text|content|inner))(?![a-z])"
)
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|(?<![\w-])opacity\s*:\s*0?\.?0*\s*(?:;|!|$)|font-size\s*:\s*0(?:px|em|pt|%)?\s*(?:;|!|$)"
    r"|(?:left|top|right|text-indent|margin-left)\s*:\s*-\d{4,}|(?<![\w-])(?:max-)?height\s*:\s*0(?:px)?\s*;[^<>]{0,200}overflow\s*:\s*hidden"
    r"|overflow\s*:\s*hidden\s*;[^<>]{0,200}(?<![\w-])(?:max-)?(?:height|width)\s*:\s*0(?:px)?\s*(?:;|!|$)|clip\s*:\s*rect\(\s*0",
    re.IGNORECASE,
)
_STYLE = 500  # characters of a style that are looked at

TAGGED = frozenset(words("aside nav footer form button select noscript dialog"))
HEADINGS = frozenset(words("h1 h2 h3 h4 h5 h6"))
_WHOLE = frozenset(words("html body main"))
_ROWS = frozenset(words("tr tbody thead tfoot"))
INLINE = frozenset(words("a span b i em strong u font abbr mark dfn small cite q sup sub label button ins bdi data var kbd code nobr"))
_LINKING = frozenset(words("a abbr dfn mark em strong b i cite q"))
_ENDS = (".", "!", "?", "…", ":", "|", "•", "·", "/", "»", ")")
_CONTINUES = ",;.:!?)»”’…—–-("


def box_of(element: HtmlElement) -> Box:
    """What an element is by its tag, names and visibility, whatever it holds. One inside a sentence is none, unless it is invisible."""
    tag = element.tag
    found = Box.TAGGED if tag in TAGGED else Box.NONE
    if element.attrib and tag not in _WHOLE:
        if is_invisible(element):
            return Box.HIDDEN
        found = max(found, named_box(element))
    elif "-" in tag:
        found = max(found, _of_name(tag, heading=False))
    if found is Box.WEAK and tag in _ROWS:
        return Box.NONE
    if found and tag in INLINE and in_sentence(element):
        return Box.NONE
    return Box.NONE if tag == "button" and is_question(element) else found


def named_box(element: HtmlElement) -> Box:
    """What the names of an element say that it is."""
    tag = element.tag
    heading = tag in HEADINGS
    found = Box.NONE
    if classes := element.get("class"):
        found = _of_classes(classes[:_STYLE], heading)
    if not heading and (identity := element.get("id")):
        found = max(found, _of_identity(identity[:_STYLE]))
    return max(found, _of_name(tag, heading=False)) if "-" in tag else found


def may_be_prose(element: HtmlElement) -> bool:
    """Whether all the words that make an element a weak box name prose, too."""
    return not (_weak_words(names_of(element)) - _PROSE_NAMES)


def is_invisible(element: HtmlElement) -> bool:
    """Whether an element is not shown: by the attribute `hidden`, its style, or a class that hides (not only on some screens).

    `aria-hidden` only hides from screen readers, and `hidden=until-found` from nobody who looks for it (https://html.spec.whatwg.org/
    multipage/interaction.html#the-hidden-attribute). Text for screen readers alone is invisible, unless it is the letter that a picture
    shows.
    """
    hidden = element.get("hidden")
    if hidden is not None and hidden.strip().lower() != "until-found":
        return True
    if (style := element.get("style")) and _HIDING.search(style[:_STYLE]):
        return True
    classes = element.get("class")
    if not classes:
        return False
    kind = _hiding_classes(classes[:_STYLE])
    return kind == "hidden" or (kind == "aloud" and not _is_initial(element))


def in_sentence(element: HtmlElement) -> bool:
    """Whether an inline element stands in the middle of a sentence, or ends one that was begun before it."""
    tail = (element.tail or "").lstrip()[:20]
    letter = next((char for char in tail if char.isalpha()), "")
    if letter and (element.tag in _LINKING or letter.islower() or tail[0] in _CONTINUES) and tail[0] not in "|•·/":
        return True
    before = element.getprevious()
    parent = element.getparent()
    text = before.tail if before is not None else parent.text if parent is not None else ""
    started = (text or "").rstrip()[-20:]
    return any(map(str.isalpha, started)) and not started.endswith(_ENDS)


_LONGEST_QUESTION = 300  # characters
_TOGGLES = ("aria-expanded", "aria-controls")
_NO_QUESTION = re.compile(
    r"показать|скрыть|ещё|еще|больше|show|hide|more|less|menu|меню|мәзір|поиск|search|іздеу|share|подел|бөлісу|закрыть|close|жабу|коммент|comment|пікір"
    r"|войти|login|sign|подпис|subscribe",
    re.IGNORECASE,
)
_QUESTION_NAMES = re.compile(r"(?<![a-z])(?:accordion|faq|question|vopros|spoiler)")


def is_question(button: HtmlElement) -> bool:
    """Whether a button is a heading that unfolds the answer below it, as in lists of questions."""
    parent = button.getparent()
    if parent is not None and (parent.tag in HEADINGS or parent.tag in ("summary", "dt")):
        return True
    if not (any(name in button.attrib for name in _TOGGLES) or _QUESTION_NAMES.search(names_of(button))):
        return False
    text = " ".join("".join(button.itertext()).split())[: _LONGEST_QUESTION + 1]
    return " " in text and len(text) <= _LONGEST_QUESTION and _NO_QUESTION.search(text) is None


def _is_initial(element: HtmlElement) -> bool:
    """Whether a text for screen readers is the first letter of a word that goes on behind it, and nothing shows that letter."""
    text = "".join(element.itertext()).strip()
    tail = element.tail or ""
    if len(text) != 1 or not tail[:1].isalpha():
        return False
    before = element.getprevious()
    return before is None or before.get("aria-hidden") != "true" or not "".join(before.itertext()).strip()


@lru_cache(maxsize=8192)
def _hiding_classes(classes: str) -> str:
    names = classes.lower()
    if _FOR_READERS_ALOUD.search(names):
        return "aloud"
    if _INVISIBLE.isdisjoint(names.split()) or _SHOWN_ELSEWHERE.search(names):
        return ""
    return "hidden"


@lru_cache(maxsize=8192)
def _of_classes(classes: str, heading: bool) -> Box:  # noqa: FBT001  a key of the cache
    tokens = classes.split()
    if "hentry" in tokens or "post" in tokens or "type-post" in tokens:
        tokens = [token for token in tokens if not _OF_A_POST.match(token)]
    names = [(spelled(token), _of_name(spelled(token), heading)) for token in tokens]
    if any(BODY_NAME.search(name) and not box for name, box in names):
        return Box.NONE
    return max((box for _, box in names), default=Box.NONE)


@lru_cache(maxsize=8192)
def _of_identity(identity: str) -> Box:
    name = spelled(identity)
    return _of_name(name, heading=False) if _only_parts(name) else Box.NONE


@lru_cache(maxsize=8192)
def _of_name(name: str, heading: bool) -> Box:  # noqa: FBT001  a key of the cache
    """What one name says. A weak word says nothing where the name has words of prose as well, nor of a heading."""
    if (not heading or _only_parts(name)) and _SURE.search(name):
        return Box.FOREIGN if _OTHERS_WORDS.search(name) else Box.NAMED
    weak = _INFO.search(name) or (_weak_words(name) and _only_parts(name))
    return Box.WEAK if weak and not heading else Box.NONE


def _only_parts(name: str) -> bool:
    return all(part in _PARTS or part in _ALL_BOX_PARTS for part in _PART.findall(name))


def _weak_words(names: str) -> frozenset[str]:
    return frozenset(_PART.findall(names)) & _WEAK_SET


_WEAK_SET = frozenset(_WEAK)
