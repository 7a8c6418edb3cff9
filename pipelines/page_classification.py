"""Pages that answer 200 and are no article: front pages, soft 404s, challenges, logins and paywalls.

Templates hold comment forms with a captcha, login windows, scripts against robots, and teasers of paid texts, and headlines say that an
article was removed from a bill. So where a page has a text of its own, its headings and that text decide, not what stands around them.
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

_SHORT, _SHORTER = 800, 500  # characters of text, below which a page may be no article
_NOTICE = 100  # characters that a page without an article says at most about it
_MARKS = re.compile(
    r"cf-browser-verification|cf_chl_|challenge-platform|/\.well-known/ddos-guard|ddos-guard\.net|__qrator|smart-captcha"
    r"|class=[\"']?[gh]-?captcha|g-recaptcha[\"'\s>]|captcha\.php|captcha_sid|name=[\"']?captcha",
    re.IGNORECASE,
)
"""What challenges are made with, and what templates of ordinary pages hold, too."""
_FRONT = re.compile(r"/?(?:(?:ru|rus|kk|kz|kaz|qaz|en|eng)/?)?(?:(?:index|default|home)\.(?:html?|php|aspx?|jsp))?", re.IGNORECASE)
"""The path of a front page: the root of a host or of a language of it, maybe with the file's name. Articles may lie anywhere else: also
sections, tags and archives have addresses like those of articles on some site."""
_NOT_FREE = re.compile(r"\"isAccessibleForFree\"\s*:\s*(?:\[\s*)?\"?(?:https?://schema\.org/)?false", re.IGNORECASE)
_FALSE = re.compile(r"(?:https?://schema\.org/)?false", re.IGNORECASE)
_HEADLINE = 500  # characters in which a page says that it is none
_TAIL = 400  # characters at the end of a text, where a paywall speaks
_MANY_LINKS = 40  # of a front page


def classify(draft: Draft) -> Draft:
    """The draft, ended where its page is no article; `wall` is set where a paywall hides most of one that is."""
    if draft.outcome is not None and draft.outcome.reason not in {"no-text", "no-title"}:
        return draft
    page, text = draft.page, draft.reading.text
    if not page.is_html:
        return draft
    if len(text) < _SHORT and (outcome := _no_article(draft, text)):
        return replace(draft, outcome=outcome)
    if _is_address_of_front_page(page.url):
        return replace(draft, outcome=Outcome(OutcomeKind.NOT_ARTICLE, FRONT_PAGE))
    if draft.outcome is None and (_is_declared_paid(page) or phrases.PAID.search(text[-_TAIL:])):
        return replace(draft, wall=PAYWALL)
    return draft


def _no_article(draft: Draft, text: str) -> Outcome | None:
    page, is_dated = draft.page, _is_dated(draft)
    title, headline = _first_text(page, "title"), _first_text(page, "h1")
    if _says_missing(title, headline) and not (is_dated and len(text) >= _NOTICE):
        return Outcome(OutcomeKind.GONE, f"{SOFT_GONE}: a page that says that there is none")
    if len(text) < _SHORTER and not is_dated and _is_challenge(page, f"{title}\n{headline}\n{text}"):
        return Outcome(OutcomeKind.REFUSED, "blocked_page: a challenge")
    if len(text) < _SHORTER and page.select("input[type=password]") and _asks_to_log_in(title, headline, text, is_dated=is_dated):
        return Outcome(OutcomeKind.WALLED, "login")
    if _is_front_page(page):
        return Outcome(OutcomeKind.GONE, f"{SOFT_GONE}: the front page")
    return None


def _is_address_of_front_page(url: str) -> bool:
    """Whether nothing but the host is asked for; with a query (`/?p=123`, `/index.php?newsid=5`) that is an article on many sites."""
    return _FRONT.fullmatch(urlsplit(url).path) is not None and not urlsplit(canonical_url(url)).query


def _is_dated(draft: Draft) -> bool:
    """Whether a page tells when it was published, as articles do and errors, challenges and logins do not; a guess does not count."""
    return any(date.found_in != "htmldate" for date in draft.reading.published)


def _says_missing(title: str, headline: str) -> bool:
    """Whether a heading says nothing but that a page, a text or a news item is missing.

    The title may say the site's name, too, but not where the headline itself goes on («Статья удалена из проекта закона»).
    """
    if phrases.MISSING.fullmatch(headline) or phrases.MISSING.fullmatch(title):
        return True
    parts = phrases.NAME_OF_SITE.split(title)
    return any(phrases.MISSING.fullmatch(part) and part not in headline for part in (parts[0], parts[-1]))


def _is_challenge(page: Page, said: str) -> bool:
    """Whether a page asks for a proof that its reader is no robot: by two of its words, its means, and that it leads nowhere else."""
    speaks, is_made_so = phrases.CHALLENGE.search(said) is not None, _MARKS.search(page.text) is not None
    is_lone = not page.select("article, meta[property='og:type'][content=article]") and _leads_nowhere(page)
    return (speaks and is_made_so) or ((speaks or is_made_so) and is_lone)


def _leads_nowhere(page: Page) -> bool:
    """Whether a page has no links to others of its site but the front page: it has no menu, and so is none of the site's own."""
    for link in page.tree.iter("a"):
        try:
            target = urlsplit(urljoin(page.url, link.get("href") or ""))
        except ValueError:
            continue
        if target.netloc == urlsplit(page.url).netloc and target.path not in {"", "/", urlsplit(page.url).path}:
            return False
    return True


def _asks_to_log_in(title: str, headline: str, text: str, *, is_dated: bool) -> bool:
    """Whether a page with a password field is there for it: nothing else stands on it, its heading says so, or its text asks for it."""
    if not text or phrases.LOG_IN_TO_READ.search(text):
        return True
    heading = headline or phrases.NAME_OF_SITE.split(title, maxsplit=1)[0]
    return not is_dated and (phrases.LOGIN.fullmatch(heading) is not None or phrases.LOG_IN.search(text) is not None)


def _is_declared_paid(page: Page) -> bool:
    """Whether the article's own JSON-LD says that it is not free (https://schema.org/isAccessibleForFree); that of a teaser does not."""
    if not _NOT_FREE.search(page.text):
        return False
    article = read_statements(page.tree, page.url).article
    part = article.get("hasPart")
    parts = [x for x in (part if isinstance(part, list) else [part]) if isinstance(x, dict)]
    told = [article["isAccessibleForFree"]] if "isAccessibleForFree" in article else [x.get("isAccessibleForFree") for x in parts]
    values = [value for one in told for value in (one if isinstance(one, list) else [one])]
    return any(value is False or (isinstance(value, str) and _FALSE.fullmatch(value.strip())) for value in values)


def _first_text(page: Page, tag: str) -> str:
    return next((text for element in page.tree.iter(tag) if (text := short_text(element, _HEADLINE))), "")


def _is_front_page(page: Page) -> bool:
    """Whether a page that was asked for an article says that it is the front page of its host, and links like one."""
    asked = urlsplit(page.url)
    named = [link.get("href") or "" for link in page.select("link[rel=canonical]")]
    named += [meta.get("content") or "" for meta in page.select("meta[property='og:url']")]
    for address in filter(None, named):
        try:
            told = urlsplit(urljoin(page.url, address))
        except ValueError:
            continue
        if told.hostname == asked.hostname and told.path in {"", "/"} and asked.path not in {"", "/"}:
            return sum(1 for link in page.tree.iter("a") if short_text(link)) >= _MANY_LINKS
    return False
