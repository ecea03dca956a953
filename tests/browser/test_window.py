"""The checks themselves: each fails on a page that has the fault it looks for."""

import copy
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.axe import Axe, Sound
from tests.browser.window import Window

GOOD = "<html lang=en><title>A page</title><main><h1>A page</h1>{}</main></html>"

NAMED = "<nav aria-label={}></nav>"

Show = Callable[..., Window]


@pytest.fixture(scope="module", params=[True, False], ids=["with scripts", "without scripts"])
def opened(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Window]:
    """A window that many tests use."""
    window = Window(browser, "http://locality.test", scripts=bool(request.param))
    yield window
    window.axe.close()
    window.context.close()


@pytest.fixture
def shown(opened: Window) -> Iterator[Show]:
    """``shown("<p>Words</p>")``: a window that shows this inside a sound page."""
    window = copy.copy(opened)
    window.faults.clear()

    def show(inside: str, status: int = 200) -> Window:
        body = GOOD.format(inside)
        window.page.route("**/*", lambda route: route.fulfill(status=status, body=body, content_type="text/html"))
        window.open("/")
        window.page.unroute("**/*")
        return window

    yield show
    window.page.goto("about:blank")  # what this page still has to say is said now, not in the next test


def test_a_sound_page_passes(shown: Show) -> None:
    shown("<p>Nothing is wrong here.</p>").check()


@pytest.mark.parametrize(
    ("inside", "words"),
    [
        ("<img src='data:,'>", "image-alt"),
        ("<p style='color:#999;background:#fff'>Pale words</p>", "color-contrast"),
        ("<h3>Too deep</h3>", "heading-order"),
        ("<input>", "label"),
        ("<div style='width:400px'>Wide</div>", "px wide"),
    ],
)
def test_a_fault_is_found(shown: Show, inside: str, words: str) -> None:
    with pytest.raises(AssertionError, match=words):
        shown(inside).check()


@pytest.mark.parametrize(
    ("sound", "faulty", "words"),
    [
        ("<label for=q>Name</label><input id=q>", "<label for=r>Name</label><input id=q>", "label"),
        ("<p><a href='/'>Words</a></p>", "<p><a href='/'></a></p>", "link-name"),
        ("<h2>One</h2><h3>Two</h3>", "<h2>One</h2><h4>Two</h4>", "heading-order"),
        (
            "<nav aria-label=A></nav><nav aria-label=B></nav>",
            "<nav aria-label=A></nav><nav aria-label=A></nav>",
            "unique",
        ),
        ("<ul><li>One</li></ul>", "<ul><p>One</p></ul>", "list"),
        ("<div><p>One</p></div>", "<div style='color:#999;background:#fff'><p>One</p></div>", "color-contrast"),
        ("<button aria-label='Save it'>Save</button>", "<button aria-label='Keep'>Save</button>", "label-content"),
        (
            "<style>.s-4{color:#999;background:#fff}</style><p class=s-1>Words</p>",
            "<style>.s-4{color:#999;background:#fff}</style><p class=s-4>Words</p>",
            "color-contrast",
        ),
        (
            "<div><label for=q>Name</label><div>Hint</div><input id=q></div>",
            "<div><div>Hint</div><input id=q></div>",
            "label",
        ),
        ("<h2>More</h2>", "<h2>More</h2><main><p>Words</p></main>", "landmark"),
        ("<dl><dt>One</dt><dd>Two</dd></dl>", "<dl><dd>Two</dd><dt>One</dt></dl>", "definition-list"),
        (
            "<style>a{text-decoration:none}</style><p><a href='/'>Words</a></p>",
            "<style>a{text-decoration:none}</style><p>Many more words about <a href='/'>it</a> and others</p>",
            "link-in-text",
        ),
        ("<button tabindex=0>Save</button>", "<button tabindex=3>Save</button>", "tabindex"),
        ("<p>Words</p>", "<p style='width:400px'>Words</p>", "px wide"),
    ],
)
def test_what_was_sound_hides_no_fault(
    shown: Show, browser: Browser, tmp_path: Path, sound: str, faulty: str, words: str
) -> None:
    axe = Axe(browser, Sound(tmp_path))
    window = shown(sound)
    window.axe = axe
    window.check()
    with pytest.raises(AssertionError, match=words):
        shown(faulty).check()
    axe.close()


def test_what_differs_in_words_and_rows_alone_is_known(shown: Show, browser: Browser, tmp_path: Path) -> None:
    axe = Axe(browser, Sound(tmp_path))
    rows = "<div><dt>Who</dt><dd>Ada</dd></div>\n"
    window = shown(f"<ul><li>1 action</li></ul><p>Words</p><dl>{rows}</dl><h2>More</h2>")
    window.axe = axe
    window.check()
    window = shown(
        f"<p>Other words</p><ul><li>2 actions</li>\n<li>None</li></ul><dl>{rows}{rows}</dl><h2>Much more</h2>"
    )
    for again in (axe, Axe(browser, Sound(tmp_path))):
        assert again.violations(window.page, scripts=window.scripts) is None, "known, so axe is not asked"
    axe.close()


def test_a_broken_answer_is_found(shown: Show) -> None:
    window = shown("<p>Sorry</p>", status=500)
    with pytest.raises(AssertionError, match="500 for GET"):
        window.raise_faults()


@pytest.mark.parametrize("script", ["throw new Error('lost')", "console.error('lost')"])
def test_a_script_that_fails_is_found(browser: Browser, script: str) -> None:
    window = Window(browser, "http://locality.test")
    window.page.set_content(GOOD.format(f"<script>{script}</script>"))
    with pytest.raises(AssertionError, match="lost"):
        window.close()


def test_what_the_content_security_policy_stops_is_found(browser: Browser) -> None:
    window = Window(browser, "http://locality.test")
    window.page.route(
        "**/*",
        lambda route: route.fulfill(
            body=GOOD.format("<script>1</script>"),
            headers={"Content-Security-Policy": "default-src 'none'", "Content-Type": "text/html"},
        ),
    )
    window.open("/")
    with pytest.raises(AssertionError, match="Content Security Policy"):
        window.close()
