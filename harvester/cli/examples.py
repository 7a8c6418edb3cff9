"""Examples of every command, printed below its help.

The documentation shows the same; a test runs those that need no network.
"""

from __future__ import annotations

EXAMPLES: dict[str, tuple[str, ...]] = {
    "crawl": ("crawl", "crawl kazpravda inform --limit 20", "crawl kazpravda --since 2025-09-01", "crawl --if-free -q"),
    "ingest": ("ingest crawl.warc.gz", "ingest *.warc.gz --any-source --keep all"),
    "search": (
        "search конституцией",
        "search '\"новая конституция\" -спорт' --since 2026-02-01 --language ru",
        "search референдум -АЭС --source inform --format csv",
        "search --edited-since 2026-03-01",
    ),
    "stories": ("stories референдум --since 2026-03-01",),
    "show": (
        "show https://kazpravda.kz/n/rezultat-obshchestvennogo-konsensusa/",
        "show 8ec68b2837ec52fbeaef --diff 1 2",
        "show 8ec68b2837ec52fbeaef --revision 1 --text",
    ),
    "export": (
        "export --output corpus.jsonl.gz",
        "export 'референдум OR конституция' --since 2026-01-01 --output reform.csv",
        "export --output corpus.jsonl.gz --force -q",
    ),
    "status": ("status", "status kazpravda inform", "status --broken --exit-code"),
    "coverage": ("coverage kazpravda --since 2026-02-01",),
    "verify": ("verify", "verify --deep", "verify --manifest manifest-sha256.txt"),
    "doctor": ("doctor",),
    "config": ("config",),
    "schedule": ("schedule",),
    "upgrade": ("upgrade",),
    "sources list": ("sources list",),
    "sources show": ("sources show kazpravda",),
    "sources check": ("sources check --sources my-sources",),
    "sources new": ("sources new https://severny-vestnik.example/ --sources my-sources",),
    "sources probe": ("sources probe kazpravda", "sources probe severny-vestnik --sources my-sources"),
    "sources golden record": ("sources golden record kazpravda https://kazpravda.kz/n/rezultat-obshchestvennogo-konsensusa/ consensus",),
    "sources golden diff": ("sources golden diff",),
    "sources golden accept": ("sources golden accept",),
    "topics list": ("topics list",),
    "topics show": ("topics show constitutional-reform",),
    "topics check": ("topics check --topics my-topics",),
    "topics explain": ("topics explain https://kazpravda.kz/n/rezultat-obshchestvennogo-konsensusa/",),
    "topics rescore": ("topics rescore --dry-run", "topics rescore"),
    "topics rejected": ("topics rejected", "topics rejected --source kazpravda --sample 20 --seed 1"),
}
"""Command lines without the word `harvester`, by command."""
