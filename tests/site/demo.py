"""`make demo`: the bundled newsroom is crawled, edited, crawled again, searched and exported, with the commands that anyone would type.

Each step fits on a screen of 24 lines of 80 columns.
The archive stays in `demo/`, with a configuration file, so that commands can be tried on it.
"""

from __future__ import annotations

import json
import multiprocessing
import shutil
import signal
import sys
import tempfile
from contextlib import contextmanager
from multiprocessing import resource_tracker
from pathlib import Path
from typing import TYPE_CHECKING

import jsonschema

from harvester.trust import require_trusted
from storage.errors import UsageError
from storage.export.corpus_row import schema
from tests.site.server import PORTS, Newsroom

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).resolve().parents[2]
PLACE = ROOT / "demo"
MARK = "# Made by `make demo`, and made anew each time.\n"
"""First line of the configuration file: only a folder that has it is removed."""

AT_LEAST = 30
"""Articles that the demonstration must have archived, or it has failed."""

EDITED, REMOVED = "kto-syadet-za-obshchiy-stol", "dve-tysyachi-pisem-za-nedelyu"
CORRECTION = ("желающих оказалось семьдесят три", "желающих оказалось семьдесят два")
PRELOADED = [
    f"harvester.cli.{name}" for name in ("coverage", "crawl", "export", "reports", "revision_diff", "search", "show", "status", "verify")
] + ["harvester.crawl_session", "harvester.spiders.runner", "harvester.monitoring.progress", "alembic.command", "pymorphy3"]
"""Loaded once: every command runs in a process of its own that is forked from one that has loaded these (1.2 s of CPU each)."""


def main() -> int:
    """Run the demonstration; 0 when everything came out as promised."""
    place = fresh_folder(PLACE)
    with Newsroom(PORTS) as newsroom:
        prepare(newsroom, place)
        demo = Demo(place)
        print(f"A newsroom of {len(newsroom.outlets)} outlets and {len(newsroom.articles)} articles is serving on loopback.")
        demo.step("Crawl it. Every answer goes into a WARC file before it is read")
        demo.harvester("crawl")
        demo.step("One article is taken away, one is edited. Ask all known articles again")
        edit(newsroom)
        demo.harvester("crawl", "--all", "--revisit", "all")
        demo.step("What was taken away, and what was edited")
        demo.harvester("search", "--state", "gone")
        demo.harvester("search", "--changed")
        demo.step("The edit, word by word")
        demo.harvester("show", newsroom.home("severny-vestnik") + f"n/{EDITED}/", "--diff", "1", "2")
        demo.step("Any form of a word finds all its forms")
        demo.harvester("search", "конституцией", "--limit", "2")
        demo.step("In Kazakh, too")
        demo.harvester("search", "сайлау", "--language", "kk", "--limit", "2")
        demo.step("What is kept agrees with itself, and can be taken away")
        demo.harvester("verify")
        demo.harvester("export", "--output", "corpus.jsonl")
        return demo.judge()


def fresh_folder(place: Path) -> Path:
    """Return an empty folder: `place`, made anew, or a temporary one where others could change what lies there.

    Raises:
        SystemExit: `place` exists and was not made by the demonstration.
    """
    if place.exists():
        configured = place / "harvester.toml"
        if not (configured.is_file() and configured.read_text(encoding="utf-8").startswith(MARK)):
            sys.exit(f"{place} was not made by the demonstration. Move it away, then run make demo again.")
        shutil.rmtree(place)
    try:
        require_trusted(place.parent)
    except UsageError as error:
        print(f"{error.message} The demonstration is kept in a temporary folder instead.")
        return Path(tempfile.mkdtemp(prefix="harvester-demo-"))
    place.mkdir(mode=0o755)
    return place


def prepare(newsroom: Newsroom, place: Path) -> None:
    """Write the declarations, the topic and harvester.toml, by which every command in the folder finds its archive."""
    newsroom.write_sources(place / "sources")
    newsroom.write_topic(place / "topics")
    addresses = ", ".join(f'"{address}"' for address in newsroom.addresses)
    configured = place / "harvester.toml"
    configured.write_text(
        f"{MARK}"
        'contact = "demo@example.org"\n'
        'archive = "archive"\n'
        'sources = ["sources"]\n'
        "only_given_sources = true\n"
        'topic = "topics/constitutional-reform.toml"\n'
        f"allow_addresses = [{addresses}]\n",
        encoding="utf-8",
    )
    for made in (place, *place.rglob("*")):
        made.chmod(0o755 if made.is_dir() else 0o644)  # whatever the umask: a folder that a group may change is not obeyed


