"""Whether a page is HTML without any parse error.

A parser that tells the mistakes is slow. So a page is first read by the quick parser of ``Page`` and written out again:
what comes out as it went in (tags, attributes and words, each in its place) was understood as it was written, and has
no mistake that a parser could mend. Only a page that comes out otherwise is read by the slow parser, which says what is
wrong, or that nothing is: a closing tag that may be left out, for one.
"""

import re

import html5lib
from selectolax.lexbor import LexborHTMLParser

# Mistakes that leave no trace in what comes out: characters and entities that nobody may write, a field in a table that
# is forgiven, and tags in a choice, which the quick parser takes.
_ODD_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_ODD_ENTITIES = re.compile(r"&(?!(?:amp|lt|gt|quot|nbsp|#34|#39);)")
_FORGIVEN = "table > input, thead > input, tbody > input, tr > input, select > :not(option, optgroup), option > *"
_DOCTYPE = "<!doctype html>"
# Drawings are written as XML is: what is empty closes itself.
_DRAWN = re.compile(r"<(path|circle|line|rect|ellipse|polygon|polyline|use|image|stop)\b([^<>]*?)\s*/>")
# What may be written in several ways, one after the other: first characters, then blanks around tags.
_CHARACTERS = (("&#39;", "'"), ("&#34;", '"'), ("&quot;", '"'), ("&nbsp;", " "))
_TAGS = ((" />", ">"), ("/>", ">"), ('=""', ""), ("> ", ">"), (" >", ">"), (" <", "<"))


def mistake_in(html: str, tree: LexborHTMLParser) -> str:
    """The first parse error, with what stands around it; nothing when there is none. ``tree`` is the page parsed."""
    if _is_as_written(html, tree):
        return ""
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"))
    parser.parse(html)
    if not parser.errors:
        return ""
    (line, column), code, data = parser.errors[0]
    near = html.splitlines()[line - 1][max(0, column - 80) : column + 40]
    return f"{code} {data} at line {line}: …{near}…"


def _is_as_written(html: str, tree: LexborHTMLParser) -> bool:
    if html[: len(_DOCTYPE)].lower() != _DOCTYPE or _ODD_CHARACTERS.search(html) or _ODD_ENTITIES.search(html):
        return False
    if tree.css_first(_FORGIVEN) is not None:
        return False
    written = _DRAWN.sub(r"<\1\2></\1>", html) if "<svg" in html else html
    return _plain(written) == _plain(tree.html or "")


def _plain(html: str) -> str:
    """A page after its doctype, without what may be written in several ways."""
    text = html[len(_DOCTYPE) :]
    for one, other in _CHARACTERS:
        text = text.replace(one, other)
    text = " ".join(text.split())
    for one, other in _TAGS:
        text = text.replace(one, other)
    return text.strip()
