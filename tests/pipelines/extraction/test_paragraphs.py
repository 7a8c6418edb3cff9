from __future__ import annotations

from typing import Any

import pytest

from pipelines.extraction.paragraphs import drop_link_lines, mark_links, read_paragraphs, text_size


def read(make: Any, inner: str, drop: str = "") -> list[str]:
    page = make.page(make.html(f"<div id=b>{inner}</div>"))
    return read_paragraphs(page.select("#b"), frozenset(page.select(drop)) if drop else frozenset())


def test_every_kind_of_paragraph_is_kept_in_order(make: Any) -> None:
    inner = """свободный текст<p>абзац с <b>выделением</b> и <a href=/x>ссылкой</a>.</p><h2>Подзаголовок</h2>
      <ul><li>первое;</li><li>второе.</li></ul><blockquote>Цитата.</blockquote>
      <p>– Прямая речь, – сказал житель.</p><p>Строка<br>и ещё строка</p>
      <table><tr><td>Год</td><td>Клёнов</td></tr><tr><td>2026</td><td>300</td></tr></table><p>Напомним, так было всегда.</p>хвост"""
    assert read(make, inner) == [
        "свободный текст",
        "абзац с выделением и ссылкой.",
        "Подзаголовок",
        "первое;",
        "второе.",
        "Цитата.",
        "– Прямая речь, – сказал житель.",
        "Строка",
        "и ещё строка",
        "Год Клёнов",
        "2026 300",
        "Напомним, так было всегда.",
        "хвост",
    ]


@pytest.mark.parametrize(
    "noise",
    [
        "<script>var a</script>",
        "<figure><img src=a.jpg><figcaption>Подпись.</figcaption></figure>",
        "<aside><p>Врезка.</p></aside>",
        "<div class=article__share>Рассказать всем.</div>",
        "<div class='relatedArticles'><p>Другая новость.</p></div>",
        "<p>Фото: Вестник</p>",
        "<p>Читайте также: <a href=/x>Другая новость</a></p>",
        "<p><a href=/x>Другая новость</a></p>",
        "<p>#парк #река</p>",
        "<p>Поделиться</p>",
        "<h3>Другие новости</h3><ul><li><a href=/x>Другая новость</a></li></ul>",
        "<p style='display:none'>Скрыто.</p>",
        "<time>3 марта</time>",
        "<form><p>Рассылка по утрам.</p></form>",
        "<p hidden>Скрыто.</p>",
    ],
)
def test_boxes_and_noise_are_left_out_and_nothing_else(make: Any, noise: str) -> None:
    assert read(make, f"<p>{make.sentence}</p>{noise}<p>Конец.</p>") == [make.sentence.strip(), "Конец."]


def test_a_class_does_not_condemn_the_article_itself(make: Any) -> None:
    inner = f'<div class="related-wide share">{make.paragraph * 3}</div><p>Конец.</p>'
    assert len(read(make, inner)) == 4
    pieces = "".join(f'<div class="share">{make.sentence}{number}.</div>' for number in range(6))
    assert len(read(make, pieces)) == 6


def test_a_figure_may_hold_text(make: Any) -> None:
    assert read(make, "<figure><blockquote>Слова.</blockquote><figcaption>Кто сказал</figcaption></figure><p>Конец.</p>") == [
        "Слова.",
        "Конец.",
    ]


def test_what_the_layout_drops(make: Any) -> None:
    assert read(make, "<p>Первый.</p><p class=ps>Второй.</p><p>Третий.</p>", ".ps") == ["Первый.", "Третий."]


def test_several_roots(make: Any) -> None:
    page = make.page("<p class=a>Один.</p><div><p class=a>Два.</p></div><p>Не то.</p><p class=a>Три.</p>")
    assert read_paragraphs(page.select(".a")) == ["Один.", "Два.", "Три."]


def test_links_are_recognised_by_the_signs_around_them(make: Any) -> None:
    inner = "<p>Первый абзац.</p><p><a href=/x>Другая <b>новость</b></a></p><p>Абзац со <a href=/y>ссылкой</a> внутри.</p><p><a></a></p>"
    tree = make.page(make.html(inner)).tree
    mark_links(tree)
    for link in tree.findall(".//a"):
        link.drop_tag()
    assert read_paragraphs([tree.find("body")]) == ["Первый абзац.", "Абзац со ссылкой внутри."]


def test_lines_of_links_are_dropped_with_the_label_above_them(make: Any) -> None:
    tree = make.page(
        make.html(f"{make.paragraph}<p>Ранее мы писали:</p><ul><li><a href=/x>Парк закрыли</a></li></ul>{make.paragraph}")
    ).tree
    drop_link_lines(tree)
    assert read_paragraphs([tree.find("body")]) == [(make.sentence * 3).strip()] * 2


def test_text_size_counts_what_is_read(make: Any) -> None:
    assert text_size(make.page("<p>ab  c<script>long script</script> d</p>").select("p")[0]) == 4
