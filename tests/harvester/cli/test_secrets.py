from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.harvester.cli.said import Said

CANARY = "kanareika-7Q"
ADDRESS = f"http://reader:{CANARY}@vestnik.example/news/1"
DECLARATION = 'name = "Вестник"\nkind = "online"\nhome = "{home}"\nlanguage = "ru"\ndiscover = [{{ feed = "{feed}" }}]\n'


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize(
    ("variable", "file"),
    [
        ("HARVESTER_DATABASE", ""),
        ("HARVESTER_ALLOW_ADDRESSES", ""),
        ("HARVESTER_CRAWL__DELAY", ""),
        ("", f'database = "postgresql://u:{CANARY}@host/db"'),
        ("", f'allow_addresses = ["{ADDRESS}"]'),
        ("", f'crawl = {{ delay = "{CANARY}" }}'),
        ("", f'keep = "{CANARY}"'),
        ("", f'contact = ["{CANARY}"]'),
    ],
)
@pytest.mark.parametrize("command", ["status", "crawl", "doctor", "sources list", "crawl --dry-run -vv"])
def test_a_password_is_never_repeated(
    harvester: Callable[..., Said], monkeypatch: pytest.MonkeyPatch, variable: str, file: str, command: str
) -> None:
    """A wrong variable or key is named, and never shown."""
    if variable:
        monkeypatch.setenv(variable, f"postgresql://u:{CANARY}@host/db")
    Path("harvester.toml").write_text(file, "utf-8")
    said = harvester(*command.split())
    assert said.code == 2
    assert CANARY not in said.out + said.err
