"""A referral, and a service's inbox."""

import datetime as dt
import re

from playwright.sync_api import Locator, expect

from tests.browser.pages.sheet import Sheet, Words


class Referral(Sheet):
    """A referral and the way it took."""

    HEADING = re.compile("^Referral RE-")

    def routed(self) -> "Referral":
        """Look again when the worker in the background has found a service."""
        return self.waits_while(lambda text: "Being decided" in text).is_silent_about("Being decided")

    def answer(self, words: str) -> "Referral":
        """Answer the service's question."""
        self.follow("Answer the question")
        Sheet(self.window, "Answer the question").write("Your answer", words).press("Send the answer")
        return Referral(self.window)

    def offer_to(self, service: str, why: str) -> "Referral":
        """Choose the service oneself."""
        self.follow("Choose the service")
        form = Sheet(self.window, "Choose the service").pick("Service", service).write("Why this service?", why)
        form.press("Offer it")
        return Referral(self.window)

    @property
    def service(self) -> str:
        """The service that has it."""
        found = re.search(r"\. (.+) has it", self.main.inner_text())
        assert found, "the page does not say who has the referral"
        return found[1]

    def change(self, summary: str, why: str) -> "Referral":
        """Change what the service may know."""
        self.follow("Change the referral")
        form = Sheet(self.window, "Change the referral").write("What should the service know?", summary)
        form.write("Why do you change it?", why).press("Change the referral")
        return Referral(self.window)

    def disagree(self, words: str) -> Sheet:
        """Disagree; that leads to the page of the disagreement."""
        self.follow("Disagree")
        form = Sheet(self.window, "Disagree").write("What do you disagree with, and what do you ask for?", words)
        form.press("Raise it")
        return Sheet(self.window, re.compile("^Disagreement about RE-"))

    def how_it_was_found(self) -> "Referral":
        """Unfold the reasons for and against each service."""
        self.main.get_by_text(re.compile("^How the service was found")).first.click()
        expect(self.main.get_by_role("table", name="Services that do not fit")).to_be_visible()
        return self


class Inbox(Sheet):
    """Offers to a service."""

    HEADING = "Inbox"

    def accept(self, children: Words) -> Sheet:
        """Accept the offer about these children; that leads to where their help goes on."""
        self._card(children).get_by_role("button", name="Accept").click()
        return Sheet(self.window, re.compile(" family$|^Referral RE-"))

    def ask(self, children: Words, question: str) -> "Inbox":
        """Ask about an offer."""
        self._answer(children, "Ask")
        form = Sheet(self.window, "Ask a question").write("What do you need to know?", question)
        form.press("Ask a question")
        return Inbox(self.window)

    def wait_for_a_place(self, children: Words, expected_on: dt.date) -> "Inbox":
        """Put an offer on the waiting list."""
        self._answer(children, "Waiting list")
        form = Sheet(self.window, "Put on the waiting list").date("Do you know a better date? (optional)", expected_on)
        form.press("Put on the waiting list")
        return Inbox(self.window)

    def begin_to_decline(self, children: Words) -> Sheet:
        """Go to declining an offer."""
        self._answer(children, "Decline")
        return Sheet(self.window, "Decline")

    def _answer(self, children: Words, how: Words) -> None:
        self._card(children).get_by_role("link", name=how).click()

    def _card(self, children: Words) -> Locator:
        return self.main.get_by_role("article").filter(has=self.page.get_by_role("link", name=children))
