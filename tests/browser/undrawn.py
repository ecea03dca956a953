"""Forms that are filled in and sent as a window would send them, in its session, without anything being drawn.

For what a journey repeats: what each kind of page looks like is seen on those before.
"""

import datetime as dt
import re
from typing import Self
from urllib.parse import urlencode, urljoin, urlsplit

from playwright.sync_api import APIResponse
from selectolax.lexbor import LexborNode

from tests.browser.window import Window
from tests.support.pages import Page, text_of


class Undrawn:
    """A page with a form, in the session of a window that stays where it is; found and pressed by its words."""

    def __init__(self, window: Window, address: str, html: str) -> None:
        self.address = address
        self._window = window
        self._page = Page(html)
        assert not self._page.errors, f"{address} was sent back: {self._page.errors}"
        self._sent: list[tuple[str, str]] = []

    @classmethod
    def shown_in(cls, window: Window) -> Self:
        """The page that the window shows, as long as nothing was done on it."""
        return cls(window, window.page.url, window.page.content())

    @classmethod
    def opened(cls, window: Window, path: str) -> Self:
        """A page by its address."""
        return cls._answered(window, window.page.request.get(window.address + path))

    def says(self, *words: str) -> Self:
        """The main part says these words."""
        for one in words:
            assert one in self._page.main, f"{self.address} does not say {one}"
        return self

    @property
    def path(self) -> str:
        """Where it is."""
        return urlsplit(self.address).path

    @property
    def heading(self) -> str:
        """The words of the h1."""
        return self._page.heading

    @property
    def main(self) -> str:
        """All that can be read in the main part."""
        return self._page.main

    def follow(self, link: str) -> Self:
        """Follow a link."""
        assert link in self._page.links, f"{self.address} has no link {link}"
        return self.opened(self._window, urlsplit(urljoin(self.address, self._page.links[link])).path)

    def write(self, label: str, text: str) -> Self:
        """Put words into a box."""
        return self._put(self._labelled(label), text)

    def tick(self, question: str, *answers: str) -> Self:
        """Tick answers of a question, or what has this label alone."""
        if not answers:
            return self._mark(self._labelled(question))
        for answer in answers:
            self.choose(question, answer)
        return self

    def choose(self, question: str, answer: str) -> Self:
        """Choose one answer of a question."""
        return self._mark(self._labelled(answer, self._question(question)))

    def pick(self, label: str, option: str | re.Pattern[str]) -> Self:
        """Pick from a list the first entry that is called so."""
        words = re.compile(rf"^{re.escape(option)}$") if isinstance(option, str) else option
        chooser = self._labelled(label)
        fitting = [one for one in chooser.css("option") if words.search(text_of(one))]
        assert fitting, f"{self.address}: {label} does not offer {option}"
        return self._put(chooser, fitting[0].attrs.sget("value"))

    def date(self, question: str, on: dt.date) -> Self:
        """Fill in the three boxes of a date."""
        group = self._question(question)
        for part, number in (("Day", on.day), ("Month", on.month), ("Year", on.year)):
            self._put(self._labelled(part, group), str(number))
        return self

    def press(self, button: str) -> Self:
        """Send the form that has this button, with what stood in it; the page after that."""
        found = [
            (number, form, one)
            for number, form in enumerate(self._page.tree.css("main form"))
            for one in form.css("button")
            if text_of(one) == button
        ]
        assert found, f"no button {button!r} on {self._page.heading!r}"
        number, form, pressed = found[0]
        fields = self._page.form(number)
        filled = {name for name, _ in self._sent}
        sent = [(name, value) for name, value in fields.items() if name not in filled] + self._sent
        if pressed.attrs.get("name"):
            sent.append((pressed.attrs.sget("name"), pressed.attrs.sget("value")))
        answer = self._window.page.request.post(
            urljoin(self.address, form.attrs.sget("action")),
            data=urlencode(sent, doseq=True),
            headers={"Content-Type": "application/x-www-form-urlencoded", "Referer": self.address},
        )
        return self._answered(self._window, answer)

    def draw(self) -> None:
        """Open it in the window."""
        self._window.page.goto(self.address)

    @classmethod
    def _answered(cls, window: Window, answer: APIResponse) -> Self:
        assert answer.ok, f"{answer.status} for {answer.url}"
        return cls(window, answer.url, answer.text())

    def _mark(self, box: LexborNode) -> Self:
        return self._put(box, box.attrs.sget("value", "on"))

    def _put(self, field: LexborNode, value: str) -> Self:
        self._sent.append((field.attrs.sget("name"), value))
        return self

    def _question(self, words: str) -> LexborNode:
        for group in self._page.tree.css("main fieldset"):
            legend = group.css_first("legend")
            if legend is not None and text_of(legend) == words:
                return group
        raise AssertionError(f"{self.address} does not ask {words}")

    def _labelled(self, label: str, within: LexborNode | None = None) -> LexborNode:
        labels = self._page.tree.css("main label") if within is None else within.css("label")
        ids = [one.attrs.sget("for") for one in labels if text_of(one) == label]
        assert ids, f"{self.address} has nothing called {label}"
        found = self._page.tree.css_first(f'[id="{ids[0]}"]')
        assert found is not None, f"{label} labels nothing"
        return found
