"""Names in the bylines of many publishing systems, and the headline of the article."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.extraction.bylines import people
from pipelines.extraction.extract import extract

if TYPE_CHECKING:
    from pipelines.draft import ExtractedFields

HEADLINE = "Парк у реки расширят"


def reading(
    make: Any, meta: str = "", end: str = "", head: str = "", *, title: str = HEADLINE, headline: str = HEADLINE
) -> ExtractedFields:
    body = f"<div class=page><article><h1>{headline}</h1>{meta}<div class=text>{make.paragraph * 4}</div></article>{end}</div>"
    found: ExtractedFields = extract(make.draft(make.page(make.html(body, head, title)))).reading
    return found


@pytest.mark.parametrize(
    ("meta", "names"),
    [
        (
            "<p class=postmetadata>Posted on <a href=/2026/>March 2, 2026</a> by <a href=/author/jane/>Jane Roe</a> in News</p>",
            ["Jane Roe"],
        ),
        ("<small>March 2nd, 2026 by Jane Roe</small>", ["Jane Roe"]),
        ("<div><span class='author vcard'>by <a class='url fn n' href=/a/jane>Jane Roe</a></span></div>", ["Jane Roe"]),
        ("<span class='post-author vcard'>Posted by <b itemprop=author><a rel=author>Jane Roe</a></b></span>", ["Jane Roe"]),
        ("<p class=submitted>Submitted by <span>Jane Roe</span> on Mon, 03/02/2026 - 09:15</p>", ["Jane Roe"]),
        ("<dl><dd class=createdby>Written by Jane Roe</dd></dl>", ["Jane Roe"]),
        ("<div class=byline>By <a>Jane Roe</a>, <a>John Doe</a> and Bob Lee</div>", ["Jane Roe", "John Doe", "Bob Lee"]),
        ("<div class=byline>By JANE ROE, Staff Writer</div>", ["JANE ROE"]),
        ("<div class=byline><span>Jane Roe</span><span>Senior Reporter</span></div>", ["Jane Roe"]),
        ("<p class=byline>Story and photos by Jane Roe</p>", ["Jane Roe"]),
        ("<p class=byline>Reviewed by Jane Roe</p>", []),
        ("<div class=author-bio><h3>About Jane Roe</h3><p>Jane lives by the river.</p></div>", ["Jane Roe"]),
        ("<a href='https://twitter.example/jr' class=author>@jr</a>", []),
        ("<a rel=author href=/u/skippy>skippy</a>", ["skippy"]),
        ("<a rel=author href=/u/admin>admin</a>", []),
        ("<a rel=author href=/u/vestnik>vestnik</a>", []),
        ("<p class=author>Associated Press</p>", []),
        ("<div>Текст: Анна Ким</div>", ["Анна Ким"]),
        ("<div>Мәтін: Әсел Нұрлан</div>", ["Әсел Нұрлан"]),
        ("<div class=author>© Канал «Вестник» Анна Ким</div>", ["Анна Ким"]),
        ("<div class=author>Ибрагим Авторханов</div>", ["Ибрагим Авторханов"]),
    ],
)
def test_bylines_of_many_systems(make: Any, meta: str, names: list[str]) -> None:
    assert list(reading(make, meta).authors) == names


@pytest.mark.parametrize(
    "end",
    [
        "<section id=discussion><div class=reply><a rel=author class=author href=/u/1>Михаил Хорнов</a></div></section>",
        "<div class=responses><p><span class=author>Михаил Хорнов</span></p></div>",
        f"<ol class=commentlist><li>{'<div>' * 7}<cite class=author>Михаил Хорнов</cite>{'</div>' * 7}</li></ol>",
        '<div itemscope itemtype="https://schema.org/Comment"><meta itemprop=author content="Михаил Хорнов"></div>',
        "<div class=otzyvy><b class=author>Михаил Хорнов</b></div>",
        "<ul><li><a href=/2><span class=author>Михаил Хорнов</span> Как победить фабрики и вернуть реку людям</a></li></ul>",
        "".join(
            f"<p class=author>Колумнист {name}ов</p>"
            for name in ("Иван", "Петр", "Семен", "Борис", "Антон", "Захар", "Роман", "Тарас", "Фрол")
        ),
    ],
)
def test_readers_and_columnists_are_not_the_authors(make: Any, end: str) -> None:
    assert reading(make, end=end).authors == ()
    assert list(reading(make, "<p class=author>Анна Ким</p>", end).authors) == ["Анна Ким"]


PERSONS = [
    {"@type": "Person", "name": {"@type": "Person", "name": "Анна Ким"}},
    {"@type": "Person", "name": {"@value": "Анна Ким", "@language": "ru"}},
    {"@type": "Person", "name": [{"@value": "Анна Ким"}]},
    {"@list": [{"@type": "Person", "name": "Анна Ким"}]},
    {"@type": "Person", "givenName": "Анна", "familyName": "Ким"},
    {"@type": "Person", "name": "", "givenName": ["Анна"], "familyName": "Ким"},
    {"@type": "Person", "alternateName": "Анна Ким"},
    {"@type": "Person", "@id": "#kim", "url": "/u/kim"},
    [{"@type": "Organization", "name": "Вестник"}, {"@id": "#kim"}],
    "Анна Ким",
]


@pytest.mark.parametrize("author", PERSONS, ids=str)
def test_names_in_lists_nodes_and_parts(make: Any, author: object) -> None:
    graph = [{"@type": "NewsArticle", "author": author}, {"@type": "Person", "@id": "#kim", "name": "Анна Ким"}]
    script = f'<script type="application/ld+json">{json.dumps({"@graph": graph}, ensure_ascii=False)}</script>'
    assert reading(make, head=script).authors == ("Анна Ким",)


def test_all_names_of_a_list_and_the_middle_one_stay(make: Any) -> None:
    people_ = [{"@type": "Person", "givenName": "Jane", "additionalName": "B.", "familyName": "Roe"}, {"name": ["Анна Ким", "Ержан Оспан"]}]
    script = f'<script type="application/ld+json">{json.dumps({"@type": "Article", "author": people_}, ensure_ascii=False)}</script>'
    assert reading(make, head=script).authors == ("Jane B. Roe", "Анна Ким", "Ержан Оспан")


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        (byline, (byline,))
        for byline in (
            "Адам Сайтиев", "Марат Порталов", "Игорь Админов", "Анна Газетова", "Сергей Отделенцев", "Нуржан Редакторов", "Вера Комитетова",
            "Michael Bloomberg", "Frank Press", "Christopher Guest", "Emily Post", "Martin Luther King Jr.", "Dr. Jane Roe",
        )
    ]
    + [
        (byline, ())
        for byline in (
            "Bloomberg News", "Associated Press", "Reuters Staff", "Sports Desk", "Авторы сайта", "Отдел новостей", "Администрация портала",
            "Редакция газеты", "BizNewsDaily", "Staff Reports", "Wire Services", "Redaktion", "AP Sports Writer",
        )
    ]
    + [
        ("Jane Roe Nov 18, 2025, 7:05 pm", ("Jane Roe",)),
        ("By Jane Roe, AP Sports Writer", ("Jane Roe",)),
        ("Jane Roe Staff Writer", ("Jane Roe",)),
        ("Jane Roe, MS, RDN", ("Jane Roe",)),
        ("JANE ROE Associated Press", ("JANE ROE",)),
        ("Victor Doe, Futurism", ("Victor Doe",)),
        ("Von Max Müller und Anna Schmidt", ("Max Müller", "Anna Schmidt")),
        ("Publicado por: María López", ("María López",)),
        ("Jane Roe is a reporter", ("Jane Roe",)),
        ("Words by Jane Roe; edited by John Doe", ("Jane Roe",)),
    ],
)  # fmt: skip
def test_persons_and_institutions(byline: str, names: tuple[str, ...]) -> None:
    assert people([byline], ["Вестник"]) == names


SITES_TITLES = [
    "Официальный сайт акимата Тасөзекского района",
    "Тасөзек ауданы әкімдігінің ресми сайты",
    "Информационный портал «Степь»",
    "Главная | Степной курьер",
    "Степной курьер",
]


@pytest.mark.parametrize(
    ("title", "head"),
    [
        *((title, "") for title in (*SITES_TITLES, "Степной курьер — новости Тасөзека каждый день")),
        *((title, f'<meta property="og:title" content="{title}">') for title in SITES_TITLES),
    ],
)
def test_a_title_of_the_whole_site_is_no_headline(make: Any, title: str, head: str) -> None:
    names = '<meta property="og:site_name" content="Степной курьер">'
    assert reading(make, head=names + head, title=title, headline="Открыт новый участок").title == "Открыт новый участок"


def test_the_name_of_the_link_to_the_front_page_is_no_headline(make: Any) -> None:
    title = "Вести степного края и соседних районов"
    head = f'<meta property="og:title" content="{title}">'
    assert reading(make, end=f'<a href="/">{title}</a>', head=head, title=title, headline="Участок открыт").title == "Участок открыт"
    assert reading(make, head=head, title=title, headline="Участок открыт").title == title  # nothing says that it is the site's


def test_titles_of_svg_pictures_are_ignored(make: Any) -> None:
    svg = "<svg><title>Логотип</title><g><title>Круг</title></g></svg>"
    page = f"<html><body>{svg}<h1>Чертёж пандуса</h1><div class=t>{make.paragraph * 4}</div></body></html>"
    assert extract(make.draft(make.page(page))).reading.title == "Чертёж пандуса"
    assert reading(make, svg).title == HEADLINE


@pytest.mark.parametrize(
    "masthead", ["<h1><a href=/>Портал новостей города</a></h1>", "<div class=logo><h1>Портал новостей города</h1></div>"]
)
def test_a_masthead_in_h1_is_no_headline(make: Any, masthead: str) -> None:
    page = make.html(f"<div>{masthead}</div><div class=text>{make.paragraph * 4}</div>", title=HEADLINE)
    assert extract(make.draft(make.page(page))).reading.title == HEADLINE
