"""What a service answers beyond yes and no, what social care decides, and what both sides say when they disagree."""

import uuid
from collections.abc import Sequence

from locality.accounts.api import NamedAccount
from locality.kernel.ids import AccountId, ReferralId
from locality.referrals.forms.contacts import URGENCIES, NeedFields
from locality.referrals.operations.care_answers import CareAnswer
from locality.referrals.operations.commands import ChangeReferral
from locality.referrals.queries.team import TeamWorker
from locality.referrals.rules import screening
from locality.referrals.rules.codes import Urgency
from locality.referrals.rules.disagreeing import SETTLEMENT_WORDS, Settlement
from locality.referrals.rules.social_care import CARE_HINTS, CARE_WORDS, LONGEST_WORDS, CareOutcome
from locality.web.fields import Choice, DateParts, Radios, Select, TextArea, WholeNumber
from locality.web.form import Form, FormWithId, FormWithVersion


class AcceptForm(Form):
    """A service takes a family on, and names who works with it."""

    worker = Select("Who will work with the family?", coerce=uuid.UUID, blank="Decide later", called="Worker")

    def offer_workers(self, team: Sequence[TeamWorker]) -> None:
        """Say whom the service can name."""
        choices = {one.id: Choice(str(one.id), f"{one.name}, {one.job_title}") for one in team}
        self.worker.choices = list(choices.values())

    def named(self) -> AccountId | None:
        """Who was named; None to decide later."""
        return None if self.worker.data is None else AccountId(self.worker.data)


class AllocateForm(AcceptForm):
    """A service names another worker."""

    worker = Select(
        "Who works with the family?", coerce=uuid.UUID, required="Select who works with the family", called="Worker"
    )


class WaitForm(Form):
    """A service puts a referral on its waiting list."""

    expected_on = DateParts(
        "Do you know a better date? (optional)",
        hint="Leave it empty, and the date is reckoned from your places and how often one comes free",
        called="Expected date",
    )


class MoveAheadForm(Form):
    """A family is moved ahead of others, with the reason."""

    keeps_draft = True

    to_place = WholeNumber("Which place should it have?", lowest=1, highest=9999, required="Enter the new place")
    reason = TextArea(
        "Why is this family moved ahead of others?",
        required="Enter why this family is moved ahead of others",
        hint="Everybody who may read this referral sees the reason. Do not name another family",
        rows=3,
        called="Reason",
    )


class CareForm(Form):
    """What children's social care decides."""

    keeps_draft = True

    outcome = Radios(
        "What does social care do?",
        choices=[Choice(one.value, words, CARE_HINTS.get(one, "")) for one, words in CARE_WORDS.items()],
        coerce=CareOutcome,
        required="Select what social care does",
        called="Decision",
    )
    words = TextArea(
        "Why, and what happens next",
        hint="Whoever referred reads this",
        rows=4,
        max_length=LONGEST_WORDS,
        called="Why, and what happens next",
    )

    def to_answer(self) -> CareAnswer:
        """The decision as typed."""
        return CareAnswer(self.outcome.data, self.words.data)


class ChangeForm(NeedFields, FormWithVersion):
    """A referral that was sent already is changed."""

    keeps_draft = True

    stage = Radios("Stage", coerce=int)
    urgency = Radios("How urgent?", choices=URGENCIES, coerce=Urgency, called="Urgency")
    consented_summary = TextArea(
        "What should the service know?",
        hint="The family sees what you write",
        rows=6,
        max_length=screening.LONGEST_SUMMARY,
        called="What the service should know",
    )
    why = TextArea(
        "Why do you change it?",
        required="Enter why you change the referral",
        hint="The service reads this beside the old words and the new",
        rows=3,
        called="Reason",
    )

    def to_command(self, referral_id: ReferralId) -> ChangeReferral:
        """The change as typed."""
        return ChangeReferral(
            referral_id=referral_id,
            need_codes=self.all_needs(),
            stage=self.stage.data,
            summary=self.consented_summary.data,
            urgency=Urgency(self.urgency.data or Urgency.ROUTINE),
            why=self.why.data,
            version=self.version.data,
        )


class CareChangeForm(FormWithVersion):
    """A referral to social care that was sent already is changed: only what it says."""

    keeps_draft = True

    consented_summary = ChangeForm.consented_summary
    why = ChangeForm.why


class RaiseForm(FormWithId):
    """Somebody disagrees with a decision about a referral."""

    keeps_draft = True

    words = TextArea(
        "What do you disagree with, and what do you ask for?",
        required="Enter what you disagree with, and what you ask for",
        rows=5,
        called="What you disagree with",
    )


class AnswerDisagreementForm(Form):
    """Whoever is asked answers."""

    keeps_draft = True

    words = TextArea("Your answer", required="Enter your answer", rows=5, called="Answer")


class MoveUpForm(Form):
    """The disagreement goes to the next stage."""

    keeps_draft = True

    words = TextArea(
        "What is still not settled?", required="Enter what is still not settled", rows=4, called="What is not settled"
    )
    asked = Select("Who takes it up?", coerce=uuid.UUID, required="Select who takes it up", called="Person")

    def offer_people(self, people: Sequence[NamedAccount]) -> None:
        """Say who can be asked."""
        named = {one.id: Choice(str(one.id), f"{one.name}, {one.job_title}") for one in people}
        self.asked.choices = list(named.values())


class SettleForm(Form):
    """The disagreement is settled."""

    keeps_draft = True

    settlement = Radios(
        "How was it settled?",
        choices=[Choice(one.value, words) for one, words in SETTLEMENT_WORDS.items()],
        coerce=Settlement,
        required="Select how it was settled",
        called="How it was settled",
    )
    words = TextArea(
        "What was agreed, and who does what?",
        required="Enter what was agreed, and who does what",
        rows=4,
        called="What was agreed",
    )
