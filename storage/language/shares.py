"""Share of each language in an article."""

from __future__ import annotations

from collections import Counter

from storage.language.detect import paragraph_language

_LEAST_SHARE = 0.005  # what is less rounds to nothing


def language_shares(text: str, article_language: str) -> tuple[tuple[str, float], ...]:
    """Return the languages of a text with the share of its letters in each, the largest first.

    Detected paragraph by paragraph (separated by newlines); a short or unclear one counts for
    `article_language`. Shares are rounded to two digits, so that their sum may miss 1 by as much.
    """
    letters: Counter[str] = Counter()
    for paragraph in text.splitlines():
        count = sum(map(str.isalpha, paragraph))
        if count:
            letters[paragraph_language(paragraph, article_language)] += count
    whole = letters.total()
    shares = ((language, count / whole) for language, count in letters.items() if count >= _LEAST_SHARE * whole)
    return tuple((language, round(share, 2)) for language, share in sorted(shares, key=lambda x: (-x[1], x[0])))
