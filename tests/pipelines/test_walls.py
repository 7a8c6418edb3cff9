"""Pages that answer 200 and are no article."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipelines.draft import Draft, Reading
from pipelines.extraction.extract import extract
from pipelines.page import Page
from pipelines.rules import LineRules
from pipelines.walls import recognise
from storage.model.captures import Capture, OutcomeKind, WarcPointer
from storage.model.sources import Source, SourceKind

URL = "https://v.example/n/1"
NOW = datetime(2026, 3, 3, tzinfo=UTC)
LONG = "".join(
    f"<p>Абзац {n} о том, как обсуждали поправки и как голосовали за каждую из них на участке номер {n} в воскресенье.</p>"
    for n in range(14)
)


def draft(html: str, url: str = URL) -> Draft:
    capture = Capture("v", url, NOW, 200, "text/html", "", WarcPointer("", 0, 0, ""))
    rules = LineRules(Source("v", "Вестник", SourceKind.NEWSPAPER, "https://v.example/"))
    return extract(Draft(capture, Page(url, html.encode(), "text/html", NOW), rules))


@pytest.mark.parametrize(
    ("html", "kind", "reason"),
    [
        ("<title>Страница не найдена</title><h1>Ошибка</h1><p>Увы.</p>", OutcomeKind.GONE, "soft-gone"),
        ("<title>Вестник</title><h1>404</h1><p>Ничего нет, начните с главной страницы нашего издания.</p>", OutcomeKind.GONE, "soft-gone"),
        ("<title>Бет табылмады</title><h1>Бет табылмады</h1><p>Басты бетке өтіңіз.</p>", OutcomeKind.GONE, "soft-gone"),
        ("<title>Page not found</title><p>Sorry.</p>", OutcomeKind.GONE, "soft-gone"),
        ("<title>Материал удалён</title><h1>Материал удалён</h1><p>По решению редакции.</p>", OutcomeKind.GONE, "soft-gone"),
        ("<title>Just a moment...</title><p>Checking your browser before accessing.</p>", OutcomeKind.REFUSED, "blocked_page"),
        ("<title>Вход</title><h1>Вход</h1><form><input type=password></form><p>Введите пароль.</p>", OutcomeKind.WALLED, "login"),
        (
            "<title>Вестник</title><link rel=canonical href='/'><h1>Новости</h1><p>Все новости дня.</p>"
            + "".join(f"<a href=/n/{n}>Новость {n}</a>" for n in range(50)),
            OutcomeKind.GONE,
            "soft-gone: the front page",
        ),
    ],
)
def test_what_is_no_article_is_told_by_its_words_and_its_length(html: str, kind: OutcomeKind, reason: str) -> None:
    outcome = recognise(draft(html)).outcome
    assert outcome is not None
    assert outcome.kind is kind
    assert outcome.reason.startswith(reason)


@pytest.mark.parametrize(
    "html",
    [
        f"<title>404 дня до выборов</title><h1>404 дня до выборов</h1><article>{LONG}</article>",
        f"<title>Страница не найдена: как закрыли сайт</title><h1>Страница не найдена</h1><article>{LONG}</article>",
        f"<title>О капче</title><h1>О капче</h1><article>{LONG}</article><script>challenge-platform</script>",
        f"<title>Новость</title><h1>Новость</h1><article>{LONG}</article><form><input type=password></form>",
        "<title>Заметка 404 о Конституции</title><h1>Заметка 404 о Конституции</h1><article><p>Коротко о деле.</p></article>",
        "<title>404 дня</title><h1>404 дня до выборов</h1><article><p>Столько осталось до выборов.</p></article>",
        "<title>Коротко</title><h1>Открыли мост</h1><article><p>В городе открыли новый мост через реку.</p></article>",
    ],
)
def test_an_article_about_such_things_stays_one(html: str) -> None:
    seen = recognise(draft(html))
    assert (seen.outcome, seen.wall) == (None, "")


@pytest.mark.parametrize(
    "tail",
    [
        "<p>Полный текст доступен только подписчикам.</p>",
        "<p>Оформите подписку, чтобы читать дальше.</p>",
        "<p>Subscribe to continue reading.</p>",
        '<script type="application/ld+json">{"@type":"NewsArticle","isAccessibleForFree": false}</script>',
    ],
)
def test_a_paywall_is_seen(tail: str) -> None:
    assert recognise(draft(f"<title>Новость</title><h1>Новость</h1><article>{LONG[:1500]}{tail}</article>")).wall == "paywall"


def test_other_outcomes_are_left_alone() -> None:
    given = draft("%PDF-1.7")
    assert recognise(given) is given
    assert Reading().text == given.reading.text
