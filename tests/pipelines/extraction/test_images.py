from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.extraction.images import MOST_IMAGES, read_images, web_address
from storage.model.articles import Image


def images(make: Any, inner: str, **given_elements: Any) -> tuple[Image, ...]:
    page = make.page(make.html(f"<main>{inner}</main>"))
    elements = {name: page.select(css) for name, css in given_elements.items() if name != "stated"}
    return read_images(page, page.select("main")[0], stated=given_elements.get("stated", ()), **elements)


def test_caption_and_credit_of_a_figure(make: Any) -> None:
    assert images(make, "<figure><img src=/a.jpg><figcaption>Открытие парка. Фото: Анна Ким</figcaption></figure>") == (
        Image("https://vestnik.example/a.jpg", "Открытие парка.", "Фото: Анна Ким"),
    )
    assert images(make, "<figure><img src=/a.jpg><figcaption>Открытие <span class=credit>Анна Ким</span></figcaption></figure>") == (
        Image("https://vestnik.example/a.jpg", "Открытие", "Анна Ким"),
    )
    assert images(make, "<div><img src=/a.jpg><p class=wp-caption-text>фото пресс-службы акимата</p></div>") == (
        Image("https://vestnik.example/a.jpg", "", "фото пресс-службы акимата"),
    )


def test_selected_captions_and_credits_go_to_the_nearest_picture(make: Any) -> None:
    inner = "<div><img src=/a.jpg><i class=t>Парк</i></div><div><img src=/b.jpg><b class=c>Анна Ким</b></div>"
    assert images(make, inner, captions=".t", credits_=".c") == (
        Image("https://vestnik.example/a.jpg", "Парк"),
        Image("https://vestnik.example/b.jpg", "", "Анна Ким"),
    )


def test_lazy_pictures_and_bases(make: Any) -> None:
    assert images(make, '<img src="data:image/gif;base64,AAAA" data-src="/lazy.jpg">')[0].url == "https://vestnik.example/lazy.jpg"
    page = make.page(make.html("<main><img src=a.jpg></main>", '<base href="https://cdn.example/x/">'))
    assert read_images(page, page.select("main")[0])[0].url == "https://cdn.example/x/a.jpg"


@pytest.mark.parametrize(
    "picture",
    [
        "<img src=/a.jpg width=1 height=1>",
        "<img src=/logo.png>",
        "<img src=/a.svg>",
        "<div class=share><img src=/a.jpg></div>",
        "<aside><img src=/a.jpg></aside>",
        "<img src='javascript:alert(1)'>",
        "<img src='file:///etc/passwd'>",
        "<img src='http://[bad'>",
        "<img src='ftp://a.example/a.jpg'>",
        "<img>",
    ],
)
def test_what_is_no_picture_of_the_article(make: Any, picture: str) -> None:
    assert images(make, picture) == ()


def test_the_declared_picture_is_used_if_none_is_printed(make: Any) -> None:
    stated = [("javascript:1", ""), ("/og.jpg", "Парк"), ("/second.jpg", "")]
    assert images(make, "", stated=stated) == (Image("https://vestnik.example/og.jpg", "Парк"),)
    assert [image.url for image in images(make, "<img src=/a.jpg>", stated=stated)] == ["https://vestnik.example/a.jpg"]


def test_doubles_and_numbers_are_bounded(make: Any) -> None:
    assert len(images(make, "<img src=/a.jpg>" * 5)) == 1
    assert len(images(make, "".join(f"<img src=/{n}.jpg>" for n in range(200)))) == MOST_IMAGES


@given(st.text(max_size=60))
def test_only_web_addresses_come_out(address: str) -> None:
    found = web_address("https://vestnik.example/", address)
    assert found == "" or found.startswith(("http://", "https://", "HTTP"))


@pytest.mark.parametrize(
    "picture",
    [
        "<img srcset='/s-480.jpg 480w, /best.jpg 1200w' sizes=100vw>",
        "<img data-srcset='/s.jpg 1x,/best.jpg 2x' src='data:image/gif;base64,AAAA'>",
        "<img src=/blank.gif data-srcset='/best.jpg'>",
        "<picture><source type=image/webp srcset='/best.jpg 900w, /s.jpg 300w'><img alt=Мост></picture>",
        "<img class=lazy data-echo=/best.jpg src=/placeholder.png>",
        "<img data-hi-res-src='https://vestnik.example/best.jpg'>",
        "<img class=lazy alt=Мост><noscript><img src=/best.jpg></noscript>",
        "<img src=/best.jpg srcset='/other.jpg 2x'>",
    ],
)
def test_responsive_and_lazy_pictures(make: Any, picture: str) -> None:
    assert images(make, f"<figure>{picture}<figcaption>Мост</figcaption></figure>") == (Image("https://vestnik.example/best.jpg", "Мост"),)


def test_a_srcset_of_broken_addresses_has_no_picture(make: Any) -> None:
    assert images(make, "<img srcset='javascript:1 2x, , data:image/gif;base64,AA 1x'>") == ()
    assert images(make, f"<img srcset='{',' * 200_000}'>") == ()
