"""Refuse operators of other query languages by name, with what to write instead.

Ignoring them would run a different query. Sources: Lucene's query parser syntax (`*`, `?`, `~`, `^`,
`field:`, `!`, `NOT`, brackets), Media Cloud's query guide, Google's operators (`site:`, `intitle:`, `|`) and
SQLite's FTS5 (`NEAR`, `^`).
"""

from __future__ import annotations

import re
from typing import NamedTuple

from storage.errors import UsageError

PHRASE = re.compile(
    r"""
    "(?P<straight>[^"]*)" | «(?P<angle>[^»]*)» | [“„](?P<curly>[^”“]*)[”“]
    | (?<![^\s-])'(?P<single>\w[^']*\s[^']*)'(?!\S)         # an apostrophe inside a word is none of these
    """,
    re.VERBOSE,
)
"""A quoted phrase; its words are in the one group that is not None."""

EITHER = frozenset({"OR", "ИЛИ", "НЕМЕСЕ"})
BOTH = frozenset({"AND", "И", "ЖӘНЕ"})
_NONE = frozenset({"NOT", "НЕ", "ЕМЕС"})
_SMALL = frozenset({"or", "или", "немесе", "not", "and"})

_FILTERS = {
    "source": "source site host domain outlet media источник издание сайт",
    "author": "author byline by автор",
    "tag": "tag tags keyword keywords тег метка",
    "language": "language lang язык тіл",
    "section": "section category rubric рубрика раздел",
    "topic": "topic тема",
    "kind": "kind type тип",
    "state": "state status",
    "since": "since from after date published дата",
    "until": "until to before",
}
_FILTER_OF = {name: filter_ for filter_, names in _FILTERS.items() for name in names.split()}

_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"


class _Sign(NamedTuple):
    """A refused operator: its pattern, the message and the hint.

    `{0}` in message and hint is the matched text, `{1}` in the hint its first word.
    """

    pattern: re.Pattern[str]
    message: str
    hint: str


_SIGNS = (
    _Sign(
        re.compile(r"[a-z]+://\S+|(?<!\S)www\.\S+", re.IGNORECASE),
        "{0} is an address; a query holds words.",
        "`harvester show {0}` shows the article at an address.",
    ),
    _Sign(
        re.compile(r"\S*(?:\*|(?<=[^\W\d])%|(?<=[^\W\d])\?(?=[^\W\d]))\S*"),
        "{0}: *, ? and % do not stand for letters here.",
        "Words are found in all their forms; for several words put OR between them: конституция OR конституционный.",
    ),
    _Sign(re.compile(r"\|+"), "The bar {0} is no operator.", "Put OR between two words for either: выборы OR референдум."),
    _Sign(
        re.compile(r"[()\[\]{}]"),
        "Brackets such as {0} do not group words here.",
        "OR joins the words beside it, and all else must be there: `Токаев выборы OR референдум` is Токаев and one of the two.",
    ),
    _Sign(
        re.compile(rf"(?<!\S)[{_DASHES}]+(?=[\w\"«“„'])\S*"),
        "{0} begins with a dash that is no minus.",
        "Write a hyphen for a word to leave out: -{1}; leave a space behind a dash that is only a dash.",
    ),
    _Sign(re.compile(r"\S*~\S*"), "{0}: ~ is no operator.", "For words in a row use quotes; all forms of a word are found anyway."),
    _Sign(re.compile(r"\S*\^\S*"), "{0}: ^ is no operator.", "Leave it out; `--sort rank` puts first what fits the words best."),
    _Sign(
        re.compile(r"(?<!\S)-*=+(?=[\w\"«“„])\S*"),
        "{0}: words are found in all their forms, and = asks for one form alone.",
        "Leave = out.",
    ),
    _Sign(re.compile(r"(?<!\S)!(?=\w)\S*|(?<!\S)-(?=-*!)\S*"), "{0}: ! is no operator.", "Write a hyphen for a word to leave out: -{1}."),
    _Sign(
        re.compile(r"(?<!\S)(?:NEAR\b\S*|(?:near|w|n|pre)/\d+)(?!\S)", re.ASCII),
        "{0} is no operator.",
        'For words in a row use quotes: "основной закон".',
    ),
    _Sign(
        re.compile(r"[\"»”“]-\S+"),
        "{0}: a minus inside a word is a hyphen.",
        'Put a space before it: "основной закон" -{1}.',
    ),
)
_FIELD = re.compile(r"(?<!\w)([^\W\d]\w*)(?::[<>=]*|[<>=]+)(?=[\w\"«“„])(\S*)")


