"""Detect lines among the paragraphs that are no text of the article.

These are credits, hashtags, share buttons, links to other articles and the like.
"""

from __future__ import annotations

import re

from pipelines.extraction.bounds import CAPTION
from pipelines.extraction.date_patterns import full_date
from pipelines.extraction.sentences import SENTENCE_END, has_verb, is_reported

_CREDIT_WORD = (
    r"(?:фото(?:граф(?:ия|ии)?)?|сурет(?:тер)?|фотосурет|коллаж|инфографика|иллюстрация|скриншот|видео"
    r"|photos?|illustration)"
)
_NAME = r"[A-ZА-ЯЁӘҒҚҢӨҰҮІҺ][\w.-]+"
_CREDIT = re.compile(
    rf"""
    [(\[]?\s*(?:
        (?i:{_CREDIT_WORD}\s*(?:credit|courtesy|source|by)?\s*[:©/|])  # Фото: …, Photo credit: …
      | (?i:(?:источник|credit|image\s+credit|дереккөз)\s*:)           # Источник: …
      | (?i:{_CREDIT_WORD}\s+(?:by|courtesy|via)\b)                    # Photo by …
      | (?i:фото\s+(?:из|с|автора|авторов|предоставл|пресс|архив|агентств|корр|редакц
            |t\.me|instagram|facebook|[\w-]+\.(?:kz|ru|com)))
      | (?i:фото)\s+{_NAME}(?:\s+{_NAME}){{0,3}}\s*[)\].]?$            # Фото Юрия Беккера
      | ©
    )""",
    re.VERBOSE,
)
_CREDIT_AFTER = re.compile(
    rf"(?:^|(?<=[\s.,;|/(\[–—-]))((?i:{_CREDIT_WORD}\s*(?:credit|courtesy)?\s*[:©]|image\s+credit\s*:"
    r"|credit\s*:)\s*[^:]{2,90}|©\s*[^:]{2,90})$"
)
_MAX_CREDIT = 140  # characters; a longer line is a sentence that begins like a credit

