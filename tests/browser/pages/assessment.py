"""The CAF: its task list, elements, the child's voice, conclusions, comments, completion."""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Self

from playwright.sync_api import expect

from tests.browser.pages.sheet import Sheet
from tests.browser.pages.story import Known
from tests.browser.pages.voice import ChildsVoice
from tests.browser.undrawn import Undrawn

_NO_WORRY = "Nothing worries anybody here."


class StartAssessment(Sheet):
    """Starting a CAF."""

    HEADING = re.compile("^Start the ")

    def start(self, *, present: str, what_led: str) -> "TaskList":
        """Start it today."""
        self.write("What has led to this assessment?", what_led)
        return self.start_with_what_is_known(present=present)

    def start_with_what_is_known(self, *, present: str) -> "TaskList":
        """Start it today; what led to it was told before and stands there."""
        self.write("Who was present?", present).press("Start")
        return TaskList(self.window)


class TaskList(Sheet):
    """The sections with their states."""

    HEADING = re.compile("^CAF of the ")

    def section(self, name: str) -> "Element":
        """Open a section at its first element without an answer."""
        self.follow(name)
        return Element(self.window)

    def known(self, child: str) -> Known:
        """What is known about a child before the CAF asks."""
        self.follow(f"What is known about {child}")
        return Known(self.window)

    def write_in(self, title: str, answers: Mapping[str, str], *, heading: str = "") -> "TaskList":
        """Fill in a page of boxes, under its own heading when that is not the task's name."""
        self.follow(title)
        page = Sheet(self.window, heading or title)
        for question, answer in answers.items():
            page.write(question, answer)
        page.press("Save")
        return TaskList(self.window)

    def look_at(self, title: str, *words: str) -> "TaskList":
        """A page of the CAF that only shows what is kept elsewhere."""
        self.follow(title)
        Sheet(self.window, title).says(*words).follow("Back to all sections")
        return TaskList(self.window)

    def hear(self, child: str) -> ChildsVoice:
        """The page from which a child is listened to."""
        self.follow(f"{child}’s voice")
        return ChildsVoice(self.window)

    def voice(self, child: str) -> "Voice":
        """What a child says."""
        self.follow(f"{child}’s voice")
        return Voice(self.window)

    def first_voice(self) -> "Voice":
        """What the first child says."""
        self.hand.press(self.main.get_by_role("link", name=re.compile("’s voice$")).first)
        return Voice(self.window)

    def conclude(self, child: str, level: str, text: str, *, is_drawn: bool = True) -> "TaskList":
        """Write down what is concluded for a child."""
        heading = f"Conclusions for {child}"
        form = self._form(heading, heading, is_drawn=is_drawn)
        form.choose("What do you conclude?", level)
        form.write("Why? What needs to change, and how will everybody know that it has?", text).press("Save")
        return TaskList(self.window) if is_drawn else self

    def comments(self, child: str, words: str, parent: str, parent_words: str, *, is_drawn: bool = True) -> "TaskList":
        """Write down what child and parent say about it; a child who does not want to, or cannot, says nothing."""
        link = f"What {child} and the parents say about it"
        form = self._form(link, "What the family says about it", is_drawn=is_drawn)
        form.choose(f"Did {child} want to say something about this assessment?", "Yes" if words else "No")
        if words:
            form.write(f"What did {child} say?", words)
        form.choose("Did a parent or carer want to say something?", "Yes")
        form.write("Who?", parent).write("What did they say?", parent_words).press("Save")
        return TaskList(self.window) if is_drawn else self

    def answer_undrawn(self, section: str, how_many: int) -> "TaskList":
        """Answer this many elements of a section, none of which is drawn."""
        _answer_briefly(Undrawn.shown_in(self.window).follow(section), how_many)
        return self

    def _form(self, link: str, heading: str, *, is_drawn: bool) -> "Sheet | Undrawn":
        if not is_drawn:
            return Undrawn.shown_in(self.window).follow(link)
        self.follow(link)
        return Sheet(self.window, heading)

    def check_and_complete(self) -> "Complete":
        """Go to completion."""
        self.follow("Check and complete")
        return Complete(self.window)


