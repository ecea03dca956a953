"""Referring a child, answering an offer, and seeing to a referral that came back."""

import uuid
from collections.abc import Sequence

from locality.kernel.ids import PersonId, ReferralId
from locality.people import api as people
from locality.referrals.forms.contacts import URGENCIES, NeedFields, SharingFields
from locality.referrals.forms.wishes import WishFields
from locality.referrals.operations.commands import AgreementNow, NewReferral, Sharing
from locality.referrals.queries.summaries import ServiceChoice
from locality.referrals.rules import codes, screening
from locality.referrals.rules.codes import AgreementBasis, DeclineReason, Source, Urgency
from locality.web.fields import Checkboxes, Choice, Radios, Select, TextArea, TextField, YesNo
from locality.web.form import Form, FormWithId


class ReferForm(NeedFields, SharingFields, WishFields, FormWithId):
    """A request for early help for a child."""

    keeps_draft = True

    siblings = Checkboxes(
        "Is the referral for brothers or sisters too?",
        coerce=uuid.UUID,
        hint="They go to the service together, with one summary",
        called="Brothers and sisters",
    )
    stage = Radios("Stage", coerce=int)
    consented_summary = TextArea(
        "What should the service know?",
        hint="The family sees what you write",
        rows=6,
        max_length=screening.LONGEST_SUMMARY,
        called="What the service should know",
    )
    urgency = Radios("How urgent?", choices=URGENCIES, coerce=Urgency, default=Urgency.ROUTINE.value, called="Urgency")

    def offer_siblings(self, siblings: Sequence[people.PersonSummary]) -> None:
        """Say which other children of the family can be referred together."""
        self.siblings.choices = [Choice(str(one.id), one.name) for one in siblings]

    def to_command(self, person_id: PersonId) -> NewReferral:
        """The referral as typed."""
        return NewReferral(
            referral_id=ReferralId(self.form_id.data),
            children=(person_id, *(PersonId(one) for one in self.siblings.data)),
            need_codes=self.all_needs(),
            stage=self.stage.data or 0,
            summary=self.consented_summary.data,
            agreement=_basis(self),
            ground=None if self.agreed.data else self.ground.data,
            urgency=Urgency(self.urgency.data or Urgency.ROUTINE),
            source=Source.EARLY_HELP,
            sharing=Sharing(self.manager_consulted.data, bool(self.family_told.data), self.why_not_told.data),
            wishes=self.to_wishes(),
        )


def _basis(form: SharingFields) -> AgreementBasis:
    if form.agreed.data:
        return AgreementBasis.AGREED
    return AgreementBasis.SHARED_WITHOUT if form.ground.data else AgreementBasis.NONE


class AgreementFields(SharingFields):
    """What the family says to a referral today, before it goes on."""

    agreed = YesNo("Does the family agree to the referral now?", called="Whether the family agrees now")

    def to_agreement(self) -> AgreementNow:
        """The family's answer as typed, or the ground for sharing without it."""
        return AgreementNow(
            basis=_basis(self),
            ground=None if self.agreed.data else self.ground.data,
            sharing=Sharing(self.manager_consulted.data, bool(self.family_told.data), self.why_not_told.data),
        )


class SendAgainForm(AgreementFields):
    """A referral without agreement is sent on."""

    keeps_draft = True


class DeclineForm(Form):
    """A service says no, with one reason."""

    keeps_draft = True

    reason = Radios(
        "Why do you decline?",
        choices=[Choice(reason.value, words) for reason, words in codes.DECLINE_WORDS.items()],
        coerce=DeclineReason,
        required="Select the reason for declining",
        called="Reason",
    )
    note = TextArea("Anything the sender should know", rows=3, called="Note")
    suggested_alternative = TextField("Who could help instead?", called="Who could help instead")


class AskForm(Form):
    """A service asks the sender a question."""

    keeps_draft = True

    question = TextArea("What do you need to know?", required="Enter your question", called="Question")


class AnswerForm(Form):
    """The sender answers a service's question."""

    keeps_draft = True

    answer = TextArea("Your answer", required="Enter your answer", called="Answer")


class ReasonForm(Form):
    """Something is done to a referral, and why."""

    keeps_draft = True

    reason = TextArea("Why?", required="Enter the reason", rows=3, called="Reason")


class OfferByHandForm(AgreementFields):
    """A person chooses the service."""

    keeps_draft = True

    service_id = Select("Service", coerce=uuid.UUID, required="Select a service")
    reason = TextArea("Why this service?", required="Enter why you chose this service", rows=3, called="Reason")

    def offer_services(self, services: Sequence[ServiceChoice]) -> None:
        """Say which services can be chosen."""
        self.service_id.choices = [Choice(str(s.id), s.name, group=s.agency_name) for s in services]
