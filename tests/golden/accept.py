"""`make accept`: today's reading of every golden page becomes the expected one."""

from __future__ import annotations

import json

from tests.golden.reading import expected, pages, reading

if __name__ == "__main__":
    for page in pages():
        fields = reading(page)
        if fields != expected(page):
            (page / "expected.json").write_text(json.dumps(fields, ensure_ascii=False, indent=1) + "\n", "utf-8")
            print(f"{page.parent.name}/{page.name}: accepted; look at the diff")  # noqa: T201  it speaks to whoever runs it
