"""Phrases of soft 404s, challenges, logins and paywalls, in Russian, Kazakh and English.

All patterns are matched against short, bounded texts.
"""

from __future__ import annotations

import re

_FLAGS = re.IGNORECASE | re.VERBOSE

NAME_OF_SITE = re.compile(r"\s+[\-–—·•/]\s+|\s*[|»]\s*")
"""Separator of a page's own title and the name of its site."""

_THING = r"""(?:страниц\w+|материал\w*|новост\w+|стать\w+|публикаци\w+|запис\w+|документ\w*|раздел\w*
    |объявлени\w+
    |page|article|story|post|content|document|material|url|news
    |бет\w*|парақша\w*|мақала\w*|жаңалық\w*|материал\w*|жазба\w*|құжат\w*)"""
_WHICH = r"""(?:(?:эт\w+|данн\w+|так\w+|ваш\w+|запрашиваем\w+|запрошенн\w+|указанн\w+|искомая|нужная|the
    |this|that|your
    |requested|сұралған|сіз\s+іздеген|мұндай|осы|бұл|web|news)\s+){0,3}"""
_OF_SITE = r"""(?:\s+(?:(?:на|с|из)\s+(?:(?:этого|нашего|наш\w+|данного|этом)\s+)?(?:сайт\w*|сервер\w*
    |портал\w*)
    |on\s+(?:this|our|the)\s+(?:site|server|website)))?"""
_IS_GONE = r"""(?:(?:был[аио]?\s+)?(?:не\s+(?:найден\w*|обнаружен\w*|существу\w+|доступн\w+)|удал[её]н\w*
    |недоступн\w*|отсутству\w+
            |перемещ[её]н\w*|снят\w*\s+с\s+публикации|больше\s+(?:не\s+(?:доступн\w+|существу\w+)|нет))
        (?:\s+или\s+(?:никогда\s+)?(?:был[аио]?\s+)?(?:не\s+существ\w+|удал[её]н\w*|перемещ[её]н\w*))?
    |(?:was\s+|is\s+|has\s+been\s+)?(?:not\s+found|removed|deleted|unavailable|missing)|can(?:no
    |['’])t\s+be\s+found
    |could(?:\s+not|n['’]t)\s+be\s+found|is\s+no\s+longer\s+(?:available|here)|no\s+longer\s+(?:available
    |exists)|does\s*(?:n['’]t|\s+not)\s+exist|not\s+available|is\s+gone
    |табылмады|табылған\s+жоқ|жойыл\w+|өшіріл\w+|жоқ|қолжетімсіз)"""
_NUMBER = (
    r"(?:(?:http\s+)?(?:ошибка|error|қате|код\s+ошибки)[\s:№#]*)?(?:404|410)(?:[\s-]*(?:ошибка|error"
    r"|қате|қатесі))?"
)
_SORRY = r"""(?:извините|простите|к\s+сожалению|увы|упс\w*|ой|ошибка|внимание|кешіріңіз|өкінішке\s+орай
    |sorry|we['’]re\s+sorry|oops
    |whoops|error|қате)"""
_SAYING = rf"""(?:{_NUMBER}|not\s+found|не\s+найден[оаы]?|табылмады|nothing\s+(?:was\s+)?found
    |ничего\s+не\s+найдено
    |{_WHICH}{_THING}{_OF_SITE}\s+{_IS_GONE}{_OF_SITE}|такой\s+страницы\s+(?:\w+\s+){{0,2}}(?:нет
    |не\s+существует)
    |(?:мы\s+)?не\s+(?:нашли|можем\s+найти|удалось\s+найти)\s+{_WHICH}{_THING})"""
MISSING = re.compile(
    rf"[\W_]*(?:{_SORRY}[\W_]+){{0,2}}{_SAYING}(?:[\W_]+(?:{_SAYING}|{_SORRY})){{0,3}}[\W_\d]*", _FLAGS
)
"""A whole heading that says that there is no such page; «Статья удалена из проекта закона» says more."""

