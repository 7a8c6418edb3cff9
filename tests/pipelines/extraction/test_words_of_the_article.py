"""Words that a page prints inside its article and those that it prints around it, with a declared layout and without one."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.extraction.extract import extract
from pipelines.rules import Layout

SAYS = (
    "Жители посёлка вышли на сход, чтобы обсудить проект новой Конституции и порядок выборов акима.",
    "Агроном напомнил, что решения о воде и пастбищах принимаются далеко от тех, кто на этой земле работает.",
    "Учительница спросила, как изменится глава о языках, и ей ответили, что она остаётся прежней.",
    "Юристы пояснили, что подсчёт голосов начинается сразу после закрытия участков в воскресенье.",
    "Пенсионер сравнил проект с брошюрой прежних лет и насчитал больше сотни отличий в тексте.",
)
FIRST, *REST = (f"<p>{text}</p>" for text in SAYS)
ARTICLE = Layout({"body": "article"})
EITHER = pytest.mark.parametrize("layouts", [(), (ARTICLE,)], ids=["generic", "layout"])


def lines(make: Any, inner: str, *layouts: Layout, around: str = "<article><h1>Парк у реки расширят</h1>{}</article>") -> list[str]:
    reading = extract(make.draft(make.page(make.html(around.format(inner))), *layouts)).reading
    return [line for line in (*reading.lead.split("\n"), *reading.text.split("\n")) if line]


def within(make: Any, fragment: str, *layouts: Layout) -> list[str]:
    """The lines that a fragment adds between the first paragraph and the others."""
    found = lines(make, FIRST + fragment + "".join(REST), *layouts)
    assert [line for line in found if line in SAYS] == list(SAYS), "the article itself is whole"
    return [line for line in found if line not in SAYS]


@EITHER
@pytest.mark.parametrize(
    ("fragment", "text"),
    [
        ('<h2 id="popular-vote">Всенародное голосование</h2>', "Всенародное голосование"),
        ('<h3 class="rating">Рейтинг доверия</h3>', "Рейтинг доверия"),
        ('<h2 id="comments-on-article-91">Статья 91</h2>', "Статья 91"),
        ('<h2 id="follow">Что дальше</h2>', "Что дальше"),
        ('<p id="meta-analysis">Сводный разбор занял у комиссии два месяца.</p>', "Сводный разбор занял у комиссии два месяца."),
        ('<section id="follow-up"><p>Комиссия обещала найти автобус.</p></section>', "Комиссия обещала найти автобус."),
        ('<div class="poll-results"><p>За проект высказались трое из пяти.</p></div>', "За проект высказались трое из пяти."),
        ('<section id="views-of-experts"><p>Эксперты разошлись во мнениях.</p></section>', "Эксперты разошлись во мнениях."),
        ('<div class="expert-bio"><p>Эксперт двадцать лет преподаёт право.</p></div>', "Эксперт двадцать лет преподаёт право."),
        ('<div id="gallery-of-heroes"><p>Галерею открыли в старой школе.</p></div>', "Галерею открыли в старой школе."),
        ('<p class="ad-hoc">Временная комиссия соберётся в среду.</p>', "Временная комиссия соберётся в среду."),
        ('<div class="promo-of-culture"><p>Культуре посвятили отдельный раздел.</p></div>', "Культуре посвятили отдельный раздел."),
    ],
)
def test_a_name_that_is_also_a_word_of_prose_makes_no_box(make: Any, fragment: str, text: str, layouts: tuple[Layout, ...]) -> None:
    below = "<p>Об этом спорили дольше всего.</p>" if fragment.startswith("<h") else ""
    assert within(make, fragment + below, *layouts)[0] == text


@EITHER
@pytest.mark.parametrize(
    "fragment",
    [
        '<details class="comments" open><summary>Комментарии: 1</summary><p>А когда откроют баню, обещали ещё к осени?</p></details>',
        '<article class="comment"><p>Верните рубрику с кроссвордами, пожалуйста.</p></article>',
        '<blockquote class="user-comment"><p>Никто не спросил про отопление в школе.</p></blockquote>',
        '<fieldset class="subscribe"><p>Оставьте почту, и мы напишем вам в пятницу.</p></fieldset>',
        '<dl><dd class="comment">Зимой в школе пятнадцать градусов.</dd></dl>',
        "<comments-list><p>Пишет гость: фонарь не горит третий месяц.</p></comments-list>",
        "<related-articles><p>Ещё одна новость о погоде на завтра.</p></related-articles>",
        '<div id="comments"><p>Пишет гость: фонарь не горит третий месяц.</p></div>',
        '<ul class="comments-list"><li>Пишет гость: фонарь не горит третий месяц.</li></ul>',
        '<header class="share"><p>Расскажите друзьям об этой новости.</p></header>',
        '<div class="cookie-consent"><p>Этот сайт использует файлы cookie.</p></div>',
        '<div id="gdpr-banner"><p>Мы обрабатываем данные посетителей сайта.</p></div>',
        '<div class="author-bio"><p>Анна Ким пишет о выборах с 2010 года.</p></div>',
    ],
)
def test_boxes_are_recognised_with_any_tag(make: Any, fragment: str, layouts: tuple[Layout, ...]) -> None:
    assert within(make, fragment, *layouts) == []


@EITHER
@pytest.mark.parametrize(
    ("markup", "sentence"),
    [
        (
            'Брошюру, изданную в <a class="tag" href="/t/1">Алматы</a>, хранит <a class="tag" href="/t/2">Верховный Совет</a> страны.',
            "Брошюру, изданную в Алматы, хранит Верховный Совет страны.",
        ),
        ('<a class="author" href="/p/1">Дулатов</a> сравнил оба проекта.', "Дулатов сравнил оба проекта."),
        ('На сходе назначили <span class="tooltip">кворум</span>.', "На сходе назначили кворум."),
        ('Слово <em class="popup">референдум</em> знают все.', "Слово референдум знают все."),
        ('Проект читала <a class="related" href="/x">комиссия</a> и депутаты.', "Проект читала комиссия и депутаты."),
        ('Вопрос задал <span class="author">учитель</span>, а не депутат.', "Вопрос задал учитель, а не депутат."),
        ('The <abbr class="tooltip">CEC</abbr> published the lists on Friday.', "The CEC published the lists on Friday."),
        ('Нажмите <button type="button">Войти</button> и введите номер.', "Нажмите Войти и введите номер."),
        ('Сайлауға <a class="tag" href="/t">Алматы</a> қаласы дайын.', "Сайлауға Алматы қаласы дайын."),
    ],
)
def test_a_sentence_keeps_its_tagged_words(make: Any, markup: str, sentence: str, layouts: tuple[Layout, ...]) -> None:
    assert within(make, f"<p>{markup}</p>", *layouts) == [sentence]


@EITHER
@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ('<p><span aria-hidden="true">В</span><span class="visually-hidden">В</span>место автобуса дали машину.</p>', "Вместо"),
        ('<p><span class="sr-only">В</span><span aria-hidden="true">В</span>место автобуса дали машину.</p>', "Вместо"),
        ('<p><span aria-hidden="true" class="dropcap">В</span>место автобуса дали машину.</p>', "Вместо"),
        ('<p><span class="screen-reader-text">В</span>место автобуса дали машину.</p>', "Вместо"),
        ('<p><b aria-hidden="true">1.</b> Вместо автобуса дали машину.</p>', "1. Вместо"),
        ('<blockquote aria-hidden="true">Вместо автобуса дали машину.</blockquote>', "Вместо"),
    ],
)
def test_what_only_screen_readers_skip_is_text(make: Any, markup: str, text: str, layouts: tuple[Layout, ...]) -> None:
    assert within(make, markup, *layouts) == [f"{text} автобуса дали машину."]


SPAM = "<p>Купить окна недорого, окна в рассрочку, балкон под ключ, замер бесплатно, остекление лоджий.</p>" * 30


@EITHER
@pytest.mark.parametrize(
    "attributes",
    [
        'style="display:none"',
        'style="visibility: hidden"',
        'style="position:absolute;left:-9999px"',
        'style="height:0;overflow:hidden"',
        'style="text-indent:-99999px"',
        'style="font-size:0"',
        "hidden",
        'class="d-none"',
        'class="visually-hidden"',
    ],
)
@pytest.mark.parametrize("tag", ["div", "article", "blockquote", "noindex"])
def test_hidden_text_is_left_out_however_much_there_is(make: Any, tag: str, attributes: str, layouts: tuple[Layout, ...]) -> None:
    assert within(make, f"<{tag} {attributes}>{SPAM}</{tag}>", *layouts) == []


@EITHER
@pytest.mark.parametrize("attributes", ['class="d-none d-md-block"', 'class="hidden-xs"', 'class="hidden md:block"', 'style="opacity:0.9"'])
def test_what_is_hidden_on_some_screens_only_is_text(make: Any, attributes: str, layouts: tuple[Layout, ...]) -> None:
    assert within(make, f"<div {attributes}>Списки висят в здании школы.</div>", *layouts) == ["Списки висят в здании школы."]


@EITHER
@pytest.mark.parametrize(
    "question",
    [
        '<h3><button type="button" aria-expanded="true">{}</button></h3>',
        "<h2><button>{}</button></h2>",
        '<button class="accordion">{}</button>',
        '<button aria-controls="a1">{}</button>',
        "<dl><dt><button>{}</button></dt></dl>",
        "<details open><summary>{}</summary></details>",
    ],
)
@pytest.mark.parametrize("text", ["Кто может голосовать дома?", "Құжатсыз дауыс беруге бола ма?", "Who may vote at home?"])
def test_questions_of_explainers_stay(make: Any, question: str, text: str, layouts: tuple[Layout, ...]) -> None:
    answer = "<div class=panel><p>Да, по заявлению до пятницы.</p></div>"
    assert within(make, question.format(text) + answer, *layouts) == [text, "Да, по заявлению до пятницы."]


@EITHER
@pytest.mark.parametrize("attributes", ["hidden", "style='display:none'", "class=d-none"])
def test_a_folded_answer_stays(make: Any, attributes: str, layouts: tuple[Layout, ...]) -> None:
    question = "<h3><button aria-expanded=false aria-controls=a1>Кто может голосовать дома?</button></h3>"
    fragment = f"{question}<div id=a1 {attributes}><p>Тот, кто подал заявление.</p></div><div id=a2 {attributes}><p>Шаблон.</p></div>"
    assert within(make, fragment, *layouts) == ["Кто может голосовать дома?", "Тот, кто подал заявление."]


@EITHER
@pytest.mark.parametrize("button", ["Показать ещё", "Поделиться", "Subscribe", "Войти"])
def test_other_buttons_go(make: Any, button: str, layouts: tuple[Layout, ...]) -> None:
    assert within(make, f'<div><button aria-expanded="false">{button}</button></div>', *layouts) == []


@EITHER
@pytest.mark.parametrize(
    "sentence",
    [
        "Об этом сообщила пресс-служба акимата.",
        "Протокол опубликован на сайте комиссии, сообщили наблюдатели.",
        "Бұл туралы әкімдік хабарлады.",
        "The commission said that all members had signed the protocol.",
        "Полный текст можно прочесть в библиотеке.",
    ],
)
def test_a_linked_sentence_stays(make: Any, sentence: str, layouts: tuple[Layout, ...]) -> None:
    assert within(make, f'<p><a href="/x">{sentence}</a></p>', *layouts) == [sentence]
    assert within(make, f'<div><p><a href="/x"><strong>{sentence} </strong></a></p></div>', *layouts) == [sentence]


@EITHER
@pytest.mark.parametrize("link", ["Токаев подписал закон о выборах", "Что известно о референдуме?", "Читать далее", "More on this story"])
def test_a_linked_headline_of_another_article_is_dropped(make: Any, link: str, layouts: tuple[Layout, ...]) -> None:
    assert within(make, f'<p><a href="/x">{link}</a></p>', *layouts) == []


STANDFIRST = "Комиссия закончила работу над проектом и отправила его на обсуждение в регионы."


@EITHER
@pytest.mark.parametrize(
    "header",
    [
        "<header><h1>Парк у реки расширят</h1><p>{}</p></header>",
        "<header class=story-top><div><h1>Парк у реки расширят</h1></div><div>{}</div></header>",
        "<header><p>{}</p></header>",
        "<header><span>3 марта 2026</span><p>{}</p><a href=/author/1>Анна Ким</a></header>",
        "<header><h1>Парк у реки расширят</h1><p class=lead>{}</p></header>",
    ],
)
def test_the_article_s_own_header_is_read(make: Any, header: str, layouts: tuple[Layout, ...]) -> None:
    around = "<header><a href=/>Вестник</a><p>Газета Вестник выходит по средам и пятницам с 1931 года.</p></header><article>{}</article>"
    found = lines(make, header.format(STANDFIRST) + FIRST + "".join(REST), *layouts, around=around)
    assert found == [STANDFIRST, *SAYS]


@EITHER
@pytest.mark.parametrize(
    "sentence",
    [
        "Фото с места происшествия опубликовала пресс-служба департамента.",
        "Источник: министерство не скрывает, что документ готовили ночью.",
        "Видео: очевидец снял, как вода подошла к мосту.",
        "Photo by a passer-by shows the crowd at the gates.",
        "Следите за уровнем воды в канале, попросили жителей в акимате.",
        "Заметили ошибку в списках наблюдатели, и бюллетени перепечатали.",
        "Ключевые слова: диалог и согласие, сказал президент на встрече.",
        "Подписывайтесь под петицией, призвал жителей телеграм-канал посёлка.",
    ],
)
def test_a_sentence_that_begins_like_boilerplate_is_kept(make: Any, sentence: str, layouts: tuple[Layout, ...]) -> None:
    assert within(make, f"<p>{sentence}</p>", *layouts) == [sentence]
