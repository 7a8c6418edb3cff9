"""Detect pages with status 200 that are no article: front pages, soft 404s, challenges, logins, paywalls.

Templates of ordinary pages hold comment forms with a captcha, login windows, scripts against robots and
teasers of paid texts, and headlines say that an article was removed from a bill. So where a page has a text
of its own, its headings and that text decide, not what is around them.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from pipelines import classification_phrases as phrases
from pipelines.extraction.jsonld import read_statements
from pipelines.page import short_text
from pipelines.urls import canonical_url
from storage.model.captures import Outcome, OutcomeKind

if TYPE_CHECKING:
    from pipelines.draft import Draft
    from pipelines.page import Page

FRONT_PAGE = "front-page"
SOFT_GONE = "soft-gone"
PAYWALL = "paywall"

_SHORT = 800  # characters of text, below which a page may be no article
_SHORTER = 500  # the same for challenges and logins
_MIN_NOTICE = 100  # characters of a dated text, from which it is an article under any heading
_MARKS = re.compile(
    r"cf-browser-verification|cf_chl_|challenge-platform|/\.well-known/ddos-guard|ddos-guard\.net|__qrator"
    r"|smart-captcha|class=[\"']?[gh]-?captcha|g-recaptcha[\"'\s>]|captcha\.php|captcha_sid"
    r"|name=[\"']?captcha",
    re.IGNORECASE,
)
"""Technical marks of challenges; templates of ordinary pages contain some of them, too."""
_FRONT = re.compile(
    r"/?(?:(?:ru|rus|kk|kz|kaz|qaz|en|eng)/?)?(?:(?:index|default|home)\.(?:html?|php|aspx?|jsp))?",
    re.IGNORECASE,
)
"""Path of a front page: the root of a host or of one of its languages, with or without a file name.

