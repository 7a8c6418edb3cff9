from __future__ import annotations

from typing import Any

import pytest

from pipelines.extraction.body import EXTRACTOR, SECOND_OPINION, GenericReader

OTHERS = "<p>Другая новость, короткая.</p>"


@pytest.mark.parametrize(
    "frame",
    [
        "<article>{}</article>",
        "<div itemprop=articleBody>{}</div>",
        "<div class='post-content'>{}</div>",
        "<div id=articleBody>{}</div>",
        "<div class='entry'>{}</div>",
        "<div class='field-item even'>{}</div>",
        "<section class='single-the-content'>{}</section>",
        "<td class='article-fulltext'>{}</td>",
    ],
)
def test_an_element_that_is_clearly_the_article_is_read_without_trafilatura(make: Any, monkeypatch: pytest.MonkeyPatch, frame: str) -> None:
    monkeypatch.setattr("trafilatura.bare_extraction", lambda *_, **__: pytest.fail("asked"))
    page = make.page(make.html(f"<div><div>{OTHERS}</div>{frame.format(make.paragraph * 3)}</div>"))
    found = GenericReader(page).body
    assert found.paragraphs == tuple([(make.sentence * 3).strip()] * 3)
    assert "Другая" not in "".join(found.container.itertext())


def test_the_container_is_narrowed_to_where_the_paragraphs_are(make: Any) -> None:
    inner = f"<article><header><h1>Парк</h1><p>3 марта</p></header><div class=x><div class=y>{make.paragraph * 4}</div></div></article>"
    found = GenericReader(make.page(make.html(inner))).body
    assert found.container.get("class") == "y"
    assert len(found.paragraphs) == 4


@pytest.mark.parametrize("name", ["entry", "field-item", "story-wrapper"])
def test_a_name_that_lists_use_too_counts_only_with_most_of_the_prose(make: Any, name: str) -> None:
    cards = "".join(f"<div class={name}><h3>Новость {n}</h3><p>{make.sentence * 2}Номер {n}.</p></div>" for n in range(3))
    text = "".join(f"<p>{make.sentence * 3}Их было {number}.</p>" for number in (300, 400, 500))
    found = GenericReader(make.page(make.html(f"<div><h1>Парк</h1>{text}</div>{cards}"))).body
    assert found.container.get("class") != name
    assert all(f"Их было {number}." in "".join(found.paragraphs) for number in (300, 400, 500))


def test_other_pages_are_read_by_trafilatura(make: Any) -> None:
    paragraphs = [f"{make.sentence * 3}Их было {number}." for number in (300, 400, 500)]
    marked = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    inner = f"<nav><a href=/>Меню</a></nav><div id=content><h1>Парк</h1>{marked}</div><footer>Все права</footer>"
    found = GenericReader(make.page(make.html(inner))).body
    assert list(found.paragraphs)[-3:] == paragraphs
    assert "Все права" not in found.paragraphs


def test_a_page_that_makes_trafilatura_fail_is_still_read(make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RecursionError

    monkeypatch.setattr("trafilatura.bare_extraction", broken)
    monkeypatch.setattr("pipelines.extraction.body.extract_author", broken)
    monkeypatch.setattr("htmldate.find_date", broken)
    reader = GenericReader(make.page(make.html(f"<div>{make.paragraph}</div><b class=author>Анна Ким</b>")))
    assert reader.body.paragraphs == ((make.sentence * 3).strip(),)
    assert reader.guess_authors() == reader.guess_date() == ""


def test_a_huge_page_never_reaches_trafilatura(make: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trafilatura.bare_extraction", lambda *_, **__: pytest.fail("asked"))
    reader = GenericReader(make.page(make.html(f"<div>{make.paragraph}</div>{'<b></b>' * 70_000}")))
    assert reader.body.paragraphs == ((make.sentence * 3).strip(),)
    assert reader.guess_authors() == reader.guess_date() == ""


def test_last_guesses(make: Any) -> None:
    reader = GenericReader(make.page(make.html(f"<div class=author-name>Анна Ким</div>{make.paragraph}<p>Обновлено 02.03.2026</p>")))
    assert reader.guess_authors() == "Анна Ким"
    assert reader.guess_date() == "2026-03-02"


@pytest.mark.parametrize("line", ["Обновлено 02.03.2031", "© Вестник, 2026", "Нет даты"])
def test_no_date_is_invented_from_a_year_or_the_future(make: Any, line: str) -> None:
    assert GenericReader(make.page(make.html(f"{make.paragraph}<p>{line}</p>"))).guess_date() == ""


def test_the_tree_is_left_as_it_was(make: Any) -> None:
    page = make.page(make.html(f"<nav>Меню</nav><div>{make.paragraph}</div><div class=share>Рассказать</div><b class=author>Анна Ким</b>"))
    before = [element.tag for element in page.tree.iter()], page.first_text("body")
    reader = GenericReader(page)
    _ = reader.body, reader.guess_authors(), reader.guess_date()
    assert ([element.tag for element in page.tree.iter()], page.first_text("body")) == before


@pytest.mark.parametrize("name", ["author", "counter", "widget"])
def test_a_body_of_the_second_opinion_names_it_as_extractor(make: Any, name: str) -> None:
    """A weak name makes a box of most of a short text: trafilatura reads all of it on the page itself."""
    sentences = [f"{make.sentence}Их было {number}." for number in range(300, 307)]
    paragraphs = [f"<p>{sentence}</p>" for sentence in sentences]
    page = make.html(f"<h1>Парк</h1><div>{''.join(paragraphs[:2])}</div><div class={name}>{''.join(paragraphs[2:])}</div>")
    body = GenericReader(make.page(page)).body
    assert (body.extractor, list(body.paragraphs)) == (SECOND_OPINION, sentences)
    plain = GenericReader(make.page(page.replace(f"class={name}", ""))).body
    assert (plain.extractor, list(plain.paragraphs)) == (EXTRACTOR, sentences)
