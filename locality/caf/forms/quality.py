"""Forms for the audit of quality, its feedback and its list of items."""

import uuid
from typing import Any

from locality.caf.operations.auditing import InviteAuditor
from locality.caf.operations.commands_team import AuditQuality
from locality.caf.queries.quality import FormRow
from locality.caf.rules.answers import MAX_TEXT
from locality.caf.rules.quality import ANSWER_LABELS, Answer, QualityItem, answer_field
from locality.kernel.ids import AccountId, AssessmentId
from locality.web.fields import Choice, DateParts, Radios, Select, TextArea
from locality.web.form import Form, FormWithId


class AuditForm(FormWithId):
    """An audit: an answer for each item, what was done well, and what would make it better."""

    keeps_draft = True

    done_well = TextArea("What was done well?", called="What was done well", max_length=MAX_TEXT, rows=4)
    to_improve = TextArea(
        "What would make it better?",
        hint="Needed when an answer is no. Write to the person, about the work",
        called="What would make it better",
        max_length=MAX_TEXT,
        rows=4,
    )

    def to_command(self, assessment_id: AssessmentId, form: FormRow) -> AuditQuality:
        """The audit as typed."""
        return AuditQuality(
            audit_id=self.form_id.data,
            assessment_id=assessment_id,
            form_id=form.id,
            answers={item.code: self[answer_field(item.code)].data for item in form.items},
            done_well=self.done_well.data or "",
            to_improve=self.to_improve.data or "",
        )


def audit_form(form: FormRow, **values: Any) -> AuditForm:
    """The form with a question for each item."""
    fields = {
        answer_field(item.code): Radios(
            f"{item.code} {item.label}",
            required=f"Select an answer for {item.code}",
            choices=[Choice(answer.value, label) for answer, label in ANSWER_LABELS.items()],
            coerce=Answer,
        )
        for item in form.items
    }
    made: AuditForm = type("AuditFormOfItems", (AuditForm,), fields)(**values)
    return made


class InviteAuditorForm(FormWithId):
    """Who is asked from outside the team to audit an assessment, why, and until when."""

    keeps_draft = True

    account_id = Select("Who is asked?", required="Select who is asked", called="Who is asked", coerce=uuid.UUID)
    reason = TextArea(
        "Why are they asked?",
        required="Enter why they are asked",
        hint="They read this. Leave out names of the family",
        called="Why they are asked",
        max_length=2_000,
        rows=3,
    )
    until_on = DateParts(
        "Until when can they read it?", required="Enter until when they can read it", called="The last day"
    )

    def to_command(self, assessment_id: AssessmentId, *, label: str) -> InviteAuditor:
        """The question as typed."""
        return InviteAuditor(
            invitation_id=self.form_id.data,
            assessment_id=assessment_id,
            account_id=AccountId(self.account_id.data),
            reason=self.reason.data,
            until_on=self.until_on.data,
            label=label,
        )


class TakeBackForm(Form):
    """Taking an invitation back: one button."""


class ReplyForm(Form):
    """What an author says to feedback."""

    keeps_draft = True

    reply = TextArea(
        "Do you want to say something to it? (optional)", called="Your answer", max_length=MAX_TEXT, rows=3
    )


class ItemsForm(FormWithId):
    """The list of items that audits ask."""

    keeps_draft = True

    items = TextArea(
        "Items",
        required="Enter at least one item, one a line, under its heading",
        hint="A heading ends with a colon. Each item is a line under it",
        max_length=20_000,
        rows=24,
    )

    def read(self) -> tuple[QualityItem, ...]:
        """The items as typed, numbered by heading and place."""
        items: list[QualityItem] = []
        heading, section, place = "Items", 0, 0
        for line in (one.strip() for one in (self.items.data or "").splitlines()):
            if line.endswith(":"):
                heading, section, place = line[:-1].strip(), section + 1, 0
            elif line:
                place += 1
                items.append(QualityItem(f"{max(section, 1)}.{place}", heading, line))
        return tuple(items)


def written(form: FormRow) -> str:
    """A list of items as an administrator writes it."""
    blocks = [f"{title}:\n" + "\n".join(item.label for item in items) for title, items in form.sections]
    return "\n\n".join(blocks)