_HASHTAGS = re.compile(r"(?:[#＃][\w-]+[\s,;.]*)+")
_HASHTAG = re.compile(r"[#＃]([\w-]+)")
_LETTER = re.compile(r"[^\W\d_]")
_BARE_NUMBER = re.compile(r"\d{1,3}[.)]?")
_SHARE = re.compile(
    r"(?:поделиться(?: (?:новостью|статьей|статьёй|в соцсетях|ссылкой|материалом))?"
    r"|рассказать друзьям|бөлісу|достармен бөлісу"
    r"|share(?: (?:this|on|via)(?: (?:article|story|page|facebook|twitter|email))?)?|tweet|print"
    r"|распечатать|версия для печати"
    r"|(?:advert(?:isement)?|реклама|жарнама)(?: - .*)?)[:.!…]?",
    re.IGNORECASE,
)
_READ_ALSO = re.compile(
    r"(?:(?:читайте|читать|смотрите|смотреть)\s+(?:также|ещё|еще|далее|подробнее|по теме|другие)"
    r"|(?:также|ещё|еще)\s+(?:читайте|смотрите|по теме)"
    r"|(?:материалы?\s+)?по теме\s*:|похожие (?:новости|материалы|статьи)"
    r"|(?:тағы|сондай-ақ)\s+(?:да\s+)?(?:оқыңыз|оқи)|оқи отырыңыз|тақырып(?:қа|) (?:орай|байланысты)"
    r"|read (?:also|more|next)|also read|see also"
    r"|related (?:articles?|stor(?:y|ies)|news|posts|coverage)|more (?:on|from) |don['’]t miss)",
    re.IGNORECASE,
)
_SUBSCRIBE = re.compile(
    r"(?:(?:подписывайтесь|подпишитесь|следите за|присоединяйтесь|читайте нас|будьте в курсе"
    r"|хотите быть в курсе|самые важные новости)\b.*"
    r"(?:telegram|телеграм|whatsapp|ватсап|instagram|инстаграм|facebook|youtube"
    r"|канал|рассылк|соцсет|google|яндекс|дзен)"
    r"|(?:если вы )?(?:нашли|обнаружили|заметили) (?:ошибку|опечатку)\b.*"
    r"(?:\?|выдел|нажм|ctrl|сообщите|напишите|пришлите|отправьте)"
    r"|(?:нашли|обнаружили|заметили) (?:ошибку|опечатку)$"
    r"|получайте .{0,40}(?:новости|уведомления).*(?:whatsapp|telegram|вотсап|ватсап|телеграм)"
    r"|(?:больше|ещё больше|еще больше|самые|другие|смотрите|читайте) .{0,60}(?:новост|материал|интересн)\w*"
    r".*(?:telegram|телеграм|instagram|whatsapp|youtube|tiktok)"
    r"|(?:sign up for|subscribe to|join our)\b.*(?:newsletter|channel|updates|e-?mail))",
    re.IGNORECASE,
)
_INVITATION = re.compile(
    r"\bctrl\s*\+\s*enter\b|(?:telegram|instagram|whatsapp|арна|канал)\S*.*\bжазыл(?:ыңыз|ып)\b",
    re.IGNORECASE,
)
"""Calls to report a misprint or to subscribe, anywhere in a line."""
_INVITING = ("enter", "жазыл")  # one of these is in every match of _INVITATION, which is slow; lower case
_COUNTER = re.compile(
    r"(?:[^\w\s]+\s*)?(?:просмотр(?:ов|ы|а)?|прочитано|прочтений|қаралым(?:ы)?|қаралды|оқылды"
    r"|комментари(?:и|ев|я|й)|пікір(?:лер)?|views?)"
    r"\s*[:—–-]?\s*[\d\s.,]+[kKкК]?"
    r"|(?:[^\w\s]+\s*)?\d[\d\s.,]*[kKкК]?\s*(?:просмотр(?:ов|а)?|прочтени[йея]|комментари(?:ев|я|й)"
    r"|(?:рет\s+)?(?:қаралды|оқылды|көрілді)|қаралым|пікір|views?)\.?"
    r"|[👁🔥💬👀]\ufe0f?\s*\d[\d\s.,]*[kKкК]?",
    re.IGNORECASE,
)
_TAG_LINE = re.compile(
    r"(?:т[еэ]ги|тегтер|тег|метки|ключевые слова|кілт сөздер|tags?|keywords)\s*:", re.IGNORECASE
)
_ADDRESS = re.compile(r"https?://\S+")
_IMPRINT = re.compile(
    r"(?:.{0,60}\bпри\s+(?:\w+\s+(?:или|и|либо)\s+\w+\s+|\w+\s+)?"
    r"(?:использовании|перепечатке|цитировании|копировании)\b.{0,60}\bматериал"
    r"|(?:©\W?.{0,60})?все\s+права\s+(?:защищены|на\s+материалы|сохранены|принадлежат)"
    r"|адрес\s+редакции\b|(?:копирование|перепечатка)\s+материалов\b"
    r"|свидетельство\s+о\s+(?:регистрации|постановке)\b.{0,40}\b(?:сми|№|эл)|категория\s+информационной\s+продукции"
    r"|барлық\s+құқықтар?\s+(?:қорғалған|сақталған)|материалдарды\s+(?:\w+\s+){0,3}пайдалан\w+|редакция\s+мекенжайы)",
    re.IGNORECASE,
)
_EMBED = re.compile(
    r"посмотреть эту публикацию в |публикация от .{1,60}\(@|a post shared by |view this post on ",
    re.IGNORECASE,
)
_EARLIER = (
    r"(?:напомним|напоминаем|ранее(?:\s+(?:мы\s+)?(?:писали|сообщали|сообщалось|рассказывали))?|до этого"
    r"|еске сал(?:айық|а кетейік)"
    r"|бұған дейін|бұдан бұрын|recall|earlier)"
)
_EARLIER_LABEL = re.compile(rf"{_EARLIER}[^.:]{{0,40}}:", re.IGNORECASE)
_EARLIER_PROSE = re.compile(rf"{_EARLIER}\b", re.IGNORECASE)
_MAX_SERVICE_LINE = 220  # characters of a line that is boilerplate
_SENTENCE_CHARS = 80  # characters of a linked line that is a sentence of the article without a verb
_DATE_CHARS = "0123456789 .,:/|•-"
_HALF = 0.5  # share of linked characters, from which an ambiguous beginning makes a line a link
_MOSTLY = 0.8  # share of linked characters, from which a line is a link, not a sentence with one
_MORE = re.compile(r"more (?:on|from) ", re.IGNORECASE)


