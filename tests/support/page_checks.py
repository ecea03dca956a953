"""What every page of ours must be, whatever it shows; the ``browse`` client applies it to each answer."""

import re
from collections import Counter
from collections.abc import Callable

import html5lib
from bs4 import BeautifulSoup, Tag

PRODUCT = " – Locality"
_UUID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", re.IGNORECASE)
# lead_professional, SOCIAL_CARE: a code that should have been put into words. Addresses with an @ may hold one.
_RAW_CODE = re.compile(r"(?<![\w@.])[A-Za-z]+(?:_[A-Za-z0-9]+)+(?![\w@.]*@)\b")
_EMPTY_WORDS = {"None", "Undefined", "True", "False", "[]", "{}", "nan"}
_FIELDS = "input:not([type=hidden]):not([type=submit]):not([type=button]), select, textarea"
_REFERRING = ("aria-describedby", "aria-labelledby", "aria-controls", "aria-owns")


def check_page(html: str, status: int) -> None:
    """Raise ``AssertionError``, with the rule and the offending piece, when a page breaks a rule of the house."""
    check_markup(html)
    page = BeautifulSoup(html, "html.parser")
    for rule in RULES:
        rule(page)
    check_errors(page, status)
    check_words(page)  # last: it takes the page apart


def check_markup(html: str) -> None:
    """The page is HTML without any parse error."""
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"))
    parser.parse(html)
    if parser.errors:
        (line, column), code, data = parser.errors[0]
        near = html.splitlines()[line - 1][max(0, column - 80) : column + 40]
        raise AssertionError(f"not valid HTML: {code} {data} at line {line}: …{near}…")


def check_heading(page: BeautifulSoup) -> None:
    """One h1, and a title that repeats it."""
    headings = [_text(heading) for heading in page.select("h1")]
    assert len(headings) == 1, f"a page has one h1; this one has {headings}"
    title = _text(page.title) if page.title else ""
    words = title.removeprefix("Error: ").removesuffix(PRODUCT)
    assert title.endswith(PRODUCT), f"the title {title!r} does not end with {PRODUCT!r}"
    assert words == headings[0], f"the title says {words!r}, the h1 {headings[0]!r}"


def check_language_and_main(page: BeautifulSoup) -> None:
    """The language is said, and there is one main part for the skip link."""
    assert page.select("html[lang]"), "the page does not say its language"
    assert len(page.select("main#main")) == 1, "the page has no <main id=main>"


def check_ids(page: BeautifulSoup) -> None:
    """Ids are unique, and everything that refers to one finds it."""
    counted = Counter(str(tag["id"]) for tag in page.select("[id]"))
    doubled = [name for name, times in counted.items() if times > 1]
    assert not doubled, f"ids that stand twice: {doubled}"
    for tag in page.select(", ".join(f"[{name}]" for name in _REFERRING)):
        for name in _REFERRING:
            missing = [word for word in str(tag.get(name) or "").split() if word not in counted]
            assert not missing, f"{name} names {missing}, which is not on the page: {_start(tag)}"
    for link in page.select("a[href^='#']"):
        target = str(link["href"])[1:]
        assert not target or target in counted, f"a link leads to #{target}, which is not on the page"


def check_labels(page: BeautifulSoup) -> None:
    """Every field has a label; radios and checkboxes that belong together stand in a fieldset with a legend."""
    named = {str(label["for"]) for label in page.select("label[for]") if _text(label)}
    choices: dict[tuple[int, str], list[Tag]] = {}
    for field in page.select(_FIELDS):
        has_name = str(field.get("id")) in named or field.get("aria-label") or field.get("aria-labelledby")
        assert has_name, f"a field without a label: {_start(field)}"
        if field.get("type") in ("radio", "checkbox"):
            choices.setdefault((id(field.find_parent("form")), str(field.get("name"))), []).append(field)
    for fields in choices.values():
        alone = len(fields) == 1 or fields[0].find_parent("table") is not None
        legend = (group := fields[0].find_parent("fieldset")) and group.find("legend")
        assert alone or (legend and _text(legend)), f"choices without a legend: {_start(fields[0])}"


