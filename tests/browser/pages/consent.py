"""What a family agrees to."""

import datetime as dt
import re

from tests.browser.pages.sheet import Sheet


class Agreement(Sheet):
    """What stands today, and everything before."""

    HEADING = re.compile("^Agreement of family ")

    def record(self) -> "RecordAgreement":
        """Go to recording an answer."""
        self.follow("Record an agreement or a refusal")
        return RecordAgreement(self)


class RecordAgreement(Sheet):
    """Recording what somebody agreed to."""

    HEADING = re.compile("^Record an agreement of family ")

    def __init__(self, came_from: Agreement) -> None:
        super().__init__(came_from.window)
        self._back = type(came_from)

    def agreed(self, parent: str, about: tuple[str, ...], on: dt.date) -> Agreement:
        """A parent agrees to the assessment, to keeping it and to sharing it with those who help."""
        self.choose("Did they agree?", "Yes, to some or all of it").choose("Who gave the answer?", parent)
        self.choose("In what capacity?", "Holds parental responsibility").tick("Whom is it about?", *about)
        self.tick("What did they agree to?", re.compile("^Talk together"), "Keep the record")
        self.tick("What did they agree to?", re.compile("^Share basic"), re.compile("^Share additional"))
        self.choose("Who may be told?", re.compile("^Every agency"))
        self.choose("May the cluster team see the family’s plan when it meets?", "Yes")
        self.write("How did you explain it?", "We read the leaflet together, with the three exceptions.")
        self.choose("How did they agree?", re.compile("^Signed on paper")).date("Date of the answer", on)
        self.date("When will you go over it again?", on + dt.timedelta(days=180)).press("Record the answer")
        return self._back(self.window)
