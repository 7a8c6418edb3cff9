"""Inputs for the fuzz target: sound ones of each kind, and what is done to them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from storage.model.sources import AddressKind

if TYPE_CHECKING:
    from random import Random

FOUND = Path(__file__).with_name("found")
"""What broke something once, replayed first: `KIND.NAME.bin`, or with what a header said in `KIND.NAME.type`."""

GOLDEN = Path(__file__).parents[1] / "golden"
HOME = "https://vestnik.example/"
LONGEST = 60_000  # bytes of a mutated input


@dataclass(frozen=True)
class Input:
    """An answer: what it was asked as, its bytes, and its Content-Type."""

    kind: AddressKind
    body: bytes
    content_type: str = "text/html; charset=utf-8"


PAGE = f"""<!doctype html><html lang="ru"><head><meta charset="utf-8"><title>Парк у реки расширят | Вестник</title>
<meta property="og:title" content="Парк у реки расширят"><meta name="author" content="Анна Ким">
<meta property="article:published_time" content="2026-03-03T05:00:00+05:00">
<base href="/"><link rel="canonical" href="/n/1">
<link rel="alternate" hreflang="kk" href="/kk/n/1"><script type="application/ld+json">{{"@type":"NewsArticle","headline":"Парк",
"author":[{{"@type":"Person","name":"Анна Ким"}}],"keywords":["парк","река"],"datePublished":"2026-03-03",
"image":{{"url":"/a.jpg"}}}}</script>
</head><body><article itemprop="articleBody"><h1>Парк у реки расширят</h1><div class="date">3 марта 2026, 14:05</div><p class="lead">Жители
обсудили проект.</p>{"<p>Жители посёлка обсудили проект нового парка и предложили посадить триста клёнов &mdash; вдоль реки.</p>" * 5}
<figure><img src="/a.jpg" width=600><figcaption>Парк. Фото: Марат Сеитов</figcaption></figure>
<p><b>Марат СЕИТОВ</b></p></article></body></html>"""
FEED = f"""<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Вестник</title>
<item><title>Парк &amp; река</title><link>{HOME}n/5</link><guid>{HOME}n/5</guid><pubDate>Tue, 03 Mar 2026 10:00:00 +0500</pubDate>
<dc:creator>Анна Ким</dc:creator><category>Город</category><description><![CDATA[<p>Текст</p>]]></description></item></channel></rss>"""
ATOM = f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title><entry><title type="html">Парк</title><link href="{HOME}n/6"/>
<id>tag:x</id><updated>2026-03-03T10:00:00Z</updated><author><name>Анна</name></author></entry></feed>"""
SITEMAP = f"""<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
xmlns:n="urn:news">
<url><loc>{HOME}n/7</loc><lastmod>2026-03-03</lastmod>
<n:news>
<n:title>Парк</n:title><n:publication_date>2026-03-03</n:publication_date></n:news></url>
</urlset>"""
INDEX = f"<sitemapindex><sitemap><loc>{HOME}s.xml</loc><lastmod>2026-03</lastmod></sitemap></sitemapindex>"
LISTING = (
    f'<html><base href="{HOME}"><body><a href="/n/8">Парк</a> <a href="n/9?utm_source=x">Река</a><a href="javascript:x">x</a></body></html>'
)
ANSWER = json.dumps(
    [{"url": "/n/10", "title": "Парк &amp;amp; река", "date": 1_772_500_000}, {"url": "/n/11", "title": None, "date": "вчера"}]
)

SEEDS = (
    Input(AddressKind.ARTICLE, PAGE.encode()),
    Input(AddressKind.ARTICLE, PAGE.encode("cp1251", "replace"), "text/html"),
    Input(AddressKind.ARTICLE, PAGE.encode("utf-16"), "text/html"),
    Input(AddressKind.FEED, FEED.encode(), "application/rss+xml"),
    Input(AddressKind.FEED, FEED.encode("utf-16"), "application/rss+xml"),
    Input(AddressKind.FEED, ATOM.encode(), "application/atom+xml"),
    Input(AddressKind.SITEMAP, SITEMAP.encode(), "application/xml"),
    Input(AddressKind.SITEMAP, INDEX.encode(), "application/xml"),
    Input(AddressKind.LISTING, LISTING.encode()),
    Input(AddressKind.SEARCH, LISTING.encode("cp1251"), "text/html; charset=windows-1251"),
    Input(AddressKind.ARCHIVE, LISTING.encode()),
    Input(AddressKind.API, ANSWER.encode(), "application/json"),
)

