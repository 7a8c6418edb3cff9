"""Which elements are boxes, by what they hold."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.extraction.extract import extract
from pipelines.extraction.weights import Weights
from storage.model.captures import OutcomeKind

TEXT = "Жители посёлка обсудили проект нового парка и предложили высадить вдоль реки триста молодых клёнов."
BODY = "".join(f"<p>{TEXT} Запись {number}.</p>" for number in range(6))
HEADLINE = "<h1>Парк у реки расширят</h1>"
OTHERS = "<p>Гость пишет, что фонарь во дворе не горит уже третий месяц и никто его не чинит.</p>" * 12


def read(make: Any, body: str) -> str:
    text: str = extract(make.draft(make.page(make.html(body)))).reading.text
    return text


def assert_whole(text: str, paragraphs: int = 6) -> None:
    assert [line for line in text.split("\n") if line.startswith(TEXT)] == [f"{TEXT} Запись {number}." for number in range(paragraphs)]


@pytest.mark.parametrize("tag", ["aside", "nav", "footer", "button", "select", "noscript", "form", "dialog"])
@pytest.mark.parametrize("frame", ["<{0} class=top>Меню<div>{1}</div></{0}>", "<div class=top><{0}>Меню<div><section>{1}"])
def test_the_article_is_read_inside_any_element_named_as_a_box(make: Any, tag: str, frame: str) -> None:
    text = read(make, "<a href=#c>К содержанию</a>" + frame.format(tag, f"{HEADLINE}<div class=text>{BODY}</div>"))
    assert_whole(text)
    assert "К содержанию" not in text


@pytest.mark.parametrize("name", ["share", "sidebar-layout", "related-wide", "comments", "cookie-page", "popup", "tags"])
def test_an_element_with_the_headline_is_no_box_whatever_its_name(make: Any, name: str) -> None:
    assert_whole(read(make, f'<div class="{name}">{HEADLINE}<div>{BODY}</div></div><p>Подвал.</p>'))


@pytest.mark.parametrize("name", ["l-sidebar-fixed", "related-wide", "newsletter-layout"])
def test_a_box_that_has_the_title_s_words_is_the_article(make: Any, name: str) -> None:
    deck = "<p>Коротко о том, что решили на сходе в пятницу вечером, и что будет дальше с этим местом.</p>"
    body = BODY.replace("нового парка", "парка у реки, который расширят")
    assert "Запись 5." in read(make, f'<main>{HEADLINE}{deck}</main><div class="{name}">{body}</div>')


@pytest.mark.parametrize(
    "box",
    [
        '<div id="comments" class="comments">{}</div>',
        "<section class=comment-list>{}</section>",
        '<div id="cookie-law"><div>{}</div></div>',
        '<div class="gdpr-consent">{}</div>',
        '<div class="privacy-notice">{}</div>',
        '<div class="terms-of-use">{}</div>',
        '<div class="newsletter-signup">{}</div>',
        '<div class="related-news">{}</div>',
        '<aside class="about-us">{}</aside>',
        '<ul class="otzyvy">{}</ul>',
        "<footer>{}</footer>",
    ],
)
@pytest.mark.parametrize("paragraphs", [1, 2, 3])
def test_short_news_is_not_replaced_by_a_longer_box(make: Any, box: str, paragraphs: int) -> None:
    news = "".join(f"<p>{TEXT} Запись {number}.</p>" for number in range(paragraphs))
    text = read(make, f"<div id=wrap><div class=article-page>{HEADLINE}<div class=txt>{news}</div></div>{box.format(OTHERS)}</div>")
    assert_whole(text, paragraphs)
    assert "Гость пишет" not in text


@pytest.mark.parametrize(
    "part", ["{}<br><br>", "<div>{}</div>", "<ul><li>{}</li></ul>", "<table><tr><td>{}</td></tr></table>", "<p>{}</p>"]
)
@pytest.mark.parametrize(
    "quote", ["", "<blockquote><p>The hall was full before seven, and people stood along the walls.</p></blockquote>" * 3]
)
def test_text_weighs_under_any_tag(make: Any, part: str, quote: str) -> None:
    lines = [part.format(f"{TEXT} Запись {number}.") for number in range(6)]
    text = read(make, f"<article>{HEADLINE}<div class=text>{''.join(lines[:3])}{quote}{''.join(lines[3:])}</div></article>")
    assert_whole(text)
    assert text.count("The hall was full") == (3 if quote else 0)


@pytest.mark.parametrize("cut", [0, 1, 5])
@pytest.mark.parametrize(
    "block", ["<div class=part>{}</div>", "<section class='t-rec'><div>{}</div></section>", "<div>{}</div>", "<p>{}</p>"]
)
def test_blocks_at_either_end_come_with_the_article(make: Any, block: str, cut: int) -> None:
    paragraphs = [f"<p>{TEXT} Запись {number}.</p>" for number in range(6)]
    parts = [paragraphs[: cut + 1], paragraphs[cut + 1 :]]
    body = "<div class=ad-place></div>".join(block.format("".join(part)) for part in parts if part)
    assert_whole(read(make, f"<main><article class=entry>{HEADLINE}<div class=entry-text>{body}</div></article></main>"))


def test_menus_and_links_weigh_nothing(make: Any) -> None:
    menu = "<ul>" + "<li><a href=/x>Очень длинное название рубрики о жизни города</a></li>" * 50 + "</ul>"
    tree = make.page(make.html(f"<div>{menu}</div><main>{BODY}</main>")).tree
    weights = Weights(tree)
    assert weights.prose == weights.of(tree.find(".//main")) > 600
    assert weights.of(tree.find(".//ul")) == 0


@pytest.mark.parametrize("teaser", ["<ul><li>{}</li></ul>", "<table><tr><td>{}</td></tr></table>", "<div>{}</div>", "<dl><dd>{}</dd></dl>"])
@pytest.mark.parametrize("article", ["<article itemprop=articleBody>{}</article>", "<div class=article-text>{}</div>"])
def test_a_text_that_is_little_of_its_page_is_no_article(make: Any, teaser: str, article: str) -> None:
    about = "".join(f"<p>Мы пишем обо всём на свете номер {n}, читайте нас каждый день и говорите о нас друзьям.</p>" for n in range(7))
    others = [f"Подводка номер {n} к чужой новости о погоде и дорогах, и ещё немного слов." for n in range(400)]
    page = make.html("<h1>Последние события дня</h1>" + article.format(about) + "".join(map(teaser.format, others)))
    outcome = extract(make.draft(make.page(page))).outcome
    assert outcome is not None
    assert (outcome.kind, outcome.reason[:11]) == (OutcomeKind.NOT_ARTICLE, "small-share")
    few = make.html("<h1>Последние события дня</h1>" + article.format(about) + "".join(map(teaser.format, others[:60])))
    assert extract(make.draft(make.page(few))).outcome is None, "an eighth of the page's prose is enough"