CHALLENGE = re.compile(
    r"""checking\s+your\s+browser|checking\s+if\s+the\s+site\s+connection\s+is\s+secure|enable\s+javascript\s+and\s+cookies\s+to\s+continue
    |(?:verify|confirm|prove)\s+(?:that\s+)?you(?:'|’)?(?:\s+a|r)e\s+(?:a\s+)?(?:human|not\s+a\s+robot)
    |verifying\s+(?:that\s+)?you\s+are\s+human
    |are\s+you\s+(?:a\s+)?(?:human|robot)\?|^just\s+a\s+moment(?:\.\.\.|…|$)|^attention\s+required!
    |^one\s+more\s+step$|^ddos-guard$
    |review\s+the\s+security\s+of\s+your\s+connection|unusual\s+traffic\s+from\s+your
    |complete\s+the\s+(?:security\s+check|captcha)
    |(?:идёт|идет|выполняется|выполняем)\s+проверк\w+\s+(?:вашего\s+)?браузера
    |^проверка\s+(?:вашего\s+)?браузера\W*$|провер\w+\s+вашего\s+браузера
    |провер(?:яем|ка|яется),?\s+(?:человек\s+ли\s+вы|что\s+вы\s+человек
    |безопасност\w+\s+(?:вашего\s+)?(?:под|со)единени\w+)
    |подтвердите,?\s+что\s+(?:вы\s+(?:не\s+робот|человек|живой)|запросы\s+отправляли\s+вы)|^(?:вы\s+не
    |я\s+не)\s+робот\W*$|^вы\s+(?:не\s+)?робот\?
    |запросы\s+с\s+вашего\s+устройства\s+похожи|включите\s+(?:javascript|cookies?)\b[^.!?\n]{0,40}(?:продолж
    |браузер|обнов)
    |(?:введите|пройдите)\s+(?:символы|код|капчу|проверку)[^.!?\n]{0,40}(?:картинк|изображени|продолж
    |доступ)|слишком\s+много\s+запросов\s+с\s+ваш
    |робот\s+емес(?:тігіңізді|екеніңізді)\s+(?:растаңыз|дәлелдеңіз)|браузеріңіз\w*\s+тексері""",
    _FLAGS | re.MULTILINE,
)
"""Phrases of a challenge."""

_ACCOUNT = (
    r"(?:\s+(?:в|на)\s+(?:систему|сайт|портал|аккаунт|профиль|личный\s+кабинет|кабинет|учётную\s+запись"
    r"|учетную\s+запись|свой\s+\w+))?"
)
LOGIN = re.compile(
    rf"""\W*(?:(?:вход|войти|войдите|авторизация|авторизоваться|авторизуйтесь|регистрация
    |зарегистрируйтесь){_ACCOUNT}
    (?:\s+(?:и|или|/)\s+(?:регистрация|зарегистрируйтесь|зарегистрироваться))?|личный\s+кабинет
    |необходима\s+авторизация|требуется\s+авторизация
    |(?:please\s+)?(?:log|sign)[\s-]?in(?:\s+(?:to\s+(?:your\s+account|continue)|or\s+(?:register
    |sign\s+up)))?|login|sign\s+up|register|authori[sz]ation(?:\s+required)?
    |кіру|(?:жүйеге|сайтқа|жеке\s+кабинетке)\s+кіру|авторландыру|тіркелу|жеке\s+кабинет)\W*""",
    _FLAGS,
)
"""A whole heading of a login page; «Вход в метро закрыт» is a headline."""

LOG_IN = re.compile(
    r"""(?:введите|укажите)\s+(?:ваш\w*\s+|свой\s+)?(?:логин|пароль|имя\s+пользователя)|enter\s+your\s+(?:password|user\s*name|e-?mail\s+and\s+password)
    |(?:необходимо|нужно|требуется)\s+(?:войти|авторизоваться|зарегистрироваться)
    |(?:please|you\s+(?:must|need\s+to|have\s+to))\s+(?:be\s+)?(?:log|sign|logged|signed)[\s-]?in
    |құпия\s?сөз\w*\s+енгізіңіз""",
    _FLAGS,
)
"""Phrases of a login page."""

