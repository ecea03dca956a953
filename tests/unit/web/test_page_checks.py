"""The checks of every page find what they are for: each has a page that breaks it."""

import pytest

from tests.support.markup import mistake_in
from tests.support.page_checks import check_page
from tests.support.pages import Page

GOOD = """<!DOCTYPE html>
<html lang="en-GB"><head><meta charset="utf-8"><title>Contact – Locality</title></head>
<body><script src="/static/boot.js"></script><a href="#main">Skip</a>
<nav class="app-nav"><a href="/inbox">Inbox</a></nav>
<main id="main"><h1>Contact</h1>
<div class="govuk-notification-banner__content"><p>Saved</p></div>
<a href="/people/1">Leah</a><a class="govuk-button" href="/start">Start</a>
<svg><title>Drawn</title></svg><img src="/x.png" alt="">
<dl><div class="govuk-summary-list__row"><dt>Status</dt><dd>Open</dd></div></dl>
<table><caption>Open</caption><thead><tr><th scope="col">Child</th><th scope="col">Stage</th></tr></thead>
<tbody><tr><th scope="row">Leah</th><td>Stage 3</td></tr></tbody></table>
<table><caption>Closed</caption><thead><tr><th scope="col">Child</th></tr></thead>
<tbody><tr><td colspan="1">None yet</td></tr></tbody></table>
<form method="post" action="/save"><input type="hidden" name="csrf_token" value="t">
<label for="name">Name</label><input id="name" name="name" value="Leah" aria-describedby="name-hint">
<p id="name-hint">Hint</p>
<label for="said">Said</label><textarea id="said" name="said">
SOCIAL_CARE None</textarea>
<label for="school">School</label><select id="school" name="school"><option value="">Choose</option>
<option value="b" selected>Hamlet</option></select>
<fieldset><legend>Needs</legend>
<input type="checkbox" id="n1" name="needs" value="a" checked><label for="n1">Sleep</label>
<input type="checkbox" id="n2" name="needs" value="b" checked><label for="n2">Food</label>
<input type="checkbox" id="n3" name="needs" value="c"><label for="n3">Money</label></fieldset>
<button>Save</button></form>
<form action="/search"><label for="q">Search</label><input id="q" name="q"></form>
<p>Write to first_name@example.com</p>
</main></body></html>"""

REFUSED = (
    GOOD.replace("<title>Contact", "<title>Error: Contact")
    .replace(
        "<h1>",
        '<div class="govuk-error-summary"><ul><li><a href="#name">Enter a name</a></li><li>Not now</li></ul></div><h1>',
    )
    .replace(
        '<p id="name-hint">', '<p class="govuk-error-message" id="name-error">Error: Enter a name</p><p id="name-hint">'
    )
)


def test_a_good_page_passes() -> None:
    check_page(Page(GOOD), 200)
    check_page(Page(REFUSED), 422)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("<dl>", "<dl></p>", "not valid HTML"),
        ("</h1>", "</h1><h1>Second</h1>", "one h1"),
        ("<title>Contact", "<title>Something", "the h1"),
        (" – Locality</title>", "</title>", "does not end with"),
        (' lang="en-GB"', "", "language"),
        ('id="main"', 'id="middle"', "not on the page|no <main"),
        ('id="n3"', 'id="n2"', "stand twice"),
        ('aria-describedby="name-hint"', 'aria-describedby="lost"', "lost"),
        ('href="#main"', 'href="#nowhere"', "nowhere"),
        ('<label for="name">Name</label>', "", "without a label"),
        ("<legend>Needs</legend>", "", "without a legend"),
        ('<input type="hidden" name="csrf_token" value="t">', "", "csrf_token"),
        ('name="csrf_token" value="t"', 'name="csrf_token" value=""', "empty csrf_token"),
        ('<script src="/static/boot.js">', "<script>", "inline code"),
        ("<h1>", '<h1 style="color:red">', "inline style"),
        ("<h1>", '<h1 onclick="x()">', "inline onclick"),
        ('href="/start"', 'href="javascript:x()"', "script link"),
        ("Open</dd>", "None</dd>", "'None'"),
        ("Hint</p>", "lead_professional</p>", "lead_professional"),
        ("Stage 3", "7b0c1f6e-3f3a-4a53-9d2b-3a1c7be0f001", "an id in sight"),
        (">Start</a>", "></a>", "nothing to read"),
        (' alt=""', "", "without alt"),
        ("<title>Drawn</title>", "", "without a title"),
        ("<caption>Open</caption>", "", "without a caption"),
        (' scope="row"', "", "without scope"),
        ("<h1>", '<p class="govuk-error-message">Wrong</p><h1>', "no summary"),
        ("<title>", "<title>Error: ", "the page does not"),
    ],
)  # fmt: skip
def test_a_breach_is_found(old: str, new: str, complaint: str) -> None:
    assert old in GOOD
    with pytest.raises(AssertionError, match=complaint):
        check_page(Page(GOOD.replace(old, new, 1)), 200)


