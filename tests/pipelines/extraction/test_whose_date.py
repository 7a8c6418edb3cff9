"""Which of a page's dates is the article's: not an update's, a comment's, a card's, another article's; and the time is not lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pipelines.dates.stage import assumes_year
from pipelines.pipeline import read

if TYPE_CHECKING:
    from pipelines.draft import Draft

SENTENCE = "Жители посёлка обсудили проект нового парка и предложили высадить вдоль реки триста молодых клёнов, а у моста поставить скамьи."
PARAGRAPHS = f"<p>{SENTENCE}</p>" * 4
NEWS, COMMENT = "https://schema.org/NewsArticle", "https://schema.org/Comment"


def page(make: Any, inner: str, head: str = "") -> Draft:
    """A page captured on 3 March 2026 at 15:30 in Almaty."""
    return read(make.draft(make.page(make.html(inner.replace("{body}", f"<div class=text>{PARAGRAPHS}</div>"), head))))


def dates(draft: Draft) -> tuple[str | None, str | None]:
    return (draft.published.iso() if draft.published else None, draft.modified.iso() if draft.modified else None)


@pytest.mark.parametrize(
    "meta",
    [
        "<div><span>Updated</span> <time datetime={new}>2 Mar</time> <span>Published</span> <time datetime={old}>1 Mar</time></div>",
        "<div>Обновлено: <time datetime={new}>2 марта</time>, опубликовано: <time datetime={old}>1 марта</time></div>",
        "<ul><li>Жаңартылды <time datetime={new}>2 наурыз</time></li><li>Жарияланды <time datetime={old}>1 наурыз</time></li></ul>",
        "<dl><dt>Modified</dt><dd><time datetime={new}>2 Mar</time></dd><dt>Posted</dt><dd><time datetime={old}>1 Mar</time></dd></dl>",
        '<p><i class=icon title="Изменено"></i><time datetime={new}>2 марта</time> <time datetime={old}>1 марта</time></p>',
        "<p><b>Отредактировано</b> — <b><time datetime={new}>2 марта</time></b> / <b><time datetime={old}>1 марта</time></b></p>",
        "<p><time datetime={new}>Updated 2 March</time> <time datetime={old}>Published 1 March</time></p>",
        "<p><time itemprop=dateModified datetime={new}>2 марта</time> <time itemprop=datePublished datetime={old}>1 марта</time></p>",
    ],
)
def test_a_label_anywhere_before_a_date_marks_an_update(make: Any, meta: str) -> None:
    old, new = "2026-03-01T08:15:00+05:00", "2026-03-02T18:40:00+05:00"
    draft = page(make, f"<article><h1>Парк у реки расширят</h1>{meta.format(old=old, new=new)}{{body}}</article>")
    assert dates(draft) == (old, new)


def test_a_date_of_an_update_alone_is_no_publication(make: Any) -> None:
    for meta in (
        "<p>Обновлено <time datetime=2026-03-02T18:40:00+05:00>2 марта</time></p>",
        "<p><span>Обновлено:</span> <b>2 марта 2026, 18:40</b></p>",
    ):
        assert dates(page(make, f"<article><h1>Парк у реки расширят</h1>{meta}{{body}}</article>")) == (None, "2026-03-02T18:40:00+05:00")


@pytest.mark.parametrize(
    "foreign",
    [
        f"<div itemscope itemtype={COMMENT}><meta itemprop=datePublished content={{late}}><b itemprop=author>bird</b></div>",
        '<section class=replies><meta itemprop=datePublished content="{late}"></section>',
        f'<ol id=comments><li>{"<div>" * 7}<time datetime="{{late}}">день назад</time>{"</div>" * 7}</li></ol>',
        f'<div class=cards><div itemscope itemtype="{NEWS}"><meta itemprop=datePublished content="{{late}}"></div></div>',
        '<div itemscope itemtype="https://schema.org/Event"><meta itemprop=datePublished content="{late}"></div>',
        '<aside><span itemprop=datePublished content="{late}">вчера</span></aside>',
        "<div class=otzyvy><span class=date>05.03.2026 10:09</span></div>",
        '<div id=disqus_thread><abbr class=date title="{late}">вчера</abbr></div>',
    ],
)
def test_dates_of_comments_cards_and_events_are_not_the_articles(make: Any, foreign: str) -> None:
    inner = foreign.format(late="2026-03-03T10:09:00+05:00")
    own = f'<div itemscope itemtype="{NEWS}"><h1>Парк у реки расширят</h1><p>2 марта 2026, 08:15</p>{{body}}</div>'
    for whole in (inner + own, own + inner):
        draft = page(make, whole)
        assert dates(draft)[0] == "2026-03-02T08:15:00+05:00"
        assert draft.reading.authors == ()


@pytest.mark.parametrize(
    ("meta", "published"),
    [
        ("<time datetime=2026-03-02T08:15:00+05:00>2 марта</time>", "2026-03-02T08:15:00+05:00"),
        ("<div class=date>вчера, 19:13</div>", "2026-03-02T19:13:00+05:00"),
        ("<span>вчера, 19:13</span>", "2026-03-02T19:13:00+05:00"),
        ("<p>Кеше, 19:13</p>", "2026-03-02T19:13:00+05:00"),
        ("<p class=meta><span class=date>02.03.2026</span> <span class=clock>08:15</span></p>", "2026-03-02T08:15:00+05:00"),
        ("<div>2 марта 2026, 12:05 МСК</div>", "2026-03-02T12:05:00+03:00"),
        ("<p>14 сент. 2025, 19:13</p>", "2025-09-14T19:13:00+05:00"),
        ("<p>14 қыр. 2025, 19:13</p>", "2025-09-14T19:13:00+05:00"),
        ("<p>Sept. 14, 2025 7:13 pm</p>", "2025-09-14T19:13:00+05:00"),
        ("<div>17-fevral, 2026-yil, 09:20</div>", "2026-02-17T09:20:00+05:00"),
        ("<p>Monday March 2, 2026 10:05 am by <b>Juliana Clovis</b></p>", "2026-03-02T10:05:00+05:00"),
        ("<div>Submitted by jane on Mon, 03/02/2026 - 09:15</div>", "2026-03-02T09:15:00+05:00"),
        ("<p>2 марта, 08:15</p>", "2026-03-02T08:15:00+05:00"),
        ("<span class=date>14:16</span>", "2026-03-03T14:16:00+05:00"),
        ("<time>14:16</time>", "2026-03-03T14:16:00+05:00"),
        ("<time datetime=2026-03-03>14:16</time>", "2026-03-03T14:16:00+05:00"),
        ("<span class=date>16:16</span>", None),  # later than the capture: of another day, nobody knows which
        ("<span class=views>14:16</span>", None),
    ],
)
def test_the_time_is_kept_wherever_the_date_is(make: Any, meta: str, published: str | None) -> None:
    flat = f"<article><h1>Парк у реки расширят</h1>{meta}{PARAGRAPHS}</article>"
    assert dates(page(make, flat))[0] == published
    assert dates(page(make, f"<article><h1>Парк у реки расширят</h1>{meta}{{body}}</article>"))[0] == published


@pytest.mark.parametrize("place", ["<main>{0}{1}</main>", "<main>{1}{0}</main>"])
def test_microdata_of_another_article_s_card_is_ignored_if_the_article_has_none(make: Any, place: str) -> None:
    card = (
        f"<div itemscope itemtype={NEWS}><b itemprop=headline>Мост</b><meta itemprop=datePublished content=2026-03-03T10:09:00+05:00></div>"
    )
    own = "<section><h1>Парк у реки расширят</h1><p>2 марта 2026, 08:15</p>{body}</section>"
    draft = page(make, place.replace("{0}", own).replace("{1}", card))
    assert (dates(draft)[0], draft.reading.title) == ("2026-03-02T08:15:00+05:00", "Парк у реки расширят")


@pytest.mark.parametrize(
    "foreign",
    [
        "<ul class=comments-list><li><cite>Bob</cite> <time datetime=2026-03-01T01:00:00+05:00>1 марта</time> Спасибо!</li></ul>",
        "<article class=card><h3><a href=/2>Мост</a></h3><time datetime=2026-03-01T01:00:00+05:00>1 марта</time></article>",
        "<div class=popular-news><p><span>01.03.2026</span> <a href=/3>Другая новость о дорогах</a></p></div>",
        "<div id=respond><p>1 марта 2026, 10:00</p></div>",
    ],
)
def test_a_page_without_a_date_gets_none_of_other_articles(make: Any, foreign: str) -> None:
    draft = page(make, f"<article><h1>Парк у реки расширят</h1>{{body}}{foreign}</article>")
    assert (dates(draft)[0], draft.reading.authors) == (None, ())


def test_dates_in_a_page_without_an_article_of_its_own_stay_out(make: Any) -> None:
    flat = f"<span class=holiday-date>10.04.2025</span><p class=day>1 апреля 2025</p><h1>Парк у реки расширят</h1>{PARAGRAPHS}"
    assert dates(page(make, flat))[0] != "2025-04-10"


ARTICLES = '<script type="application/ld+json">[{first},{own}]</script>'
FOREIGN = '{"@type":"NewsArticle","headline":"Совсем другое дело","url":"https://vestnik.example/news/2026/2","datePublished":"2025-01-05"}'


@pytest.mark.parametrize(
    "own",
    [
        '"url":"https://vestnik.example/news/2026/1?ref=home"',
        '"url":"http://www.vestnik.example/news/2026/1/"',
        '"mainEntityOfPage":{"@id":"https://vestnik.example/news/2026/1/amp"}',
        '"mainEntityOfPage":{"@type":"WebPage","url":"/news/2026/1#top"}',
        '"@id":"https://m.vestnik.example/news/2026/%31"',
        '"headline":"Парк у реки расширят"',
    ],
)
def test_the_statement_of_the_page_itself_is_chosen(make: Any, own: str) -> None:
    node = f'{{"@type":"NewsArticle","datePublished":"2026-03-01T08:15:00+05:00",{own}}}'
    inner = "<article><h1>Парк у реки расширят</h1>{body}</article>"
    for nodes in ((FOREIGN, node), (node, FOREIGN)):
        head = ARTICLES.replace("{first}", nodes[0]).replace("{own}", nodes[1])
        assert dates(page(make, inner, head))[0] == "2026-03-01T08:15:00+05:00"
    assert dates(page(make, inner, f'<script type="application/ld+json">{FOREIGN}</script>'))[0] is None


@pytest.mark.parametrize(
    ("box", "iso"),
    [
        ("<div class=calendar-date>November 20</div><div class=calendar-time><i>15:23</i><i>2019</i></div>", "2019-11-20T15:23:00+06:00"),
        ("<span class=date>5 марта</span> <span>2021 г.</span>", "2021-03-05"),
        ("<span class=post-date>5 марта, 09:10</span>, 2021", "2021-03-05T09:10:00+06:00"),
        ("<b>2018</b> <span class=date>7 наурыз</span> <i>08:30</i>", "2018-03-07T08:30:00+06:00"),
        ("<p><span class=date>7 марта</span></p><p>2018</p>", "2018-03-07"),
        ("<span class=date>7 марта 2020</span> <span>2018</span>", "2020-03-07"),
        ("<span class=date>1 марта</span> <span class=views>2018</span>", "2026-03-01"),
        ("<span class=date>1 марта</span> <span>2018 просмотров</span>", "2026-03-01"),
    ],
)
def test_a_day_takes_clock_and_year_from_beside_it(make: Any, box: str, iso: str) -> None:
    draft = page(make, f"<article><h1>Парк у реки расширят</h1><div class=box>{box}</div>{{body}}</article>")
    assert dates(draft)[0] == iso
    assert assumes_year(draft.published) is iso.startswith("2026")


def test_a_year_printed_elsewhere_corrects_an_assumed_one(make: Any) -> None:
    inner = "<article><h1>Парк у реки расширят</h1><i class=date>7 марта</i><p>Опубликовано: 7 марта 2017, 10:15</p>{body}</article>"
    assert dates(page(make, inner))[0] == "2017-03-07T10:15:00+06:00"