def refuse_foreign_signs(text: str) -> None:
    """Refuse operators of other query languages; inside quotes only wildcards are refused.

    Raises:
        UsageError: the text has such an operator, an unpaired quote, or an AND or OR that is misplaced or
            ambiguous; the message names it and the hint says what to write instead.
    """
    for phrase in PHRASE.finditer(text):
        _refuse(_SIGNS[1], phrase.group())
    bare = PHRASE.sub(_masked, text)
    for sign in _SIGNS:
        _refuse(sign, bare, text)
    if (field := _FIELD.search(bare)) and (":" in field.group() or field[1].lower() in _FILTER_OF):
        raise _no_field(field[1], text[field.start(2) : field.end(2)])
    if quote := re.search(r"[\"«»“”„]", re.sub(r"\"ж*\"|«ж*»|[“„]ж*[”“]", "", bare)):
        raise UsageError(f"The quote {quote.group()} stands alone.", 'Quotes come in pairs, around words in a row: "основной закон".')
    _refuse_operators(bare.split())


def _masked(phrase: re.Match[str]) -> str:
    """Return a phrase with its content replaced by letters; no operator matches quoted words."""
    whole = phrase.group()
    return f"{whole[0]}{'ж' * (len(whole) - 2)}{whole[-1]}"


def _refuse(sign: _Sign, bare: str, text: str = "") -> None:
    if found := sign.pattern.search(bare):
        named = (text or bare)[found.start() : found.end()]
        word = re.search(r"\w[^\s\"«»“”„]*", named)
        raise UsageError(sign.message.format(named), sign.hint.format(named, word[0] if word else "выборы"))


def _no_field(name: str, value: str) -> UsageError:
    filter_ = _FILTER_OF.get(name.lower())
    if filter_:
        return UsageError(f"{name}: is no part of a query.", f"Use the filter: --{filter_} {value.strip('-')}")
    return UsageError(
        f"{name}: is no field that can be searched.",
        f"Words are looked for in headline, lead and text at once: write {value}, or a space behind the colon.",
    )


def _refuse_operators(words: list[str]) -> None:
    for before, word, behind in zip(["", *words], words, [*words[1:], ""], strict=False):
        neighbours = (before, behind)
        if word == "NOT" or (word in _NONE and any(x != x.upper() for x in words)):
            raise UsageError(f"{word} is no operator.", _leave_out(behind))
        if before and behind and word != word.upper() and word.lower() in _SMALL and _is_meant(word.lower(), neighbours):
            raise _small(word.lower(), behind)
        if word in EITHER and any(map(_joins_nothing, neighbours)):
            raise UsageError(f"{word} stands between two words that it joins, and here it does not.", "Write `выборы OR референдум`.")
    if EITHER & set(words) and BOTH & set(words):
        both = next(word for word in words if word in BOTH)
        raise UsageError(
            f"{both} beside OR could be read in two ways.",
            f"Leave {both} out: OR joins the words beside it, and all else must be there.",
        )


def _is_meant(word: str, neighbours: tuple[str, str]) -> bool:
    """Return whether a lower-case word is an operator; `and` between English words is not (law and order)."""
    return word != "and" or not all(x.isascii() for x in neighbours)


def _leave_out(word: str) -> str:
    return f"Write a hyphen for a word to leave out: -{word.lstrip('-') or 'выборы'}."


def _small(word: str, behind: str) -> UsageError:
    if word == "not":
        return UsageError("not is no operator.", f"{_leave_out(behind)} Put words in a row into quotes.")
    if word == "and":
        return UsageError("and is not needed: all words must be there.", "Leave it out.")
    return UsageError(
        f"{word} in small letters is a word like any other.",
        f'Write {word.upper()} for either of two words; put words in a row into quotes: "быть {word} не быть".',
    )


def _joins_nothing(word: str) -> bool:
    return word in EITHER or word in BOTH or word.startswith("-") or not re.search(r"\w", word)