@pytest.mark.parametrize(
    "mistake",
    [
        "<p>Never closed<div>A box</div></p>", "<div>Never closed", "<b><i>Crossed</b></i>", "Stray</span>",
        "<a href='/x'>A link<a href='/y'>in a link</a></a>", "<form><form></form></form>", "<div/>", "2 < 3", "</ p>",
        '<p class="a" class="b">Twice</p>', '<p class="a"title="b">No blank</p>', '<p title="a"b">A quote too many</p>',
        "<p title=a=b>No quotes</p>", "<ul><li><p>Crossed</li></p></ul>", "<button><button>In</button></button>",
        "<table><tr><div></div></tr></table>", "<select><p>In</p></select>",
        "<select><option><b>Bold</b></option></select>",
        "<table><tr><input type=\"hidden\" name=\"x\"></tr></table>", "<h2><h3>In</h3></h2>", "<p>&unknown;</p>",
        "<p>&#x80;</p>", "<p>&nbsp</p>", "<p>Bell\x07</p>", "<p>\x00</p>", "<body>Again", "<!-- Never closed", "<!x>",
    ],
)  # fmt: skip
def test_a_mistake_of_the_markup_is_found(mistake: str) -> None:
    with pytest.raises(AssertionError, match="not valid HTML"):
        check_page(Page(GOOD.replace("<h1>", f"{mistake}<h1>", 1)), 200)


@pytest.mark.parametrize(
    "written",
    ["<p>O’Brien &amp; &#39;Co&#39; &lt;b&gt;</p>", "<p title='a &quot; b'>\n  Blanks\t</p>", "<input disabled='' >",
     '<svg><title>x</title><path d="M0 0"/></svg>', "<ul><li>One<li>Two</ul>", "<br/>", "<p title=bare>x", "a&nbsp;b"],
)  # fmt: skip
def test_what_may_be_written_in_several_ways_is_no_mistake(written: str) -> None:
    page = Page(GOOD.replace("<p>Write", f"{written}<p>Write", 1))
    assert mistake_in(page.html, page.tree) == ""


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("<title>Error: ", "<title>", "does not say so"),
        ('href="#name"', 'href="#lost"', "lost"),
        (">Enter a name</a>", ">Enter another</a>", "not in the summary"),
        ('<li><a href="#name">Enter a name</a></li><li>Not now</li>', "", "lists nothing"),
    ],
)
def test_a_breach_of_a_refused_form_is_found(old: str, new: str, complaint: str) -> None:
    with pytest.raises(AssertionError, match=complaint):
        check_page(Page(REFUSED.replace(old, new, 1)), 422)


def test_a_refused_form_needs_a_summary() -> None:
    with pytest.raises(AssertionError, match="without an error summary"):
        check_page(Page(GOOD), 422)


def test_a_page_is_read_as_a_person_reads_it() -> None:
    page = Page(GOOD, location="/next")
    assert (page.heading, page.title, page.location) == ("Contact", "Contact – Locality", "/next")
    assert (page.banner, page.navigation, page.row("Status")) == ("Saved", ["Inbox"], "Open")
    assert page.links["Leah"] == "/people/1"
    assert page.table("Open") == [{"Child": "Leah", "Stage": "Stage 3"}]
    assert page.table("Closed") == []
    assert (page.has_button("Save"), page.has_button("Start"), page.has_button("Stop")) == (True, True, False)
    assert page.options("needs") == ["Sleep", "Food", "Money"]
    assert page.options("school") == ["Choose", "Hamlet"]
    assert "Write to" in page.text
    assert "Inbox" not in page.main


def test_a_form_is_read_as_it_would_be_sent() -> None:
    page = Page(GOOD)
    sent = {"csrf_token": "t", "name": "Leah", "said": "SOCIAL_CARE None", "school": "b", "needs": ["a", "b"]}
    assert page.form() == page.form("/save") == sent
    assert page.action() == "/save"
    assert page.form(1) == {"q": ""}


def test_errors_are_read() -> None:
    page = Page(REFUSED)
    assert page.errors == [("name", "Enter a name"), ("", "Not now")]
    assert page.error_beside("name") == "Enter a name"
    assert page.error_beside("said") == ""


@pytest.mark.parametrize(
    "look",
    [
        lambda p: p.row("Age"),
        lambda p: p.table("Lost"),
        lambda p: p.form("/lost"),
        lambda p: p.form(9),
        lambda p: p.label_of("x"),
    ],
)
def test_what_is_not_there_is_said(look) -> None:
    with pytest.raises(AssertionError, match=r"no row|no table|no form|nothing on the page"):
        look(Page(GOOD))
