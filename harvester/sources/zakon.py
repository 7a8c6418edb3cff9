"""Overrides of zakon.kz, which prints the time of publication in the caption or `alt` text of the picture."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipelines.page import Page

_PICTURES = "div.article__block img[alt], div.article__block figcaption"
_PRINTED = re.compile(r"(?:Новости Zakon\.kz от|Zakon\.kz жаңалық)\s*(\d{2}\.\d{2}\.\d{4} \d{2}:\d{2})")


def date(page: Page) -> str | None:
    """Return the time in «Новости Zakon.kz от 20.01.2026 13:22» or its Kazakh form; None when there is none.

    In Kazakh it is «Zakon.kz жаңалық 19.02.2026 13:48».
    """
    texts = (x.get("alt") or "".join(x.itertext()) for x in page.select(_PICTURES))
    return next((found[1] for text in texts if (found := _PRINTED.search(text))), None)
