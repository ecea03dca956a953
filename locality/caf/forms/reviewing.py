"""Forms for reviews and meetings: planning, arranging, moving, calling off, and recording what was said and decided."""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from locality.caf.operations.commands import PlanReview, RecordReview
from locality.caf.operations.commands_team import ArrangeMeeting, CancelMeeting, Held, MoveMeeting
from locality.caf.queries.guests import GuestChoice
from locality.caf.queries.meetings import GuestRow
from locality.caf.rules.answers import MAX_TEXT
from locality.caf.rules.meetings import (
    ATTENDANCE_LABELS,
    LONGEST,
    MEETING_LABELS,
    SHORTEST,
    Attendance,
    MeetingKind,
)
from locality.kernel.ids import EpisodeId, PersonId, ReviewId
from locality.web.fields import Checkbox, Checkboxes, Choice, DateParts, Radios, TextArea, TextField, WholeNumber
from locality.web.form import FormWithId, FormWithVersion
from locality.web.typed import read_time

_A_TIME = "Enter a time, like 3:30pm"


def _time_fault(text: str) -> str | None:
    return None if read_time(text, by_day=True) is not None else _A_TIME


class PlanReviewForm(FormWithId):
    """The day of the next review."""

    keeps_draft = True

    due_on = DateParts("When is the next review?", required="Enter the date of the review", called="The review date")

    def to_command(self, episode_id: EpisodeId) -> PlanReview:
        """The day as typed."""
        return PlanReview(ReviewId(self.form_id.data), episode_id, self.due_on.data)


class _When(FormWithId):
    """When and where a meeting is."""

    on = DateParts("Which day?", required="Enter the day", called="The day")
    at = TextField(
        "At what time?", required=_A_TIME, hint="For example 3:30pm", max_length=20, check=_time_fault,
        look={"width": 5, "autocomplete": "off"}, called="The time",
    )  # fmt: skip
    minutes = WholeNumber(
        "How long, in minutes?",
        required="Enter how long it lasts",
        lowest=SHORTEST,
        highest=LONGEST,
        called="The length",
    )
    place = TextField(
        "Where?",
        required="Enter where you meet",
        hint="A room, a link or “the family’s home”. No names and no home address: this goes out by email",
        max_length=300,
        called="The place",
    )

    def time(self) -> dt.time:
        """The time as typed; it has been checked."""
        return read_time(self.at.data, by_day=True) or dt.time(0)


class MeetingForm(_When):
    """Asking people to a meeting."""

    keeps_draft = True

    kind = Radios(
        "What is it for?",
        required="Select what it is for",
        choices=[Choice(kind.value, label) for kind, label in MEETING_LABELS.items()],
        coerce=MeetingKind,
        called="What it is for",
    )
    guests = Checkboxes("Who is asked to come?", required="Select who is asked to come", called="Who is asked")
    purpose = TextArea(
        "What should they know beforehand? (optional)",
        hint="Without names: this goes out by email",
        called="What they should know",
        max_length=2_000,
        rows=3,
    )

    def offer(self, guests: Iterable[GuestChoice]) -> None:
        """Say who can be asked, and who gets a message."""
        self._roles = {f"role-{one.role_id}": one for one in guests if one.role_id is not None}
        self._family = {f"person-{one.person_id}": one for one in guests if one.role_id is None}
        self.guests.choices = [
            Choice(value, one.name, f"{one.described}. {'Gets a message' if one.email else 'Tell them yourself'}")
            for value, one in (self._roles | self._family).items()
        ]

    def to_command(self, episode_id: EpisodeId) -> ArrangeMeeting:
        """The meeting as typed."""
        chosen = tuple(self.guests.data or ())
        return ArrangeMeeting(
            meeting_id=self.form_id.data,
            episode_id=episode_id,
            kind=self.kind.data,
            on=self.on.data,
            at=self.time(),
            minutes=self.minutes.data,
            place=self.place.data,
            purpose=self.purpose.data or "",
            guests=tuple(one.role_id for value, one in self._roles.items() if value in chosen and one.role_id),
            people=tuple(
                PersonId(one.person_id) for value, one in self._family.items() if value in chosen and one.person_id
            ),
        )


