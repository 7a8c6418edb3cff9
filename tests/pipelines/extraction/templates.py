# ruff: noqa: E501  markup reads best in its own lines
"""Pages as common systems build them, each with the paragraphs of its article: `TEMPLATES` by name, a function of those paragraphs.

The markup follows the default themes of each system; what stands around the article is in `AROUND`, and none of it is text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

TITLE = "The old well behind the school"
ENGLISH = (
    "The well behind the old school had been dry for eleven years when the caretaker lifted its lid last Tuesday.",
    "He expected dust, and found water standing two metres below the rim, clear enough to see the bricks.",
    "Nobody in the village could explain it. The spring had failed in the drought of 2014, and the new pumps draw from the river.",
    "“I thought the boys had been pouring buckets into it,” he told me over tea. “Then I tasted it, and it was cold.”",
    "A geologist from the university took three samples and drove home without a word; her report came by post a week later.",
    "The water is older than the school, she wrote, and has come a long way under the hills to get here.",
    "The council will vote on a handrail in May. Until then the lid stays on, with a stone on top of it.",
)
RUSSIAN_TITLE = "Колодец за старой школой"
RUSSIAN = (
    "Колодец за старой школой стоял сухим одиннадцать лет, пока во вторник завхоз не поднял крышку.",
    "Он ждал пыли, а увидел воду в двух метрах от края, такую чистую, что видна кладка.",
    "Никто в посёлке не смог этого объяснить: родник иссяк в засуху 2014 года, а насосы берут воду из реки.",
    "– Я думал, мальчишки льют туда воду вёдрами, – рассказал он. – А потом попробовал, она ледяная.",
    "Геолог из университета взяла три пробы и уехала, не сказав ни слова; отчёт пришёл по почте через неделю.",
    "Вода старше школы, написала она, и прошла под холмами долгий путь.",
    "Совет проголосует за перила в мае. До тех пор крышка закрыта, и сверху лежит камень.",
)
AROUND = (
    "Notes from a small valley, written when it rains.",
    "Lovely story, my grandmother had a well just like that one in her garden.",
    "I walked past it on Sunday and the stone was gone already, who took it?",
    "Anna Kim writes about villages, water and the people who look after both.",
    "Get the next letter in your inbox every Friday, and unsubscribe whenever you like.",
    "The bus to the market has a new driver, and he is never late any more.",
    "We use cookies to remember your settings and to count the visits of our readers.",
    "При использовании материалов сайта ссылка на газету обязательна.",
)
ABOUT, COMMENT, ANSWER, BIO, LETTER, TEASER, COOKIES, IMPRINT = AROUND

_MENU = "<ul>" + "".join(f"<li><a href=/{name}>{name}</a></li>" for name in ("Home", "About", "Archive", "Contact")) + "</ul>"


def _p(paragraphs: Sequence[str]) -> str:
    return "".join(f"<p>{text}</p>" for text in paragraphs)


def wordpress(text: Sequence[str]) -> str:
    return f"""<body class="post-template-default single single-post has-sidebar comments-open"><div id="page" class="hfeed site">
    <header id="masthead" class="site-header"><p class="site-title"><a href=/>Valley notes</a></p><p class="site-description">{ABOUT}</p>
    <nav>{_MENU}</nav></header><div id="content" class="site-content"><main id="main"><article id="post-7"
    class="post-7 post type-post status-publish format-standard hentry category-comments tag-share tag-cookies">
    <header class="entry-header"><h1 class="entry-title">{TITLE}</h1><div class="entry-meta"><span class="posted-on"><time>May 3, 2024</time></span>
    <span class="byline">by <a rel=author href=/a>Anna Kim</a></span></div></header><div class="entry-content">{_p(text)}
    <div class="sharedaddy sd-sharing-enabled"><h3>Share this:</h3><ul><li><a href=#>Twitter</a></li></ul></div>
    <div id="jp-relatedposts" class="jp-relatedposts"><h3>Related</h3><p>{TEASER}</p></div></div>
    <footer class="entry-footer"><span class="cat-links">Posted in <a href=/c>Water</a></span></footer></article>
    <div class="author-info"><h2>About the author</h2><p class="author-bio">{BIO}</p></div><div id="comments" class="comments-area">
    <h2 class="comments-title">2 thoughts</h2><ol class="comment-list"><li class="comment"><article class="comment-body"><p>{COMMENT}</p></article></li>
    <li class="comment"><article class="comment-body"><p>{ANSWER}</p></article></li></ol></div></main></div>
    <aside id="secondary" class="widget-area"><section class="widget"><h2>Recent posts</h2><p>{TEASER}</p></section></aside></div></body>"""


def gutenberg(text: Sequence[str]) -> str:
    groups = [text[:1], text[1:4], text[4:]]
    blocks = "<div class='wp-block-spacer'></div>".join(f"<div class='wp-block-group'>{_p(group)}</div>" for group in groups)
    return f"""<body><header class="wp-block-template-part"><p class="wp-block-site-title">Valley notes</p></header>
    <main class="wp-block-group"><h1 class="wp-block-post-title">{TITLE}</h1><div class="entry-content wp-block-post-content">{blocks}</div>
    <div class="wp-block-comments"><p>{COMMENT}</p><p>{ANSWER}</p></div></main><footer><p>{ABOUT}</p></footer></body>"""


def blogger(text: Sequence[str]) -> str:
    return f"""<body><div class="header section" id="header"><h1 class="title"><a href=/>Valley notes</a></h1><p class="description">{ABOUT}</p></div>
    <div class="main section" id="main"><div class="widget Blog" id="Blog1"><div class="blog-posts hfeed"><div class="post hentry uncustomized-post-template">
    <h3 class="post-title entry-title">{TITLE}</h3><div class="post-body entry-content" id="post-body-8"><div dir=ltr>
    {"<br /><br />".join(text)}</div></div><div class="post-footer"><span class="post-author vcard">Posted by Anna Kim</span>
    <span class="post-comment-link"><a href=#c>2 comments</a></span></div></div></div><div class="comments" id="comments"><h4>2 comments:</h4>
    <dl id="comments-block"><dd class="comment-body"><p>{COMMENT}</p></dd><dd class="comment-body"><p>{ANSWER}</p></dd></dl></div></div></div>
    <div class="sidebar section" id="sidebar"><div class="widget"><h2>About me</h2><p>{BIO}</p></div></div></body>"""


def medium(text: Sequence[str]) -> str:
    sections = "".join(
        f"<section><div><div class='n p'><div class='ab ac ae'>{_p(part)}</div></div></div></section>" for part in (text[:3], text[3:])
    )
    return f"""<body><div id="root"><div class="a b c"><nav><button aria-label="menu">Menu</button><a href=/>Sign in</a></nav>
    <article><div class="l"><h1 class="pw-post-title">{TITLE}</h1><div class="speechify-ignore"><a href=/@anna>Anna Kim</a><span>5 min read</span>
    <button aria-expanded="false">Listen</button><button>Share</button></div>{sections}</div></article>
    <div class="bi"><h2><a href=/@anna>Written by Anna Kim</a></h2><a href=/f>12 followers</a></div><div class="responses"><a href=/r>See all responses</a></div>
    </div></div></body>"""


def ghost(text: Sequence[str]) -> str:
    return f"""<body class="post-template"><div class="gh-viewport"><header class="gh-header"><a href=/>Valley notes</a>{_MENU}</header>
    <main class="gh-main"><article class="gh-article post"><header class="gh-article-header"><h1 class="gh-article-title">{TITLE}</h1></header>
    <section class="gh-content gh-canvas">{_p(text)}</section></article><section class="gh-subscribe newsletter-box"><p>{LETTER}</p></section>
    <section class="gh-comments"><p>{COMMENT}</p></section></main><footer class="gh-footer"><p>{ABOUT}</p></footer></div></body>"""


def substack(text: Sequence[str]) -> str:
    widget = f'<div class="subscription-widget-wrap"><div class="subscription-widget"><p>{LETTER}</p></div></div>'
    return f"""<body><div class="main-menu"><a href=/>Valley notes</a></div><div class="single-post-container"><article class="typography newsletter-post post">
    <div class="post-header"><h1 class="post-title">{TITLE}</h1><div class="byline-wrapper">Anna Kim</div></div><div class="available-content">
    <div class="body markup">{_p(text[:3])}{widget}{_p(text[3:])}</div></div></article><div id="discussion" class="comments-page">
    <div class="comment"><div class="comment-body"><p>{COMMENT}</p></div></div></div></div></body>"""


def tumblr(text: Sequence[str]) -> str:
    return f"""<body><div id="page"><section id="sidebar"><h1><a href=/>Valley notes</a></h1><p>{ABOUT}</p></section><section id="posts">
    <article class="text"><h2>{TITLE}</h2>{_p(text)}<section class="panel post-panel"><a href=/t class="tag-link">#well</a></section></article>
    <div class="notes-wrapper"><ol class="notes"><li class="note reblog"><a href=/u>valley-friend</a> reblogged this</li></ol></div></section></div></body>"""


def drupal(text: Sequence[str]) -> str:
    return f"""<body class="path-node page-node-type-article"><div class="dialog-off-canvas-main-canvas"><header role="banner">{_MENU}</header>
    <main role="main"><div class="layout-content"><div class="region region-content"><div class="block block-system"><article class="node node--type-article">
    <h1 class="page-title">{TITLE}</h1><footer class="node__meta">Submitted by anna on Fri</footer><div class="node__content">
    <div class="clearfix text-formatted field field--name-body field--type-text-with-summary field__item">{_p(text)}</div>
    <section class="field field--name-comment comment-wrapper"><h2>Comments</h2><article class="comment"><div class="field--name-comment-body"><p>{COMMENT}</p>
    </div></article></section></div></article></div></div></div><aside class="layout-sidebar-second"><p>{TEASER}</p></aside></main></div></body>"""


def joomla(text: Sequence[str]) -> str:
    return f"""<body><div class="body"><header class="header">{_MENU}</header><div class="row-fluid"><div id="sidebar" class="span3"><div class="moduletable">
    <h3>Latest</h3><p>{TEASER}</p></div></div><main id="content" class="span9"><div class="item-page"><div class="page-header"><h2>{TITLE}</h2></div>
    <dl class="article-info muted"><dt>Details</dt><dd class="createdby">Written by Anna Kim</dd><dd class="hits">Hits: 1203</dd></dl>
    <div>{_p(text)}</div><ul class="pager pagenav"><li><a href=/n>Next</a></li></ul></div></main></div><div class="footer"><p>{ABOUT}</p></div></div></body>"""


def tilda(text: Sequence[str]) -> str:
    block = '<div id="rec{}" class="r t-rec t-rec_pt_30"><div class="t106"><div class="t-container"><div class="t-col"><div class="t-text">{}</div></div></div></div></div>'
    parts = [text[:1], text[1:3], text[3:6], text[6:]]
    records = "".join(block.format(number, "<br /><br />".join(part)) for number, part in enumerate(parts))
    return f"""<body class="t-body"><div id="allrecords" class="t-records"><div id="rec1" class="r"><div class="t-cover"><h1 class="t-title">{TITLE}</h1></div></div>
    {records}<div class="r t-rec"><div class="t-cookie-consent cookie-banner"><p>{COOKIES}</p></div></div></div></body>"""


def swallowing(text: Sequence[str]) -> str:
    return f"""<body><a href=#main>Skip to content</a><header><nav><button class="toggle">Menu<span></span><ul><li><a href=/>Home</a></li></ul>
    <div id="main"><h1>{TITLE}</h1><div class="copy">{_p(text)}</div></div></body>"""


def sections(text: Sequence[str]) -> str:
    blocks = "".join(
        f"<div class='section'><div class='grid'><div class='rich'><p>{part}</p></div></div></div><div class=cta><a href=/s>Join</a></div>"
        for part in text
    )
    return f"<body><div class='section hero'><h1>{TITLE}</h1></div>{blocks}<div class='newsletter-signup'><p>{LETTER}</p></div></body>"


def divs(text: Sequence[str]) -> str:
    lines = "".join(f"<div><span>{part}</span></div>" for part in text)
    return f"""<body><div class="top">{_MENU}</div><div class="wrap"><h1>{TITLE}</h1><div class="txt">{lines}</div>
    <div class="comments"><div class="comment">{COMMENT}</div><div class="comment">{ANSWER}</div></div></div><div class="bottom">{ABOUT}</div></body>"""


def tables(text: Sequence[str]) -> str:
    links = "".join(f"<tr><td><a href=/n/{n}>Новость номер {n} о погоде и дорогах</a></td></tr>" for n in range(12))
    return f"""<body bgcolor=#ffffff><table width=100%><tr><td colspan=3><a href=/>Районная газета</a> | <a href=/a>Архив</a></td></tr><tr>
    <td width=180 valign=top><table>{links}</table></td><td valign=top><font size=4><b>{RUSSIAN_TITLE}</b></font><br><font size=2>{"<br><br>".join(text)}</font>
    </td><td width=160><form><input name=login><input type=submit></form></td></tr><tr><td colspan=3><font size=1>{IMPRINT}</font></td></tr></table></body>"""


def old_portal(text: Sequence[str]) -> str:
    cells = "".join(f"<tr><td class=text>{part}</td></tr>" for part in text)
    return f"""<body><div id=head><a href=/>Районная газета</a></div><table class=main><tr><td class=left_menu><a href=/1>Политика</a><br><a href=/2>Спорт</a></td>
    <td class=content><h1>{RUSSIAN_TITLE}</h1><span class=date>12.01.2012</span><table>{cells}</table><div class=comments><b>Гость</b><p>{COMMENT}</p></div></td>
    <td class=right_menu><a href=/p>Опросы</a></td></tr></table><div id=copyright>{IMPRINT}</div></body>"""


TEMPLATES: dict[str, Callable[[Sequence[str]], str]] = {
    function.__name__: function
    for function in (wordpress, gutenberg, blogger, medium, ghost, substack, tumblr, drupal, joomla, tilda, swallowing, sections, divs)
}
OLD_TEMPLATES: dict[str, Callable[[Sequence[str]], str]] = {function.__name__: function for function in (tables, old_portal)}