Articles may be at any other path: on some sites sections, tags and archives have addresses like theirs."""
_NOT_FREE = re.compile(
    r"\"isAccessibleForFree\"\s*:\s*(?:\[\s*)?\"?(?:https?://schema\.org/)?false", re.IGNORECASE
)
_FALSE = re.compile(r"(?:https?://schema\.org/)?false", re.IGNORECASE)
_MAX_HEADING = 500  # characters of a heading that are looked at
_TAIL = 400  # characters at the end of a text that are searched for a paywall
_MANY_LINKS = 40  # least number of links with a text on a front page


def classify(draft: Draft) -> Draft:
    """Set the outcome of a page that is no article, and `wall` if a paywall hides most of one that is."""
    if draft.outcome is not None and draft.outcome.reason not in {"no-text", "no-title"}:
        return draft
    page, text = draft.page, draft.reading.text
    if not page.is_html:
        return draft
    if len(text) < _SHORT and (outcome := _rejection(draft, text)):
        return replace(draft, outcome=outcome)
    if _is_address_of_front_page(page.url):
        return replace(draft, outcome=Outcome(OutcomeKind.NOT_ARTICLE, FRONT_PAGE))
    if draft.outcome is None and (_is_declared_paid(page) or phrases.PAID.search(text[-_TAIL:])):
        return replace(draft, wall=PAYWALL)
    return draft


def _rejection(draft: Draft, text: str) -> Outcome | None:
    """Return the outcome of a page with little text that is no article; None if it may be one."""
    page, is_dated = draft.page, _is_dated(draft)
    title, headline = _first_text(page, "title"), _first_text(page, "h1")
    is_shorter = len(text) < _SHORTER
    if _says_missing(title, headline) and not (is_dated and len(text) >= _MIN_NOTICE):
        return Outcome(OutcomeKind.GONE, f"{SOFT_GONE}: a page that says that there is none")
    if is_shorter and not is_dated and _is_challenge(page, f"{title}\n{headline}\n{text}"):
        return Outcome(OutcomeKind.REFUSED, "blocked_page: a challenge")
    has_password = is_shorter and page.select("input[type=password]")
    if has_password and _asks_to_log_in(title, headline, text, is_dated=is_dated):
        return Outcome(OutcomeKind.WALLED, "login")
    if _is_front_page(page):
        return Outcome(OutcomeKind.GONE, f"{SOFT_GONE}: the front page")
    return None


def _is_address_of_front_page(url: str) -> bool:
    """Return whether an address is that of a front page.

    With a query (`/?p=123`, `/index.php?newsid=5`) it is an article's on many sites.
    """
    return _FRONT.fullmatch(urlsplit(url).path) is not None and not urlsplit(canonical_url(url)).query


def _is_dated(draft: Draft) -> bool:
    """Return whether a page has a publication date; htmldate's guess does not count.

    Articles have one; errors, challenges and logins do not.
    """
    return any(date.found_in != "htmldate" for date in draft.reading.published)


def _says_missing(title: str, headline: str) -> bool:
    """Return whether a heading says only that a page, a text or a news item is missing.

    The title may also have the site's name, but be no beginning of a longer headline («Статья удалена из
    проекта закона»).
    """
    if phrases.MISSING.fullmatch(headline) or phrases.MISSING.fullmatch(title):
        return True
    parts = phrases.NAME_OF_SITE.split(title)
    return any(phrases.MISSING.fullmatch(part) and part not in headline for part in (parts[0], parts[-1]))


def _is_challenge(page: Page, text: str) -> bool:
    """Return whether a page asks for a proof that its reader is no robot.

    Two of three signs are needed: its words, its technical marks, and that it links to nothing else.
    """
    has_words = phrases.CHALLENGE.search(text) is not None
    has_marks = _MARKS.search(page.text) is not None
    is_alone = not page.select("article, meta[property='og:type'][content=article]") and _has_no_menu(page)
    return (has_words and has_marks) or ((has_words or has_marks) and is_alone)


def _has_no_menu(page: Page) -> bool:
    """Return whether a page links to no other page of its site but the front page."""
    own = urlsplit(page.url)
    for link in page.tree.iter("a"):
        try:
            target = urlsplit(urljoin(page.url, link.get("href") or ""))
        except ValueError:
            continue
        if target.netloc == own.netloc and target.path not in {"", "/", own.path}:
            return False
    return True


def _asks_to_log_in(title: str, headline: str, text: str, *, is_dated: bool) -> bool:
    """Return whether a page with a password field is a login page.

    It has no text, its heading says so, or its text asks to log in.
    """
    if not text or phrases.LOG_IN_TO_READ.search(text):
        return True
    if is_dated:
        return False
    heading = headline or phrases.NAME_OF_SITE.split(title, maxsplit=1)[0]
    return phrases.LOGIN.fullmatch(heading) is not None or phrases.LOG_IN.search(text) is not None


def _is_declared_paid(page: Page) -> bool:
    """Return whether the article's own JSON-LD says that it is not free; that of a teaser does not count.

    https://schema.org/isAccessibleForFree
    """
    if not _NOT_FREE.search(page.text):
        return False
    article = read_statements(page.tree, page.url).article
    if "isAccessibleForFree" in article:
        stated = [article["isAccessibleForFree"]]
    else:
        parts = article.get("hasPart")
        parts = parts if isinstance(parts, list) else [parts]
        stated = [part.get("isAccessibleForFree") for part in parts if isinstance(part, dict)]
    values = [value for x in stated for value in (x if isinstance(x, list) else [x])]
    return any(map(_is_false, values))


def _is_false(value: object) -> bool:
    if isinstance(value, str):
        return _FALSE.fullmatch(value.strip()) is not None
    return value is False


def _first_text(page: Page, tag: str) -> str:
    texts = (short_text(element, _MAX_HEADING) for element in page.tree.iter(tag))
    return next(filter(None, texts), "")


def _is_front_page(page: Page) -> bool:
    """Return whether a page declares another address than its own, the front page, and has as many links."""
    own = urlsplit(page.url)
    declared = [link.get("href") or "" for link in page.select("link[rel=canonical]")]
    declared += [meta.get("content") or "" for meta in page.select("meta[property='og:url']")]
    for address in filter(None, declared):
        try:
            target = urlsplit(urljoin(page.url, address))
        except ValueError:
            continue
        if target.hostname == own.hostname and target.path in {"", "/"} and own.path not in {"", "/"}:
            return sum(1 for link in page.tree.iter("a") if short_text(link)) >= _MANY_LINKS
    return False
