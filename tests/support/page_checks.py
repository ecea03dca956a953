"""What every page of ours must be, whatever it shows; the ``browse`` client applies it to each answer.

A page is parsed once, by a parser written in C, and every rule reads that tree.
"""

import re
from collections import Counter
from collections.abc import Callable

from selectolax.lexbor import LexborHTMLParser, LexborNode

from tests.support.markup import mistake_in
from tests.support.pages import Page, text_of

PRODUCT = " – Locality"
_UUID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", re.IGNORECASE)
# lead_professional, SOCIAL_CARE: a code that should have been put into words. Addresses with an @ may hold one.
_RAW_CODE = re.compile(r"(?<![\w@.])[A-Za-z]+(?:_[A-Za-z0-9]+)+(?![\w@.]*@)\b")
_EMPTY_WORDS = {"None", "Undefined", "True", "False", "[]", "{}", "nan"}
_FIELDS = "input:not([type=hidden]):not([type=submit]):not([type=button]), select, textarea"
_REFERRING = ("aria-describedby", "aria-labelledby", "aria-controls", "aria-owns")


def check_page(page: Page, status: int) -> None:
    """Raise ``AssertionError``, with the rule and the offending piece, when a page breaks a rule of the house."""
    check_markup(page)
    for rule in RULES:
        rule(page.tree)
    check_errors(page.tree, status)


def check_markup(page: Page) -> None:
    """The page is HTML without any parse error."""
    mistake = mistake_in(page.html, page.tree)
    assert not mistake, f"not valid HTML: {mistake}"


def check_heading(page: LexborHTMLParser) -> None:
    """One h1, and a title that repeats it."""
    headings = [text_of(heading) for heading in page.css("h1")]
    assert len(headings) == 1, f"a page has one h1; this one has {headings}"
    title = _title(page)
    words = title.removeprefix("Error: ").removesuffix(PRODUCT)
    assert title.endswith(PRODUCT), f"the title {title!r} does not end with {PRODUCT!r}"
    assert words == headings[0], f"the title says {words!r}, the h1 {headings[0]!r}"


def check_language_and_main(page: LexborHTMLParser) -> None:
    """The language is said, and there is one main part for the skip link."""
    assert page.css("html[lang]"), "the page does not say its language"
    assert len(page.css("main#main")) == 1, "the page has no <main id=main>"


def check_ids(page: LexborHTMLParser) -> None:
    """Ids are unique, and everything that refers to one finds it."""
    counted = Counter(tag.attrs.sget("id") for tag in page.css("[id]"))
    doubled = [name for name, times in counted.items() if times > 1]
    assert not doubled, f"ids that stand twice: {doubled}"
    for tag in page.css(", ".join(f"[{name}]" for name in _REFERRING)):
        for name in _REFERRING:
            missing = [word for word in tag.attrs.sget(name).split() if word not in counted]
            assert not missing, f"{name} names {missing}, which is not on the page: {_start(tag)}"
    for link in page.css("a[href^='#']"):
        target = link.attrs.sget("href")[1:]
        assert not target or target in counted, f"a link leads to #{target}, which is not on the page"


def check_labels(page: LexborHTMLParser) -> None:
    """Every field has a label; radios and checkboxes that belong together stand in a fieldset with a legend."""
    named = {label.attrs.sget("for") for label in page.css("label[for]") if text_of(label)}
    choices: dict[tuple[int, str], list[LexborNode]] = {}
    for field in page.css(_FIELDS):
        told = field.attrs
        has_name = told.sget("id") in named or told.get("aria-label") or told.get("aria-labelledby")
        assert has_name, f"a field without a label: {_start(field)}"
        if told.get("type") in ("radio", "checkbox"):
            form = _around(field, "form")
            choices.setdefault((form.mem_id if form else 0, told.sget("name")), []).append(field)
    for fields in choices.values():
        alone = len(fields) == 1 or _around(fields[0], "table") is not None
        legend = (group := _around(fields[0], "fieldset")) and group.css_first("legend")
        assert alone or (legend and text_of(legend)), f"choices without a legend: {_start(fields[0])}"


