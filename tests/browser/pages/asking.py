"""Asking for help, as somebody without an account sees it."""

import datetime as dt
import re
from typing import TYPE_CHECKING, Protocol, Self
from urllib.parse import urlsplit

from playwright.sync_api import expect

from tests.browser.pages.sheet import Sheet, Words
from tests.browser.undrawn import Undrawn

if TYPE_CHECKING:
    from tests.browser.window import Window

SAVED = re.compile(r"^Saved \d\d:\d\d:\d\d$")


class Questions(Protocol):
    """The questions in their order, drawn or not."""

    def write(self, label: str, text: str, /) -> Self: ...
    def choose(self, question: str, answer: str, /) -> Self: ...
    def tick(self, question: str, /, *answers: str) -> Self: ...
    def pick(self, label: str, option: str, /) -> Self: ...
    def date(self, question: str, on: dt.date, /) -> Self: ...
    def says(self, *words: str) -> Self: ...
    def press_on(self, button: str, heading: str, /) -> Self:
        """Press a button that leads to the page with this heading."""

    def turn(self, heading: str) -> Self:
        """Continue to the page with this heading."""
        return self.press_on("Continue", heading)

    def add_child(self, name: str, family_name: str, born_on: dt.date) -> Self:
        """One child more; the list of children is next."""
        self.write("First name", name).write("Family name", family_name).choose("Has this child been born?", "Yes")
        return self.date("Date of birth", born_on).turn("The children you need help with")

    def add_baby(self, due_on: dt.date) -> Self:
        """A baby who is expected."""
        self.choose("Has this child been born?", "No").date("When is the baby due?", due_on)
        return self.turn("The children you need help with")

    def another(self, question: str, answer: str, heading: str) -> Self:
        """Whether there is another to add."""
        return self.choose(question, answer).turn(heading)


class Unseen(Undrawn, Questions):
    """Pages of the task that are sent as a browser without scripts sends them, and not drawn."""

    @classmethod
    def begun(cls, window: "Window", path: str = "/ask-for-help") -> Self:
        """The first question; nobody is in danger."""
        stop = cls.opened(window, path)
        return stop.choose("Is somebody in danger right now?", "No, nobody is in danger right now").press("Continue")

    def press_on(self, button: str, heading: str, /) -> Self:
        """Press a button that leads to the page with this heading."""
        after = self.press(button)
        assert after.heading == heading, f"{after.heading} instead of {heading}"
        return after

    def drawn(self) -> "Asking":
        """The page, in the window."""
        self.draw()
        return Asking(self._window, self.heading)


class Asking(Sheet, Questions):
    """Any page of the task."""

    @classmethod
    def opened(cls, window: "Window", path: str = "/ask-for-help") -> "Asking":
        """The stop page."""
        window.open(path)
        return cls(window, re.compile("^Ask for help"))

    def begin(self) -> "Asking":
        """Nobody is in danger."""
        self.choose("Is somebody in danger right now?", "No, nobody is in danger right now")
        return self.press_on("Continue", re.compile("Who are you|About you"))

    def press_on(self, button: str, heading: Words, /) -> Self:
        """Press a button that leads to the page with this heading."""
        self.press(button)
        return type(self)(self.window, heading)

    def is_kept(self) -> Self:
        """What was typed is on the server."""
        expect(self.page.get_by_role("status").filter(has_text=SAVED)).to_be_visible()
        return self

    def shows(self, label: str, words: str) -> Self:
        """A field holds these words."""
        expect(self.main.get_by_role("textbox", name=label, exact=True)).to_have_value(words)
        return self

    def shows_dates(self, *, born: bool, due: bool) -> Self:
        """Which of the two dates of a child is in sight."""
        for legend, seen in (("Date of birth", born), ("When is the baby due?", due)):
            expect(self.main.get_by_text(legend, exact=True)).to_be_visible(visible=seen)
        return self

    def in_another_window(self, heading: str) -> "Asking":
        """The same page, opened once more in the same browser."""
        return Asking(self.window.beside(urlsplit(self.page.url).path), heading)

    def reference(self) -> str:
        """The reference on the page."""
        words = self.main.inner_text()
        found = re.search(r"\b(AH|CO)-\w{4}-\w{3}\b", words)
        assert found, words
        return found.group()

    def save(self, answer: str) -> str:
        """Choose a memorable answer; the reference to come back with."""
        self.press("Save and come back later")
        form = Asking(self.window, "Save and come back later")
        form.write("Memorable answer", answer).press("Save")
        return Asking(self.window, "You can come back later").reference()

    def send(self) -> "Asking":
        """Declare and send; the confirmation is next."""
        self.tick_box("What I have said is true, as far as I know").press("Send")
        return Asking(self.window, "We have your request")


def come_back(window: "Window", reference: str, answer: str, heading: str | re.Pattern[str]) -> Asking:
    """Open a request again, in a browser that knows nothing of it."""
    window.open("/ask-for-help/come-back")
    form = Asking(window, "Come back to a request")
    form.write("Reference", reference).write("Memorable answer", answer).press("Continue")
    return Asking(window, heading)
