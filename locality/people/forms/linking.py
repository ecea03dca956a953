"""Forms that decide about two records, and that take a decision back."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from locality.kernel.ids import PersonId, find_reference
from locality.people.operations.linking import NewDecision, Returned
from locality.people.queries.linking import RecordedSince
from locality.people.rules.linking import LINK_KINDS, LinkKind
from locality.web.fields import Checkbox, Checkboxes, Choice, Radios, TextArea, TextField
from locality.web.form import Form, FormWithId
from locality.web.formats import when

REASON_LENGTH = 1000


def _reference_fault(typed: str) -> str | None:
    return None if find_reference(typed) else "Enter a whole reference, like PE-7K3M-42P"


class DecideLinkForm(FormWithId):
    """What two records are to each other, and why. ``kind`` is the button that was pressed."""

    keeps_draft = True

    reason = TextArea(
        "Why?", called="The reason", max_length=REASON_LENGTH, rows=3, required="Say why",
        hint="What you saw, or whom you asked. It is kept with the decision",
    )  # fmt: skip
    despite_numbers = Checkbox(
        "I have checked the two NHS numbers",
        hint="One person has one NHS number. Link these only if you know which number is wrong, and say so above",
    )
    kind = Radios(
        "Decision",
        choices=tuple(Choice(kind.value, words) for kind, words in LINK_KINDS.items()),
        coerce=LinkKind,
        required="Press one of the three buttons",
    )

    def to_command(self, one_id: PersonId, other_id: PersonId) -> NewDecision:
        """The decision about these two."""
        return NewDecision(
            id=self.form_id.data,
            one_id=one_id,
            other_id=other_id,
            kind=self.kind.data,
            reason=self.reason.data,
            despite_numbers=self.despite_numbers.data,
        )


class OtherRecordForm(Form):
    """Another record to compare, by its reference."""

    keeps_draft = True

    reference = TextField(
        "Reference of the other record", max_length=20, check=_reference_fault, called="The reference",
        required="Enter the reference of the other record", hint="Like PE-7K3M-42P", look={"width": 10},
    )  # fmt: skip


class UndoLinkForm(Form):
    """Why a decision is taken back, and what belongs to the other person."""

    keeps_draft = True

    reason = TextArea(
        "Why is it undone?", called="The reason", max_length=REASON_LENGTH, rows=3, required="Say why",
        hint="It is kept with the decision",
    )  # fmt: skip
    returned = Checkboxes("What belongs to the other record?", coerce=str)

    def offer(self, rows: Sequence[RecordedSince], *, goes_to: Mapping[PersonId, tuple[str, str]]) -> None:
        """Offer what was recorded since; ``goes_to``: by record, its reference and that on the other side."""
        self.returned.choices = tuple(
            Choice(row.key, row.words, f"{when(row.recorded_at)}. Stays on {here}; tick to give it to {there}")
            for row in rows
            for here, there in (goes_to[row.person_id],)
        )

    def validate(self, extra_validators: Any = None) -> bool:
        """All checks; where nothing is offered, what was ticked elsewhere is refused at the top."""
        valid = super().validate(extra_validators)
        if self.returned.errors and not self.returned.choices:
            self.form_errors.extend(self.returned.errors)
            self.returned.errors = []
        return valid

    def to_returns(self, rows: Sequence[RecordedSince], *, to: Mapping[PersonId, PersonId]) -> tuple[Returned, ...]:
        """What is given to the other side; ``to``: by record, the record on the other side."""
        ticked = {row.key: row for row in rows}
        return tuple(
            Returned(row.kind, uuid.UUID(str(row.id)), to[row.person_id])
            for row in (ticked[key] for key in self.returned.data or ())
        )
