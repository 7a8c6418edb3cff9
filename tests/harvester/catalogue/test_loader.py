from __future__ import annotations

import pickle
import subprocess
import sys
import time
import tomllib
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harvester.catalogue.check import check_catalogue
from harvester.catalogue.loader import Catalogue, load_catalogue
from pipelines.rules import TopicRules
from storage.errors import UsageError
from storage.model.sources import AddressKind, Channel, Items, Source, SourceKind

if TYPE_CHECKING:
    from collections.abc import Callable

MINIMAL = """
name = "Северный вестник"
kind = "newspaper"
home = "https://severny.example/"
language = "ru"
discover = [{ feed = "rss.xml" }]
"""


def write(folder: Path, **files: str) -> None:
    """Files by name: `a__toml` is a.toml, `_families__f__toml` is _families/f.toml."""
    for name, text in files.items():
        stem, _, suffix = name.rpartition("__")
        path = folder.joinpath(*stem.split("__")).with_suffix(f".{suffix}")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def load(folder: Path) -> Catalogue:
    return load_catalogue([folder], builtin=False)


def fault(folder: Path) -> str:
    with pytest.raises(UsageError) as caught:
        load(folder)
    assert check_catalogue([folder], builtin=False)
    return caught.value.message


def test_the_least_declaration(tmp_path: Path) -> None:
    write(tmp_path, severny__toml=MINIMAL)
    declaration = load(tmp_path).get("severny")
    assert declaration.source == Source(
        "severny", "Северный вестник", SourceKind.NEWSPAPER, "https://severny.example/", ("ru",), "Asia/Almaty"
    )
    assert declaration.channels == (Channel(AddressKind.FEED, "https://severny.example/rss.xml"),)
    assert (declaration.delay, declaration.timeout, declaration.enabled, declaration.keep_all) == (None, None, True, False)
    assert declaration.expect.per_day is None
    assert check_catalogue([tmp_path], builtin=False) == []


def test_every_key(tmp_path: Path) -> None:
    write(
        tmp_path,
        full__toml="""
        name = "Полный"
        kind = "agency"
        home = "https://www.full.example/ru/"
        language = ["ru", "kk-Latn"]
        timezone = "Asia/Qyzylorda"
        discover = [
            { sitemap = "/sitemap.xml" },
            { listing = "news/", section = "Новости", pages = "news/?page={page}" },
            { feed = "https://kaz.full.example/rss" },
        ]
        articles = { allow = '/news/\\d+', deny = '/photo/' }
        fetch = { delay = 3, timeout = 20.5 }
        expect = { per_day = [5, 80], dated = 0.98, byline = 0.5, body_chars = 200 }
        keep = "all"
        enabled = false
        note = "on holiday"
        [[layout]]
        body = "article .text"
        drop = ".ad"
        [[layout]]
        title = "h2"
        until = 2025-03-31
        """,
    )
    one = load(tmp_path).get("full")
    assert one.channels == (
        Channel(AddressKind.SITEMAP, "https://www.full.example/sitemap.xml"),
        Channel(AddressKind.LISTING, "https://www.full.example/ru/news/", "Новости", "https://www.full.example/ru/news/?page={page}"),
        Channel(AddressKind.FEED, "https://kaz.full.example/rss"),
    )
    assert (one.delay, one.timeout, one.enabled, one.note) == (3.0, 20.5, False, "on holiday")
    assert (one.expect.per_day, one.expect.dated, one.expect.byline, one.expect.body_chars) == ([5, 80], 0.98, 0.5, 200)
    topic = TopicRules("t", "T", 1.0, ())
    rules = one.line_rules([topic])
    assert (rules.source, rules.topics, rules.keep_all) == (one.source, (topic,), True)
    assert (rules.dates.zone, rules.source.languages) == ("Asia/Qyzylorda", ("ru", "kk-Latn"))
    assert rules.extraction.layout_at(date(2026, 1, 1)).selectors == {"body": "article .text"}
    assert rules.extraction.layout_at(date(2026, 1, 1)).drop == ".ad"
    assert rules.extraction.layout_at(date(2025, 3, 31)).selectors == {"title": "h2"}


