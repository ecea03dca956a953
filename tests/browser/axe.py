"""axe asked about a page, unless all that the page is made of was found sound before.

What axe finds follows, but for rare cases, from how a page is built: from each part's tag, attributes, state and style,
from what it lies in and what lies in it. A page whose parts were all sound where they lie, on other pages of this run,
is not given to axe, by whichever process of the run those were examined.
"""

import hashlib
import os
import re
from functools import cache
from pathlib import Path

from playwright.sync_api import Browser, Page

_SOURCE = Path(__file__).parents[1] / "support" / "vendor" / "axe.min.js"
_PARTS = Path(__file__).with_name("parts.js")
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


class Sound:
    """What was found sound, as lines: each process of a run writes its own file in ``folder``, and reads all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: set[str] = set()
        self._read_to: dict[Path, int] = {}

    def knows(self, parts: set[str]) -> bool:
        """Whether every one of these is sound."""
        if not parts <= self._known:
            for file in self._folder.iterdir():
                self._read_on(file)
        return parts <= self._known

    def _read_on(self, file: Path) -> None:
        """Learn the whole lines that were added since."""
        begin = self._read_to.get(file, 0)
        with file.open("rb") as lines:
            lines.seek(begin)
            added = lines.read()
        whole = added[: added.rfind(b"\n") + 1]
        self._known.update(whole.decode("ascii").splitlines())
        self._read_to[file] = begin + len(whole)

    def add(self, parts: set[str]) -> None:
        """Note that these are sound."""
        new = parts - self._known
        with (self._folder / str(os.getpid())).open("a", encoding="ascii") as own:
            own.writelines(f"{part}\n" for part in new)
        self._known |= new


class Axe:
    """Remembers what was found ``sound``; without that every page is examined."""

    def __init__(self, browser: Browser, sound: Sound | None = None) -> None:
        self._browser = browser
        self._sound = sound
        self._examiner: Page | None = None

    def close(self) -> None:
        """Close what it opened."""
        if self._examiner is not None:
            self._examiner.context.close()
            self._examiner = None

    def has_measured(self, kind: str) -> bool:
        """Whether a page of this kind was seen to fit."""
        return self._sound is not None and self._sound.knows({kind})

    def note_measured(self, kind: str) -> None:
        """A page of this kind fits."""
        if self._sound is not None:
            self._sound.add({kind})

    def violations(self, page: Page, *, scripts: bool) -> list[str] | None:
        """What axe finds on a page; None, unasked, where all that the page is made of was found sound before."""
        # Before axe looks: what a script draws meanwhile may have been drawn too late for it.
        parts = set() if self._sound is None else parts_of(page, scripts=scripts)
        if self._sound is not None and self._sound.knows(parts):
            return None
        shown = page if scripts else self._examined(page)
        if not shown.evaluate("'axe' in window"):
            shown.evaluate(_read(_SOURCE))
        found: list[str] = shown.evaluate(_ASK, _TAGS)
        if self._sound is not None and not found:
            self._sound.add(parts)
        return found

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


def parts_of(page: Page, *, scripts: bool) -> set[str]:
    """What a page of this size is made of, as digests: of how a part is built, and of all that it lies in."""
    told: list[tuple[int, str]] = page.evaluate(_read(_PARTS))
    around = f"{scripts} {page.viewport_size}"
    parts: list[str] = []
    for within, how in told:
        text = f"{parts[within] if within >= 0 else around} {how}"
        parts.append(hashlib.blake2b(text.encode(), digest_size=16).hexdigest())
    return set(parts)
