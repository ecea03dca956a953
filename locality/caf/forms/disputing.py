"""Forms for what the family sees differently in an assessment."""

import uuid
from collections.abc import Iterable, Sequence

from locality.caf.operations.disputing import AnswerDispute, RecordDispute
from locality.caf.queries.children import ChildRow
from locality.caf.rules.answers import MAX_TEXT
from locality.caf.rules.disputes import SETTLED_LABELS, Part, Settled, name_of, parts_of
from locality.kernel.ids import AssessmentId, PersonId
from locality.people.api import PersonSummary
from locality.web.fields import Choice, DateParts, Radios, Select, TextArea, TextField
from locality.web.form import FormWithId, FormWithVersion


class DisputeForm(FormWithId):
    """Who sees what differently, in their words."""

    keeps_draft = True

    part = Select("What is it about?", required="Select what it is about", coerce=str, called="What it is about")
    said_by_id = Select(
        "Who sees it differently?", blank="Somebody who is not in this list", coerce=uuid.UUID, called="Who"
    )
    said_by = TextField("Or the name of somebody else", max_length=300, called="The name")
    words = TextArea(
        "What do they say?",
        required="Enter what they say",
        hint="In their own words. Read it back to them",
        called="What they say",
        max_length=MAX_TEXT,
        rows=6,
    )
    said_on = DateParts("When did they say so?", required="Enter when they said so", called="The date")
    answer = TextArea(
        "What do you say to it? (optional)",
        hint="It stands beside their words. You can add it later",
        called="What you say",
        max_length=MAX_TEXT,
        rows=4,
    )

    def offer(self, children: Sequence[ChildRow], members: Iterable[PersonSummary]) -> None:
        """Say which parts there are and who belongs to the family."""
        called = {child.id: child.called for child in children}
        self._parts = {part.key: part for part in parts_of(called)}
        self.part.choices = [
            Choice(key, name_of(part, called.get(PersonId(part.child_id), "") if part.child_id else ""))
            for key, part in self._parts.items()
        ]
        self.said_by_id.choices = [Choice(str(one.id), one.name) for one in members if not one.is_unborn]

    def to_command(self, assessment_id: AssessmentId) -> RecordDispute:
        """The statement as typed; somebody of the list counts before a name."""
        who = self.said_by_id.data
        return RecordDispute(
            dispute_id=self.form_id.data,
            assessment_id=assessment_id,
            part=self._parts.get(self.part.data, Part(self.part.data)),
            said_by_id=None if who is None else PersonId(who),
            said_by=self.said_by.data or "",
            words=self.words.data,
            said_on=self.said_on.data,
            answer=self.answer.data or "",
        )


class AnswerDisputeForm(FormWithVersion):
    """What the worker says to it, and what came of it."""

    keeps_draft = True

    answer = TextArea(
        "What do you say to it?",
        hint="It stands beside their words",
        called="What you say",
        max_length=MAX_TEXT,
        rows=4,
    )
    settled = Radios(
        "What came of it? (optional)",
        hint="Leave this empty while you are still talking about it",
        choices=[Choice(one.value, label) for one, label in SETTLED_LABELS.items()],
        coerce=Settled,
        called="What came of it",
    )

    def to_command(self, assessment_id: AssessmentId, dispute_id: uuid.UUID) -> AnswerDispute:
        """The answer as typed."""
        return AnswerDispute(
            dispute_id, assessment_id, self.version.data, self.settled.data or None, self.answer.data or ""
        )
