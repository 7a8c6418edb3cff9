"""Metadata as Kazakhstan's sites print it: small pages in the shapes that are known of them, read without a layout."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pipelines.pipeline import read
from pipelines.rules import Layout

if TYPE_CHECKING:
    from pipelines.draft import Draft

SENTENCES = (
    "Жители посёлка обсудили проект нового парка и предложили высадить вдоль реки триста молодых клёнов.",
    "Деньги на саженцы собирают всем посёлком, а копать ямы взялись школьники старших классов.",
    "Аким пообещал, что первую дорожку откроют к началу лета, и попросил не ставить машины у воды.",
    "Лавочки сделает местный столяр, который учился ремеслу у своего деда и делает их без единого гвоздя, на одних шипах и клине.",
)
TEXT = "\n".join(SENTENCES)
LEAD = "Триста молодых клёнов высадят вдоль реки уже этой весной."


def page(make: Any, around: str = "{body}", top: str = "", end: str = "", head: str = "") -> Draft:
    """A page whose body holds the four sentences, with `top` and `end` inside it and `around` around it."""
    paragraphs = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)
    body = f'<div class="article__text">{top}{paragraphs}{end}</div>'
    if "<h1" not in around:
        around = f"<h1>Парк у реки расширят</h1>{around}"
    return read(make.draft(make.page(make.html(f"<div class=page>{around.format(body=body)}</div>", head))))


@pytest.mark.parametrize(
    ("end", "names"),
    [
        ("<p><strong>Айгерим СЕРИКОВА</strong></p>", ("Айгерим СЕРИКОВА",)),
        ("<p>Айгерим СЕРИКОВА</p>", ("Айгерим СЕРИКОВА",)),
        ("<p><b>Айгерим Серикова</b></p>", ("Айгерим Серикова",)),
        ('<p style="text-align: right"><b>Ерлан КУЗЕМБАЕВ, Костанай</b></p>', ("Ерлан КУЗЕМБАЕВ",)),
        ('<p align="right">Айгерим Серикова, г. Костанай</p>', ("Айгерим Серикова",)),
        ("<p><em>Асель Омар, Марат Ли</em></p>", ("Асель Омар", "Марат Ли")),
        ("<p><b>А. СЕРИКОВА</b></p>", ("А. СЕРИКОВА",)),
        ("<p>Автор: Айгуль Ким</p>", ("Айгуль Ким",)),
        ("<p><em>Авторы: Айгуль Ким, Ержан Оспанов</em></p>", ("Айгуль Ким", "Ержан Оспанов")),
        ("<p>Текст: Айгуль Ким, фото: Марат Ли</p>", ("Айгуль Ким",)),
        ("<p>Беседовала Гульнара ЖАНДАГУЛОВА</p>", ("Гульнара ЖАНДАГУЛОВА",)),
        ("<p><i>Подготовил Марат Сейтов, фото автора</i></p>", ("Марат Сейтов",)),
        ("<p>Дайындаған: Әсел Нұрланқызы</p>", ("Әсел Нұрланқызы",)),
        ("<p>Сұхбаттасқан Динара БІТІКОВА</p>", ("Динара БІТІКОВА",)),
        ("<p><strong>Нұрбол АЛДИБАЕВ,</strong></p><p><strong>«Egemen Qazaqstan»</strong></p>", ("Нұрбол АЛДИБАЕВ",)),
        ("<p><b>Айгерим Серикова</b></p><p>Фото автора</p><p>#парк</p><p>Читайте также: <a href=/1>Мост</a></p>", ("Айгерим Серикова",)),
        ("<p><b>Айгерим Серикова</b></p><p>Родилась в Костанае и с тех пор живёт у реки.</p>", ()),  # a heading
        ("<p><b>Парк Победы</b></p>", ()),
        ("<p>Версия для PDA</p>", ()),
        ("<p>Follow NBC Latino on Facebook</p>", ()),
        ("<p>Л.А.</p>", ()),
        ("<p>Н.ҚАЛИЕВ</p>", ("Н.ҚАЛИЕВ",)),
        ("<p style='text-align:right'><strong>Айгуль Ким,<br>Алматы</strong></p>", ("Айгуль Ким",)),
        ("<p><strong>Айгуль Ким</strong>, Kazpravda.kz</p>", ("Айгуль Ким",)),
        ("<blockquote>Мы этого ждали.</blockquote><p><b>Марат Сейтов, аким посёлка</b></p>", ()),  # whose words they are
        ("<p><b>Нұрлан Серік ұлы</b></p>", ("Нұрлан Серік ұлы",)),
        ("<p><b>Министерство культуры Казахстана</b></p>", ()),
        ("<p><b>Президент Республики Казахстан К. Токаев</b></p>", ()),
        ("<p><b>Казинформ</b></p>", ()),
        ("<p>Автор: BAQ.kz</p>", ()),
        ("<p>Текст Конституции опубликован</p>", ()),
    ],
)
def test_signatures(make: Any, end: str, names: tuple[str, ...]) -> None:
    assert page(make, end=end).reading.authors == names


@pytest.mark.parametrize(
    ("around", "names"),
    [
        ("<div><span>Автор:</span> <a href=/u/1>Айгуль Ким</a></div>{body}", ("Айгуль Ким",)),
        ("<address class=author-item><a href=/u/1>Айгуль Ким</a><span>Редактор новостей</span></address>{body}", ("Айгуль Ким",)),
        ('<a href="/authors/12-kim/">Айгуль Ким</a>{body}', ("Айгуль Ким",)),
        ("{body}<div class=name-auth><h4>Нұрбол АЛДИБАЕВ</h4></div>", ("Нұрбол АЛДИБАЕВ",)),
        ("<span class=author>А. К. Серикова</span>{body}", ("А. К. Серикова",)),
        ("<span class=author>Серикова А.К.</span>{body}", ("Серикова А.К.",)),
        ("<span class=author>МИА «Казинформ»</span>{body}", ()),
        ("<span class=author>Соб. корр.</span>{body}", ()),
        (
            "{body}"
            + "".join(f"<div class=author><a href=/{n}>{n}</a></div>" for n in ("Блог М. Ли", "Педофилы ощерились", "Слово Дня: Ура")),
            (),
        ),
    ],
)
def test_bylines(make: Any, around: str, names: tuple[str, ...]) -> None:
    assert page(make, around).reading.authors == names


def test_a_signature_counts_where_the_page_names_only_an_agency(make: Any) -> None:
    draft = page(
        make, "<span class=author>Казинформ</span>{body}", end="<p><b>Марат СЕИТОВ</b></p>", head='<meta name="author" content="Редакция">'
    )
    assert draft.reading.authors == ("Марат СЕИТОВ",)
    assert draft.reading.text == f"{TEXT}\nМарат СЕИТОВ"  # and stays in the text


@pytest.mark.parametrize(
    "noise",
    [
        "<p>👁 1245</p>",
        "<p>Просмотров: 1245</p>",
        "<p>1 245 просмотров</p>",
        "<p>Қаралым: 312</p>",
        "<p>312 рет қаралды</p>",
        "<p>Комментарии: 12</p>",
        "<p>Читайте также:</p><ul><li><a href=/1>Другая новость о дорогах</a></li><li><a href=/2>Ещё одна новость</a></li></ul>",
        "<p><b>Читайте также: </b><a href=/1><b>Другая новость о дорогах.</b></a></p>",
        "<p>Напомним:</p><ul><li><a href=/1>Другая новость о дорогах области</a></li><li><a href=/2>Ещё одна новость</a></li></ul>",
        "<p>Ранее мы писали: <a href=/1>В области построят мост через реку</a></p>",
        "<p><strong>Оқи отырыңыз:</strong> <a href=/1>Саябақ ашылды</a></p>",
        "<p>Сондай-ақ оқыңыз: <a href=/1>Саябақ ашылды</a></p>",
        "<p>Еске салайық: <a href=/1>Саябақ былтыр ашылған</a></p>",
        '<div class="cards"><div><a href=/1>Новость один о реке и мосте</a><span>12.03.2026</span></div></div>',
        "<div><a href=/1>Новость один о реке и мосте</a> 12 марта 2026, 10:15</div>",
        "<p>Теги: <a href=/t/1>Сенат</a>, <a href=/t/2>реформы</a></p>",
        "<div>Тегтер: <a href=/t/1>Сенат</a> <a href=/t/2>реформа</a></div>",
        "<p>Получайте наши новости в WhatsApp</p>",
        "<p>Смотрите больше интересных новостей в наших <a href=x>Instagram</a></p>",
        "<blockquote><a href=x>Посмотреть эту публикацию в Instagram</a><p>Публикация от Park (@park)</p></blockquote>",
    ],
)
def test_what_is_no_text_goes(make: Any, noise: str) -> None:
    assert page(make, end=noise).reading.text == TEXT
    assert page(make, top=noise).reading.text == TEXT


@pytest.mark.parametrize(
    "prose",
    [
        "<p>Напомним, 15 марта в стране пройдёт <a href=/1>референдум</a>.</p>",
        "<p><a href=/1>Напомним, 15 марта в стране пройдёт республиканский референдум.</a></p>",
        "<p>Напомним, ранее мы писали, что <a href=/1>в области построят мост через реку, дорогу и два парка</a>.</p>",
        "<p>Ранее сообщалось, что мост построят.</p>",
        "<p>Еске сала кетейік, саябақ былтыр ашылған.</p>",
        "<p>Бұған дейін <a href=/3>саябақ ашылғаны</a> туралы жазған едік.</p>",
        "<p>Напомним:</p><p>мост закрыли ещё осенью.</p>",
        "<p>Читайте также роман Абая, советуют учителя.</p>",
        "<p>АСТАНА. КАЗИНФОРМ — Парк откроют к лету.</p>",
        "<p><b>АСТАНА. КАЗИНФОРМ —</b></p>",
        '<div class="dateline">АСТАНА, 20 янв — Sputnik.</div>',
        '<p><span class="dateline">АЛМАТЫ, 16 мар - Sputnik.</span> Парк откроют к лету.</p>',
        "<p>Астана. 6 января. KAZAKHSTAN TODAY - Парк откроют к лету.</p>",
        "<p><a href=/>АЛМАТЫ. KAZINFORM</a> — Парк откроют к лету.</p>",
        "<p>2026</p>",
        "<p>Просмотров у ролика набралось 1245 за день.</p>",
    ],
)
def test_what_is_text_stays(make: Any, prose: str) -> None:
    lines = page(make, top=prose).reading.text.split("\n")
    assert "\n".join(lines[-4:]) == TEXT
    said = make.page(make.html(f"<main>{prose}</main>")).first_text("main")
    assert " ".join(lines[:-4]) == said


@pytest.mark.parametrize(
    ("around", "published", "modified"),
    [
        ("<div>17.05.2024 09:19 919</div>{body}", "2024-05-17T09:19:00+05:00", None),
        ("<ul><li>276</li><li>02.02.2026, 19:18</li></ul>{body}", "2026-02-02T19:18:00+05:00", None),
        ("<p>276 • 02.02.2026, 19:18</p>{body}", "2026-02-02T19:18:00+05:00", None),
        ("<p>Саясат • 24 Қаңтар, 2023</p>{body}", "2023-01-24", None),
        ("<p>Политика — 21 января 2026 12:00</p>{body}", "2026-01-21T12:00:00+05:00", None),
        (
            "<div class=info-date>15:20 11.02.2026 (обновлено: 15:39 11.02.2026)</div>{body}",
            "2026-02-11T15:20:00+05:00",
            "2026-02-11T15:39:00+05:00",
        ),
        (
            '<time datetime="2026-02-11T15:20:00+05:00">11 ақпан 2026, 15:20</time><span>Жаңартылды: 11 ақпан 2026, 17:05</span>{body}',
            "2026-02-11T15:20:00+05:00",
            "2026-02-11T17:05:00+05:00",
        ),
        (
            "<span>Published: 11 February 2026, 15:20</span> <span>Updated: 12 February 2026, 10:00</span>{body}",
            "2026-02-11T15:20:00+05:00",
            "2026-02-12T10:00:00+05:00",
        ),
        (
            "<p class=date>Опубликовано: 11.02.2026 15:20</p><p>Обновлено:</p><p>12.02.2026 10:00</p>{body}",
            "2026-02-11T15:20:00+05:00",
            "2026-02-12T10:00:00+05:00",
        ),
        ("<p class=date>Обновлено: 12.02.2026 10:00</p>{body}", None, "2026-02-12T10:00:00+05:00"),
        ("<div>Дата публикации: 2 марта 2026 года. Дата изменения: 3 марта 2026 года</div>{body}", "2026-03-02", "2026-03-03"),
        ("<div>Соңғы жаңарту: 2 наурыз 2026</div><div class=date>1 наурыз 2026</div>{body}", "2026-03-01", "2026-03-02"),
        (
            '<time class=updated datetime="2026-03-01">1 марта</time><time class=published datetime="2026-02-27">27 февраля</time>{body}',
            "2026-02-27",
            "2026-03-01",
        ),
        ('<time class=updated datetime="2026-03-01">1 марта</time>{body}', "2026-03-01", None),
        ("<div>Опубликовано: 03.03.2026, 10:05 | Просмотров: 1200 | Автор: Айгуль Ким</div>{body}", "2026-03-03T10:05:00+05:00", None),
        ("<h1>Парк у реки расширят, он обновлён 1 марта 2026</h1><div class=date>3 марта 2026</div>{body}", "2026-03-03", None),
        ("<div class=top><span class=date>Воскресенье, 15 Марта 2026</span></div><h1>Парк у реки расширят</h1>{body}", None, None),
        ("<p>Обновлённый парк открыли 15 января 2026 года.</p>{body}", None, None),
        ("<p>Набережная обновлена 15 января 2026 года.</p><p class=date>03.03.2026</p>{body}", "2026-03-03", None),
        ("<p class=date>03.03.2026</p><p>Updated on 3 March 2026</p>{body}", "2026-03-03", "2026-03-03"),
    ],
)
def test_dates_without_counters_clocks_and_updates(make: Any, around: str, published: str | None, modified: str | None) -> None:
    draft = page(make, around)
    assert (draft.published.iso() if draft.published else None) == published
    assert (draft.modified.iso() if draft.modified else None) == modified


@pytest.mark.parametrize("masthead", ["15 марта 2026, 12:44", "Сегодня 3 марта 2026", "Вс, 15.03.2026"])
def test_a_masthead_s_clock_is_no_date(make: Any, masthead: str) -> None:
    whole = f"<header><div id=top class=date>{masthead}</div></header><h1>Парк у реки расширят</h1>" + "".join(
        f"<p>{x}</p>" for x in SENTENCES
    )
    assert read(make.draft(make.page(make.html(whole)))).published is None


@pytest.mark.parametrize(
    ("around", "section"),
    [
        ("<a class=post-cat href=/n/>Политика</a><h1>Парк у реки расширят</h1>{body}", "Политика"),
        ("<div>Рубрика: <a href=/p>Политика</a></div>{body}", "Политика"),
        ("<span>Айдары: Саясат</span>{body}", "Саясат"),
        ("<div class=rubric>Политика, 12 марта 2026</div>{body}", "Политика"),
        (
            "<ul class=breadcrumbs><li><a href=/>Главная</a><li><a href=/n/>Общество</a><li>Парк</ul><h1>Парк у реки расширят</h1>{body}",
            "Общество",
        ),
        ("<nav class=breadcrumb><a href=/>Басты бет</a> / <a href=/n/>Қоғам</a></nav>{body}", "Қоғам"),
        ("<nav class=breadcrumb><a href=/>Главная</a></nav>{body}", ""),
        ("<div class=siteBreadCrumbs><a href=/>Home</a> <a href=/n/>Society</a></div>{body}", "Society"),
        ("<div id=BREADCRUMBS><a href=/>Басты бет</a> <a href=/n/>Қоғам</a></div>{body}", "Қоғам"),
    ],
)
def test_rubrics(make: Any, around: str, section: str) -> None:
    assert page(make, around).reading.section == section


@pytest.mark.parametrize(
    ("around", "tags"),
    [
        ('{body}<div class="tags newsTags">Теги: <a href=1>Сенат</a>, <a href=2>#парк</a></div>', ("Сенат", "парк")),
        ("{body}<p>Теги: Сенат, реформы местного значения</p>", ("Сенат", "реформы местного значения")),
        ("{body}<div>Тегтер: <a href=1>Сенат</a> <a href=2>реформа</a></div>", ("Сенат", "реформа")),
        ("{body}<p>#парк #Құрылтай_2026</p>", ("парк", "Құрылтай_2026")),
        ('{body}<ul class="iq-blog-tag"><li><a href=1>Сенат</a></li><li><a href=2>парк</a></li></ul>', ("Сенат", "парк")),
    ],
)
def test_tags(make: Any, around: str, tags: tuple[str, ...]) -> None:
    draft = page(make, around)
    assert draft.reading.tags == tags
    assert draft.reading.text == TEXT


def test_keywords_lose_their_entities_before_they_are_parted(make: Any) -> None:
    head = '<meta name="keywords" content="&amp;quot;Парк&amp;quot;, река &amp;amp; мост, &amp;quot;">'
    assert page(make, head=head).reading.tags == ('"Парк"', "река & мост")


@pytest.mark.parametrize(
    ("top", "caption", "credit"),
    [
        ("<figure><img src=/a.jpg><figcaption>Вид. Фото: Марат Ли / Вестник</figcaption></figure>", "Вид.", "Фото: Марат Ли / Вестник"),
        ("<figure><img src=/a.jpg><figcaption>Саябақ. Сурет: ашық дереккөз</figcaption></figure>", "Саябақ.", "Сурет: ашық дереккөз"),
        ("<p><img src=/a.jpg></p><p>Фото: Kazpravda.kz / Юрий Беккер</p>", "", "Фото: Kazpravda.kz / Юрий Беккер"),
        ("<p><img src=/a.jpg><br><em>Фото из архива редакции</em></p>", "", "Фото из архива редакции"),
        ("<img src=/a.jpg alt='Новости от 20.01.2026 13:22'><div class=img-desc>Фото: Zakon.kz</div>", "", "Фото: Zakon.kz"),
        ("<div class=img><img src=/a.jpg><span class=photo-author>Фото: акимат</span></div>", "", "Фото: акимат"),
        ("<p><img src=/a.jpg></p>", "", ""),
    ],
)
def test_pictures(make: Any, top: str, caption: str, credit: str) -> None:
    draft = page(make, top=top)
    (image,) = draft.reading.images
    assert (image.caption, image.credit) == (caption, credit)
    assert draft.reading.text == TEXT
    assert draft.published is None


@pytest.mark.parametrize(
    ("around", "lead"),
    [
        (f"<h2 class=article__subtitle>{LEAD}</h2>{{body}}", LEAD),
        (f"<div class=article-excerpt>{LEAD}</div>{{body}}", LEAD),
        ("{body}", ""),
    ],
)
def test_leads(make: Any, around: str, lead: str) -> None:
    draft = page(make, around)
    assert (draft.reading.lead, draft.reading.text) == (lead, TEXT)


def test_breadcrumbs_and_a_second_headline_above_the_text_are_dropped(make: Any) -> None:
    assert page(make, top="<p>Басты Жаңалықтар Парк у реки расширят</p>").reading.text == TEXT
    assert page(make, top="<p>Парк у реки расширят</p>").reading.text == TEXT
    assert page(make, top="<p>Главная беда парка в том, что он мал.</p>").reading.text != TEXT


@pytest.mark.parametrize(
    "noise",
    [
        "<p><b>Читайте также: </b><a href=/1><b>Другая новость о дорогах.</b></a></p>",
        "<p>Напомним:</p><ul><li><a href=/1>Другая новость о дорогах области</a></li></ul>",
        "<p>Ранее мы писали: <a href=/1>В области построят мост через реку</a></p>",
        "<h3><a href=/1>В области построят мост через реку</a></h3>",
    ],
)
def test_links_to_other_articles_go_from_short_articles_as_well(make: Any, noise: str) -> None:
    short = f"<h1>Парк у реки расширят</h1><div class=news><p>{SENTENCES[0]}</p><p>{SENTENCES[1]}</p>{noise}</div>"
    assert read(make.draft(make.page(make.html(short)))).reading.text == f"{SENTENCES[0]}\n{SENTENCES[1]}"


@pytest.mark.parametrize(
    ("meta", "section", "published"),
    [
        ("<span class=m>Саясат • 24 Қаңтар, 2023</span>", "Саясат", "2023-01-24"),
        ("<span class=m>Аймақтар • Бүгін, 09:15</span>", "Аймақтар", "2026-03-03T09:15:00+05:00"),
        ("<span class=m>Политика — 21 января 2026 12:00</span>", "Политика", "2026-01-21T12:00:00+05:00"),
        ("<span class=m>Рубрика: Экономика и финансы</span>", "Экономика и финансы", None),
        ("<span class=m>17.05.2024 09:19 919</span>", "", "2024-05-17T09:19:00+05:00"),
    ],
)
def test_a_selector_may_hold_rubric_date_and_counter_together(make: Any, meta: str, section: str, published: str | None) -> None:
    layout = Layout({"section": ".m", "date": ".m", "body": ".article__text"})
    paragraphs = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)
    whole = f"<h1>Парк у реки расширят</h1>{meta}<div class=article__text>{paragraphs}<p><b>Марат СЕИТОВ</b></p></div>"
    draft = read(make.draft(make.page(make.html(whole)), layout))
    assert draft.reading.section == section
    assert (draft.published.iso() if draft.published else None) == published
    assert draft.reading.authors == ("Марат СЕИТОВ",)