@pytest.mark.parametrize(
    ("channel", "words"),
    [
        ('{ search = "/search?q=" }', ["search", "{query}"]),
        ('{ search = "/search?q={query}&day={day}" }', ["search", "{page}"]),
        ('{ archive = "/archive/{year}/" }', ["archive", "{month}"]),
        ('{ feed = "/rss/{page}" }', ["feed", "holds no {…}"]),
        ('{ api = "/api?page={page}" }', ["api needs url"]),
        ('{ api = "/api?offset={offset}", url = "link" }', ["step belongs"]),
        ('{ api = "/api?page={page}&p={page}", url = "link" }', ["each once"]),
        ('{ feed = "/rss", url = "link" }', ["belong to an api"]),
        ('{ api = "/api", url = "link", items = "data[" }', ["discover[0].items", "is no JMESPath expression"]),
        ('{ api = "/api", url = "link", date = "lenght(x)" }', ["discover[0].date", "length()"]),
        ('{ api = "/api", url = "/n/{a..b}/{c}" }', ["discover[0].url", "is no JMESPath expression"]),
        ('{ api = "/api", url = "/n/{}" }', ["discover[0].url", "is no JMESPath expression"]),
        ('{ api = "/api", url = "link", title = "title[" }', ["discover[0].title", "is no JMESPath expression"]),
        ('{ feed = "/rss", sitemap = "/s" }', ["exactly one of feed, sitemap"]),
        ('{ listing = "/n", pages = "/n/2" }', ["pages belongs to a listing"]),
        ('{ listing = "/n", pages = "/n/{page}/{offset}" }', ["pages belongs to a listing"]),
        ('{ feed = "/n", pages = "/n/{offset}", step = 5 }', ["pages belongs to a listing"]),
        ('{ listing = "/n", pages = "/n/{offset}" }', ["step belongs"]),
        ('{ listing = "/n", pages = "/n/{page}", step = 5 }', ["step belongs"]),
        ('{ listing = "/n", step = 5 }', ["step belongs"]),
    ],
)
def test_a_channel_that_cannot_be_meant_is_named(tmp_path: Path, channel: str, words: list[str]) -> None:
    write(tmp_path, wrong__toml=MINIMAL.replace('{ feed = "rss.xml" }', channel))
    message = fault(tmp_path)
    assert [x for x in [str(tmp_path / "wrong.toml"), "discover[0]", *words] if x not in message] == []


def test_channels_that_are_patterns(tmp_path: Path) -> None:
    channels = """
        { search = "/search?q={query}&page={page}" },
        { archive = "/archive/{year}/{month}/{day}/" },
        { listing = "index.php?act=news", pages = "index.php?act=news&start={offset}", step = 10 },
        { api = "/wp-json/wp/v2/posts?page={page}", url = "link", date = "date_gmt", title = "title.rendered" },
        { api = "/api?limit=20&offset={offset}", step = 20, items = "data.rows", url = "/news/{slug}", first = 0 },
    """
    write(tmp_path, a__toml=MINIMAL.replace('{ feed = "rss.xml" }', channels) + 'editions = { kk = "/kz/" }')
    declaration = load(tmp_path).get("a")
    home = "https://severny.example"
    assert declaration.channels == (
        Channel(AddressKind.SEARCH, f"{home}/search?q={{query}}&page={{page}}"),
        Channel(AddressKind.ARCHIVE, f"{home}/archive/{{year}}/{{month}}/{{day}}/"),
        Channel(AddressKind.LISTING, f"{home}/index.php?act=news", pages=f"{home}/index.php?act=news&start={{offset}}", step=10),
        Channel(AddressKind.API, f"{home}/wp-json/wp/v2/posts?page={{page}}", items=Items("", "link", "date_gmt", "title.rendered")),
        Channel(AddressKind.API, f"{home}/api?limit=20&offset={{offset}}", first=0, step=20, items=Items("data.rows", "/news/{slug}")),
    )
    assert declaration.editions == {"kk": f"{home}/kz/"}


