"""Forms for scores, local scales, and needs under the ten outcomes."""

import uuid
from collections.abc import Iterable
from typing import Any

from locality.caf.forms.outcomes import outcome_select
from locality.caf.operations.commands_team import CheckNeed, DefineScale, RecordNeed, RecordScore
from locality.caf.queries.children import ChildRow
from locality.caf.queries.scores import VersionRow
from locality.caf.rules.answers import MAX_TEXT
from locality.caf.rules.outcomes import ACHIEVED_LABELS, OCCASION_LABELS, Achieved, Occasion
from locality.caf.rules.scales import BETTER_LABELS, RESPONDENT_LABELS, Better, Respondent, field_of, read_items
from locality.kernel.ids import EpisodeId, PersonId
from locality.web.fields import Checkboxes, Choice, DateParts, Radios, TextArea, TextField, WholeNumber
from locality.web.form import Form, FormWithId


class ChooseScaleForm(Form):
    """For which child, and with which scale."""

    child = Radios("For whom?", required="Select a child", coerce=uuid.UUID, called="The child")
    scale = Radios("Which scale?", required="Select a scale", coerce=uuid.UUID, called="The scale")

    def offer(self, children: Iterable[ChildRow], versions: Iterable[VersionRow]) -> None:
        """Say which children and scales there are."""
        self.child.choices = [Choice(str(child.id), child.called) for child in children if not child.is_unborn]
        self.scale.choices = [
            Choice(str(one.id), one.name, f"{one.facts.lowest} to {one.facts.highest}") for one in versions
        ]


class ScoreForm(FormWithId):
    """The numbers of one scale for one child."""

    keeps_draft = True

    respondent = Radios("Who answered?", required="Select who answered", coerce=Respondent, called="Who answered")
    scored_on = DateParts("When was it answered?", required="Enter when it was answered", called="The date")
    note = TextArea("Anything to know about it? (optional)", called="The note", max_length=MAX_TEXT, rows=2)

    def to_command(self, episode_id: EpisodeId, child_id: PersonId, *, version: VersionRow) -> RecordScore:
        """The score as typed."""
        return RecordScore(
            score_id=self.form_id.data,
            episode_id=episode_id,
            child_id=child_id,
            version_id=version.id,
            respondent=self.respondent.data,
            scored_on=self.scored_on.data,
            points={item.code: self[field_of(item.code)].data for item in version.facts.items},
            note=self.note.data or "",
        )


def score_form(version: VersionRow, **values: Any) -> ScoreForm:
    """The form with a number for each item of this version."""
    fields = {
        field_of(item.code): WholeNumber(
            item.label,
            required=f"Enter a number from {item.lowest} to {item.highest} for {item.label.lower()}",
            hint=f"{item.lowest} to {item.highest}",
            lowest=item.lowest,
            highest=item.highest,
        )
        for item in version.facts.items
    }
    form: ScoreForm = type("ScoreFormOfScale", (ScoreForm,), fields)(**values)
    form.respondent.choices = [Choice(one.value, RESPONDENT_LABELS[one]) for one in version.facts.respondents]
    return form


class StrikeForm(Form):
    """Striking a score out."""

    keeps_draft = True

    why = TextArea("What was wrong with it?", required="Enter what was wrong with it", max_length=2_000, rows=2)


class ScaleForm(FormWithId):
    """A local scale, or the next version of one."""

    keeps_draft = True

    name = TextField("What is it called?", required="Enter the name of the scale", max_length=120, called="The name")
    items = TextArea(
        "What is scored?",
        required="Enter at least one item, with its range",
        hint="One item a line, with its range: Sleep, 0 to 10",
        called="The items",
        max_length=8_000,
        rows=8,
    )
    better = Radios(
        "Which way is better?",
        required="Select which way is better",
        choices=[Choice(one.value, label) for one, label in BETTER_LABELS.items()],
        coerce=Better,
    )
    respondents = Checkboxes(
        "Who answers it?",
        required="Select who answers it",
        hint="Select all that apply. Their scores are never mixed",
        choices=[Choice(one.value, label) for one, label in RESPONDENT_LABELS.items()],
        coerce=Respondent,
    )
    licence = TextArea(
        "Whose is it, and what may you do with it?",
        required="Enter whose it is and what you may do with it",
        hint="For example: our own, free to use; or licensed until 2028, licence number",
        called="The licence",
        max_length=2_000,
        rows=3,
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """Each line must be an item with its range."""
        valid = super().validate(extra_validators)
        _items, wrong = read_items(self.items.data or "")
        if wrong and not self.items.errors:
            self.items.errors = [f"Write each item with its range, like “Sleep, 0 to 10”. This line is not: {wrong[0]}"]
            return False
        return bool(valid)

    def to_command(self, scale_id: uuid.UUID | None) -> DefineScale:
        """The scale as typed."""
        items, _wrong = read_items(self.items.data)
        return DefineScale(
            version_id=self.form_id.data,
            name=self.name.data,
            items=items,
            better=self.better.data,
            respondents=tuple(self.respondents.data),
            licence=self.licence.data,
            scale_id=scale_id,
        )


class UseScaleForm(Form):
    """Offering a scale, or no longer: one button."""


class NeedForm(FormWithId):
    """A need under one of the ten outcomes."""

    keeps_draft = True

    outcome_code = outcome_select("Which outcome does it belong to?", required="Select the outcome that it belongs to")
    need = TextArea("What is the need?", required="Enter what the need is", max_length=MAX_TEXT, rows=3)
    evidence = TextArea(
        "How do you know?",
        required="Enter how you know",
        hint="For example attendance of 82% last term, or the health visitor’s letter",
        max_length=MAX_TEXT,
        rows=3,
    )
    identified_on = DateParts("Since when do you know?", required="Enter since when you know", called="The date")
    children = Checkboxes("Whose need is it?", hint="Leave empty for all children", coerce=uuid.UUID)

    def offer(self, children: Iterable[ChildRow]) -> None:
        """Say which children there are."""
        self.children.choices = [Choice(str(child.id), child.called) for child in children]

    def to_command(self, episode_id: EpisodeId) -> RecordNeed:
        """The need as typed."""
        return RecordNeed(
            need_id=self.form_id.data,
            episode_id=episode_id,
            outcome_code=self.outcome_code.data,
            need=self.need.data,
            evidence=self.evidence.data,
            identified_on=self.identified_on.data,
            children=tuple(PersonId(child) for child in self.children.data or ()),
        )


class CheckForm(FormWithId):
    """How far a need is met."""

    keeps_draft = True

    occasion = Radios(
        "When do you look at it?",
        required="Select when you look at it",
        choices=[Choice(one.value, label) for one, label in OCCASION_LABELS.items()],
        coerce=Occasion,
        called="The occasion",
    )
    achieved = Radios(
        "How far has the good outcome come about?",
        required="Select how far it has come about",
        choices=[Choice(one.value, label) for one, label in ACHIEVED_LABELS.items()],
        coerce=Achieved,
        called="How far it has come about",
    )
    evidence = TextArea("How do you know?", required="Enter how you know", max_length=MAX_TEXT, rows=3)
    checked_on = DateParts("On which day?", required="Enter the day", called="The day")

    def to_command(self, episode_id: EpisodeId, need_id: uuid.UUID) -> CheckNeed:
        """The look as typed."""
        return CheckNeed(
            check_id=self.form_id.data,
            episode_id=episode_id,
            need_id=need_id,
            occasion=self.occasion.data,
            achieved=self.achieved.data,
            evidence=self.evidence.data,
            checked_on=self.checked_on.data,
        )
