"""Pages that answer 200 and are no article."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipelines.draft import Draft, ExtractedFields
from pipelines.extraction.extract import extract
from pipelines.page import Page
from pipelines.page_classification import classify
from pipelines.rules import StageRules
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
    rules = StageRules(Source("v", "Вестник", SourceKind.NEWSPAPER, "https://v.example/"))
    return extract(Draft(capture, Page(url, html.encode(), "text/html", NOW), rules))


def ld(statement: str) -> str:
    return f'<script type="application/ld+json">{statement}</script>'


@pytest.mark.parametrize(
    ("html", "kind", "reason"),
    [
        ("<title>Страница не найдена</title><h1>Ошибка</h1><p>Увы.</p>", OutcomeKind.GONE, "soft-gone"),
        ("<title>Вестник</title><h1>404</h1><p>Ничего нет, начните с главной страницы нашего издания.</p>", OutcomeKind.GONE, "soft-gone"),
        ("<title>Бет табылмады</title><h1>Бет табылмады</h1><p>Басты бетке өтіңіз.</p>", OutcomeKind.GONE, "soft-gone"),
        ("<title>Page not found</title><p>Sorry.</p>", OutcomeKind.GONE, "soft-gone"),
        ("<title>Материал удалён</title><h1>Материал удалён</h1><p>По решению редакции.</p>", OutcomeKind.GONE, "soft-gone"),
        ("<title>Just a moment...</title><p>Checking your browser before accessing.</p>", OutcomeKind.REFUSED, "blocked_page"),
        ("<title>404 Not Found | Вестник</title><h1>Вестник</h1><p>Ничего нет, начните с главной.</p>", OutcomeKind.GONE, "soft-gone"),
        ("<title>Вестник - 404</title><p>Перейдите на главную страницу.</p>", OutcomeKind.GONE, "soft-gone"),
        ("<title>В</title><h1>Извините, запрашиваемая страница не найдена!</h1><p>Увы, нет.</p>", OutcomeKind.GONE, "soft-gone"),
        ("<title>Ошибка 404: Страница не найдена</title><p>Попробуйте поиск по сайту.</p>", OutcomeKind.GONE, "soft-gone"),
        ("<title>В</title><h1>Новость удалена или не существует</h1><p>Читайте другие новости.</p>", OutcomeKind.GONE, "soft-gone"),
        ("<title>Oops! This page doesn’t exist</title><p>Try the search.</p>", OutcomeKind.GONE, "soft-gone"),
        ("<title>Кешіріңіз, сұралған бет табылмады</title><p>Басты бетке өтіңіз.</p>", OutcomeKind.GONE, "soft-gone"),
        ("<title>The article is no longer available - The Courier</title><p>Sorry.</p>", OutcomeKind.GONE, "soft-gone"),
        ("<title>Error 404 (Not Found)!!1</title><p>The requested URL was not found here.</p>", OutcomeKind.GONE, "soft-gone"),
        ("<title>Страница удалена или никогда не существовала</title><p>Вернитесь.</p>", OutcomeKind.GONE, "soft-gone"),
        ("<h1>Проверка браузера</h1><p>Проверка займёт несколько секунд.</p>", OutcomeKind.REFUSED, "blocked_page"),
        (
            "<title>Вестник</title><p>Подтвердите, что вы не робот.</p><a href=/n/>Новости</a><div class='g-recaptcha'></div>",
            OutcomeKind.REFUSED,
            "blocked_page",
        ),
        (
            "<title>v.example</title><p>Please stand by while we look at you.</p><script>__qrator</script>",
            OutcomeKind.REFUSED,
            "blocked_page",
        ),
        ("<title>DDoS-Guard</title><script src='/.well-known/ddos-guard/x.js'></script>", OutcomeKind.REFUSED, "blocked_page"),
        (
            "<title>Войти в личный кабинет | Вестник</title><form><input type=password></form><p>Ваш логин и пароль.</p>",
            OutcomeKind.WALLED,
            "login",
        ),
        (
            "<title>Новость</title><h1>Новость</h1><p>Начало. Чтобы прочитать дальше, войдите на сайт.</p><input type=password>",
            OutcomeKind.WALLED,
            "login",
        ),
        ("<title>Жүйеге кіру</title><h1>Жүйеге кіру</h1><p>Пошта мен пароль.</p><input type=password>", OutcomeKind.WALLED, "login"),
        ("<title>Вход</title><h1>Вход</h1><form><input type=password></form><p>Введите пароль.</p>", OutcomeKind.WALLED, "login"),
        (
            "<title>Вестник</title><link rel=canonical href='/'><h1>Новости</h1><p>Все новости дня.</p>"
            + "".join(f"<a href=/n/{n}>Новость {n}</a>" for n in range(50)),
            OutcomeKind.GONE,
            "soft-gone: the front page",
        ),
    ],
)
def test_pages_that_are_no_article_are_recognised_by_words_and_length(html: str, kind: OutcomeKind, reason: str) -> None:
    outcome = classify(draft(html)).outcome
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
    seen = classify(draft(html))
    assert (seen.outcome, seen.wall) == (None, "")


NAV = "<nav><a href=/news/>Новости</a><a href=/about/>О нас</a></nav>"
CAPTCHA = "<form class=add-comment><textarea name=t></textarea><div class='g-recaptcha' data-sitekey=x></div></form>"
LOGIN = "<form action=/login><input name=u><input type=password name=p><button>Войти</button></form>"
SHORT = "<p>В посёлке открыли ещё один избирательный участок, сообщила пресс-служба акимата. Он разместился в библиотеке.</p>"


@pytest.mark.parametrize(
    "around",
    [
        CAPTCHA,
        LOGIN,
        "<script src='/cdn-cgi/challenge-platform/h/b/scripts/jsd/main.js'></script>",
        "<script src='https://v.example/.well-known/ddos-guard/check.js'></script>",
        "<img src='/bitrix/tools/captcha.php?captcha_sid=1'><div class='smart-captcha'></div>",
        "<div class='modal h-captcha'></div><a href=/login/>Вход</a><noscript>Please enable JavaScript</noscript>",
    ],
)
@pytest.mark.parametrize(
    "article",
    [
        f"<article><h1>Открыт участок в библиотеке</h1><time datetime='2026-03-01'>1 марта 2026</time>{SHORT}</article>",
        f"<div class=content><h1>Открыт участок в библиотеке</h1>{SHORT}</div>",
        "<h1>Кітапханада сайлау учаскесі ашылды</h1><p>Ауылда тағы бір сайлау учаскесі ашылды, деді әкімдік. Ол таңғы жетіде ашылады.</p>",
        "<main><h2>A polling station opens</h2><p>One more polling station has opened in the library, the office said.</p></main>",
    ],
)
def test_a_short_news_item_stays_one_whatever_its_template_holds(article: str, around: str) -> None:
    for html in (NAV + article + around, around + NAV + article):
        seen = classify(draft(f"<html><title>Открыт участок в библиотеке</title><body>{html}"))
        assert (seen.outcome, seen.wall) == (None, "")


@pytest.mark.parametrize(
    "headline",
    [
        "Статья удалена из проекта закона о выборах",
        "Материал удалён с сайта акимата после жалобы",
        "Страница не найдена: почему закрыли сайт маслихата",
        "Новость не найдена в архиве, заявил суд",
        "Публикация удалена — блогер извинился",
        "Ошибка: статья 15 удалена",
        "404 страницы поправок",
        "Документ не найден у каждого третьего",
        "Page not found for three days: what happened to the portal",
        "The article was removed from the draft constitution",
        "Мақала жобадан алынып тасталды",
        "Жаңалық жойылды деген ақпарат жалған",
        "Внимание",
        "Вход в метро закрыт",
        "Жителям напомнили, как сменить забытый пароль",
        "Регистрация кандидатов завершена",
        "«Вы не робот?» Как учат искать жуликов",
    ],
)
@pytest.mark.parametrize("site", ["", " — Вестник", " | Вестник"])
def test_a_headline_about_removed_pages_is_an_article(headline: str, site: str) -> None:
    text = "<p>Депутаты исключили из проекта норму о сроках хранения бюллетеней. Поправку внёс комитет.</p>"
    seen = classify(draft(f"<title>{headline}{site}</title><body>{NAV}<article><h1>{headline}</h1>{text}</article>{LOGIN}"))
    assert (seen.outcome, seen.wall) == (None, "")


def test_a_news_item_on_a_page_without_a_menu_stays_one() -> None:
    for mark in (
        f"<article><h1>Открыт участок</h1>{SHORT}</article>",
        f"<meta property=og:type content=article><h1>Открыт участок</h1>{SHORT}",
    ):
        assert classify(draft(f"<title>Открыт участок</title>{mark}{CAPTCHA}")).outcome is None


def test_a_dated_text_with_the_headline_of_a_soft_404_is_an_article() -> None:
    dated = f"<h1>Страница не найдена</h1><time datetime='2026-03-01T10:00'>1 марта 2026, 10:00</time>{SHORT}"
    assert classify(draft(f"<title>Страница не найдена</title>{NAV}<article>{dated}</article>")).outcome is None


@pytest.mark.parametrize(
    "tail",
    [
        "<p>Напомним, статья 91 осталась прежней: документ подписал Глава государства.</p>",
        "<p>Полный текст соглашения подписали обе стороны.</p>",
        "<p>Материал подготовлен по подписным листам.</p>",
        "<p>Продолжение: указ о подписании договора опубликован.</p>",
        "<p>Статья о подписке на районную газету вышла в январе.</p>",
        "<p>Районную газету и её материалы жители получают по подписке.</p>",
        "<p>Оформить подписку на газету можно в любом отделении связи.</p>",
        "<p>У канала 20 тысяч подписчиков, и только подписчики узнали об этом первыми.</p>",
        "<p>Құжатқа жазылушылар саны артып келеді.</p>",
        "<p>Subscribe to continue reading our weekly letter.</p>",
        "<p>The agreement, to which the country was already a subscriber, stays.</p>",
        ld('{"@type":"NewsArticle","headline":"Новость","isAccessibleForFree":true}')
        + ld('{"@type":"ItemList","itemListElement":[{"@type":"NewsArticle","isAccessibleForFree":false}]}'),
        ld('{"@type":"NewsArticle","headline":"Новость","url":"https://v.example/n/1"}')
        + ld('{"@type":"NewsArticle","url":"https://v.example/n/2","isAccessibleForFree":"False"}'),
        '<script>var teaser = {"isAccessibleForFree": false}</script>',
    ],
)
def test_a_free_text_is_not_classified_as_paid(tail: str) -> None:
    html = f"<title>Новость</title><div>Already a subscriber? Sign in</div><article><h1>Новость</h1>{LONG[:1500]}</p>{tail}</article>"
    assert classify(draft(html)).wall == ""


@pytest.mark.parametrize(
    "tail",
    [
        "<p>Полный текст доступен только подписчикам.</p>",
        "<p>Оформите подписку, чтобы читать дальше.</p>",
        "<p>Subscribe to continue reading.</p>",
        "<p>Этот материал доступен только по подписке.</p>",
        "<p>Продолжение статьи открыто только для подписчиков «Вестника».</p>",
        "<p>Чтобы прочитать полностью, оформите платную подписку.</p>",
        "<p>Мақаланы толық оқу тек жазылушыларға қолжетімді.</p>",
        "<p>Already a subscriber? Log in</p>",
        "<p>This story is available to subscribers only.</p>",
        '<script type="application/ld+json">{"@type":"NewsArticle","hasPart":{"isAccessibleForFree":"False","cssSelector":".p"}}</script>',
        '<script type="application/ld+json">{"@type":"NewsArticle","isAccessibleForFree": false}</script>',
    ],
)
def test_a_paywall_is_seen(tail: str) -> None:
    assert classify(draft(f"<title>Новость</title><h1>Новость</h1><article>{LONG[:1500]}{tail}</article>")).wall == "paywall"


def test_other_outcomes_are_left_alone() -> None:
    given = draft("%PDF-1.7")
    assert classify(given) is given
    assert ExtractedFields().text == given.reading.text


@pytest.mark.parametrize("address", ["", "/", "/ru", "/kz/", "/index.html", "/en/index.php", "/?utm_source=mail", "/#top"])
def test_the_front_page_is_no_article(address: str) -> None:
    outcome = classify(draft(f"<title>Новости</title><h1>Новости</h1><article>{LONG}</article>", f"https://v.example{address}")).outcome
    assert outcome is not None
    assert (outcome.kind, outcome.reason) == (OutcomeKind.NOT_ARTICLE, "front-page")


@pytest.mark.parametrize("address", ["/?p=123", "/index.php?newsid=5", "/reforma", "/ru/reforma", "/2026/", "/index/5.html"])
def test_articles_may_lie_anywhere_else(address: str) -> None:
    html = f"<title>Новость</title><h1>Новость</h1><article>{LONG}</article>"
    assert classify(draft(html, f"https://v.example{address}")).outcome is None


def test_a_challenge_in_place_of_the_front_page_is_named_as_one() -> None:
    outcome = classify(draft("<title>Just a moment...</title><p>Checking your browser before accessing.</p>", "https://v.example/")).outcome
    assert outcome is not None
    assert outcome.kind is OutcomeKind.REFUSED