def test_everything_is_kept_when_the_source_or_the_caller_says_so(tmp_path: Path) -> None:
    write(tmp_path, a__toml=MINIMAL)
    declaration = load(tmp_path).get("a")
    assert declaration.line_rules([]).keep_all is False
    assert declaration.line_rules([], keep_all=True).keep_all is True


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ('naem = "x"', ["naem", "nearest is name"]),
        ('articles = { alow = "x" }', ["articles.alow", "nearest is articles.allow"]),
        ('[[layout]]\ntitel = "h1"', ["layout[0].titel", "nearest is layout[0].title"]),
        ("fetch = { browser = 1 }", ["fetch.browser"]),
        ("editions = { kazakh = '/kz/' }", ["editions"]),
        ("editions = { kz = '/kz/', ru = '/ru/' }", ["editions.kz is written kk, not kz."]),
        ("editions = { ua-UA = '/ua/' }", ["editions.ua-UA is written uk, not ua-UA."]),
        ('[layout]\ntitle = "h1"', ["layout must be a list of tables: write [[layout]]."]),
        ('fetch = { delay = "2" }', ["fetch.delay", "number"]),
        ("fetch = { delay = -1 }", ["fetch.delay", "greater"]),
        ("fetch = { delay = true }", ["fetch.delay"]),
        ("expect = { per_day = [80, 5] }", ["expect.per_day", "fewest"]),
        ("expect = { per_day = [5] }", ["expect.per_day"]),
        ("expect = { dated = 98 }", ["expect.dated", "less than or equal to 1"]),
        ("enabled = 1", ["enabled"]),
        ('keep = "some"', ["keep", "'relevant' or 'all'"]),
        ('timezone = "Asia/Almata"', ["timezone", "nearest is Asia/Almaty"]),
        ('timezone = "Kasachstan"', ["timezone", "Kazakhstan's is Asia/Almaty"]),
        ('articles = { allow = "(" }', ["articles.allow", "not a regular expression"]),
        ('articles = { allow = "" }', ["articles.allow"]),
        ('[[layout]]\ntitle = "h1"\n[[layout]]\ntitle = "h2"', ["layout", "newest first"]),
        ('[[layout]]\nuntil = "2025-01-01"', ["layout[0].until", "date"]),
        ('family = "bitrix"', ["family bitrix is unknown", "none"]),
        ("x = = 1", ["not valid TOML", "line 7"]),
    ],
)
def test_a_fault_names_file_and_key(tmp_path: Path, lines: str, words: list[str]) -> None:
    write(tmp_path, wrong__toml=MINIMAL + lines)
    message = fault(tmp_path)
    assert [x for x in [str(tmp_path / "wrong.toml"), *words] if x not in message] == []


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('name = "Северный вестник"', "", ["name is missing"]),
        ('"newspaper"', '"news"', ["kind", "'newspaper'"]),
        ("https://severny", "severny", ["home", "http"]),
        ('"ru"', '"russian"', ["language[0]", "language tag"]),
        ('"ru"', "[]", ["language"]),
        ('"ru"', '["ru", "kz"]', ["language[1] is written kk, not kz."]),
        ('"ru"', '"rus"', ["language[0] is written ru, not rus."]),
        ('"ru"', '"qaz"', ["is written kk-Latn, not qaz."]),
        ('"ru"', '"kk-latn"', ["is written kk-Latn, not kk-latn."]),
        ('[{ feed = "rss.xml" }]', "[]", ["discover"]),
        ('[{ feed = "rss.xml" }]', '[{ feed = "rss.xml" }, { fead = "x" }]', ["discover[1].fead", "nearest is discover[1].feed"]),
        ('{ feed = "rss.xml" }', '{ feed = "a", listing = "b" }', ["discover[0]", "exactly one"]),
        ('{ feed = "rss.xml" }', '{ feed = "a", pages = "b/{page}" }', ["discover[0]", "listing"]),
        ('{ feed = "rss.xml" }', '{ listing = "a", pages = "b" }', ["discover[0]", "{page}"]),
        ('{ feed = "rss.xml" }', '{ feed = "javascript:x" }', ["discover[0]"]),
    ],
)
def test_a_fault_in_what_is_required(tmp_path: Path, old: str, new: str, words: list[str]) -> None:
    assert old in MINIMAL
    write(tmp_path, wrong__toml=MINIMAL.replace(old, new))
    message = fault(tmp_path)
    assert [x for x in ["wrong.toml", *words] if x not in message] == []


