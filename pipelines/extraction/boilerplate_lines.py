"""Lines that stand among an article's paragraphs and are none: credits, hashtags, share buttons, links to other articles."""

from __future__ import annotations

import re

from pipelines.extraction.bounds import CAPTION
from pipelines.extraction.date_patterns import full_date
from pipelines.extraction.sentences import SENTENCE_END, has_verb, is_reported

_CREDIT_WORD = r"(?:фото(?:граф(?:ия|ии)?)?|сурет(?:тер)?|фотосурет|коллаж|инфографика|иллюстрация|скриншот|видео|photos?|illustration)"
_NAME = r"[A-ZА-ЯЁӘҒҚҢӨҰҮІҺ][\w.-]+"
_CREDIT = re.compile(
    rf"""
    [(\[]?\s*(?:
        (?i:{_CREDIT_WORD}\s*(?:credit|courtesy|source|by)?\s*[:©/|])                          # Фото: …, Photo credit: …
      | (?i:(?:источник|credit|image\s+credit|дереккөз)\s*:)                                   # Источник: …
      | (?i:{_CREDIT_WORD}\s+(?:by|courtesy|via)\b)                                            # Photo by …
      | (?i:фото\s+(?:из|с|автора|авторов|предоставл|пресс|архив|агентств|корр|редакц|t\.me|instagram|facebook|[\w-]+\.(?:kz|ru|com)))
      | (?i:фото)\s+{_NAME}(?:\s+{_NAME}){{0,3}}\s*[)\].]?$                                    # Фото Юрия Беккера
      | ©
    )""",
    re.VERBOSE,
)
_CREDIT_AFTER = re.compile(
    rf"(?:^|(?<=[\s.,;|/(\[–—-]))((?i:{_CREDIT_WORD}\s*(?:credit|courtesy)?\s*[:©]|image\s+credit\s*:|credit\s*:)\s*[^:]{{2,90}}|©\s*[^:]{{2,90}})$"
)
_LONGEST_CREDIT = 140  # characters; a longer line is a sentence that begins like a credit