def check_forms(page: BeautifulSoup) -> None:
    """Forms that are posted carry their token once."""
    for form in page.select("form"):
        tokens = form.select("input[type=hidden][name=csrf_token]")
        posted = str(form.get("method", "get")).lower() == "post"
        assert len(tokens) == (1 if posted else 0), f"{len(tokens)} csrf_token fields in {_start(form)}"
        assert all(token.get("value") for token in tokens), f"an empty csrf_token in {_start(form)}"


def check_no_inline_code(page: BeautifulSoup) -> None:
    """No script and no style within the page: the content security policy would drop them silently."""
    inline = [tag for tag in page.select("script") if not tag.get("src")] + page.select("style")
    assert not inline, f"inline code: {_start(inline[0])}"
    for tag in page.find_all(True):
        told = [name for name in tag.attrs if name == "style" or name.startswith("on")]
        assert not told, f"an inline {told[0]}: {_start(tag)}"
        assert not str(tag.get("href") or "").lower().startswith("javascript:"), f"a script link: {_start(tag)}"


def check_words(page: BeautifulSoup) -> None:
    """No id, no raw code, and no stray value where words should stand."""
    for cell in page.select("td, dd, h1, h2, h3, li, p, option, strong, legend, label"):
        assert _text(cell) not in _EMPTY_WORDS, f"the word {_text(cell)!r} where a person reads: {_start(cell)}"
    for hidden in page.select("script, style, textarea, head"):
        hidden.extract()
    words = page.get_text(" ")
    found = _UUID.search(words)
    assert not found, f"an id in sight: {found and found.group()}"
    raw = _RAW_CODE.search(words)
    assert not raw, f"a raw code in sight: {raw and raw.group()}"


def check_names(page: BeautifulSoup) -> None:
    """Links, buttons, pictures and tables say what they are."""
    for tag in page.select("a[href], button, summary"):
        named = _text(tag) or tag.get("aria-label") or tag.select_one("img[alt], title")
        assert named, f"nothing to read on {_start(tag)}"
    for picture in page.select("img"):
        assert picture.has_attr("alt"), f"a picture without alt: {_start(picture)}"
    for drawing in page.select("svg"):
        told = drawing.get("aria-hidden") == "true" or drawing.find("title") or drawing.get("aria-label")
        assert told, f"a drawing without a title: {_start(drawing)}"
    for table in page.select("table"):
        assert table.find("caption"), "a table without a caption"
        bare = [head for head in table.select("th") if not head.get("scope")]
        assert not bare, f"a table head without scope: {bare and _start(bare[0])}"


def check_errors(page: BeautifulSoup, status: int) -> None:
    """A refused form says so first in the title, and its summary says what and where; no other page pretends to."""
    title = _text(page.title) if page.title else ""
    summary = page.select_one(".govuk-error-summary")
    beside = page.select(".govuk-error-message")
    if status == 422:
        assert summary, "a refused form (422) without an error summary"
    if summary is None:
        assert not beside, f"errors beside fields but no summary: {[_text(error) for error in beside]}"
        assert not title.startswith("Error:"), "the title says Error, the page does not"
        return
    assert title.startswith("Error: "), f"the title of a page with errors does not say so: {title!r}"
    listed = [_text(line) for line in summary.select("li")]
    assert listed, "an error summary that lists nothing"
    for error in beside:
        words = _text(error).removeprefix("Error:").strip()
        assert words in listed, f"{words!r} stands beside a field and not in the summary {listed}"


RULES: tuple[Callable[[BeautifulSoup], None], ...] = (
    check_heading,
    check_language_and_main,
    check_ids,
    check_labels,
    check_forms,
    check_no_inline_code,
    check_names,
)


def _text(tag: Tag) -> str:
    return " ".join(tag.get_text().split())


def _start(tag: Tag) -> str:
    return str(tag).split(">", 1)[0][:200] + ">"
