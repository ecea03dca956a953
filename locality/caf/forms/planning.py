"""Forms for the plan: its goals and its actions."""

import uuid
from collections.abc import Iterable
from typing import Any

from locality.caf.forms.outcomes import outcome_select
from locality.caf.operations.commands import AddAction, UpdateAction
from locality.caf.operations.commands_team import AddGoal
from locality.caf.queries.children import ChildRow
from locality.caf.queries.goals import OpenGoal, Owner
from locality.caf.queries.plan import CitedVoice
from locality.caf.rules.answers import MAX_TEXT
from locality.caf.rules.elements import ELEMENTS
from locality.caf.rules.words import (
    ACTION_STATUS_LABELS,
    RESPONSIBLE_LABELS,
    ActionStatus,
    Responsible,
)
from locality.kernel.ids import EpisodeId, PersonId, PlanActionId, VoiceEntryId
from locality.people import api as people
from locality.web.fields import Checkboxes, Choice, DateParts, Radios, Select, TextArea, TextField
from locality.web.form import Form, FormWithId, FormWithVersion
from locality.web.formats import day

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
    owner = Select(
        "Who takes it on?",
        blank="Somebody who is not in this list",
        hint="Parents, children and volunteers take on actions too",
        called="Who takes it on",
    )
    responsible_name = TextField("Or the name of somebody else", max_length=300, called="The name")
    responsible = Radios(
        "If somebody else: who are they?",
        choices=[Choice(kind.value, label) for kind, label in RESPONSIBLE_LABELS.items()],
        coerce=Responsible,
        called="Who they are",
    )
    due_on = DateParts("By when?", required="Enter by when", called="The date")
    goal = Select("Which goal does it serve? (optional)", blank="None of them", coerce=uuid.UUID, called="The goal")
    children = Checkboxes("For whom?", hint="Leave empty for all children", coerce=uuid.UUID)
    element_codes = Checkboxes(
        "Which needs does it answer? (optional)",
        choices=[Choice(element.code, element.name) for element in ELEMENTS],
        called="The needs",
    )
    outcome_code = outcome_select("Which outcome does it serve? (optional)", blank="None in particular")
    voice = Select(
        "Does it answer something that a child said? (optional)",
        blank="No",
        coerce=uuid.UUID,
        called="What a child said",
    )

    def offer_owners(self, owners: Iterable[Owner], goals: Iterable[OpenGoal]) -> None:
        """Say who may take an action on, and which goals there are."""
        self._owners = {owner.value: owner for owner in owners}
        self.owner.choices = [Choice(one.value, one.label, group=one.group) for one in self._owners.values()]
        self.goal.choices = [Choice(str(goal.id), _short(goal.change_wanted)) for goal in goals]

    def validate(self, extra_validators: Any = None) -> bool:
        """Somebody of the list, or a name with what they are."""
        valid = super().validate(extra_validators)
        if self.owner.data is None and not self.owner.errors:
            if not self.responsible_name.data:
                self.responsible_name.errors = [*self.responsible_name.errors, "Enter who will do it"]
                valid = False
            if self.responsible.data is None and not self.responsible.errors:
                self.responsible.errors = [*self.responsible.errors, "Select who takes it on"]
                valid = False
        return bool(valid)

    def offer(self, children: Iterable[people.PersonSummary], voices: Iterable[CitedVoice]) -> None:
        """Say which children there are and what they said."""
        called = {child.id: child.called for child in children}
        self.children.choices = [Choice(str(child), name) for child, name in called.items()]
        self.voice.choices = [
            Choice(str(voice.id), f"{called.get(voice.person_id, 'A child')}: {_cited(voice)}") for voice in voices
        ]

    def to_command(self, episode_id: EpisodeId, meeting_id: uuid.UUID | None = None) -> AddAction:
        """The action as typed; somebody chosen from the list counts before a name."""
        voice, owner = self.voice.data, self._owners.get(self.owner.data or "")
        return AddAction(
            action_id=PlanActionId(self.form_id.data),
            episode_id=episode_id,
            outcome_wanted=self.outcome_wanted.data,
            action=self.action.data,
            responsible=self.responsible.data if owner is None else owner.responsible,
            responsible_name=self.responsible_name.data if owner is None else owner.name,
            due_on=self.due_on.data,
            children=tuple(PersonId(child) for child in self.children.data or ()),
            element_codes=tuple(self.element_codes.data or ()),
            outcome_code=self.outcome_code.data,
            role_id=None if owner is None else owner.role_id,
            person_id=None if owner is None else owner.person_id,
            voice_id=None if voice is None else VoiceEntryId(voice),
            goal_id=self.goal.data,
            meeting_id=meeting_id,
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


class GoalForm(FormWithId):
    """A goal of the plan."""

    keeps_draft = True

    change_wanted = TextArea(
        "What needs to change?",
        required="Enter what needs to change",
        hint="As the family would say it",
        called="What needs to change",
        max_length=MAX_TEXT,
        rows=2,
    )
    how_we_know = TextArea(
        "How will everybody know that it has changed?",
        required="Enter how everybody will know that it has changed",
        called="How everybody will know",
        max_length=MAX_TEXT,
        rows=2,
    )
    at_review = TextArea(
        "How should it look at the next review? (optional)",
        called="How it should look",
        max_length=MAX_TEXT,
        rows=2,
    )
    element_codes = Checkboxes(
        "Which needs of the assessment does it answer?",
        required="Select which needs of the assessment it answers",
        hint="Select all that apply",
        choices=[Choice(element.code, element.name) for element in ELEMENTS],
        called="The needs",
    )
    outcome_code = outcome_select("Which outcome does it serve? (optional)", blank="None in particular")
    children = Checkboxes("For whom?", hint="Leave empty for all children", coerce=uuid.UUID)

    def offer(self, children: Iterable[ChildRow]) -> None:
        """Say which children there are."""
        self.children.choices = [Choice(str(child.id), child.called) for child in children]

    def to_command(self, episode_id: EpisodeId) -> AddGoal:
        """The goal as typed."""
        return AddGoal(
            goal_id=self.form_id.data,
            episode_id=episode_id,
            change_wanted=self.change_wanted.data,
            how_we_know=self.how_we_know.data,
            at_review=self.at_review.data or "",
            element_codes=tuple(self.element_codes.data or ()),
            outcome_code=self.outcome_code.data,
            children=tuple(PersonId(child) for child in self.children.data or ()),
        )


class SettleGoalForm(Form):
    """Whether a goal is reached: one button."""


class ReadForm(Form):
    """Marking what is new as read: one button."""


def _cited(voice: CitedVoice) -> str:
    """What a child said, in short; a child who drew or recorded it said no words that could stand here."""
    return f"“{_short(voice.own_words)}”" if voice.own_words else f"a drawing or recording of {day(voice.recorded_on)}"


def _short(words: str) -> str:
    return words if len(words) <= _LABEL else f"{words[:_LABEL].rstrip()}…"
