from __future__ import annotations


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name bytes by their argument: a gzip header holds the time, and tests that run side by side must bear the same names."""
    return argname if isinstance(val, bytes) else None
