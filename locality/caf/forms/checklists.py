"""Forms of the checklist before an assessment, a page each."""

import uuid

from locality.caf.operations.checklists import AnswerChecklist, DecideChecklist, SettleSafety, TellNeeds
from locality.caf.rules.checklist import ANSWERS, OUTCOMES, QUESTIONS, SAFEGUARDING, Answer, Outcome, Safeguarding
from locality.kernel.ids import PersonId
from locality.web.fields import Choice, Radios, TextArea, TextField, YesNo
from locality.web.form import Form, FormWithId

_LONG = 4_000
_NAME = 300
_CHOICES = tuple(Choice(answer.value, words) for answer, words in ANSWERS.items())


class QuestionsForm(FormWithId):
    """The five questions."""

    healthy = Radios(choices=_CHOICES, coerce=Answer)
    safe = Radios(choices=_CHOICES, coerce=Answer)
    learning = Radios(choices=_CHOICES, coerce=Answer)
    positive = Radios(choices=_CHOICES, coerce=Answer)
    free_of_poverty = Radios(choices=_CHOICES, coerce=Answer)

    def put_in_words(self, called: str) -> None:
        """Ask about this child."""
        for name, words in QUESTIONS.items():
            self[name].label.text = f"Is {called} {words}?"
            self[name].required = f"Select whether {called} is {words}"

    def to_command(self, person_id: PersonId) -> AnswerChecklist:
        """The answers."""
        return AnswerChecklist(self.form_id.data, person_id, {name: self[name].data for name in QUESTIONS})


class SafetyForm(Form):
    """What was decided about safety."""

    keeps_draft = True

    decision = Radios(
        "What have you decided?",
        choices=tuple(Choice(one.value, words) for one, words in SAFEGUARDING.items()),
        coerce=Safeguarding,
        required="Select what you have decided",
    )
    who = TextField(
        "Whom did you talk with?", hint="Who leads on safeguarding where you work, a manager, or social care",
        max_length=_NAME, required="Enter whom you talked with",
    )  # fmt: skip
    why = TextArea(
        "What did you see or hear, and why did you decide so?", called="Why", max_length=_LONG,
        required="Enter what you saw or heard, and why you decided so",
    )  # fmt: skip

    def to_command(self, checklist_id: uuid.UUID) -> SettleSafety:
        """The decision."""
        return SettleSafety(checklist_id, self.decision.data, self.who.data, self.why.data)


class NeedsForm(Form):
    """What extra help may be needed, and whether the family knows."""

    keeps_draft = True

    services_needed = TextArea(
        "What extra help may be needed?", max_length=_LONG, required="Enter what extra help may be needed"
    )
    own_service = Radios(
        "Can your own service give it?",
        choices=_CHOICES,
        coerce=Answer,
        required="Select whether your service can help",
    )
    would_help = Radios(
        "Would an assessment together with the family help?", choices=_CHOICES, coerce=Answer,
        required="Select whether an assessment would help",
    )  # fmt: skip
    family_aware = YesNo(
        "Does the family know, and do they agree to an assessment?",
        called="The family",
        required="Select whether the family knows and agrees",
    )
    family_words = TextArea("What did they say? (optional)", max_length=_LONG, rows=3)
    who_does = TextField("Who would do the assessment? (optional)", max_length=_NAME)

    def to_command(self, checklist_id: uuid.UUID) -> TellNeeds:
        """The answers."""
        return TellNeeds(
            checklist_id=checklist_id,
            services_needed=self.services_needed.data,
            own_service=self.own_service.data,
            would_help=self.would_help.data,
            who_does=self.who_does.data or "",
            family_aware=bool(self.family_aware.data),
            family_words=self.family_words.data or "",
        )


class OutcomeForm(Form):
    """What comes of it."""

    keeps_draft = True

    outcome = Radios(
        "What happens now?",
        choices=tuple(Choice(one.value, words) for one, words in OUTCOMES.items()),
        coerce=Outcome,
        required="Select what happens now",
    )
    outcome_why = TextArea(
        "Why, if the answers point to something else? (optional)", called="Why", max_length=_LONG, rows=3
    )

    def to_command(self, checklist_id: uuid.UUID) -> DecideChecklist:
        """The outcome."""
        return DecideChecklist(checklist_id, self.outcome.data, self.outcome_why.data or "")
