"""What makes a line a sentence: a full stop, and a finite verb by its ending (Russian, Kazakh, English).

No dictionary: a noun with such an ending costs a credit line that stays in the text, a verb without one costs a sentence.
"""

from __future__ import annotations

import re

SENTENCE_END = (
    ".",
    "!",
    "?",
    "…",
    '."',
    ".»",
    "!»",
    "?»",
    ".”",
    '!"',
    '?"',
    "!”",
    "?”",
    ".)",
    "…»",
    "؟",
    "۔",
    "。",
)
_FEWEST_CHARS, _FEWEST_WORDS = 40, 5  # of a sentence that is known without its verb
_WITH_VERB = 4  # words

_VERB = re.compile(
    r"(?<!\w)(?:"
    r"(?!журнала|портала|канала|телеканала|вокзала|зала|материала|сигнала|персонала|стола|села|тела|дела|числа|музыкала|квартала|капитала|начала)"
    r"[а-яё]{2,}(?:ал|ил|ел|ял|ул|ыл|ёл|шёл|шел|ала|ила|ела|яла|ула|ыла|шла|ало|ило|ело|яло|уло|ыло|шло|али|или|ели|яли|ули|ыли|шли)(?:сь|ся)?"
    r"|[а-яё]{2,}(?:ает|яет|ует|юет|еет|ёт|жет|чет|щет|дет|нет|лет|рет|вет|ит|ют|уют|ают|яют|дут|гут|жут|нут|рут|вут|ат|ят)(?:ся)?"
    r"|не\s+[а-яё]+|был[аои]?|есть|будет|будут|может|могут|надо|нужно|можно|нельзя"
    r"|[а-яёәғқңөұүһі]{2,}(?:[дт][ыі]|[ае]ды|[еі]ді|йды|йді|ады|еді|ған|ген|қан|кен|мақ|мек)"
    r"|is|are|was|were|has|have|had|will|would|can|could|may|might|must|should|did|does|says?|said|told|shows?|went|came|made|took|gave|held"
    r"|(?!provided|supplied|licensed|reproduced|used|credited|united|related|based)[a-z]{2,}ed"
    r")(?!\w)"
)
_REPORTED = re.compile(
    r"(?<!\w)(?:сказа|заяви|сообщи|призва|попроси|написа|добави|отмети|подчеркну|напомни|посовет|советуе|рекоменд|предупре|объясн|говор|пише|прося|проси"
    r"|призыв|рассказа|уверя|считае|полага|требу|обеща|деді|дейді|айтты|хабарлады|жазды|said|says|told|wrote|asked|warned|added)\w*",
    re.IGNORECASE,
)


def is_sentence(line: str) -> bool:
    """Whether a line is long enough for a sentence and ends like one."""
    return len(line) >= _FEWEST_CHARS and line.endswith(SENTENCE_END) and line.count(" ") + 1 >= _FEWEST_WORDS


def has_verb(line: str) -> bool:
    """Whether a line is some words long, ends like a sentence, and one of its words looks like a finite verb."""
    return (
        line.endswith(SENTENCE_END) and line.count(" ") + 1 >= _WITH_VERB and _VERB.search(line) is not None
    )


def is_reported(line: str) -> bool:
    """Whether a line is a sentence that tells what somebody said."""
    return is_sentence(line) and _REPORTED.search(line) is not None
