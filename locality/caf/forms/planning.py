"""Forms for the plan, its reviews and the end of help."""

import uuid
from collections.abc import Iterable

from locality.caf.operations.commands import AddAction, CloseEpisode, PlanReview, RecordReview, UpdateAction
from locality.caf.queries.children import ChildRow
from locality.caf.queries.plan import CitedVoice
from locality.caf.rules.answers import MAX_TEXT
from locality.caf.rules.elements import ELEMENTS
from locality.caf.rules.words import (
    ACTION_STATUS_LABELS,
    CLOSURE_LABELS,
    CLOSURE_RATING_LABELS,
    OUTCOME_LABELS,
    RESPONSIBLE_LABELS,
    ActionStatus,
    ClosureRating,
    ClosureReason,
    Responsible,
)
from locality.kernel.ids import EpisodeId, PersonId, PlanActionId, ReviewId, VoiceEntryId
from locality.web.fields import Checkbox, Checkboxes, Choice, DateParts, Radios, Select, TextArea, TextField
from locality.web.form import Form, FormWithId, FormWithVersion

_LABEL = 80


class ActionForm(FormWithId):
    """An action of the plan."""

    keeps_draft = True

    outcome_wanted = TextArea(
        "What should be better?",
        required="Enter what should be better",
        hint="As the family would say it",
        called="What should be better",
        max_length=MAX_TEXT,
        rows=2,
    )
    action = TextArea(
        "What will be done?",
        required="Enter what will be done",
        called="What will be done",
        max_length=MAX_TEXT,
        rows=3,
    )
    responsible = Radios(
        "Who takes it on?",
        required="Select who takes it on",
        choices=[Choice(kind.value, label) for kind, label in RESPONSIBLE_LABELS.items()],
        coerce=Responsible,
    )
    responsible_name = TextField("Their name", required="Enter who will do it", max_length=300)
    due_on = DateParts("By when?", required="Enter by when", called="The date")
    children = Checkboxes("For whom?", hint="Leave empty for all children", coerce=uuid.UUID)
    element_codes = Checkboxes(
        "Which needs does it answer? (optional)",
        choices=[Choice(element.code, element.name) for element in ELEMENTS],
        called="The needs",
    )
    outcome_code = Select(
        "Which outcome does it serve? (optional)",
        blank="None in particular",
        choices=[Choice(str(code), label) for code, label in OUTCOME_LABELS.items()],
        coerce=int,
        called="The outcome",
    )
    voice = Select(
        "Does it answer something that a child said? (optional)",
        blank="No",
        coerce=uuid.UUID,
        called="What a child said",
    )

    def offer(self, children: Iterable[ChildRow], voices: Iterable[CitedVoice]) -> None:
        """Say which children there are and what they said."""
        called = {child.id: child.called for child in children}
        self.children.choices = [Choice(str(child), name) for child, name in called.items()]
        self.voice.choices = [
            Choice(str(voice.id), f"{called.get(voice.person_id, 'A child')}: “{_short(voice.own_words)}”")
            for voice in voices
        ]

    def to_command(self, episode_id: EpisodeId) -> AddAction:
        """The action as typed."""
        voice = self.voice.data
        return AddAction(
            action_id=PlanActionId(self.form_id.data),
            episode_id=episode_id,
            outcome_wanted=self.outcome_wanted.data,
            action=self.action.data,
            responsible=self.responsible.data,
            responsible_name=self.responsible_name.data,
            due_on=self.due_on.data,
            children=tuple(PersonId(child) for child in self.children.data or ()),
            element_codes=tuple(self.element_codes.data or ()),
            outcome_code=self.outcome_code.data,
            voice_id=None if voice is None else VoiceEntryId(voice),
        )


class UpdateForm(FormWithVersion):
    """How far an action has come."""

    keeps_draft = True

    status = Radios(
        "How far has it come?",
        required="Select how far it has come",
        choices=[Choice(status.value, label) for status, label in ACTION_STATUS_LABELS.items()],
        coerce=ActionStatus,
    )
    note = TextArea("What happened?", called="What happened", max_length=MAX_TEXT, rows=4)

    def to_command(self, action_id: PlanActionId) -> UpdateAction:
        """The update as typed."""
        return UpdateAction(action_id, self.version.data, self.status.data, self.note.data or "")


