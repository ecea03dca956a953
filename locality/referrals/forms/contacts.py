"""Recording a contact, rating it, and deciding for one child."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import ClassVar

from locality.access.parts import FRONT_DOOR
from locality.kernel.clock import LONDON, WORKING_DAY_STARTS, london_date
from locality.kernel.ids import ContactId, PersonId
from locality.people import api as people
from locality.referrals.forms.people import ChildFields
from locality.referrals.forms.wishes import WishFields
from locality.referrals.operations.commands import DecideChild, NewContact, Referrer
from locality.referrals.rules import codes, needs, screening
from locality.referrals.rules.codes import (
    AgreementKnown,
    ContactReason,
    Outcome,
    ShareGround,
    Source,
    Urgency,
)
from locality.web.fields import (
    Checkbox,
    Checkboxes,
    Choice,
    DateParts,
    EmailField,
    Radios,
    Select,
    TextArea,
    TextField,
    YesNo,
)
from locality.web.form import Form
from locality.web.prefill import STILL_RIGHT, Known, Prefilled
from locality.web.typed import read_time

_REASONS = tuple(Choice(reason.value, words) for reason, words in codes.REASON_WORDS.items())


def _check_time(typed: str) -> str | None:
    return None if read_time(typed) else "Enter a time, like 9:30am or 16:15"


def _known(topic: people.Topic, label: str) -> TextArea:
    return TextArea(label, called=people.TOPICS[topic].words, rows=2, max_length=people.MAX_WORDS)


class NewContactForm(Prefilled, ChildFields):
    """An approach to the front door, and the first child that it is about.

    What is known of a child on record is shown to be confirmed or put right (``KNOWN``); of a new one it is not asked.
    """

    keeps_draft = True
    draft_desk = FRONT_DOOR
    topics: ClassVar[Mapping[str, people.Topic]] = {"family_wants": people.Topic.WANTS}
    KNOWN: ClassVar[Mapping[str, people.Topic]] = {
        "who_lives_here": people.Topic.WHO_LIVES_HERE,
        "first_language": people.Topic.FIRST_LANGUAGE,
        "interpreter": people.Topic.INTERPRETER,
        "arrangements": people.Topic.ARRANGEMENTS,
        "safe_contact": people.Topic.SAFE_CONTACT,
    }

    who_lives_here = _known(people.Topic.WHO_LIVES_HERE, "Who lives there?")
    first_language = _known(people.Topic.FIRST_LANGUAGE, "First language")
    interpreter = _known(people.Topic.INTERPRETER, "Interpreter or signer needed")
    arrangements = _known(people.Topic.ARRANGEMENTS, "What makes it easier to take part?")
    safe_contact = _known(people.Topic.SAFE_CONTACT, "How to get in touch safely")

    received_on = DateParts("When did it come?", required="Enter the date on which it came", called="Date received")
    received_time = TextField(
        "Time",
        hint="Like 9:30am or 16:15. Leave empty for now, or when you do not know",
        max_length=10,
        check=_check_time,
    )
    source = Select(
        "Who got in touch?",
        choices=[Choice(source.value, f"{source.value} {words}") for source, words in codes.SOURCE_WORDS.items()],
        coerce=Source,
        required="Select who got in touch",
    )
    source_agency = TextField("School, service or organisation")
    referrer_name = TextField("Name of the person who got in touch")
    referrer_role = TextField("What are they to the child, or what is their job?", called="Their role")
    referrer_phone = TextField("Telephone number", max_length=30, look={"type": "tel", "autocomplete": "off"})
    referrer_email = EmailField("Email address")
    keep_private = Checkbox("The family must not learn who got in touch")
    immediate_danger = Checkbox("A child is in immediate danger, and 999 has been called")
    safeguarding_concern = YesNo("Does somebody suspect that a child is being harmed?")
    what_said = TextArea(
        "What was said?",
        rows=8,
        count=True,
        max_length=screening.LONGEST_ACCOUNT,
        required="Enter what was said",
        called="What was said",
    )
    family_wants = TextArea("What does the family want?", rows=3, called="What the family wants")
    reasons = Checkboxes("Why did they get in touch?", choices=_REASONS, coerce=ContactReason)
    main_reason = Select("Main reason", choices=_REASONS, coerce=ContactReason)
    agreement_known = Radios(
        "Does the family agree to share this?",
        choices=[Choice(known.value, words) for known, words in codes.AGREEMENT_WORDS.items()],
        coerce=AgreementKnown,
    )

    def show_known(self, lines: Mapping[people.Topic, Known]) -> bool:
        """Show what is known with its source, and ask nothing of the rest; whether any of it was not shown before."""
        self.prefill(lines)
        first_time = False
        for name, topic in self.KNOWN.items():
            field, line = self._fields[name], lines.get(topic)
            if line is None or len(line.words) > field.max_length:
                delattr(self, name)
                continue
            if not field.raw_data:
                field.process_data(line.words)
                self.shown.remember(name, line.id)
                first_time = True
            field.description = f"{line.source}. {STILL_RIGHT}"
        return first_time

    def known_fields(self) -> list[TextArea]:
        """The questions that were answered before."""
        return [self._fields[name] for name in self.KNOWN if name in self._fields]

    def to_command(self, *, now: dt.datetime) -> NewContact:
        """The contact as typed, without its children."""
        known = [field for field in self.known_fields() if field.data.strip()]
        return NewContact(
            shown={self.topics[name]: line for name, line in self.shown.lines.items() if name in self.topics},
            known_told=tuple(
                people.Told(self.KNOWN[field.name], field.data, self.shown.lines.get(field.name)) for field in known
            ),
            contact_id=ContactId(self.form_id.data),
            received_at=self._received_at(now),
            source=self.source.data,
            children=(),
            what_said=self.what_said.data,
            reasons=self.reasons.data or (),
            main_reason=self._main_reason(),
            family_wants=self.family_wants.data,
            source_agency=self.source_agency.data or None,
            agreement_known=self.agreement_known.data or AgreementKnown.UNKNOWN,
            safeguarding_concern=bool(self.safeguarding_concern.data),
            immediate_danger=self.immediate_danger.data,
            referrer=self._referrer(),
        )

    def _main_reason(self) -> ContactReason | None:
        only: ContactReason | None = self.reasons.data[0] if len(self.reasons.data) == 1 else None
        return self.main_reason.data or only

    def _referrer(self) -> Referrer | None:
        told = (
            self.referrer_name.data,
            self.referrer_role.data,
            self.source_agency.data,
            self.referrer_phone.data,
            self.referrer_email.data,
        )
        return Referrer(*told, keep_private=self.keep_private.data) if any(told) else None

    def _received_at(self, now: dt.datetime) -> dt.datetime:
        day: dt.date = self.received_on.data
        typed = read_time(self.received_time.data)
        if typed is None and day == london_date(now):
            return now
        return dt.datetime.combine(day, typed or WORKING_DAY_STARTS, LONDON).astimezone(dt.UTC)


def _needs(label: str, known: dict[str, str]) -> Checkboxes:
    return Checkboxes(label, choices=[Choice(code, words) for code, words in known.items()])


class NeedFields(Form):
    """Needs by whose they are: early help's own, the child's, a parent's, somebody else's at home."""

    need_codes = _needs("Help needed with", dict(needs.EARLY_HELP_NEEDS))
    child_needs = _needs("The child", dict(needs.CHILD_NEEDS))
    parent_needs = _needs("A parent or carer", dict(needs.PARENT_NEEDS))
    home_needs = _needs("Somebody else at home", dict(needs.HOME_NEEDS))

    def all_needs(self) -> tuple[str, ...]:
        """Every code that was ticked."""
        fields = (self.need_codes, self.child_needs, self.parent_needs, self.home_needs)
        return tuple(code for field in fields for code in field.data or ())


def stage_choices(labels: Sequence[str]) -> tuple[Choice, ...]:
    """The stages of early help with their labels here, lowest first."""
    return tuple(Choice(str(n), f"Stage {n}", labels[n - 1]) for n in screening.EARLY_HELP_STAGES)


GROUNDS = tuple(Choice(ground.value, words) for ground, words in codes.GROUND_WORDS.items())
URGENCIES = (
    Choice(Urgency.ROUTINE.value, "Routine", "The service answers within 5 working days"),
    Choice(Urgency.URGENT.value, "Urgent", "The service answers within 1 working day"),
)


class SharingFields(Form):
    """Whether the family agrees; if not, on what ground information travels and how that was decided."""

    agreed = YesNo("Does the family agree to the referral?", called="Whether the family agrees")
    ground = Radios(
        "If not, on what ground do you share?",
        hint="Leave empty when the family agrees",
        choices=GROUNDS,
        coerce=ShareGround,
        called="Ground",
    )
    manager_consulted = TextField(
        "Which manager did you ask?", hint="Only when the family does not agree", called="Manager"
    )
    family_told = YesNo("Has the family been told of the decision?")
    why_not_told = TextField("If not, why not?", called="Why the family was not told", max_length=500)


class DecideForm(NeedFields, SharingFields, WishFields):
    """The decision for one child."""

    keeps_draft = True
    draft_desk = FRONT_DOOR

    outcome = Radios(
        "Decision",
        choices=[Choice(o.value, words, codes.OUTCOME_HINTS[o]) for o, words in codes.OUTCOME_WORDS.items()],
        coerce=Outcome,
        required="Select a decision",
    )
    reason = TextArea("Why?", required="Enter the reason for the decision", called="Reason")
    stage = Radios("Stage", hint="For early help", coerce=int)
    urgency = Radios("How urgent?", choices=URGENCIES, coerce=Urgency, default=Urgency.ROUTINE.value, called="Urgency")
    consented_summary = TextArea(
        "What may the service read?",
        hint="This travels with the referral, so that the family need not say it again",
        rows=6,
        max_length=screening.LONGEST_SUMMARY,
        called="What the service may read",
    )

    shared_with = TextField("Which council?", hint="Only for a transfer to another council", called="Council")

    def to_command(self, contact_id: ContactId, person_id: PersonId) -> DecideChild:
        """The decision as made."""
        return DecideChild(
            contact_id=contact_id,
            person_id=person_id,
            outcome=self.outcome.data,
            reason=self.reason.data,
            stage=self.stage.data,
            need_codes=self.all_needs(),
            agreed=bool(self.agreed.data),
            ground=None if self.agreed.data else self.ground.data,
            family_told=self.family_told.data,
            urgency=Urgency(self.urgency.data or Urgency.ROUTINE),
            summary=self.consented_summary.data,
            manager_consulted=self.manager_consulted.data,
            why_not_told=self.why_not_told.data,
            shared_with=self.shared_with.data,
            wishes=self.to_wishes(),
        )