@pytest.mark.parametrize("language", ["kk", "kk-Latn", "kk-Cyrl", "en-GB", "ru-KZ", "uz", "tyv"])
def test_tags_as_pages_are_kept_under_are_no_fault(tmp_path: Path, language: str) -> None:
    write(tmp_path, a__toml=MINIMAL.replace('"ru"', f'"{language}"') + f"editions = {{ {language} = '/x/' }}")
    assert load(tmp_path).get("a").source.languages == (language,)


@pytest.mark.parametrize(
    ("asked", "hint"),
    [
        ("sevarny", "The nearest is severny."),
        ("sev", "The nearest is severny."),
        ("steppe-courier", "Only the declarations in {} are used (only_given_sources); `harvester sources list` shows all."),
    ],
)
def test_a_source_that_is_not_there_is_looked_for_by_its_spelling(tmp_path: Path, asked: str, hint: str) -> None:
    write(tmp_path, severny__toml=MINIMAL)
    with pytest.raises(UsageError) as caught:
        load(tmp_path).get(asked)
    assert caught.value.message == f"There is no source {asked}."
    assert caught.value.hint.startswith(hint.format(tmp_path))


def test_beside_the_built_in_catalogue_another_folder_can_be_named(tmp_path: Path) -> None:
    for folders, words in (((), "The catalogue holds none"), ((tmp_path,), f"Neither the built-in catalogue nor {tmp_path} holds one")):
        with pytest.raises(UsageError) as caught:
            load_catalogue(folders).get("no-such-outlet")
        assert caught.value.hint.startswith(words)
        assert caught.value.hint.endswith("Name another folder with --sources, or in harvester.toml.")


def test_a_file_is_named_like_an_id(tmp_path: Path) -> None:
    (tmp_path / "Северный.toml").write_text(MINIMAL, encoding="utf-8")
    assert "a-z, 0-9" in fault(tmp_path)


def test_all_faults_of_all_files_are_told(tmp_path: Path) -> None:
    write(tmp_path, a__toml=MINIMAL + "x = 1\ny = 2", b__toml="z = = 1", good__toml=MINIMAL, _families__f__toml="q = 1")
    faults = "\n".join(check_catalogue([tmp_path], builtin=False))
    for words in ("a.toml: x ", "a.toml: y ", "b.toml", "f.toml: q "):
        assert words in faults
    assert "good.toml" not in faults


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert "is not a folder" in fault(tmp_path / "missing")


# ── families ─────────────────────────────────────────────────────────────────────────────────────────────────────────


FAMILY = """
timezone = "Asia/Qostanay"
discover = [{ feed = "feed.xml" }]
articles = { allow = '/n/', deny = '/x/' }
[[layout]]
title = "h1"
body = ".text"
[[layout]]
title = "h3"
until = 2020-01-01
"""


def test_a_family_speaks_where_the_source_is_silent(tmp_path: Path) -> None:
    own = MINIMAL.replace('discover = [{ feed = "rss.xml" }]', 'family = "f"\narticles = { deny = "/y/" }')
    write(tmp_path, _families__f__toml=FAMILY, a__toml=own + '[[layout]]\nbody = ".own"\n[[layout]]\ntitle = "h2"\nuntil = 2022-01-01')
    one = load(tmp_path).get("a")
    assert one.source.timezone == "Asia/Qostanay"
    assert [x.url for x in one.channels] == ["https://severny.example/feed.xml"]
    assert one.allow is not None
    assert one.deny is not None
    assert (one.allow.pattern, one.deny.pattern) == ("/n/", "/y/")
    layouts = [(x.until, dict(x.selectors)) for x in one.extraction.layouts]
    assert layouts == [
        (None, {"title": "h1", "body": ".own"}),
        (date(2022, 1, 1), {"title": "h2"}),
        (date(2020, 1, 1), {"title": "h3"}),
    ]


