"""Pages that answer 200 and are no article: soft 404s, challenges, logins and paywalls.

Each is told by its own words together with a text far shorter than an article's, so that an article about a missing page or a
captcha stays one.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from pipelines.page import short_text
from storage.model.captures import Outcome, OutcomeKind

if TYPE_CHECKING:
    from pipelines.draft import Draft
    from pipelines.page import Page

SOFT_GONE = "soft-gone"
PAYWALL = "paywall"

_SHORT, _SHORTER = 800, 500  # characters of text, below which a page may be no article
_MISSING = re.compile(
    r"^\W*(?:(?:ошибка|error|қате)\W+)?404\b(?!\s+\w)"
    r"|страниц\w*\s+(?:не\s+(?:найден|существу)|удал)|(?:материал|новость|статья|публикаци\w)\s+(?:не\s+найден|удал)"
    r"|(?:бет|парақша|мақала|жаңалық)\s+(?:табылмады|жойыл)|page\s+(?:was\s+)?not\s+found|no\s+longer\s+(?:available|exists)",
    re.IGNORECASE | re.MULTILINE,
)
_CHALLENGE = re.compile(
    r"cf-browser-verification|cf_chl_|challenge-platform|/\.well-known/ddos-guard|ddos-guard\.net|__qrator|checking your browser"
    r"|проверка\s+(?:вашего\s+)?браузера|enable javascript and cookies to continue|smart-captcha|class=\"[gh]-?captcha|g-recaptcha\"",
    re.IGNORECASE,
)
_PAID = re.compile(
    r"(?:полн\w+\s+(?:текст|верси\w*)|продолжение|читать\s+дальше|материал|статья)[^.!?]{0,60}подпис"
    r"|оформ\w+\s+подписк|только\s+(?:для\s+)?подписчик|жазылушылар(?:ға|дың)?\s+(?:ғана|үшін)"
    r"|subscribe\s+to\s+(?:continue|read)|for\s+subscribers\s+only|already\s+a\s+subscriber",
    re.IGNORECASE,
)
_NOT_FREE = re.compile(r"\"isAccessibleForFree\"\s*:\s*\"?false", re.IGNORECASE)
_HEADLINE = 500  # characters in which a page says that it is none
_TAIL = 400  # characters at the end of a text, where a paywall speaks
_MANY_LINKS = 40  # of a front page


def recognise(draft: Draft) -> Draft:
    """The draft, ended where its page is no article; `wall` is set where a paywall hides most of one that is."""
    if draft.outcome is not None and draft.outcome.reason not in {"no-text", "no-title"}:
        return draft
    page, text = draft.page, draft.reading.text
    if not page.is_html:
        return draft
    if len(text) < _SHORT and (outcome := _no_article(page, text)):
        return replace(draft, outcome=outcome)
    if draft.outcome is None and (_NOT_FREE.search(page.text) or _PAID.search(text[-_TAIL:])):
        return replace(draft, wall=PAYWALL)
    return draft


def _no_article(page: Page, text: str) -> Outcome | None:
    if _MISSING.search("\n".join(_first_text(page, tag) for tag in ("title", "h1"))):
        return Outcome(OutcomeKind.GONE, f"{SOFT_GONE}: a page that says that there is none")
    if len(text) < _SHORTER and _CHALLENGE.search(page.text):
        return Outcome(OutcomeKind.REFUSED, "blocked_page: a challenge")
    if len(text) < _SHORTER and page.select("input[type=password]"):
        return Outcome(OutcomeKind.WALLED, "login")
    if _is_front_page(page):
        return Outcome(OutcomeKind.GONE, f"{SOFT_GONE}: the front page")
    return None


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
