"""The five questions before a CAF, and what follows from them."""

import re

from tests.browser.pages.sheet import Sheet


class Checklist(Sheet):
    """The five questions."""

    HEADING = re.compile("^Would an assessment help ")

    def answer(self, child: str, **answers: str) -> Sheet:
        """Answer each question by the word that it turns on: ``safe="No"``."""
        for word, said in answers.items():
            self.choose(re.compile(f"^Is {child} .*{word}"), said)
        self.press("Continue")
        return Sheet(self.window)


class Safety(Sheet):
    """A child may not be safe: nothing goes past this page."""

    HEADING = re.compile("^Is .* safe[?]$")

    def decide(self, *, decision: re.Pattern[str], who: str, why: str) -> "Needs":
        """Write down what was decided, with whom and why."""
        self.choose("What have you decided?", decision).write("Whom did you talk with?", who)
        self.write("What did you see or hear, and why did you decide so?", why).press("Record what I decided")
        return Needs(self.window)


class Needs(Sheet):
    """What extra help may be needed."""

    HEADING = re.compile("^What help may .* need[?]$")

    def tell(self, services: str, *, said: str) -> "Outcome":
        """One's own service is not enough, and the family knows and agrees."""
        self.write("What extra help may be needed?", services).choose("Can your own service give it?", "No")
        self.choose("Would an assessment together with the family help?", "Yes")
        self.choose("Does the family know, and do they agree to an assessment?", "Yes")
        self.write("What did they say? (optional)", said).press("Continue")
        return Outcome(self.window)


class Outcome(Sheet):
    """What the answers point to, and what a person decides."""

    HEADING = re.compile("^What happens now for ")

    def record(self) -> Sheet:
        """As the answers point."""
        self.press("Record what happens now")
        return Sheet(self.window)
