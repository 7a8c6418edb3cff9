"""Detect which Cyrillic single-byte charset some bytes are in, by the frequency of the decoded letters."""

from __future__ import annotations

CHARSETS = ("windows-1251", "koi8-r", "iso-8859-5", "cp866")
PLAUSIBLE = 0.5
"""Score from which decoded text is Cyrillic. Measured on sentences of 6 words, lower case and capitals:
Russian and Kazakh score at least 0.63, Ukrainian, Bulgarian and Serbian 0.7; decoded as koi8-r, Greek scores
at most 0.58 and Hebrew 0.63."""

CERTAIN = 0.68
"""The same if another script was declared."""

_CONTRADICTED = 0.15
"""Difference of scores from which another charset replaces the declared one. None of 200 samples of 6 words
came near it in the wrong direction."""

_WEIGHTS = (
    dict.fromkeys("оеаинтсрвлқ", 1.0)  # six in ten letters of Russian text, five in ten of Kazakh
    | dict.fromkeys("кдмпі", 0.6)
    | dict.fromkeys("уыьязбгжғұөәңү", 0.3)
    | dict.fromkeys("йчхшюцщэфъёһјљњўїє", 0.0)
)
_NO_LETTER = -0.5  # score of a character that is no Cyrillic letter
_CASE_FALLS = 1.0  # penalty for a capital after a small letter: wrong charsets swap case, words do not
_KAZAKH = frozenset("қң")
_SOUTH_SLAVIC = frozenset("љњђџѓ")


def score(text: str) -> float:
    """Return how much the non-ASCII part of a text looks like Cyrillic text.

    About 0.75 for Russian and Kazakh in either case, at most 0.6 for the same bytes in another of these
    charsets. Letters score by their frequency, whatever their case; other characters, and a capital after a
    small letter, count against.
    """
    total, count, before = 0.0, 0, ""
    for char in text:
        if char <= "\x7f":
            before = ""
            continue
        count += 1
        total += _WEIGHTS.get(char.lower(), _NO_LETTER)
        if before.islower() and char.isupper():
            total -= _CASE_FALLS
        before = char
    return total / max(1, count)


def cyrillic_charset(sample: bytes, declared: str = "", plausible: float = PLAUSIBLE) -> str:
    """Return the charset in which bytes look most like Cyrillic text; empty if in none.

    Args:
        sample: runs of non-ASCII bytes, separated by ASCII.
        declared: Python's name of the declared charset. A Cyrillic one is kept unless the bytes contradict
            it.
        plausible: the score from which a text is Cyrillic.
    """
    candidates = dict.fromkeys((*CHARSETS, *([declared] if _is_cyrillic(declared) else [])))
    scores = {charset: score(sample.decode(charset, "replace")) for charset in candidates}
    best = max(scores, key=lambda charset: scores[charset])
    if declared in scores and scores[best] - scores[declared] < _CONTRADICTED:
        best = declared
    if scores[best] < plausible:
        return ""
    return "kz1048" if _same_letters(best) and _is_kazakh(sample) else best


def _is_cyrillic(charset: str) -> bool:
    """Return whether a charset has Russian letters, one byte each."""
    try:
        return bool(charset) and len("ия".encode(charset)) == len("ия") and charset != "kz1048"
    except UnicodeError:
        return False


def _same_letters(charset: str) -> bool:
    """Return whether a charset encodes Russian as KZ-1048 does.

    Browsers do not know the label KZ-1048, so that its pages declare windows-1251.
    """
    return "абя".encode(charset, "replace") == "абя".encode("kz1048")


def _is_kazakh(sample: bytes) -> bool:
    """Return whether bytes hold letters that no Kazakh text lacks, and none of Serbian and Macedonian."""
    letters = set(sample.decode("kz1048", "replace").lower())
    return bool(letters & _KAZAKH) and not letters & _SOUTH_SLAVIC
