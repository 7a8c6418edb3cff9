from __future__ import annotations

from typing import Any

from pipelines.draft import RawDate
from pipelines.extraction.metadata import read_metadata


def test_meta_tags_and_microdata(make: Any) -> None:
    head = """<meta property="og:title" content="Парк &amp; река"><meta property="og:site_name" content="Вестник">
      <meta name="description" content=" Коротко  о парке ">
      <meta name="author" content="Анна Ким"><meta property="article:author" content="https://facebook.example/kim">
      <meta property="article:section" content="Город"><meta property="article:tag" content="парк">
      <meta property="article:tag" content="река, клёны">
      <meta name="Keywords" content="новости; вестник"><meta property="article:published_time" content="2026-03-03T05:00:00+05:00">
      <meta property="article:modified_time" content="2026-03-03T06:00:00+05:00"><meta property="og:image" content="/p.jpg">"""
    body = """<span itemprop="datePublished" content="2026-03-03">3 марта</span>
      <meta itemprop="datePublished" content="2026-03-03T05:00"><p>x</p>"""
    found = read_metadata(make.page(make.html(body, head)))
    assert found.headlines == ("Парк & река",)
    assert found.description == "Коротко о парке"
    assert found.authors == ("Анна Ким",)
    assert found.section == "Город"
    assert found.tags == ("парк", "река", "клёны")
    assert found.keywords == ("новости", "вестник")
    assert found.published == (
        RawDate("2026-03-03T05:00:00+05:00", "meta:article:published_time"),
        RawDate("2026-03-03T05:00", "meta:datepublished"),
        RawDate("2026-03-03", "itemprop:datePublished"),
        RawDate("3 марта", "itemprop:datePublished"),
    )
    assert found.modified == (RawDate("2026-03-03T06:00:00+05:00", "meta:article:modified_time"),)
    assert found.images == (("/p.jpg", ""),)
    assert found.site_names == ("Вестник", "vestnik.example", "vestnik")


def test_json_ld_comes_first(make: Any) -> None:
    head = """<meta property="og:title" content="Парк - Вестник"><meta property="article:published_time" content="2026-01-01">
      <script type="application/ld+json">{"@type":"NewsArticle","headline":"Парк","datePublished":"2026-03-03T05:00:00+05:00",
      "articleSection":["Город","Парки"],"author":{"name":"Анна Ким"},"keywords":"парк, река"}
      </script><meta name="author" content="Вестник">"""
    found = read_metadata(make.page(make.html(head=head)))
    assert found.headlines == ("Парк", "Парк - Вестник")
    assert [date.found_in for date in found.published] == ["jsonld:datePublished", "meta:article:published_time"]
    assert found.section == "Город"
    assert found.authors == ("Анна Ким",)
    assert found.tags == ("парк", "река")


def test_breadcrumbs_name_a_section_last(make: Any) -> None:
    trail = ",".join(f'{{"name":"{name}"}}' for name in ("Главная", "Общество", "Парк у реки расширят"))
    head = f'<script type="application/ld+json">{{"@type":"BreadcrumbList","itemListElement":[{trail}]}}</script>'
    assert read_metadata(make.page(make.html(head=head))).section == "Общество"


def test_an_overlong_date_is_none(make: Any) -> None:
    assert read_metadata(make.page(make.html(head=f'<meta property="article:published_time" content="{"1" * 100_000}">'))).published == ()


def test_an_empty_page_states_nothing(make: Any) -> None:
    found = read_metadata(make.page("", url="http://[broken"))
    assert found.headlines == ()
    assert found.site_names == ()