TOKENS = tuple(
    token if isinstance(token, bytes) else token.encode("utf-8", "surrogatepass")
    for token in (
        *("\\ud83d", "\\udc00", "\\u0000", "\\u001b", "\\u202e", "\\uffff", "\ud800", "\x00", "\x1b", "\x85", "\u202e", "\u2066", "\ufffe"),
        *(
            "&#0;",
            "&#xD800;",
            "&#55357;",
            "&#9999999999;",
            f"&#{'9' * 5_000};",
            f"&#{'0' * 5_000}65;",
            "&#x110000;",
            "&amp;#27;",
            "&",
            "&#",
        ),
        *(
            "<",
            ">",
            "</",
            "<!--",
            "-->",
            "<![CDATA[",
            "]]>",
            "<!DOCTYPE",
            "<!ENTITY a 'b'>",
            "<?xml",
            "<script>",
            "</script>",
            "<style",
            "<p ",
        ),
        *(
            "<base href='http://[::1'>",
            "<a href='http://e kz/'>",
            "<a href='//\ud800/'>",
            "<time datetime='0000-00-00'>",
            "<img src='http://[x'>",
        ),
        *("<link rel=canonical href='http://a]'>", "<svg><title>", "<table><td colspan=9007199254740992>", "<p><b>" * 500, "<div>" * 500),
        *("2026-02-31", "99999999999", "-1", "1e999", "NaN", "Infinity", "9" * 5_000, "31.12.9999", "01.01.0001 00:00+14:00", "24:00", "٣"),
        *("[", "]", "{", "}", '"', "'", "=", ";", "%", "%zz", "[" * 3_000, '{"a":' * 3_000, '"@type":7', '"url":{}', "null", "true"),
        *(
            "http://",
            "https://[::1",
            "http://a:99999/",
            "http://e.kz:x/",
            "http://xn--a/",
            "//",
            "?",
            "#",
            "\\",
            "\r",
            "\n",
            "\t",
            " " * 3_000,
        ),
        *(
            "charset=undefined",
            "charset=idna",
            "charset=utf-7",
            "encoding='punycode'",
            "encoding='zip'",
            "Ǆ",
            "İ",
            "ﬀ",
            "\u0301" * 50,
            "ʼ",
            "ı",
        ),
        *(
            b"\xff\xfe",
            b"\xfe\xff",
            b"\xef\xbb\xbf",
            b"\xff",
            b"\xc0\x80",
            b"\xed\xa0\x80",
            b"\x1f\x8b",
            b"\x00\x00\xfe\xff",
            b"\xf4\x90\x80\x80",
        ),
    )
)
TYPES = (
    *("text/html", "text/html; charset=utf-8", "text/html; charset=windows-1251", "text/html; charset=undefined", "", "application/json"),
    *(
        "text/html; charset=idna",
        "text/html; charset=unicode_escape",
        "text/html; charset=rot13",
        "text/html; charset=utf-16",
        "\x00\x85\xff",
    ),
    *(
        "text/html; charset=shift_jis",
        "text/html; charset=iso-2022-jp",
        "text/html; charset=hz-gb-2312",
        "text/html; charset=" + "x" * 9_000,
    ),
)


def kept() -> list[tuple[str, Input]]:
    """The inputs that were found, by name."""
    found = []
    for path in sorted(FOUND.glob("*.bin")):
        header = path.with_suffix(".type")
        content_type = header.read_text("latin-1") if header.exists() else "text/html"
        found.append((path.name, Input(AddressKind(path.name.split(".")[0]), path.read_bytes(), content_type)))
    return found


def keep(name: str, case: Input) -> None:
    """Write an input down that broke something."""
    FOUND.mkdir(exist_ok=True)
    path = FOUND / f"{case.kind.value}.{name}.bin"
    path.write_bytes(case.body)
    path.with_suffix(".type").write_text(case.content_type, "latin-1", "replace")


def golden() -> list[Input]:
    """The golden pages, as seeds."""
    return [Input(AddressKind.ARTICLE, path.read_bytes()) for path in sorted(GOLDEN.glob("*/*/page.html"))]


def mutated(chance: Random, seeds: list[Input]) -> Input:
    """One of the seeds with some bytes changed, some of it gone or doubled, and tokens in places where nobody expects them."""
    seed = chance.choice(seeds)
    body = bytearray(seed.body)
    for _ in range(chance.choice((1, 1, 2, 3, 5, 12))):
        at, end = sorted(chance.randrange(len(body) + 1) for _ in range(2))
        what = chance.randrange(7)
        if what == 0 and body:
            body[at % len(body)] = chance.randrange(256)
        elif what == 1:
            del body[at : min(end, at + 200)]
        elif what == 2:
            body[at:at] = body[at : min(end, at + 300)] * chance.choice((1, 2, 20))
        elif what == 3:
            del body[at:]
        else:
            body[at:at] = chance.choice(TOKENS) * chance.choice((1, 1, 1, 3))
    content_type = chance.choice(TYPES) if chance.random() < 0.3 else seed.content_type
    kind = chance.choice(list(AddressKind)) if chance.random() < 0.05 else seed.kind
    return Input(kind, bytes(body[:LONGEST]), content_type)
