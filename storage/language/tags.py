"""Normalise language tags as pages write them."""

from __future__ import annotations

import re

_TAG = re.compile(r"([a-z]{2,3})(?:-([a-z]{4}))?(?:-[a-z0-9]{1,8})*")
_KNOWN = {"kz": "kk", "kaz": "kk", "qaz": "kk", "rus": "ru", "eng": "en", "ua": "uk", "cn": "zh"}  # what pages write for them
_LATIN = frozenset({"qz", "qaz"})  # Kazakh in Latin letters, as sites call it
_SCRIPTS = {"kk": ("Latn", "Arab")}  # languages whose scripts are kept apart, beside their usual one


def base_of(code: str) -> str:
    """Return the language of a tag without script and region: `kk` for `kk-KZ`, `kz` and `kaz`."""
    base = code.strip().replace("_", "-").partition("-")[0].lower()
    return "kk" if base in _LATIN else _KNOWN.get(base, base)


def tag_of(code: str) -> str:
    """Return a tag as stored: the language, and for Kazakh the script where it is Latin or Arabic.

    Regions and private parts are dropped. Empty for what is no language tag: `x-default`, a country's name, a
    URL.
    """
    found = _TAG.fullmatch(code.strip().replace("_", "-").lower())
    if found is None:
        return ""
    base, script = base_of(found[1]), (found[2] or "").title()
    script = script or ("Latn" if found[1] in _LATIN else "")
    return f"{base}-{script}" if script in _SCRIPTS.get(base, ()) else base