_TO_READ = (
    r"(?:читать|прочитать|прочесть|дочитать|продолжить|просмотреть|посмотреть|увидеть|открыть"
    r"|получить\s+(?:полный\s+)?доступ)"
)
LOG_IN_TO_READ = re.compile(
    rf"""(?:войдите|авторизуйтесь|зарегистрируйтесь|войти|авторизоваться
    |зарегистрироваться)\b[^.!?\n]{{0,60}}чтобы\s+{_TO_READ}
    |чтобы\s+{_TO_READ}[^.!?\n]{{0,60}}(?:войдите|авторизуйтесь|зарегистрируйтесь|войти|авторизоваться
    |зарегистрироваться)
    |для\s+(?:просмотра|чтения|доступа)[^.!?\n]{{0,60}}(?:войдите|авторизуйтесь|зарегистрируйтесь|войти
    |авторизоваться|зарегистрироваться|авторизац\w+)
    |(?:log|sign)[\s-]?in\s+to\s+(?:read|continue|view|see)|(?:оқу|көру)\s+үшін[^.!?\n]{{0,60}}(?:кіріңіз
    |тіркеліңіз)""",
    _FLAGS,
)

_SUBSCRIBERS = (
    r"(?:подписчик(?:ам|ов|у|а)\b|подписавш(?:имся|ихся)|(?:с\s+)?(?:оформленной|платной)\s+подпиской)"
)
_PAID_THING = r"""(?:полн\w+\s+(?:текст|верси)\w*|продолжени\w+|окончани\w+|остальн\w+|весь\s+текст
    |материал\w*|стать\w*|текст\w*
    |читать\s+(?:дальше|далее|полностью))"""
PAID = re.compile(
    rf"""{_PAID_THING}[^.!?\n]{{0,60}}\b(?:доступ|открыт|только|лишь
    |исключительно)\w*[^.!?\n]{{0,30}}\b(?:{_SUBSCRIBERS}|по\s+подписке\b)
    |(?:полн\w+\s+(?:текст|верси)\w*|продолжение)\s*[—–:-]\s*по\s+(?:платной\s+)?подписке
    |(?:только|исключительно|лишь)\s+(?:для\s+|нашим\s+|наших\s+)*{_SUBSCRIBERS}\W*(?:$|\n)|(?:доступ\w*
    |открыт\w*)\s+(?:только\s+)?(?:нашим\s+)?{_SUBSCRIBERS}
    |(?:оформ\w+|купи\w+|приобрет\w+)\s+(?:\w+\s+)?подписк\w+[^.!?\n]{{0,30}}(?:чтобы|для)\s+(?:{_TO_READ}
    |чтения|доступа|продолжения)
    |(?:чтобы\s+{_TO_READ}|для\s+(?:чтения|доступа|продолжения))[^.!?\n]{{0,60}}(?:оформ\w+|купи\w+|нужна
    |необходима|приобрет\w+)\s+(?:\w+\s+)?подписк\w*
    |(?:чтобы\s+{_TO_READ})[^.!?\n]{{0,60}}подпишитесь|подпишитесь[^.!?\n]{{0,20}}чтобы\s+{_TO_READ}
    |жазылушылар(?:ға|дың)?\s+(?:ғана|үшін)|тек\s+(?:қана\s+)?жазылушылар|(?:оқу
    |жалғастыру)\s+үшін[^.!?\n]{{0,40}}жазыл(?:ыңыз|ымды)
    |subscribe\s+(?:now\s+|today\s+)?to\s+(?:continue|keep\s+reading|unlock|read\s+(?:more|on|the\s+(?:full
    |rest|whole)|this))(?![^.!?\n]*(?:letter|magazine|channel))
    |(?:for|to)\s+subscribers\s+only|subscribers[\s-]only|(?:available|open)\s+(?:only\s+
    |exclusively\s+)?to\s+(?:our\s+)?subscribers
    |already\s+a\s+subscriber\s*\?""",
    _FLAGS,
)
"""Phrases of a paywall at the end of a text; other texts mention signing («подписал») and subscriptions."""
