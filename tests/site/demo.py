"""`make demo`: the bundled newsroom is crawled, searched and exported, with the commands that anyone would type."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import jsonschema

from storage.export.corpus_row import schema
from tests.site.server import Newsroom

AT_LEAST = 30
"""Articles that the demonstration must have archived, or it has failed."""


def main() -> int:
    """Run the demonstration; 0 when everything came out as promised."""
    with tempfile.TemporaryDirectory(prefix="harvester-demo-") as folder, Newsroom() as newsroom:
        place = Path(folder)
        newsroom.write_sources(place / "sources")
        demo = Demo(
            place,
            {
                "HARVESTER_ARCHIVE": str(place / "archive"),
                "HARVESTER_SOURCES": str(place / "sources"),
                "HARVESTER_ONLY_GIVEN_SOURCES": "true",
                "HARVESTER_TOPIC": str(newsroom.write_topic(place / "topics")),
                "HARVESTER_ALLOW_ADDRESSES": ",".join(newsroom.addresses),
                "HARVESTER_CONTACT": "demo@example.org",
            },
        )
        print(f"A newsroom of {len(newsroom.outlets)} outlets and {len(newsroom.articles)} articles is serving on loopback.")
        demo.harvester("crawl")
        demo.harvester("crawl", "--all")
        demo.harvester("search", "конституцией", "--limit", "5")
        demo.harvester("search", "сайлау", "--language", "kk", "--limit", "3")
        demo.harvester("status")
        demo.harvester("verify")
        demo.harvester("export", "--output", "corpus.jsonl")
        return demo.judge()


class Demo:
    """Commands run one after the other in one place, as a person would."""

    def __init__(self, place: Path, variables: dict[str, str]) -> None:
        self.place = place
        self.environment = os.environ | variables

    def harvester(self, *arguments: str) -> str:
        """Run a command of the line in front of the reader, and return what it printed."""
        print(f"\n$ harvester {' '.join(arguments)}", flush=True)
        command = [sys.executable, "-m", "harvester", *arguments]
        ran = subprocess.run(command, cwd=self.place, env=self.environment, stdout=subprocess.PIPE, encoding="utf-8", check=False)
        print(ran.stdout, end="", flush=True)
        if ran.returncode:
            sys.exit(f"harvester {arguments[0]} ended with exit code {ran.returncode}")
        return ran.stdout

    def judge(self) -> int:
        """Show the first lines of the corpus, and hold the whole of it to its schema."""
        lines = (self.place / "corpus.jsonl").read_text(encoding="utf-8").splitlines()
        print("\n$ head -n 2 corpus.jsonl")
        print("\n".join(lines[:2]))
        validator = jsonschema.Draft202012Validator(schema())
        for line in lines:
            validator.validate(json.loads(line))
        found = json.loads(self.harvester("search", "конституцией", "--format", "json", "--limit", "100"))
        matched = [
            x
            for x in found["articles"]
            if "Конституция" in x["title"] + x["text"] and "конституцией" not in (x["title"] + x["text"]).lower()
        ]
        print(f"\n{len(lines)} articles archived; every line satisfies the schema.")
        print(f"«конституцией» found {found['count']} articles; {len(matched)} of them hold «Конституция» and no «конституцией».")
        return 0 if len(lines) >= AT_LEAST and matched else 1


if __name__ == "__main__":
    sys.exit(main())