class MoveMeetingForm(_When, FormWithVersion):
    """Holding a meeting at another time or place."""

    keeps_draft = True

    def to_command(self, meeting_id: uuid.UUID) -> MoveMeeting:
        """The change as typed."""
        return MoveMeeting(
            meeting_id, self.version.data, self.on.data, self.time(), self.minutes.data, self.place.data
        )  # fmt: skip


class CancelMeetingForm(FormWithVersion):
    """Calling a meeting off."""

    keeps_draft = True

    why = TextArea(
        "Why does it not take place?",
        required="Enter why the meeting does not take place",
        hint="For the record. Guests are told that it does not take place, not why",
        called="The reason",
        max_length=2_000,
        rows=3,
    )

    def to_command(self, meeting_id: uuid.UUID) -> CancelMeeting:
        """The reason as typed."""
        return CancelMeeting(meeting_id, self.version.data, self.why.data)


class ReviewForm(FormWithId, FormWithVersion):
    """A review that was held; the version is how many held reviews the page showed."""

    keeps_draft = True

    held_on = DateParts("When was it?", required="Enter when it was", called="The date")
    present = TextArea("Who was there?", called="Who was there", max_length=MAX_TEXT, rows=2)
    progress = TextArea(
        "What has changed since last time?",
        required="Enter what has changed since last time",
        max_length=MAX_TEXT,
        rows=6,
    )
    decisions = TextArea("What was decided? (optional)", called="What was decided", max_length=MAX_TEXT, rows=4)
    next_steps = TextArea(
        "What happens next? (optional)",
        hint="New actions are added to the plan afterwards",
        called="The next steps",
        max_length=MAX_TEXT,
        rows=3,
    )
    child_comments = TextArea(
        "What did the children say? (optional)", called="The children’s comments", max_length=MAX_TEXT, rows=3
    )
    parent_comments = TextArea(
        "What did parents and carers say? (optional)", called="The parents’ comments", max_length=MAX_TEXT, rows=3
    )
    notes = TextArea("Anything else? (optional)", called="The notes", max_length=MAX_TEXT, rows=3)
    next_on = DateParts("When is the next review?", called="The next review")
    closes_next = Checkbox("No next review: the team and the family want to end the help")

    def to_command(
        self, episode_id: EpisodeId, *, meeting_id: uuid.UUID | None = None, guests: Sequence[GuestRow] = ()
    ) -> RecordReview:
        """The review as typed, with who came when it was a meeting."""
        attendance = {guest.id: Attendance(str(self[guest_field(guest)].data)) for guest in guests}
        return RecordReview(
            review_id=ReviewId(self.form_id.data),
            episode_id=episode_id,
            held_on=self.held_on.data,
            present=self.present.data or "",
            progress=self.progress.data,
            decisions=self.decisions.data or "",
            next_on=self.next_on.data,
            closes_next=bool(self.closes_next.data),
            child_comments=self.child_comments.data or "",
            parent_comments=self.parent_comments.data or "",
            version=self.version.data,
            next_steps=self.next_steps.data or "",
            notes=self.notes.data or "",
            held=None if meeting_id is None else Held(meeting_id, attendance),
        )


def guest_field(guest: GuestRow) -> str:
    """The name of the field that says whether a guest came."""
    return f"came-{guest.id.hex}"


def review_form(guests: Sequence[GuestRow], **values: Any) -> ReviewForm:
    """The form with one question for each guest; without a meeting it asks who was there."""
    form: ReviewForm
    if not guests:
        form = ReviewForm(**values)
        form.present.required = "Enter who was there"
        return form
    fields = {
        guest_field(guest): Radios(
            guest.name,
            required=f"Select whether {guest.name} came",
            choices=[Choice(value.value, label) for value, label in ATTENDANCE_LABELS.items()],
            coerce=Attendance,
        )
        for guest in guests
    }
    form = type("ReviewFormOfMeeting", (ReviewForm,), fields)(**values)
    form.present.label.text = "Was anybody else there? (optional)"
    return form
