"""Forms of the stages room. What must be filled in depends on the move, so the rules say it, not the fields."""

import uuid
from collections.abc import Iterable, Sequence

from locality.kernel.ids import PersonId, StageMoveId
from locality.stages.operations.proposing import ProposeMove, TakeStep
from locality.stages.operations.telling import Receiver
from locality.stages.rules.moves import (
    AGREEMENT_LABELS,
    REASON_LABELS,
    STAGES,
    STATUTORY_STAGE,
    TEXT_LIMIT,
    Agreement,
    MoveReason,
    Said,
    Step,
)
from locality.web.fields import Checkbox, Checkboxes, Choice, Radios, Select, TextArea, TextField, YesNo
from locality.web.form import Form, FormWithId

_AGREEMENTS = tuple(Choice(agreement.value, label) for agreement, label in AGREEMENT_LABELS.items())
_WHY = "If it is missing, say why"


class ProposeMoveForm(FormWithId):
    """A move up or down the triangle, with its evidence and agreement and who takes over."""

    keeps_draft = True

    to_stage = Radios("Which stage fits the child now?", coerce=int)
    urgent = Checkbox(
        "This is urgent: something has happened and it cannot wait",
        hint="Only for a move up. You can leave everything below empty and send it now.",
    )
    reasons = Checkboxes(
        "Why now?", choices=[Choice(reason.value, label) for reason, label in REASON_LABELS.items()], coerce=MoveReason
    )
    evidence = TextArea(
        "What has changed, and how do you know?",
        hint="For example actions that are done, scores, what the child and the school say",
        called="What has changed",
        max_length=TEXT_LIMIT,
    )
    risks_remaining = TextArea(
        "What remains to be done or watched?", hint="Write ‘none’ when there is nothing", called="What remains", rows=3
    )
    contingency = TextArea("What would bring the child back to more help?", called="What would bring them back", rows=3)
    child_agreement = Radios("What does the child say to it?", choices=_AGREEMENTS, coerce=Agreement)
    child_agreement_why = TextField(_WHY, called="Why the child’s agreement is missing", max_length=500)
    parent_agreement = Radios("What do the parents or carers say to it?", choices=_AGREEMENTS, coerce=Agreement)
    parent_agreement_why = TextField(_WHY, called="Why the parents’ agreement is missing", max_length=500)
    on_protection_plan = YesNo("Is the child on a child protection plan?")
    receiver = Select(
        "Who takes over?", hint="The move counts when they accept it", coerce=uuid.UUID, blank="Choose one"
    )

    def offer(self, *, stage: int, labels: Sequence[str], receivers: Iterable[Receiver]) -> None:
        """Say what can be chosen for a child at this stage; only who leaves social care is asked of a plan."""
        self.to_stage.choices = [
            Choice(str(other), f"Stage {other}: {labels[other - 1]}") for other in STAGES if other != stage
        ]
        self._receivers = {receiver.principal: receiver for receiver in receivers}
        self.receiver.choices = [
            Choice(str(receiver.principal), receiver.name, group=receiver.group)
            for receiver in self._receivers.values()
        ]
        self.asks_about_plan = stage == STATUTORY_STAGE

    def to_command(self, person_id: PersonId) -> ProposeMove:
        """The move as typed. An urgent move without a stage goes to the top."""
        return ProposeMove(
            move_id=StageMoveId(self.form_id.data),
            person_id=person_id,
            to_stage=self.to_stage.data or (STATUTORY_STAGE if self.urgent.data else 0),
            urgent=self.urgent.data,
            reasons=self.reasons.data,
            evidence=self.evidence.data or "",
            risks_remaining=self.risks_remaining.data or "",
            contingency=self.contingency.data or "",
            child=Said(self.child_agreement.data, self.child_agreement_why.data or ""),
            parent=Said(self.parent_agreement.data, self.parent_agreement_why.data or ""),
            on_protection_plan=self.on_protection_plan.data,
            receiver=self._receivers.get(self.receiver.data),
        )


class StepForm(Form):
    """What somebody does with a proposed move."""

    keeps_draft = True

    step = Radios("What do you want to do?", required="Select what you want to do", coerce=Step)
    note = TextArea("Why?", hint="Needed unless you agree or accept", called="Why", rows=3, max_length=2_000)

    def offer(self, steps: Iterable[Step]) -> None:
        """Say which steps this person may take now."""
        self.step.choices = [Choice(step.value, _STEP_WORDS[step]) for step in steps]

    def to_command(self, move_id: StageMoveId) -> TakeStep:
        """The step as chosen."""
        return TakeStep(move_id, self.step.data, self.note.data or "")


class CorrectForm(Form):
    """Taking back the last move."""

    keeps_draft = True

    why = TextArea("What was wrong?", required="Enter what was wrong", rows=3, max_length=2_000)


_STEP_WORDS = {
    Step.AGREE: "Agree to this move",
    Step.REFUSE: "Do not agree to this move",
    Step.ASK: "Ask for more information",
    Step.ANSWER: "Add what was asked for",
    Step.ACCEPT: "Accept: from today this child is with us",
    Step.DECLINE: "Decline",
    Step.WITHDRAW: "Withdraw this proposal",
}
DONE_WORDS = {
    Step.AGREE: "You agreed to the move. It waits for its receiver now",
    Step.REFUSE: "You did not agree to the move. The proposer can see why",
    Step.ASK: "You asked for more information. The proposer can see it",
    Step.ANSWER: "Your answer has been added",
    Step.ACCEPT: "You accepted the move. It counts from today",
    Step.DECLINE: "You declined the move. The child stays where they are and the proposer can see why",
    Step.WITHDRAW: "The proposal has been withdrawn",
}
