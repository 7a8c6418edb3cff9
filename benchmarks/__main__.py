"""All benchmarks, one after the other. Trust the ratios: figures belong to the machine."""

from __future__ import annotations

from benchmarks import clusters, dates, export, extraction, inserts, metadata


def main() -> None:
    print("── the line's extraction against trafilatura's default settings, benchmark pages")
    extraction.main("aeb")
    print("\n── the same, Russian pages")
    extraction.main("daniel_ru")
    print("\n── titles, authors and dates against trafilatura's")
    metadata.main()
    print("\n── dates: the strict shapes against dateparser")
    dates.main()
    print("\n── storing an article against plain SQLAlchemy Core")
    inserts.main()
    print("\n── the decision about an article's cluster, in archives of growing size")
    clusters.main()
    print("\n── export against reading the rows")
    export.main()


if __name__ == "__main__":
    main()