def test_the_source_wins_over_its_family(tmp_path: Path) -> None:
    write(tmp_path, _families__f__toml=FAMILY, a__toml=MINIMAL + 'family = "f"\ntimezone = "Asia/Almaty"')
    one = load(tmp_path).get("a")
    assert one.source.timezone == "Asia/Almaty"
    assert [x.url for x in one.channels] == ["https://severny.example/rss.xml"]
    assert len(one.extraction.layouts) == 2


def test_an_unknown_family_names_the_nearest(tmp_path: Path) -> None:
    write(tmp_path, _families__bitrix_news__toml=FAMILY, a__toml=MINIMAL + 'family = "bitrix-news"')
    assert "family bitrix-news is unknown; the nearest is bitrix_news" in fault(tmp_path)


def test_what_neither_family_nor_source_says_is_missing(tmp_path: Path) -> None:
    own = MINIMAL.replace('kind = "newspaper"', 'family = "f"').replace("discover", "discoverr")
    write(tmp_path, _families__f__toml=FAMILY, a__toml=own)
    message = fault(tmp_path)
    assert "kind is missing" in message
    assert "nearest is discover" in message
    assert "discover is missing" not in message


# ── overrides ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_functions_beside_a_declaration_are_overrides(tmp_path: Path) -> None:
    code = "from textwrap import dedent\ndef title(page): return _loud(page)\ndef _loud(page): return page.url.upper()\n"
    write(tmp_path, a__toml=MINIMAL, a__py=code)
    overrides = load(tmp_path).get("a").line_rules([]).extraction.overrides
    assert list(overrides) == ["title"]


def test_overrides_can_still_be_sent_after_the_catalogue_was_loaded_again(tmp_path: Path) -> None:
    write(tmp_path, a__toml=MINIMAL, a__py="def title(page): return page.url\n")
    before = load(tmp_path).get("a").line_rules([])
    load(tmp_path)
    assert pickle.loads(pickle.dumps(before)) == before
    write(tmp_path, a__py="def section(page): return page.url\n")
    assert list(load(tmp_path).get("a").extraction.overrides) == ["section"]


UNPICKLE = """
import pathlib, pickle, sys
from harvester.catalogue.loader import load_catalogue
pickled = sys.stdin.buffer.read()
try:
    pickle.loads(pickled)
except ModuleNotFoundError:
    print("not before the catalogue")
load_catalogue([pathlib.Path(sys.argv[1])], builtin=False)
print(list(pickle.loads(pickled).extraction.overrides))
"""


def test_rules_reach_a_process_that_has_loaded_the_same_catalogue(tmp_path: Path) -> None:
    write(tmp_path, a__toml=MINIMAL, a__py="def title(page): return page.url\n")
    pickled = pickle.dumps(load(tmp_path).get("a").line_rules([]))
    done = subprocess.run([sys.executable, "-c", UNPICKLE, str(tmp_path)], input=pickled, capture_output=True, check=True)
    assert done.stdout.decode().splitlines() == ["not before the catalogue", "['title']"]


@pytest.mark.parametrize("key", ["feed", "sitemap", "listing"])
def test_a_fault_that_only_shows_beside_the_family_is_told_with_the_file(tmp_path: Path, key: str) -> None:
    """An address of a family is whole only with the home of a source; `ftp:` stays what it is."""
    lacking = MINIMAL.replace('discover = [{ feed = "rss.xml" }]', 'family = "f"')
    write(tmp_path, a__toml=lacking, _families__f__toml=f'discover = [{{ {key} = "ftp://elsewhere.example/x" }}]\n')
    message = fault(tmp_path)
    assert "a.toml: discover" in message
    assert "bug" not in message


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("def titel(page): ...", ["a.py, line 1", "titel", "nearest is title"]),
        ("def title(): ...", ["a.py, line 1", "one argument"]),
        ("def title(page:", ["a.py", "SyntaxError", "line 1"]),
        ("import no_such_module_anywhere", ["a.py", "ModuleNotFoundError"]),
        ("raise SystemExit(0)", ["a.py, line 1", "SystemExit"]),
        ("import json\n\nWORDS = json.loads('[')\n", ["a.py, line 3: cannot be loaded: JSONDecodeError"]),
    ],
)
def test_a_broken_override_names_its_file(tmp_path: Path, code: str, words: list[str]) -> None:
    write(tmp_path, a__toml=MINIMAL, a__py=code)
    message = fault(tmp_path)
    assert [x for x in words if x not in message] == []