class Element(Sheet):
    """One element."""

    def answer(self, strengths: str, needs: str, *evidence: str) -> Self:
        """Write strengths and needs, and how one knows."""
        self.write("Strengths", strengths).write("Needs", needs)
        return self.tick("How do you know?", *evidence)

    def not_discussed(self) -> Self:
        """Say that it was not talked about."""
        return self.tick_box("Not discussed")

    def save_and_next(self) -> "Element":
        """Save; the next element follows."""
        before = self.page.url
        self.press("Save and next")
        self.page.wait_for_url(lambda url: url != before)
        return Element(self.window)

    def save_into_conflict(self) -> "Conflict":
        """Save what somebody else has written in the meantime."""
        self.press("Save and next")
        return Conflict(self.window)

    def is_kept(self) -> Self:
        """Wait until the page says that what is typed is kept."""
        expect(self.main.get_by_role("status").filter(has_text=re.compile(r"Saved \d"))).to_be_visible()
        return self

    def save_and_back(self) -> TaskList:
        """Save; all sections follow."""
        self.press("Save and back to all sections")
        return TaskList(self.window)

    def answer_briefly(self, number: int) -> Self:
        """Every third element has a strength, the others were not discussed."""
        if number % 3:
            return self.not_discussed()
        return self.answer(_NO_WORRY, "", "A parent or carer said")

    def answer_the_rest_briefly(self, how_many: int) -> TaskList:
        """Go on through this many elements more, then back to all sections."""
        here: Element = self
        for number in range(how_many):
            here = here.save_and_next().answer_briefly(number)
        return here.save_and_back()

    def answer_the_rest_undrawn(self, how_many: int) -> TaskList:
        """The same; those between this one and the last are not drawn."""
        self.save_and_next()
        _answer_briefly(Undrawn.shown_in(self.window), how_many - 1).draw()
        return Element(self.window).answer_briefly(how_many - 1).save_and_back()


def _answer_briefly(element: Undrawn, how_many: int) -> Undrawn:
    """So many elements, each as ``Element.answer_briefly``; the page after them."""
    for number in range(how_many):
        if number % 3:
            element.tick("Not discussed")
        else:
            element.write("Strengths", _NO_WORRY).tick("A parent or carer said")
        element = element.press("Save and next")
    return element


class Conflict(Sheet):
    """Two texts under one element."""

    HEADING = re.compile(" was writing here too$| in another window too$")

    def keep(self, choice: str) -> Element:
        """Choose what stays; the next element follows."""
        self.choose("Which words do you want to keep?", choice).press("Save")
        return Element(self.window, re.compile("^(?!.* (was writing here|in another window) too)"))


class Voice(Sheet):
    """What a child said, showed or drew."""

    HEADING = re.compile("’s voice$")

    def add(self, words: str, *, present: str, on: dt.date) -> "Voice":
        """Write down the child's own words."""
        self.hand.press(self.main.get_by_role("link", name=re.compile("^Add .*’s words$")))
        form = Sheet(self.window, re.compile("’s own words$"))
        form.choose("How did you find out?", "Talking, a letter, a recording").write(
            "What did they say, show or draw?", words
        )
        form.write("Who else was there?", present).date("When was this?", on)
        form.choose("Who may read it?", "Everyone who is helping")
        self.hand.press(form.main.get_by_role("button", name=re.compile("^Save ")))
        return Voice(self.window)

    def back(self) -> TaskList:
        """Back to all sections."""
        self.follow("Back to all sections")
        return TaskList(self.window)


class Complete(Sheet):
    """Completing, or what is missing."""

    HEADING = re.compile("^Not complete yet|^Complete the ")

    def back(self) -> TaskList:
        """Back to all sections."""
        self.follow("Back to all sections")
        return TaskList(self.window)

    def complete(self) -> None:
        """Complete it; the plan is next."""
        self.press("Complete the CAF")
        Sheet(self.window, re.compile("^Plan for ")).banner_says(re.compile("is complete"))