def is_credit(line: str) -> bool:
    """Return whether a line only names the source of a picture (Фото: …, Photo by …, ©), without a verb."""
    return len(line) <= _MAX_CREDIT and _CREDIT.match(line) is not None and not has_verb(line)


def split_caption(text: str) -> tuple[str, str]:
    """Split a picture's text, at most CAPTION characters, into caption and credit; either may be empty."""
    text = text[:CAPTION]
    if is_credit(text):
        return "", text
    tail = _CREDIT_AFTER.search(text)
    if tail is None:
        return text, ""
    return text[: tail.start()].rstrip(" ,;|/([–—-"), tail[1].rstrip(" )]")


def is_noise(line: str) -> bool:
    """Return whether a line is boilerplate by its words alone.

    That is a rule, a number, hashtags, a button, a counter, a credit, an imprint, an advertisement of a
    channel.
    """
    if not _LETTER.search(line):
        is_short = len(line) <= _MAX_SERVICE_LINE
        if is_short and (_BARE_NUMBER.fullmatch(line) or _COUNTER.fullmatch(line)):
            return True
        return not any(char.isdigit() for char in line)
    if len(line) > _MAX_SERVICE_LINE:
        return False
    if any(pattern.fullmatch(line) for pattern in (_HASHTAGS, _SHARE, _COUNTER, _ADDRESS)):
        return True
    if any(pattern.match(line) for pattern in (_SUBSCRIBE, _TAG_LINE, _EMBED, _IMPRINT)) or _invites(line):
        return not is_reported(line)
    return is_credit(line)


def _invites(line: str) -> bool:
    """Return whether a line calls to report a misprint or to subscribe."""
    lower = line.lower()
    return any(word in lower for word in _INVITING) and _INVITATION.search(line) is not None


def tags_of_line(line: str) -> list[str]:
    """Return the tags of a line with a label («Теги: Сенат, реформы») or hashtags; empty for other lines."""
    if _HASHTAGS.fullmatch(line):
        return _HASHTAG.findall(line)
    label = _TAG_LINE.match(line) if len(line) <= _MAX_SERVICE_LINE else None
    return re.split(r"\s*[,;|#]\s*", line[label.end() :].strip()) if label else []


def is_link_label(line: str) -> bool:
    """Return whether a line only introduces links to earlier articles («Напомним:», «Ранее мы писали:»)."""
    return line.endswith(":") and _EARLIER_LABEL.fullmatch(line) is not None


def is_link_line(line: str, linked: float) -> bool:
    """Return whether a line leads to other articles.

    Args:
        line: a paragraph.
        linked: share of its characters inside links, 0 to 1.
    """
    label = _READ_ALSO.match(line) if len(line) <= _MAX_SERVICE_LINE else None
    if label is not None:
        return _is_link_by_label(line, linked, label)
    return linked > 0 and _is_link_by_share(line, linked)


def _is_link_by_label(line: str, linked: float, label: re.Match[str]) -> bool:
    """Return whether a line with a label like «Читайте также» leads to other articles."""
    is_sentence = line.endswith(SENTENCE_END)
    if _MORE.match(line) and ":" not in line[: label.end() + 1]:  # «More on …» also begins sentences
        return linked >= _HALF or not is_sentence
    return (linked > 0 and not is_reported(line)) or not is_sentence


def _is_link_by_share(line: str, linked: float) -> bool:
    """Return whether a line is mostly a link and no sentence of the article."""
    is_sentence = line.endswith(SENTENCE_END)
    if _EARLIER_PROSE.match(line):  # a sentence is kept even if all of it is a link
        is_labelled = linked >= _HALF and _EARLIER_LABEL.match(line) is not None
        return is_labelled or (linked >= _MOSTLY and not is_sentence)
    is_question = line.endswith(("?", "!"))
    if is_sentence and (len(line) >= _SENTENCE_CHARS or (has_verb(line) and not is_question)):
        return False
    undated = line.replace(full_date(line), "").strip(_DATE_CHARS)
    return linked * len(line) >= _MOSTLY * len(undated)
