"""What a piece of work takes: pages that were opened, links and answers that were chosen, boxes that were typed in.

And what those pages asked, so that nobody is asked a thing twice.
"""

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

from tests.browser.window import Window

_IDS = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# Every page notes in its own tab what it asks, and of which questions it knew the answer when it was opened.
_NOTE = """
addEventListener('DOMContentLoaded', () => {
  const words = (node) => node.innerText.trim().replace(/\\s+/g, ' ')
  const main = document.querySelector('main')
  if (!main) return
  const asked = []
  for (const box of main.querySelectorAll('textarea, input[type=text]')) {
    const set = box.closest('fieldset')
    const label = set ? set.querySelector('legend') : main.querySelector(`label[for="${box.id}"]`)
    if (label) asked.push([words(label), box.value !== ''])
  }
  for (const set of main.querySelectorAll('fieldset')) {
    const legend = set.querySelector('legend')
    if (legend && set.querySelector('[type=radio], [type=checkbox]')) {
      asked.push([words(legend), Boolean(set.querySelector(':checked'))])
    }
  }
  const heading = document.querySelector('h1')
  const notes = JSON.parse(sessionStorage.getItem('pages') || '[]')
  notes.push({ path: location.pathname, heading: heading ? words(heading) : '', asked, shows: words(main) })
  sessionStorage.setItem('pages', JSON.stringify(notes))
})
"""

_NOTES = "JSON.parse(sessionStorage.getItem('pages') || '[]')"
# Pages of one kind whose heading is what they ask about.
_BY_HEADING = re.compile("(/elements/|/my-voice/q/).*")


@dataclass(frozen=True, slots=True)
class Effort:
    """What a stretch of the work took."""

    pages: int
    clicks: int
    boxes: int

    def __sub__(self, before: "Effort") -> "Effort":
        """What came after."""
        return Effort(self.pages - before.pages, self.clicks - before.clicks, self.boxes - before.boxes)


@dataclass(frozen=True, slots=True)
class Asked:
    """A page as it was opened: its address without ids, its words, its questions and whether each was filled in."""

    path: str
    heading: str
    shows: str
    questions: dict[str, bool]


class Tally:
    """Counts what is done in a window, stretch by stretch. Asks for a window that has opened no page yet."""

    def __init__(self, window: Window) -> None:
        self.stretches: dict[str, Effort] = {}
        self._window = window
        self._pages = 0
        self._seen = 0
        self._before = Effort(0, 0, 0)
        window.page.on("domcontentloaded", self._count)
        window.context.add_init_script(_NOTE)

    def begin(self) -> None:
        """A stretch begins; what was before is not counted."""
        self._before = self._so_far()
        self._seen = len(self._notes())

    def end(self, name: str) -> list[Asked]:
        """A stretch is over, and the next begins; gives back its pages."""
        self.stretches[name] = self._so_far() - self._before
        notes = self._notes()[self._seen :]
        self.begin()
        return [
            Asked(_IDS.sub("-", note["path"]), note["heading"], note["shows"], dict(note["asked"])) for note in notes
        ]

    @property
    def altogether(self) -> Effort:
        """What all stretches took."""
        done = self.stretches.values()
        return Effort(sum(one.pages for one in done), sum(one.clicks for one in done), sum(one.boxes for one in done))

    def _so_far(self) -> Effort:
        return Effort(self._pages, self._window.hand.clicks, self._window.hand.boxes)

    def _count(self, _page: Page) -> None:
        self._pages += 1

    def _notes(self) -> list[dict[str, Any]]:
        notes: list[dict[str, Any]] = self._window.page.evaluate(_NOTES)
        return notes


def asked_twice(pages: list[Asked]) -> dict[str, list[str]]:
    """Questions that more than one kind of page asked although the answer was known."""
    kinds: dict[str, set[str]] = defaultdict(set)
    for page in pages:
        for question, is_filled in page.questions.items():
            if not is_filled:
                kinds[question].add(_BY_HEADING.sub(r"\1", page.path))
    return {question: sorted(paths) for question, paths in kinds.items() if len(paths) > 1}
