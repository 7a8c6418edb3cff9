"""Which of the Cyrillic single-byte charsets some bytes were written in, judged by the letters that a reading gives."""

from __future__ import annotations

CHARSETS = ("windows-1251", "koi8-r", "iso-8859-5", "cp866")
PLAUSIBLE = 0.5
"""Score from which on a reading is Cyrillic text. Measured on sentences of 6 words, lower case and capitals: Russian and Kazakh score
0.63 and more, Ukrainian, Bulgarian and Serbian 0.7; Greek 0.58 and Hebrew 0.63 at most where they are read as koi8-r."""

CERTAIN = 0.68
"""Score from which on a reading is Cyrillic text although another script was declared (see `PLAUSIBLE`)."""

_CONTRADICTED = 0.15
"""How much better another reading must be than the declared one. Of 200 samples of 6 words none came near in the wrong direction."""

_WEIGHTS = (
    dict.fromkeys("оеаинтсрвлқ", 1.0)  # six in ten letters of Russian text, five in ten of Kazakh
    | dict.fromkeys("кдмпі", 0.6)
    | dict.fromkeys("уыьязбгжғұөәңү", 0.3)
    | dict.fromkeys("йчхшюцщэфъёһјљњўїє", 0.0)
)
_NO_LETTER = -0.5
_CASE_FALLS = 1.0  # a capital behind a small letter: charsets swap case, words do not
_KAZAKH = frozenset("қң")
_SOUTH_SLAVIC = frozenset("љњђџѓ")


def score(text: str) -> float:
    """How much the non-ASCII part of a text looks like Cyrillic text.

    About 0.75 for Russian and Kazakh in either case, 0.6 at most for the same bytes in another of these charsets. Letters count by
    how frequent they are, whatever their case; what is no letter, and a capital behind a small letter, counts against.
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
    """The charset that bytes with their ASCII neighbours read best in; empty where no reading is Cyrillic text.

    Args:
        sample: runs of non-ASCII bytes, parted by ASCII.
        declared: Python's name of the declared charset. One of Cyrillic wins unless the bytes contradict it.
        plausible: the score from which on a reading counts.
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
    """Whether a charset has Russian letters and one byte for each."""
    try:
        return bool(charset) and len("ия".encode(charset)) == len("ия") and charset != "kz1048"
    except UnicodeError:
        return False


def _same_letters(charset: str) -> bool:
    """Whether a charset writes Russian as KZ-1048 does, which is no label to browsers: its pages are declared as windows-1251."""
    return "абя".encode(charset, "replace") == "абя".encode("kz1048")


def _is_kazakh(sample: bytes) -> bool:
    """Whether bytes hold the letters that Kazakh text is never without, and none of those of Serbian and Macedonian."""
    letters = set(sample.decode("kz1048", "replace").lower())
    return bool(letters & _KAZAKH) and not letters & _SOUTH_SLAVIC