def check_forms(page: LexborHTMLParser) -> None:
    """Forms that are posted carry their token once."""
    for form in page.css("form"):
        tokens = form.css("input[type=hidden][name=csrf_token]")
        posted = form.attrs.sget("method", "get").lower() == "post"
        assert len(tokens) == (1 if posted else 0), f"{len(tokens)} csrf_token fields in {_start(form)}"
        assert all(token.attrs.get("value") for token in tokens), f"an empty csrf_token in {_start(form)}"


def check_no_inline_code(page: LexborHTMLParser) -> None:
    """No script and no style within the page: the content security policy would drop them silently."""
    inline = page.css("script:not([src]), style")
    assert not inline, f"inline code: {_start(inline[0])}"
    for tag in page.css("*"):
        told = [name for name in tag.attrs if name == "style" or name.startswith("on")]
        assert not told, f"an inline {told[0]}: {_start(tag)}"
    scripts = [link for link in page.css("[href]") if link.attrs.sget("href").lower().startswith("javascript:")]
    assert not scripts, f"a script link: {_start(scripts[0])}"


def check_words(page: LexborHTMLParser) -> None:
    """No id, no raw code, and no stray value where words should stand."""
    for cell in page.css("td, dd, h1, h2, h3, li, p, option, strong, legend, label"):
        words = text_of(cell)
        assert words not in _EMPTY_WORDS, f"the word {words!r} where a person reads: {_start(cell)}"
    body = page.body
    words = " ".join(_words_in(body)) if body else ""
    found = _UUID.search(words)
    assert not found, f"an id in sight: {found and found.group()}"
    raw = _RAW_CODE.search(words)
    assert not raw, f"a raw code in sight: {raw and raw.group()}"


def check_names(page: LexborHTMLParser) -> None:
    """Links, buttons, pictures and tables say what they are."""
    for tag in page.css("a[href], button, summary"):
        named = text_of(tag) or tag.attrs.get("aria-label") or tag.css_first("img[alt], title")
        assert named, f"nothing to read on {_start(tag)}"
    for picture in page.css("img"):
        assert "alt" in picture.attrs, f"a picture without alt: {_start(picture)}"
    for drawing in page.css("svg"):
        told = drawing.attrs.get("aria-hidden") == "true" or drawing.css_first("title")
        assert told or drawing.attrs.get("aria-label"), f"a drawing without a title: {_start(drawing)}"
    for table in page.css("table"):
        assert table.css_first("caption"), "a table without a caption"
        bare = [head for head in table.css("th") if not head.attrs.get("scope")]
        assert not bare, f"a table head without scope: {_start(bare[0])}"


def check_errors(page: LexborHTMLParser, status: int) -> None:
    """A refused form says so first in the title, and its summary says what and where; no other page pretends to."""
    title = _title(page)
    summary = page.css_first(".govuk-error-summary")
    beside = page.css(".govuk-error-message")
    if status == 422:
        assert summary, "a refused form (422) without an error summary"
    if summary is None:
        assert not beside, f"errors beside fields but no summary: {[text_of(error) for error in beside]}"
        assert not title.startswith("Error:"), "the title says Error, the page does not"
        return
    assert title.startswith("Error: "), f"the title of a page with errors does not say so: {title!r}"
    listed = [text_of(line) for line in summary.css("li")]
    assert listed, "an error summary that lists nothing"
    for error in beside:
        words = text_of(error).removeprefix("Error:").strip()
        assert words in listed, f"{words!r} stands beside a field and not in the summary {listed}"


RULES: tuple[Callable[[LexborHTMLParser], None], ...] = (
    check_heading,
    check_language_and_main,
    check_ids,
    check_labels,
    check_forms,
    check_no_inline_code,
    check_names,
    check_words,
)


def _title(page: LexborHTMLParser) -> str:
    title = page.css_first("head > title")
    return text_of(title) if title else ""


def _words_in(body: LexborNode) -> list[str]:
    """The pieces of text that a person reads; what somebody typed into a textarea is theirs."""
    pieces = body.traverse(include_text=True, skip_empty=True)
    unread = ("script", "style", "textarea")
    return [
        piece.text_content or ""
        for piece in pieces
        if piece.tag == "-text" and piece.parent is not None and piece.parent.tag not in unread
    ]


def _around(tag: LexborNode, name: str) -> LexborNode | None:
    around = tag.parent
    while around is not None and around.tag != name:
        around = around.parent
    return around


def _start(tag: LexborNode) -> str:
    return (tag.html or "").split(">", 1)[0][:200] + ">"