# ── the catalogue as a whole ─────────────────────────────────────────────────────────────────────────────────────────


def test_sources_come_sorted_and_a_wrong_id_names_the_nearest(tmp_path: Path) -> None:
    write(tmp_path, b__toml=MINIMAL, a_c__toml=MINIMAL, zz__toml=MINIMAL)
    catalogue = load(tmp_path)
    assert [x.id for x in catalogue] == ["a_c", "b", "zz"] == list(catalogue.sources)
    assert len(catalogue) == 3
    with pytest.raises(UsageError, match="nearest is zz"):
        catalogue.get("zzz")


def test_a_given_folder_stands_beside_the_built_in_catalogue_or_instead(tmp_path: Path) -> None:
    write(tmp_path, severny__toml=MINIMAL, akorda__toml=MINIMAL)
    both = load_catalogue([tmp_path])
    assert {"severny", "kazpravda", "inform"} < set(both.sources)
    assert both.get("akorda").source.name == "Северный вестник"
    assert list(load(tmp_path).sources) == ["akorda", "severny"]


def test_two_given_folders_may_not_declare_the_same_id(tmp_path: Path) -> None:
    write(tmp_path / "one", a__toml=MINIMAL)
    write(tmp_path / "two", a__toml=MINIMAL)
    with pytest.raises(UsageError, match="declares the same id"):
        load_catalogue([tmp_path / "one", tmp_path / "two"], builtin=False)


def test_the_check_looks_closer_than_loading(tmp_path: Path) -> None:
    write(
        tmp_path,
        a__toml=MINIMAL + '[[layout]]\ntitle = "h1["\nbody = "p::text"\ndrop = ".a >"',
        b__toml=MINIMAL.replace("https://severny.example/", "http://www.severny.example"),
        c__toml=MINIMAL.replace("https://severny.example/", "https://other.example/").replace("вестник", "ВЕСТНИК"),
        stray__py="",
    )
    load(tmp_path)
    faults = "\n".join(check_catalogue([tmp_path], builtin=False))
    for words in ("layout[0].title", "layout[0].body", "layout[0].drop", "b.toml: home", "c.toml: name", "stray.py", "stray.toml"):
        assert words in faults
    assert "c.toml: home" not in faults


def test_loading_costs_a_few_times_what_parsing_the_files_costs(tmp_path: Path) -> None:
    for i in range(100):
        unique = MINIMAL.replace("severny", f"s{i}") + f"articles = {{ allow = '^/news/\\d+/{i}$' }}\n[[layout]]\ntitle = 'h1'\nbody = '.a'"
        write(tmp_path, **{f"s{i}__toml": unique})
    files = list(tmp_path.rglob("*.toml"))
    assert min(_seconds(lambda: load(tmp_path))) < 8 * min(_seconds(lambda: [tomllib.loads(file.read_text("utf-8")) for file in files]))


def _seconds(work: Callable[[], object]) -> list[float]:
    """Processor seconds of three runs of work."""
    marks = [time.process_time()]
    for _ in range(3):
        work()
        marks.append(time.process_time())
    return [after - before for before, after in pairwise(marks)]


def test_loading_brings_no_heavy_library_along() -> None:
    code = (
        "import sys; from harvester.catalogue.loader import load_catalogue; load_catalogue();"
        "print([x for x in ('scrapy', 'trafilatura', 'sqlalchemy', 'dateparser', 'twisted') if x in sys.modules])"
    )
    root = Path(__file__).resolve().parents[3]
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root)
    assert result.stdout.strip() == "[]"


def test_a_folder_may_be_one_path_or_several_and_a_string(tmp_path: Path) -> None:
    write(tmp_path, north__toml=MINIMAL)
    for given in (str(tmp_path), tmp_path, [str(tmp_path)], (tmp_path,), iter([tmp_path])):
        assert list(load_catalogue(given, builtin=False).sources) == ["north"]
    with pytest.raises(UsageError, match="nosuch is not a folder of source declarations"):
        load_catalogue("nosuch")
