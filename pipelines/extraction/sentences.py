"""Detect sentences: a final punctuation mark, and a finite verb by its ending (Russian, Kazakh, English).

There is no dictionary: a noun with a verb's ending leaves a credit line in the text, a verb without one of
these endings loses a sentence.
"""

from __future__ import annotations

import re

SENTENCE_END = (
    *(".", "!", "?", "…", "؟", "۔", "。"),
    *('."', ".»", ".”", ".)", "!»", '!"', "!”", "?»", '?"', "?”", "…»"),
)
_MIN_CHARS, _MIN_WORDS = 40, 5  # of a sentence that is recognised without its verb
_MIN_WORDS_WITH_VERB = 4  # words of a sentence that is recognised with its verb

_VERB = re.compile(
    r"(?<!\w)(?:"
    r"(?!журнала|портала|канала|телеканала|вокзала|зала|материала|сигнала|персонала|стола|села|тела|дела|числа"
    r"|музыкала|квартала|капитала|начала)"
    r"[а-яё]{2,}(?:ал|ил|ел|ял|ул|ыл|ёл|шёл|шел|ала|ила|ела|яла|ула|ыла|шла|ало|ило|ело|яло|уло|ыло|шло"
    r"|али|или|ели|яли|ули|ыли|шли)(?:сь|ся)?"
    r"|[а-яё]{2,}(?:ает|яет|ует|юет|еет|ёт|жет|чет|щет|дет|нет|лет|рет|вет|ит|ют|уют|ают|яют"
    r"|дут|гут|жут|нут|рут|вут|ат|ят)(?:ся)?"
    r"|не\s+[а-яё]+|был[аои]?|есть|будет|будут|может|могут|надо|нужно|можно|нельзя"
    r"|[а-яёәғқңөұүһі]{2,}(?:[дт][ыі]|[ае]ды|[еі]ді|йды|йді|ады|еді|ған|ген|қан|кен|мақ|мек)"
    r"|is|are|was|were|has|have|had|will|would|can|could|may|might|must|should|did|does|says?|said|told"
    r"|shows?|went|came|made|took|gave|held"
    r"|(?!provided|supplied|licensed|reproduced|used|credited|united|related|based)[a-z]{2,}ed"
    r")(?!\w)"
)
_REPORTED = re.compile(
    r"(?<!\w)(?:сказа|заяви|сообщи|призва|попроси|написа|добави|отмети|подчеркну|напомни|посовет|советуе"
    r"|рекоменд|предупре|объясн|говор|пише|прося|проси|призыв|рассказа|уверя|считае|полага|требу|обеща"
    r"|деді|дейді|айтты|хабарлады|жазды|said|says|told|wrote|asked|warned|added)\w*",
    re.IGNORECASE,
)


def is_sentence(line: str) -> bool:
    """Return whether a line is long enough for a sentence and ends like one."""
    return len(line) >= _MIN_CHARS and line.endswith(SENTENCE_END) and line.count(" ") + 1 >= _MIN_WORDS


def has_verb(line: str) -> bool:
    """Return whether a line of several words ends like a sentence and holds a likely finite verb."""
    if not line.endswith(SENTENCE_END) or line.count(" ") + 1 < _MIN_WORDS_WITH_VERB:
        return False
    return _VERB.search(line) is not None


def is_reported(line: str) -> bool:
    """Return whether a line is a sentence with a verb of reported speech."""
    return is_sentence(line) and _REPORTED.search(line) is not None
