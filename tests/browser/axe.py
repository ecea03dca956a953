"""axe asked about a page, once for everything that is built alike in a run.

What axe finds follows from how a page is built: its tags, attributes, states and styles. A page that differs from one
which was sound in its words, numbers or count of like rows alone is therefore not given to axe a second time, by
whichever process of the run that was.
"""

import hashlib
import re
from functools import cache
from pathlib import Path

from playwright.sync_api import Browser, Page

_SOURCE = Path(__file__).parents[1] / "support" / "vendor" / "axe.min.js"
_STRUCTURE = Path(__file__).with_name("structure.js")
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_ASK = """
(tags) => axe.run(document, { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] })
  .then((result) => result.violations.map((one) =>
    `${one.id} (${one.impact}): ${one.help}: ` + one.nodes.map((node) => node.html).slice(0, 3).join(' | ')))
"""
_SCRIPTS = re.compile(r"<script\b.*?</script>", re.DOTALL | re.IGNORECASE)


@cache
def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


class Axe:
    """Remembers in ``folder`` what was found sound; without one every page is looked at anew."""

    def __init__(self, browser: Browser, folder: Path | None = None) -> None:
        self._browser = browser
        self._folder = folder
        self._examiner: Page | None = None

    def close(self) -> None:
        """Close what it opened."""
        if self._examiner is not None:
            self._examiner.context.close()
            self._examiner = None

    def violations(self, page: Page, *, scripts: bool) -> list[str]:
        """What axe finds on a page; nothing when the page is built as one in which it found nothing before."""
        known = self._mark(page, scripts=scripts)
        if known is not None and known.exists():
            return []
        shown = page if scripts else self._examined(page)
        if not shown.evaluate("'axe' in window"):
            shown.evaluate(_read(_SOURCE))
        found: list[str] = shown.evaluate(_ASK, _TAGS)
        if known is not None and not found:
            known.touch()
        return found

    def _mark(self, page: Page, *, scripts: bool) -> Path | None:
        """The file that stands for how the page is built."""
        if self._folder is None:
            return None
        built = f"{scripts} {page.viewport_size} {page.evaluate(_read(_STRUCTURE))}"
        return self._folder / hashlib.sha256(built.encode()).hexdigest()

    def _examined(self, page: Page) -> Page:
        """The same page where axe can run: scripts are allowed there, but ours are taken out."""
        if self._examiner is None:
            self._examiner = self._browser.new_context(locale="en-GB").new_page()
        examiner = self._examiner
        address = page.url
        if not examiner.url.startswith("/".join(address.split("/")[:3])):
            # An empty page at our own address, so that what the page's addresses lead to is found, and kept.
            examiner.route("**/*", lambda route: route.fulfill(body="", content_type="text/html"))
            examiner.goto(address)
            examiner.unroute("**/*")
        if page.viewport_size is not None:
            examiner.set_viewport_size(page.viewport_size)
        examiner.set_content(_SCRIPTS.sub("", page.content()))
        return examiner