_HASHTAGS = re.compile(r"(?:[#＃][\w-]+[\s,;.]*)+")
_HASHTAG = re.compile(r"[#＃]([\w-]+)")
_LETTER = re.compile(r"[^\W\d_]")
_BARE_NUMBER = re.compile(r"\d{1,3}[.)]?")
_SHARE = re.compile(
    r"(?:поделиться(?: (?:новостью|статьей|статьёй|в соцсетях|ссылкой|материалом))?|рассказать друзьям|бөлісу|достармен бөлісу"
    r"|share(?: (?:this|on|via)(?: (?:article|story|page|facebook|twitter|email))?)?|tweet|print|распечатать|версия для печати"
    r"|(?:advert(?:isement)?|реклама|жарнама)(?: - .*)?)[:.!…]?",
    re.IGNORECASE,
)
_READ_ALSO = re.compile(
    r"(?:(?:читайте|читать|смотрите|смотреть)\s+(?:также|ещё|еще|далее|подробнее|по теме|другие)"
    r"|(?:также|ещё|еще)\s+(?:читайте|смотрите|по теме)|(?:материалы?\s+)?по теме\s*:|похожие (?:новости|материалы|статьи)"
    r"|(?:тағы|сондай-ақ)\s+(?:да\s+)?(?:оқыңыз|оқи)|оқи отырыңыз|тақырып(?:қа|) (?:орай|байланысты)"
    r"|read (?:also|more|next)|also read|see also|related (?:articles?|stor(?:y|ies)|news|posts|coverage)|more (?:on|from) |don['’]t miss)",
    re.IGNORECASE,
)
_SUBSCRIBE = re.compile(
    r"(?:(?:подписывайтесь|подпишитесь|следите за|присоединяйтесь|читайте нас|будьте в курсе|хотите быть в курсе|самые важные новости)\b.*"
    r"(?:telegram|телеграм|whatsapp|ватсап|instagram|инстаграм|facebook|youtube|канал|рассылк|соцсет|google|яндекс|дзен)"
    r"|(?:если вы )?(?:нашли|обнаружили|заметили) (?:ошибку|опечатку)\b.*(?:\?|выдел|нажм|ctrl|сообщите|напишите|пришлите|отправьте)"
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
"""What invites readers in the middle of a line, too: to tell of a misprint, to subscribe to a channel."""
_INVITING = ("enter", "жазыл")  # in lower case; one of them is in what _INVITATION finds, which is slow
_COUNTER = re.compile(
    r"(?:[^\w\s]+\s*)?(?:просмотр(?:ов|ы|а)?|прочитано|прочтений|қаралым(?:ы)?|қаралды|оқылды|комментари(?:и|ев|я|й)|пікір(?:лер)?|views?)"
    r"\s*[:—–-]?\s*[\d\s.,]+[kKкК]?"
    r"|(?:[^\w\s]+\s*)?\d[\d\s.,]*[kKкК]?\s*(?:просмотр(?:ов|а)?|прочтени[йея]|комментари(?:ев|я|й)|(?:рет\s+)?(?:қаралды|оқылды|көрілді)|қаралым|пікір|views?)\.?"
    r"|[👁🔥💬👀]\ufe0f?\s*\d[\d\s.,]*[kKкК]?",
    re.IGNORECASE,
)
_TAG_LINE = re.compile(
    r"(?:т[еэ]ги|тегтер|тег|метки|ключевые слова|кілт сөздер|tags?|keywords)\s*:", re.IGNORECASE
)
_ADDRESS = re.compile(r"https?://\S+")
_IMPRINT = re.compile(
    r"(?:.{0,60}\bпри\s+(?:\w+\s+(?:или|и|либо)\s+\w+\s+|\w+\s+)?(?:использовании|перепечатке|цитировании|копировании)\b.{0,60}\bматериал"
    r"|(?:©\W?.{0,60})?все\s+права\s+(?:защищены|на\s+материалы|сохранены|принадлежат)|адрес\s+редакции\b|(?:копирование|перепечатка)\s+материалов\b"
    r"|свидетельство\s+о\s+(?:регистрации|постановке)\b.{0,40}\b(?:сми|№|эл)|категория\s+информационной\s+продукции"
    r"|барлық\s+құқықтар?\s+(?:қорғалған|сақталған)|материалдарды\s+(?:\w+\s+){0,3}пайдалан\w+|редакция\s+мекенжайы)",
    re.IGNORECASE,
)
_EMBED = re.compile(
    r"посмотреть эту публикацию в |публикация от .{1,60}\(@|a post shared by |view this post on ",
    re.IGNORECASE,
)
_EARLIER = (
    r"(?:напомним|напоминаем|ранее(?:\s+(?:мы\s+)?(?:писали|сообщали|сообщалось|рассказывали))?|до этого|еске сал(?:айық|а кетейік)"
    r"|бұған дейін|бұдан бұрын|recall|earlier)"
)
_EARLIER_LABEL = re.compile(rf"{_EARLIER}[^.:]{{0,40}}:", re.IGNORECASE)
_EARLIER_PROSE = re.compile(rf"{_EARLIER}\b", re.IGNORECASE)
_MAX_SERVICE_LINE = 220  # characters


def is_credit(line: str) -> bool:
    """Whether a line only says whose picture it is (Фото: …, фото пресс-службы …, Photo by …, ©), and is no sentence with a verb."""
    return len(line) <= _LONGEST_CREDIT and _CREDIT.match(line) is not None and not has_verb(line)


def split_caption(text: str) -> tuple[str, str]:
    """Caption and credit of a picture's text, each as printed, within its bound; either may be empty."""
    text = text[:CAPTION]
    if is_credit(text):
        return "", text
    tail = _CREDIT_AFTER.search(text)
    if tail is None:
        return text, ""
    return text[: tail.start()].rstrip(" ,;|/([–—-"), tail[1].rstrip(" )]")


def is_noise(line: str) -> bool:
    """Whether a paragraph is no part of an article's text by its words alone: a rule, a number, hashtags, a button, a credit."""
    if not _LETTER.search(line):
        counts = len(line) <= _MAX_SERVICE_LINE and (
            _BARE_NUMBER.fullmatch(line) or _COUNTER.fullmatch(line)
        )
        return bool(counts) or not any(char.isdigit() for char in line)
    if len(line) > _MAX_SERVICE_LINE:
        return False
    if any(pattern.fullmatch(line) for pattern in (_HASHTAGS, _SHARE, _COUNTER, _ADDRESS)):
        return True
    if any(pattern.match(line) for pattern in (_SUBSCRIBE, _TAG_LINE, _EMBED, _IMPRINT)) or _invites(line):
        return not is_reported(line)
    return is_credit(line)


def _invites(line: str) -> bool:
    lower = line.lower()
    return any(word in lower for word in _INVITING) and _INVITATION.search(line) is not None


def tags_of_line(line: str) -> list[str]:
    """The tags in a line that lists them behind a label («Теги: Сенат, реформы») or as hashtags; none in any other line."""
    if _HASHTAGS.fullmatch(line):
        return _HASHTAG.findall(line)
    found = _TAG_LINE.match(line) if len(line) <= _MAX_SERVICE_LINE else None
    return re.split(r"\s*[,;|#]\s*", line[found.end() :].strip()) if found else []


def is_link_label(line: str) -> bool:
    """Whether a line only announces links to what was written earlier («Напомним:», «Ранее мы писали:»)."""
    return line.endswith(":") and _EARLIER_LABEL.fullmatch(line) is not None


def is_link_line(line: str, linked: float) -> bool:
    """Whether a paragraph leads to other articles. `linked` is the share of its characters inside links, 0 to 1."""
    if len(line) <= _MAX_SERVICE_LINE and (label := _READ_ALSO.match(line)):
        if _MORE.match(line) and ":" not in line[: label.end() + 1]:  # «More on …» begins sentences, too
            return linked >= _HALF or not line.endswith(SENTENCE_END)
        return (linked > 0 and not is_reported(line)) or not line.endswith(SENTENCE_END)
    if linked <= 0:
        return False
    if _EARLIER_PROSE.match(line):  # a sentence stays even when all of it is a link
        return (linked >= _HALF and _EARLIER_LABEL.match(line) is not None) or (
            linked >= _MOSTLY and not line.endswith(SENTENCE_END)
        )
    asks = line.endswith(("?", "!"))
    if line.endswith(SENTENCE_END) and (len(line) >= _SENTENCE_CHARS or (has_verb(line) and not asks)):
        return False
    undated = line.replace(full_date(line), "").strip(_OF_DATES)
    return linked * len(line) >= _MOSTLY * len(undated)


_SENTENCE_CHARS = 80  # below which a linked line needs a verb, too, to be a sentence of the article
_OF_DATES = "0123456789 .,:/|•-"
_HALF = 0.5
_MOSTLY = 0.8  # share of linked characters from which a line is a link and not a sentence with a link
_MORE = re.compile(r"more (?:on|from) ", re.IGNORECASE)
