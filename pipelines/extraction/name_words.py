"""Words that distinguish names of persons from those of institutions, outlets and places."""

from __future__ import annotations

import re

from pipelines.extraction.class_names import words

_INSTITUTIONS = words(
    r"агентств[оае]\w? редакци(?:я|и|ей|ю|онн\w+) редактор(?:а|ы|ом)? пресс-(?:служба|центр|секретарь) "
    r"министерств[оау]\w? департамент(?:а|ы)? акимат(?:а|ы)? корреспондент(?:а|ы|ов|ом)? собкор "
    r"новост(?:ь|и|ей|ям|ной|ная|ное|ные) спецкор казинформ казтаг интерфакс(?:а|-\w+)? тасс риа "
    r"тілші(?:сі|міз|лер)? агенттігі министрлігі баспасөз служб(?:а|ы|е|ой) отдел(?:а|ы|ом|ение)? бюро "
    r"портал(?:а|ы|ом)? газет(?:а|ы|е|ой) журнал комитет(?:а|ы|ом)? ведомств(?:о|а) республик(?:а|и|е) "
    r"президент(?:а|ом)? правительств(?:о|а) казахстан(?:а|е|ск\w+)? қазақстан(?:ның|дық)? "
    r"ақпарат(?:тық|ы)? қазақпарат ақорда(?:ның)? акорд[аы] мвд мчс рк қр иа миа тоо ао блог "
    r"реклам(?:а|ы|е|н\w+) сайт(?:а|ы|е|ом)? жаңалықтар(?:ы)? читатель оқырман(?:дар)? "
    r"админ(?:истратор\w?|истраци[яи])? гость автор(?:а|у|ом|ы|лар|лары|ским|ская|ский)? источник дереккөз "
    r"войти мнени[ея] комментари[ия] подписк[аи] подробнее "
)
_ENGLISH_INSTITUTIONS = words(
    r"kazinform qazinform sputnik kazakhstan qazaqstan egemen \w*admin administrator editors? editorial "
    r"newsroom correspondents? reporters? columnist contributors? agencies reuters afp newspaper inc ltd "
    r"llc co authors? redaktion redazione redacci[oó]n redaktsiya r[ée]daction reda[çc][ãa]o redactie "
    r"redaks\w* read share follow view posts? articles? posted published updated profile subscribe "
    r"newsletter archives? sign click wire services? advance ph\.?d mph mba msc rdn? r\.?n m\.?d b\.?sc "
    r"blog sports? university institute foundation council ministry embassy office department association "
    r"society company group studios? entertainment network radio channel online official \w*times today "
    r"business magazine news media tv staff team desk writer agency press bloomberg associated guest "
)
NO_PERSON = re.compile(
    rf"\b(?:{'|'.join((*_INSTITUTIONS, *_ENGLISH_INSTITUTIONS))}|соб\.? ?(?:инф|корр)\w*)\b"
    r"|\.(?:kz|ru|ру|қаз|com|net|org|info|media)\b|https?:|www\.|^the\s|[@\d?!:©\"«»()<>{}_]|\[|\]",
    re.IGNORECASE,
)
"""What no name of a person contains: words of institutions in their inflected forms (not as prefixes:
Авторханов is a surname), ends of addresses, and punctuation."""

ALSO_SURNAMES = frozenset(
    words(
        "press bloomberg staff guest desk today media sport sports read post office society sign wire group"
    )
)
"""Words of institutions that are also surnames (Michael Bloomberg, Frank Press), after a first name."""

FIRST_NAMES = frozenset(
    words(
        "aaron adam alan albert alex alexander alice allison amanda amy andrea andrew angela ann anna anne "
        "anthony arthur ashley barbara ben benjamin bill bob brandon brian bruce carl carol caroline "
        "catherine charles charlotte chris christine christopher cynthia daniel david deborah dennis diana "
        "donald donna dorothy douglas edgar edward eleanor elena elizabeth ellen emily emma eric eugene eva "
        "evelyn frank fred gary george gerald gloria grace greg gregory hannah harold harry heather helen "
        "henry howard ian irene isabel jack jacob james jane janet jason jean jeffrey jennifer jerry "
        "jessica jim joan joe john jonathan joseph joshua joyce juan judith julia julie karen katherine "
        "keith kelly kenneth kevin kimberly kyle larry laura lauren lawrence leo leon linda lisa louis "
        "louise lucy luke margaret maria marie mark martha martin mary matthew max megan melissa michael "
        "michelle mike monica nancy natalie nathan nicholas nicole noah nora oliver olivia oscar pamela "
        "patricia patrick paul peter philip rachel ralph ray raymond rebecca richard robert roger ronald "
        "rose roy russell ruth ryan samantha samuel sandra sara sarah scott sean sharon simon sophia "
        "stephanie stephen steve steven susan teresa theresa thomas timothy tom tony victoria vincent "
        "virginia walter wayne wendy william zachary "
    )
)
"""Frequent English first names."""

OUTLETS = frozenset(
    words(
        "азаттык азаттық азаттықрадиосы айқын алматыақшамы астанаақшамы baq vlast власть exclusive forbes "
        "informburo информбюро inbusiness kapital капитал kursiv курсив lada liter литер nur orda орда "
        "ратель ratel tengrinews tengri turkystan түркістан ulysmedia хабар khabar ктк ktk zakon казправда "
        "kazpravda егемен вечернийалматы вечерняяастана жасалаш экспресск "
    )
)
"""Outlets of Kazakhstan whose names look like those of persons; spelled as by `text_keys.text_key`."""

PLACES = frozenset(
    words(
        "алматы астана нурсултан нұрсұлтан шымкент караганда қарағанды актобе ақтөбе атырау актау ақтау "
        "уральск орал костанай қостанай кызылорда қызылорда павлодар петропавловск петропавл семей "
        "талдыкорган талдықорған тараз туркестан түркістан устькаменогорск өскемен кокшетау көкшетау "
        "жезказган жезқазған экибастуз екібастұз темиртау теміртау конаев қонаев москва almaty astana "
        "shymkent "
    )
)
"""Cities that bylines name as the place of writing; spelled as by `text_keys.text_key`."""
