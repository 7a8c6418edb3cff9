from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.extraction.boilerplate_lines import is_credit, is_link_line, is_noise, split_caption


@pytest.mark.parametrize(
    "line",
    [
        "* * *",
        "—",
        "12",
        "3.",
        "#парк #река",
        "#Сенат, #реформы",
        "Поделиться",
        "Поделиться:",
        "Бөлісу",
        "Share this article",
        "Фото: vestnik.example",
        "Фото пресс-службы акимата",
        "фото из архива музея",
        "Сурет: Ә. Серікұлы",
        "Photo: Jane Roe",
        "Photo by Jane Roe",
        "© Вестник",
        "Источник: акимат",
        "Подписывайтесь на наш Telegram-канал",
        "Нашли ошибку? Выделите её и нажмите Ctrl+Enter",
        "Telegram арнамызға жазылыңыз!",
        "Мәтіннен қате тапсаңыз, CTRL + Enter басыңыз",
        "Жаңалықтарды бірінші болып оқу үшін WhatsApp арнамызға ЖАЗЫЛЫҢЫЗ",
    ],
)
def test_lines_that_are_no_text(line: str) -> None:
    assert is_noise(line)


@pytest.mark.parametrize(
    "line",
    [
        "Напомним, в марте парк уже расширяли.",
        "– Мы этого ждали, – сказал житель.",
        "2026",
        "Фото на память сделали все участники встречи.",
        "Фотограф Иван Петров открыл выставку в столице.",
        "Да.",
        "№ 1",
        "Источник воды нашли в горах.",
        "Поделиться опытом приехали двести агрономов.",
        "Telegram заблокировали в трёх странах.",
        "Хат ескі арнаның жағасында жазылған.",
        "Enter the Void снова покажут в столичном кинотеатре.",
    ],
)
def test_lines_that_are_text(line: str) -> None:
    assert not is_noise(line)


def test_links_to_other_articles() -> None:
    assert is_link_line("Читайте также: Парк у реки закрыли", 0.7)
    assert is_link_line("Читайте также:", 0.0)
    assert is_link_line("Тағы оқыңыз: Саябақ ашылды", 0.5)
    assert is_link_line("Read more: The park reopens", 0.0)
    assert is_link_line("Парк у реки закрыли", 1.0)
    assert not is_link_line("Парк у реки закрыли", 0.2)
    assert not is_link_line("Читайте также между строк, советует автор.", 0.0)
    assert not is_link_line("Полный текст постановления, которое подписал аким области, опубликован на сайте акимата.", 1.0)


@pytest.mark.parametrize(
    ("text", "caption", "credit"),
    [
        ("фото пресс-службы Сената", "", "фото пресс-службы Сената"),
        ("Фото: Иван Петров", "", "Фото: Иван Петров"),
        ("Открытие парка. Фото: Иван Петров", "Открытие парка.", "Фото: Иван Петров"),
        ("Открытие парка (Photo: Jane Roe / Agency)", "Открытие парка", "Photo: Jane Roe / Agency"),
        ("Открытие парка © Вестник", "Открытие парка", "© Вестник"),
        ("Фото участников встречи на набережной", "Фото участников встречи на набережной", ""),
        ("Открытие парка", "Открытие парка", ""),
        ("", "", ""),
    ],
)
def test_caption_and_credit_are_separated(text: str, caption: str, credit: str) -> None:
    assert split_caption(text) == (caption, credit)


@given(st.text(max_size=200))
def test_any_line_is_classified(line: str) -> None:
    line = " ".join(line.split())
    if line:
        is_noise(line)
        is_link_line(line, 0.5)
    caption, credit = split_caption(line)
    assert caption in line
    assert credit in line
    assert is_credit(line) == (caption == "" and credit == line and line != "")