class PlanReviewForm(FormWithId):
    """The day of the next review."""

    keeps_draft = True

    due_on = DateParts("When is the next review?", required="Enter the date of the review", called="The review date")

    def to_command(self, episode_id: EpisodeId) -> PlanReview:
        """The day as typed."""
        return PlanReview(ReviewId(self.form_id.data), episode_id, self.due_on.data)


class ReviewForm(FormWithId, FormWithVersion):
    """A review that was held; the version is how many held reviews the page showed."""

    keeps_draft = True

    held_on = DateParts("When was it?", required="Enter when it was", called="The date")
    present = TextArea("Who was there?", required="Enter who was there", max_length=MAX_TEXT, rows=2)
    progress = TextArea(
        "What has changed since last time?",
        required="Enter what has changed since last time",
        max_length=MAX_TEXT,
        rows=6,
    )
    decisions = TextArea("What was decided? (optional)", called="What was decided", max_length=MAX_TEXT, rows=4)
    child_comments = TextArea(
        "What did the children say? (optional)", called="The children’s comments", max_length=MAX_TEXT, rows=3
    )
    parent_comments = TextArea(
        "What did parents and carers say? (optional)", called="The parents’ comments", max_length=MAX_TEXT, rows=3
    )
    next_on = DateParts("When is the next review?", called="The next review")
    closes_next = Checkbox("No next review: the team and the family want to end the help")

    def to_command(self, episode_id: EpisodeId) -> RecordReview:
        """The review as typed."""
        return RecordReview(
            review_id=ReviewId(self.form_id.data),
            episode_id=episode_id,
            held_on=self.held_on.data,
            present=self.present.data,
            progress=self.progress.data,
            decisions=self.decisions.data or "",
            next_on=self.next_on.data,
            closes_next=bool(self.closes_next.data),
            child_comments=self.child_comments.data or "",
            parent_comments=self.parent_comments.data or "",
            version=self.version.data,
        )


class CloseForm(Form):
    """The end of help for a family."""

    keeps_draft = True

    reason = Radios(
        "Why does it end?",
        required="Select why it ends",
        choices=[Choice(reason.value, label) for reason, label in CLOSURE_LABELS.items()],
        coerce=ClosureReason,
    )
    closed_on = DateParts("When does it end?", required="Enter when it ends", called="The closing date")
    rating = Radios(
        "How much of what was hoped for has been achieved?",
        choices=[Choice(rating.value, label) for rating, label in CLOSURE_RATING_LABELS.items()],
        coerce=ClosureRating,
        called="How much has been achieved",
    )
    note = TextArea(
        "What happened?",
        hint="Needed when the family was not reached, or for another reason",
        max_length=MAX_TEXT,
        rows=4,
    )
    social_care_decided_on = DateParts(
        "When did social care decide to take over?",
        hint="Only if social care has decided. A referral or an assessment that has begun is not enough",
        called="The date of the decision",
    )
    child_views = TextArea(
        "What do the children say about the help? (optional)",
        called="The children’s views",
        max_length=MAX_TEXT,
        rows=3,
    )
    parent_views = TextArea(
        "What do parents and carers say? (optional)", called="The parents’ views", max_length=MAX_TEXT, rows=3
    )
    universal_service = TextField(
        "Who stays in touch with the family?", hint="For example the school or the health visitor", max_length=300
    )
    way_back = TextArea(
        "What does the family do if it wants help again?", called="The way back", max_length=MAX_TEXT, rows=2
    )

    def to_command(self, episode_id: EpisodeId) -> CloseEpisode:
        """The closure as typed."""
        return CloseEpisode(
            episode_id=episode_id,
            reason=self.reason.data,
            closed_on=self.closed_on.data,
            rating=self.rating.data,
            note=self.note.data or "",
            social_care_decided_on=self.social_care_decided_on.data,
            child_views=self.child_views.data or "",
            parent_views=self.parent_views.data or "",
            universal_service=self.universal_service.data or "",
            way_back=self.way_back.data or "",
        )


class ReadForm(Form):
    """Marking what is new as read: one button."""


def _short(words: str) -> str:
    return words if len(words) <= _LABEL else f"{words[:_LABEL].rstrip()}…"
