"""Walks over input, by name: a function that makes a call for an input of a length, and the length that is 1."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from harvester.discovery.api import read_api
from harvester.discovery.feeds import read_feed
from harvester.discovery.listings import read_listing
from harvester.discovery.sitemaps import read_sitemap
from pipelines.change_detection import changed_tokens
from pipelines.draft import Draft
from pipelines.extraction.bylines import people
from pipelines.extraction.tags import tags
from pipelines.page import Page
from pipelines.pipeline import read
from pipelines.rules import StageRules, TopicRules, TopicTerm
from pipelines.urls import is_web_address
from storage.language.detect import latin_alphabet
from storage.model.articles import Extraction
from storage.model.captures import Capture, WarcPointer
from storage.model.sources import AddressKind, Channel, Items, Source, SourceKind

if TYPE_CHECKING:
    from collections.abc import Callable

URL = "https://vestnik.example/n/1"
NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
SOURCE = Source("vestnik", "Вестник", SourceKind.NEWSPAPER, "https://vestnik.example/", ("ru",))
TERMS = tuple(TopicTerm(words, "ru", 1.0, unless=("старая конституция",)) for words in ("новая конституция", "конституция", "рефер*"))
RULES = StageRules(SOURCE, topics=(TopicRules("reform", "Reform", 1.0, TERMS),), keep_all=True)
TEXT = "<p>В Астане обсудили проект новой Конституции и референдум, который назначен на пятнадцатое марта.</p>" * 5
FEED = Channel(AddressKind.FEED, "https://vestnik.example/rss.xml")
DEPTH = 380  # elements inside each other, that the page's parser lets pass


def line(body: bytes) -> Callable[[], Any]:
    capture = Capture("vestnik", URL, NOW, 200, "text/html; charset=utf-8", "x", WarcPointer("f", 0, 1, "<urn:x>"))
    return lambda: read(Draft(capture, Page(URL, body, capture.content_type, NOW), RULES))


def page(unit: str, *, before: str = "", after: str = "", head: bool = False) -> Callable[[int], Callable[[], Any]]:
    def of(length: int) -> Callable[[], Any]:
        pumped = before + unit * (length // len(unit)) + after
        body = TEXT if head else f"{TEXT}{pumped}"
        html = f"<html lang=ru><head><title>Заголовок</title>{pumped if head else ''}</head><body><article><h1>Заголовок</h1>{body}"
        return line(html.encode())

    return of


def nested(tag: str, inner: str) -> Callable[[int], Callable[[], Any]]:
    name = tag.split(maxsplit=1)[0]
    return page(inner, before=f"<{tag}>" * DEPTH, after=f"</{name}>" * DEPTH)


def guessed(unit: str, before: str = "<div>") -> Callable[[int], Callable[[], Any]]:
    """A page that only the generic reader and its libraries can read."""
    return lambda length: line(f"<html><title>Заголовок дня</title><body>{before}{unit * (length // len(unit))}".encode())


def feed(unit: str, before: str = "", after: str = "") -> Callable[[int], Callable[[], Any]]:
    def of(length: int) -> Callable[[], Any]:
        inner = before + "".join(unit.replace("%", str(place)) for place in range(length // len(unit))) + after
        xml = f"<rss version='2.0'><channel><title>f</title><item><link>{URL}</link>{inner}</item></channel></rss>".encode()
        return lambda: read_feed(xml, FEED)

    return of


def bare(unit: bytes, reader: Callable[[bytes], Any], before: bytes = b"", after: bytes = b"") -> Callable[[int], Callable[[], Any]]:
    def of(length: int) -> Callable[[], Any]:
        body = before + unit * (length // len(unit)) + after
        return lambda: reader(body)

    return of


def extraction(text: str) -> Extraction:
    return Extraction("", "", text, "ru")


API = Channel(AddressKind.API, "https://vestnik.example/api", items=Items(title="t", date="d"))
WALKS: dict[str, tuple[Callable[[int], Callable[[], Any]], int]] = {
    "one long paragraph": (page("слово "), 4_000),
    "one word": (page("а"), 4_000),
    "umlauts": (page("ää öö "), 4_000),
    "terms of a topic": (page("новая конституция "), 4_000),
    "short paragraphs": (page("<p>слово</p>"), 4_000),
    "line breaks": (page("x<br>"), 4_000),
    "pictures": (page("<img src=/a.jpg>"), 4_000),
    "captions": (page("<figure><figcaption>a</figcaption></figure>"), 4_000),
    "links": (page("<li><a href=/1>x y z</a>"), 4_000),
    "times": (page("<time datetime=2026-03-03>x</time>"), 4_000),
    "bylines": (page("<div class=author>Анна Ким</div>"), 4_000),
    "tags": (page("<div class=tags><a>x</a></div>"), 4_000),
    "headings": (page("<h1>x</h1>"), 4_000),
    "unclosed tags": (page("<b>"), 4_000),
    "attributes": (page("a= ", before="<p ", after=">x</p>"), 4_000),
    "many attributes": (page("<p a b c d e f g h i j k l m n>x"), 4_000),
    "open quotes": (page('<a b="'), 4_000),
    "comments": (page("<!--"), 4_000),
    "brackets": (page("<"), 4_000),
    "nested boxes": (nested("div class=comments", "<p>слово "), 8_000),
    "nested bodies": (nested("div class=article-body", "<p>слово "), 8_000),
    "nested asides": (nested("aside", "<p>слово "), 8_000),
    "nested leads": (nested("span class=lead", "слово "), 8_000),
    "nested entries": (nested("li", "слово "), 8_000),
    "a long headline": (page("страниц", before="<h1>", after="</h1>"), 4_000),
    "a long byline": (page("a", before='<meta name=author content="', after='">', head=True), 4_000),
    "keywords": (page("a,", before='<meta name=keywords content="', after='">', head=True), 4_000),
    "meta elements": (page("<meta name=author content='Анна Ким'>", head=True), 4_000),
    "a script of blanks": (page(" ", before='<script type="application/ld+json">]]>', after="x</script>", head=True), 20_000),
    "a script of brackets": (page("[", before='<script type="application/ld+json">', after="</script>", head=True), 20_000),
    "scripts": (page('<script type="application/ld+json">{"@type":"NewsArticle"}</script>', head=True), 4_000),
    "bytes of no charset": (lambda length: line(b"<html><body><p>" + b"\xe4 " * (length // 2)), 4_000),
    "guessed text": (guessed("слово слово. "), 8_000),
    "a guessed word": (guessed("a", "<p>"), 8_000),
    "guessed breaks": (guessed("слово слово.<br>"), 4_000),
    "guessed dates": (guessed("2026-03-03 "), 4_000),
    "guessed digits": (guessed("2026"), 4_000),
    "guessed links": (guessed("<a href=/2026/03/03/x>abc def</a> "), 4_000),
    "guessed spans": (guessed("<span>слово</span> ", "<p>"), 4_000),
    "guessed blanks": (guessed(" \n", "<p>текст"), 8_000),
    "guessed bylines": (guessed("<span class=author>by Анна Ким</span> ", "<p>текст</p>"), 4_000),
    "a feed's names": (feed("a", "<author>", "</author>"), 20_000),
    "a feed's categories": (feed("<category>%</category>"), 10_000),
    "a feed's attributes": (feed("a%='1' ", "<x ", "/>"), 20_000),
    "a feed's namespaces": (feed("<a%:x xmlns:a%='http://x/%'/>"), 10_000),
    "a feed's nesting": (feed("<a>"), 10_000),
    "a feed's ampersands": (feed("&"), 10_000),
    "a feed's dates": (feed("2026-01-01T", "<pubDate>", "</pubDate>"), 10_000),
    "a sitemap's brackets": (bare(b"<url>", lambda x: read_sitemap(x, FEED), b"<urlset>"), 100_000),
    "a sitemap's blanks": (bare(b" ", lambda x: read_sitemap(x, FEED), b"<urlset><url><loc>", b"x"), 100_000),
    "a listing's blanks": (bare(b" ", lambda x: read_listing(x, FEED), b"<html><a href='", b"x'>x</a>"), 100_000),
    "a listing's links": (bare(b"<a href=/1>x</a>", lambda x: read_listing(x, FEED), b"<html>"), 100_000),
    "an API's titles": (bare(b"&#1", lambda x: read_api(x, API, SOURCE, NOW), b'[{"url":"/1","t":"', b'"}]'), 100_000),
    "an address": (lambda length: lambda: is_web_address("http://e.kz/" + "?" * length), 100_000),
    "a byline": (lambda length: lambda: people(["(" * length, "a" * length, " in " * length]), 100_000),
    "a tag": (lambda length: lambda: tags(["a " * length] * 5), 100_000),
    "an alphabet": (lambda length: lambda: latin_alphabet("ää öö " * length), 10_000),
    "a restless text": (
        lambda length: lambda: changed_tokens(extraction("а б " + "а " * length), extraction("а " * length + "б а")),
        5_000,
    ),
}
