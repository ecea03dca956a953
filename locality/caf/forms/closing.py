"""Forms for the end of help: first why it ends, then only what that reason asks."""

from typing import Any

from locality.caf.operations.commands import CloseEpisode
from locality.caf.rules.answers import MAX_TEXT
from locality.caf.rules.closing import NEEDS_MET, SOCIAL_CARE_DECISION_LABELS, SocialCareDecision, asked_about
from locality.caf.rules.words import CLOSURE_LABELS, CLOSURE_RATING_LABELS, ClosureRating, ClosureReason
from locality.kernel.ids import EpisodeId
from locality.web.fields import Choice, DateParts, Radios, TextArea, TextField, YesNo
from locality.web.form import Form


class WhyCloseForm(Form):
    """Why the help ends."""

    reason = Radios(
        "Why does it end?",
        required="Select why it ends",
        choices=[Choice(reason.value, label) for reason, label in CLOSURE_LABELS.items()],
        coerce=ClosureReason,
    )


class CloseForm(Form):
    """What is recorded with the end of help; ``closing_form`` leaves out what a reason does not ask."""

    keeps_draft = True

    closed_on = DateParts("When does it end?", required="Enter when it ends", called="The closing date")
    rating = Radios(
        "How much of what was hoped for has been achieved?",
        choices=[Choice(rating.value, label) for rating, label in CLOSURE_RATING_LABELS.items()],
        coerce=ClosureRating,
        called="How much has been achieved",
    )
    social_care_decision = Radios(
        "What did social care decide?",
        hint="Only a decision counts. A referral or an assessment that has begun is not enough",
        choices=[Choice(value.value, label) for value, label in SOCIAL_CARE_DECISION_LABELS.items()],
        coerce=SocialCareDecision,
        called="What social care decided",
    )
    social_care_decided_on = DateParts("When did social care decide?", called="The date of the decision")
    risk_considered = TextArea(
        "Could things get worse without help? What did you do about it?",
        hint="If somebody is in danger, make a referral to social care first",
        called="What could get worse",
        max_length=MAX_TEXT,
        rows=4,
    )
    transfer_to = TextField("To which council’s area does the family move?", max_length=200, called="The new area")
    transfer_agreed = YesNo("Does the family agree that the new area is told?", called="Whether the family agrees")
    note = TextArea("What happened? (optional)", called="What happened", max_length=MAX_TEXT, rows=4)
    child_views = TextArea(
        "What do the children say about the help?",
        hint="In their own words. If they were not asked, say why",
        called="The children’s views",
        max_length=MAX_TEXT,
        rows=3,
    )
    parent_views = TextArea(
        "What do parents and carers say about it?",
        hint="If they were not asked, say why",
        called="The parents’ views",
        max_length=MAX_TEXT,
        rows=3,
    )
    universal_service = TextField(
        "Who stays in touch with the family?", hint="For example the school or the health visitor", max_length=300
    )
    way_back = TextArea(
        "What does the family do if it wants help again?", called="The way back", max_length=MAX_TEXT, rows=2
    )

    def to_command(self, episode_id: EpisodeId, reason: ClosureReason) -> CloseEpisode:
        """The closure as typed."""
        said = {name: field.data for name, field in self._fields.items() if name in _NAMES}
        texts = {name: said.get(name) or "" for name in _TEXTS}
        return CloseEpisode(
            episode_id=episode_id,
            reason=reason,
            closed_on=said["closed_on"],
            rating=said.get("rating"),
            social_care_decided_on=said.get("social_care_decided_on"),
            social_care_decision=said.get("social_care_decision"),
            transfer_agreed=said.get("transfer_agreed"),
            **texts,
        )


_TEXTS = ("note", "child_views", "parent_views", "universal_service", "way_back", "risk_considered", "transfer_to")
_NAMES = frozenset(
    {*_TEXTS, "closed_on", "rating", "social_care_decided_on", "social_care_decision", "transfer_agreed"}
)
_SAYS_WHAT_HAPPENED = {
    ClosureReason.NOT_ENGAGED: "What did you try, and when?",
    ClosureReason.OTHER: "What happened?",
    ClosureReason.DUPLICATE_OR_ERROR: "What happened?",
}


def closing_form(reason: ClosureReason, **values: Any) -> CloseForm:
    """The form with what this reason asks and nothing else."""
    form = CloseForm(**values)
    for name in _NAMES - asked_about(reason):
        del form[name]
    if reason in _SAYS_WHAT_HAPPENED:
        form.note.label.text = _SAYS_WHAT_HAPPENED[reason]
    if reason not in NEEDS_MET:
        for name in {"child_views", "parent_views", "universal_service", "way_back"} & set(form._fields):
            form[name].label.text += " (optional)"
    return form