def edit(newsroom: Newsroom) -> None:
    """Do what publishers do: correct a figure, and take an article away."""
    url = newsroom.home("severny-vestnik") + f"n/{EDITED}/"
    text = next(x.text for x in newsroom.articles if x.url == url)
    newsroom.edit("severny-vestnik", EDITED, paragraphs=text.replace(*CORRECTION).split("\n"))
    newsroom.remove("severny-vestnik", REMOVED)


class Demo:
    """Commands run one after the other in one place, as a person would."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self._steps = 0
        self._processes = multiprocessing.get_context("forkserver")
        self._processes.set_forkserver_preload(PRELOADED)
        resource_tracker.ensure_running()  # it unblocks SIGINT when it starts, and would do so in the middle of `harvester`

    def step(self, title: str) -> None:
        """Begin a step, with a heading."""
        self._steps += 1
        bold, plain = ("\033[1m", "\033[0m") if sys.stdout.isatty() else ("", "")
        print(f"\n{bold}── {self._steps}. {title}. ──{plain}", flush=True)

    def harvester(self, *arguments: str) -> None:
        """Run a command in front of the reader; whatever goes wrong ends the demonstration."""
        print(f"\n$ harvester {' '.join(arguments)}", flush=True)
        process = self._processes.Process(target=run_command, args=(str(self.place), arguments))
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # inherited by the processes that start here
        try:
            process.start()
            if signal.SIGINT in signal.sigpending():  # Ctrl-C came before the process was there to get it
                process.terminate()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        process.join()
        if process.exitcode:
            sys.exit(f"harvester {arguments[0]} ended with exit code {process.exitcode}")

    def judge(self) -> int:
        """Show the first lines of the corpus, hold the whole of it to its schema, and say what to try next."""
        lines = (self.place / "corpus.jsonl").read_text(encoding="utf-8").splitlines()
        print("\n$ head -n 2 corpus.jsonl | cut -c -240")
        print("\n".join(line[:240] for line in lines[:2]))
        validator = jsonschema.Draft202012Validator(schema())
        rows = [json.loads(line) for line in lines]
        for row in rows:
            validator.validate(row)
        print(f"\n{len(rows)} articles archived; every line satisfies the schema.")
        matched = other_forms(self.place, "конституцией", "Конституция")
        print(f"«конституцией» finds {matched} articles that hold «Конституция» and no «конституцией».")
        self.invite()
        return 0 if len(rows) >= AT_LEAST and matched else 1

    def invite(self) -> None:
        """Say where everything lies, and five commands that need no network."""
        from harvester import ArticleQuery, open_archive

        with open_archive(self.place / "archive") as archive:
            article = next(iter(archive.articles(ArticleQuery("референдум"))))
        self.step(f"It is all kept in {self.place.name}/. Try, without internet")
        print(f"\n  cd {self.place}\n  . {Path(sys.prefix) / 'bin' / 'activate'}\n")
        for words in (
            "search 'референдум -комиссия' --sort rank",
            f"show {article.id}",
            f"topics explain {article.id}",
            "stories референдум",
            "export 'курултай OR құрылтай' --output kurultai.jsonl.gz",
        ):
            print(f"  harvester {words}")


def run_command(place: str, arguments: Sequence[str]) -> None:
    """Run `harvester` in this process, in a folder, and leave with its exit code."""
    import os

    from harvester.cli import streams
    from harvester.cli.main import invoke

    os.chdir(place)
    for name in [x for x in os.environ if x.startswith("HARVESTER_")]:
        del os.environ[name]  # the folder's harvester.toml decides, not what the user has set for other archives
    streams.prepare()
    with stopping_quietly():
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        sys.exit(invoke(arguments))


@contextmanager
def stopping_quietly() -> Iterator[None]:
    """Let Ctrl-C end the process with its exit code and no traceback."""
    try:
        yield
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)


def other_forms(place: Path, asked: str, held: str) -> int:
    """Return how many articles a word finds that hold it in another form only."""
    from harvester import ArticleQuery, open_archive

    with open_archive(place / "archive") as archive:
        texts = [f"{x.extraction.title} {x.extraction.text}" for x in archive.articles(ArticleQuery(asked))]
    return sum(held in text and asked not in text.lower() for text in texts)


if __name__ == "__main__":
    with stopping_quietly():
        sys.exit(main())
