"""Forms about records that are closed: closing one, declaring a conflict of interest, looking again, opening."""

import datetime as dt
import re
import uuid
from collections.abc import Sequence

from locality.kernel.ids import PersonId
from locality.people.operations.restricting import NewRestriction
from locality.people.rules.restricting import GROUNDS, REVIEW_WITHIN, Ground, Mode
from locality.web.fields import Checkbox, Choice, DateParts, Radios, TextArea
from locality.web.form import Form, FormWithId

_REASON_LENGTH = 1000
MOST_ACCOUNTS = 30
_WHY = "What you know and how. It is kept with the decision, and the family may ask for it"


class RestrictForm(FormWithId):
    """To whom a record is closed, or to whom alone it stays open, and why."""

    keeps_draft = True
    draft_is_private = True  # whom a record is closed to, and why, few may read

    mode = Radios(
        "Who should not see this record?", coerce=Mode, required="Select who should not see it",
        choices=(
            Choice(Mode.CLOSED_TO, "The people I name below", "For a worker whose own family it is"),
            Choice(Mode.OPEN_TO, "Everybody but the people I name below", "For a family in the public eye"),
        ),
    )  # fmt: skip
    accounts = TextArea(
        "Their work email addresses", called="The email addresses", max_length=4000, rows=4,
        required="Enter the email address of at least one colleague", hint="One on each line",
    )  # fmt: skip
    ground = Radios(
        "Why?", choices=tuple(Choice(one, words) for one, words in GROUNDS.items()), coerce=Ground,
        required="Select why the record is closed",
    )  # fmt: skip
    reason = TextArea("Say more", called="The reason", max_length=_REASON_LENGTH, rows=3, required="Say why", hint=_WHY)
    whole_family = Checkbox(
        "Close the records of the whole family", hint="Also of whoever joins the family later, a new baby for example"
    )
    until_on = DateParts("Last day", called="The last day", hint="Leave empty for no end")
    review_on = DateParts("When should somebody look again?", called="The date to look again", required="Enter a date")

    def begin(self, *, today: dt.date) -> None:
        """The usual answers, on a page that nobody has filled in yet."""
        self.whole_family.data = True
        self.review_on.process(None, today + REVIEW_WITHIN)

    def emails(self) -> tuple[str, ...]:
        """The addresses that were typed, each once."""
        return tuple(dict.fromkeys(one for one in re.split(r"[\s,;]+", self.accounts.data) if one))

    def to_command(self, person_id: PersonId, *, accounts: Sequence[uuid.UUID]) -> NewRestriction:
        """What the operation needs; ``accounts`` are those of the addresses."""
        return NewRestriction(
            id=self.form_id.data,
            people=[person_id],
            mode=self.mode.data,
            accounts=accounts,
            ground=self.ground.data,
            reason=self.reason.data,
            whole_family=self.whole_family.data,
            until_on=self.until_on.data,
            review_on=self.review_on.data,
        )


class ConflictForm(FormWithId):
    """A worker says that they know the family."""

    keeps_draft = True
    draft_is_private = True  # whom a record is closed to, and why, few may read

    reason = TextArea(
        "How do you know them?", called="How you know them", max_length=_REASON_LENGTH, rows=3,
        required="Say how you know them", hint="For example: she is my sister’s child",
    )  # fmt: skip
    sure = Checkbox(
        "I understand that I cannot open this family’s records any more",
        required="Tick the box to say that you understand",
    )


class ReviewForm(Form):
    """Still needed: why, and when to look again."""

    note = TextArea(
        "What did you find?", called="What you found", max_length=_REASON_LENGTH, rows=3, required="Say what you found"
    )
    review_on = DateParts("When should somebody look again?", called="The date to look again", required="Enter a date")


class LiftForm(Form):
    """Not needed any more."""

    reason = TextArea(
        "Why can the record be opened again?", called="The reason", max_length=_REASON_LENGTH, rows=3,
        required="Say why",
    )  # fmt: skip
